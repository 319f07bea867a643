#pragma once
#include <fluoro/core/geometry.hpp>

namespace fluoro {

/// What a tool feels at a place.
struct WallTouch {
    double depth_mm = -1e9; ///< signed distance to the nearest wall; negative in the lumen, positive beyond its wall
    Vec3 outward{0};        ///< unit, from the lumen into the wall; zero where no wall is near
    double stiffness = 0.4; ///< of the wall, per length of tool that lies on it [N/mm per mm]
    Vec3 velocity_mm_s{0};  ///< of the wall
    double friction = 1;    ///< times the tool's own coefficient
    /// Force of a tip, end on, that it stands, per diameter of the tip [N/mm].
    double strength_n_mm = 1e9;
};

/// The walls that hold a tool, in the places where they are at one instant.
class Wall {
public:
    virtual ~Wall() = default;
    virtual WallTouch touch(Vec3 const& at_mm) const = 0;
};

/// Nothing anywhere.
class NoWall final : public Wall {
public:
    WallTouch touch(Vec3 const&) const override { return {}; }
};

} // namespace fluoro
