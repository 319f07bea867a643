#include <fluoro/physics/basis.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <slab_problem.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

constexpr std::uint64_t histories = 200'000;

/// A beam 1 mm wide on a detector that counts all its energy.
TransportProblem pencil(double thickness_mm, Mixture const& material)
{
    auto problem = slab_problem({.thickness_mm = thickness_mm, .field_mm = 1}, material);
    TransportDetector detector;
    detector.half_width_mm = detector.half_height_mm = 5;
    detector.columns = detector.rows = 1;
    detector.scintillator = Scintillator::ideal;
    problem.detector = detector;
    return problem;
}

/// Share of the photons of one energy that arrive unscattered.
double transmission(TransportProblem const& problem)
{
    auto const tables = pack(problem);
    auto const tallies = follow(tables, 3, 0, histories);
    double const photons = double(tallies.totals[shared::total_photons]);
    return detector_kev(tables, tallies, shared::plane_primary).mean * double(histories) / photons /
           problem.source.lines[0].energy_kev;
}

/// Four standard errors of a share among that many photons, and 2e-4 for tables that are linear between nodes 1 %
/// apart.
double slack(double share)
{
    return 4 * std::sqrt(share * (1 - share) / double(histories)) + 2e-4 * share;
}

double per_mm(char const* name, double kev)
{
    auto const id = find_material(name);
    return 0.1 * material(id).density_g_cm3 * mass_attenuation_cm2_g(id, PhotonEnergy{kev});
}

} // namespace

TEST(NarrowBeam, a_slab_transmits_the_exponential_of_its_depth)
{
    Extremes off{"narrow_photons"};
    struct Case {
        char const* name;
        double thickness_mm, kev;
    };
    for (auto const [name, thickness_mm, kev] : {Case{"water", 100, 60}, Case{"water", 20, 21.5}, Case{"bone", 30, 80},
                                                 Case{"copper", 1, 70}, Case{"lung", 150, 40}}) {
        auto problem = pencil(thickness_mm, pure(find_material(name)));
        problem.source.lines = {{kev, 1}};
        double const expected = std::exp(-per_mm(name, kev) * thickness_mm);
        off.see(4 * (transmission(problem) - expected) / slack(expected));
        EXPECT_NEAR(transmission(problem), expected, slack(expected)) << name;
    }
}

TEST(NarrowBeam, voxels_with_signed_densities_attenuate_as_their_sum)
{
    auto problem = pencil(0.001, pure(find_material("water")));
    auto const fat = basis_densities(-100);
    ASSERT_LT(fat.bone_g_cm3, 0);
    problem.boxes.clear();
    problem.materials = {pure(find_material("water")), pure(find_material("bone"))};
    problem.codes = {{0, 0, -1, 0}, {0, fat.soft_g_cm3, 1, fat.bone_g_cm3}};
    problem.grid.size = {8, 8, 10};
    problem.grid.spacing_mm = {10, 10, 10};
    problem.grid.origin_mm = {-35, -35, -45};
    problem.voxels.assign(problem.grid.voxels(), 1);
    // The first 20 mm of the way are a hole.
    std::fill(problem.voxels.begin(), problem.voxels.begin() + 2 * 64, std::uint16_t{0});
    double const kev = 40;
    problem.source.lines = {{kev, 1}};
    double const mu = fat.soft_g_cm3 * per_mm("water", kev) + fat.bone_g_cm3 / 1.92 * per_mm("bone", kev);
    for (double const cell_mm : {0.0, 15.0}) {
        problem.cell_mm = cell_mm;
        EXPECT_NEAR(transmission(problem), std::exp(-80 * mu), slack(std::exp(-80 * mu)));
    }
}

// The grid is turned and mirrored as CT grids are; the beam crosses it along its second axis.
TEST(NarrowBeam, a_turned_grid_stands_where_it_says)
{
    auto problem = pencil(0.001, pure(find_material("water")));
    problem.boxes.clear();
    problem.codes = {{0, 0, -1, 0}, {0, 1, -1, 0}};
    problem.grid.size = {4, 30, 6};
    problem.grid.spacing_mm = {20, 5, 10};
    problem.grid.directions = Mat3{Vec3{0, 1, 0}, Vec3{0, 0, -1}, Vec3{1, 0, 0}}; // columns: axes in patient space
    problem.grid.origin_mm = {-25, -30, 72.5};
    for (int k = 0; k < 6; ++k)
        for (int j = 0; j < 30; ++j)
            for (int i = 0; i < 4; ++i) problem.voxels.push_back(j < 12); // 60 mm of water on the detector's side
    double const expected = std::exp(-60 * per_mm("water", 60));
    EXPECT_NEAR(transmission(problem), expected, slack(expected));
}

TEST(NarrowBeam, a_filled_tube_takes_the_place_of_what_it_runs_through)
{
    auto problem = pencil(60, pure(find_material("water")));
    auto const iodine = iodine_solution(100);
    problem.materials.push_back(iodine);
    problem.codes.push_back({1, density_g_cm3(iodine), -1, 0});
    problem.codes.push_back({0, 0, -1, 0});
    // Across the beam, 20 mm wide where the beam passes: its radius goes from 8 to 12 mm.
    problem.tubes = {{{{-100, 0, 0}, {100, 0, 0}, 8, 12, Vec3{0}, Vec3{0}, 0}, 1}};
    double const kev = 60;
    double mu = 0;
    for (auto const& [id, density] : iodine.g_cm3) mu += 0.1 * density * mass_attenuation_cm2_g(id, PhotonEnergy{kev});
    double const expected = std::exp(-20 * mu - 40 * per_mm("water", kev));
    problem.cell_mm = 15;
    EXPECT_NEAR(transmission(problem), expected, slack(expected));
    // An empty tube is a hole.
    problem.tubes[0].code = 2;
    double const through_hole = std::exp(-40 * per_mm("water", kev));
    EXPECT_NEAR(transmission(problem), through_hole, slack(through_hole));
}

TEST(NarrowBeam, a_slanted_box_is_crossed_along_its_slant)
{
    auto problem = pencil(10, pure(find_material("pmma")));
    double const angle = radians(40);
    auto& turn = problem.boxes[0].patient_from_box;
    turn[0] = {std::cos(angle), 0, -std::sin(angle), 0};
    turn[2] = {std::sin(angle), 0, std::cos(angle), 0};
    double const expected = std::exp(-10 / std::cos(angle) * per_mm("pmma", 60));
    EXPECT_NEAR(transmission(problem), expected, slack(expected));
}
