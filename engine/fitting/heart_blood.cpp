#include "heart_blood.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

constexpr float far_mm = 1000;
constexpr double beside_mm = 8;      ///< bright blood this far outside of a fitted chamber is still that chamber's
constexpr double bright_share = 0.6; ///< of a chamber's inside; less is a right heart that the bolus has left
constexpr double core_mm = 3;        ///< that far inside, whatever a fit misses by at the edge

/// Distance to the great vessels at the heart's base, negative inside.
double great_vessel_mm(std::vector<LumenEdge const*> const& edges, Vec3 const& p)
{
    double best = far_mm;
    for (LumenEdge const* edge : edges)
        for (std::size_t i = 0; i < edge->points_mm.size(); i += 2)
            best = std::min(best, glm::length(p - edge->points_mm[i]) - edge->radii_mm[i]);
    return best;
}

} // namespace

FittedHeart fitted_heart(Lattice const& lattice, Anatomy const& anatomy, Warp const& warp)
{
    FittedHeart heart;
    heart.outside_mm.assign(lattice.count(), far_mm);
    heart.chamber_mm.assign(lattice.count(), far_mm);
    heart.chamber.assign(lattice.count(), 0);
    Organ const* sac = nullptr;
    std::vector<Organ const*> chambers;
    for (Organ const& organ : anatomy.organs) {
        if (organ.name == "pericardium") sac = &organ;
        if (organ.name == "right-atrium" || organ.name == "left-atrium" || organ.name == "left-atrial-appendage" ||
            organ.name == "right-ventricle" || organ.name == "left-ventricle")
            chambers.push_back(&organ);
    }
    if (!sac) return heart;
    for (Organ const* organ : chambers) {
        heart.labels.push_back(organ->label);
        heart.names.push_back(organ->name);
    }
    Box const model = sac->shape.bounds();
    Box reach{Vec3{1e9}, Vec3{-1e9}};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const p =
            warp.patient_from_model({corner & 1 ? model.high.x : model.low.x, corner & 2 ? model.high.y : model.low.y,
                                     corner & 4 ? model.high.z : model.low.z});
        reach = around(reach, {p - 10.0, p + 10.0});
    }
    glm::ivec3 const low = glm::max(lattice.nearest(reach.low), glm::ivec3{0});
    glm::ivec3 const high = glm::min(lattice.nearest(reach.high), lattice.size - 1);
    parallel_for(std::max(0, high.z - low.z + 1), [&](int first, int last) {
        for (int k = low.z + first; k < low.z + last; ++k)
            for (int j = low.y; j <= high.y; ++j)
                for (int i = low.x; i <= high.x; ++i) {
                    Vec3 const p = warp.model_from_patient(lattice.position(i, j, k));
                    double const outside = sac->shape.distance_mm(p);
                    if (outside > 15) continue;
                    std::size_t const at = lattice.index(i, j, k);
                    heart.outside_mm[at] = float(outside);
                    for (std::size_t c = 0; c < chambers.size(); ++c)
                        if (double const d = chambers[c]->shape.distance_mm(p); d < heart.chamber_mm[at]) {
                            heart.chamber_mm[at] = float(d);
                            heart.chamber[at] = std::uint8_t(c + 1);
                        }
                }
    });
    return heart;
}

std::vector<std::uint16_t> chamber_labels(Findings const& found, FittedHeart const& heart, EnhancedBlood const& blood,
                                          LumenGraph const& fitted_vessels, std::vector<FittedChamber>& chambers)
{
    std::vector<std::uint16_t> labels;
    if (blood.ml <= 0 || heart.labels.empty()) return labels;
    Lattice const& lattice = found.work.lattice;
    std::vector<double> inside(heart.labels.size(), 0), bright(inside), own(inside), now(inside), cores(inside);
    for (std::size_t i = 0; i < heart.chamber.size(); ++i) {
        if (heart.chamber[i] == 0 || heart.chamber_mm[i] > 0) continue;
        std::size_t const c = heart.chamber[i] - 1u;
        own[c] += 1;
        if (found.work.is_seen[i] == 0) continue;
        inside[c] += 1;
        if (heart.chamber_mm[i] > -core_mm) continue;
        cores[c] += 1;
        bright[c] += blood.mask[i] != 0;
    }
    std::vector<LumenEdge const*> vessels;
    for (LumenEdge const& edge : fitted_vessels.edges)
        if (edge.name.starts_with("aortic-root") || edge.name == "ascending-aorta" || edge.name == "pulmonary-trunk" ||
            edge.name.starts_with("descending-aorta"))
            vessels.push_back(&edge);
    labels.assign(heart.chamber.size(), 0);
    std::vector<bool> follows(heart.labels.size());
    for (std::size_t c = 0; c < follows.size(); ++c)
        // All of it must be in the CT to take its size from there.
        follows[c] = cores[c] > 0 && bright[c] > bright_share * cores[c] && inside[c] > 0.95 * own[c];
    auto const myocardium = std::uint16_t(label_of("myocardium")), fat = std::uint16_t(label_of("epicardial_fat"));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (heart.chamber[i] == 0) continue;
        std::size_t const c = heart.chamber[i] - 1u;
        if (!follows[c]) continue;
        if (blood.mask[i] != 0 && heart.chamber_mm[i] < beside_mm && heart.outside_mm[i] < 4) {
            if (heart.chamber_mm[i] > 0 &&
                great_vessel_mm(vessels, lattice.position(lattice.cell(i))) < heart.chamber_mm[i])
                continue;
            labels[i] = std::uint16_t(heart.labels[c]);
        } else if (blood.mask[i] == 0 && heart.chamber_mm[i] < 0)
            labels[i] = found.work.hu[i] > -30 ? myocardium : fat;
        now[c] += labels[i] == heart.labels[c];
    }
    double const cube_ml = std::pow(lattice.spacing_mm, 3) / 1000;
    for (std::size_t c = 0; c < heart.labels.size(); ++c)
        chambers.push_back({heart.names[c], cores[c] > 0 ? bright[c] / cores[c] : 0, cube_ml * own[c],
                            cube_ml * (follows[c] ? now[c] : own[c]), follows[c]});
    return labels;
}

} // namespace fluoro
