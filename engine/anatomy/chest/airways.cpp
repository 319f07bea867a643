#include "lung_parts.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double flat_back = 0.62;    ///< how far the trachea's back is from its middle, over its radius
constexpr double ring_every_mm = 6.2; ///< cartilage 4 mm high and 2 mm apart

/// Where a nearly upright tube is at a height.
struct Upright {
    std::vector<Vec3> points; ///< from top to bottom
    std::vector<double> radii;

    struct Place {
        Vec3 at;
        double radius, lean; ///< lean: length of the way per height
    };
    Place place(double z) const
    {
        auto const below = std::ranges::find_if(points, [z](Vec3 const& p) { return p.z <= z; });
        std::size_t const low = std::clamp<std::size_t>(std::size_t(below - points.begin()), 1, points.size() - 1);
        Vec3 const &a = points[low - 1], &b = points[low];
        double const t = std::clamp((a.z - z) / (a.z - b.z), 0.0, 1.0);
        return {glm::mix(a, b, t), std::lerp(radii[low - 1], radii[low], t), glm::length(b - a) / (a.z - b.z)};
    }
};

} // namespace

double calibre_of(BodyPlan const& plan)
{
    return plan.scale * (plan.parameters.sex == Sex::female ? 0.95 : 1);
}

Vec3 near_hilum(BodyPlan const& plan, double left, double back, double up)
{
    constexpr double stiff = 30, usual = 118; // from carina to dome, quiet inspiration
    Vec3 const& carina = plan.place("carina");
    double const room = (carina.z - plan.place("diaphragm-dome-right").z) / plan.scale;
    double const squeeze = std::clamp((room - stiff) / (usual - stiff), 0.5, 1.2);
    double const height = up > -stiff ? up : (up + stiff) * squeeze - stiff;
    return carina + plan.scale * Vec3{left, back, height};
}

Tree central_airways(BodyPlan const& plan)
{
    double const s = plan.scale, c = calibre_of(plan);
    Vec3 const top = plan.place("trachea-top");
    // Millimetres of the reference man from the carina: left, back, up. The node lies where the widths part, a little
    // above the spur.
    auto const at = [&](double x, double y, double z) { return near_hilum(plan, x, y, z); };
    Vec3 const fork = at(-1.5, 0, 6);
    auto const along = [&](double share, double x, double y) { return glm::mix(top, fork, share) + s * Vec3{x, y, 0}; };
    // The arch of the aorta pushes the trachea a little to the right.
    Laid const table[] = {
        {"trachea", "trachea-top", "carina", {along(0.3, -2, 0.8), along(0.68, -5, 1.8), fork}, 9.4 * c, 8.2 * c},
        {"main-bronchus-right", "carina", "right-main-bronchus", {at(-6, 2, -9), at(-11.8, 6, -21.5)}, 7.5 * c, 7 * c},
        {"lobar-bronchus-right-upper",
         "right-main-bronchus",
         "right-upper-bronchus",
         {at(-20, 5, -23), at(-29, 5, -19)},
         5 * c,
         4.5 * c},
        {"bronchus-intermedius",
         "right-main-bronchus",
         "right-bronchus-intermedius",
         {at(-19, 7, -34), at(-27.5, 7, -47.5)},
         5.8 * c,
         5.3 * c},
        {"lobar-bronchus-right-middle",
         "right-bronchus-intermedius",
         "right-middle-bronchus",
         {at(-35, 1, -52.5), at(-45, -8, -58)},
         3.8 * c,
         3.4 * c},
        {"lobar-bronchus-right-lower",
         "right-bronchus-intermedius",
         "right-lower-bronchus",
         {at(-32.5, 6.2, -55)},
         5 * c,
         4.8 * c},
        {"basal-bronchus-right",
         "right-lower-bronchus",
         "right-basal-trunk",
         {at(-39, 6.4, -63), at(-45, 7, -72)},
         4.6 * c,
         4.2 * c},
        {"main-bronchus-left",
         "carina",
         "left-main-bronchus",
         {at(8, 1, -4), at(20, 4, -15), at(33, 7, -26)},
         6.5 * c,
         6 * c},
        {"lobar-bronchus-left-upper",
         "left-main-bronchus",
         "left-upper-bronchus",
         {at(39, 6, -25), at(46, 5, -24)},
         5 * c,
         4.6 * c},
        {"upper-division-bronchus-left",
         "left-upper-bronchus",
         "left-upper-division",
         {at(51, 2, -23), at(55, 1, -17)},
         4 * c,
         3.7 * c},
        {"lingular-bronchus",
         "left-upper-bronchus",
         "left-lingular-bronchus",
         {at(53, 1, -30), at(60, -4.8, -36.7)},
         3.5 * c,
         3.1 * c},
        {"lobar-bronchus-left-lower", "left-main-bronchus", "left-lower-bronchus", {at(41.5, 13, -38)}, 5 * c, 4.8 * c},
        {"basal-bronchus-left",
         "left-lower-bronchus",
         "left-basal-trunk",
         {at(54, 16.5, -50), at(62, 18, -66)},
         4.5 * c,
         4.1 * c},
    };
    Tree tree;
    for (Laid const& laid : table) {
        int const before = ending_at(tree, laid.from);
        lay(tree, laid, before < 0 ? top : tree[std::size_t(before)].points_mm.back());
    }
    return tree;
}

double airway_wall_mm(double lumen_radius_mm)
{
    return 0.32 + 0.17 * lumen_radius_mm;
}

Shape trachea_shape(Branch const& trachea, double more_mm)
{
    auto const way = std::make_shared<Upright const>(Upright{trachea.points_mm, trachea.radii_mm});
    double const widest = way->radii.front() + more_mm;
    Box const box{glm::min(way->points.front(), way->points.back()) - Vec3{widest + 4, widest + 4, widest},
                  glm::max(way->points.front(), way->points.back()) + Vec3{widest + 4, widest + 4, 0}};
    return {box, [way, more_mm](Vec3 const& p) {
                Upright::Place const here = way->place(p.z);
                double const radius = here.radius;
                Vec3 const d = p - here.at;
                double const beyond = p.z < way->points.back().z ? way->points.back().z - p.z : 0;
                double const round = std::hypot(d.x, d.y, beyond) - radius;
                double const flat = d.y - flat_back * radius;
                // A rounded edge where the membranous back meets the rings.
                double const h = std::max(4 - std::abs(round - flat), 0.0) / 4;
                double const side = std::max(round, flat) + h * h * h * 4 / 6 - more_mm;
                return std::max(side / here.lean, p.z - way->points.front().z);
            }};
}

std::function<double(Vec3 const&, double)> trachea_wall_hu(Branch const& trachea)
{
    auto const way = std::make_shared<Upright const>(Upright{trachea.points_mm, trachea.radii_mm});
    return [way](Vec3 const& p, double) {
        Upright::Place const here = way->place(p.z);
        Vec3 const d = p - here.at;
        bool const is_membrane = d.y > 0.5 * here.radius;
        double const ring = std::cos(2 * std::numbers::pi * p.z / ring_every_mm);
        return is_membrane ? 40.0 : 70 + 40 * std::clamp(2 * ring + 0.6, -1.0, 1.0);
    };
}

} // namespace fluoro
