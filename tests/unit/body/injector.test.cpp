#include "../../support/measured.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/body/injector.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using test::measured;

struct Push {
    double delivered_ml = 0, longest_s = 0, most_ml_s = 0, most_psi = 0;
};

Push pushed(InjectionWish const& wish, InjectionLine const& line = {})
{
    Injector injector;
    injector.start(wish, line);
    Push push;
    for (int i = 0; i < 60 * 60 && injector.is_running(); ++i) {
        double const rate = injector.advance(1.0 / 60);
        push.delivered_ml += rate / 60;
        push.most_ml_s = std::max(push.most_ml_s, rate);
        push.most_psi = std::max(push.most_psi, injector.pressure_psi());
        push.longest_s += 1.0 / 60;
    }
    EXPECT_FALSE(injector.is_running());
    EXPECT_DOUBLE_EQ(injector.delivered_ml(), wish.volume_ml);
    return push;
}

TEST(Injector, a_5F_catheter_takes_163_psi_for_5_ml_per_second)
{
    // 128 mu L Q / (pi d^4) = 1.1239 MPa with the defaults' 1.2 mm, 1.1 m and 10.4 mPa s.
    double const psi = line_pressure_psi({}, {}, 5);
    measured("injector_5f_psi", psi);
    EXPECT_NEAR(psi, 163.01, 0.01);
    EXPECT_NEAR(line_pressure_psi({}, {}, 2.5), psi / 2, 1e-9); // laminar: in proportion
}

TEST(Injector, turbulence_costs_more_than_in_proportion_and_nothing_jumps)
{
    // Thin blood-like fluid: Re 2300 at 4 rho Q / (pi mu d) = 2300.
    InjectionWish wish;
    wish.viscosity_mpa_s = 1;
    wish.density_g_ml = 1;
    double last = 0;
    for (double rate = 0.01; rate < 12; rate += 0.01) {
        double const psi = line_pressure_psi(wish, {}, rate);
        EXPECT_GT(psi, last);
        // 0.01 mL/s is at most 1/216 of the rate at the transition; friction times speed squared grows by less than
        // its fifth power there.
        if (rate > 1) {
            EXPECT_LT(psi, last * 1.06) << rate;
        }
        last = psi;
    }
    // Blasius: pressure goes with the rate to 1.75.
    double const at_8 = line_pressure_psi(wish, {}, 8), at_4 = line_pressure_psi(wish, {}, 4);
    EXPECT_NEAR(at_8 / at_4, std::pow(2, 1.75), 1e-9);
    // 0.3164 Re^-0.25 L / d rho v^2 / 2 at 8 mL/s, d = 1.2 mm, L = 1.1 m: Re 8488, v 7.074 m/s.
    EXPECT_NEAR(at_8, 0.3164 / std::pow(8488.26, 0.25) * 1.1 / 0.0012 * 500 * 7.07355 * 7.07355 / 6894.757, 0.01);
}

TEST(Injector, climbs_to_its_rate_and_stops_at_its_volume)
{
    InjectionWish wish;
    wish.volume_ml = 8;
    wish.rate_ml_s = 4;
    wish.rise_s = 0.5;
    Push const push = pushed(wish);
    EXPECT_NEAR(push.delivered_ml, 8, 1e-12);
    EXPECT_NEAR(push.most_ml_s, 4, 1e-12);
    EXPECT_NEAR(push.longest_s, 8.0 / 4 + 0.5 / 2, 1.0 / 60); // the rise costs half its time
    Injector injector;
    injector.start(wish, {});
    EXPECT_NEAR(injector.advance(0.25), 1, 1e-12); // mean of 0 to 2
    EXPECT_NEAR(injector.advance(0.25), 3, 1e-12);
    EXPECT_NEAR(injector.advance(0.25), 4, 1e-12);
    injector.stop();
    EXPECT_EQ(injector.advance(0.25), 0);
    EXPECT_NEAR(injector.delivered_ml(), 2, 1e-12);
}

TEST(Injector, never_goes_above_the_pressure_limit)
{
    InjectionWish wish;
    wish.volume_ml = 20;
    wish.rate_ml_s = 15;
    wish.pressure_limit_psi = 300;
    Push const push = pushed(wish);
    EXPECT_LE(push.most_psi, 300);
    EXPECT_GT(push.most_psi, 299.99);
    // Laminar (Re 1300): 300 / 163.01 x 5 mL/s.
    EXPECT_NEAR(push.most_ml_s, 300 / 163.01 * 5, 0.01);
    EXPECT_NEAR(push.delivered_ml, 20, 1e-9);
}

TEST(Injector, a_hand_pushes_less_through_a_thin_catheter)
{
    InjectionWish wish;
    wish.rate_ml_s = 6;
    wish.pressure_limit_psi = 150;
    InjectionLine thin;
    thin.inner_diameter_mm = 1.0; // 4 F
    double const wide_ml_s = pushed(wish).most_ml_s, thin_ml_s = pushed(wish, thin).most_ml_s;
    measured("injector_hand_5f_ml_s", wide_ml_s);
    measured("injector_hand_4f_ml_s", thin_ml_s);
    EXPECT_NEAR(thin_ml_s / wide_ml_s, 1 / std::pow(1.2, 4), 1e-6);
}

} // namespace
} // namespace fluoro
