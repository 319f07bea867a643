#include "swept_bone.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <memory>

namespace fluoro {

namespace {

/// Stations that share a box, so that a long bone costs little per point.
struct Run {
    Box box;
    std::size_t first, last;
};

double to_section(BoneStation const& s, double u, double v, double groove_side)
{
    double const high = s.half_wide_mm - s.upper_mm, low = s.lower_mm - s.half_wide_mm;
    double const t = high > low ? std::clamp((u - low) / (high - low), 0.0, 1.0) : 0.5;
    double d = std::hypot(u - std::lerp(low, high, t), v) - std::lerp(s.lower_mm, s.upper_mm, t);
    if (s.groove_mm > 0) {
        constexpr double radius = 2.2;
        double const gu = low + 1.6, gv = groove_side * (s.lower_mm + radius + 0.35 - s.groove_mm);
        d = std::max(d, radius - std::hypot(u - gu, v - gv));
    }
    return d;
}

BoneStation between(BoneStation const& a, BoneStation const& b, double t)
{
    return {glm::mix(a.at, b.at, t),
            glm::mix(a.up, b.up, t),
            std::lerp(a.half_wide_mm, b.half_wide_mm, t),
            std::lerp(a.upper_mm, b.upper_mm, t),
            std::lerp(a.lower_mm, b.lower_mm, t),
            std::lerp(a.groove_mm, b.groove_mm, t)};
}

/// The nearer one of `best` and the distance to the piece between two stations.
double nearer(double best, Vec3 const& p, BoneStation const& a, BoneStation const& b, double groove_side)
{
    Vec3 const axis = b.at - a.at;
    double const length2 = glm::dot(axis, axis);
    double const t = std::clamp(glm::dot(p - a.at, axis) / length2, 0.0, 1.0);
    Vec3 const off = p - a.at - t * axis;
    double const reach = std::max(a.half_wide_mm, b.half_wide_mm) + std::max(best, 0.0);
    if (best < 1e9 && glm::dot(off, off) > reach * reach) return best;
    BoneStation const s = between(a, b, t);
    Vec3 const ahead = axis / std::sqrt(length2);
    Vec3 const up = glm::normalize(s.up - glm::dot(s.up, ahead) * ahead);
    double const along = glm::dot(off, ahead);
    double const d = to_section(s, glm::dot(off, up), glm::dot(off, glm::cross(up, ahead)), groove_side);
    return std::min(best, std::hypot(std::max(d, 0.0), along) + std::min(d, 0.0));
}

} // namespace

Shape swept_bone(std::vector<BoneStation> stations, bool is_groove_left)
{
    FLUORO_EXPECT(stations.size() >= 2);
    auto const all = std::make_shared<std::vector<BoneStation> const>(std::move(stations));
    auto const box_at = [&](std::size_t i) {
        double const reach = std::max({(*all)[i].half_wide_mm, (*all)[i].upper_mm, (*all)[i].lower_mm});
        return Box{(*all)[i].at - reach, (*all)[i].at + reach};
    };
    std::vector<Run> runs;
    Box whole = box_at(0);
    constexpr std::size_t per_run = 6;
    for (std::size_t first = 0; first + 1 < all->size(); first += per_run) {
        Run run{box_at(first), first, std::min(first + per_run, all->size() - 1)};
        for (std::size_t i = first; i <= run.last; ++i) run.box = around(run.box, box_at(i));
        whole = around(whole, run.box);
        runs.push_back(run);
    }
    double const side = is_groove_left ? 1 : -1;
    return {whole, [all, runs, side](Vec3 const& p) {
                auto const away = [&p](Run const& run) {
                    Vec3 const beyond = glm::max(glm::max(run.box.low - p, p - run.box.high), Vec3{0});
                    return glm::length(beyond);
                };
                std::size_t nearest = 0;
                double gap = std::numeric_limits<double>::max();
                for (std::size_t i = 0; i < runs.size(); ++i)
                    if (double const g = away(runs[i]); g < gap) {
                        gap = g;
                        nearest = i;
                    }
                // From afar the boxes are near enough.
                if (gap > 3) return gap;
                double best = std::numeric_limits<double>::max();
                for (std::size_t k = 0; k < runs.size(); ++k) {
                    Run const& run = runs[k == 0 ? nearest : k <= nearest ? k - 1 : k];
                    if (k > 0 && away(run) >= std::max(best, 1e-9)) continue;
                    for (std::size_t i = run.first; i < run.last; ++i)
                        best = nearer(best, p, (*all)[i], (*all)[i + 1], side);
                }
                return 0.92 * best; // at a bend the neighbour's section reaches a little nearer
            }};
}

std::function<double(Vec3 const& p, Depth const& depth)> bone_hu(BoneTissue const& tissue)
{
    return [tissue](Vec3 const& p, Depth const& depth) {
        double const thick =
            tissue.cortical_mm * std::max(0.2, 1 + tissue.uneven * noise(p, tissue.uneven_mm, tissue.seed));
        double const inner = depth.share_below(thick, 0.5);
        double const spongy = tissue.cancellous_hu + tissue.trabeculae_hu * noise(p, tissue.trabeculae_mm, tissue.seed);
        return std::lerp(tissue.cortical_hu, spongy, inner);
    };
}

BoneTissue thinned(BoneTissue tissue, double bone_density)
{
    // Marrow of about -20 HU is what is left between the trabeculae.
    tissue.cancellous_hu = std::lerp(-20.0, tissue.cancellous_hu, bone_density);
    tissue.trabeculae_hu *= std::sqrt(bone_density);
    tissue.cortical_mm *= 0.5 + 0.5 * bone_density;
    tissue.cortical_hu *= 0.85 + 0.15 * bone_density;
    return tissue;
}

} // namespace fluoro
