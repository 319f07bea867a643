#pragma once
#include "breath_map.hpp"
#include "inner_map.hpp"

#include <fluoro/body/organ_motion.hpp>

namespace fluoro {

namespace motion {

inline constexpr int boxes = 3;
enum BoxPlace { heart_place, aorta_place, throat_place };

/// Of the second differences of the way back, what is taken off its points: half of what straight lines are off.
inline constexpr float even_share = 1.0F / 16;

/// Whatever a pose says, in the numbers that the maps want.
struct Stand {
    BreathStand breath;
    std::array<Amplitudes, boxes> inner{};
    std::array<bool, boxes> is_moving{};
    Vec3 shift_mm{0};
};

} // namespace motion

struct OrganMotion::Impl {
    OrganMotionSettings settings;
    motion::BreathMap breath;
    std::array<motion::ModeBox, motion::boxes> box;
    motion::HeartVolumes volumes;
    motion::SystoleTable systole; ///< the heart's way back, to begin the search from
    FieldGrid trunk, with_throat; ///< lattices that pictures get
    Vec3 low_mm{0}, high_mm{0};   ///< the volume's corners
    std::uint64_t id = 0;         ///< of this object, for the amplitudes remembered

    Impl(Patient const& patient, OrganMotionSettings const& wanted);

    motion::Amplitudes heart_amplitudes(std::array<double, chamber_count> const& share) const;
    motion::Stand stand(BodyPose const& pose) const;
    Vec3 inner_moved(Vec3 const& rest, motion::Stand const& stand) const;
    Vec3 inner_rest(Vec3 const& moved, motion::Stand const& stand) const;

    // Pictures.
    void fill(Displacement& d, motion::Stand const& stand) const;
    void even_out(Displacement& d) const;
    void find_density(Displacement& d) const;
    Displacement shifted(Displacement const& d, Vec3 const& shift_mm) const;
};

} // namespace fluoro
