#pragma once
#include <fluoro/instruments/vessel_wall.hpp>
#include <memory>
#include <span>
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
    /// A vessel that is tight somewhere: pieces_[first .. last).
    struct Stretch {
        std::string vessel;
        std::size_t first, last;
    };
    std::span<int const> near(Vec3 const& rest_mm) const;

    std::shared_ptr<VesselWall const> walls_;
    std::vector<Stretch> stretches_;
    std::vector<Piece> pieces_;
    // By cubes of a box: numbers_[starts_[c] .. starts_[c + 1]) can be the nearest in cube c.
    Vec3 low_mm_{0};
    glm::ivec3 cubes_{0};
    std::vector<int> starts_, numbers_;
};

} // namespace fluoro
