#include <fluoro/instruments/vessel_wall.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace fluoro {

namespace {

constexpr double field_mm = 0.75; ///< of distances: 0.07 mm off at the wall of a vessel of 1 mm radius
constexpr double margin_mm = 10;
constexpr double class_mm = 2;   ///< spacing of the map of classes
constexpr double reach_mm = 4;   ///< of a class beyond its wall
constexpr double near_mm = 1.5;  ///< closer to a wall than this its direction is turned with the tissue
constexpr double probe_mm = 0.5; ///< way over which the displacement's derivative is taken

struct ClassPoint {
    Vec3 at;
    double radius;
    WallClass wall;
};

/// Points of the centre lines by the brick whose voxels they can be nearest to.
std::vector<std::vector<ClassPoint>> points_by_brick(LumenGraph const& graph, FieldGrid const& grid,
                                                     glm::ivec3 const& count)
{
    std::vector<std::vector<ClassPoint>> bricks(std::size_t(count.x) * std::size_t(count.y) * std::size_t(count.z));
    double const side = Bricks<std::uint8_t>::side * grid.spacing_mm;
    for (LumenEdge const& edge : graph.edges)
        for (std::size_t n = 0; n < edge.points_mm.size(); ++n) {
            Vec3 const& at = edge.points_mm[n];
            double const far = edge.radii_mm[n] + reach_mm;
            glm::ivec3 const low = glm::max(glm::ivec3{glm::floor((at - far - grid.origin_mm) / side)}, glm::ivec3{0});
            glm::ivec3 const high = glm::min(glm::ivec3{glm::floor((at + far - grid.origin_mm) / side)}, count - 1);
            for (int k = low.z; k <= high.z; ++k)
                for (int j = low.y; j <= high.y; ++j)
                    for (int i = low.x; i <= high.x; ++i)
                        bricks[(std::size_t(k) * std::size_t(count.y) + std::size_t(j)) * std::size_t(count.x) +
                               std::size_t(i)]
                            .push_back({at, edge.radii_mm[n], edge.wall});
        }
    return bricks;
}

/// Those that may be the nearest to one of the voxels of an eighth of a brick, in their order.
void find_able(std::vector<ClassPoint> const& near, Vec3 const& middle, std::vector<ClassPoint>& able)
{
    double const around = std::sqrt(3.0) * 1.5 * class_mm + 1e-9;
    double least = reach_mm + around; // from the middle, of any that may be
    for (ClassPoint const& point : near)
        least = std::min(least, glm::length(middle - point.at) - point.radius + 2 * around);
    able.clear();
    for (ClassPoint const& point : near)
        if (glm::length(middle - point.at) - point.radius <= least) able.push_back(point);
}

/// Of the field of distances, coarser.
FieldGrid class_grid(FieldGrid const& of)
{
    FieldGrid grid;
    grid.origin_mm = of.origin_mm;
    grid.spacing_mm = class_mm;
    grid.size = glm::ivec3{glm::ceil(Vec3{of.size} * of.spacing_mm / class_mm)} + 1;
    return grid;
}

DrawnBricks<std::uint8_t>::Draw class_drawing(LumenGraph const& graph, FieldGrid const& grid)
{
    constexpr int side = DrawnBricks<std::uint8_t>::side;
    glm::ivec3 const count = (grid.size + side - 1) / side;
    return [grid, count, points = points_by_brick(graph, grid, count),
            able = std::vector<ClassPoint>{}](glm::ivec3 const& first, std::span<std::uint8_t, 512> values) mutable {
        glm::ivec3 const brick = first / side;
        auto const& near =
            points[(std::size_t(brick.z) * std::size_t(count.y) + std::size_t(brick.y)) * std::size_t(count.x) +
                   std::size_t(brick.x)];
        if (near.empty()) return false;
        for (int part = 0; part < 8; ++part) {
            glm::ivec3 const low = 4 * glm::ivec3{part & 1, part >> 1 & 1, part >> 2};
            find_able(near, grid.at(first + low) + 1.5 * class_mm, able);
            for (int k = low.z; k < low.z + 4; ++k)
                for (int j = low.y; j < low.y + 4; ++j)
                    for (int i = low.x; i < low.x + 4; ++i) {
                        Vec3 const at = grid.at(first + glm::ivec3{i, j, k});
                        double least = reach_mm;
                        for (ClassPoint const& point : able)
                            if (double const d = glm::length(at - point.at) - point.radius; d < least) {
                                least = d;
                                values[std::size_t((k * 8 + j) * 8 + i)] = std::uint8_t(point.wall);
                            }
                    }
        }
        return true;
    };
}

/// As far as the vessels go, beyond the CT too: a wire from the wrist is in an arm that no CT of a trunk shows.
FieldGrid field_of(LumenGraph const& graph)
{
    Vec3 low{1e9}, high{-1e9};
    for (LumenEdge const& edge : graph.edges)
        for (Vec3 const& at : edge.points_mm) {
            low = glm::min(low, at - margin_mm);
            high = glm::max(high, at + margin_mm);
        }
    return {low, field_mm, glm::ivec3{(high - low) / field_mm} + 1};
}

} // namespace

