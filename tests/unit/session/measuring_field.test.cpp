#include <cmath>
#include <fluoro/physics/energy_bins.hpp>
#include <fluoro/room/exposure_control.hpp>
#include <fluoro/session/measuring_field.hpp>
#include <functional>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

constexpr int side = 64;

/// A detector of 220 mm; positions from its middle [mm].
Signal picture(std::function<double(double x, double y)> const& kev_mm2)
{
    Signal signal;
    signal.primary = Image<float>{side, side};
    signal.pixel_pitch_mm = 220.0 / side;
    signal.exposed = {0, 0, side, side};
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column)
            signal.primary.at(column, row) =
                float(kev_mm2((column + 0.5) * signal.pixel_pitch_mm - 110, (row + 0.5) * signal.pixel_pitch_mm - 110));
    return signal;
}

Signal signal_of(float primary, float scatter)
{
    Signal signal;
    signal.primary = Image<float>{16, 12, primary};
    signal.scatter = Image<float>{16, 12, scatter};
    signal.pixel_pitch_mm = 1;
    signal.exposed = {0, 0, 16, 12};
    return signal;
}

TEST(MeasuringField, reads_primary_and_scatter)
{
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal_of(300, 50)), 350);
    Signal without = signal_of(300, 0);
    without.scatter = {};
    EXPECT_DOUBLE_EQ(measuring_field_mean(without), 300);
}

TEST(MeasuringField, a_saturated_pixel_reads_no_more_than_the_detector_can)
{
    Signal signal = signal_of(100, 0);
    for (float& value : signal.primary.values) value = 1e6f;
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal, 0.5, 4000), 4000);
}

TEST(MeasuringField, is_a_disc_of_half_the_shorter_side_in_the_middle)
{
    Signal signal = signal_of(100, 0);
    int inside = 0;
    for (int row = 0; row < 12; ++row)
        for (int column = 0; column < 16; ++column)
            if (std::hypot(column + 0.5 - 8, row + 0.5 - 6) > 3)
                signal.primary.at(column, row) = 1e6f; // the rest does not count, whatever it holds
            else
                ++inside;
    EXPECT_EQ(inside, 32); // pi 3^2 = 28.3, counted in pixels
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal), 100);
    signal.primary.at(8, 6) = 100 + 32 * 50;
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal), 150);
    signal.primary.at(8, 8) = 1e6f; // just inside
    EXPECT_GT(measuring_field_mean(signal), 1000);
}

TEST(MeasuringField, does_not_move_with_the_blades)
{
    Signal signal = signal_of(100, 0);
    signal.exposed = {0, 0, 4, 4};
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal), 100);
}

TEST(MeasuringField, has_a_pixel_even_where_the_disc_is_smaller)
{
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal_of(100, 0), 0.01), 100);
}

TEST(MeasuringField, divides_by_the_open_beam_like_the_flat_field)
{
    Signal signal = signal_of(0, 0);
    signal.open_beam = Image<float>{16, 12};
    for (int row = 0; row < 12; ++row)
        for (int column = 0; column < 16; ++column) {
            signal.open_beam.at(column, row) = 0.5f + 0.05f * float(row);
            signal.primary.at(column, row) = 200 * signal.open_beam.at(column, row);
        }
    EXPECT_NEAR(measuring_field_mean(signal), 200, 1e-4); // floats
}

// From here on the whole loop: 20 cm of water over a detector of 220 mm, something else in a part of the picture.

using Share = std::function<double(double x, double y)>; ///< of the signal behind the water

struct Ended {
    Technique technique;
    double behind_water = 0; ///< signal behind the plain water over the target
    double reading = 0;      ///< over the target
};

