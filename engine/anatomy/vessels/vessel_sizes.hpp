#pragma once
#include <fluoro/anatomy/parameters.hpp>

namespace fluoro {

/// Outer diameters of the aorta [mm] for sex and age. docs/theory/vessels.md, table 1.
struct AorticDiameters {
    double ascending, arch, descending, hiatus, infrarenal, lower;
};
AorticDiameters aortic_diameters(PatientParameters const& parameters);

/// Radii of the smaller arteries and of veins over those of the reference man.
double calibre(PatientParameters const& parameters);

/// How far a person's arteries have lengthened: 0 up to the age of 45, 1 at 85.
double ageing(PatientParameters const& parameters);

enum class ArchVariant { type_1, type_2, type_3, bovine, lusoria };
/// The option "aortic-arch", else by age.
ArchVariant arch_variant(PatientParameters const& parameters);

} // namespace fluoro
