#pragma once
#include <fluoro/anatomy/shape.hpp>

namespace fluoro {

/// A place on the way of a hollow organ and the half axes of its cross-section there [mm].
struct SweepSection {
    Vec3 at_mm{0};
    double side_mm = 1;  ///< half axis along the sweep's side
    double other_mm = 1; ///< half axis square to side and way
};

/// An elliptic cross-section that changes along a smooth curve, with rounded ends: gullet, stomach, duodenum, pharynx.
class Sweep {
public:
    /// `side`: direction of the first half axis; made square to the way at every point, so never along it.
    Sweep(std::vector<SweepSection> const& through, Vec3 const& side, double step_mm = 3);

    /// Where a point of the patient is in the sweep's own terms.
    struct Spot {
        double along_mm = 0;  ///< from the first section
        Vec2 q{0};            ///< in the cross-section: side, other
        Vec2 radii{1};        ///< half axes there
        double beyond_mm = 0; ///< past the ends, else 0
        double away_mm = 0;   ///< from the middle of the way
        double to_end_mm = 0; ///< along the way to the nearer end
        /// Estimated distance to the surface of the cross-section grown by `grow_mm`.
        double distance_mm(double grow_mm = 0) const;
        /// The same of a way that ends flat.
        double cut_distance_mm() const;
    };
    Spot nearest(Vec3 const& p) const;
    double length_mm() const { return along_.back(); }
    /// The middle of the way at this length from its beginning, and its half axes.
    SweepSection at(double along_mm) const;
    /// The direction of the side there (1) and the third direction (2): with `at`, points of the wall.
    Vec3 side_at(double along_mm) const;
    std::vector<Vec3> const& points() const { return points_; }
    Box const& bounds() const { return box_; }

    /// The swept solid, grown by `grow_mm`.
    Shape solid(double grow_mm = 0) const;
    /// The same, cut off flat at both ends: where one label ends and the next begins.
    Shape cut_solid() const;
    /// A solid by a rule of its own in the sweep's terms; the rule keeps to Shape's promise about distances. Within
    /// `reach_mm` of the swept surface.
    Shape shaped(std::function<double(Spot const&, Vec3 const&)> rule, double reach_mm) const;

private:
    struct Run {
        Box box;
        std::size_t first, last;
    };
    std::vector<Vec3> points_, sides_, others_;
    std::vector<double> side_mm_, other_mm_, along_;
    std::vector<Run> runs_;
    Box box_;
};

/// Volume [mm3] of the part of a solid whose distance is below each of `levels_mm`, on a lattice of `step_mm`; the box
/// is the solid's, grown by the largest level.
std::vector<double> volumes_mm3(Shape const& shape, std::vector<double> const& levels_mm, double step_mm);
/// The growth of a solid at which its volume becomes `volume_mm3`, between `least_mm` and `most_mm`.
double growth_for_volume(Shape const& shape, double volume_mm3, double least_mm, double most_mm, double step_mm);

} // namespace fluoro
