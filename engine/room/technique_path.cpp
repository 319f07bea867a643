#include "technique_path.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/energy_bins.hpp>

namespace fluoro {

namespace {

constexpr Scintillator scintillator = Scintillator::csi_600um;
constexpr double calibration_water_g_cm2 = 20;
/// Between samples the voltage is interpolated linearly and the signal's logarithm too: at 2 kV that is right to 0.1 %.
constexpr double kv_step = 2;
/// Share of a filter's step by which the filter that is in is kept beyond the middle.
constexpr double stay = 0.06;

} // namespace

BeamResponse::BeamResponse(double most_kv, double output_factor) : output_factor_{output_factor}
{
    MaterialId const water = find_material("water");
    // One keV bins, like the spectra's; the centre's fraction of a keV is theirs.
    Spectrum const hardest = filtered_spectrum({TubeVoltage{most_kv}, Thickness{0}, Thickness{0}});
    double const centre = double(hardest.energy_kev.back()) - std::floor(double(hardest.energy_kev.back()));
    for (int bin = 0; bin <= int(most_kv); ++bin) {
        PhotonEnergy const energy{std::max(1.0, bin + centre)};
        water_per_cm_.push_back(mass_attenuation_cm2_g(water, energy));
        absorbed_share_.push_back(absorbed_fraction(scintillator, energy) * energy.value());
    }
}

std::vector<double> BeamResponse::absorbed_per_mas(BeamQuality const& quality) const
{
    Spectrum const spectrum = filtered_spectrum(quality);
    std::vector<double> absorbed(absorbed_share_.size(), 0.0);
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i) {
        auto const bin = std::size_t(spectrum.energy_kev[i]);
        FLUORO_EXPECT(bin < absorbed.size());
        absorbed[bin] += output_factor_ * double(spectrum.fluence_per_mm2_kev_mas_1m[i]) * absorbed_share_[bin];
    }
    return absorbed;
}

double BeamResponse::log_signal(std::vector<double> const& absorbed_per_mas, CurrentTime charge, double water_cm) const
{
    double sum = 0;
    for (std::size_t bin = 0; bin < absorbed_per_mas.size(); ++bin)
        if (absorbed_per_mas[bin] > 0) sum += absorbed_per_mas[bin] * std::exp(-water_per_cm_[bin] * water_cm);
    return std::log(sum * charge.value());
}

double BeamResponse::water_cm(std::vector<double> const& absorbed_per_mas, CurrentTime charge, double log_absorbed,
                              double least_cm, double most_cm) const
{
    // A micrometre is far below what any reading can tell.
    while (most_cm - least_cm > 1e-4) {
        double const middle = (least_cm + most_cm) / 2;
        (log_signal(absorbed_per_mas, charge, middle) < log_absorbed ? most_cm : least_cm) = middle;
    }
    return (least_cm + most_cm) / 2;
}

double BeamResponse::kerma_per_mas(BeamQuality const& quality) const
{
    return output_factor_ * air_kerma_mGy_per_mas_1m(filtered_spectrum(quality));
}

double BeamResponse::kev_mm2_per_nGy(BeamQuality const& quality) const
{
    Spectrum const spectrum = filtered_spectrum(quality);
    std::vector<Layer> const phantom{{find_material("water"), calibration_water_g_cm2}};
    return absorbed_energy_1kev_sum(spectrum, scintillator, phantom) /
           (air_kerma_mGy_per_mas_1m(attenuated(spectrum, phantom)) * 1e6);
}

