#include "gut/tube_fluid.hpp"

#include "../../support/measured.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr double frame_s = 1 / 60.0;

TubeCells straight(double length_mm, double radius_mm, double cell_mm = 2.5)
{
    std::vector<Vec3> points;
    for (double z = 0; z <= length_mm; z += 1) points.push_back({0, 0, -z});
    return cut_tube(points, std::vector<double>(points.size(), radius_mm), cell_mm);
}

Portion of_barium(double mm3)
{
    return {mm3, 0, mm3, std::log(60.0) * mm3};
}

/// Everything, films and what left through the ends included.
Portion everything(TubeFluid const& tube)
{
    Portion sum = tube.all();
    sum += tube.inlet.received;
    sum += tube.outlet.received;
    return sum;
}

/// Last place whose cross-section is filled with less than so much, looking from above.
double tail(TubeFluid const& tube, double enough_mm2)
{
    for (int i = 0; i < tube.cells().count(); ++i)
        if (tube.liquid_mm2(i) >= enough_mm2) {
            double const before = i > 0 ? tube.liquid_mm2(i - 1) : 0, here = tube.liquid_mm2(i);
            return tube.cells().centre_mm(i) - 2.5 * (here - enough_mm2) / (here - before);
        }
    return tube.cells().total_mm();
}

void squeeze(TubeFluid& tube, double wave_mm)
{
    for (int i = 0; i < tube.cells().count(); ++i) {
        double const x = (tube.cells().centre_mm(i) - wave_mm) / 25;
        tube.opening()[std::size_t(i)] = 1 - 1.3 * std::exp(-x * x);
    }
}

TEST(TubeCells, keep_length_and_volume)
{
    TubeCells const cells = straight(200, 8);
    EXPECT_NEAR(cells.total_mm(), 200, 1e-9);
    for (double a : cells.open_mm2) EXPECT_NEAR(a, std::numbers::pi * 64, 1e-9);
    EXPECT_EQ(cells.at(-5), 0);
    EXPECT_EQ(cells.at(500), cells.count() - 1);
    EXPECT_EQ(cells.at(101), 40);
}

// Rounding alone: 1e-12 of what is there.
TEST(TubeFluid, loses_nothing_whatever_is_done_to_it)
{
    TubeFluid tube{straight(250, 9), {}};
    tube.outlet.is_open = true;
    for (int i = 10; i < 30; ++i) tube.add(i, of_barium(500));
    tube.add(50, {0, 3000, 0, 0});
    for (int f = 0; f < 600; ++f) {
        double const t = f * frame_s, turn = 0.8 * t;
        squeeze(tube, 60 * std::fmod(t, 5.0) - 40);
        tube.advance(frame_s, {std::sin(turn), 0, -std::cos(turn)});
    }
    Portion const sum = everything(tube);
    EXPECT_NEAR(sum.liquid_mm3, 10000, 1e-8);
    EXPECT_NEAR(sum.gas_mm3, 3000, 1e-8);
    EXPECT_NEAR(sum.solids_mg, 10000, 1e-8);
    EXPECT_GT(tube.outlet.received.liquid_mm3, 1000);
    test::measured("tube_volume_error", std::abs(sum.liquid_mm3 / 10000 - 1));
}

// The tail of what a wave drives goes as fast as the wave. 2 %: the validation's band.
TEST(TubeFluid, the_tail_follows_the_wave)
{
    for (double c : {20.0, 35.0, 60.0}) {
        TubeFluid tube{straight(400, 9), {}};
        for (int i = 20; i < 44; ++i) tube.add(i, of_barium(420));
        double at = -40, from = 0, to = 0, start = 0;
        for (double t = 0; at < 260; t += frame_s) {
            at += c * frame_s;
            squeeze(tube, at);
            tube.advance(frame_s, {0, 1, 0});
            if (at < 80) from = tail(tube, 20), start = t;
            to = (tail(tube, 20) - from) / std::max(frame_s, t - start);
        }
        EXPECT_NEAR(to / c, 1, 0.02) << c;
        if (c == 35) test::measured("tube_tail_speed_ratio", to / c);
    }
}

