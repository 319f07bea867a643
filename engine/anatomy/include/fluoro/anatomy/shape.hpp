#pragma once
#include <fluoro/core/curve.hpp>
#include <fluoro/core/geometry.hpp>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace fluoro {

/// A box with sides along the patient's axes [mm, LPS].
struct Box {
    Vec3 low{0}, high{0};
};
Box grown(Box const& box, double by_mm);
/// The smallest box around both.
Box around(Box const& a, Box const& b);
/// May be empty: low above high.
Box overlap(Box const& a, Box const& b);
bool is_empty(Box const& box);

/// A right-handed set of axes somewhere in the patient, e.g. of a vertebra. In a person who stands upright `right` is
/// -x, `front` -y, `up` +z; here the axes are named for where they point in the patient (LPS: left = +x).
struct Frame {
    Vec3 origin_mm{0};
    Vec3 left{1, 0, 0}, back{0, 1, 0}, up{0, 0, 1};
    Vec3 at(double left_mm, double back_mm, double up_mm) const
    {
        return origin_mm + left * left_mm + back * back_mm + up * up_mm;
    }
    /// Patient point -> (left, back, up) in this frame [mm].
    Vec3 local(Vec3 const& p) const
    {
        Vec3 const d = p - origin_mm;
        return {glm::dot(d, left), glm::dot(d, back), glm::dot(d, up)};
    }
};

/// A solid by its signed distance [mm]: negative inside, positive outside. The distance may be smaller in size than the
/// true one, never larger (so that a ball of that radius is all inside or all outside). A value; copies share.
class Shape {
public:
    using Distance = std::function<double(Vec3 const&)>;
    /// Share of a cube of `side_mm` about a point that the solid fills, 0 to 1; 0 from one side away on.
    using Share = std::function<double(Vec3 const&, double side_mm)>;
    Shape(Box const& bounds, Distance distance)
        : bounds_{bounds}, distance_{std::make_shared<Distance const>(std::move(distance))}
    {
    }
    /// A solid with parts that are thinner than voxels, of which the distance alone would draw too much.
    Shape(Box const& bounds, Distance distance, Share share) : Shape{bounds, std::move(distance)}
    {
        share_ = std::make_shared<Share const>(std::move(share));
    }
    /// Nothing of the solid is outside.
    Box const& bounds() const { return bounds_; }
    double distance_mm(Vec3 const& p) const { return (*distance_)(p); }
    /// It says itself what share of a voxel it fills. Combinations of shapes do not: they know distances only.
    bool has_share() const { return share_ != nullptr; }
    double share(Vec3 const& p, double side_mm) const { return (*share_)(p, side_mm); }

private:
    Box bounds_;
    std::shared_ptr<Distance const> distance_;
    std::shared_ptr<Share const> share_;
};

/// A straight piece of a tapering tube with round ends; radii above 0.
struct TubePiece {
    Vec3 from_mm{0}, to_mm{0};
    double from_radius_mm = 1, to_radius_mm = 1;
};
// Solids. Sizes are half-extents or radii, above 0.
Shape ball(Vec3 const& centre_mm, double radius_mm);
Shape ellipsoid(Frame const& frame, Vec3 const& radii_mm);
/// A box with edges rounded by `rounding_mm` (inside the half-extents).
Shape rounded_box(Frame const& frame, Vec3 const& half_mm, double rounding_mm);
/// An upright cylinder with an elliptic cross-section: radii along left and back, half height along up.
Shape elliptic_cylinder(Frame const& frame, double left_mm, double back_mm, double half_height_mm,
                        double rounding_mm = 0);
/// A rounded cone between two balls.
Shape rounded_cone(Vec3 const& from_mm, double from_radius_mm, Vec3 const& to_mm, double to_radius_mm);
/// A tube along a polyline with a ball at every point; radii change linearly between them.
Shape tube(std::span<Vec3 const> points_mm, std::span<double const> radii_mm);
/// Very many pieces of tubes (a vascular tree), quick to ask: distances are exact within 3 mm of the surface and bounds
/// beyond; pieces thinner than a voxel fill their own share of it and no more. docs/theory/lungs.md, eq. 1
Shape branches(std::span<TubePiece const> pieces);
/// A plate along a polyline: an elliptic cross-section of `wide` along `across` (a direction per point) and `thin`
/// along the third, e.g. a rib.
Shape strap(std::span<Vec3 const> points_mm, std::span<Vec3 const> across, std::span<double const> wide_mm,
            std::span<double const> thin_mm);
/// Where `height(x, y)` is above z; `bounds` says how far it counts. `steepest`: the largest slope of the height.
Shape below_surface(Box const& bounds, std::function<double(double, double)> height, double steepest);

// Combinations. `blend_mm` rounds the joint (0 = a sharp edge).
Shape unite(Shape const& a, Shape const& b, double blend_mm = 0);
Shape unite(std::span<Shape const> shapes, double blend_mm = 0);
Shape intersect(Shape const& a, Shape const& b, double blend_mm = 0);
Shape without(Shape const& a, Shape const& taken_away, double blend_mm = 0);
/// All points within `by_mm` of the solid; negative = shrunk.
Shape offset(Shape const& shape, double by_mm);
/// The outer layer of the solid, `thick_mm` deep.
Shape skin_of(Shape const& shape, double thick_mm);
/// The mirror image in the plane x = 0.
Shape mirrored(Shape const& shape);
/// The surface moved in and out by up to `height_mm` with bumps of about `size_mm`, seeded.
Shape roughened(Shape const& shape, double height_mm, double size_mm, unsigned seed);

/// Band-limited noise about 0, of standard deviation 1 and structures of about `size_mm`; the same for the same seed.
double noise(Vec3 const& p, double size_mm, unsigned seed);

} // namespace fluoro
