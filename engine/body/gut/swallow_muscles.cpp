#include "swallow_muscles.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>

namespace fluoro {

namespace {

constexpr double behind_lips_mm = 15;  ///< where the tongue's wave begins
constexpr double mouth_s = 0.5;        ///< of the wave from there to the fauces
constexpr double throat_s = 0.55;      ///< from the fauces to the upper sphincter
constexpr double throat_reserve = 1;   ///< of stiff_pa, with which the throat closes beyond touching
constexpr double gullet_reserve = 0.3; ///< and a full wave of the gullet
constexpr double ring_width_mm = 8, rings_last_s = 3.5;
constexpr double inhibition_s = 0.3; ///< in which a wave dies away when the next swallow begins
constexpr double hyoid_forward_mm = 12, hyoid_up_mm = 13;

double smooth(double t)
{
    t = std::clamp(t, 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

/// Moves `value` towards `wanted` at most so fast.
void approach(double& value, double wanted, double step)
{
    value += std::clamp(wanted - value, -step, step);
}

double bell(double off_mm, double width_mm)
{
    double const x = off_mm / width_mm;
    return x * x > 20 ? 0 : std::exp(-x * x);
}

} // namespace

SwallowMuscles::SwallowMuscles(SwallowWay const& way, SwallowSettings const& settings) : way_{way}, settings_{settings}
{
}

double SwallowMuscles::wave_mm_s(double from_upper_mm) const
{
    // Humphries and Castell 1977, by distance above the lower sphincter; 35 mm/s stands for their means.
    struct Point {
        double above_mm, mm_s;
    };
    constexpr std::array<Point, 4> profile{{{25, 21.5}, {75, 49.8}, {125, 32.9}, {250, 29.2}}};
    double const above = way_.gullet_mm() - from_upper_mm;
    double speed = profile.back().mm_s;
    if (above <= profile[0].above_mm) speed = profile[0].mm_s;
    for (std::size_t i = 1; i < profile.size(); ++i) {
        auto const& [a, va] = profile[i - 1];
        auto const& [b, vb] = profile[i];
        if (above > a && above <= b) speed = std::lerp(va, vb, (above - a) / (b - a));
    }
    return speed * settings_.wave_mm_s / 35;
}

double SwallowMuscles::speed(double at_mm) const
{
    if (at_mm < way_.fauces_mm) return (way_.fauces_mm + behind_lips_mm) / mouth_s;
    if (at_mm < way_.upper_mm) return (way_.upper_mm - way_.fauces_mm) / throat_s;
    return wave_mm_s(at_mm - way_.upper_mm);
}

double SwallowMuscles::width(double at_mm) const
{
    return std::lerp(14.0, 25.0, smooth((at_mm - way_.upper_mm) / 40));
}

double SwallowMuscles::strength(double at_mm) const
{
    if (at_mm < way_.upper_mm) return 1 + throat_reserve;
    return settings_.lower_relaxes ? (1 + gullet_reserve) * settings_.wave_strength : 0; // achalasia has no wave
}

SwallowMuscles::Wave const* SwallowMuscles::in_throat() const
{
    for (Wave const& w : waves_)
        if (w.is_there && w.has_throat && w.at_mm < way_.upper_mm) return &w;
    return nullptr;
}

bool SwallowMuscles::is_busy() const
{
    return in_throat() != nullptr;
}

bool SwallowMuscles::has_wave() const
{
    return std::ranges::any_of(waves_, [](Wave const& w) { return w.is_there; });
}

void SwallowMuscles::start(Wave const& wave)
{
    auto free = std::ranges::find_if(waves_, [](Wave const& w) { return !w.is_there; });
    if (free == waves_.end()) free = std::ranges::max_element(waves_, {}, &Wave::since_s);
    *free = wave;
}

void SwallowMuscles::swallow(double ml)
{
    if (is_busy()) {
        pending_ml_ = ml;
        return;
    }
    for (Wave& w : waves_)
        if (w.is_there && w.at_mm < way_.upper_mm + way_.gullet_mm() / 2) w.is_fading = true;
    ++swallows_;
    RandomSequence chance{settings_.seed, RandomStream::body, std::uint32_t(swallows_), 0x6775};
    Wave wave{true, false, true, false, -behind_lips_mm, 1, 0, 0};
    wave.is_tertiary = chance.next_uniform() < settings_.tertiary_share;
    // Longer for more (typical, 0.3 to 0.6 s).
    wave.open_s = std::clamp(0.4 + 0.01 * ml, 0.3, 0.6);
    start(wave);
}

void SwallowMuscles::clear_gullet()
{
    start({true, false, false, false, way_.upper_mm + 0.1 * way_.gullet_mm(), 1, 0, 0});
}

void SwallowMuscles::let_up()
{
    constexpr double transient_s = 8; // 5 to 30 s (typical)
    let_up_s_ = transient_s;
}

void SwallowMuscles::start_rings()
{
    rings_s_ = 0;
    RandomSequence chance{settings_.seed, RandomStream::body, std::uint32_t(swallows_), 0x7269};
    double const first = way_.upper_mm + 0.4 * way_.gullet_mm(),
                 apart = 0.54 * way_.gullet_mm() / double(ring_mm_.size());
    for (std::size_t i = 0; i < ring_mm_.size(); ++i) {
        ring_mm_[i] = first + apart * (double(i) + 0.3 + 0.4 * chance.next_uniform());
        ring_start_s_[i] = 0.8 * chance.next_uniform();
    }
}

void SwallowMuscles::advance(double dt_s)
{
    if (pending_ml_ >= 0 && !is_busy()) {
        swallow(pending_ml_);
        pending_ml_ = -1;
    }
    bool lower_open = false;
    for (Wave& w : waves_) {
        if (!w.is_there) continue;
        w.since_s += dt_s;
        w.at_mm += dt_s * speed(w.at_mm);
        if (w.is_tertiary && w.at_mm > way_.upper_mm + 0.4 * way_.gullet_mm()) {
            w.is_tertiary = false;
            w.is_fading = true;
            start_rings();
        }
        if (w.is_fading) approach(w.share, 0, dt_s / inhibition_s);
        // From about a second after the beginning until the wave has come down.
        if (w.since_s > (w.has_throat ? 1.0 : 0.3) && w.at_mm < way_.cardia_mm - 8) lower_open = true;
        if (w.share <= 0 || w.at_mm > way_.cardia_mm + 3 * width(way_.cardia_mm)) w.is_there = false;
    }
    let_up_s_ = std::max(0.0, let_up_s_ - dt_s);
    lower_open = settings_.lower_relaxes && (lower_open || let_up_s_ > 0);
    approach(lower_, lower_open ? 1 : 0, dt_s / 0.7);
    if (rings_s_ >= 0) rings_s_ += dt_s;
    if (rings_s_ > rings_last_s + 1) rings_s_ = -1;

    Wave const* const w = in_throat();
    bool const upper_open = w && (way_.upper_mm - w->at_mm) <= w->open_s * speed(way_.fauces_mm) &&
                            w->at_mm >= way_.fauces_mm - 0.25 * speed(0);
    approach(upper_, upper_open ? 1 : 0, dt_s / 0.06);
    approach(gate_, w && w->at_mm > 0.35 * way_.fauces_mm && w->at_mm < way_.fauces_mm + 20 ? 1 : 0, dt_s / 0.05);
    bool const shut = w && w->since_s > settings_.epiglottis_delay_s;
    approach(epiglottis_, shut ? 1 : 0, dt_s / (shut ? 0.2 : 0.3));
    approach(hyoid_, w && w->since_s > 0.15 ? 1 : 0, dt_s / 0.35);
}

void SwallowMuscles::set_opening(TubeCells const& cells, std::span<double> opening) const
{
    double const upper_rest = -upper_pa / stiff_pa, lower_rest = -lower_pa / stiff_pa;
    for (int i = 0; i < cells.count(); ++i) {
        double const s = cells.centre_mm(i);
        double theta = 1;
        for (Wave const& w : waves_)
            if (w.is_there)
                theta = std::min(theta, 1 - strength(w.at_mm) * w.share * bell(s - w.at_mm, width(w.at_mm)));
        if (rings_s_ >= 0)
            for (std::size_t k = 0; k < ring_mm_.size(); ++k) {
                double const phase = (rings_s_ - ring_start_s_[k]) / (rings_last_s - 0.8);
                if (phase <= 0 || phase >= 1) continue;
                double const squeeze = std::sin(std::numbers::pi * phase);
                theta = std::min(theta, 1 - 0.9 * squeeze * squeeze * bell(s - ring_mm_[k], ring_width_mm));
            }
        if (std::abs(s - way_.fauces_mm) < upper_length_mm / 2) theta = std::min(theta, std::lerp(-0.5, 1.0, gate_));
        if (std::abs(s - way_.upper_mm) < upper_length_mm / 2)
            theta = std::min(theta, std::lerp(upper_rest, 1.0, upper_));
        if (s > way_.cardia_mm - lower_length_mm) theta = std::min(theta, std::lerp(lower_rest, 1.0, lower_));
        opening[std::size_t(i)] = theta;
    }
}

SwallowPose SwallowMuscles::pose() const
{
    double const high = smooth(hyoid_);
    return {hyoid_forward_mm * high, hyoid_up_mm * high, smooth(epiglottis_)};
}

double SwallowMuscles::airway_opening() const
{
    return std::max(0.0, 1 - 2 * smooth(epiglottis_));
}

} // namespace fluoro
