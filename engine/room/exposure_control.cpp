#include <fluoro/room/exposure_control.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/energy_bins.hpp>

namespace fluoro {

namespace {

/// What stands between tube and detector, as water: from less than nothing (a detector nearer than 1 m) to more than
/// any reading can tell apart from none.
constexpr double least_water_cm = -20, most_water_cm = 80;
constexpr Scintillator scintillator = Scintillator::csi_600um;
constexpr BeamQuality calibration_beam{TubeVoltage{80}, Thickness{0}, Thickness{0}};
constexpr double calibration_water_g_cm2 = 20;

/// Halves the interval until `rises(x)` changes from false to true inside a billionth of it.
template <class Rises> double where_it_turns(double low, double high, Rises rises)
{
    double const enough = (high - low) * 1e-9;
    while (high - low > enough) {
        double const middle = (low + high) / 2;
        (rises(middle) ? high : low) = middle;
    }
    return (low + high) / 2;
}

std::size_t bin_of(double energy_kev)
{
    return std::size_t(energy_kev);
}

} // namespace

double limited_kerma_rate_mGy_min(RoomKind const& kind, RoomState const& state, Technique const& technique)
{
    double const distance_m = (state.source_to_detector_mm - kind.exposure.limit_distance_mm) / 1000;
    double const per_pulse_mGy = air_kerma_mGy_per_mas_1m(filtered_spectrum(technique.quality)) *
                                 technique.current_time().value() / (distance_m * distance_m);
    return per_pulse_mGy * state.pulse_rate * 60;
}

ExposureControl::ExposureControl(RoomKind const& kind) : kind_{kind}
{
    ExposureProgramme const& programme = kind_.exposure;
    MaterialId const water = find_material("water");

    // One keV bins, like the spectra's; the centre's fraction of a keV is theirs.
    double const hardest_kv = programme.bands.back().until_kv;
    Spectrum const hardest = filtered_spectrum({TubeVoltage{hardest_kv}, Thickness{0}, Thickness{0}});
    double const centre = double(hardest.energy_kev.back()) - std::floor(double(hardest.energy_kev.back()));
    for (int bin = 0; bin <= int(kind_.voltage_kv.most); ++bin) {
        PhotonEnergy const energy{std::max(1.0, bin + centre)};
        water_per_cm_.push_back(mass_attenuation_cm2_g(water, energy));
        absorbed_share_.push_back(absorbed_fraction(scintillator, energy) * energy.value());
    }

    Spectrum const calibration = filtered_spectrum(calibration_beam);
    std::vector<Layer> const phantom{{water, calibration_water_g_cm2}};
    kev_mm2_per_nGy_ = absorbed_energy_1kev_sum(calibration, scintillator, phantom) /
                       (air_kerma_mGy_per_mas_1m(attenuated(calibration, phantom)) * 1e6);
    double const reference_target = programme.target_kerma_nGy * kev_mm2_per_nGy_;

    auto const add = [&](double kv, double copper_mm, double ma, double ms) {
        Technique const technique{
            {TubeVoltage{kv}, Thickness{copper_mm}, Thickness{0}}, TubeCurrent{ma}, PulseWidth{ms}};
        Sample sample{technique, absorbed_per_mas(technique.quality), 0};
        sample.water_cm = where_it_turns(least_water_cm, most_water_cm, [&](double cm) {
            return log_signal(sample, cm) < std::log(reference_target);
        });
        path_.push_back(std::move(sample));
    };
    constexpr int steps = 8;
    // From `a` to `b` by equal ratios, without `a`, which stands on the path already.
    auto const ratio_step = [](double a, double b, int step) { return a * std::pow(b / a, double(step) / steps); };

    Range const ma = programme.current_ma, ms = programme.pulse_ms;
    double kv = programme.first_kv;
    double const first_copper = programme.bands.front().copper_mm;
    add(kv, first_copper, ma.least, ms.least);
    for (int i = 1; i <= steps; ++i) add(kv, first_copper, ratio_step(ma.least, ma.most, i), ms.least);
    for (int i = 1; i <= steps; ++i) add(kv, first_copper, ma.most, ratio_step(ms.least, ms.most, i));
    for (FilterBand const& band : programme.bands) {
        if (band.copper_mm != first_copper) {
            // The thinner filter lets more through: the current steps down so that the detector notices nothing.
            Sample const before = path_.back();
            add(kv, band.copper_mm, ma.most, ms.most);
            double const brighter =
                std::exp(log_signal(path_.back(), before.water_cm) - log_signal(before, before.water_cm));
            path_.pop_back();
            double const first_ma = ma.most / brighter;
            add(kv, band.copper_mm, first_ma, ms.most);
            path_.back().water_cm = before.water_cm;
            for (int i = 1; i <= steps; ++i) add(kv, band.copper_mm, ratio_step(first_ma, ma.most, i), ms.most);
        }
        for (int i = 1; i <= steps; ++i) add(kv + (band.until_kv - kv) * i / steps, band.copper_mm, ma.most, ms.most);
        kv = band.until_kv;
    }
    for (std::size_t i = 1; i < path_.size(); ++i) FLUORO_EXPECT(path_[i].water_cm >= path_[i - 1].water_cm);
}

std::vector<double> ExposureControl::absorbed_per_mas(BeamQuality const& quality) const
{
    Spectrum const spectrum = filtered_spectrum(quality);
    std::vector<double> absorbed(absorbed_share_.size(), 0.0);
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i) {
        std::size_t const bin = bin_of(double(spectrum.energy_kev[i]));
        FLUORO_EXPECT(bin < absorbed.size());
        absorbed[bin] += double(spectrum.fluence_per_mm2_kev_mas_1m[i]) * absorbed_share_[bin];
    }
    return absorbed;
}

