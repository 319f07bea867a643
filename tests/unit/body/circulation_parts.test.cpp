// The pieces that the circulation is made of, each against what is known in closed form.
#include "blood/bed.hpp"
#include "blood/calibre.hpp"
#include "blood/sparse_ldl.hpp"
#include <cmath>
#include <complex>
#include <fluoro/core/random.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double viscosity = 3.5;

LumenEdge tube(double length_mm, double begin_mm, double end_mm)
{
    LumenGraph graph;
    graph.add_edge("tube", graph.add_node({0, 0, 0}), {{0, 0, length_mm}}, {begin_mm, end_mm},
                   WallClass::muscular_artery, 1);
    return graph.edges[0];
}

/// 8 mu l / pi r^4 in mmHg s/mL.
double poiseuille(double length_mm, double radius_mm)
{
    return 8 * viscosity * 1e-3 * length_mm * 1e-3 / (pi * std::pow(radius_mm * 1e-3, 4)) * 1e-6 / 133.322;
}

TEST(Calibre, resists_as_poiseuille_says)
{
    double const ours = Calibre{tube(100, 2, 2)}.opposition(viscosity).resistance;
    EXPECT_NEAR(ours / poiseuille(100, 2), 1, 1e-6);
    test::measured("circulation_poiseuille_worst", std::abs(ours / poiseuille(100, 2) - 1));
    // A cone: 8 mu / 3 pi k (1 / r1^3 - 1 / r0^3).
    double const k = 1.0 / 50;
    double const cone = poiseuille(1, 1) / (3 * k) * (1 - 1 / 8.0);
    EXPECT_NEAR(Calibre{tube(50, 2, 1)}.opposition(viscosity).resistance / cone, 1, 1e-6);
    // Inertance 4/3 rho l / pi r^2, to the digits of the unit.
    EXPECT_NEAR(Calibre{tube(100, 2, 2)}.opposition(viscosity).inertance,
                4 / 3.0 * 1060 * 0.1 / (pi * 4e-6) * 1e-6 / 133.322, 1e-6);
    EXPECT_EQ(Calibre{tube(50, 2, 1)}.opposition(viscosity).loss, 0) << "a taper is no stenosis";
}

TEST(Calibre, loses_head_behind_a_narrow_place_as_young_and_tsai_say)
{
    Calibre calibre{tube(60, 1.5, 1.5)};
    calibre.change(1, true, 20, 30, 0.75);
    Opposition const narrow = calibre.opposition(viscosity);
    // 10 mm in pieces of 0.5 mm, 50 mm as before.
    EXPECT_NEAR(narrow.resistance / (poiseuille(10, 0.75) + poiseuille(50, 1.5)), 1, 1e-6);
    double const area = pi * 1.5e-3 * 1.5e-3;
    double const loss = 1.52 * 1060 / 2 * 9 / (area * area) * 1e-12 / 133.322; // (4 - 1)^2
    EXPECT_NEAR(narrow.loss / loss, 1, 1e-6);
    EXPECT_FALSE(narrow.is_closed);
    EXPECT_TRUE(calibre.change(1, true, 20, 30, 0));
    EXPECT_TRUE(calibre.opposition(viscosity).is_closed);
    EXPECT_EQ(calibre.share_before(10), 0); // all that is injected before the balloon goes back
    EXPECT_EQ(calibre.share_before(50), 1);
    EXPECT_TRUE(calibre.change(1, true, 0, 0, -1));
    EXPECT_NEAR(calibre.opposition(viscosity).resistance / poiseuille(60, 1.5), 1, 1e-6);
    EXPECT_NEAR(calibre.share_before(15), 0.25, 1e-9);
}

