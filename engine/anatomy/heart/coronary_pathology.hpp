#pragma once
#include <fluoro/anatomy/anatomy.hpp>
#include <vector>

// Disease of the coronary arteries as options say it, put into the edges of the graph.
namespace fluoro {

/// Narrowed and widened segments: radii, and centre lines where the plaque is on one side. Returns the plaques as
/// organs. Throws Error for segments that this patient does not have and figures outside their range.
std::vector<Organ> apply_coronary_pathology(LumenGraph& vessels, PatientParameters const& who);
/// Calcium in the walls of the large segments, growing with age, or as the option says.
std::vector<Organ> coronary_calcifications(LumenGraph const& vessels, PatientParameters const& who);
/// Radius that stands for a closed lumen; nothing is drawn there.
inline constexpr double occluded_radius_mm = 0.05;

} // namespace fluoro