double ExposureControl::log_signal(Sample const& sample, double water_cm) const
{
    double sum = 0;
    for (std::size_t bin = 0; bin < sample.absorbed_kev_mm2_mas.size(); ++bin)
        if (sample.absorbed_kev_mm2_mas[bin] > 0)
            sum += sample.absorbed_kev_mm2_mas[bin] * std::exp(-water_per_cm_[bin] * water_cm);
    return std::log(sum * sample.technique.current_time().value());
}

ExposureControl::Place ExposureControl::place_of(double drive) const
{
    double const water = water_served_cm(drive);
    // The later of two samples at one place: the thinner filter is in.
    auto const after = std::ranges::upper_bound(path_, water, {}, &Sample::water_cm);
    auto const index = std::clamp<std::ptrdiff_t>(after - path_.begin() - 1, 0, std::ptrdiff_t(path_.size()) - 2);
    Sample const& from = path_[std::size_t(index)];
    Sample const& to = path_[std::size_t(index) + 1];
    double const length = to.water_cm - from.water_cm;
    return {&from, &to, length > 0 ? std::clamp((water - from.water_cm) / length, 0.0, 1.0) : 0.0};
}

Technique ExposureControl::technique_at(double drive) const
{
    auto const [from, to, share] = place_of(drive);
    auto const between = [share = share](double a, double b) { return a * std::pow(b / a, share); };
    Technique technique = from->technique;
    technique.quality.voltage =
        TubeVoltage{std::lerp(from->technique.quality.voltage.value(), to->technique.quality.voltage.value(), share)};
    technique.current = TubeCurrent{between(from->technique.current.value(), to->technique.current.value())};
    technique.width = PulseWidth{between(from->technique.width.value(), to->technique.width.value())};
    return technique;
}

