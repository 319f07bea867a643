#pragma once
#include <array>
#include <cstdint>
#include <fluoro/body/breathing.hpp>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/core/geometry.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fluoro {

/// What a medicine does at its usual dose, and when. Every figure is typical and may be changed.
struct Medicine {
    char const* name;                     ///< "midazolam"
    double usual_mg;                      ///< at which the effects below are reached
    double onset_s;                       ///< time constant of coming
    double half_life_s;                   ///< of going, at the place of effect
    double rate_per_min;                  ///< added to the heart's rate
    double resistance;                    ///< share added to that of the body's vessels
    double coronary;                      ///< share added to flow through the heart's microvessels
    double breath;                        ///< depression of the breath [0, 1]
    double sedation, analgesia, gut_rest; ///< [0, 1]
    char const* reverses;                 ///< another medicine whose effect it takes away; empty = none
};
std::vector<Medicine> const& medicines();

/// Something that goes wrong with the patient as a whole.
enum class Reaction { vagal, mild_allergy, anaphylaxis };
std::string_view name_of(Reaction reaction);

/// What the other parts of the body are told by the patient's state.
struct BodyDrive {
    double rate_per_min = 0; ///< added to the heart's
    double resistance = 1;   ///< of the body's vessels over rest
    double coronary_dilation = 1;
    double breath_rate = 1, breath_depth = 1; ///< over rest
    double endurance = 1;                     ///< of a breath hold
    bool is_apnoea = false;
    double gut_rest = 0; ///< [0, 1]: peristalsis stands still at 1
    Vec3 shift_mm{0};    ///< the patient does not lie still
    friend bool operator==(BodyDrive const&, BodyDrive const&) = default;
};

/// A pressure as it is read: of the last beat, or of the last 3 s where no heart beats.
struct PressureReading {
    double systolic_mmhg = 120, diastolic_mmhg = 75, mean_mmhg = 93;
};

/// Reads a pressure curve beat by beat.
class BeatReader {
public:
    /// Takes in `dt_s` of the curve, in beat number `beat`; true where a reading has been taken.
    bool advance(double dt_s, std::int64_t beat, double mmhg);
    PressureReading const& last() const { return last_; }
    bool is_standing() const { return is_standing_; } ///< the last one was taken for want of a beat
private:
    PressureReading last_;
    std::int64_t beat_ = 0;
    double highest_mmhg_ = 0, lowest_mmhg_ = 1e9, sum_mmhg_s_ = 0, since_s_ = 0;
    bool has_seen_beat_ = false, is_standing_ = false;
};

/// What a monitor shows, besides its curves.
struct VitalSigns {
    double heart_rate_per_min = 70; ///< mean of the last beats
    PressureReading aorta;          ///< at its root
    double spo2 = 0.98;             ///< share, as a finger shows it
    double end_tidal_co2_mmhg = 38;
    double breaths_per_min = 14;
    double sedation = 0, pain = 0; ///< [0, 1]: what a nurse would write down
};

/// How the patient as a whole fares: oxygen and carbon dioxide in lungs and blood, medicines, pain, sedation,
/// reactions. docs/theory/vital-signs.md
class Physiology {
public:
    explicit Physiology(std::uint64_t seed = 1);

    /// Why not; empty = given. Names are those of medicines().
    std::string give(std::string_view medicine, double mg);
    /// By mask or nasal line; 0 = room air, 15 = close to all oxygen.
    void give_oxygen(double l_min);
    /// A painful thing, 0 .. 1 (1 = as bad as can be); fades over half a minute.
    void hurt(double strength);
    void begin(Reaction reaction);

    /// One step of dt_s (up to 0.05 s) with what heart and lungs have done in it.
    void advance(double dt_s, HeartMoment const& heart, BreathMoment const& breath, double aortic_mmhg);
    BodyDrive const& drive() const { return drive_; }
    VitalSigns const& signs() const { return signs_; }
    /// Share of its usual effect that a medicine has now.
    double effect(std::string_view medicine) const;

private:
    void breathe(double dt_s, BreathMoment const& breath);
    void watch_beats(HeartMoment const& heart, double dt_s, double aortic_mmhg);
    void weigh(double dt_s);

    struct Dose {
        double waiting = 0, acting = 0; ///< over the usual one
    };
    std::uint64_t seed_;
    std::vector<Dose> doses_;
    BodyDrive drive_;
    VitalSigns signs_;
    double time_s_ = 0;
    // gas
    double inspired_share_ = 0.21, oxygen_mmhg_ = 100, co2_mmhg_ = 40, blood_saturation_ = 0.975;
    double dead_space_left_ml_ = 150, shunt_ = 0, last_dome_mm_ = 0, breath_began_s_ = -4, lowest_dome_mm_ = 0;
    bool was_inhaling_ = false;
    // beats
    std::int64_t beat_ = 0;
    double since_beat_s_ = 0;
    BeatReader aorta_;
    // pain and reactions
    double pain_ = 0, vagal_ = 0, allergy_ = 0, allergy_wanted_ = 0;
};

/// Lead II of the ECG [mV] at this moment of the heart.
double ecg_mv(HeartMoment const& heart);

/// A catheter full of fluid between a vessel and its transducer: rings when free, sags when damped, and shows a
/// ventricle's curve when its tip closes an ostium.
class PressureLine {
public:
    double natural_hz = 18, damping = 0.35; ///< of catheter and transducer (typical)
    /// `blocked`: share of the ostium that the tip closes [0, 1]; `ventricle_mmhg`: what is felt behind it.
    double advance(double dt_s, double vessel_mmhg, double blocked = 0, double ventricle_mmhg = 0);

private:
    double shown_ = 0, speed_ = 0;
    bool is_filled_ = false;
};

} // namespace fluoro
