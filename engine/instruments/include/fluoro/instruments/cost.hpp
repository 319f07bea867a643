#pragma once
#include <fluoro/instruments/stage_clock.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>
#include <vector>

namespace fluoro {

/// What tools cost in frames of 1/60 s, one core [ms].
struct InstrumentsCost {
    int segments = 0;                    ///< of the lines, in the frame with the fewest
    std::vector<double> frame_ms;        ///< processor time of every frame
    std::vector<StageTimes> stage_ms;    ///< of the frames in which nobody else had the processor
    std::vector<double> split_ms;        ///< processor time of those frames as wholes
    double readings = 0, reading_ms = 0; ///< of the clock: in a frame; what one takes
};

/// A wire in a winding artery that beats.
struct WireCost {
    InstrumentsCost cost;
    double least_touching = 0; ///< share of segments that lay on the wall, in the frame with the fewest
};
/// So many segments of it, the last ones to and fro, for so many frames.
WireCost measure_instruments(int segments, int frames);

/// Tools in a patient who lives: a guide from the groin to the left main stem, a wire in it to and fro in the left
/// anterior descending artery; as a session has them, with a picture in every frame.
struct LivingToolsCost {
    InstrumentsCost cost;
    double first_tool_s = 0; ///< wall time from a hand's first order to its tool
};
/// Throws Error where the patient has no such vessels.
LivingToolsCost measure_living_tools(std::shared_ptr<Patient const> const& patient, int frames);

} // namespace fluoro
