#include <fluoro/patient/lumen_graph.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

LumenGraph fork()
{
    LumenGraph graph;
    int const root = graph.add_node({0, 0, 0}, "root");
    graph.add_edge("trunk", root, {{0, 0, 50}}, {5, 4}, WallClass::elastic_artery, 52);
    int const end = graph.edges[0].to;
    graph.add_edge("left", end, {{20, 0, 80}, {40, 0, 90}}, {3, 2, 1.5}, WallClass::muscular_artery, 60);
    graph.add_edge("right", end, {{-20, 0, 80}}, {3, 2}, WallClass::muscular_artery, 60);
    return graph;
}

TEST(LumenGraph, the_way_leads_from_edge_to_edge)
{
    LumenGraph const graph = fork();
    EXPECT_EQ(graph.way(graph.edges[1].to, graph.edges[2].to), (std::vector<int>{1, 2}));
    EXPECT_EQ(graph.way(*graph.find_node("root"), graph.edges[1].to), (std::vector<int>{0, 1}));
    EXPECT_TRUE(graph.problems().empty());
}

TEST(LumenGraph, lengths_and_radii_follow_the_curve)
{
    LumenGraph const graph = fork();
    EXPECT_NEAR(graph.edges[0].length_mm(), 50, 1e-9);
    EXPECT_EQ(graph.edges[0].radii_mm.front(), 5);
    EXPECT_EQ(graph.edges[0].radii_mm.back(), 4);
}

TEST(LumenGraph, tells_what_is_wrong)
{
    LumenGraph graph = fork();
    graph.edges[2].name = "left";
    graph.edges[1].radii_mm[3] = 0;
    graph.add_node({1, 2, 3}, "lonely");
    EXPECT_EQ(graph.problems(), (std::vector<std::string>{"'left' has a radius that is not above 0",
                                                          "'left' stands twice", "node 4 'lonely' is alone"}));
    EXPECT_TRUE(graph.way(0, 4).empty());
}

} // namespace
} // namespace fluoro
