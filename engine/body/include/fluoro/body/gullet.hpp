#pragma once
#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

/// Something to drink or eat.
struct Preparation {
    double g_baso4_per_100ml = 100; ///< % weight / volume
    double viscosity_mpa_s = 60;    ///< at 50 1/s
    double density_g_ml() const { return 1 + 0.0077 * g_baso4_per_100ml; }
};

/// How the muscles of the swallow behave. Defaults: healthy, lying.
struct SwallowSettings {
    double wave_mm_s = 35;         ///< speed of the primary wave in the middle of the oesophagus
    double wave_strength = 1;      ///< 1 closes the lumen; 0 = no wave (failed peristalsis)
    double upper_opening_mm = 9;   ///< of the upper sphincter, front to back
    double lower_opening_mm = 15;  ///< of the lower sphincter when it lets go
    bool lower_relaxes = true;     ///< false: achalasia
    double tertiary_share = 0;     ///< of swallows followed by tertiary contractions
    double epiglottis_delay_s = 0; ///< late closure: aspiration
    double reflux_per_min = 0;     ///< gastric content let up
    double antral_per_min = 3;     ///< waves of the stomach's lower half
    double antral_mm_s = 2.5;      ///< their speed half way to the pylorus
    double antral_strength = 1;    ///< 1: all but close the antrum; 0 = none
    std::uint64_t seed = 1;
};

/// The muscles' part in the picture, for BodyPose.
struct SwallowPose {
    double hyoid_forward_mm = 0, hyoid_up_mm = 0, epiglottis = 0;
};

/// Mouth to duodenum with what has been swallowed: liquid and gas driven by waves, sphincters and gravity through a
/// tube that opens for them, pooling in pouches and stomach with level surfaces, coating the walls. Volumes are
/// conserved. docs/theory/gullet.md
class Gullet {
public:
    Gullet(Patient const& patient, SwallowSettings const& settings);
    ~Gullet();
    Gullet(Gullet&&) noexcept;
    Gullet& operator=(Gullet&&) noexcept;

    void change(SwallowSettings const& settings);
    /// Takes a mouthful [mL] and holds it.
    void take(double ml, Preparation const& preparation);
    /// Effervescent granules: gas freed in the stomach over some seconds [mL at body conditions].
    void take_granules(double gas_ml);
    /// Swallows what is in the mouth; a new swallow inhibits a wave still in the upper part.
    void swallow();

    /// dt_s (0 .. 1/60 s). `down`: unit vector of gravity in patient space: (0,1,0) supine, (0,0,-1) upright.
    void advance(double dt_s, Vec3 const& down);

    SwallowPose pose() const;
    /// Barium, gas, and juice where the CT has air: each as often as it displaces something else; empty ones left out.
    std::vector<Content> contents() const;

    // Bookkeeping [mL]: swallowed = in oesophagus + in stomach + aspirated + left.
    double swallowed_ml() const;
    double in_mouth_ml() const;      ///< and in the throat
    double in_oesophagus_ml() const; ///< barium between the sphincters
    double in_stomach_ml() const;    ///< barium
    double gas_ml() const;           ///< everywhere
    double aspirated_ml() const;     ///< in the airways
    double left_ml() const;          ///< gone on through the duodenum, and what stuck to the walls
    /// Where the tail of the newest bolus is, from the upper sphincter [mm]; negative: not there yet.
    double tail_mm() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
