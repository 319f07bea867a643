#include <fluoro/lumen/drawn_bricks.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

// Every voxel knows its number; bricks beyond x = 16 are empty.
TEST(DrawnBricks, draws_a_brick_once_and_only_when_it_is_asked_for)
{
    FieldGrid const grid{{0, 0, 0}, 1, {30, 20, 20}};
    int drawn = 0;
    auto const number = [](glm::ivec3 const& v) { return v.x + 100 * v.y + 10'000 * v.z; };
    DrawnBricks<int> const field{grid, -1, [&](glm::ivec3 const& first, std::span<int, 512> values) {
                                     ++drawn;
                                     if (first.x >= 16) return false;
                                     for (int n = 0; n < 512; ++n)
                                         values[std::size_t(n)] = number(first + glm::ivec3{n & 7, n >> 3 & 7, n >> 6});
                                     return true;
                                 }};
    EXPECT_EQ(drawn, 0);
    EXPECT_EQ(field.at({3, 4, 5}), number({3, 4, 5}));
    EXPECT_EQ(field.at({7, 7, 7}), number({7, 7, 7}));
    EXPECT_EQ(drawn, 1);
    EXPECT_EQ(field.at({20, 4, 5}), -1);
    EXPECT_EQ(field.at({21, 4, 5}), -1);
    EXPECT_EQ(drawn, 2) << "an empty one too";
    EXPECT_EQ(field.at({-1, 4, 5}), -1);
    EXPECT_EQ(field.at({30, 4, 5}), -1);
    EXPECT_EQ(drawn, 2);
    auto const over = field.corners({7, 7, 15}); // of eight bricks
    EXPECT_EQ(drawn, 2 + 8);
    for (int n = 0; n < 8; ++n) EXPECT_EQ(over[std::size_t(n)], number({7 + (n & 1), 7 + (n >> 1 & 1), 15 + (n >> 2)}));
    auto const within = field.corners({1, 2, 3});
    for (int n = 0; n < 8; ++n)
        EXPECT_EQ(within[std::size_t(n)], number({1 + (n & 1), 2 + (n >> 1 & 1), 3 + (n >> 2)}));
    EXPECT_EQ(field.corners({24, 2, 3})[0], -1);
}

} // namespace
} // namespace fluoro
