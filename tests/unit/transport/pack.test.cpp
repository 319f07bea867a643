#include "material_tables.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/physics/basis.hpp>
#include <gtest/gtest.h>
#include <slab_problem.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

TransportProblem water()
{
    return slab_problem({}, pure(find_material("water")));
}

} // namespace

TEST(Pack, refuses_what_cannot_be_followed)
{
    auto no_lines = water();
    no_lines.source.lines.clear();
    EXPECT_THROW(pack(no_lines), Error);
    auto too_hard = water();
    too_hard.source.lines = {{151, 1}};
    EXPECT_THROW(pack(too_hard), Error);
    auto no_photons = water();
    no_photons.source.lines = {{60, 0}};
    EXPECT_THROW(pack(no_photons), Error);
    auto no_material = water();
    no_material.materials.clear();
    EXPECT_THROW(pack(no_material), Error);
    auto less_than_nothing = water();
    less_than_nothing.materials.push_back(pure(find_material("bone")));
    less_than_nothing.codes = {{0, 1.0, 1, -0.6}};
    EXPECT_THROW(pack(less_than_nothing), Error);
}

// 1e-4: nodes are 1 % apart, an attenuation that falls with E^-3 is overestimated by (3 x 0.01)^2 / 8 between them.
TEST(Pack, tables_are_the_evaluated_attenuation)
{
    auto const tables = pack(water());
    for (double const kev : {5.0, 21.3, 60.0, 147.7}) {
        double const at = std::log2(kev) * double(shared::energy_nodes_per_octave);
        auto const node = std::size_t(at);
        double const share = at - double(node);
        double const value = (1 - share) * double(tables.energy[node].x) + share * double(tables.energy[node + 1].x);
        double const direct = 0.1 * mass_attenuation_cm2_g(find_material("water"), PhotonEnergy{kev});
        EXPECT_NEAR(value, direct, 2e-4 * direct) << kev;
    }
}

TEST(Pack, every_hu_of_a_patient_attenuates)
{
    auto problem = water();
    problem.materials.push_back(pure(find_material("bone")));
    problem.codes.clear();
    for (int hu = -1000; hu <= 3071; ++hu) {
        auto const density = basis_densities(hu);
        problem.codes.push_back({0, density.soft_g_cm3, 1, density.bone_g_cm3});
    }
    EXPECT_NO_THROW(pack(problem));
}

TEST(Pack, lines_are_drawn_as_often_as_they_shine)
{
    auto problem = water();
    problem.source.lines = {{20, 1}, {40, 0}, {60, 7}, {80, 2.5}};
    auto const tables = pack(problem);
    std::vector<double> share(4, 0.0);
    for (std::size_t i = 0; i < 4; ++i) {
        share[i] += double(tables.lines[i].keep) / 4;
        share[tables.lines[i].alias] += (1 - double(tables.lines[i].keep)) / 4;
    }
    // Floats hold the shares to 1e-7.
    EXPECT_NEAR(share[0], 1 / 10.5, 1e-6);
    EXPECT_NEAR(share[1], 0, 1e-6);
    EXPECT_NEAR(share[2], 7 / 10.5, 1e-6);
    EXPECT_NEAR(share[3], 2.5 / 10.5, 1e-6);
}

TEST(Pack, no_place_attenuates_more_than_its_cell_says)
{
    auto problem = water();
    problem.materials.push_back(pure(find_material("bone")));
    problem.materials.push_back(pure(find_material("iodine")));
    problem.codes = {{0, 0, -1, 0}, {0, 1, -1, 0}, {0, 0.9, 1, 0.5}, {1, 1.92, -1, 0}, {2, 1, -1, 0}};
    problem.boxes.clear();
    problem.grid.size = {20, 20, 20};
    problem.grid.spacing_mm = {5, 5, 5};
    for (int i = 0; i < 8000; ++i) problem.voxels.push_back(std::uint16_t((i / 400) % 5 * (i % 20 > 9)));
    problem.cell_mm = 17;
    auto const tables = pack(problem);
    auto const& p = tables.params;
    ASSERT_EQ(p.cells.x, 6u);
    std::vector<bool> is_class_seen(p.cells.w, false);
    for (int z = 0; z < 20; ++z)
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 20; ++x) {
                auto const& code = tables.codes[problem.voxels[std::size_t((z * 20 + y) * 20 + x)]];
                // The cell of the voxel's middle: one of those that it touches.
                auto const cell = [&](int i) { return std::size_t((i + 0.5) * 5 * double(p.cells_per_mm.x)); };
                auto const strength = tables.cells[(cell(z) * p.cells.y + cell(y)) * p.cells.x + cell(x)];
                is_class_seen[strength] = true;
                for (std::size_t node = 0; node < shared::energy_nodes; node += 7) {
                    float const mu = code.density_a_g_cm3 * tables.energy[code.material_a * 512 + node].x +
                                     code.density_b_g_cm3 * tables.energy[code.material_b * 512 + node].x;
                    ASSERT_LE(mu, tables.majorants[strength * shared::energy_nodes + node]);
                }
            }
    EXPECT_TRUE(is_class_seen[0]); // the empty half
    EXPECT_GT(std::count(is_class_seen.begin(), is_class_seen.end(), true), 1);
}

TEST(Pack, the_grids_table_holds_its_transmission)
{
    auto problem = water();
    problem.detector = TransportDetector{};
    problem.detector->grid = AntiScatterGrid{};
    auto const tables = pack(problem);
    ASSERT_EQ(tables.grid.size(), shared::grid_energy_nodes * shared::grid_along_nodes * shared::grid_across_nodes);
    // Node 12 of 31 energies: 61 keV; node 8 of 16 along: tangent 1; node 16 of 64 across: tangent 0.1 / 3.
    auto const at = (12 * shared::grid_along_nodes + 8) * shared::grid_across_nodes + 16;
    EXPECT_NEAR(double(tables.grid[at]), grid_transmission(*problem.detector->grid, PhotonEnergy{61}, 0.1 / 3, 1.0),
                1e-6);
}

TEST(Pack, the_response_is_the_scintillators_absorption)
{
    auto problem = water();
    problem.detector = TransportDetector{};
    auto const tables = pack(problem);
    for (int node = 200; node < 500; node += 37) {
        double const absorbed = absorbed_fraction(Scintillator::csi_600um, PhotonEnergy{node_energy_kev(node)});
        EXPECT_NEAR(1 - std::exp(-double(tables.response[std::size_t(node)])), absorbed, 1e-6);
    }
    problem.detector->scintillator = Scintillator::ideal;
    EXPECT_GT(pack(problem).response[400], 50.0f);
}
