#include <algorithm>
#include <cmath>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
constexpr std::uint32_t heartbeat_item = 0x4845; // apart from the other users of RandomStream::body
constexpr double refractory_s = 0.25;            // ventricular muscle; typical 0.2-0.3
constexpr double q_to_r_s = 0.04;                // half of a narrow QRS complex
constexpr double coupling = 0.62;                // of a premature beat, share of the sinus interval; typical 0.5-0.7
constexpr double fibrillation_spread = 0.22;     // SD / mean of RR in atrial fibrillation; typical 0.2-0.25
constexpr double wide_strength = 0.8;            // of a beat that begins in a ventricle; paced: dP/dt down by 10-30 %
constexpr double atrial_rate_per_min = 80;       // of the sinus node behind a ventricular tachycardia

/// From the R wave to the end of ejection after a beat of this length: QS2 of Weissler et al. 1968 (men) less the way
/// from Q to R; above 140 beats a minute, beyond their rates, the share that it has there.
double systole_after(double rr_s)
{
    constexpr double fast = 140;
    double const rate = std::min(60 / rr_s, fast);
    return (0.546 - 0.0021 * rate - q_to_r_s) * std::min(1.0, rr_s * fast / 60);
}

/// Double Hill curve of Stergiopulos et al. 1996, with the exponents of Mynard et al. 2012, in time of the systole's
/// end; its peak is 1.
double ventricle_activation(double share_of_systole)
{
    if (share_of_systole <= 0 || share_of_systole > 2.2) return 0;
    constexpr double relax = 1.08, rise = relax * 0.269 / 0.452, peak = 0.6094957;
    double const up = std::pow(share_of_systole / rise, 1.32);
    return up / (1 + up) / (1 + std::pow(share_of_systole / relax, 27.4)) / peak;
}

/// Raised cosine (Korakianitis & Shi 2006).
double atrium_activation(double share)
{
    return share > 0 && share < 1 ? 0.5 - 0.5 * std::cos(2 * pi * share) : 0;
}
constexpr double kick_share = 0.7; // of the atrial contraction that lies before the R wave

double kick_before(double rr_s)
{
    return std::min(0.13, 0.16 * rr_s);
}

} // namespace

Heartbeat::Heartbeat(HeartbeatSettings const& settings)
{
    change(settings);
    last_rr_s_ = 60 / settings_.rate_per_min;
    // Time zero lies just before the first R wave.
    now_.rr_s = last_rr_s_;
    now_.since_r_s = last_rr_s_;
    now_.cycle = std::nextafter(1.0, 0.0);
    systole_s_ = systole_after(last_rr_s_);
}

void Heartbeat::change(HeartbeatSettings const& settings)
{
    settings_ = settings;
    settings_.rate_per_min = std::clamp(settings.rate_per_min, 20.0, 250.0);
    settings_.variability = std::clamp(settings.variability, 0.0, 0.2);
    settings_.ectopic_share = std::clamp(settings.ectopic_share, 0.0, 0.5);
}

void Heartbeat::provoke()
{
    provoked_ = is_beating();
}

bool Heartbeat::is_beating() const
{
    return settings_.rhythm != Rhythm::ventricular_fibrillation && settings_.rhythm != Rhythm::asystole;
}