// Film flow under its own weight, Q = rho g A^2 / (8 pi mu): the front of a thin, long column runs at A rho g / (8 pi
// mu). 10 %: the upwind cells smear the front.
TEST(TubeFluid, thick_liquid_runs_down_as_lubrication_says)
{
    TubeFluid tube{straight(300, 9), {.coat_mm = 0}};
    double const area = 60, viscosity = 2000;
    for (int i = 0; i < 60; ++i) tube.add(i, {area * 2.5, 0, area * 2.5, std::log(viscosity) * area * 2.5});
    auto const front = [&] {
        double moved = 0;
        for (int i = 60; i < tube.cells().count(); ++i) moved += tube.liquid_mm2(i) * 2.5;
        return moved / area;
    };
    for (int f = 0; f < 60; ++f) tube.advance(frame_s, {0, 0, -1});
    double const speed = area * 1.77 * 9.80665 * 1e3 / (8 * std::numbers::pi * viscosity);
    EXPECT_NEAR(front() / speed, 1, 0.1);
    test::measured("tube_lubrication_ratio", front() / speed);
}

TEST(TubeFluid, a_column_stands_on_a_closed_place_until_it_is_heavier)
{
    double const closes_pa = 2000;
    TubeFluid tube{straight(300, 9), {.coat_mm = 0}};
    tube.outlet.is_open = true;
    for (int i = 110; i < tube.cells().count(); ++i) tube.opening()[std::size_t(i)] = -closes_pa / 13300;
    // 1.77 g/mL: 115 mm of it weigh 2000 Pa. Filled from above, 1 mL at a time.
    double column = 0;
    for (int ml = 0; ml < 60 && tube.outlet.received.liquid_mm3 < 1; ++ml) {
        tube.add(60, of_barium(1000));
        for (int f = 0; f < 30; ++f) tube.advance(frame_s, {0, 0, -1});
        if (tube.outlet.received.liquid_mm3 < 1) {
            double top = 0;
            for (int i = tube.cells().count() - 1; i >= 0; --i)
                if (tube.liquid_mm2(i) > 100) top = tube.cells().from_mm[std::size_t(i)];
            column = 275 - top;
        }
    }
    // Half a cell at both ends, and one more millilitre makes 4 mm.
    EXPECT_NEAR(column * 1.77 * 9.80665, closes_pa, 0.06 * closes_pa);
    EXPECT_GT(tube.outlet.received.liquid_mm3, 0);
    test::measured("tube_opening_pressure_ratio", column * 1.77 * 9.80665 / closes_pa);
}

TEST(TubeFluid, gas_rises_through_liquid)
{
    TubeFluid tube{straight(100, 9), {}};
    for (int i = 0; i < 20; ++i) tube.add(i, of_barium(500));
    for (int i = 20; i < 40; ++i) tube.add(i, {0, 500, 0, 0});
    for (int f = 0; f < 360; ++f) tube.advance(frame_s, {0, 0, -1});
    // The liquid stands in the lowest 40 mm, the gas above.
    double gas_below = 0, liquid_above = 0;
    for (int i = 0; i < 22; ++i) liquid_above += tube.all(i, i + 1).liquid_mm3;
    for (int i = 26; i < 40; ++i) gas_below += tube.held(i).gas_mm3;
    EXPECT_LT(gas_below, 0.01 * 10000);
    EXPECT_LT(liquid_above, 0.05 * 10000); // its film
}

TEST(TubeFluid, a_film_stays_and_goes)
{
    TubeFluid tube{straight(100, 9), {}};
    tube.outlet.is_open = true;
    for (int i = 0; i < 10; ++i) tube.add(i, of_barium(500));
    for (double at = -40; at < 160; at += 35 * frame_s) {
        squeeze(tube, at);
        tube.advance(frame_s, {0, 1, 0});
    }
    double const film = tube.film(8).liquid_mm3;
    // 0.03 mm on a wall of 2 pi 9 mm, over 2.5 mm.
    EXPECT_NEAR(film, 0.03 * 2 * std::numbers::pi * 9 * 2.5, 1);
    for (int f = 0; f < 60 * 180; ++f) tube.advance(frame_s, {0, 1, 0});
    EXPECT_LT(tube.film(8).liquid_mm3, 0.5 * film);
}

} // namespace
} // namespace fluoro