WallKind wall_kind(WallClass wall)
{
    switch (wall) {
    case WallClass::elastic_artery:
        return {0.4, 6, 1};
    case WallClass::muscular_artery:
        return {0.4, 3, 1};
    case WallClass::coronary:
        return {0.4, 1.5, 1};
    case WallClass::vein:
        return {0.13, 1.5, 1};
    case WallClass::chamber:
        return {0.25, 2.5, 1};
    case WallClass::airway:
        return {0.6, 4, 1.5};
    case WallClass::gut:
        return {0.1, 2, 1};
    case WallClass::duct:
        return {0.2, 1.5, 1};
    }
    return {};
}

VesselWall::VesselWall(LumenGraph const& graph, Patient const& patient)
    : VesselWall{graph, std::make_shared<LumenDistance>(graph, patient, field_of(graph))}
{
}

VesselWall::VesselWall(LumenGraph const& graph, std::shared_ptr<LumenDistance const> distance)
    : distance_{std::move(distance)}, classes_{class_grid(distance_->grid()), std::uint8_t(WallClass::chamber),
                                               class_drawing(graph, class_grid(distance_->grid()))}
{
}

void VesselWall::stand(std::shared_ptr<Displacement const> displacement, double dt_s)
{
    std::swap(before_, now_);
    now_.all = std::move(displacement);
    now_.near.reset();
    dt_s_ = dt_s;
}

void VesselWall::stand(OrganMotion const& motion, BodyPose const& pose, double dt_s)
{
    std::swap(before_, now_);
    now_.all.reset();
    if (!now_.near || !now_.near->is_of(motion)) now_.near.emplace(motion);
    now_.near->stand(pose);
    if (!before_.is_moving()) { // the first of it: nothing is known to have moved
        before_.near.emplace(motion);
        before_.near->stand(pose);
    }
    dt_s_ = dt_s;
}

Vec3 VesselWall::Tissue::backward_mm(Vec3 const& at) const
{
    if (near) return near->backward_mm(at);
    return all ? sampled(all->grid, all->backward_mm, at) : Vec3{0};
}

Vec3 VesselWall::Tissue::forward_mm(Vec3 const& rest) const
{
    if (near) return near->forward_mm(rest);
    return all ? sampled(all->grid, all->forward_mm, rest) : Vec3{0};
}

WallClass VesselWall::wall_class(Vec3 const& rest_mm) const
{
    Vec3 const at = (rest_mm - classes_.grid().origin_mm) / classes_.grid().spacing_mm;
    return WallClass(classes_.at(glm::ivec3{glm::floor(at + 0.5)}));
}

Vec3 VesselWall::rest_of(Vec3 const& at_mm) const
{
    return at_mm + now_.backward_mm(at_mm);
}

WallTouch VesselWall::touch(Vec3 const& at_mm) const
{
    WallTouch touch;
    Vec3 const rest = rest_of(at_mm);
    touch.depth_mm = distance_->distance_mm(rest);
    if (touch.depth_mm < -2.5) return touch; // wider than any tool's radius, and the walls' own speed for a frame
    touch.outward = distance_->outward(rest);
    if (touch.outward == Vec3{0}) return touch;
    if (now_.is_moving() && touch.depth_mm > -near_mm) {
        // grad d(X(x)) = (dX/dx)^T grad d
        Vec3 slope = touch.outward;
        for (int axis = 0; axis < 3; ++axis) {
            Vec3 step{0};
            step[axis] = probe_mm;
            Vec3 const change = now_.backward_mm(at_mm + step) - now_.backward_mm(at_mm - step);
            slope[axis] += glm::dot(change, touch.outward) / (2 * probe_mm);
        }
        double const steepness = glm::length(slope);
        touch.outward = slope / steepness;
        touch.depth_mm /= steepness;
    }
    if (dt_s_ > 0) touch.velocity_mm_s = (now_.forward_mm(rest) - before_.forward_mm(rest)) / dt_s_;
    WallKind const kind = wall_kind(wall_class(rest));
    touch.stiffness = kind.stiffness;
    touch.strength_n_mm = kind.strength_n_mm;
    touch.friction = kind.friction;
    return touch;
}

} // namespace fluoro
