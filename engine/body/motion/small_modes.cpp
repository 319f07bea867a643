#include "inner_map.hpp"

#include <algorithm>
#include <cmath>

// Modes of the aorta's pulse and of the swallow.
namespace fluoro::motion {

namespace {

// Strain of the aorta's radius between diastole and systole: 6 % at the root, 2 % below the diaphragm (typical of
// middle age; stiff ones 1 to 2 %).
constexpr double root_strain = 0.06, abdominal_strain = 0.02;
constexpr double strain_fall_mm = 250; // along the vessel
constexpr double aorta_reach = 1.8;    // radii from the axis to where nothing moves

// The throat: what goes wholly with the hyoid, and how far from it something still moves.
constexpr double whole_mm = 12, reach_mm = 44;
constexpr double sphincter_share = 0.55; // of the hyoid's way forward, at the upper sphincter
constexpr double epiglottis_turn = 0.9;  // rad, down over the larynx
constexpr double epiglottis_reach_mm = 30;

struct AortaPoint {
    Vec3 at{0};
    double radius = 0, along = 0;
};

/// The trunk of the aorta from its root on.
std::vector<AortaPoint> aorta_of(LumenGraph const& vessels)
{
    std::vector<AortaPoint> points;
    double along = 0;
    for (LumenEdge const& edge : vessels.edges) {
        if (edge.label != 52 || edge.points_mm.empty() || edge.name.find("coronary") != std::string::npos) continue;
        for (std::size_t n = 0; n < edge.points_mm.size(); ++n) {
            if (n > 0) along += glm::length(edge.points_mm[n] - edge.points_mm[n - 1]);
            points.push_back({edge.points_mm[n], edge.radii_mm[n], along});
        }
    }
    return points;
}

double distance_to_way(Vec3 const& p, Vec3 const& a, Vec3 const& b, double& share)
{
    Vec3 const way = b - a;
    share = std::clamp(glm::dot(p - a, way) / std::max(glm::dot(way, way), 1e-9), 0.0, 1.0);
    return glm::length(p - a - share * way);
}

} // namespace

void ModeBox::find_moving()
{
    is_moving.assign(points_of(grid), 0);
    for_each_point(grid, [&](glm::ivec3 const& point, std::size_t n) {
        Mode const* const of_point = at(n);
        if (std::all_of(of_point, of_point + modes, [](Mode const& m) { return m.is_still(); })) return;
        // Eight cells have this corner.
        for (int corner = 0; corner < 8; ++corner) {
            glm::ivec3 const cell = point - glm::ivec3{corner & 1, corner >> 1 & 1, corner >> 2};
            if (cell.x >= 0 && cell.y >= 0 && cell.z >= 0) is_moving[number_of(grid, cell)] = 1;
        }
    });
}

ModeBox aorta_box(Tissue const& tissue, double spacing_mm)
{
    ModeBox box;
    auto const points = aorta_of(tissue.vessels());
    if (points.empty()) return box;
    Vec3 low{1e30}, high{-1e30};
    for (AortaPoint const& p : points) {
        low = glm::min(low, p.at - aorta_reach * p.radius);
        high = glm::max(high, p.at + aorta_reach * p.radius);
    }
    box.grid = lattice_around(low - spacing_mm, high + spacing_mm, spacing_mm);
    box.modes = 1;
    box.mode.assign(points_of(box.grid), {});
    // From each point of the axis to the lattice points about it: the nearest axis counts.
    std::vector<float> nearest(points_of(box.grid), 1e9F);
    for (AortaPoint const& axis : points) {
        double const reach = aorta_reach * axis.radius;
        glm::ivec3 const first{glm::ceil((axis.at - reach - box.grid.origin_mm) / spacing_mm)};
        glm::ivec3 const last{glm::floor((axis.at + reach - box.grid.origin_mm) / spacing_mm)};
        double const strain = std::lerp(root_strain, abdominal_strain, std::min(axis.along / strain_fall_mm, 1.0));
        glm::ivec3 at;
        for (at.z = first.z; at.z <= last.z; ++at.z)
            for (at.y = first.y; at.y <= last.y; ++at.y)
                for (at.x = first.x; at.x <= last.x; ++at.x) {
                    Vec3 const from = box.grid.at(at) - axis.at;
                    double const r = glm::length(from) / axis.radius;
                    std::size_t const n = number_of(box.grid, at);
                    if (r >= aorta_reach || float(r) >= nearest[n]) continue;
                    nearest[n] = float(r);
                    Vec3 const d = strain * smooth_ramp(r, aorta_reach, 1) * from;
                    box.mode[n] = Mode{d};
                }
    }
    return box;
}

ModeBox throat_box(Tissue const& tissue, double spacing_mm)
{
    ModeBox box;
    auto const hyoid = tissue.place("hyoid"), larynx = tissue.place("larynx");
    auto const sphincter = tissue.place("upper-sphincter"), tip = tissue.place("epiglottis-tip");
    if (!hyoid || !larynx) return box;
    Vec3 const end = sphincter ? *sphincter : *larynx;
    Vec3 const low = glm::min(glm::min(*hyoid, *larynx), end), high = glm::max(glm::max(*hyoid, *larynx), end);
    box.grid = lattice_around(low - reach_mm - spacing_mm, high + reach_mm + spacing_mm, spacing_mm);
    Census const census = tissue.census(box.grid);
    Field const from_bone = distance_to(census.of(bone, 0.3));
    // The hyoid and the larynx are no bones here: what holds still is the spine, the skull and the jaw.
    box.modes = 3;
    box.mode.assign(points_of(box.grid) * 3, {});
    Field weight{box.grid, std::vector<float>(points_of(box.grid))}, pull = weight;
    for_each_point(box.grid, [&](glm::ivec3 const& at, std::size_t n) {
        Vec3 const p = box.grid.at(at);
        double upper = 0, lower = 0;
        double const to_upper = distance_to_way(p, *hyoid, *larynx, upper);
        double const to_lower = distance_to_way(p, *larynx, end, lower);
        double const free = ramp(double(from_bone.value[n]), 2, 12);
        double const near = ramp(std::min(to_upper, to_lower), reach_mm, whole_mm);
        weight.value[n] = float(free * near);
        pull.value[n] = float(to_upper < to_lower ? 1 : std::lerp(1.0, sphincter_share, lower));
    });
    blur(weight, 0.6 * spacing_mm, 0.6 * spacing_mm);
    blur(pull, spacing_mm, spacing_mm);
    // The epiglottis turns about its root, its own length below its tip.
    Vec3 const root = tip ? *tip + Vec3{0, -5, -20} : Vec3{0};
    for_each_point(box.grid, [&](glm::ivec3 const& at, std::size_t n) {
        if (glm::any(glm::equal(at, glm::ivec3{0})) || glm::any(glm::equal(at, box.grid.size - 1))) return;
        auto const forth = float(weight.value[n]), share = pull.value[n];
        box.mode[3 * n] = {0, -forth * share, 0, 0};
        box.mode[3 * n + 1] = {0, 0, forth * share, 0};
        if (!tip) return;
        Vec3 const p = box.grid.at(at);
        double on = 0;
        double const off = distance_to_way(p, root, *tip, on);
        double const turned = epiglottis_turn * smooth_ramp(off, epiglottis_reach_mm, 2) * smooth_ramp(on, 0, 0.6) *
                              double(std::min(1.0F, weight.value[n] * 1.2F));
        Vec3 const from = p - root;
        Vec3 const d{0, std::sin(turned) * from.z + (std::cos(turned) - 1) * from.y,
                     (std::cos(turned) - 1) * from.z - std::sin(turned) * from.y};
        box.mode[3 * n + 2] = Mode{d};
    });
    return box;
}

} // namespace fluoro::motion
