#include <fluoro/anatomy/shape.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

/// Smaller of both with a rounded joint of this reach (a cubic, at most blend/6 below the smaller).
double blended_least(double a, double b, double blend)
{
    if (blend <= 0) return std::min(a, b);
    double const h = std::max(blend - std::abs(a - b), 0.0) / blend;
    return std::min(a, b) - h * h * h * blend / 6;
}

double outside_mm(Box const& box, Vec3 const& p)
{
    return glm::length(glm::max(glm::max(box.low - p, p - box.high), Vec3{0}));
}

} // namespace

Shape unite(Shape const& a, Shape const& b, double blend_mm)
{
    return {grown(around(a.bounds(), b.bounds()), blend_mm / 6),
            [=](Vec3 const& p) { return blended_least(a.distance_mm(p), b.distance_mm(p), blend_mm); }};
}

Shape unite(std::span<Shape const> shapes, double blend_mm)
{
    FLUORO_EXPECT(!shapes.empty());
    std::vector<Shape> const all{shapes.begin(), shapes.end()};
    Box box = all.front().bounds();
    for (Shape const& shape : all) box = around(box, shape.bounds());
    return {grown(box, blend_mm / 6 * double(all.size() - 1)), [all, blend_mm](Vec3 const& p) {
                double best = all.front().distance_mm(p);
                for (std::size_t i = 1; i < all.size(); ++i) {
                    // A box that is far away cannot be nearer than what is found already.
                    if (outside_mm(all[i].bounds(), p) > best + blend_mm) continue;
                    best = blended_least(best, all[i].distance_mm(p), blend_mm);
                }
                return best;
            }};
}

Shape intersect(Shape const& a, Shape const& b, double blend_mm)
{
    return {overlap(a.bounds(), b.bounds()),
            [=](Vec3 const& p) { return -blended_least(-a.distance_mm(p), -b.distance_mm(p), blend_mm); }};
}

Shape without(Shape const& a, Shape const& taken_away, double blend_mm)
{
    return {a.bounds(),
            [=](Vec3 const& p) { return -blended_least(-a.distance_mm(p), taken_away.distance_mm(p), blend_mm); }};
}

Shape offset(Shape const& shape, double by_mm)
{
    return {grown(shape.bounds(), by_mm), [=](Vec3 const& p) { return shape.distance_mm(p) - by_mm; }};
}

Shape skin_of(Shape const& shape, double thick_mm)
{
    return {shape.bounds(), [=](Vec3 const& p) {
                double const d = shape.distance_mm(p);
                return std::max(d, -thick_mm - d);
            }};
}

Shape mirrored(Shape const& shape)
{
    Box const& box = shape.bounds();
    return {{Vec3{-box.high.x, box.low.y, box.low.z}, Vec3{-box.low.x, box.high.y, box.high.z}}, [=](Vec3 const& p) {
                return shape.distance_mm({-p.x, p.y, p.z});
            }};
}

Shape roughened(Shape const& shape, double height_mm, double size_mm, unsigned seed)
{
    // Noise of standard deviation 1 stays within about 3; its slope adds to the distance's.
    double const slope = 1 + 4 * height_mm / size_mm;
    return {grown(shape.bounds(), height_mm), [=](Vec3 const& p) {
                double const d = shape.distance_mm(p);
                if (std::abs(d) > 2 * height_mm) return (d > 0 ? d - height_mm : d + height_mm) / slope;
                return (d + height_mm * std::clamp(noise(p, size_mm, seed) / 3, -1.0, 1.0)) / slope;
            }};
}

} // namespace fluoro
