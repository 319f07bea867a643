#pragma once

namespace fluoro {

/// Processor time of tools in a moving vessel, one core [ms per frame of 1/60 s].
struct InstrumentsCost {
    int segments = 0;
    double mean_ms = 0, p99_ms = 0, most_ms = 0;
    double least_touching = 0; ///< share of segments that lay on the wall, in the frame with the fewest
};

/// A wire of 120 segments and more (500 mm) to and fro in a winding artery that beats, for so many frames.
InstrumentsCost measure_instruments(int frames);

} // namespace fluoro
