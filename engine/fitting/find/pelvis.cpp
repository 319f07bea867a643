#include "../morphology.hpp"
#include "findings.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double least_radius_mm = 19, most_radius_mm = 29; ///< of a femoral head: 38 to 58 mm across

constexpr double least_score = 0.02;

struct Vote {
    double score = 0;
    Vec3 centre{0};
};

/// Edges of bone vote for the centres of the balls that they may belong to: the best places, the best first.
std::vector<Vote> femoral_heads(Findings const& found, std::vector<float> const& hu, int side, double canal_x)
{
    Lattice const& fine = found.work.lattice;
    Lattice coarse;
    coarse.spacing_mm = 4;
    Box const box = fine.box();
    coarse.origin_mm = box.low;
    coarse.size = glm::ivec3{glm::ceil((box.high - box.low) / coarse.spacing_mm)};
    constexpr int shells = 6; // a vote is for a centre and a radius
    double const shell_mm = (most_radius_mm - least_radius_mm) / (shells - 1);
    std::vector<std::vector<float>> votes(shells, std::vector<float>(coarse.count(), 0));
    for (int k = 1; k + 1 < fine.size.z; ++k)
        for (int j = 1; j + 1 < fine.size.y; ++j)
            for (int i = 1; i + 1 < fine.size.x; ++i) {
                std::size_t const at = fine.index(i, j, k);
                double const out = side * (fine.position(i, j, k).x - canal_x);
                if (out < 35 || out > 150 || hu[at] < 90 || hu[at] > 900) continue;
                auto const slope = [&](std::size_t a, std::size_t b) { return double(hu[a] - hu[b]); };
                Vec3 const g{slope(fine.index(i + 1, j, k), fine.index(i - 1, j, k)),
                             slope(fine.index(i, j + 1, k), fine.index(i, j - 1, k)),
                             slope(fine.index(i, j, k + 1), fine.index(i, j, k - 1))};
                double const steep = glm::length(g);
                if (steep < 120) continue;
                for (int s = 0; s < shells; ++s) {
                    Vec3 const centre = fine.position(i, j, k) + g / steep * (least_radius_mm + s * shell_mm);
                    glm::ivec3 const cell = coarse.nearest(centre);
                    if (coarse.holds(cell)) votes[std::size_t(s)][coarse.index(cell)] += 1;
                }
            }
    std::vector<Vote> best;
    for (int s = 0; s < shells; ++s) {
        std::vector<float> const sum = smoothed(coarse, votes[std::size_t(s)], 4);
        double const r = least_radius_mm + s * shell_mm;
        for (std::size_t at = 0; at < sum.size(); ++at)
            if (double const score = sum[at] / (r * r); score > least_score)
                best.push_back({score, coarse.position(coarse.cell(at))});
    }
    std::ranges::sort(best, std::greater<>{}, &Vote::score);
    std::vector<Vote> apart;
    for (Vote const& vote : best) {
        if (apart.size() >= 40) break;
        if (std::ranges::none_of(apart, [&](Vote const& a) { return glm::length(a.centre - vote.centre) < 9; }))
            apart.push_back(vote);
    }
    return apart;
}

/// Is the ball's inside bone and is there much of its surface?
bool is_ball_of_bone(Findings const& found, std::vector<float> const& hu, Vec3 const& centre)
{
    Lattice const& lattice = found.work.lattice;
    double sum = 0;
    int count = 0;
    for (int z = -10; z <= 10; z += 4)
        for (int y = -10; y <= 10; y += 4)
            for (int x = -10; x <= 10; x += 4) {
                glm::ivec3 const at = lattice.nearest(centre + Vec3{x, y, z});
                if (!lattice.holds(at)) return false;
                sum += std::clamp(double(hu[lattice.index(at)]), -200.0, 600.0);
                ++count;
            }
    return sum / count > 120;
}

} // namespace

void find_hips(Findings& found)
{
    Lattice const& lattice = found.work.lattice;
    SpinePath const& canal = found.spine.canal;
    if (canal.points_mm.empty()) {
        found.not_found.push_back("hips and iliac crests: no spine between them");
        return;
    }
    double lung_floor = 1e9;
    for (auto const& recess : {found.costophrenic.right, found.costophrenic.left})
        if (recess) lung_floor = std::min(lung_floor, recess->z);
    bool const has_lungs = std::ranges::any_of(found.lungs, [](auto l) { return l == 1 || l == 2; });
    if (has_lungs && lung_floor > 1e8) {
        found.not_found.push_back("hips and iliac crests: the CT ends above them");
        return;
    }
    Vec3 const end = canal.points_mm.back();
    std::vector<float> const hu = smoothed(lattice, found.work.hu, 2);
    // Two that mirror each other about the spine: metal and a bent hip spoil one side's votes, not both places.
    auto const right = femoral_heads(found, hu, -1, end.x), left = femoral_heads(found, hu, 1, end.x);
    double best = 0;
    for (Vote const& r : right)
        for (Vote const& l : left) {
            Vec3 const off{l.centre.x + r.centre.x - 2 * end.x, l.centre.y - r.centre.y, l.centre.z - r.centre.z};
            double const wide = l.centre.x - r.centre.x;
            if (glm::length(off / Vec3{24, 24, 24}) > 1 || wide < 130 || wide > 240) continue;
            double const z = std::max(l.centre.z, r.centre.z);
            if (z > canal.points_mm.front().z - 60 || z > lung_floor - 100) continue;
            double const score = (l.score + r.score) * (1 - 0.5 * glm::length(off) / 24);
            if (score <= best || !is_ball_of_bone(found, hu, r.centre) || !is_ball_of_bone(found, hu, l.centre))
                continue;
            best = score;
            found.hip.right = r.centre;
            found.hip.left = l.centre;
        }
    if (!found.hip.left) found.not_found.push_back("hips: no pair of balls of bone of a femoral head's size");

    // The wing of the ilium is the largest bone beside the spine that reaches down; ribs are apart from it.
    for (int const side : {-1, 1}) {
        Mask beside(found.bone.size(), 0);
        for (std::size_t i = 0; i < beside.size(); ++i) {
            if (found.bone[i] == 0) continue;
            Vec3 const p = lattice.position(lattice.cell(i));
            double const out = side * (p.x - end.x);
            beside[i] = out > 45 && p.z < lung_floor + 60;
        }
        Parts const parts = parts_of(lattice, beside, 40e3);
        if (parts.sizes.empty()) continue;
        double top = -1e9, bottom = 1e9;
        Vec3 crest{0};
        for (std::size_t i = 0; i < beside.size(); ++i) {
            if (parts.number[i] != 1) continue;
            Vec3 const p = lattice.position(lattice.cell(i));
            bottom = std::min(bottom, p.z);
            if (p.z > top) top = p.z, crest = p;
        }
        double const volume = double(parts.sizes[0]) * std::pow(lattice.spacing_mm, 3);
        if (volume > 60e3 && top - bottom > 60 && top < lattice.box().high.z - 15 &&
            (!has_lungs || bottom < lung_floor - 120))
            (side < 0 ? found.iliac_crest.right : found.iliac_crest.left) = crest;
    }
    if (!found.iliac_crest.right && !found.iliac_crest.left)
        found.not_found.push_back("iliac crests: no wing of the ilium whose top is in the CT");
}

} // namespace fluoro