TEST(Calibre, what_was_said_later_counts)
{
    Calibre calibre{tube(60, 1.5, 1.5)};
    calibre.change(1, true, 20, 30, 0.3);  // plaque
    calibre.change(2, false, 15, 35, 1.6); // stent
    double const stented = calibre.opposition(viscosity).resistance;
    EXPECT_NEAR(stented / (poiseuille(20, 1.6) + poiseuille(40, 1.5)), 1, 1e-6);
    EXPECT_FALSE(calibre.change(1, true, 20, 30, 0.3)); // the plaque said again does not come back
    calibre.change(3, true, 20, 30, 0);                 // balloon
    EXPECT_TRUE(calibre.opposition(viscosity).is_closed);
}

TEST(SparseLdl, solves_like_elimination_by_hand)
{
    constexpr int n = 60;
    // A random tree with three loops; some rows restless.
    RandomSequence random{1, RandomStream::body, 0, 0};
    std::vector<std::pair<int, int>> pairs;
    for (int i = 1; i < n; ++i) pairs.emplace_back(i, int(random.next_uniform() * i));
    for (auto const& loop : {std::pair{3, 50}, std::pair{17, 42}, std::pair{8, 59}}) pairs.push_back(loop);
    SparseLdl ldl{n, pairs, {0, 7, 33}};
    EXPECT_EQ(ldl.first_restless(), n - 3);
    for (int round = 0; round < 2; ++round) {
        std::vector<double> quiet(n, 0), beside(ldl.entries(), 0), more(n, 0), more_beside(ldl.entries(), 0), right(n);
        std::vector<std::vector<double>> full(n, std::vector<double>(n, 0));
        auto add = [&](std::vector<double>& diagonal, int place, double value) {
            diagonal[std::size_t(place)] += value;
            full[std::size_t(place)][std::size_t(place)] += value;
        };
        for (int i = 0; i < n; ++i) {
            add(quiet, i, 0.1 + random.next_uniform());
            right[std::size_t(i)] = random.next_normal();
        }
        for (auto const& [a, b] : pairs) {
            int const from = ldl.place(a), to = ldl.place(b);
            double const g = random.next_uniform();
            add(quiet, from, g);
            add(quiet, to, g);
            beside[std::size_t(ldl.entry(from, to))] -= g;
            full[std::size_t(from)][std::size_t(to)] -= g;
            full[std::size_t(to)][std::size_t(from)] -= g;
        }
        ldl.factor_quiet(quiet, beside);
        for (int const row : {0, 7, 33}) add(more, ldl.place(row), 1 + round);
        ldl.factor_restless(more, more_beside);
        std::vector<double> x = right;
        ldl.solve(x);
        for (std::size_t i = 0; i < n; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < n; ++j) sum += full[i][j] * x[j];
            EXPECT_NEAR(sum, right[i], 1e-11) << i; // rounding
        }
    }
}

TEST(SparseLdl, adds_resistances_in_series_and_in_parallel)
{
    // Ground - 0 =(2 | 3)= 1 - 2: fed with 5 mL/s at 2.
    SparseLdl ldl{3, {{0, 1}, {0, 1}, {1, 2}}, {}};
    std::vector<double> diagonal(3, 0), beside(ldl.entries(), 0), flow(3, 0);
    auto resistor = [&](int a, int b, double mmhg_s_ml) {
        int const from = ldl.place(a), to = ldl.place(b);
        diagonal[std::size_t(from)] += 1 / mmhg_s_ml;
        diagonal[std::size_t(to)] += 1 / mmhg_s_ml;
        beside[std::size_t(ldl.entry(from, to))] -= 1 / mmhg_s_ml;
    };
    resistor(0, 1, 2);
    resistor(0, 1, 3);
    resistor(1, 2, 7);
    diagonal[std::size_t(ldl.place(0))] += 1 / 0.5;
    flow[std::size_t(ldl.place(2))] = 5;
    ldl.factor_quiet(diagonal, beside);
    ldl.solve(flow);
    EXPECT_NEAR(flow[std::size_t(ldl.place(2))], 5 * (0.5 + 6.0 / 5 + 7), 1e-6);
}

