#pragma once
#include <fluoro/patient/volume.hpp>
#include <memory>

namespace fluoro {

/// Processor time of tools in a moving vessel, one core [ms per frame of 1/60 s].
struct InstrumentsCost {
    int segments = 0;
    double mean_ms = 0, p99_ms = 0, most_ms = 0;
    double least_touching = 0; ///< share of segments that lay on the wall, in the frame with the fewest
};

/// A wire of 120 segments and more (500 mm) to and fro in a winding artery that beats, for so many frames.
InstrumentsCost measure_instruments(int frames);

/// Tools in a patient who lives: a guide from the groin to the left main stem, a wire in it to and fro in the left
/// anterior descending artery.
struct LivingToolsCost {
    InstrumentsCost frame; ///< all that tools take, as a session has them; `segments` and `least_touching` are not told
    double first_tool_s = 0; ///< wall time from a hand's first order to its tool
};
/// Throws Error where the patient has no such vessels.
LivingToolsCost measure_living_tools(std::shared_ptr<Patient const> const& patient, int frames);

} // namespace fluoro
