#include "../../support/measured.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/body/local_stains.hpp>
#include <fluoro/lumen/index.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

using test::measured;
constexpr double pi = std::numbers::pi;
constexpr double dt = 1.0 / 60;

/// A vessel of 4 mm along z that forks after 60 mm into a wide and a narrow one.
struct Fork {
    LumenGraph graph;
    int trunk, wide, narrow;
    LumenCells cells;
    std::vector<double> flow, pressure;
    std::vector<float> share;

    Fork()
    {
        int const root = graph.add_node({0, 0, 0});
        trunk = graph.add_edge("trunk", root, {{0, 0, 60}}, {2, 2}, WallClass::coronary, 1056);
        int const fork = graph.edges[0].to;
        wide = graph.add_edge("wide", fork, {{20, 0, 100}}, {1.6, 1.6}, WallClass::coronary, 1056);
        narrow = graph.add_edge("narrow", fork, {{-20, 0, 100}}, {1.2, 0.4}, WallClass::coronary, 1056);
        cells = divide(graph, 1.5);
        flow = {2, 1.5, 0.5};
        pressure = {92, 90, 88, 88};
        share.assign(std::size_t(cells.count()) * LumenWord::lanes, 0.0f);
    }
    void fill(float value) { std::fill(share.begin(), share.end(), value); }
    StainedBlood blood() const { return {flow, pressure, share}; }
};

double medium_ml(Content::Cloud const& cloud)
{
    double all = 0;
    for (std::size_t s = 0; s < cloud.share.size(); ++s)
        for (std::size_t i = cloud.places->first[s]; i < cloud.places->first[s + 1]; ++i)
            all += double(cloud.share[s]) * double(cloud.places->volume_mm3[i]) / 1000;
    return all;
}

double volume_ml(ContentTube const& tube)
{
    double all = 0;
    for (std::size_t i = 0; i < tube.share.size(); ++i) {
        double const a = tube.radii_mm[i], b = tube.radii_mm[i + 1];
        all += pi / 3 * (a * a + a * b + b * b) * glm::length(tube.points_mm[i + 1] - tube.points_mm[i]) / 1000;
    }
    return all;
}

TEST(LocalStains, a_hole_leaks_what_the_pressure_drives_through_it)
{
    Fork fork;
    fork.fill(0.5f);
    LocalStains stains{fork.graph, fork.cells};
    stains.perforate(1, fork.trunk, 30, {1, 0, 0}, 0.5);
    stains.advance(1e-6, fork.blood());
    // At first against 3 mmHg of the tissue alone: 0.6 A sqrt(2 dp / rho) with 88 mmHg, 0.5 mm.
    EXPECT_NEAR(stains.leak_ml_s(1), 0.6 * pi / 4 * 0.25 * std::sqrt(2 * 88 * 133.322 / 1060), 1e-3);
    double drawn = 0;
    for (int i = 0; i < 300; ++i) {
        stains.advance(dt, fork.blood());
        drawn += stains.leak_ml_s(1) * dt;
        stains.bring_medium(1, 0.5 * stains.leak_ml_s(1) * dt);
    }
    measured("stain_leak_ml_5s", stains.leaked_ml(1));
    EXPECT_NEAR(stains.leaked_ml(1), drawn, 1e-6);
    EXPECT_NEAR(stains.leaked_medium_ml(1), 0.5 * drawn, 1e-6);
    // Soft tissue of 8 kPa, blown up, holds against 5/6 of that and 3 mmHg: 53 mmHg.
    EXPECT_NEAR(stains.leak_ml_s(1), 0.6 * pi / 4 * 0.25 * std::sqrt(2 * (91 - 53) * 133.322 / 1060), 0.02);
}

TEST(LocalStains, a_pocket_lies_outside_its_vessel_and_holds_what_has_leaked)
{
    Fork fork;
    fork.fill(1);
    LocalStains stains{fork.graph, fork.cells};
    stains.perforate(1, fork.trunk, 30, {0.3, 0, 5}, 0.5); // across the vessel: +x
    for (int i = 0; i < 300; ++i) {
        stains.advance(dt, fork.blood());
        stains.bring_medium(1, stains.leak_ml_s(1) * dt);
    }
    auto const contents = stains.contents(iodine_solution(350));
    ASSERT_EQ(contents.size(), 1u);
    ASSERT_EQ(contents[0].clouds.size(), 1u);
    Content::Cloud const& cloud = contents[0].clouds[0];
    EXPECT_NEAR(medium_ml(cloud), stains.leaked_medium_ml(1), 1e-4); // single precision
    glm::vec3 middle{0};
    float count = 0;
    for (std::size_t s = 0; s < cloud.share.size(); ++s)
        for (std::size_t i = cloud.places->first[s]; i < cloud.places->first[s + 1] && cloud.share[s] > 0; ++i) {
            EXPECT_GT(cloud.places->at_mm[i].x, 2);
            middle += cloud.places->at_mm[i];
            ++count;
        }
    middle /= count;
    EXPECT_NEAR(middle.z, 30, 4); // uneven, as tissue is
    // Closed: it stays, and grows no more.
    double const there = stains.leaked_ml(1);
    stains.perforate(1, fork.trunk, 30, {1, 0, 0}, 0);
    stains.advance(dt, fork.blood());
    EXPECT_EQ(stains.leak_ml_s(1), 0);
    EXPECT_EQ(stains.leaked_ml(1), there);
}

