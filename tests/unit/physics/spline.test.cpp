#include "spline.hpp"

#include <cmath>
#include <gtest/gtest.h>

using namespace fluoro;

TEST(CubicSpline, passes_through_its_nodes)
{
    CubicSpline const spline{{0, 1, 3, 4}, {2, -1, 5, 0}};
    EXPECT_DOUBLE_EQ(spline(0), 2);
    EXPECT_DOUBLE_EQ(spline(1), -1);
    EXPECT_DOUBLE_EQ(spline(3), 5);
    EXPECT_DOUBLE_EQ(spline(4), 0);
}

TEST(CubicSpline, keeps_a_straight_line_straight_inside_and_outside)
{
    CubicSpline const spline{{0, 1, 3, 4}, {1, 3, 7, 9}};
    for (double x : {-2.0, 0.3, 1.7, 2.9, 3.5, 6.0}) EXPECT_NEAR(spline(x), 1 + 2 * x, 1e-12);
}

// Error of a natural spline inside: 5/384 h^4 max|y''''| = 1.3e-6 for the sine at h = 0.1; its second derivative
// vanishes at both ends as the spline's does.
TEST(CubicSpline, follows_a_sine_to_the_order_of_h4)
{
    std::vector<double> x, y;
    for (int i = 0; i <= 31; ++i) {
        x.push_back(i * M_PI / 31);
        y.push_back(std::sin(x.back()));
    }
    CubicSpline const spline{x, y};
    for (double t = 0.01; t < M_PI; t += 0.037) EXPECT_NEAR(spline(t), std::sin(t), 1.5e-6);
}
