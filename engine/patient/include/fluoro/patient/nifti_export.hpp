#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// The CT [HU, int16], or the label map (uint16) on the same grid, as NIfTI that any viewer opens; compressed when the
/// name ends in .gz. Throws Error (bad input for a name that ends in neither .nii nor .nii.gz, failed when it cannot be
/// written).
void export_ct(std::filesystem::path const& file, Patient const& patient);
void export_labels(std::filesystem::path const& file, Patient const& patient);

} // namespace fluoro
