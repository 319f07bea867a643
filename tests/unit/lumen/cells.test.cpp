#include <fluoro/lumen/cells.hpp>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;

TEST(LumenCells, cover_every_edge_and_keep_its_volume)
{
    LumenGraph graph;
    int const root = graph.add_node({0, 0, 0}, "root");
    graph.add_edge("trunk", root, {{0, 0, 50}}, {5, 3}, WallClass::vein, 61);
    graph.add_edge("twig", graph.edges[0].to, {{0, 0, 50.7}}, {3, 3}, WallClass::vein, 61);
    LumenCells const cells = divide(graph, 2);
    // 50 mm in 25 cells; what is shorter than a cell is one.
    EXPECT_EQ(cells.first, (std::vector<int>{0, 25, 26}));
    EXPECT_DOUBLE_EQ(cells.length_mm[0], 2);
    EXPECT_NEAR(cells.length_mm[25], 0.7, 1e-12);
    double const trunk = std::accumulate(cells.volume_mm3.begin(), cells.volume_mm3.begin() + 25, 0.0);
    // A cone's volume exactly, but for rounding.
    EXPECT_NEAR(trunk, pi / 3 * 50 * (25 + 15 + 9), 1e-9 * trunk);
    EXPECT_NEAR(cells.volume_mm3[25], pi * 9 * 0.7, 1e-9);
    EXPECT_GT(cells.volume_mm3[0], cells.volume_mm3[24]);
}

TEST(LumenCells, a_distance_along_an_edge_finds_its_cell)
{
    LumenGraph graph;
    int const root = graph.add_node({0, 0, 0});
    graph.add_edge("first", root, {{0, 0, 10}}, {1, 1}, WallClass::vein, 61);
    graph.add_edge("second", root, {{9, 0, 0}}, {1, 1}, WallClass::vein, 61);
    LumenCells const cells = divide(graph, 3); // 3 cells of 3.33, 3 of 3
    EXPECT_EQ(cells.at(1, 0), 3);
    EXPECT_EQ(cells.at(1, 2.9), 3);
    EXPECT_EQ(cells.at(1, 3.1), 4);
    EXPECT_EQ(cells.at(1, -5), 3);
    EXPECT_EQ(cells.at(1, 100), 5);
}

} // namespace
} // namespace fluoro
