#include "scintillator.hpp"
#include "attenuation.hpp"

#include <cmath>

namespace fluoro {
namespace {

constexpr double csi_thickness_cm = 0.06;
constexpr double csi_packing = 0.75;

double csi_absorbed(double attenuation_cm2_g)
{
    static auto const csi = find_material("csi");
    return -std::expm1(-attenuation_cm2_g * csi_thickness_cm * csi_packing * material(csi).density_g_cm3);
}

} // namespace

double absorbed_fraction(Scintillator scintillator, PhotonEnergy energy)
{
    if (scintillator == Scintillator::ideal) return 1;
    return csi_absorbed(mass_attenuation_cm2_g(find_material("csi"), energy));
}

std::array<double, spectral_bins> const& binned_absorbed_fraction(Scintillator scintillator)
{
    using Values = std::array<double, spectral_bins>;
    static Values const all_of_it = [] {
        Values values;
        values.fill(1);
        return values;
    }();
    static Values const csi = [] {
        Values values;
        auto const attenuation = binned_attenuation_cm2_g(find_material("csi"));
        for (int bin = 0; bin < spectral_bins; ++bin) values[bin] = csi_absorbed(attenuation[bin]);
        return values;
    }();
    return scintillator == Scintillator::ideal ? all_of_it : csi;
}

} // namespace fluoro
