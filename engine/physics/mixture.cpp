#include <fluoro/physics/mixture.hpp>

namespace fluoro {

Mixture pure(MaterialId id)
{
    return {{{id, material(id).density_g_cm3}}};
}

Mixture iodine_solution(double mg_iodine_per_ml)
{
    return {{{find_material("water"), 1.0}, {find_material("iodine"), mg_iodine_per_ml / 1000}}};
}

double density_g_cm3(Mixture const& mixture)
{
    double sum = 0;
    for (auto const& [id, density] : mixture.g_cm3) sum += density;
    return sum;
}

} // namespace fluoro
