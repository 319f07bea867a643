#include <fluoro/room/chord.hpp>

#include <cmath>
#include <glm/gtc/matrix_transform.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// 40 x 20 x 60 mm around (100, 0, 0).
Slab slab()
{
    Slab s{find_material("water"), 1.0, {20, 10, 30}};
    s.patient_from_slab = glm::translate(Mat4{1.0}, Vec3{100, 0, 0});
    return s;
}

TEST(SlabChord, straight_through_is_the_thickness)
{
    EXPECT_DOUBLE_EQ(chord_mm(slab(), {0, 0, 0}, {1, 0, 0}), 40);
    EXPECT_DOUBLE_EQ(chord_mm(slab(), {100, -500, 5}, {0, 1, 0}), 20);
    EXPECT_DOUBLE_EQ(chord_mm(slab(), {110, 3, 90}, {0, 0, -1}), 60);
}

// Thickness over the cosine while the ray leaves through the opposite face. Rounding alone.
TEST(SlabChord, at_an_angle_is_the_thickness_over_the_cosine)
{
    for (double angle : {0.1, 0.4, 0.7}) {
        Vec3 const direction{std::sin(angle), std::cos(angle), 0};
        Vec3 const start = Vec3{100, 0, 0} - 300.0 * direction;
        EXPECT_NEAR(chord_mm(slab(), start, direction), 20 / std::cos(angle), 1e-9);
    }
}

TEST(SlabChord, a_miss_is_nothing)
{
    EXPECT_EQ(chord_mm(slab(), {0, 10.001, 0}, {1, 0, 0}), 0);
    EXPECT_EQ(chord_mm(slab(), {0, 0, 0}, {-1, 0, 0}), 0);
    EXPECT_EQ(chord_mm(slab(), {0, 0, 0}, glm::normalize(Vec3{1, 1, 0})), 0);
}

TEST(SlabChord, counts_from_the_start_to_the_reach)
{
    EXPECT_DOUBLE_EQ(chord_mm(slab(), {100, 0, 0}, {1, 0, 0}), 20);
    EXPECT_DOUBLE_EQ(chord_mm(slab(), {0, 0, 0}, {1, 0, 0}, 90), 10);
    EXPECT_EQ(chord_mm(slab(), {0, 0, 0}, {1, 0, 0}, 80), 0);
}

// Turning the slab and the ray together changes nothing but rounding.
TEST(SlabChord, follows_the_slabs_own_axes)
{
    Slab turned = slab();
    Mat4 const turn = glm::rotate(Mat4{1.0}, 0.6, glm::normalize(Vec3{1, 2, -1}));
    turned.patient_from_slab = turn * turned.patient_from_slab;
    Vec3 const start{70, -40, -20}, direction = glm::normalize(Vec3{0.5, 0.7, 0.4});
    double const straight = chord_mm(slab(), start, direction);
    EXPECT_GT(straight, 5);
    EXPECT_NEAR(chord_mm(turned, map_point(turn, start), map_direction(turn, direction)), straight, 1e-9);
}

} // namespace
} // namespace fluoro
