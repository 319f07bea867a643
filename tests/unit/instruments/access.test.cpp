#include <fluoro/core/error.hpp>
#include <fluoro/instruments/access.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// An artery that runs down from the heart, a vein beside it that runs up, and a narrow branch across the artery.
Lumens leg()
{
    Lumens lumens;
    LumenGraph& graph = lumens.vessels;
    int const top = graph.add_node({0, 0, 100}, "heart");
    graph.add_edge("artery", top, {{0, 0, 50}, {0, 0, 0}}, {4, 4, 4}, WallClass::muscular_artery, 1);
    int const low = graph.add_node({15, 0, 0});
    graph.add_edge("vein", low, {{15, 0, 50}, {15, 0, 100}}, {5, 5, 5}, WallClass::vein, 2);
    int const side = graph.add_node({0, 2.5, 50});
    graph.add_edge("twig", side, {{0, 20, 50}}, {0.5, 0.5}, WallClass::muscular_artery, 3);
    lumens.landmarks = {{"access-right-femoral", {0, -2, 1}},
                        {"access-right-femoral-vein", {15, -2, 1}},
                        {"access-nowhere", {300, 0, 0}},
                        {"heart-centre", {0, 0, 100}}};
    return lumens;
}

TEST(Access, looks_toward_the_heart_in_artery_and_vein)
{
    Lumens const lumens = leg();
    Access const artery = find_access(lumens, "right-femoral");
    EXPECT_NEAR(glm::length(artery.at_mm - Vec3{0, 0, 1}), 0, 1e-9);
    EXPECT_NEAR(artery.direction.z, 1, 1e-9); // up, against the blood
    Access const vein = find_access(lumens, "right-femoral-vein");
    EXPECT_NEAR(vein.at_mm.x, 15, 1e-9);
    EXPECT_NEAR(vein.direction.z, 1, 1e-9); // up, with it
}

TEST(Access, names_only_places_on_a_vessel)
{
    EXPECT_EQ(access_names(leg()), (std::vector<std::string>{"right-femoral", "right-femoral-vein"}));
    try {
        (void)find_access(leg(), "right-radial");
        FAIL();
    } catch (Error const& error) {
        EXPECT_NE(std::string{error.what()}.find("there are: right-femoral, right-femoral-vein"), std::string::npos);
    }
    EXPECT_THROW((void)find_access(Lumens{}, "right-femoral"), Error);
}

TEST(NearestPlace, is_that_of_the_vessel_whose_lumen_holds_the_point)
{
    Lumens const lumens = leg();
    // 2 mm aside: nearer to the twig's axis than to the artery's, but deep in the artery.
    LumenPlace const place = nearest_place(lumens.vessels, {0, 1.8, 50.2});
    EXPECT_EQ(lumens.vessels.edges[std::size_t(place.edge)].name, "artery");
    EXPECT_NEAR(place.along, 0.498, 1e-3);
    EXPECT_NEAR(place.from_axis, 0.45, 1e-6);
    // Between artery (x < 4) and vein (x > 10), 2.5 mm outside the one and 3.5 mm outside the other: by millimetres
    // from the wall it is the artery's; by shares of the radius (1.63 and 1.7) too, by the axis (6.5 and 8.5) as well
    // ...
    LumenPlace const between = nearest_place(lumens.vessels, {6.5, 0, 20});
    EXPECT_EQ(lumens.vessels.edges[std::size_t(between.edge)].name, "artery");
    // ... but here the axis says artery (7.3 against 7.7) and the wall says vein (3.3 against 2.7).
    LumenPlace const nearer_wall = nearest_place(lumens.vessels, {7.3, 0, 20});
    EXPECT_EQ(lumens.vessels.edges[std::size_t(nearer_wall.edge)].name, "vein");
    EXPECT_NEAR(nearer_wall.from_axis, 7.7 / 5, 1e-9);
    // And here the share of the radius says vein's neighbour: 1.7 mm outside the twig are 4.4 of its radii, 2.05 mm
    // outside the artery only 1.5 of its own.
    LumenPlace const twig = nearest_place(lumens.vessels, {0, 6.05, 52.2});
    EXPECT_EQ(lumens.vessels.edges[std::size_t(twig.edge)].name, "twig");
    LumenPlace const out = nearest_place(lumens.vessels, {0, 10, 52});
    EXPECT_EQ(lumens.vessels.edges[std::size_t(out.edge)].name, "twig");
    EXPECT_NEAR(out.from_axis, 4, 1e-6);
    EXPECT_EQ(nearest_place({}, {}).edge, -1);
}

} // namespace
} // namespace fluoro
