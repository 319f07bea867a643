#include <algorithm>
#include <cmath>
#include <fluoro/body/vital_signs.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double room_air = 0.21;
constexpr double dry_air_mmhg = 713; ///< sea level, body temperature, without water vapour
constexpr double oxygen_use_ml_s = 250.0 / 60 * 1.21, co2_made_ml_s = 200.0 / 60 * 1.21; ///< at body conditions
constexpr double resting_lung_ml = 2400; ///< functional residual capacity, supine
constexpr double ml_per_dome_mm = 33;    ///< 500 mL by 15 mm
constexpr double dead_space_ml = 150;
constexpr double venous_saturation = 0.72;
constexpr double lung_blood_s = 8, finger_s = 15;
/// Carbon dioxide is held by blood and tissue as well: they take up nearly all that stays (typical: 5 mmHg/min in
/// apnoea).
constexpr double co2_store_ml = 33600;
constexpr double apnoea_above = 0.72, breath_again_below = 0.6; ///< depression of the breath
constexpr double pain_fades_s = 25;

/// Severinghaus, J Appl Physiol 1979; 46:599.
double saturation(double oxygen_mmhg)
{
    double const p = std::max(oxygen_mmhg, 1.0);
    return 1 / (23400 / (p * p * p + 150 * p) + 1);
}

} // namespace

std::string_view name_of(Reaction reaction)
{
    static constexpr std::array names{"vagal", "mild-allergy", "anaphylaxis"};
    return names[std::size_t(reaction)];
}

Physiology::Physiology(std::uint64_t seed) : seed_{seed}, doses_(medicines().size()) {}

std::string Physiology::give(std::string_view medicine, double mg)
{
    auto const& all = medicines();
    std::string names;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (medicine == all[i].name) {
            doses_[i].waiting += mg / all[i].usual_mg;
            return {};
        }
        names += (names.empty() ? "" : ", ") + std::string{all[i].name};
    }
    return "Medicine: '" + std::string{medicine} + "' is not on the trolley; there are " + names;
}

void Physiology::give_oxygen(double l_min)
{
    inspired_share_ = std::min(0.95, room_air + 0.05 * std::max(0.0, l_min)); // about 4-5 % more for each L/min
}

void Physiology::hurt(double strength)
{
    pain_ = std::min(1.0, std::max(pain_, strength));
    if (strength > 0.7) vagal_ = std::max(vagal_, strength - 0.5);
}

void Physiology::begin(Reaction reaction)
{
    if (reaction == Reaction::vagal) vagal_ = 1;
    if (reaction == Reaction::mild_allergy) allergy_wanted_ = std::max(allergy_wanted_, 0.15);
    if (reaction == Reaction::anaphylaxis) allergy_wanted_ = 1;
}

double Physiology::effect(std::string_view medicine) const
{
    auto const& all = medicines();
    double acting = 0, reversal = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        double const x = doses_[i].acting;
        if (medicine == all[i].name) acting = 2 * x / (1 + x); // twice the usual effect is the most there is
        if (medicine == all[i].reverses) reversal = x / (0.25 + x);
    }
    return acting * (1 - reversal);
}

void Physiology::breathe(double dt_s, BreathMoment const& breath)
{
    double const rise_mm = breath.dome_mm - last_dome_mm_;
    last_dome_mm_ = breath.dome_mm;
    double const lung_ml = resting_lung_ml + ml_per_dome_mm * std::max(breath.dome_mm, -30.0);
    bool const inhales = rise_mm > 1e-4;
    if (inhales) {
        // First what the airways still hold comes back, then fresh gas.
        double const taken = rise_mm * ml_per_dome_mm;
        double const stale = std::min(taken, dead_space_left_ml_);
        dead_space_left_ml_ -= stale;
        double const fresh = taken - stale;
        oxygen_mmhg_ += fresh / lung_ml * (inspired_share_ * dry_air_mmhg - oxygen_mmhg_);
        co2_mmhg_ += fresh / co2_store_ml * (0 - co2_mmhg_);
        if (!was_inhaling_) {
            double const length_s = time_s_ - breath_began_s_;
            // A ripple of a held breath is none.
            if (length_s > 1) {
                signs_.breaths_per_min += 0.3 * (60 / length_s - signs_.breaths_per_min);
                breath_began_s_ = time_s_;
            }
        }
    } else if (rise_mm < -1e-4) {
        dead_space_left_ml_ = std::min(dead_space_ml, dead_space_left_ml_ - rise_mm * ml_per_dome_mm);
    }
    was_inhaling_ = inhales;
    if (time_s_ - breath_began_s_ > 15) signs_.breaths_per_min = 60 / (time_s_ - breath_began_s_);
    oxygen_mmhg_ = std::max(10.0, oxygen_mmhg_ - oxygen_use_ml_s * dt_s / lung_ml * dry_air_mmhg);
    co2_mmhg_ += co2_made_ml_s * dt_s / co2_store_ml * dry_air_mmhg;
    signs_.end_tidal_co2_mmhg = co2_mmhg_ - 2;

    double const arterial = (1 - shunt_) * saturation(oxygen_mmhg_) + shunt_ * venous_saturation;
    blood_saturation_ += dt_s / lung_blood_s * (arterial - blood_saturation_);
    signs_.spo2 += dt_s / finger_s * (blood_saturation_ - signs_.spo2);
}

