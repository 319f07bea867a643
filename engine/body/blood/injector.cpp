#include <fluoro/body/injector.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <numbers>

namespace fluoro {

namespace {

constexpr double pascal_per_psi = 6894.757;
constexpr double laminar_up_to = 2300, turbulent_from = 4000; // Reynolds numbers of a smooth pipe

/// Darcy's factor: 64 / Re, Blasius' law for smooth pipes, a straight line in the critical zone between them.
double friction(double reynolds)
{
    auto const blasius = [](double re) { return 0.3164 / std::pow(re, 0.25); };
    if (reynolds <= laminar_up_to) return 64 / reynolds;
    if (reynolds >= turbulent_from) return blasius(reynolds);
    return std::lerp(64 / laminar_up_to, blasius(turbulent_from),
                     (reynolds - laminar_up_to) / (turbulent_from - laminar_up_to));
}

/// The rate at which the line takes up all of the pressure [mL/s], if that is below `most`.
double rate_at_limit(InjectionWish const& wish, InjectionLine const& line, double most)
{
    if (line_pressure_psi(wish, line, most) <= wish.pressure_limit_psi) return most;
    double low = 0, high = most;
    for (int i = 0; i < 50; ++i) {
        double const middle = (low + high) / 2;
        (line_pressure_psi(wish, line, middle) <= wish.pressure_limit_psi ? low : high) = middle;
    }
    return low;
}

} // namespace

double line_pressure_psi(InjectionWish const& wish, InjectionLine const& line, double rate_ml_s)
{
    if (rate_ml_s <= 0) return 0;
    double const d = line.inner_diameter_mm * 1e-3, area = std::numbers::pi / 4 * d * d;
    double const speed = rate_ml_s * 1e-6 / area, rho = wish.density_g_ml * 1e3;
    double const reynolds = rho * speed * d / (wish.viscosity_mpa_s * 1e-3);
    return friction(reynolds) * line.length_mm * 1e-3 / d * rho / 2 * speed * speed / pascal_per_psi;
}

void Injector::start(InjectionWish const& wish, InjectionLine const& line)
{
    FLUORO_EXPECT(wish.volume_ml >= 0 && wish.rate_ml_s >= 0 && wish.rise_s >= 0 && wish.pressure_limit_psi > 0);
    FLUORO_EXPECT(wish.viscosity_mpa_s > 0 && wish.density_g_ml > 0);
    FLUORO_EXPECT(line.inner_diameter_mm > 0 && line.length_mm > 0);
    wish_ = wish;
    line_ = line;
    delivered_ml_ = since_start_s_ = pressure_psi_ = 0;
    is_running_ = wish.volume_ml > 0 && wish.rate_ml_s > 0;
}

void Injector::stop()
{
    is_running_ = false;
    pressure_psi_ = 0;
}

double Injector::advance(double dt_s)
{
    FLUORO_EXPECT(dt_s > 0);
    if (!is_running_) return 0;
    // The rate climbs evenly to the wished one; its mean over the step, exactly.
    auto const pushed = [&](double t) {
        double const climb = std::min(t, wish_.rise_s);
        double const climbed = wish_.rise_s > 0 ? climb * climb / (2 * wish_.rise_s) : 0;
        return wish_.rate_ml_s * (climbed + std::max(t - wish_.rise_s, 0.0));
    };
    double const wished = (pushed(since_start_s_ + dt_s) - pushed(since_start_s_)) / dt_s;
    since_start_s_ += dt_s;
    double const rate = rate_at_limit(wish_, line_, wished);
    pressure_psi_ = line_pressure_psi(wish_, line_, rate);
    double const left = wish_.volume_ml - delivered_ml_;
    if (rate * dt_s < left) {
        delivered_ml_ += rate * dt_s;
        return rate;
    }
    delivered_ml_ = wish_.volume_ml;
    stop();
    return left / dt_s;
}

} // namespace fluoro
