#include "spine_soft.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// A disc between the end-plates of two bodies.
struct Disc {
    VertebraPlan upper, lower;
    Frame frame; ///< in its middle
    double half_width, half_depth, half_height;

    /// How far out a point is: 1 at the rim.
    double rim(Vec3 const& q) const
    {
        double const x = q.x / half_width, y = (q.y - 0.05 * half_depth) / half_depth, x2 = x * x, y2 = y * y;
        return std::sqrt(std::sqrt(x2 * x2 + y2 * y2 + 1.4 * x2 * y2));
    }

    double distance_mm(Vec3 const& p) const
    {
        Vec3 const q = frame.local(p);
        double const k = rim(q);
        double const bulge = 0.8 * (1 - std::min(1.0, q.z * q.z / (half_height * half_height)));
        double const side = (k - 1) * std::min(half_width, half_depth) - bulge;
        auto const depth_in = [&](VertebraPlan const& v, double sign) {
            Vec3 const local = v.frame.local(p);
            double const wedge = (v.posterior_height_mm - v.anterior_height_mm) / v.endplate_depth_mm;
            double const mean = (v.anterior_height_mm + v.posterior_height_mm) / 2;
            return (mean + wedge * std::clamp(local.y, -half_depth, half_depth)) / 2 - sign * local.z;
        };
        double const above = depth_in(upper, -1), below = depth_in(lower, 1);
        // Up to the rims, and in the middle into the dishes of the end-plates; bone covers what is too much.
        double const flat = std::max({side, above - 0.4, below - 0.4});
        double const lens = std::max({(k - 0.9) * std::min(half_width, half_depth), above - 5, below - 5});
        return 0.85 * std::min(flat, lens);
    }
};

double mean_height(VertebraPlan const& v)
{
    return (v.anterior_height_mm + v.posterior_height_mm) / 2;
}

/// A tube of elliptic cross-section through points from above downward, looked up by height; half widths and half
/// depths are across the tube.
Shape tube_by_height(std::vector<Vec3> const& points, std::vector<double> const& half_wide,
                     std::vector<double> const& half_deep)
{
    struct Slice {
        double x, y, wide, deep, shrink;
    };
    std::vector<double> w, d;
    std::vector<Vec3> const smooth = curve(points, 2, half_wide, w);
    curve(points, 2, half_deep, d);
    double const low = smooth.back().z, high = smooth.front().z;
    std::vector<Slice> slices;
    Box box{smooth.back(), smooth.back()};
    std::size_t at = smooth.size() - 1;
    for (double z = low; z <= high; z += 1) {
        while (at > 1 && smooth[at - 1].z < z) --at;
        Vec3 const &a = smooth[at], &b = smooth[at - 1];
        double const rise = std::max(b.z - a.z, 1e-3), t = std::clamp((z - a.z) / rise, 0.0, 1.0);
        double const slope = std::hypot(b.x - a.x, b.y - a.y) / rise, stretch = std::hypot(1.0, slope);
        Slice const slice{std::lerp(a.x, b.x, t), std::lerp(a.y, b.y, t), std::lerp(w[at], w[at - 1], t),
                          stretch * std::lerp(d[at], d[at - 1], t), 0.95 / stretch};
        slices.push_back(slice);
        Vec3 const reach{slice.wide + 1, slice.deep + 1, 0};
        box = around(box, {Vec3{slice.x, slice.y, z} - reach, Vec3{slice.x, slice.y, z} + reach});
    }
    // Where neighbours lean more the distance must be shorter too.
    for (std::size_t i = 1; i < slices.size(); ++i)
        slices[i].shrink = std::min(slices[i].shrink, slices[i - 1].shrink + 0.01);
    for (std::size_t i = slices.size() - 1; i-- > 0;)
        slices[i].shrink = std::min(slices[i].shrink, slices[i + 1].shrink + 0.01);
    return {box, [slices, low](Vec3 const& p) {
                double const level = std::clamp(p.z - low, 0.0, double(slices.size() - 1));
                auto const i = std::min(std::size_t(level), slices.size() - 2);
                double const t = level - double(i);
                Slice const &a = slices[i], &b = slices[i + 1];
                double const wide = std::lerp(a.wide, b.wide, t), deep = std::lerp(a.deep, b.deep, t);
                double const x = (p.x - std::lerp(a.x, b.x, t)) / wide, y = (p.y - std::lerp(a.y, b.y, t)) / deep;
                double const k = std::hypot(x, y);
                double const rim =
                    k < 0.05 ? -0.7 * std::min(wide, deep)
                             : std::max((k - 1) * k / std::hypot(x / wide, y / deep), -0.7 * std::min(wide, deep));
                double const end = std::max(low - p.z, p.z - low - double(slices.size() - 1));
                return a.shrink * std::max(rim, end);
            }};
}

} // namespace