void Heartbeat::begin_beat(bool premature)
{
    double const mean = 60 / settings_.rate_per_min;
    last_rr_s_ = now_.rr_s;
    now_.is_premature = premature;
    ++now_.beat;
    kick_s_ = premature ? 0 : next_kick_s_;
    next_premature_ = false;
    next_kick_s_ = 0;

    RandomSequence random{settings_.seed, RandomStream::body, std::uint32_t(now_.beat), heartbeat_item};
    double const normal = std::clamp(random.next_normal(), -3.0, 3.0);
    switch (settings_.rhythm) {
    case Rhythm::sinus: {
        // A premature beat makes up one pair of two sinus intervals with its pause: the mean rate stays.
        double const sinus = mean * (1 + settings_.variability * normal);
        if (premature) {
            now_.rr_s = std::max(2 * mean - last_rr_s_, mean);
        } else {
            // Never two in a row: q of the other beats are followed by one, share = q / (1 + q).
            next_premature_ = random.next_uniform() < settings_.ectopic_share / (1 - settings_.ectopic_share);
            now_.rr_s = next_premature_ ? std::max(coupling * sinus, refractory_s) : sinus;
        }
        if (!next_premature_) next_kick_s_ = kick_before(now_.rr_s);
        break;
    }
    case Rhythm::atrial_fibrillation:
        // No shorter than the atrioventricular node lets through.
        now_.rr_s = std::max(mean * (1 + fibrillation_spread * normal), std::min(0.3, 0.7 * mean));
        break;
    default:
        now_.rr_s = mean * (1 + 0.005 * normal);
        break;
    }
    systole_s_ = std::min(systole_after(last_rr_s_), 0.75 * now_.rr_s);
    bool const even = std::abs(now_.rr_s - last_rr_s_) <= 0.05 * last_rr_s_;
    now_.is_regular = even && !premature && settings_.rhythm != Rhythm::atrial_fibrillation;
}

HeartMoment const& Heartbeat::advance(double dt_s)
{
    now_.rhythm = settings_.rhythm;
    now_.time_s += dt_s;
    now_.since_r_s += dt_s;
    if (is_beating()) {
        bool const provoked = provoked_ && now_.since_r_s >= refractory_s;
        if (provoked || now_.since_r_s >= now_.rr_s) {
            // After a standstill the first beat comes at once.
            double const late = now_.since_r_s - now_.rr_s;
            if (provoked) {
                now_.rr_s = now_.since_r_s;
                provoked_ = false;
            }
            carry_ = now_.ventricle;
            bool const premature = provoked || (next_premature_ && settings_.rhythm == Rhythm::sinus);
            begin_beat(premature);
            now_.since_r_s = late >= 0 && late < dt_s ? late : 0;
        }
    } else {
        now_.is_regular = false;
        provoked_ = next_premature_ = false;
        next_kick_s_ = 0;
    }
    double const s = now_.since_r_s, rest = std::max(now_.rr_s - systole_s_, 1e-3);
    now_.cycle = s < systole_s_
                     ? heart_cycle_systole * s / systole_s_
                     : heart_cycle_systole + (1 - heart_cycle_systole) * std::min((s - systole_s_) / rest, 1.0);
    now_.cycle = std::min(now_.cycle, std::nextafter(1.0, 0.0));
    activate();
    return now_;
}

void Heartbeat::activate()
{
    double const s = now_.since_r_s;
    if (settings_.rhythm == Rhythm::ventricular_fibrillation) {
        // Fibres out of step, 4-7 a second: hardly any force together.
        double const t = 2 * pi * now_.time_s;
        now_.ventricle = 0.05 + 0.02 * (std::sin(5.3 * t) + 0.5 * std::sin(6.7 * t + 1));
        now_.atrium = 0;
        return;
    }
    // A beat that begins in a ventricle spreads slowly: its fibres pull one after another.
    bool const is_wide = now_.is_premature || settings_.rhythm == Rhythm::ventricular_tachycardia;
    // What is left of the beat before fades as muscle relaxes (time constant about 35 ms).
    now_.ventricle =
        std::max((is_wide ? wide_strength : 1) * ventricle_activation(s / systole_s_), carry_ * std::exp(-s / 0.035));
    double atrium = 0;
    if (settings_.rhythm == Rhythm::ventricular_tachycardia) {
        // The atria follow their own node.
        double const length = 60 / atrial_rate_per_min;
        atrium = atrium_activation(std::fmod(now_.time_s, length) * kick_share / kick_before(length));
    } else if (settings_.rhythm != Rhythm::atrial_fibrillation) {
        if (kick_s_ > 0) atrium = atrium_activation(kick_share * (1 + s / kick_s_));
        double const before = now_.rr_s - s;
        if (next_kick_s_ > 0 && before < next_kick_s_ && before >= 0)
            atrium = std::max(atrium, atrium_activation(kick_share * (1 - before / next_kick_s_)));
    }
    now_.atrium = atrium;
}

} // namespace fluoro
