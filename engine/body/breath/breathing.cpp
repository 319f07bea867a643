#include <algorithm>
#include <cmath>
#include <fluoro/body/breathing.hpp>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {

namespace {

constexpr std::uint32_t breath_item = 0x627265; // of the random numbers

// Lujan 1999: dome = depth sin^2n(pi phase) with n = 2: long at the end of expiration, short at that of inspiration.
constexpr double lujan_power = 4;
// The chest's pressure against the dome's way and speed: 500 mL and 15 mm a breath, 200 mL/cmH2O of lung compliance, 2
// cmH2O s/L of resistance (typical of adults).
constexpr double pressure_per_mm = 0.12, pressure_per_mm_s = 0.05;
constexpr double mean_of_breath = 3.0 / 8; // of sin^4
// Told to breathe out, people stop a little beyond quiet expiration.
constexpr double beyond_share = 0.3;
constexpr double most_debt = 0.6; // the first breath after a full hold is deeper by this share

// A cough: breath in, pressure behind the closed glottis, blast; typical 100 mmHg, up to 200.
constexpr double cough_in_mm = 18, cough_in_s = 0.7, cough_press_s = 0.2, cough_blast_s = 0.25, cough_rest_s = 0.9;
constexpr double cough_low_mm = -8, cough_pressure_mmhg = 100;

double smooth(double t)
{
    t = std::clamp(t, 0.0, 1.0);
    return t * t * t * (10 + t * (6 * t - 15));
}

} // namespace

Breathing::Breathing(BreathingSettings const& settings)
{
    change(settings);
    draw_breath();
    find_pressure();
}

void Breathing::change(BreathingSettings const& settings)
{
    settings_ = settings;
    settings_.rate_per_min = std::clamp(settings.rate_per_min, 2.0, 60.0);
    settings_.delay_s = std::max(settings.delay_s, 0.0);
    settings_.endurance_s = std::max(settings.endurance_s, 0.5);
    settings_.variability = std::clamp(settings.variability, 0.0, 0.3);
}

void Breathing::draw_breath()
{
    RandomSequence random{settings_.seed, RandomStream::body, breaths_++, breath_item};
    auto const varied = [&] { return 1 + settings_.variability * std::clamp(random.next_normal(), -2.5, 2.5); };
    length_s_ = 60 / settings_.rate_per_min * varied() / (1 + 0.3 * debt_);
    depth_mm_ = settings_.quiet_dome_mm * varied() * (1 + debt_);
    debt_ *= 0.6;
}

void Breathing::command(BreathCommand command)
{
    if (command == BreathCommand::stop) { // nobody is asked
        wait_s_ = -1;
        begin(command);
        return;
    }
    // Who does not breathe hears nothing; that he breathes again is not his doing either.
    bool const is_apnoea = doing_ == BreathCommand::stop;
    if (is_apnoea && command != BreathCommand::quiet) return;
    wanted_ = command;
    wait_s_ = is_apnoea ? 0 : settings_.delay_s;
}

void Breathing::move_to(double dome_mm, double seconds)
{
    from_mm_ = now_.dome_mm;
    from_mm_s_ = now_.dome_mm_s;
    to_mm_ = dome_mm;
    moving_s_ = seconds;
    state_ = State::moving;
    state_s_ = 0;
}

void Breathing::begin(BreathCommand command)
{
    // In at a deep breath's speed, out by the elastic recoil: slower over a longer way, never at once.
    auto const time_to = [&](double dome_mm) {
        double const way = std::abs(dome_mm - now_.dome_mm) / std::max(settings_.deep_dome_mm, 1.0);
        return 0.7 + 1.3 * way;
    };
    if (command == BreathCommand::quiet && state_ == State::quiet) return;
    doing_ = command;
    stage_ = 0;
    switch (command) {
    case BreathCommand::quiet:
    case BreathCommand::stop:
        move_to(0, time_to(0));
        break;
    case BreathCommand::breathe_in_and_hold:
    case BreathCommand::deep:
        move_to(settings_.deep_dome_mm, time_to(settings_.deep_dome_mm));
        break;
    case BreathCommand::breathe_out_and_hold: {
        double const low = -beyond_share * settings_.quiet_dome_mm;
        move_to(low, time_to(low));
        break;
    }
    case BreathCommand::cough:
        move_to(cough_in_mm, cough_in_s);
        break;
    }
}

