#include <cmath>
#include <fluoro/instruments/tool_picture.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

/// A line of this radius in the x-z plane, a place every `step_mm`.
struct Arc {
    std::vector<RodFrame> line;
    std::vector<double> along_mm;
    Arc(double radius_mm, double length_mm, double step_mm)
    {
        for (int n = 0; n * step_mm < length_mm + step_mm / 2; ++n) {
            double const angle = n * step_mm / radius_mm;
            line.push_back(
                {radius_mm * Vec3{1 - std::cos(angle), 0, std::sin(angle)}, glm::angleAxis(angle, Vec3{0, 1, 0})});
            along_mm.push_back(n * step_mm);
        }
    }
};

Tool two_sections()
{
    Tool tool;
    tool.sections.resize(2);
    tool.sections[0].length_mm = 100;
    tool.sections[0].outer_mm = 2;
    tool.sections[0].inner_mm = 1.5;
    tool.sections[1].length_mm = 10;
    tool.sections[1].outer_mm = 1;
    tool.markers = {{4, 2, 1.2, 1, {}}};
    return tool;
}

double length_of(std::vector<Vec3> const& points)
{
    double length = 0;
    for (std::size_t n = 1; n < points.size(); ++n) length += glm::length(points[n] - points[n - 1]);
    return length;
}

TEST(ToolPicture, keeps_to_the_curve_between_its_places)
{
    Arc const arc{20, 60, 6};
    Tool tool;
    tool.sections.resize(1);
    tool.sections[0].length_mm = 60;
    auto const stretches = stretches_of(tool, 60, arc.line, arc.along_mm);
    ASSERT_EQ(stretches.size(), 1u);
    auto const& points = stretches[0].points_mm;
    double worst = 0;
    for (std::size_t n = 1; n < points.size(); ++n)
        for (Vec3 const& p : {points[n], 0.5 * (points[n] + points[n - 1])})
            worst = std::max(worst, std::abs(glm::length(p - Vec3{20, 0, 0}) - 20));
    EXPECT_LT(worst, 0.025); // the chord's 0.02 mm and the cubic's own 6^4 / (384 * 20^3) = 4e-4 mm
    EXPECT_NEAR(length_of(points), 60, 60 * 1e-3); // chords: (0.02 / 6 mm)-sized bows take less than a thousandth
    EXPECT_LT(points.size(), 60u);                 // and not more pieces than that needs
}

TEST(ToolPicture, puts_every_section_and_marker_where_it_is_from_the_tip)
{
    Arc const arc{1e6, 80, 8};
    auto const stretches = stretches_of(two_sections(), 80, arc.line, arc.along_mm);
    ASSERT_EQ(stretches.size(), 3u);
    EXPECT_NEAR(stretches[0].points_mm.front().z, 0, 1e-6); // the shaft's hub end is still outside
    EXPECT_NEAR(stretches[0].points_mm.back().z, 70, 1e-3);
    EXPECT_EQ(stretches[0].inner_mm, 1.5);
    EXPECT_NEAR(stretches[1].points_mm.front().z, 70, 1e-3);
    EXPECT_NEAR(stretches[1].points_mm.back().z, 80, 1e-3);
    EXPECT_NEAR(stretches[2].points_mm.front().z, 74, 1e-3);
    EXPECT_NEAR(stretches[2].points_mm.back().z, 76, 1e-3);
    // A straight line needs no more points than its places.
    EXPECT_LE(stretches[0].points_mm.size(), 10u);
}

TEST(ToolPicture, shows_nothing_of_what_is_outside)
{
    Arc const arc{50, 80, 8};
    auto const stretches = stretches_of(two_sections(), 5, arc.line, arc.along_mm);
    ASSERT_EQ(stretches.size(), 2u); // half of the tip's section, and the marker's near end at the access
    EXPECT_NEAR(length_of(stretches[0].points_mm), 5, 0.01);
    EXPECT_NEAR(length_of(stretches[1].points_mm), 1, 0.01);
    EXPECT_TRUE(stretches_of(two_sections(), 0, {}, {}).empty());
}

TEST(ToolPicture, draws_tools_from_neighbouring_stretches_without_a_gap)
{
    Arc const arc{30, 80, 7};
    auto const stretches = stretches_of(two_sections(), 77, arc.line, arc.along_mm);
    EXPECT_LT(glm::length(stretches[0].points_mm.back() - stretches[1].points_mm.front()), 1e-9);
}

} // namespace
} // namespace fluoro
