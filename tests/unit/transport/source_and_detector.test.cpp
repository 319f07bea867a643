#include <gtest/gtest.h>
#include <slab_problem.hpp>

using namespace fluoro;
using namespace fluoro::test;

// An open beam (nothing in the way): what the source's shape, wedges, heel, grid and scintillator make of the primary.
namespace {

constexpr std::uint64_t histories = 100'000;
constexpr double kev = 60;

TransportProblem open_beam(int columns, int rows)
{
    auto problem = slab_problem({.field_mm = 200}, pure(find_material("water")));
    problem.boxes.clear();
    TransportDetector detector;
    detector.columns = columns;
    detector.rows = rows;
    detector.scintillator = Scintillator::ideal;
    problem.detector = detector;
    problem.source.lines = {{kev, 1}};
    return problem;
}

/// Photons per history in one bin, times what is let through.
double share(TransportTables const& tables, TransportTallies const& tallies, int bin)
{
    return detector_kev(tables, tallies, shared::plane_primary, bin).mean / kev;
}

/// Four standard errors of a share of all histories.
double slack(double expected)
{
    return 4 * std::sqrt(expected / double(histories));
}

/// Mean over the bin's places of cos^3 and of `shape`, per bin.
template <class Shape> double expected_share(TransportProblem const& problem, int column, int row, Shape const& shape)
{
    auto const& detector = *problem.detector;
    double sum = 0;
    constexpr int places = 20;
    for (int i = 0; i < places; ++i)
        for (int j = 0; j < places; ++j) {
            double const x = 200 * ((column + (i + 0.5) / places) / detector.columns - 0.5);
            double const y = 200 * ((row + (j + 0.5) / places) / detector.rows - 0.5);
            sum += std::pow(1000 / std::hypot(1000, x, y), 3) * shape(x, y) / (places * places);
        }
    return sum / (detector.columns * detector.rows);
}

} // namespace

TEST(Source, wedges_take_their_exponential_behind_the_edge)
{
    auto problem = open_beam(10, 1);
    Wedge wedge;
    wedge.edge_mm = 20;
    wedge.ramp_mm = 40;
    wedge.material = find_material("copper");
    problem.source.wedges = {wedge};
    auto const tables = pack(problem);
    auto const tallies = follow(tables, 1, 0, histories);
    double const mu = mass_attenuation_cm2_g(wedge.material, PhotonEnergy{kev});
    for (int column = 0; column < 10; ++column) {
        double const expected = expected_share(problem, column, 0, [&](double x, double y) {
            return std::exp(-mu * wedge.mass_thickness_g_cm2({x, y}));
        });
        EXPECT_NEAR(share(tables, tallies, column), expected, slack(expected)) << column;
    }
}

// The table is replaced by a straight one, so that both signs and a gain are seen.
TEST(Source, the_heel_weakens_the_anodes_side)
{
    auto problem = open_beam(1, 8);
    problem.source.heel = TubeModel{};
    problem.source.heel->anode_along_rows = 1;
    auto tables = pack(problem);
    double const mu = double(tables.lines[0].heel_cm2_g);
    EXPECT_NEAR(mu, mass_attenuation_cm2_g(find_material("tungsten"), PhotonEnergy{kev}), 1e-4 * mu);
    for (std::uint32_t i = 0; i < shared::heel_nodes; ++i)
        tables.heel[i] = float(-3 / mu * double(shared::heel_reach) * (2.0 * i / (shared::heel_nodes - 1) - 1));
    auto const tallies = follow(tables, 1, 0, histories);
    for (int row = 0; row < 8; ++row) {
        // The anode lies toward increasing row: the cathode's tangent is -y / SID.
        double const expected =
            expected_share(problem, 0, row, [&](double, double y) { return std::exp(3 * -y / 1000); });
        EXPECT_NEAR(share(tables, tallies, row), expected, slack(expected)) << row;
    }
}

// Blades half way, a spot of 8 mm: the edge of the field is 8 mm wide and straight on the mean.
TEST(Source, a_wide_focal_spot_blurs_the_blades_edge)
{
    auto problem = open_beam(200, 1);
    problem.source.opening = {-40, 40, -50, 50};
    problem.source.focal_spot_mm = 8;
    problem.source.source_to_blades_mm = 500;
    auto const tables = pack(problem);
    auto const tallies = follow(tables, 1, 0, histories);
    double const full = 1.0 / 80; // a bin is 1 mm of 80
    for (int column = 100; column < 160; ++column) {
        double const x = column - 100 + 0.5;
        double const expected = full * std::min(1.0, std::max(0.0, (44 - x) / 8));
        // cos^3 of the opening's corners is 0.994; the middle of the edge's steps are within 1e-3 of a straight line.
        EXPECT_NEAR(share(tables, tallies, column), expected, slack(full) + 0.006 * full) << column;
    }
}

TEST(Detector, the_grid_judges_the_angle_to_its_own_lines)
{
    auto problem = open_beam(8, 1);
    problem.detector->grid = AntiScatterGrid{};
    problem.detector->grid->focus_mm = 2000; // lines point at twice the distance
    auto tables = pack(problem);
    // What passes is replaced by the squeezed tangent across itself plus a tenth of the one along, linear in the table.
    std::size_t at = 0;
    for (std::uint32_t e = 0; e < shared::grid_energy_nodes; ++e)
        for (std::uint32_t along = 0; along < shared::grid_along_nodes; ++along)
            for (std::uint32_t across = 0; across < shared::grid_across_nodes; ++across)
                tables.grid[at++] =
                    float(across) / shared::grid_across_nodes + 0.1f * float(along) / shared::grid_along_nodes;
    auto const tallies = follow(tables, 1, 0, histories);
    for (int column = 0; column < 8; ++column) {
        double const expected = expected_share(problem, column, 0, [&](double x, double y) {
            double const across = std::abs(std::tan(std::atan(x / 1000) - std::atan(x / 2000)));
            double const along = std::abs(y / 1000);
            return across / (across + double(shared::grid_across_scale)) +
                   0.1 * along / (along + double(shared::grid_along_scale));
        });
        EXPECT_NEAR(share(tables, tallies, column), expected, slack(expected)) << column;
    }
}

// A slanted photon goes a longer way through the scintillator: a source at the side sends all at about 45 degrees.
TEST(Detector, a_slanted_photon_is_absorbed_over_a_longer_way)
{
    auto problem = open_beam(1, 1);
    problem.detector->scintillator = Scintillator::csi_600um;
    problem.source.view.source_mm.x -= 1000;
    problem.source.view.detector_centre_mm.x -= 1000;
    problem.source.opening = {990, 1010, -10, 10};
    auto tables = pack(problem);
    // The detector stays where it was: in the beam.
    tables.params.detector_half_column_mm = 1100;
    auto const tallies = follow(tables, 1, 0, histories);
    double const photons = double(tallies.totals[shared::total_photons]);
    double const depth = -std::log1p(-absorbed_fraction(Scintillator::csi_600um, PhotonEnergy{kev}));
    // 1e-3: the table of depths; tangents of 0.99 to 1.01.
    EXPECT_NEAR(share(tables, tallies, 0) * double(histories) / photons, 1 - std::exp(-depth * std::sqrt(2.0)), 2e-3);
}
