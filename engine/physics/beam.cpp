#include "attenuation.hpp"
#include "tube_spectra.hpp"

#include <cmath>
#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/beam.hpp>

namespace fluoro {
namespace {

/// Joule in a kiloelectronvolt (exact, SI 2019), cm2 in mm2, and from J/g to mGy.
constexpr double joule_per_kev = 1.602176634e-16;
constexpr double mGy_per_kev_g_mm2 = joule_per_kev * 100 * 1e3 * 1e3;
/// Less than this many photons per mm2 and mAs is no beam.
constexpr double darkest_beam = 1e-12;
constexpr double thickest_filter_mm = 1000;

std::string text(double value)
{
    char digits[32];
    std::snprintf(digits, sizeof digits, "%g", value);
    return digits;
}

void check(BeamQuality const& quality)
{
    auto const& tube = tube_spectra();
    double const kv = quality.voltage.value();
    if (!(kv >= tube.lowest_kv() && kv <= tube.highest_kv()))
        throw Error{"tube voltage " + text(kv) + " kV is outside the tube's range; choose " + text(tube.lowest_kv()) +
                    " to " + text(tube.highest_kv()) + " kV"};
    auto const check_filter = [](char const* name, double mm) {
        if (!(mm >= 0 && mm <= thickest_filter_mm))
            throw Error{"added filter of " + text(mm) + " mm " + name + ": a thickness is 0 to " +
                        text(thickest_filter_mm) + " mm, on top of the inherent filtration"};
    };
    check_filter("copper", quality.added_copper.value());
    check_filter("aluminium", quality.added_aluminium.value());
}

template <class Value> double sum_over(Spectrum const& spectrum, Value value)
{
    FLUORO_EXPECT(spectrum.energy_kev.size() == spectrum.fluence_per_mm2_kev_mas_1m.size());
    double sum = 0;
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i)
        sum += double(spectrum.fluence_per_mm2_kev_mas_1m[i]) * value(double(spectrum.energy_kev[i]));
    return sum;
}

double mass_thickness_g_cm2(MaterialId id, Thickness thickness)
{
    return thickness.value() / 10 * material(id).density_g_cm3;
}

} // namespace

Spectrum filtered_spectrum(BeamQuality const& quality)
{
    check(quality);
    static auto const copper = find_material("copper");
    static auto const aluminium = find_material("aluminium");
    auto const mu_copper = binned_attenuation_cm2_g(copper);
    auto const mu_aluminium = binned_attenuation_cm2_g(aluminium);
    double const copper_g_cm2 = mass_thickness_g_cm2(copper, quality.added_copper);
    double const aluminium_g_cm2 = mass_thickness_g_cm2(aluminium, quality.added_aluminium);

    auto const photons = tube_spectra().at(quality.voltage.value());
    Spectrum spectrum;
    double total = 0;
    for (int bin = 0; bin < spectral_bins; ++bin) {
        if (photons[bin] <= 0) continue;
        double const passed =
            photons[bin] * std::exp(-mu_copper[bin] * copper_g_cm2 - mu_aluminium[bin] * aluminium_g_cm2);
        spectrum.energy_kev.push_back(float(bin_centre_kev(bin)));
        spectrum.fluence_per_mm2_kev_mas_1m.push_back(float(passed));
        total += passed;
    }
    if (total < darkest_beam)
        throw Error{text(quality.added_copper.value()) + " mm copper and " + text(quality.added_aluminium.value()) +
                    " mm aluminium stop the whole beam at " + text(quality.voltage.value()) +
                    " kV; take a thinner filter"};
    return spectrum;
}

Spectrum attenuated(Spectrum spectrum, std::span<Layer const> layers)
{
    std::vector<double> exponent(spectrum.energy_kev.size(), 0.0);
    for (auto const& layer : layers) {
        FLUORO_EXPECT(std::isfinite(layer.mass_thickness_g_cm2));
        auto const attenuation = binned_attenuation_cm2_g(layer.material);
        for (std::size_t i = 0; i < exponent.size(); ++i)
            exponent[i] += attenuation[bin_of(spectrum.energy_kev[i])] * layer.mass_thickness_g_cm2;
    }
    for (std::size_t i = 0; i < exponent.size(); ++i)
        spectrum.fluence_per_mm2_kev_mas_1m[i] =
            float(double(spectrum.fluence_per_mm2_kev_mas_1m[i]) * std::exp(-exponent[i]));
    return spectrum;
}

double mean_energy_kev(Spectrum const& spectrum)
{
    double const photons = fluence_per_mm2_mas_1m(spectrum);
    return photons > 0 ? energy_fluence_kev_mm2_mas_1m(spectrum) / photons : 0;
}

double fluence_per_mm2_mas_1m(Spectrum const& spectrum)
{
    return sum_over(spectrum, [](double) { return 1.0; });
}

double energy_fluence_kev_mm2_mas_1m(Spectrum const& spectrum)
{
    return sum_over(spectrum, [](double kev) { return kev; });
}

double air_kerma_mGy_per_mas_1m(Spectrum const& spectrum)
{
    auto const absorption = binned_air_energy_absorption_cm2_g();
    return mGy_per_kev_g_mm2 * sum_over(spectrum, [&](double kev) { return kev * absorption[bin_of(kev)]; });
}

Thickness aluminium_to_transmit(Spectrum const& spectrum, double kerma_fraction)
{
    FLUORO_EXPECT(kerma_fraction > 0 && kerma_fraction <= 1);
    static auto const aluminium = find_material("aluminium");
    auto const attenuation = binned_attenuation_cm2_g(aluminium);
    auto const absorption = binned_air_energy_absorption_cm2_g();
    auto const kerma_behind = [&](double g_cm2) {
        return sum_over(spectrum, [&](double kev) {
            auto const bin = bin_of(kev);
            return kev * absorption[bin] * std::exp(-attenuation[bin] * g_cm2);
        });
    };
    double const wanted = kerma_fraction * kerma_behind(0);
    FLUORO_EXPECT(wanted > 0);
    // Kerma falls steadily with thickness: find a thickness that is too much, then halve the interval down to 1e-12.
    double enough = 0;
    double too_much = 1;
    while (kerma_behind(too_much) > wanted) too_much *= 2;
    while (too_much - enough > 1e-12 * too_much) {
        double const middle = (enough + too_much) / 2;
        (kerma_behind(middle) > wanted ? enough : too_much) = middle;
    }
    return Thickness{(enough + too_much) / 2 / material(aluminium).density_g_cm3 * 10};
}

} // namespace fluoro
