#include <algorithm>
#include <cmath>
#include <fluoro/body/vital_signs.hpp>
#include <numbers>

namespace fluoro {
namespace {

double bell(double t, double middle, double width)
{
    double const u = (t - middle) / width;
    return std::exp(-0.5 * u * u);
}

/// QRS and T of one beat [mV], t seconds from its R wave; `qt_s` by Bazett from the interval before.
double ventricles(double t, double qt_s, bool is_wide)
{
    if (is_wide) // from a ventricle: broad, tall, the T wave the other way
        return 1.6 * bell(t, 0.02, 0.045) - 0.35 * bell(t, 0.13, 0.04) - 0.45 * bell(t, 0.8 * qt_s, 0.06);
    return -0.12 * bell(t, -0.026, 0.009) + 1.15 * bell(t, 0, 0.011) - 0.22 * bell(t, 0.028, 0.011) +
           0.28 * bell(t, 0.72 * qt_s, 0.17 * qt_s);
}

} // namespace

double ecg_mv(HeartMoment const& heart)
{
    double const turn = 2 * std::numbers::pi * heart.time_s;
    switch (heart.rhythm) {
    case Rhythm::asystole:
        return 0.02 * std::sin(0.3 * turn);
    case Rhythm::ventricular_fibrillation: // three frequencies that never meet again
        return 0.35 * std::sin(5.1 * turn) * std::sin(0.37 * turn) + 0.3 * std::sin(6.7 * turn + 1) +
               0.2 * std::sin(3.9 * turn + 2) * std::cos(0.61 * turn);
    default:
        break;
    }
    bool const is_wide = heart.is_premature || heart.rhythm == Rhythm::ventricular_tachycardia;
    double const qt_s = 0.39 * std::sqrt(std::clamp(heart.rr_s, 0.3, 1.5));
    double const t = heart.since_r_s, to_next = heart.rr_s - t;
    double mv = ventricles(t, qt_s, is_wide) + ventricles(-to_next, qt_s, false);
    if (heart.rhythm == Rhythm::sinus) mv += 0.13 * bell(-to_next, -0.16, 0.022);
    if (heart.rhythm == Rhythm::atrial_fibrillation)
        mv += 0.04 * std::sin(6.3 * turn) + 0.03 * std::sin(7.9 * turn + 1);
    return mv;
}

} // namespace fluoro
