#include <fluoro/anatomy/coronary.hpp>

#include <algorithm>
#include <fluoro/core/error.hpp>

namespace fluoro {

std::vector<CoronarySegment> const& coronary_segments()
{
    static std::vector<CoronarySegment> const all{
        {"left-main", "5", "left main, from the ostium to its fork"},
        {"lad-proximal", "6", "left anterior descending to its first septal and diagonal"},
        {"lad-mid", "7", "left anterior descending from there to its second diagonal"},
        {"lad-distal", "8", "left anterior descending to and around the apex"},
        {"diagonal-1", "9", "first diagonal"},
        {"diagonal-1a", "9a", "side branch of the first diagonal"},
        {"diagonal-2", "10", "second diagonal"},
        {"diagonal-2a", "10a", "side branch of the second diagonal"},
        {"septal-1", "", "first septal perforator"},
        {"septal-2", "", "second septal perforator"},
        {"septal-3", "", "third septal perforator"},
        {"septal-4", "", "fourth septal perforator"},
        {"circumflex-proximal", "11", "left circumflex to its first obtuse marginal"},
        {"obtuse-marginal-1", "12a", "first obtuse marginal"},
        {"obtuse-marginal-2", "12b", "second obtuse marginal"},
        {"circumflex-distal", "13", "left circumflex beyond its first obtuse marginal"},
        {"left-posterolateral", "14", "posterolateral from the circumflex"},
        {"left-posterolateral-a", "14a", "further posterolateral from the circumflex"},
        {"left-posterolateral-b", "14b", "further posterolateral from the circumflex"},
        {"posterior-descending-left", "15", "posterior descending from the circumflex (left dominance)"},
        {"left-atrial-branch", "", "atrial branch of the circumflex"},
        {"rca-proximal", "1", "right coronary, first half of the way to the acute margin"},
        {"rca-mid", "2", "right coronary to the acute margin"},
        {"rca-distal", "3", "right coronary to the crux"},
        {"posterior-descending", "4", "posterior descending from the right coronary"},
        {"posterolateral-trunk", "16", "right coronary beyond the posterior descending"},
        {"posterolateral-1", "16a", "first posterolateral from the right coronary"},
        {"posterolateral-2", "16b", "second posterolateral from the right coronary"},
        {"posterolateral-3", "16c", "third posterolateral from the right coronary"},
        {"conus-branch", "", "conus branch"},
        {"sinus-node-branch", "", "branch to the sinus node"},
        {"right-ventricular-branch", "", "right ventricular branch"},
        {"acute-marginal", "", "acute marginal"},
    };
    return all;
}

CoronarySegment const& coronary_segment(std::string_view name_or_number)
{
    auto const found = std::ranges::find_if(coronary_segments(), [&](CoronarySegment const& s) {
        return s.name == name_or_number || (!s.syntax.empty() && s.syntax == name_or_number);
    });
    if (found != coronary_segments().end()) return *found;
    std::string known;
    for (CoronarySegment const& s : coronary_segments())
        known += (known.empty() ? "" : ", ") + s.name + (s.syntax.empty() ? "" : " (" + s.syntax + ")");
    throw Error{"no coronary segment is called '" + std::string{name_or_number} + "'; there are: " + known};
}

std::vector<int> coronary_edges(LumenGraph const& vessels, std::string_view name_or_number)
{
    std::string const& name = coronary_segment(name_or_number).name;
    std::vector<int> edges;
    for (int piece = 1;; ++piece) {
        auto const found = vessels.find_edge(piece == 1 ? name : name + "/" + std::to_string(piece));
        if (!found) return edges;
        edges.push_back(*found);
    }
}

} // namespace fluoro
