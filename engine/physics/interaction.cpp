#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/interaction.hpp>
#include <xraylib/xraylib.h>

namespace fluoro {

PartialAttenuation partial_attenuation_cm2_g(MaterialId id, PhotonEnergy energy)
{
    double const kev = energy.value();
    FLUORO_EXPECT(kev >= 1 && kev <= 200);
    PartialAttenuation sum;
    for (auto const& element : material(id).elements) {
        sum.photoelectric += element.fraction * CS_Photo(element.atomic_number, kev, nullptr);
        sum.incoherent += element.fraction * CS_Compt(element.atomic_number, kev, nullptr);
        sum.coherent += element.fraction * CS_Rayl(element.atomic_number, kev, nullptr);
    }
    return sum;
}

PartialAttenuation partial_attenuation_cm2_g(Mixture const& mixture, PhotonEnergy energy)
{
    PartialAttenuation sum;
    double const whole = density_g_cm3(mixture);
    for (auto const& [id, density] : mixture.g_cm3) {
        auto const part = partial_attenuation_cm2_g(id, energy);
        sum.photoelectric += density / whole * part.photoelectric;
        sum.incoherent += density / whole * part.incoherent;
        sum.coherent += density / whole * part.coherent;
    }
    return sum;
}

AtomicScattering atomic_scattering(Mixture const& mixture, double x_per_angstrom)
{
    FLUORO_EXPECT(x_per_angstrom >= 0 && x_per_angstrom <= 50);
    AtomicScattering sum;
    double const whole = density_g_cm3(mixture);
    for (auto const& [id, density] : mixture.g_cm3)
        for (auto const& element : material(id).elements) {
            int const z = element.atomic_number;
            double const atoms = density / whole * element.fraction / AtomicWeight(z, nullptr);
            double const form_factor = FF_Rayl(z, x_per_angstrom, nullptr);
            // xraylib gives no S at rest, where it is 0.
            sum.incoherent += x_per_angstrom > 0 ? atoms * SF_Compt(z, x_per_angstrom, nullptr) : 0;
            sum.coherent += atoms * form_factor * form_factor;
            sum.electrons += atoms * z;
            sum.squared_electrons += atoms * z * z;
        }
    return sum;
}

} // namespace fluoro