/// Mean pressure before an outlet after many beats of a pulsatile inflow with this mean; SI units of the benchmark.
double outlet_mean_mmhg(double r1, double r2, double c, double mean_ml_s)
{
    constexpr double unit = 1e-6 / 133.322; // Pa s/m^3 -> mmHg s/mL
    Bed bed;
    bed.conductance[0] = 1 / (r1 * unit);
    bed.conductance[1] = 2 / (r2 * unit); // R2 in two halves, with hardly anything between them
    bed.conductance[2] = 2 / (r2 * unit);
    bed.stiffness[0] = 1 / (c * 133.322e6);
    bed.stiffness[1] = 1 / (0.1 * c * 133.322e6);
    bed.pressure[0] = 60;
    constexpr double dt = 0.004, beat = 1;
    double sum = 0;
    for (int step = 0; step < 60 * int(beat / dt); ++step) {
        double const inflow = mean_ml_s * (1 + 2 * std::sin(2 * pi * step * dt / beat));
        double const artery = bed.pressure[0] + inflow / bed.conductance[0];
        bed.advance(dt, artery, 0);
        if (step >= 59 * int(beat / dt)) sum += artery * dt / beat;
    }
    return sum;
}

TEST(Bed, has_the_mean_pressure_of_its_resistances)
{
    // Upper thoracic aorta and common carotid artery of Boileau et al. 2015.
    struct Outlet {
        char const* name;
        double r1, r2, c, ml_s;
    };
    for (Outlet const& outlet : {Outlet{"uta", 1.1752e7, 1.1167e8, 1.0163e-8, 100}, // 6 L/min
                                 Outlet{"cca", 2.4875e8, 1.8697e9, 1.7529e-10, 6.5}}) {
        double const expected = outlet.ml_s * (outlet.r1 + outlet.r2) * 1e-6 / 133.322;
        double const ours = outlet_mean_mmhg(outlet.r1, outlet.r2, outlet.c, outlet.ml_s);
        EXPECT_NEAR(ours / expected, 1, 1e-3) << outlet.name;
        test::measured(std::string{"circulation_rcr_"} + outlet.name, 100 * (ours / expected - 1));
    }
}

using Complex = std::complex<double>;

/// Impedance of a rigid tube over its resistance at a Womersley number: exact, by the series of J0 and J1.
Complex womersley(double alpha)
{
    Complex const x = std::pow(Complex{0, 1}, 1.5) * alpha;
    Complex j0 = 0, j1 = 0, term = 1;
    for (int k = 0; k < 80; ++k) {
        if (k > 0) term *= -x * x / 4.0 / double(k * k);
        j0 += term;
        j1 += term * x / 2.0 / double(k + 1);
    }
    Complex const slip = 1.0 - 2.0 * j1 / (x * j0);
    return Complex{0, alpha * alpha / 8} / slip;
}

TEST(Womersley, resistance_and_inertance_alone_come_this_near)
{
    for (double const alpha : {0.5, 2.5, 8.0, 17.0}) {
        double const radius_mm = alpha / std::sqrt(2 * pi * 70 / 60 * 1.06 / viscosity);
        Complex const exact = womersley(alpha), ours{1, flow_inertia(radius_mm, viscosity) * alpha * alpha / 8};
        double const amplitude = std::abs(ours) / std::abs(exact) - 1;
        double const phase = (std::arg(ours) - std::arg(exact)) * 180 / pi;
        // A resistance that does not grow with the frequency is what is missing: phase, in large vessels.
        EXPECT_LT(std::abs(amplitude), 0.02) << alpha;
        EXPECT_LT(std::abs(phase), 6) << alpha;
        std::string const name = "circulation_womersley_" + std::to_string(int(10 * alpha));
        test::measured(name + "_amplitude", 100 * amplitude);
        test::measured(name + "_phase", phase);
    }
}

} // namespace
} // namespace fluoro
