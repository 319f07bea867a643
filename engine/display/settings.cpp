#include <fluoro/display/settings.hpp>

namespace fluoro {

std::string problem_of(DisplaySettings const& s)
{
    if (auto const problem = problem_of(s.filter); !problem.empty()) return problem;
    if (s.hold_frames < 1) return "hold_frames must be at least 1";
    if (!(s.low_frequency_gain > 0 && s.low_frequency_gain <= 1))
        return "low_frequency_gain must lie above 0 and not above 1";
    if (!(s.edge_gain >= 0 && s.edge_gain <= 2)) return "edge_gain must lie in 0 to 2";
    if (!(s.brightness >= -1 && s.brightness <= 1)) return "brightness must lie in -1 to 1";
    if (!(s.contrast >= 0.2 && s.contrast <= 5)) return "contrast must lie in 0.2 to 5";
    if (!(s.zoom >= 1 && s.zoom <= 8)) return "zoom must lie in 1 to 8";
    if (auto const problem = problem_of(s.subtraction); !problem.empty()) return problem;
    return problem_of(s.road_map);
}

} // namespace fluoro
