#include "vessel_sizes.hpp"

#include <algorithm>

namespace fluoro {

AorticDiameters aortic_diameters(PatientParameters const& parameters)
{
    // Framingham's means (ascending, descending, infrarenal, lower) are of people of 51 years on average; adults'
    // aortas widen by 0.1 (ascending) to 0.04 mm a year (typical). The arch and the hiatus lie between their
    // neighbours.
    bool const is_female = parameters.sex == Sex::female;
    double const years = parameters.age_y - 51;
    AorticDiameters d{};
    d.ascending = (is_female ? 31.9 : 34.1) + 0.09 * years;
    d.descending = (is_female ? 23.1 : 25.8) + 0.09 * years;
    d.infrarenal = (is_female ? 16.7 : 19.3) + 0.04 * years;
    d.lower = (is_female ? 16.0 : 18.7) + 0.03 * years;
    d.arch = (d.ascending + 2 * d.descending) / 3;
    d.hiatus = (2 * d.descending + d.infrarenal) / 3;
    return d;
}

double calibre(PatientParameters const& parameters)
{
    // Women's arteries are a tenth narrower than men's (Framingham's aorta, Dodge's coronaries).
    return parameters.sex == Sex::female ? 0.9 : 1;
}

double ageing(PatientParameters const& parameters)
{
    return std::clamp((parameters.age_y - 45) / 40, 0.0, 1.0);
}

ArchVariant arch_variant(PatientParameters const& parameters)
{
    // With age the arch unfolds: its top rises away from the first branch.
    std::string const usual = parameters.age_y < 50 ? "type-1" : parameters.age_y < 72 ? "type-2" : "type-3";
    std::string const word =
        parameters.word("aortic-arch", {"type-1", "type-2", "type-3", "bovine", "arteria-lusoria"}, usual);
    if (word == "type-1") return ArchVariant::type_1;
    if (word == "type-2") return ArchVariant::type_2;
    if (word == "type-3") return ArchVariant::type_3;
    return word == "bovine" ? ArchVariant::bovine : ArchVariant::lusoria;
}

} // namespace fluoro
