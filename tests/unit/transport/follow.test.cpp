#include <gtest/gtest.h>
#include <slab_problem.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

TransportProblem water_with_detector()
{
    auto problem = slab_problem({.thickness_mm = 150, .field_mm = 200}, pure(find_material("water")));
    problem.source.lines = lines_of(filtered_spectrum({}));
    TransportDetector detector;
    detector.columns = detector.rows = 4;
    problem.detector = detector;
    problem.tally_boxes = {{{-50, -50, -75}, {50, 50, 75}}, {{-250, -250, -75}, {250, 250, 75}}};
    return problem;
}

TransportTallies run(TransportProblem const& problem, std::uint64_t histories = 60'000, std::uint64_t seed = 1)
{
    return follow(pack(problem), seed, 0, histories);
}

void expect_equal(Estimate const& a, Estimate const& b)
{
    EXPECT_NEAR(a.mean, b.mean, 4 * std::hypot(a.error, b.error));
    // The comparison means something only if both are known to a few per cent.
    EXPECT_LT(std::hypot(a.error, b.error), 0.06 * a.mean);
}

} // namespace

// Energies are kept in integers of 1/65536 keV and every loss is the difference of two of them: nothing is lost.
TEST(Follow, emitted_energy_is_absorbed_or_escapes)
{
    auto const tallies = run(water_with_detector());
    EXPECT_GT(tallies.absorbed_kev(), 0.3 * tallies.emitted_kev());
    EXPECT_GT(tallies.escaped_kev(), 0.05 * tallies.emitted_kev());
    EXPECT_EQ(tallies.totals[shared::total_emitted],
              tallies.totals[shared::total_absorbed] + tallies.totals[shared::total_escaped]);
    // The second box is the whole slab.
    EXPECT_EQ(tallies.deposits[1], tallies.totals[shared::total_absorbed]);
    EXPECT_LT(tallies.deposits[0], tallies.deposits[1]);
}

