#pragma once
#include <cstdint>

namespace fluoro {

/// What the heart's electrical system does.
enum class Rhythm { sinus, atrial_fibrillation, ventricular_tachycardia, ventricular_fibrillation, asystole };

struct HeartbeatSettings {
    Rhythm rhythm = Rhythm::sinus;
    double rate_per_min = 70;  ///< mean of the ventricles; 20 .. 250
    double variability = 0.02; ///< standard deviation of the RR interval in sinus rhythm, share
    double ectopic_share = 0;  ///< of the beats that are premature ventricular ones [0, 0.5]
    std::uint64_t seed = 1;
};

/// The heart at one moment.
struct HeartMoment {
    double time_s = 0;
    std::int64_t beat = 0; ///< R waves so far
    double since_r_s = 0;  ///< since the last R wave
    double rr_s = 0.857;   ///< from the last R wave to the next
    /// Place in the beat [0, 1): 0 = R wave, systole up to heart_cycle_systole whatever the rate, then diastole, whose
    /// length takes up the rest. What a picture of the beating heart is kept under.
    double cycle = 0;
    double ventricle = 0, atrium = 0; ///< activation of their muscle [0, 1], for a time-varying elastance
    bool is_premature = false;        ///< this beat began in a ventricle, before its time
    /// This beat and the one before followed at even intervals (within 5 %), so that `cycle` alone says where the
    /// heart stands.
    bool is_regular = true;
};
inline constexpr double heart_cycle_systole = 0.4;

/// The heart's clock: when the chambers are told to contract. The same settings and steps give the same beats.
class Heartbeat {
public:
    explicit Heartbeat(HeartbeatSettings const& settings);
    /// From the next beat on (fibrillation and asystole at once).
    void change(HeartbeatSettings const& settings);
    /// A premature ventricular beat now, as a catheter's tip provokes.
    void provoke();
    /// dt_s > 0, at most 0.05.
    HeartMoment const& advance(double dt_s);
    HeartMoment const& now() const { return now_; }
    HeartbeatSettings const& settings() const { return settings_; }

private:
    bool is_beating() const;
    void begin_beat(bool premature);
    void activate();

    HeartbeatSettings settings_;
    HeartMoment now_;
    double last_rr_s_ = 0.857;
    double systole_s_ = 0.36; ///< of this beat, R wave to the end of ejection
    double kick_s_ = 0;       ///< from the P wave to this beat's R wave; 0: no atrial contraction went before
    double next_kick_s_ = 0;  ///< the same of the beat to come
    double carry_ = 0;        ///< activation left over from the beat before
    bool next_premature_ = false, provoked_ = false;
};

} // namespace fluoro