Technique ExposureControl::next(RoomState const& state, int pulse_of_run) const
{
    FLUORO_EXPECT(pulse_of_run >= 0);
    Technique technique = technique_at(drive_);
    if (SelectTechnique const& own = state.technique; !own.automatic)
        technique = {{TubeVoltage{own.voltage_kv}, Thickness{own.copper_mm}, Thickness{0}},
                     TubeCurrent{own.current_ma},
                     PulseWidth{own.pulse_ms}};

    double const by_power_ma = kind_.power_limit_kw * 1000 / technique.quality.voltage.value();
    technique.current = TubeCurrent{std::min(technique.current.value(), by_power_ma)};
    double const by_law = kind_.exposure.kerma_rate_limit_mGy_min / limited_kerma_rate_mGy_min(kind_, state, technique);
    if (by_law < 1) {
        // First less current; below what the tube can hold steady, shorter pulses.
        double const wanted_ma = technique.current.value() * by_law;
        double const current_ma = std::max(wanted_ma, std::min(kind_.current_ma.least, technique.current.value()));
        technique.width = PulseWidth{technique.width.value() * wanted_ma / current_ma};
        technique.current = TubeCurrent{current_ma};
    }
    std::vector<double> const& ramp = kind_.exposure.ramp;
    if (std::size_t(pulse_of_run) < ramp.size())
        technique.current = TubeCurrent{technique.current.value() * ramp[std::size_t(pulse_of_run)]};
    return technique;
}

double ExposureControl::water_between_cm(double absorbed_kev_mm2, Technique const& used) const
{
    if (!(absorbed_kev_mm2 > 0)) return most_water_cm;
    Sample const sample{used, absorbed_per_mas(used.quality), 0};
    return where_it_turns(least_water_cm, most_water_cm,
                          [&](double cm) { return log_signal(sample, cm) < std::log(absorbed_kev_mm2); });
}

double ExposureControl::log_signal_at(double drive, double water_cm) const
{
    auto const [from, to, share] = place_of(drive);
    return std::lerp(log_signal(*from, water_cm), log_signal(*to, water_cm), share);
}

void ExposureControl::approach(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used, double gain,
                               double dead_band)
{
    if (!(target_kev_mm2 > 0) || !(used.current_time().value() > 0)) return; // nothing was asked or nothing was fired
    double const water = water_between_cm(absorbed_kev_mm2, used);
    double const target = std::log(target_kev_mm2);
    if (std::abs(log_signal_at(drive_, water) - target) < dead_band) return;
    // The estimate of the patient does not depend on the drive, so this is a plain low-pass filter: it cannot oscillate
    // however late a reading comes.
    double const wanted = where_it_turns(0, 1, [&](double drive) { return log_signal_at(drive, water) > target; });
    set_drive(drive_ + gain * (wanted - drive_));
}

void ExposureControl::measured(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used)
{
    approach(absorbed_kev_mm2, target_kev_mm2, used, kind_.exposure.gain, kind_.exposure.dead_band);
}

void ExposureControl::settle(double absorbed_kev_mm2, double target_kev_mm2, Technique const& used)
{
    approach(absorbed_kev_mm2, target_kev_mm2, used, 1, 0);
}

double ExposureControl::target_detector_kerma_nGy(RoomState const& state) const
{
    ExposureProgramme const& programme = kind_.exposure;
    double const by_rate =
        std::min(std::pow(state.pulse_rate / programme.reference_pulse_rate, programme.rate_exponent),
                 programme.most_rate_factor);
    return programme.target_kerma_nGy * by_rate *
           std::pow(state.field_mm / programme.reference_field_mm, programme.field_exponent);
}

double ExposureControl::target_absorbed_kev_mm2(RoomState const& state) const
{
    return target_detector_kerma_nGy(state) * kev_mm2_per_nGy_;
}

void ExposureControl::set_drive(double drive)
{
    FLUORO_EXPECT(std::isfinite(drive));
    drive_ = std::clamp(drive, 0.0, 1.0);
}

double ExposureControl::water_served_cm(double drive) const
{
    return std::lerp(path_.front().water_cm, path_.back().water_cm, std::clamp(drive, 0.0, 1.0));
}

} // namespace fluoro
