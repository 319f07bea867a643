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
    double lead_ml = 0; ///< of what the catheter holds without medium, which leaves it first
    /// A catheter that is in use: its tip says where and its bore how; vessel, place and catheter are not given then.
    std::string through{};
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

/// Which wall of a vessel, by the patient's directions; of two that run along the vessel any across it.
enum class BodySide { left, right, anterior, posterior, superior, inferior };
std::string_view name_of(BodySide side);

/// How many holes, tears and narrowings a body may have, each: their numbers are 1 to this.
inline constexpr int body_causes = 64;

/// A hole in a vessel's wall, as a wire's tip makes it: blood leaks into a pocket beside the vessel.
struct PerforateVessel {
    int number = 1; ///< of this hole; the same number again changes its width
    std::string vessel;
    double along = 0.5;   ///< place on it, 0 = where the blood comes from ... 1
    double hole_mm = 0.5; ///< diameter; 0 seals it
    BodySide side = BodySide::anterior;
};
/// A tear between the layers of a vessel's wall, which keeps medium when the blood has lost it.
struct DissectVessel {
    int number = 1; ///< of this tear; the same number again takes its place
    std::string vessel;
    double from = 0.4, to = 0.6; ///< places on it
    double depth_mm = 1;         ///< across the wall; 0: healed
    BodySide side = BodySide::anterior;
};
/// A bubble of air from a catheter's tip lying there.
struct InjectAir {
    std::string vessel;
    double along = 0.5;
    double volume_ml = 0.05;
};
/// The width of a stretch of vessel becomes at most (plaque, spasm, balloon) or at least (stent) so much, bit by bit;
/// neither: as it was. Blood, medium and picture follow. Later numbers act on what earlier ones have left.
struct SetLumen {
    int number = 1; ///< of this cause; the same number again takes its place
    std::string vessel;
    double from = 0.4, to = 0.6;                       ///< places on it
    std::optional<double> at_most_mm{}, at_least_mm{}; ///< diameter; 0 = closed
    double over_s = 0.5;                               ///< 0.1 .. 60
};
/// A catheter's tip touches the wall of a ventricle: so many premature beats in a row.
struct TouchHeart {
    int beats = 1;
};
/// Where the tip of the line lies whose pressure the monitor shows, and how much of the vessel it closes: its curve is
/// damped, and a ventricle's at last. Without a vessel: the aortic root.
struct PlacePressureTip {
    std::string vessel;
    double along = 0.5;
    double blocked = 0; ///< share [0, 1]
};

using BodyOrder = std::variant<Inject, StopInjection, Breathe, SetHeart, TakeMouthful, SwallowNow, TakeGranules,
                               GiveMedicine, GiveOxygen, CauseReaction, PerforateVessel, DissectVessel, InjectAir,
                               SetLumen, TouchHeart, PlacePressureTip>;

/// "quiet", "in-and-hold", "out-and-hold", "deep", "cough", "stop"; "sinus", ...: as logs and scripts write them.
std::string_view name_of(BreathCommand command);
std::string_view name_of(Rhythm rhythm);

} // namespace fluoro
