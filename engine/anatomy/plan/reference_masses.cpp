#include "reference_masses.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <string>

namespace fluoro {

namespace {

struct Row {
    char const* organ;
    double male_g, female_g;
};
constexpr Row rows[] = {
    {"liver", 1800, 1400},
    {"gallbladder-wall", 10, 8},
    {"bile", 58, 48},
    {"spleen", 150, 130},
    {"kidney", 155, 138}, // each
    {"adrenal", 7, 6.5},  // each
    {"pancreas", 140, 120},
    {"small-bowel-wall", 650, 600},
    {"small-bowel-content", 350, 280},
    {"colon-wall", 370, 360}, // right, left and rectosigmoid
    {"colon-content", 300, 320},
    {"bladder-wall", 50, 40},
    {"thymus", 25, 20},
    {"prostate", 17, 0},
    {"testis", 17.5, 0}, // each
    {"uterus", 0, 80},
    {"breast", 0, 250}, // each
};

} // namespace

double reference_mass_g(PatientParameters const& patient, std::string_view organ)
{
    auto const found = std::ranges::find_if(rows, [organ](Row const& row) { return organ == row.organ; });
    if (found == std::end(rows))
        throw Error{"no reference mass is listed for '" + std::string{organ} + "'", Error::Kind::failed};
    bool const is_male = patient.sex == Sex::male;
    double const height = patient.height_mm / (is_male ? 1760 : 1630);
    return height * height * (is_male ? found->male_g : found->female_g);
}

} // namespace fluoro
