#pragma once
#include <fluoro/instruments/vessel_wall.hpp>
#include <memory>
#include <vector>

namespace fluoro {

/// The walls of one patient with their tight places exact: a lumen of a third of a millimetre is lost in a field of
/// distances. There the wall is that of the centre line's own cones, and follows what balloons and stents make of it.
class TightWall final : public Wall {
public:
    TightWall(LumenGraph const& vessels, std::shared_ptr<VesselWall const> walls);
    WallTouch touch(Vec3 const& at_mm) const override;
    /// A stretch of an edge, by shares of its length, is at least so wide from now on.
    void widen(std::string const& vessel, double from, double to, double diameter_mm);

private:
    struct Piece {
        Vec3 from_mm, to_mm;
        double from_radius_mm, to_radius_mm;
        double from, to; ///< shares of the edge's length
    };
    /// The pieces of a vessel that is tight somewhere, and the box that anything near them lies in.
    struct Stretch {
        std::string vessel;
        std::vector<Piece> pieces;
        Vec3 low_mm, high_mm;
    };
    std::shared_ptr<VesselWall const> walls_;
    std::vector<Stretch> stretches_;
};

} // namespace fluoro
