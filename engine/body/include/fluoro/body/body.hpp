#pragma once
#include <array>
#include <cstdint>
#include <fluoro/body/circulation.hpp>
#include <fluoro/body/content.hpp>
#include <fluoro/body/gullet.hpp>
#include <fluoro/body/orders.hpp>
#include <fluoro/body/organ_motion.hpp>
#include <fluoro/body/vital_signs.hpp>
#include <fluoro/core/clock.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

struct BodySettings {
    HeartbeatSettings heart;
    BreathingSettings breath;
    CirculationSettings circulation;
    SwallowSettings swallow;
    /// Of the motion; its reference breath is estimated from the patient's dome where it is not given.
    OrganMotionSettings motion;
    std::optional<double> reference_dome_mm;
    std::uint64_t seed = 1;       ///< of all its chances; takes the place of the parts' own
    double fill_spacing_mm = 1.5; ///< of the places that contrast medium is drawn in, where vessels are wide
};

/// The last five seconds of a monitor's curves, a sample each tick: sample n stands at n modulo `samples`.
struct MonitorCurves {
    static constexpr int samples = 5 * ticks_per_second;
    std::array<float, samples> ecg_mv{};        ///< lead II
    std::array<float, samples> pressure_mmhg{}; ///< at the catheter's tip, as its fluid shows it
    std::array<float, samples> dome_mm{};       ///< of the breath: + = in
    std::int64_t taken = 0;                     ///< so far
};

/// What a monitor shows of the body after a tick.
struct BodyStatus {
    HeartMoment heart;
    BreathMoment breath;
    VitalSigns signs;
    double aortic_mmhg = 0; ///< pressure in the aortic root at this moment
    double left_ventricle_ml = 0;
    double injected_ml = 0; ///< of contrast medium since the session began
    bool is_injecting = false;
    double injection_ml = 0;  ///< that the last injection has pushed into its catheter so far
    double leaked_ml = 0;     ///< blood and medium beside torn vessels
    double air_ml = 0;        ///< in bubbles
    double tip_blocked = 0;   ///< share of its vessel that the pressure line's tip closes
    double injection_psi = 0; ///< at the syringe
    double swallowed_ml = 0, in_mouth_ml = 0;
    BreathCommand breath_asked = BreathCommand::quiet; ///< what the patient was told and is doing, or about to do
    double breath_pause_s = 0;                         ///< for how long no breath has moved: held, or apnoea
    double oxygen_l_min = 0;
    bool has_pressure = false; ///< the patient has an aorta whose pressure is known
    PressureReading line;      ///< as the pressure line shows it, which may ring or be damped
    std::string line_in;       ///< the vessel its tip lies in; empty: the aortic root
    bool has_gullet = false;
    MonitorCurves curves;
};

/// One patient, alive: the heart beats, the chest breathes, blood carries contrast medium, a swallow runs down the
/// gullet. Parts that a patient's CT has no graph or landmarks for are left out. The same settings and orders at the
/// same ticks give the same body, bit by bit, on any number of threads.
class Body {
public:
    /// Throws Error for settings out of range.
    Body(std::shared_ptr<Patient const> patient, BodySettings const& settings);
    ~Body();

    /// Why it cannot be done; empty = done.
    std::string order(BodyOrder const& order);
    /// One tick. `down`: direction of gravity in patient space, a unit vector.
    void advance(Vec3 const& down);

    BodyStatus const& status() const;
    BodyPose const& pose() const;
    OrganMotion const& motion() const;
    /// Where all tissue stands now; null for a patient whose tissue cannot move.
    std::shared_ptr<Displacement const> displacement() const;
    /// What its hollow places hold now, at rest positions; empty ones left out.
    std::vector<Content> contents() const;
    /// Of everything that decides what comes next.
    std::uint64_t state_hash() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Where a patient's tissue stands at a place of an even heartbeat, [0, 1) with 0 the R wave, and with the diaphragm's
/// right dome `dome_mm` into a held breath, 0 = the end of a quiet one out: for still pictures.
Displacement displacement_at(Patient const& patient, double heart, double dome_mm);

} // namespace fluoro
