// A wire in the built-in man's arteries.
#include "tools.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/instruments/vessel_wall.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// The great arteries between groin and arch: what a wire of 0.035 inch on its way up can come into.
LumenGraph great_arteries(LumenGraph const& all)
{
    LumenGraph kept = all;
    std::erase_if(kept.edges, [](LumenEdge const& edge) {
        bool const is_artery = edge.wall == WallClass::elastic_artery || edge.wall == WallClass::muscular_artery;
        return !is_artery || edge.radii_mm.front() < 2 || edge.points_mm.front().z < -230 ||
               std::abs(edge.points_mm.front().x) > 120;
    });
    return kept;
}

TEST(WireInTheMan, goes_from_the_groin_up_the_aorta_to_the_arch_and_back)
{
    Anatomy const man = build_anatomy(built_in_patient("adult-male"));
    LumenGraph const arteries = great_arteries(man.lumens.vessels);
    FieldGrid const grid{{-110, -110, -210}, 1, {200, 170, 570}};
    VesselWall const wall{arteries, std::make_shared<LumenDistance>(arteries, Patient{}, grid)};
    Vec3 const access = man.lumens.landmarks.at("access-right-femoral");
    // Up the vessel from where its centre line is nearest.
    LumenEdge const& femoral = arteries.edges[std::size_t(arteries.find_edge("right-common-femoral").value())];
    std::size_t near = 1;
    for (std::size_t n = 1; n < femoral.points_mm.size(); ++n)
        if (glm::length(femoral.points_mm[n] - access) < glm::length(femoral.points_mm[near] - access)) near = n;
    CoaxialTools tools{{femoral.points_mm[near], femoral.points_mm[near - 1] - femoral.points_mm[near]}};
    ToolSection tip = test::section(12, 0.889, 0, 8, 6, 0.05);
    tip.arc_radius_mm = 3; // of a coil with a thin core
    ASSERT_EQ(tools.add(test::tool("j-wire", {test::section(1400, 0.889, 0, 500, 400, 0.05),
                                              test::section(60, 0.889, 0, 150, 120, 0.05), tip})),
              "");
    double deepest = -1e9, gap = 0, push = 0;
    auto const watch = [&] {
        deepest = std::max(deepest, tools.deepest_mm());
        gap = std::max(gap, tools.widest_gap_mm());
        push = std::max(push, tools.state(0).push_n);
    };
    double top = -1e9;
    test::push(tools, wall, 0, 600, 80, [&] {
        watch();
        top = std::max(top, tools.line().back().at_mm.z);
    });
    Vec3 const at = tools.line().back().at_mm;
    std::printf("tip at (%.1f, %.1f, %.1f), highest %.1f\n", at.x, at.y, at.z, top);
    test::measured("wire_in_man_highest_mm", top);
    test::measured("wire_in_man_deepest_mm", deepest);
    test::measured("wire_in_man_push_n", push);
    EXPECT_GT(top, man.lumens.landmarks.at("arch-top").z - 25);
    EXPECT_LT(deepest, 1.5) << "the walls hold it";
    EXPECT_LT(gap, 0.01);
    EXPECT_TRUE(tools.breaches().empty());
    test::push(tools, wall, 0, -600, 80, watch);
    EXPECT_EQ(tools.take_out(0), "");
}

} // namespace
} // namespace fluoro