void Physiology::watch_beats(HeartMoment const& heart, double dt_s, double aortic_mmhg)
{
    since_beat_s_ += dt_s;
    bool const is_read = aorta_.advance(dt_s, heart.beat, aortic_mmhg);
    if (is_read) {
        signs_.aorta = aorta_.last();
        double const rate = aorta_.is_standing() ? 0 : 60 * double(heart.beat - beat_) / since_beat_s_;
        signs_.heart_rate_per_min += 0.25 * (rate - signs_.heart_rate_per_min);
    }
    if (heart.beat != beat_) since_beat_s_ = 0;
    beat_ = heart.beat;
}

/// What all that acts on the patient comes to.
void Physiology::weigh(double dt_s)
{
    auto const& all = medicines();
    double rate = 0, resistance = 1, coronary = 1, depression = 0, sedation = 0, analgesia = 0, gut = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        Medicine const& m = all[i];
        Dose& dose = doses_[i];
        double const comes = dose.waiting * (1 - std::exp(-dt_s / m.onset_s));
        dose.waiting -= comes;
        dose.acting = (dose.acting + comes) * std::exp2(-dt_s / m.half_life_s);
        if (dose.acting < 1e-6) continue;
        double const effect = this->effect(m.name);
        rate += effect * m.rate_per_min;
        resistance += effect * m.resistance;
        coronary += effect * m.coronary;
        depression += effect * m.breath;
        sedation += effect * m.sedation;
        analgesia += effect * m.analgesia;
        gut += effect * m.gut_rest;
    }
    // Opioid and sedative together press the breath more than each: half of their product on top.
    depression += 2 * effect("midazolam") * effect("fentanyl") * 0.1;

    pain_ *= std::exp(-dt_s / pain_fades_s);
    double const felt_pain = pain_ * (1 - std::min(0.9, analgesia + 0.3 * sedation));
    vagal_ *= std::exp(-dt_s / 90 * (1 + 6 * effect("atropine")));
    double const adrenaline = effect("adrenaline");
    allergy_wanted_ *= std::exp(-dt_s / 900 * (1 + 20 * adrenaline + 2 * effect("antihistamine")));
    allergy_ += dt_s / 40 * (allergy_wanted_ * (1 - 0.8 * std::min(1.0, adrenaline)) - allergy_);
    shunt_ = 0.02 + 0.25 * allergy_;

    rate += 25 * felt_pain - 32 * vagal_ * (1 - std::min(0.9, effect("atropine"))) + 45 * allergy_;
    resistance += 0.2 * felt_pain - 0.32 * vagal_ - 0.45 * allergy_;
    sedation = std::clamp(sedation, 0.0, 1.0);
    depression = std::clamp(depression * (1 - 0.4 * felt_pain), 0.0, 1.0);

    drive_.rate_per_min = rate;
    drive_.resistance = std::clamp(resistance, 0.3, 2.0);
    drive_.coronary_dilation = coronary;
    drive_.breath_rate = (1 - 0.5 * depression) * (1 + 0.6 * felt_pain + 0.8 * allergy_);
    drive_.breath_depth = 1 - 0.5 * depression;
    drive_.endurance = (1 - 0.5 * sedation) * (1 - 0.5 * felt_pain);
    if (depression > apnoea_above) drive_.is_apnoea = true;
    if (depression < breath_again_below) drive_.is_apnoea = false;
    drive_.gut_rest = std::min(1.0, gut);
    // A restless patient: slow swaying that never quite repeats.
    double const sway = 5 * felt_pain * (1 - sedation);
    double const phase = 2 * std::numbers::pi * time_s_ + double(seed_ % 97);
    drive_.shift_mm = sway * Vec3{std::sin(0.31 * phase) + 0.5 * std::sin(0.83 * phase), 0.3 * std::sin(0.47 * phase),
                                  0.6 * std::sin(0.23 * phase) + 0.3 * std::sin(0.71 * phase)};
    signs_.sedation = sedation;
    signs_.pain = felt_pain;
}

void Physiology::advance(double dt_s, HeartMoment const& heart, BreathMoment const& breath, double aortic_mmhg)
{
    time_s_ += dt_s;
    breathe(dt_s, breath);
    watch_beats(heart, dt_s, aortic_mmhg);
    weigh(dt_s);
}

} // namespace fluoro