void add_discs(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    for (int i = 1; i < int(Level::sacrum); ++i) {
        Disc disc{plan.spine[std::size_t(i)], plan.spine[std::size_t(i) + 1], {}, 0, 0, 0};
        Vec3 const low = disc.upper.frame.at(0, 0, -mean_height(disc.upper) / 2);
        Vec3 const high = disc.lower.frame.at(0, 0, mean_height(disc.lower) / 2);
        disc.frame = disc.upper.frame;
        disc.frame.origin_mm = (low + high) / 2.0;
        disc.frame.up = glm::normalize(disc.upper.frame.up + disc.lower.frame.up);
        disc.frame.left = glm::normalize(disc.upper.frame.left + disc.lower.frame.left);
        disc.frame.back = glm::cross(disc.frame.up, disc.frame.left);
        disc.half_width = 0.25 * (disc.upper.endplate_width_mm + disc.lower.endplate_width_mm) - 0.3;
        disc.half_depth = 0.25 * (disc.upper.endplate_depth_mm + disc.lower.endplate_depth_mm) - 0.3;
        disc.half_height = std::max(disc.upper.disc_below_mm / 2, 1.0);
        Vec3 const half{disc.half_width + 1, 1.06 * disc.half_depth + 1, disc.half_height + 6 + 0.25 * disc.half_depth};
        Box box{disc.frame.origin_mm, disc.frame.origin_mm};
        for (int corner = 0; corner < 8; ++corner) {
            Vec3 const p = disc.frame.at(corner & 1 ? half.x : -half.x, corner & 2 ? half.y : -half.y,
                                         corner & 4 ? half.z : -half.z);
            box = around(box, {p, p});
        }
        Organ organ{"disc-" + name_of(level_at(i)) + "-" + name_of(level_at(i + 1)),
                    label_of("intervertebral_disc"),
                    Rank::bone,
                    {85, 1.10},
                    {box, [disc](Vec3 const& p) { return disc.distance_mm(p); }}};
        unsigned const seed = unsigned(plan.parameters.seed * 101 + 300 + unsigned(i));
        // Fibrous rings outside (CT 95-110 HU), the watery nucleus inside (65-75).
        organ.hu = [disc, seed](Vec3 const& p, double) {
            double const k = disc.rim(disc.frame.local(p));
            return std::lerp(68.0, 102.0, std::clamp((k - 0.5) / 0.35, 0.0, 1.0)) + 6 * noise(p, 2, seed);
        };
        anatomy.organs.push_back(std::move(organ));
    }
}