/// What follows when a way has ended.
void Breathing::go_on()
{
    now_.dome_mm = to_mm_;
    now_.dome_mm_s = 0;
    state_s_ = 0;
    switch (doing_) {
    case BreathCommand::quiet:
        state_ = State::quiet;
        phase_ = 0;
        draw_breath();
        break;
    case BreathCommand::stop:
        state_ = State::stopped;
        break;
    case BreathCommand::breathe_in_and_hold:
    case BreathCommand::breathe_out_and_hold:
        state_ = State::held;
        break;
    case BreathCommand::deep:
        begin(BreathCommand::quiet);
        break;
    case BreathCommand::cough:
        if (++stage_ == 1) {
            state_ = State::coughing;
            moving_s_ = cough_press_s;
        } else if (stage_ == 2) {
            move_to(cough_low_mm, cough_blast_s);
        } else {
            doing_ = BreathCommand::quiet;
            move_to(0, cough_rest_s);
        }
        break;
    }
}

void Breathing::find_pressure()
{
    double const mean_mm = mean_of_breath * settings_.quiet_dome_mm;
    now_.lung_pressure_mmhg =
        -pressure_per_mm * (now_.dome_mm - mean_mm) - pressure_per_mm_s * std::clamp(now_.dome_mm_s, -60.0, 60.0);
    if (doing_ != BreathCommand::cough) return;
    // Built up behind the glottis, let off with the blast.
    double share = 0;
    if (stage_ == 1) share = smooth(state_s_ / cough_press_s);
    if (stage_ == 2) share = 1 - smooth(state_s_ / cough_blast_s);
    now_.lung_pressure_mmhg += share * cough_pressure_mmhg;
}

BreathMoment const& Breathing::advance(double dt_s)
{
    if (wait_s_ >= 0 && (wait_s_ -= dt_s) <= 0) {
        wait_s_ = -1;
        if (state_ == State::held) debt_ = most_debt * std::min(state_s_ / settings_.endurance_s, 1.0);
        begin(wanted_);
    }
    state_s_ += dt_s;
    switch (state_) {
    case State::quiet: {
        phase_ += dt_s / length_s_;
        if (phase_ >= 1) {
            double const over_s = (phase_ - 1) * length_s_;
            draw_breath();
            phase_ = std::min(over_s / length_s_, 0.99);
        }
        double const angle = std::numbers::pi * phase_, s = std::sin(angle);
        now_.dome_mm = depth_mm_ * std::pow(s, lujan_power);
        now_.dome_mm_s =
            depth_mm_ * lujan_power * std::pow(s, lujan_power - 1) * std::cos(angle) * std::numbers::pi / length_s_;
        break;
    }
    case State::moving: {
        if (arrived()) {
            go_on();
            break;
        }
        // Quintic: begins with the speed at hand and without acceleration, ends at rest.
        double const t = state_s_ / moving_s_, way = to_mm_ - from_mm_, v = from_mm_s_ * moving_s_;
        double const a = 10 * way - 6 * v, b = -15 * way + 8 * v, c = 6 * way - 3 * v;
        now_.dome_mm = from_mm_ + t * (v + t * t * (a + t * (b + t * c)));
        now_.dome_mm_s = (v + t * t * (3 * a + t * (4 * b + t * 5 * c))) / moving_s_;
        break;
    }
    case State::held:
        if (state_s_ >= settings_.endurance_s) {
            debt_ = most_debt;
            begin(BreathCommand::quiet);
        }
        break;
    case State::coughing:
        if (arrived()) go_on();
        break;
    case State::stopped:
        break;
    }
    now_.is_held = state_ == State::held;
    now_.is_apnoea = doing_ == BreathCommand::stop;
    now_.is_even = state_ == State::quiet || state_ == State::held || state_ == State::stopped;
    find_pressure();
    return now_;
}

} // namespace fluoro
