#include <cmath>
#include <fluoro/anatomy/shape.hpp>
#include <gtest/gtest.h>
#include <spread.hpp>

namespace fluoro {
namespace {

Frame tilted_frame()
{
    double const a = radians(30);
    return {{4, -3, 7}, {std::cos(a), std::sin(a), 0}, {-std::sin(a), std::cos(a), 0}, {0, 0, 1}};
}

std::vector<std::pair<char const*, Shape>> solids()
{
    std::vector<Vec3> const way{{0, 0, 0}, {20, 5, 0}, {30, 25, 10}};
    std::vector<Vec3> const across(3, Vec3{0, 0, 1});
    Frame const frame = tilted_frame();
    return {{"ball", ball({1, 2, 3}, 9)},
            {"ellipsoid", ellipsoid(frame, {20, 8, 13})},
            {"box", rounded_box(frame, {15, 9, 20}, 4)},
            {"cylinder", elliptic_cylinder(frame, 16, 9, 12, 2)},
            {"cone", rounded_cone({0, 0, 0}, 8, {0, 10, 30}, 3)},
            {"tube", tube(way, std::vector<double>{4, 3, 2})},
            {"strap", strap(way, across, std::vector<double>{7, 6, 5}, std::vector<double>{3, 3, 2})},
            {"union", unite(ball({0, 0, 0}, 10), ball({12, 0, 0}, 7), 5)},
            {"difference", without(ball({0, 0, 0}, 10), ball({6, 0, 0}, 7), 2)},
            {"shell", skin_of(ball({0, 0, 0}, 10), 2)},
            {"mirror", mirrored(ball({5, 0, 0}, 4))}};
}

// What the voxeliser relies on: where the distance says so, a whole ball is on one side. 5 % of slack for the shapes
// whose distance is an estimate (ellipses).
TEST(Shape, no_sign_changes_within_the_distance)
{
    for (auto const& [name, shape] : solids())
        for (Vec3 const& p : test::spread(grown(shape.bounds(), 6), 400)) {
            double const d = shape.distance_mm(p);
            for (Vec3 const& q : test::spread({Vec3{-1}, Vec3{1}}, 40)) {
                Vec3 const near = p + 0.95 * std::abs(d) * q / std::max(1.0, glm::length(q));
                double const there = shape.distance_mm(near);
                ASSERT_TRUE(d > 0 ? there > -0.06 * std::abs(d) - 1e-6 : there < 0.06 * std::abs(d) + 1e-6)
                    << name << ": " << d << " here, " << there << " at " << glm::length(near - p);
            }
        }
}

TEST(Shape, nothing_of_a_solid_is_outside_its_bounds)
{
    for (auto const& [name, shape] : solids())
        for (Vec3 const& p : test::spread(grown(shape.bounds(), 10), 2000))
            if (shape.distance_mm(p) < 0) {
                Box const& box = shape.bounds();
                EXPECT_TRUE(glm::all(glm::greaterThanEqual(p, box.low - 1e-9)) &&
                            glm::all(glm::lessThanEqual(p, box.high + 1e-9)))
                    << name;
            }
}

TEST(Shape, distances_are_exact_where_they_can_be)
{
    EXPECT_NEAR(ball({1, 0, 0}, 5).distance_mm({1, 0, 9}), 4, 1e-12);
    EXPECT_NEAR(rounded_cone({0, 0, 0}, 3, {0, 0, 10}, 3).distance_mm({7, 0, 5}), 4, 1e-12);
    EXPECT_NEAR(rounded_box({}, {10, 10, 10}, 2).distance_mm({13, 0, 0}), 3, 1e-12);
    EXPECT_NEAR(ellipsoid({}, {10, 5, 5}).distance_mm({12, 0, 0}), 2, 1e-12);
    EXPECT_NEAR(offset(ball({}, 5), 2).distance_mm({9, 0, 0}), 2, 1e-12);
    EXPECT_NEAR(skin_of(ball({}, 5), 1).distance_mm({4.5, 0, 0}), -0.5, 1e-12);
    EXPECT_GT(skin_of(ball({}, 5), 1).distance_mm({0, 0, 0}), 3.9);
}

TEST(Curve, goes_through_its_points_with_even_steps)
{
    std::vector<Vec3> const through{{0, 0, 0}, {10, 0, 0}, {10, 20, 0}, {0, 20, 15}};
    std::vector<double> radii;
    auto const points = curve(through, 1, std::vector<double>{4, 3, 2, 1}, radii);
    ASSERT_EQ(points.size(), radii.size());
    for (Vec3 const& wanted : through) {
        double nearest = 1e9;
        for (Vec3 const& p : points) nearest = std::min(nearest, glm::length(p - wanted));
        EXPECT_LT(nearest, 1e-9);
    }
    for (std::size_t i = 1; i < points.size(); ++i) EXPECT_LT(glm::length(points[i] - points[i - 1]), 2.0);
    EXPECT_EQ(radii.front(), 4);
    EXPECT_EQ(radii.back(), 1);
}

// 20,000 values: the mean is known to 1 %, the deviation to about as much (neighbours are not independent).
TEST(Noise, has_mean_0_and_deviation_1)
{
    double sum = 0, squares = 0;
    int const count = 20'000;
    for (Vec3 const& p : test::spread({Vec3{-500}, Vec3{500}}, count)) {
        double const n = noise(p, 3, 5);
        sum += n;
        squares += n * n;
    }
    EXPECT_NEAR(sum / count, 0, 0.04);
    EXPECT_NEAR(std::sqrt(squares / count), 1, 0.04);
}

} // namespace
} // namespace fluoro
