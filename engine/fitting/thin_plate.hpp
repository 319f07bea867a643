#pragma once
#include <fluoro/core/geometry.hpp>
#include <vector>

namespace fluoro {

/// A thin-plate spline in space (kernel -r, which minimises the bending energy in three dimensions): displacements at
/// places, each approached within its own spread.
class ThinPlate {
public:
    /// As many displacements and spreads as places; at least four places, not in a plane.
    ThinPlate(std::vector<Vec3> places_mm, std::vector<Vec3> const& displacements_mm,
              std::vector<double> const& spreads_mm);
    Vec3 at(Vec3 const& p) const;

private:
    std::vector<Vec3> places_, weights_;
    Vec3 offset_{0};
    Mat3 linear_{0.0}; ///< columns: per mm of x, y, z
};

} // namespace fluoro
