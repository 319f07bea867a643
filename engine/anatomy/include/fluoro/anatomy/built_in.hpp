#pragma once
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/patient/importer.hpp>

namespace fluoro {

/// A built-in patient as voxels with labels, lumens and landmarks; drawn once, then kept in the user's cache by
/// everything that it is made from (parameters, region, spacing, and the source code of the anatomy).
Patient draw_built_in(PatientParameters const& parameters, std::string_view region, double spacing_mm);

/// PATIENT as the command line takes it: the name of a built-in patient (its trunk at 1 mm) where no file has that
/// name, else what load_ct() takes. Throws Error.
Patient load_patient(std::string const& patient, ImportOptions const& options = {});

} // namespace fluoro
