// One photon budget: the milliampere-seconds that make the dose make the noise of the same pulses.
#include "small_session.hpp"
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

/// Pulses behind the ramp, of one press with this technique.
std::vector<Pulse> steady_pulses(Session& session, double current_ma, int count, std::vector<Command> before = {})
{
    before.push_back(by_hand(current_ma));
    before.push_back(press);
    Tick const ramp = 3, distance = 16;
    Course course =
        play(session, distance * (ramp + count) + 1, {{0, before}, {distance * (ramp + count) - 1, {release}}});
    course.pulses.erase(course.pulses.begin(), course.pulses.begin() + ramp);
    return course.pulses;
}

// Exact but for rounding.
TEST(Dose, kerma_and_kap_are_proportional_to_mas)
{
    Session session{small_settings()};
    Pulse const one = steady_pulses(session, 50, 1)[0], four = steady_pulses(session, 200, 1)[0];
    EXPECT_DOUBLE_EQ(one.technique.current_time().value(), 0.05);
    EXPECT_DOUBLE_EQ(four.technique.current_time().value(), 0.2);
    EXPECT_NEAR(four.dose.reference_air_kerma.value() / one.dose.reference_air_kerma.value(), 4, 1e-9);
    EXPECT_NEAR(four.dose.kerma_area.value() / one.dose.kerma_area.value(), 4, 1e-9);
}

// KAP falls off with the square of the distance toward the edge of the field: 100 x 100 mm at 1 m differ from the axis
// by (50^2 + 50^2)/3 mm2 / (1000 mm)^2 = 0.17 % on average, less when the field gets smaller. Blade edges are ideal for
// dose.
TEST(Dose, kerma_ignores_the_blades_and_kap_follows_them)
{
    Session session{small_settings()};
    auto const with = [&](double left, double right, double top, double bottom) {
        return steady_pulses(session, 50, 1, {MoveBlades{left, right, top, bottom}})[0];
    };
    Pulse const open = with(-50, 50, -50, 50), half = with(-50, 0, -50, 50), small = with(-20, 20, 10, 35);
    EXPECT_DOUBLE_EQ(open.field_cm2, 100);
    EXPECT_DOUBLE_EQ(half.field_cm2, 50);
    EXPECT_DOUBLE_EQ(small.field_cm2, 10);
    // The small field lies on the anode's side, where the heel leaves 2 % less.
    for (Pulse const* pulse : {&half, &small}) {
        EXPECT_EQ(pulse->dose.reference_air_kerma, open.dose.reference_air_kerma);
        EXPECT_NEAR(pulse->dose.kerma_area.value() / open.dose.kerma_area.value(), pulse->field_cm2 / open.field_cm2,
                    0.025 * pulse->field_cm2 / open.field_cm2);
    }
    // The field shrinks to (600/1000)^2 of its area at the reference point, 600 mm from the source of a detector at 1
    // m. Distance and heel take 0.5 % of the whole.
    double const kap = open.dose.reference_air_kerma.value() * 1e-3 * 100 * 0.36;
    EXPECT_NEAR(open.dose.kerma_area.value() / kap, 1, 0.006);
}

/// Relative noise of one frame in the middle of the picture, from differences of neighbours in time: anatomy and
/// scatter veil cancel.
double relative_noise(std::vector<Pulse> const& pulses)
{
    double squares = 0, sum = 0;
    int count = 0;
    for (std::size_t i = 0; i + 1 < pulses.size(); i += 2)
        for (int y = 40; y < 88; ++y)
            for (int x = 48; x < 80; ++x, ++count) {
                double const a = pulses[i].raw.digital_numbers.at(x, y), b = pulses[i + 1].raw.digital_numbers.at(x, y);
                squares += (a - b) * (a - b) / 2;
                sum += (a + b) / 2;
            }
    return std::sqrt(squares / count) / (sum / count);
}

// 8 pairs of 48 x 32 pixels are 12,288 readings: a standard deviation is known to 1/sqrt(2 x 12,288) = 0.64 %, a bit
// worse as blur ties neighbours together (0.9 %), their ratio to 1.3 %. Allowed: four of them. At 2.3 mm pixels the
// electronics add 75 keV to a quantum noise of thousands of keV per pixel and scatter carries its own quanta, so both
// scale alike.
TEST(Noise, scales_with_one_over_the_root_of_the_mas)
{
    Session session{small_settings()};
    std::vector<Command> const field{MoveBlades{-140, 140, -140, 140}};
    auto const one = steady_pulses(session, 20, 16, field), four = steady_pulses(session, 80, 16, field);
    ASSERT_EQ(one.size(), 16u);
    ASSERT_EQ(four.size(), 16u);
    for (auto const* pulses : {&one, &four})
        for (Pulse const& pulse : *pulses)
            ASSERT_LT(mean_of_middle(pulse.raw.digital_numbers, pulse.raw.exposed), 40'000); // not saturated
    EXPECT_NEAR(relative_noise(four) / relative_noise(one), 0.5, 0.5 * 4 * 0.013);
    // The mean follows the mas: 12,288 readings of a few per cent of noise give it to far better than this.
    EXPECT_NEAR(mean_of_middle(four[0].raw.digital_numbers, four[0].raw.exposed) /
                    mean_of_middle(one[0].raw.digital_numbers, one[0].raw.exposed),
                4, 0.02);
}

} // namespace
} // namespace fluoro
