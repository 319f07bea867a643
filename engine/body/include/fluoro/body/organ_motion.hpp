#pragma once
#include <array>
#include <fluoro/body/circulation.hpp>
#include <fluoro/body/displacement.hpp>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>

namespace fluoro {

/// Everything that decides where tissue stands. Zero and ones: as in the CT.
struct BodyPose {
    /// Caudal way of the right dome of the diaphragm from the end of quiet expiration [mm]: about 15 at the end of a
    /// quiet breath in, 30-60 of a deep one; negative beyond quiet expiration.
    double dome_mm = 0;
    double dome_mm_s = 0; ///< its speed, for the hysteresis
    /// Volume of each cavity over its volume at end-diastole, by Chamber.
    std::array<double, chamber_count> chamber_share{1, 1, 1, 1};
    /// Share of its twist that the left ventricle has given back ahead of filling, as its muscle relaxes [0, 1].
    double untwist = 0;
    double pulse = 0; ///< pressure in the aorta over its diastolic, 0 .. about 1: its wall gives
    /// Swallowing: way of the hyoid [mm], tilt of the epiglottis [0 upright, 1 over the larynx].
    double hyoid_forward_mm = 0, hyoid_up_mm = 0, epiglottis = 0;
    /// The whole body on the table: shift [mm].
    Vec3 shift_mm{0};
    std::optional<Displacement::Cycle> cycle; ///< handed on to the displacement
};

/// Share of the twist given back while the muscle relaxes and before the ventricle fills: about half (typical of tagged
/// MRI: 40 to 50 %).
double untwist_of(HeartMoment const& heart);

struct OrganMotionSettings {
    double reference_dome_mm = 0;    ///< breath that the CT was taken in
    double heart_dome_factor = 0.26; ///< caudal way of the heart over the dome's (Keegan 2002)
    double lattice_mm = 8;           ///< of the modes and of displacement()
};

/// How the organs of one patient move: smooth modes made from his landmarks, labels and centre lines, on the lattice
/// that pictures get. Works on built-in and fitted patients; what has no landmark or no label stays still.
/// docs/theory/organ-motion.md
class OrganMotion {
public:
    explicit OrganMotion(Patient const& patient, OrganMotionSettings const& settings = {});
    ~OrganMotion();
    OrganMotion(OrganMotion&&) noexcept;
    OrganMotion& operator=(OrganMotion&&) noexcept;

    /// A point at rest -> where it is in this pose.
    Vec3 moved(Vec3 const& rest, BodyPose const& pose) const;
    /// And back: moved(rest_of(x)) = x within 0.05 mm.
    Vec3 rest_of(Vec3 const& moved, BodyPose const& pose) const;
    /// Both ways on a lattice over all that moves; empty where nothing does. A few milliseconds on one core.
    Displacement displacement(BodyPose const& pose) const;

private:
    friend class LocalMotion;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
