#include <cmath>
#include <fluoro/lumen/distance.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr FieldGrid grid{{-20, -20, -10}, 0.5, {81, 81, 141}};

LumenGraph fork()
{
    LumenGraph graph;
    graph.add_edge("trunk", graph.add_node({0, 0, 0}), {{0, 0, 30}}, {3, 3}, WallClass::vein, 61);
    int const end = graph.edges[0].to;
    graph.add_edge("left", end, {{12, 0, 45}}, {3, 2}, WallClass::vein, 61);
    graph.add_edge("right", end, {{-12, 0, 45}}, {3, 2}, WallClass::vein, 61);
    return graph;
}

TEST(LumenDistance, is_the_distance_to_the_wall_of_a_tube)
{
    LumenDistance const distance{fork(), {}, grid};
    // Linear between voxels of 0.5 mm: at the axis, where the distance has its tip, short by up to half a voxel; near
    // the wall right to h^2 / 8 r = 0.01 mm and the unit of 0.01 mm.
    EXPECT_NEAR(distance.distance_mm({0.1, 0.2, 12}), -3, 0.3);
    for (double const x : {2.0, 2.6, 3.0, 3.3, 4.1, 6.0}) {
        EXPECT_NEAR(distance.distance_mm({x, 0.1, 12.3}), std::hypot(x, 0.1) - 3, 0.025) << x;
        Vec3 const out = distance.outward({x, 0.1, 12.3});
        EXPECT_NEAR(out.x, 1, 0.01) << x;
    }
    EXPECT_EQ(distance.distance_mm({19, 19, 0}), 4);
    EXPECT_EQ(distance.outward({19, 19, 0}), Vec3{0});
    EXPECT_EQ(distance.distance_mm({500, 0, 0}), 4) << "beyond the grid";
}

TEST(LumenDistance, has_no_wall_between_a_trunk_and_its_branches)
{
    LumenDistance const distance{fork(), {}, grid};
    for (double z = 5; z <= 30; z += 0.25) EXPECT_LT(distance.distance_mm({0, 0, z}), -2.5) << z;
    for (double t = 0; t <= 1; t += 0.02) EXPECT_LT(distance.distance_mm({12 * t, 0, 30 + 15 * t}), -1.5) << t;
    // The carina: outside between the branches, with a joint of 1 mm rounded in.
    EXPECT_GT(distance.distance_mm({0, 0, 42}), 2);
}

TEST(LumenDistance, takes_chambers_from_the_label_map)
{
    LumenGraph graph;
    graph.add_edge("ventricle", graph.add_node({0, 0, 10}), {{0, 0, 30}}, {1, 1}, WallClass::chamber, 1050);
    Patient patient;
    patient.ct.grid.size = glm::ivec3{40, 40, 60};
    patient.ct.grid.origin_mm = Vec3{-19.5, -19.5, -9.5};
    patient.labels.assign(patient.ct.grid.voxels(), 0);
    std::size_t n = 0;
    for (int k = 0; k < 60; ++k)
        for (int j = 0; j < 40; ++j)
            for (int i = 0; i < 40; ++i, ++n)
                if (glm::length(Vec3{i - 19.5, j - 19.5, k - 9.5 - 20.0}) < 12) patient.labels[n] = 1050;
    LumenDistance const distance{graph, patient, grid};
    // A ball of 12 mm in voxels of 1 mm: its wall is where the nearest voxel's is, within half a voxel.
    for (double const r : {9.0, 10.5, 12.0, 13.5, 15.0}) {
        Vec3 const p = Vec3{0, 0, 20} + r * glm::normalize(Vec3{1, -2, 2});
        EXPECT_NEAR(distance.distance_mm(p), r - 12, 0.5) << r;
        EXPECT_GT(glm::dot(distance.outward(p), glm::normalize(Vec3{1, -2, 2})), 0.97) << r;
    }
    EXPECT_EQ(distance.distance_mm({0, 0, 20}), -4) << "the band's limit, inside";
    EXPECT_EQ(distance.distance_mm({0, 0, 55}), 4);
}

} // namespace
} // namespace fluoro
