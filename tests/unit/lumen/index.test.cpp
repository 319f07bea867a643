#include <fluoro/lumen/index.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
// No plane of voxels on the border of two cells.
constexpr FieldGrid grid{{-20, -20, -5.2}, 0.5, {81, 81, 131}};

/// A vessel along z that tapers from 4 to 2 mm.
LumenGraph one_vessel()
{
    LumenGraph graph;
    graph.add_edge("vessel", graph.add_node({0, 0, 0}), {{0, 0, 50}}, {4, 2}, WallClass::vein, 61);
    return graph;
}

TEST(LumenIndex, shares_of_voxels_add_up_to_the_volume_of_each_cell)
{
    LumenGraph const graph = one_vessel();
    LumenCells const cells = divide(graph, 5);
    auto const index = index_lumens(graph, cells, {}, grid);
    std::vector<double> volume(std::size_t(cells.count()), 0.0);
    for (std::uint32_t const word : index.pool)
        if (LumenWord const w = unpacked(word); w.cell >= 0)
            volume[std::size_t(w.cell)] += w.share * grid.spacing_mm * grid.spacing_mm * grid.spacing_mm;
    // Inner cells; the outermost have the rounded ends as well. A share is a distance cut off linearly, which on a
    // curved wall of 2 mm radius errs by (a / r)^2 / 24 = 0.3 %; planes stand 0.2 mm off the borders, 2 % of a taper.
    for (int c = 1; c + 1 < cells.count(); ++c)
        EXPECT_NEAR(volume[std::size_t(c)], cells.volume_mm3[std::size_t(c)], 0.02 * cells.volume_mm3[std::size_t(c)])
            << c;
}

TEST(LumenIndex, lanes_have_equal_areas)
{
    LumenGraph const graph = one_vessel();
    LumenCells const cells = divide(graph, 5);
    auto const index = index_lumens(graph, cells, {}, grid);
    std::vector<double> share(LumenWord::lanes, 0.0);
    double all = 0;
    for (std::uint32_t const word : index.pool)
        if (LumenWord const w = unpacked(word); w.cell >= 1 && w.cell + 1 < cells.count()) {
            share[std::size_t(w.lane)] += w.share;
            all += w.share;
        }
    // A lane is 0.3 to 1.6 mm wide, a voxel 0.5: borders are blurred by a voxel's share.
    for (double const s : share) EXPECT_NEAR(s / all, 1.0 / LumenWord::lanes, 0.03);
}

TEST(LumenIndex, at_a_fork_a_voxel_belongs_to_the_lumen_it_is_deepest_in)
{
    LumenGraph graph = one_vessel();
    graph.add_edge("branch", graph.edges[0].to, {{15, 0, 55}}, {2, 1}, WallClass::vein, 61);
    LumenCells const cells = divide(graph, 5);
    auto const index = index_lumens(graph, cells, {}, grid);
    auto const cell_at = [&](Vec3 const& p) {
        return unpacked(index.at(glm::ivec3{glm::round((p - grid.origin_mm) / grid.spacing_mm)})).cell;
    };
    EXPECT_EQ(cell_at({0, 0, 2}), 0);
    EXPECT_EQ(cell_at({3, 0, 2}), 0);
    EXPECT_EQ(cell_at({0, 0, 48}), cells.first[1] - 1);
    EXPECT_EQ(cell_at({15, 0, 55}), cells.first[2] - 1);
    EXPECT_EQ(cell_at({12, 0, 2}), -1);
}

TEST(LumenIndex, chambers_are_taken_from_the_label_map)
{
    LumenGraph graph;
    int const valve = graph.add_node({0, 0, 0});
    graph.add_edge("ventricle", valve, {{0, 0, 40}}, {10, 10}, WallClass::chamber, 1050);
    Patient patient;
    patient.ct.grid.size = glm::ivec3{20, 20, 30};
    patient.ct.grid.spacing_mm = Vec3{2};
    patient.ct.grid.origin_mm = Vec3{-19, -19, -5};
    patient.labels.assign(patient.ct.grid.voxels(), 0);
    // A slab, which no tube would be: 8 mm thick, all across.
    for (std::size_t n = 10 * 400; n < 14 * 400; ++n) patient.labels[n] = 1050;
    auto const index = index_lumens(graph, divide(graph, 10), patient, grid);
    auto const word_at = [&](Vec3 const& p) {
        return unpacked(index.at(glm::ivec3{glm::round((p - grid.origin_mm) / grid.spacing_mm)}));
    };
    EXPECT_EQ(word_at({15, -15, 18}).cell, 1); // nearest to the centre line between 10 and 20 mm
    EXPECT_EQ(word_at({15, -15, 18}).share, 1);
    EXPECT_EQ(word_at({15, -15, 12}).cell, -1);
    EXPECT_EQ(word_at({0, 0, 12}).cell, -1) << "the centre line alone makes no chamber";
    EXPECT_EQ(index_lumens(graph, divide(graph, 10), {}, grid).pool.size(), 0u);
}

TEST(LumenIndex, words_hold_what_was_packed)
{
    EXPECT_EQ(unpacked(0).cell, -1);
    LumenWord const word = unpacked(12346u | 5u << 20 | 51u << 23);
    EXPECT_EQ(word.cell, 12345);
    EXPECT_EQ(word.lane, 5);
    EXPECT_DOUBLE_EQ(word.share, 0.2);
}

} // namespace
} // namespace fluoro
