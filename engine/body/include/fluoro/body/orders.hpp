#pragma once
#include <fluoro/body/breathing.hpp>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/body/vital_signs.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace fluoro {

// What a person asks of the patient's body, or does to it. Logged with the commands to the room.

/// Contrast medium into a vessel, by a power injector or by hand.
struct Inject {
    std::string vessel; ///< edge of the vessel graph where the catheter's tip lies, "left-main"
    double along = 0.5; ///< place on it, 0 = where the blood comes from ... 1
    double volume_ml = 8, rate_ml_s = 4;
    double iodine_mg_ml = 350;
    double rise_s = 0.2;
    double pressure_psi = 1200; ///< limit at the syringe; a hand manages about 150
    double catheter_inner_mm = 1.2, catheter_length_mm = 1100;
};
struct StopInjection {};
struct Breathe {
    BreathCommand how = BreathCommand::quiet;
};
/// Rhythm and rate from the next beat on; what is not named stays.
struct SetHeart {
    std::optional<Rhythm> rhythm;
    std::optional<double> rate_per_min, ectopic_share;
};
/// A mouthful of barium suspension, held in the mouth until it is swallowed.
struct TakeMouthful {
    double volume_ml = 15;
    double barium_g_100ml = 100;
    double viscosity_mpa_s = 60; ///< at 50 1/s
};
struct SwallowNow {};
/// Effervescent granules, by the gas that they free in the stomach.
struct TakeGranules {
    double gas_ml = 350;
};

struct GiveMedicine {
    std::string name; ///< of medicines()
    double mg = 1;
};
/// By mask or nasal line; 0 = room air.
struct GiveOxygen {
    double l_min = 0;
};
/// Something goes wrong with the patient as a whole.
struct CauseReaction {
    Reaction reaction = Reaction::vagal;
};

using BodyOrder = std::variant<Inject, StopInjection, Breathe, SetHeart, TakeMouthful, SwallowNow, TakeGranules,
                               GiveMedicine, GiveOxygen, CauseReaction>;

/// "quiet", "in-and-hold", "out-and-hold", "deep", "cough", "stop"; "sinus", ...: as logs and scripts write them.
std::string_view name_of(BreathCommand command);
std::string_view name_of(Rhythm rhythm);

} // namespace fluoro
