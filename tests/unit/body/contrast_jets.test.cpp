// The jets of a catheter in a great vessel: what they carry along, and that nothing of it is lost.
#include "../../support/measured.hpp"
#include "blood_network.hpp"

#include <cmath>
#include <limits>

namespace fluoro {
namespace {

using namespace test;

// Hussein, Capp and George 1994 (laser Doppler) measured a free round jet's profile: on its axis 5.8 d / x of its first
// speed, half of that at 0.094 x from it. Their bell curve's flow is to be what ours carries: 10 %, between their
// figures and those of others.
TEST(Jets, carry_the_flow_under_the_measured_profile)
{
    constexpr double hole_mm = 0.9, reach_mm = 45;
    double worst = 0;
    for (double const diameters : {8.0, 12.0, 16.0, 20.0}) {
        double const first_mm2 = pi * hole_mm * hole_mm / 4, x = diameters * hole_mm;
        double flow = 0; // rings of the profile, over the first speed
        constexpr double step = 0.01;
        for (double r = step / 2; r < x; r += step)
            flow += 2 * pi * r * step * 5.8 / diameters * std::exp(-std::log(2.0) * std::pow(r / (0.094 * x), 2));
        double const ratio = jet_flow_share(x, reach_mm) / (flow / first_mm2);
        EXPECT_NEAR(ratio, 1, 0.1) << diameters;
        worst = std::max(worst, std::abs(ratio - 1));
    }
    EXPECT_EQ(jet_flow_share(0, reach_mm), 1);
    EXPECT_EQ(jet_flow_share(reach_mm, reach_mm), 0);
    measured("jet_flow_against_measured_profile", worst);
}

/// A wide vessel of 300 mm with a catheter in its middle; blood as told.
struct Vessel : Network {
    int edge;
    LumenCells cells;
    explicit Vessel(double radius_mm = 14)
    {
        edge = tube(graph.add_node({0, 0, 0}), {0, 0, 300}, radius_mm, WallClass::elastic_artery);
        cells = divide(graph, 1.5);
    }
    double at_mm(int cell) const { return (cell + 0.5) * cells.length_mm[std::size_t(cell)]; }
};

struct Spread {
    double ml = 0, mean_mm = 0, sigma_mm = 0, steepest = 0, most = 0;
};
Spread spread_of(ContrastTransport const& contrast, Vessel const& vessel)
{
    Spread s;
    double square = 0, before = 0;
    for (int cell = 0; cell < vessel.cells.count(); ++cell) {
        double const share = contrast.mean_share(cell), ml = share * vessel.cells.volume_mm3[std::size_t(cell)] / 1000;
        s.ml += ml;
        s.mean_mm += ml * vessel.at_mm(cell);
        square += ml * vessel.at_mm(cell) * vessel.at_mm(cell);
        s.steepest = std::max(s.steepest, std::abs(share - before));
        s.most = std::max(s.most, share);
        before = share;
    }
    s.mean_mm /= s.ml;
    s.sigma_mm = std::sqrt(square / s.ml - s.mean_mm * s.mean_mm);
    return s;
}

/// 20 mL/s for so many steps of 4 ms; half of what is pushed leaves at each end.
ContrastTransport pushed(Vessel& vessel, int steps, double ml_s = 20)
{
    ContrastTransport contrast = vessel.transport(vessel.cells);
    vessel.flow(vessel.edge, -ml_s / 2, ml_s / 2);
    contrast.inject(1, vessel.edge, 150, ml_s);
    for (int i = 0; i < steps; ++i) contrast.advance(dt, vessel.flows());
    contrast.inject(1, vessel.edge, 150, 0);
    return contrast;
}

// What has just been pushed lies where the jets slow down, evenly from 18 to 45 mm on both sides: 31.5 mm from the tip
// in the mean; eddies of a step of 1/64 s smear that by 4 mm, and what flows back brings some of it nearer.
TEST(Jets, leave_what_is_pushed_where_they_turn_round)
{
    Vessel vessel;
    ContrastTransport const contrast = pushed(vessel, 4);
    double ml = 0, away = 0;
    for (int cell = 0; cell < vessel.cells.count(); ++cell) {
        double const own = contrast.mean_share(cell) * vessel.cells.volume_mm3[std::size_t(cell)] / 1000;
        ml += own;
        away += own * std::abs(vessel.at_mm(cell) - 150);
    }
    EXPECT_NEAR(away / ml, 30, 3);
    // The edge of what they leave, at 18 mm, after one step of eddies, implicit: exp(-x / L), L = sqrt(D dt) of (5)'s
    // 500 mm2/s, so that it rises by 1.5 mm / 2L a cell; a third for its height, which is no flat step.
    double steepest = 0, most = 0, before = 0;
    for (int cell = 80; cell < 120; ++cell) { // within 30 mm of the tip: beyond 45 mm no eddies reach
        double const share = contrast.mean_share(cell);
        if (cell > 80) steepest = std::max(steepest, std::abs(share - before));
        most = std::max(most, share);
        before = share;
    }
    double const rises = 1.5 / (2 * std::sqrt(500.0 / 64));
    EXPECT_NEAR(steepest / most, rises, rises / 3);
    measured("jet_first_edge", steepest / most);
    measured("jet_first_mm", away / ml);
}

TEST(Jets, lose_nothing_and_stay_within_what_there_was)
{
    Vessel vessel;
    ContrastTransport const contrast = pushed(vessel, 80); // 6.4 mL
    Spread const spread = spread_of(contrast, vessel);
    EXPECT_NEAR(contrast.injected_ml(), 20 * 80 * dt, 1e-12);
    EXPECT_NEAR(contrast.in_body_ml(), contrast.injected_ml(), 1e-12 * 100);
    EXPECT_NEAR(spread.ml, contrast.injected_ml(), 1e-5); // shares of the picture are floats
    EXPECT_NEAR(spread.mean_mm, 150, 1.5);                // the tip lies in a cell of 1.5 mm
    expect_shares(contrast);
    measured("jet_volume_error", std::abs(contrast.in_body_ml() / contrast.injected_ml() - 1));
}

// In blood that stands still the medium takes at least the volume that the jets have set going: what is pushed times
// the entrained 6.4, over all that they reach, shares there nearly even.
TEST(Jets, spread_the_medium_over_their_reach_without_an_edge)
{
    Vessel vessel;
    ContrastTransport const contrast = pushed(vessel, 160); // 12.8 mL
    Spread const spread = spread_of(contrast, vessel);
    // Even over 45 mm to each side has a deviation of 45 / sqrt(3) = 26 mm; a triangle 18 mm. Pushed blood adds 10 mm.
    EXPECT_GT(spread.sigma_mm, 18);
    EXPECT_LT(spread.sigma_mm, 31);
    // No line at the tip and no flat front: the steepest takes at least 9 mm, six cells of 1.5 mm, to its most.
    EXPECT_LT(spread.steepest, spread.most / 6);
    // Were all of it even over the reach, 12.8 mL in 55 mL: 0.23.
    EXPECT_LT(spread.most, 2 * 12.8 / (pi * 14 * 14 * 90 / 1000));
    measured("jet_spread_mm", spread.sigma_mm);
    measured("jet_steepest_over_most", spread.steepest / spread.most);
}

TEST(Jets, need_a_wide_vessel)
{
    Vessel vessel{3};
    ContrastTransport const contrast = pushed(vessel, 40, 2); // 0.32 mL in 28 mm2: 11 mm
    EXPECT_LT(spread_of(contrast, vessel).sigma_mm, 6);
}

} // namespace
} // namespace fluoro
