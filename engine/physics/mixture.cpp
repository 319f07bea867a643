#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/physics/mixture.hpp>

namespace fluoro {
namespace {

/// Growth of a solution's density with its contrast element [g/cm3 per g/cm3], water being 1.000.
/// docs/theory/contrast-media.md, eq. 1.
constexpr double density_per_iodine = 1.163;
constexpr double density_per_gadolinium = 1.91;
/// Gases at 37 degrees and 101.325 kPa: molar mass over 25.45 L/mol.
constexpr double carbon_dioxide_g_cm3 = 1.729e-3;
constexpr double air_g_cm3 = 1.138e-3;

std::string text(double value)
{
    char digits[32];
    std::snprintf(digits, sizeof digits, "%g", value);
    return digits;
}

/// Refuses what lies outside [0, most], nan included.
void check(char const* what, double value, double most, char const* unit)
{
    if (!(value >= 0 && value <= most))
        throw Error{std::string{what} + " of " + text(value) + " " + unit + ": choose 0 to " + text(most) + " " + unit};
}

void add(Mixture& mixture, MaterialId id, double g_cm3)
{
    if (g_cm3 <= 0) return;
    auto const same = std::ranges::find(mixture.g_cm3, id, &std::pair<MaterialId, double>::first);
    if (same == mixture.g_cm3.end())
        mixture.g_cm3.emplace_back(id, g_cm3);
    else
        same->second += g_cm3;
}

/// A contrast element in a solution whose density grows in proportion to it; the rest of the mass as water.
Mixture solution(char const* element, double element_g_cm3, double density_growth)
{
    Mixture mixture;
    add(mixture, find_material("water"), 1 + (density_growth - 1) * element_g_cm3);
    add(mixture, find_material(element), element_g_cm3);
    return mixture;
}

double default_density(MaterialId id)
{
    return material(id).density_g_cm3;
}

} // namespace

Mixture pure(MaterialId id)
{
    return {{{id, default_density(id)}}};
}

Mixture iodine_solution(double mg_iodine_per_ml)
{
    check("iodine solution", mg_iodine_per_ml, 400, "mg/mL");
    return solution("iodine", mg_iodine_per_ml / 1000, density_per_iodine);
}

Mixture gadolinium_solution(double mg_gadolinium_per_ml)
{
    check("gadolinium solution", mg_gadolinium_per_ml, 160, "mg/mL");
    return solution("gadolinium", mg_gadolinium_per_ml / 1000, density_per_gadolinium);
}

Mixture barium_suspension(double g_baso4_per_100ml)
{
    check("barium suspension", g_baso4_per_100ml, 250, "g BaSO4 per 100 mL");
    auto const sulphate = find_material("baso4");
    double const sulphate_g_cm3 = g_baso4_per_100ml / 100;
    Mixture mixture;
    add(mixture, find_material("water"), 1 - sulphate_g_cm3 / default_density(sulphate));
    add(mixture, sulphate, sulphate_g_cm3);
    return mixture;
}

Mixture bone_cement(double baso4_mass_fraction)
{
    if (!(baso4_mass_fraction >= 0 && baso4_mass_fraction < 1))
        throw Error{"bone cement with " + text(baso4_mass_fraction) +
                    " of its mass as barium sulphate: choose 0 to less than 1, commonly 0.1 to 0.4"};
    auto const polymer = find_material("pmma"), sulphate = find_material("baso4");
    double const density =
        1 / ((1 - baso4_mass_fraction) / default_density(polymer) + baso4_mass_fraction / default_density(sulphate));
    Mixture mixture;
    add(mixture, polymer, (1 - baso4_mass_fraction) * density);
    add(mixture, sulphate, baso4_mass_fraction * density);
    return mixture;
}

Mixture carbon_dioxide()
{
    return {{{find_material("carbon_dioxide"), carbon_dioxide_g_cm3}}};
}

Mixture air_bubble()
{
    return {{{find_material("air"), air_g_cm3}}};
}

Mixture blend(Mixture const& a, Mixture const& b, double share)
{
    if (!(share >= 0 && share <= 1))
        throw Error{"a blend with a share of " + text(share) + " by volume: choose 0 to 1"};
    Mixture mixture;
    for (auto const& [id, density] : a.g_cm3) add(mixture, id, share * density);
    for (auto const& [id, density] : b.g_cm3) add(mixture, id, (1 - share) * density);
    return mixture;
}

double density_g_cm3(Mixture const& mixture)
{
    double sum = 0;
    for (auto const& [id, density] : mixture.g_cm3) sum += density;
    return sum;
}

double attenuation_per_mm(Mixture const& mixture, PhotonEnergy energy)
{
    double per_cm = 0;
    for (auto const& [id, density] : mixture.g_cm3) per_cm += density * mass_attenuation_cm2_g(id, energy);
    return per_cm / 10;
}

} // namespace fluoro
