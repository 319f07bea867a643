#pragma once
#include "../plan/placement.hpp"

#include <fluoro/anatomy/anatomy.hpp>

// Forms that arms and legs are made of.
namespace fluoro {

/// What lies inside a limb's surface: all, what is inside the skin, what is inside the fat.
enum class LimbLayer { skin, fat, muscle };

/// A limb's cross-section at a height along its axis [mm of the reference man]: its middle off the axis, half its
/// widths, and the fat under the skin.
struct LimbRow {
    double along, lateral, back, half_lateral, half_back, fat;
};

/// Thicknesses of this patient.
struct LimbBuild {
    double size = 1; ///< of muscle and bone over the reference man's, height included
    double fat = 1;  ///< of the subcutaneous fat over the reference man's
    double skin_mm = 1.6;
    explicit LimbBuild(PatientParameters const& parameters);
    /// What a half-width of the reference man is in this patient, in a layer [mm].
    double half_mm(double half, double fat_mm, LimbLayer layer) const;
};

/// A smooth column through the rows, open at neither end.
Shape limb_column(LimbAxis const& axis, std::vector<LimbRow> const& rows, LimbBuild const& build, LimbLayer layer);

/// A bone of the limbs: cortical shell around marrow or trabeculae.
struct BoneStuff {
    double cortex_mm = 2;   ///< of a young adult
    double inside_hu = 150; ///< trabecular bone; below 0 = fatty marrow
};
void add_bone(Anatomy& anatomy, std::string const& name, std::string const& label, Shape const& shape,
              std::function<BoneStuff(Vec3 const&)> stuff_at, double density_g_cm3);

/// Skin, fat and muscle of arms and legs with the bones in them, joined to the trunk.
void add_arm(Anatomy& anatomy, int sign);
void add_legs(Anatomy& anatomy);
/// The trunk's layer of this name ("skin", "subcutaneous-fat", "muscle"), drawn before the limbs.
Shape trunk_layer(Anatomy const& anatomy, LimbLayer layer);
void add_limb_layer(Anatomy& anatomy, std::string const& limb, LimbLayer layer, Shape const& shape);

} // namespace fluoro