void add_canal_content(Anatomy& anatomy, SacrumForm const& sacrum)
{
    BodyPlan const& plan = anatomy.plan;
    double const s = plan.scale;
    // Stations down the canal: centre, half width, half depth, across.
    std::vector<Vec3> centres;
    std::vector<double> wide, deep;
    auto const station = [&](Vec3 const& centre, double half_width, double half_depth) {
        centres.push_back(centre);
        wide.push_back(half_width);
        deep.push_back(half_depth);
    };
    auto const centre_of = [](VertebraPlan const& v, double up) {
        return v.frame.at(0, (v.endplate_depth_mm + v.canal_depth_mm) / 2, up);
    };
    VertebraPlan const& atlas = plan.vertebra(Level::c1);
    station(centre_of(atlas, 12 * s), 0.5 * atlas.canal_width_mm, 0.5 * atlas.canal_depth_mm);
    for (int i = 0; i < int(Level::sacrum); ++i) {
        VertebraPlan const& v = plan.spine[std::size_t(i)];
        station(centre_of(v, 0), v.canal_width_mm / 2, v.canal_depth_mm / 2);
    }
    for (int i = 0; i < 4; ++i) station(sacrum.canal_mm(i), s * (14.5 - 3 * i), s * (6.5 - 1.1 * i));
    auto const tube_down = [&](std::size_t first, std::size_t last, double forward, auto const& half_wide,
                               auto const& half_deep) {
        std::vector<Vec3> points;
        std::vector<double> w, d;
        for (std::size_t i = first; i <= last; ++i) {
            points.push_back(centres[i] - Vec3{0, forward * deep[i], 0});
            w.push_back(half_wide(i));
            d.push_back(half_deep(i));
        }
        return tube_by_height(points, w, d);
    };
    std::size_t const end = centres.size() - 1;
    anatomy.organs.push_back(
        {"epidural-fat",
         label_of("epidural_fat"),
         Rank::organ,
         {-85, 0.95, 10, 3},
         tube_down(
             0, end, 0, [&](std::size_t i) { return 0.99 * wide[i]; }, [&](std::size_t i) { return 0.99 * deep[i]; })});
    // Fat and the nerve root with its ganglion in every foramen, under the pedicle.
    for (int i = 2; i < int(Level::sacrum); ++i) {
        VertebraPlan const &v = plan.spine[std::size_t(i)], &next = plan.spine[std::size_t(i) + 1];
        bool const cervical = level_at(i) <= Level::c7, lumbar = level_at(i) >= Level::l1;
        double const half = mean_height(v) / 2;
        double const high = (cervical ? 4.0
                             : lumbar ? 8.0
                                      : 5.5) *
                            s,
                     thick = (cervical ? 3.0
                              : lumbar ? 4.5
                                       : 3.5) *
                             s;
        for (double sign : {1.0, -1.0}) {
            Frame frame = v.frame;
            frame.origin_mm =
                v.frame.at(sign * (v.canal_width_mm + next.canal_width_mm) / 4 + sign * 2.5 * s,
                           v.endplate_depth_mm / 2 + (cervical ? 1.0 : 4.5) * s, -half - v.disc_below_mm * 0.2);
            std::string const where = (sign > 0 ? "left-" : "right-") + name_of(level_at(i));
            anatomy.organs.push_back({"foramen-fat-" + where,
                                      label_of("epidural_fat"),
                                      Rank::organ,
                                      {-80, 0.95, 10, 3},
                                      ellipsoid(frame, {6 * s, thick, high})});
            Vec3 const from = frame.at(-sign * 5 * s, 1 * s, 0.3 * high),
                       to = frame.at(sign * 11 * s, -1 * s, -0.5 * high);
            double const r = (cervical ? 1.6 : lumbar ? 2.2 : 1.4) * s;
            std::vector<Vec3> const way{from, (from + to) / 2.0, to};
            anatomy.organs.push_back({"nerve-root-" + where,
                                      label_of("nerve_root"),
                                      Rank::organ,
                                      {38, 1.04, 4, 2},
                                      tube(way, std::vector<double>{0.7 * r, 1.3 * r, r})});
        }
    }
    // Thecal sac (CSF and roots) to S2, cord to L1, widened at C5 and T12.
    anatomy.organs.push_back({"thecal-sac",
                              label_of("spinal_cord"),
                              Rank::organ,
                              {18, 1.02, 4, 2},
                              tube_down(
                                  0, end - 2, 0.1, [&](std::size_t i) { return 0.80 * wide[i]; },
                                  [&](std::size_t i) { return 0.80 * deep[i]; })});
    auto const level_of = [](std::size_t i) { return double(i) - 1; };
    auto const swelling = [&](std::size_t i) {
        double const c = (level_of(i) - 4.5) / 2.5, l = (level_of(i) - 17.5) / 1.5;
        double const conus = level_of(i) > 18 ? 0.45 : 1;
        return conus * (1 + 0.35 * std::exp(-c * c) + 0.2 * std::exp(-l * l));
    };
    anatomy.organs.push_back(
        {"spinal-cord",
         label_of("spinal_cord"),
         Rank::organ,
         {38, 1.04, 4, 2},
         tube_down(
             0, std::size_t(Level::l1) + 1, 0.05, [&](std::size_t i) { return 4.8 * s * swelling(i); },
             [&](std::size_t i) { return 3.9 * s * std::sqrt(swelling(i)); })});
}

} // namespace fluoro
