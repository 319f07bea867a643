#pragma once
#include <fluoro/patient/lumen_graph.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// One segment of the coronary tree as reports name it.
struct CoronarySegment {
    std::string name;   ///< of the edges in the vessel graph, "lad-mid"; further pieces of it are "lad-mid/2", ...
    std::string syntax; ///< number of the SYNTAX score (AHA's, refined), "7"; empty for branches it does not count
    std::string meaning;
};
/// All segments that a patient may have: Sianos et al., EuroIntervention 2005; 1:219 for the numbers.
std::vector<CoronarySegment> const& coronary_segments();
/// By our name or SYNTAX number; throws Error with the list.
CoronarySegment const& coronary_segment(std::string_view name_or_number);
/// The edges of a segment in the order of the flow; empty where this patient has none. Throws as above.
std::vector<int> coronary_edges(LumenGraph const& vessels, std::string_view name_or_number);

} // namespace fluoro