TEST(LocalStains, a_vein_does_not_open_a_pocket)
{
    Fork fork;
    fork.pressure = {2, 2, 2, 2};
    LocalStains stains{fork.graph, fork.cells};
    stains.perforate(1, fork.trunk, 30, {1, 0, 0}, 1);
    for (int i = 0; i < 60; ++i) stains.advance(dt, fork.blood());
    EXPECT_EQ(stains.leaked_ml(1), 0);
}

TEST(LocalStains, a_dissected_wall_stays_stained_when_the_medium_is_gone)
{
    Fork fork;
    fork.fill(0.9f);
    LocalStains stains{fork.graph, fork.cells};
    stains.dissect(3, fork.trunk, 20, 35, {0, 1, 0}, 1);
    for (int i = 0; i < 120; ++i) stains.advance(dt, fork.blood());
    double const full = stains.stain_share(3);
    EXPECT_NEAR(full, 0.9 * (1 - std::exp(-2 / 0.5)), 1e-6);
    fork.fill(0);
    for (int i = 0; i < 600; ++i) stains.advance(dt, fork.blood());
    EXPECT_NEAR(stains.stain_share(3) / full, std::exp(-10 / 45.0), 1e-6);
    auto const contents = stains.contents(iodine_solution(350));
    ASSERT_EQ(contents.size(), 1u);
    ASSERT_EQ(contents[0].tubes.size(), 1u);
    ContentTube const& tube = contents[0].tubes[0];
    for (Vec3 const& p : tube.points_mm) {
        EXPECT_NEAR(p.y, 2, 1e-9); // on the wall
        EXPECT_GE(p.z, 20 - 1e-9);
        EXPECT_LE(p.z, 35 + 1e-9);
    }
    EXPECT_FLOAT_EQ(tube.share[0], float(stains.stain_share(3)));
    stains.dissect(3, fork.trunk, 20, 35, {0, 1, 0}, 0);
    EXPECT_TRUE(stains.contents(iodine_solution(350)).empty());
}

TEST(LocalStains, a_bubble_rides_with_the_blood_and_keeps_its_volume)
{
    Fork fork;
    LocalStains stains{fork.graph, fork.cells};
    stains.let_in_air(fork.trunk, 5, 0.005);
    for (int i = 0; i < 12; ++i) stains.advance(dt, fork.blood());
    ASSERT_EQ(stains.bubbles().size(), 1u);
    EXPECT_EQ(stains.bubbles()[0].first, fork.trunk);
    EXPECT_NEAR(stains.bubbles()[0].second, 5 + 0.2 * 2000 / (pi * 4), 1e-6); // 159 mm/s
    auto const contents = stains.contents(iodine_solution(350));
    ASSERT_EQ(contents.size(), 1u);
    EXPECT_EQ(contents[0].medium, air_bubble());
    ASSERT_EQ(contents[0].tubes.size(), 1u);
    EXPECT_NEAR(volume_ml(contents[0].tubes[0]), 0.005, 0.02 * 0.005); // a ball of twelve cones
    // As a plug in a vessel that it fills.
    stains.let_in_air(fork.trunk, 30, 0.1);
    EXPECT_NEAR(volume_ml(stains.contents(iodine_solution(350))[0].tubes[1]), 0.1, 0.02 * 0.1);
    EXPECT_NEAR(stains.air_ml(), 0.105, 1e-12);
}

TEST(LocalStains, bubbles_part_as_the_blood_does_and_stick_in_small_vessels)
{
    Fork fork;
    LocalStains stains{fork.graph, fork.cells};
    constexpr int count = 400;
    for (int i = 0; i < count; ++i) stains.let_in_air(fork.trunk, 55, 0.01);
    for (int i = 0; i < 12; ++i) stains.advance(dt, fork.blood());
    int narrow = 0;
    for (auto const& [edge, along] : stains.bubbles()) narrow += edge == fork.narrow;
    EXPECT_NEAR(narrow, count / 4, 3 * std::sqrt(count * 0.25 * 0.75)); // three standard deviations
    for (int i = 0; i < 120; ++i) stains.advance(dt, fork.blood());
    for (auto const& [edge, along] : stains.bubbles())
        if (edge == fork.narrow) {
            // 0.01 mL is a ball of 1.34 mm; it sticks where the vessel is of 0.53.
            double const radius = std::lerp(1.2, 0.4, along / fork.graph.edges[std::size_t(edge)].length_mm());
            EXPECT_NEAR(radius, 0.4 * 1.3365, 0.02);
        }
    EXPECT_LT(stains.air_ml(), count * 0.01); // what sticks is absorbed
    LocalStains again{fork.graph, fork.cells};
    for (int i = 0; i < count; ++i) again.let_in_air(fork.trunk, 55, 0.01);
    for (int i = 0; i < 132; ++i) again.advance(dt, fork.blood());
    EXPECT_EQ(again.bubbles(), stains.bubbles());
    EXPECT_EQ(again.air_ml(), stains.air_ml());
}

} // namespace
} // namespace fluoro
