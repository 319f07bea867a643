#pragma once
#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

struct VoxelSettings {
    double spacing_mm = 1;
    Box region_mm; ///< what is drawn, patient space
    /// Where a place of the patient is in the model that is drawn; empty = there. Must be continuous and not stretch
    /// much: surfaces are drawn sharp by the model's own distances.
    std::function<Vec3(Vec3 const&)> model_from_patient = {};
};

/// The trunk from the neck to the middle of the thighs, with 10 mm of air around the skin.
Box trunk_region(BodyPlan const& plan);
/// A named region of the command line ("trunk", "chest", "heart", "spine", "neck", "head", "whole"); throws Error with
/// the names.
Box region_named(BodyPlan const& plan, std::string_view name);

/// HU and labels. Each organ covers what is below it by the share of the voxel that it fills (taken from its distance),
/// so that surfaces are smooth; the label is the one that fills most. The same on any number of threads.
Patient voxelise(Anatomy const& anatomy, VoxelSettings const& settings);

/// Mass of every label in a label map [g], by the organs' densities.
std::map<int, double> masses_g(Anatomy const& anatomy, Patient const& voxels);

} // namespace fluoro
