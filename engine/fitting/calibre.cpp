#include "calibre.hpp"

#include "section.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace fluoro {

namespace {

constexpr double step_mm = 3;
constexpr double least_ratio = 0.6, most_ratio = 1.7; ///< of CT to model; beyond that it is another vessel
constexpr double reach_mm = 6;                        ///< standard deviation of a measurement's weight along the vessel
constexpr double model_weight = 0.05;                 ///< of the model's own radius beside measurements nearby

struct Vessel {
    char const* name;
    std::vector<std::string_view> edges; ///< by name; of the aorta's pieces how their names begin
};
std::vector<Vessel> const& wide_vessels()
{
    static std::vector<Vessel> const all{
        {"aorta", {"aortic-root", "ascending-aorta", "aortic-arch", "descending-aorta", "abdominal-aorta"}},
        {"pulmonary trunk", {"pulmonary-trunk"}},
        {"right pulmonary artery", {"pulmonary-artery-right"}},
        {"left pulmonary artery", {"pulmonary-artery-left"}}};
    return all;
}

struct Measurement {
    Vec3 place{0};
    double ratio = 1;
};

} // namespace

std::vector<MeasuredVessel> measure_radii(LumenGraph& vessels, WorkVolume const& work)
{
    std::vector<MeasuredVessel> all;
    Box const seen = grown(work.lattice.box(), -4);
    for (Vessel const& vessel : wide_vessels()) {
        MeasuredVessel result{vessel.name, 0, 0, 0, 0};
        std::vector<Measurement> measured;
        std::vector<LumenEdge*> edges;
        for (LumenEdge& edge : vessels.edges)
            if (std::ranges::any_of(vessel.edges, [&](auto name) {
                    return edge.name == name || (edge.name.starts_with(name) && name.find("aort") != name.npos);
                }))
                edges.push_back(&edge);
        for (LumenEdge const* edge : edges) {
            auto const n = int(edge->points_mm.size());
            double left = 0;
            for (int i = 0; i < n; ++i) {
                auto const at = [&](int j) { return edge->points_mm[std::size_t(std::clamp(j, 0, n - 1))]; };
                if (i > 0) left -= glm::length(at(i) - at(i - 1));
                if (left > 0) continue;
                left = step_mm;
                Vec3 const p = at(i), along = at(i + 3) - at(i - 3);
                if (glm::any(glm::lessThan(p, seen.low)) || glm::any(glm::greaterThan(p, seen.high))) continue;
                if (!(glm::length(along) > 0)) continue;
                ++result.places;
                double const model = edge->radii_mm[std::size_t(i)];
                auto const section = round_section(work, p, glm::normalize(along), model);
                if (!section) continue;
                double const ratio = section->radius_mm / model;
                if (ratio < least_ratio || ratio > most_ratio || glm::length(section->centre_mm - p) > 0.8 * model)
                    continue;
                measured.push_back({p, ratio});
                result.model_mm += model;
                result.ct_mm += section->radius_mm;
            }
        }
        if (measured.empty()) continue;
        result.measured = int(measured.size());
        result.model_mm /= result.measured;
        result.ct_mm /= result.measured;
        for (LumenEdge* edge : edges)
            for (std::size_t i = 0; i < edge->points_mm.size(); ++i) {
                double sum = model_weight, weight = model_weight;
                for (Measurement const& m : measured) {
                    double const away = glm::length(m.place - edge->points_mm[i]) / reach_mm;
                    double const w = std::exp(-0.5 * away * away);
                    sum += w * m.ratio;
                    weight += w;
                }
                edge->radii_mm[i] *= sum / weight;
            }
        all.push_back(result);
    }
    return all;
}

} // namespace fluoro