TechniquePath::TechniquePath(ExposureProgramme const& programme, double power_limit_kw, BeamResponse const& response)
    : response_{response}
{
    auto const add = [&](double kv, double copper_mm, double ma, double ms) {
        Technique const technique{{TubeVoltage{kv}, Thickness{copper_mm}, Thickness{0}},
                                  TubeCurrent{std::min(ma, power_limit_kw * 1000 / kv)},
                                  PulseWidth{ms}};
        samples_.push_back({technique, response.absorbed_per_mas(technique.quality),
                            std::log(response.kerma_per_mas(technique.quality) * technique.current_time().value())});
    };
    Range const ma = programme.current_ma, ms = programme.pulse_ms;
    FLUORO_EXPECT(!programme.bands.empty() && ma.least > 0 && ms.least > 0);
    double kv = programme.first_kv;
    double const first_copper = programme.bands.front().copper_mm;
    add(kv, first_copper, ma.least, ms.least);
    if (ma.most > ma.least) add(kv, first_copper, ma.most, ms.least);
    if (ms.most > ms.least) add(kv, first_copper, ma.most, ms.most);
    for (FilterBand const& band : programme.bands) {
        if (band.copper_mm != first_copper) add(kv, band.copper_mm, ma.most, ms.most);
        int const steps = int(std::ceil((band.until_kv - kv) / kv_step));
        for (int i = 1; i <= steps; ++i) add(kv + (band.until_kv - kv) * i / steps, band.copper_mm, ma.most, ms.most);
        kv = band.until_kv;
    }
    for (std::size_t i = 1; i < samples_.size(); ++i) FLUORO_EXPECT(samples_[i].log_kerma > samples_[i - 1].log_kerma);
}

bool TechniquePath::is_step(std::size_t from) const
{
    return samples_[from].technique.quality.added_copper != samples_[from + 1].technique.quality.added_copper;
}

TechniquePath::Place TechniquePath::where_signal(double log_wanted, double water_cm, double copper_now_mm) const
{
    auto const signal = [&](Sample const& sample) {
        return response_.log_signal(sample.absorbed_per_mas, sample.technique.current_time(), water_cm);
    };
    auto const reached =
        std::ranges::partition_point(samples_, [&](Sample const& s) { return signal(s) < log_wanted; });
    if (reached == samples_.begin()) return {};
    auto const from = std::size_t(reached - samples_.begin()) - 1;
    if (reached == samples_.end()) return {from, 0};
    double const below = signal(samples_[from]), above = signal(*reached);
    double const share = (log_wanted - below) / (above - below);
    if (is_step(from)) {
        auto const is_in = [&](Sample const& s) { return s.technique.quality.added_copper.value() == copper_now_mm; };
        double const over = 0.5 + (is_in(samples_[from]) ? stay : 0) - (is_in(*reached) ? stay : 0);
        return share < over ? Place{from, 0} : Place{from + 1, 0};
    }
    return {from, share};
}

TechniquePath::Place TechniquePath::where_kerma(double log_most) const
{
    auto const above = std::ranges::upper_bound(samples_, log_most, {}, &Sample::log_kerma);
    if (above == samples_.begin()) return {};
    auto const from = std::size_t(above - samples_.begin()) - 1;
    if (above == samples_.end() || is_step(from)) return {from, 0};
    return {from, (log_most - samples_[from].log_kerma) / (above->log_kerma - samples_[from].log_kerma)};
}

double TechniquePath::log_kerma(Place place) const
{
    Sample const& from = samples_[place.from];
    return place.share > 0 ? std::lerp(from.log_kerma, samples_[place.from + 1].log_kerma, place.share)
                           : from.log_kerma;
}

Technique TechniquePath::technique(Place place) const
{
    Technique technique = samples_[place.from].technique;
    if (!(place.share > 0)) return technique;
    Technique const& to = samples_[place.from + 1].technique;
    auto const between = [&](double a, double b) { return a * std::pow(b / a, place.share); };
    technique.quality.voltage =
        TubeVoltage{std::lerp(technique.quality.voltage.value(), to.quality.voltage.value(), place.share)};
    technique.current = TubeCurrent{between(technique.current.value(), to.current.value())};
    technique.width = PulseWidth{between(technique.width.value(), to.width.value())};
    return technique;
}

} // namespace fluoro