// With splitting the balance holds on average: 60,000 histories of a spread of less than their own energy.
TEST(Follow, split_photons_keep_the_energy_on_average)
{
    auto problem = water_with_detector();
    problem.splitting = 0.8;
    auto const tallies = run(problem);
    EXPECT_NEAR((tallies.absorbed_kev() + tallies.escaped_kev()) / tallies.emitted_kev(), 1, 4 / std::sqrt(60'000.0));
}

TEST(Follow, the_same_seed_gives_the_same_sums_in_any_parts)
{
    auto problem = water_with_detector();
    for (double const splitting : {0.0, 0.7}) {
        problem.splitting = splitting;
        auto const tables = pack(problem);
        auto const whole = follow_on_one_thread(tables, 9, 0, 20'000);
        EXPECT_EQ(follow(tables, 9, 0, 20'000), whole);
        TransportTallies parts{tables};
        parts.add(follow_on_one_thread(tables, 9, 13'000, 7'000));
        parts.add(follow_on_one_thread(tables, 9, 0, 4'111));
        parts.add(follow_on_one_thread(tables, 9, 4'111, 8'889));
        EXPECT_EQ(parts, whole);
        EXPECT_NE(follow(tables, 10, 0, 20'000), whole);
    }
}

TEST(Follow, forced_scoring_counts_what_flying_photons_bring)
{
    auto problem = water_with_detector();
    auto const analogue_tables = pack(problem);
    auto const analogue = follow(analogue_tables, 1, 0, 300'000);
    problem.detector->scoring = PictureScoring::forced;
    auto const forced_tables = pack(problem);
    auto const forced = follow(forced_tables, 2, 0, 100'000);
    for (auto const plane : {shared::plane_scatter, shared::plane_scatter_second})
        expect_equal(detector_kev(analogue_tables, analogue, plane), detector_kev(forced_tables, forced, plane));
    // One corner: the angles are right, too.
    expect_equal(detector_kev(analogue_tables, analogue, shared::plane_scatter, 0),
                 detector_kev(forced_tables, forced, shared::plane_scatter, 0));
    // The primary is never forced.
    expect_equal(detector_kev(analogue_tables, analogue, shared::plane_primary),
                 detector_kev(forced_tables, forced, shared::plane_primary));
}

TEST(Follow, splitting_changes_the_spread_but_not_the_mean)
{
    auto problem = water_with_detector();
    auto const plain_tables = pack(problem);
    auto const plain = follow(plain_tables, 1, 0, 300'000);
    problem.splitting = 0.7;
    auto const split_tables = pack(problem);
    auto const split = follow(split_tables, 2, 0, 100'000);
    auto const a = detector_kev(plain_tables, plain, shared::plane_scatter);
    auto const b = detector_kev(split_tables, split, shared::plane_scatter);
    expect_equal(a, b);
    expect_equal(detector_kev(plain_tables, plain, shared::plane_scatter_second),
                 detector_kev(split_tables, split, shared::plane_scatter_second));
    EXPECT_LT(b.error * std::sqrt(100'000.0), 0.8 * a.error * std::sqrt(300'000.0));
    EXPECT_NEAR(split.box_kev(0) / 100'000, plain.box_kev(0) / 300'000, 0.02 * plain.box_kev(0) / 300'000);
}

TEST(Follow, cells_of_the_majorant_do_not_change_the_mean)
{
    auto problem = water_with_detector();
    // A strong inlay, so that cells differ.
    problem.materials.push_back(pure(find_material("bone")));
    problem.codes.push_back({1, 1.92, -1, 0});
    Mat4 aside{1.0};
    aside[3] = {40, 0, 20, 1};
    problem.boxes.insert(problem.boxes.begin(), {{20, 30, 15}, aside, 1});
    auto const one_tables = pack(problem);
    auto const one = follow(one_tables, 1, 0, 150'000);
    problem.cell_mm = 25;
    auto const cell_tables = pack(problem);
    EXPECT_GT(cell_tables.cells.size(), 1000u);
    auto const cells = follow(cell_tables, 2, 0, 150'000);
    expect_equal(detector_kev(one_tables, one, shared::plane_scatter),
                 detector_kev(cell_tables, cells, shared::plane_scatter));
    expect_equal(detector_kev(one_tables, one, shared::plane_primary),
                 detector_kev(cell_tables, cells, shared::plane_primary));
    EXPECT_NEAR(cells.box_kev(0) / one.box_kev(0), 1, 0.015);
}

TEST(Follow, regions_collect_what_their_voxels_absorb)
{
    auto problem = slab_problem({.field_mm = 40}, pure(find_material("water")));
    problem.boxes.clear();
    problem.grid.size = {4, 4, 4};
    problem.grid.spacing_mm = {25, 25, 25};
    problem.grid.origin_mm = {-37.5, -37.5, -37.5};
    problem.voxels.assign(64, 0);
    for (int i = 0; i < 64; ++i) problem.regions.push_back(i < 16 ? 1 : i < 32 ? 0 : 2); // layers along the beam
    problem.tally_boxes = {{{-50, -50, -50}, {50, 50, -25}}};
    auto const tables = pack(problem);
    auto const tallies = follow(tables, 1, 0, 50'000);
    EXPECT_EQ(tallies.deposits[1 + 1], tallies.deposits[0]);
    EXPECT_EQ(tallies.deposits[1] + tallies.deposits[2] + tallies.deposits[3], tallies.totals[shared::total_absorbed]);
    EXPECT_GT(tallies.region_kev(tables, 1), tallies.region_kev(tables, 0));
    EXPECT_GT(tallies.region_kev(tables, 0), 0);
}

TEST(Follow, nothing_in_the_way_lets_all_photons_reach_the_detector)
{
    auto problem = water_with_detector();
    problem.boxes.clear();
    problem.detector->scintillator = Scintillator::ideal;
    auto const tables = pack(problem);
    auto const tallies = follow(tables, 1, 0, 20'000);
    auto const primary = detector_kev(tables, tallies, shared::plane_primary);
    // Rounding of each photon's energy to 2^-20 keV.
    EXPECT_NEAR(primary.mean * 20'000, tallies.emitted_kev(), 1e-4 * tallies.emitted_kev());
    EXPECT_EQ(tallies.totals[shared::total_collisions], 0);
    // Of photons even over the plane, those pass that are even in solid angle: the mean of cos^3 over the opening.
    double mean = 0;
    for (int i = 0; i < 100; ++i)
        for (int j = 0; j < 100; ++j) mean += std::pow(1000 / std::hypot(1000, 2 * i - 99, 2 * j - 99), 3) / 1e4;
    EXPECT_NEAR(double(tallies.totals[shared::total_photons]) / 20'000, mean,
                4 * std::sqrt(mean * (1 - mean) / 20'000));
}
