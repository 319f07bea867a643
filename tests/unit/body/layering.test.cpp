// Heavy medium in a tube that lies: what its weight drives, how it leans, and that nothing of it is lost.
#include "../../../engine/body/blood/layering.hpp"
#include "../../support/measured.hpp"
#include "blood_network.hpp"

#include <cmath>
#include <fluoro/patient/lumen_graph.hpp>
#include <numeric>

namespace fluoro {
namespace {

using namespace test;

constexpr double iohexol_g_cm3 = 1.39;        // 350 mg/mL at 37 degrees
constexpr double pull_mm_s2 = 9806.65 * 0.01; // of medium a hundredth denser than blood

/// A still tube along z with an even slope of the share along it.
struct Sloped : Network {
    LumenCells cells;
    std::vector<double> share, flows, spreads;
    double slope;
    Sloped(double radius_mm, double slope_per_mm, double length_mm = 60) : slope{slope_per_mm}
    {
        tube(graph.add_node({0, 0, 0}), {0, 0, length_mm}, radius_mm);
        cells = divide(graph, 1.5);
        for (int cell = 0; cell < cells.count(); ++cell)
            share.push_back(0.5 + slope * (cell - cells.count() / 2.0) * cells.length_mm[0]);
        flows.assign(share.size() + 1, 0.0);
        spreads.assign(share.size() - 1, 0.0);
    }
    /// Long after; `d_mm2_s`: what eddies mix across it.
    Layering settled(Vec3 const& pull, double d_mm2_s)
    {
        Layering layering{graph, cells};
        layering.pull(pull);
        for (int step = 0; step < 4000; ++step) {
            for (int cell = 0; cell < cells.count(); ++cell) layering.stir(cell, d_mm2_s);
            layering.advance({0, cells.count(), 0, 1, flows, share, spreads}, 1.0 / 64);
        }
        return layering;
    }
};

// A fluid whose density rises evenly along a lying tube: u = (g rho' / (8 mu)) (R^2 - r^2) y along it (Erdogan and
// Chatwin 1967), in our shape e = g rho' R^3 / (8 nu); nu of half blood and half medium, 5.4 mm2/s, and of eddies. The
// steps' rounding.
TEST(Layering, drives_the_closed_form_of_slow_flow)
{
    constexpr double eddies_mm2_s = 2;
    Sloped tube{2, 1e-4};
    Layering const layering = tube.settled({0, pull_mm_s2, 0}, eddies_mm2_s);
    int const middle = tube.cells.count() / 2;
    double const closed = pull_mm_s2 * tube.slope * 8 / (8 * (5.4 + eddies_mm2_s));
    EXPECT_NEAR(layering.drift_mm_s(middle).y, -closed, 1e-9 * closed);
    EXPECT_NEAR(layering.drift_mm_s(middle).x, 0, 1e-12);
    measured("layering_drift_against_closed_form", std::abs(-layering.drift_mm_s(middle).y / closed - 1));
}

// The same flow against mixing D across the tube disperses by e^2 R^2 / D times 7 / 720: from D lap(c') = c_x e y (1 -
// s) / R with no way through the wall, c' = c_x e R y (-1/6 + s/8 - s^2/24) / D, and the mean of u c'. One shape that
// leans has 16 % less.
TEST(Layering, disperses_along_the_tube_as_the_closed_form_within_its_one_shape)
{
    constexpr double radius_mm = 2, d_mm2_s = 2;
    Sloped tube{radius_mm, 1e-4};
    Layering const layering = tube.settled({0, pull_mm_s2, 0}, d_mm2_s);
    int const middle = tube.cells.count() / 2;
    double const drift = glm::length(layering.drift_mm_s(middle));
    double const closed = drift * drift * radius_mm * radius_mm / d_mm2_s * 7 / 720;
    double const ours = tube.spreads[std::size_t(middle)];
    EXPECT_NEAR(ours / closed, 720 / (36 * 7 * 3.39), 0.01);
    EXPECT_GT(layering.lean()[std::size_t(middle)].y, 0) << "heavy lies low";
    measured("layering_dispersion_over_closed_form", ours / closed);
}

// What leans turns with the patient, and along gravity nothing leans: c_x e R^2 / (3 x 3.39 D) of the drift above.
TEST(Layering, leans_with_gravity_across_the_tube)
{
    Sloped tube{5, 1e-3};
    auto const lean = [&](Vec3 const& down) {
        Layering const layering = tube.settled(pull_mm_s2 * down, 25);
        return Vec3{layering.lean()[std::size_t(tube.cells.count() / 2)]};
    };
    Vec3 const lying = lean({0, 1, 0}), prone = lean({0, -1, 0}), tilted = lean({0, std::sqrt(0.5), -std::sqrt(0.5)});
    double const drift = pull_mm_s2 * tube.slope * 125 / (8 * (5.4 + 25));
    EXPECT_NEAR(lying.y, tube.slope * drift / (3 * 3.39), 1e-6 * lying.y);
    EXPECT_NEAR(prone.y, -lying.y, 1e-12);
    EXPECT_NEAR(tilted.y, std::sqrt(0.5) * lying.y, 1e-6 * lying.y);
    EXPECT_EQ(glm::length(lean({0, 0, -1})), 0);
}

/// A tube with a column of medium from `from` to `to` of its length; blood stands still.
struct Column : Network {
    LumenCells cells;
    ContrastTransport contrast;
    explicit Column(double radius_mm, WallClass wall)
        : cells{[&] {
              int const edge = tube(graph.add_node({0, 0, 0}), {0, 0, 200}, radius_mm, wall);
              flow(edge, 0);
              return divide(graph, 1.5);
          }()},
          contrast{transport(cells)}
    {
    }
    /// Pushes so much in 0.3 s, then waits.
    void run(double ml, double seconds, Vec3 const& down)
    {
        contrast.pull(down, iohexol_g_cm3);
        flow(0, -ml / 0.6, ml / 0.6);
        contrast.inject(1, 0, 100, ml / 0.3);
        int const pushes = 75;
        for (int i = 0; i < pushes; ++i) contrast.advance(dt, flows());
        contrast.inject(1, 0, 100, 0);
        flow(0, 0);
        for (int i = 0; i < int(seconds / dt); ++i) contrast.advance(dt, flows());
    }
    double most_lean() const
    {
        double most = 0;
        for (auto const& lean : contrast.lean()) most = std::max(most, double(glm::length(lean)));
        return most;
    }
    double length_mm() const // deviation along the tube
    {
        double sum = 0, first = 0, second = 0;
        for (int cell = 0; cell < cells.count(); ++cell) {
            double const ml = contrast.mean_share(cell), at = cell * cells.length_mm[0];
            sum += ml;
            first += ml * at;
            second += ml * at * at;
        }
        return std::sqrt(second / sum - first * first / (sum * sum));
    }
};

// In a closed vein of 10 mm that lies, 3 mL slump: they lean, spread along it, and none is lost. Standing along gravity
// they do neither. Rounding of 500 solutions along the tube.
TEST(Layering, medium_slumps_in_a_closed_vein)
{
    Column lying{5, WallClass::vein}, standing{5, WallClass::vein};
    lying.run(3, 2, {0, 1, 0});
    standing.run(3, 2, {0, 0, -1});
    EXPECT_GT(lying.most_lean(), 0.2);
    EXPECT_EQ(standing.most_lean(), 0);
    EXPECT_GT(lying.length_mm(), 1.3 * standing.length_mm());
    EXPECT_NEAR(lying.contrast.in_body_ml() + lying.contrast.excreted_ml(), lying.contrast.injected_ml(), 3e-12);
    expect_shares(lying.contrast);
    measured("layering_vein_lean", lying.most_lean());
    measured("layering_vein_spread_over_standing", lying.length_mm() / standing.length_mm());
}

// The front of gravity's exchange: Benjamin (1968) gives half of sqrt(g' D) for two fluids of nearly one density in a
// closed channel. Ours never has a front faster than that: sqrt(g' D) is 168 mm/s for pure medium in a vein of 10 mm.
TEST(Layering, a_front_is_no_faster_than_gravity_drives_it)
{
    Column vein{5, WallClass::vein};
    vein.run(3, 0, {0, 1, 0});
    auto const reach = [&] {
        int cell = vein.cells.count() - 1;
        while (cell > 0 && vein.contrast.mean_share(cell) < 0.02) --cell;
        return cell * vein.cells.length_mm[0];
    };
    double const before = reach();
    for (int i = 0; i < 100; ++i) vein.contrast.advance(dt, vein.flows()); // 0.4 s
    double const speed = (reach() - before) / 0.4, limit = 0.5 * std::sqrt(9806.65 * (1.39 / 1.06 - 1) * 10);
    EXPECT_LT(speed, limit);
    EXPECT_GT(speed, 0.1 * limit);
    measured("layering_front_over_benjamin", speed / limit);
}

/// Mean over where medium is of lean over share, and the most of them, while a vessel is filled at its own flow.
struct Leaning {
    double mean = 0, most = 0;
};
Leaning filled(double radius_mm, WallClass wall, double flow_ml_s, double push_ml_s, double seconds)
{
    Network network;
    int const edge = network.tube(network.graph.add_node({0, 0, 0}), {0, 0, 150}, radius_mm, wall);
    LumenCells const cells = divide(network.graph, 1.5);
    ContrastTransport contrast = network.transport(cells);
    contrast.pull({0, 1, 0}, iohexol_g_cm3);
    network.flow(edge, flow_ml_s - push_ml_s, flow_ml_s);
    contrast.inject(1, edge, 5, push_ml_s);
    Leaning leaning;
    double ml = 0;
    for (int i = 0; i < int(seconds / dt); ++i) {
        contrast.advance(dt, network.flows());
        for (int cell = 8; cell < cells.count(); ++cell) { // beyond the tip
            double const share = contrast.mean_share(cell), lean = glm::length(contrast.lean()[std::size_t(cell)]);
            ml += share;
            leaning.mean += lean;
            if (share > 0.05) leaning.most = std::max(leaning.most, lean);
        }
    }
    leaning.mean /= ml;
    return leaning;
}

// In coronary arteries of 2 to 4 mm, filled by hand at their own flow, what leans is lost in the picture: less than 5 %
// of the medium in the mean. The same law in a slow vein of 10 mm makes a layer.
TEST(Layering, is_nothing_in_coronary_arteries_and_plain_in_slow_veins)
{
    double worst = 0;
    for (double const radius_mm : {1.0, 1.5, 2.0}) {
        double const flow = 150 * pi * radius_mm * radius_mm / 1000; // 150 mm/s
        Leaning const leaning = filled(radius_mm, WallClass::coronary, flow, 0.8 * flow, 1.5);
        EXPECT_LT(leaning.mean, 0.05) << radius_mm;
        worst = std::max(worst, leaning.mean);
    }
    Leaning const vein = filled(5, WallClass::vein, 2, 1, 4);
    EXPECT_GT(vein.mean, 0.2);
    measured("layering_coronary_mean", worst);
    measured("layering_slow_vein_mean", vein.mean);
}

} // namespace
} // namespace fluoro