Ended expose(Share const& share_at)
{
    static ExposureControl const cold{find_room_kind("c-arm-suite")};
    ExposureControl control = cold;
    RoomState state;
    state.pedal = Pedal::fluoroscopy;
    state.pulse_rate = 15;
    state.field_mm = 220;
    double const target = control.target_absorbed_kev_mm2(state);
    std::vector<Layer> const water{{find_material("water"), 20}};
    Ended ended;
    for (int pulse = 0; pulse < 20; ++pulse) {
        ended.technique = control.next(state, pulse);
        double const behind =
            absorbed_energy_1kev_sum(filtered_spectrum(ended.technique.quality), Scintillator::csi_600um, water) *
            ended.technique.current_time().value();
        double const reading = measuring_field_mean(
            picture([&](double x, double y) { return behind * share_at(x, y); }), 0.5, 10 * target);
        control.measured(state, pulse, reading, ended.technique);
        ended.behind_water = behind / target;
        ended.reading = reading / target;
    }
    return ended;
}

// What is dark in a share a of the field leaves 1 - a of the reading, so the rest gets 1 / (1 - a); 10 % for the
// filter's half step and the pixels' edges.

TEST(MeasuringField, plain_water_gets_the_target)
{
    EXPECT_NEAR(expose([](double, double) { return 1; }).behind_water, 1, 0.03);
}

TEST(MeasuringField, metal_in_the_middle_raises_the_dose_by_the_share_that_it_covers)
{
    // A strip of 20 mm, all dark, across a disc of 110 mm: 0.23 of its area.
    auto const strip = [](double x, double) { return std::abs(x) < 10 ? 0.0 : 1.0; };
    EXPECT_NEAR(expose(strip).behind_water, 1 / (1 - 0.23), 0.1);
    auto const aside = [](double x, double) { return std::abs(x - 85) < 10 ? 0.0 : 1.0; };
    EXPECT_NEAR(expose(aside).behind_water, 1, 0.03); // outside the field nothing happens
}

TEST(MeasuringField, a_guide_wire_hardly_counts)
{
    auto const wire = [](double x, double) {
        return std::abs(x) < 1.8 ? 0.6 : 1.0;
    }; // one column of pixels on each side
    double const raised = expose(wire).behind_water;
    EXPECT_LT(raised, 1.05);
}

TEST(MeasuringField, blades_that_reach_into_it_raise_the_dose)
{
    auto const slot = [](double x, double y) { return std::abs(x) < 27.5 && std::abs(y) < 110 ? 1.0 : 0.0; };
    // Half of the diameter open: 0.61 of the disc.
    EXPECT_NEAR(expose(slot).behind_water, 1 / 0.61, 0.17);
    auto const wide = [](double x, double) { return std::abs(x) < 60 ? 1.0 : 0.0; };
    EXPECT_NEAR(expose(wide).behind_water, 1, 0.03); // outside the field: no matter
}

TEST(MeasuringField, contrast_medium_in_it_raises_the_dose)
{
    auto const vessel = [](double x, double) { return std::abs(x) < 20 ? 0.4 : 1.0; };
    double const covered = 0.45; // of the disc, 40 of 110 mm
    EXPECT_NEAR(expose(vessel).behind_water, 1 / (1 - 0.6 * covered), 0.14);
}

// A quarter of the field in direct beam, far beyond saturation at ten times the target.
TEST(MeasuringField, direct_beam_in_it_lowers_the_dose)
{
    auto const edge = [](double x, double) { return x > 22 ? 100.0 : 1.0; };
    Ended const ended = expose(edge);
    EXPECT_LT(ended.behind_water, 0.45);
    EXPECT_GT(ended.behind_water, 0.01);
    EXPECT_NEAR(ended.reading, 1, 0.1);
}

TEST(MeasuringField, closed_blades_drive_the_dose_to_the_legal_limit_and_no_further)
{
    Ended const ended = expose([](double, double) { return 0; });
    RoomState state;
    state.pulse_rate = 15;
    EXPECT_NEAR(limited_kerma_rate_mGy_min(find_room_kind("c-arm-suite"), state, ended.technique), 88, 0.88);
}

} // namespace
} // namespace fluoro
