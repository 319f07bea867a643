#pragma once
#include <array>
#include <cstdint>
#include <fluoro/lumen/bricks.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>
#include <span>

namespace fluoro {

/// Bone cement (PMMA) after mixing. Its viscosity grows by e every `rise_s`; beyond `set_pa_s` it flows no more.
struct CementMix {
    double start_pa_s = 10; ///< just mixed, at about 1 1/s
    double rise_s = 130;
    double set_pa_s = 1000;
    double thinning = 0.6; ///< exponent of the shear rate: 1 = Newton's
    double baso4_share = 0.3;
};
/// 50 Pa s after 3.5 min, 1000 after 10 (typical). docs/theory/cement.md
CementMix low_viscosity_cement();
/// 300 Pa s after 3.5 min, rising more slowly.
CementMix high_viscosity_cement();
double viscosity_pa_s(CementMix const& mix, double age_s);
/// What drives `flow_ml_s` through a cannula [MPa]: a power-law fluid in a pipe.
double cannula_pressure_mpa(CementMix const& mix, double age_s, double flow_ml_s, double inner_mm, double length_mm);

/// What a place is to cement. Walls let nothing pass; a hollow is what a balloon has made.
enum class CementPlace : std::uint8_t { wall, marrow, cleft, disc, canal, foramen, vein, lungs, beside, hollow };
inline constexpr int cement_places = 10;
/// "wall", "marrow", "cleft", "disc", "spinal canal", "foramen", "vein", "lungs", "tissue beside", "hollow".
std::string_view name_of(CementPlace place);
/// Where cement should not be.
bool is_leak(CementPlace place);

/// A vertebra and its surroundings as cement meets them.
struct BoneSpace {
    FieldGrid grid;
    std::vector<CementPlace> place;   ///< one per voxel, x fastest
    std::vector<std::int16_t> hu;     ///< of the CT; may be empty where no balloon works, as the next
    std::vector<std::uint8_t> is_own; ///< 1 in this vertebra, its shell included
    std::vector<float> vein_mm;       ///< radius of the vein in a voxel; 0 = none
    /// Where on a vein's line its voxels are drawn; ascending by voxel, may lack some.
    std::vector<std::pair<std::uint32_t, glm::vec3>> vein_lines;
    double pores = 0.85; ///< share of marrow between the trabeculae
    /// Permeability of marrow along the patient's axes [1e-8 m2]: 4.45 along the spine, 3.44 across (Baroud 2004).
    Vec3 permeability{3.44, 3.44, 4.45};
};
/// The vertebra of this level ("L1") in a patient with labels and landmarks: its shell is a wall, but where the CT has
/// no bone in it; basivertebral and segmental veins lead through it. Throws Error when the patient has no such
/// vertebra.
BoneSpace bone_space(Patient const& patient, std::string_view level, double spacing_mm = 0.7);

/// Cement in a vertebra: it takes the place that is easiest to reach next, so that its volume is exactly what went in.
/// docs/theory/cement.md
class Cement {
public:
    Cement(std::shared_ptr<BoneSpace const> space, CementMix const& mix, std::uint64_t seed);

    /// Pushes cement of this age out of a cannula's tip for `dt_s`. Volume that went in [mL]: less than wished when it
    /// has set, when the tip is in no marrow, or when nothing is left that it could reach.
    double inject(Vec3 const& tip_mm, double flow_ml_s, double age_s, double dt_s);
    double volume_ml(CementPlace place) const { return volume_ml_[std::size_t(place)]; }
    double total_ml() const;
    CementMix const& mix() const { return mix_; }
    FieldGrid const& grid() const { return space_->grid; }

    struct Parcel {
        glm::vec3 at_mm{0};
        float volume_mm3 = 0;
        float capacity_mm3 = 0; ///< of its voxel
        std::uint32_t voxel = 0;
    };
    /// What is where now, a parcel per voxel; the lungs' share has left the picture.
    std::span<Parcel const> parcels() const { return parcels_; }

    struct Leak {
        CementPlace into = CementPlace::beside;
        Vec3 at_mm{0};
        double after_ml = 0; ///< so much was in when it began
    };
    /// Kinds of places that cement should not be in, in the order in which it came there.
    std::span<Leak const> leaks() const { return leaks_; }
    std::uint64_t state_hash() const;

private:
    struct Reached {
        double cost;
        std::uint32_t voxel;
    };
    struct Dearer {
        bool operator()(Reached const& a, Reached const& b) const
        {
            return a.cost != b.cost ? a.cost > b.cost : a.voxel > b.voxel;
        }
    };
    std::shared_ptr<BoneSpace const> space_;
    CementMix mix_;
    std::uint64_t seed_;
    std::vector<Reached> front_;          ///< a heap: cheapest first
    std::vector<float> cost_;             ///< of every voxel, as far as known
    std::vector<std::int32_t> parcel_of_; ///< -1: none yet
    std::vector<Parcel> parcels_;
    std::vector<std::uint32_t> open_veins_; ///< whose ends cement has reached
    std::array<double, cement_places> volume_ml_{};
    std::vector<Leak> leaks_;

    void note_leak(CementPlace into, Vec3 const& at_mm);
    Vec3 place_of(std::uint32_t voxel) const;
    double capacity_mm3(std::uint32_t voxel) const;
    double noise(std::uint32_t voxel) const;
    bool lets_in(std::uint32_t voxel, double viscosity) const;
    double carry_off(double volume_mm3, double viscosity);
    void reach(std::uint32_t voxel, double cost);
    void spread_from(std::uint32_t voxel, double cost, double viscosity);
};

} // namespace fluoro
