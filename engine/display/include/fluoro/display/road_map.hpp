#pragma once
#include <fluoro/display/extremes.hpp>
#include <fluoro/display/subtraction.hpp>
#include <fluoro/image/image.hpp>
#include <string>

namespace fluoro {

struct RoadMapSettings {
    double vessel_opacity = 1;  ///< how strongly the map's vessel shows, [0, 1]
    double vessel_limit = 0.2;  ///< most log signal that the vessel adds, so that a tool in it stays visible, > 0
    double noise_threshold = 3; ///< what differs less than this many standard deviations is no vessel, >= 0
    double landmark = 0;        ///< share of the anatomy left in, [0, 1]
    double width = 0.7;         ///< log signal from black to white, [0.02, 5]
    double grey = 0.45;         ///< where on the scale an unchanged pixel stands, [0, 1]
};
/// One line that says what is out of its range; empty = nothing.
std::string problem_of(RoadMapSettings const& settings);

/// The vessel of a first fluoroscopy with contrast, and the anatomy without it, to be taken from later fluoroscopy:
/// what has come since, such as a wire, is dark, the vessel is white. Frames come from the temporal filter.
/// docs/theory/subtraction.md, eq. 6 to 8
class RoadMap {
public:
    enum class Phase {
        off,
        waiting, ///< for the first frame of the next fluoroscopy
        filling, ///< this fluoroscopy draws the map
        ready    ///< fluoroscopy is shown over the map
    };
    Phase phase() const { return phase_; }
    /// The next frame begins a new map.
    void start();
    void stop();
    /// One frame [digital numbers] of the first fluoroscopy.
    void fill(Image<float> const& filtered, RawImage const& raw);
    /// The pedal was let go: the map stands. A map that has seen too few frames to know a vessel goes back to waiting.
    void finish(RoadMapSettings const& settings);
    /// The vessel alone, log signal <= 0, 0 where there is none; empty before finish().
    Image<float> const& vessel() const { return vessel_; }
    /// A frame over the map: log signal, < 0 where a tool is, > 0 in the vessel; unchanged = 0.
    Subtracted over_map(Image<float> const& filtered, RawImage const& raw, RoadMapSettings const& settings) const;
    /// True if a frame of this size and opening can be shown over the map.
    bool fits(RawImage const& raw) const;

private:
    Phase phase_ = Phase::off;
    Extremes extremes_{1};
    Image<float> sum_;               ///< of the log signals that went into the extremes
    SubtractionMask without_vessel_; ///< anatomy alone
    Image<float> vessel_;
};

} // namespace fluoro
