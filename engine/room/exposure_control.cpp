#include <fluoro/room/exposure_control.hpp>

#include "technique_path.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

/// What a reading can be taken for: from less than nothing in the way to more than can be told apart from no signal.
constexpr double least_seen_cm = -20, most_seen_cm = 80;

/// ln of what inverse square leaves of a signal at 1 m.
double log_inverse_square(double source_to_detector_mm)
{
    return 2 * std::log(1000 / source_to_detector_mm);
}

/// `technique` with its charge multiplied: the current first; below `least_ma` or above `most_ma`, the pulse width.
Technique scaled(Technique technique, double factor, double least_ma, double most_ma)
{
    double const now = technique.current.value(), asked = now * factor;
    double const current = std::clamp(asked, std::min(now, least_ma), std::max(now, most_ma));
    technique.width = PulseWidth{technique.width.value() * asked / current};
    technique.current = TubeCurrent{current};
    return technique;
}

/// Held inside the focal spots' and the generator's power, with the spot that this takes: the small one while it
/// stands it.
Technique within_power(RoomKind const& kind, Technique technique)
{
    double const most_kw = std::min(kind.power_limit_kw, kind.tube.large_focus_limit_kw);
    if (double const kw = technique.power_kw(); kw > most_kw)
        technique.current = TubeCurrent{technique.current.value() * most_kw / kw};
    technique.focal_spot = technique.power_kw() <= kind.tube.small_focus_limit_kw ? FocalSpot::small : FocalSpot::large;
    return technique;
}

} // namespace

struct ExposureControl::Model {
    explicit Model(RoomKind const& room_kind) : kind{room_kind}, response{kind.voltage_kv.most, kind.tube.output_factor}
    {
        double const power_kw = std::min(kind.power_limit_kw, kind.tube.large_focus_limit_kw);
        for (ExposureProgramme const& programme : kind.exposure.programmes)
            paths.emplace_back(programme, power_kw, response);
        for (TechniquePath const& path : paths)
            kev_mm2_per_nGy.push_back(response.kev_mm2_per_nGy(path.first_quality()));
    }
    Model(Model const&) = delete; // the paths point at `response`

    RoomKind kind;
    BeamResponse response;
    std::vector<TechniquePath> paths;
    std::vector<double> kev_mm2_per_nGy; ///< of each programme's target
};

ExposureMode exposure_mode(RoomState const& state)
{
    if (state.pedal == Pedal::acquisition) return mode_of(state.acquisition_kind);
    if (state.is_road_map) return ExposureMode::road_map;
    switch (state.fluoroscopy_level) {
    case FluoroscopyLevel::low:
        return ExposureMode::fluoroscopy_low;
    case FluoroscopyLevel::high:
        return ExposureMode::fluoroscopy_high;
    case FluoroscopyLevel::normal:
        break;
    }
    return ExposureMode::fluoroscopy_normal;
}

double pulses_per_second(RoomState const& state)
{
    ExposureMode const mode = exposure_mode(state);
    if (mode == ExposureMode::single) return 1;
    return is_acquisition(mode) ? state.acquisition_per_second : state.pulse_rate;
}

bool fires(RoomState const& state, int pulse_of_run)
{
    return state.pedal != Pedal::released && (exposure_mode(state) != ExposureMode::single || pulse_of_run == 0);
}

bool is_high_level_tone(RoomState const& state)
{
    return state.is_high_level && state.pedal == Pedal::fluoroscopy;
}

double kerma_rate_limit_mGy_min(RoomKind const& kind, RoomState const& state)
{
    return state.is_high_level ? kind.exposure.high_level_limit_mGy_min : kind.exposure.kerma_rate_limit_mGy_min;
}

double limited_kerma_rate_mGy_min(RoomKind const& kind, RoomState const& state, Technique const& technique)
{
    double const distance_m = (state.source_to_detector_mm - kind.exposure.limit_distance_mm) / 1000;
    double const per_pulse_mGy = kind.tube.output_factor *
                                 air_kerma_mGy_per_mas_1m(filtered_spectrum(technique.quality)) *
                                 technique.current_time().value() / (distance_m * distance_m);
    return per_pulse_mGy * state.pulse_rate * 60;
}

ExposureControl::ExposureControl(RoomKind const& kind)
    : model_{std::make_shared<Model const>(kind)}, water_cm_{kind.exposure.first_patient_cm}, heat_{kind.tube}
{
}

double ExposureControl::target_detector_kerma_nGy(RoomState const& state) const
{
    ExposureProgramme const& programme = model_->kind.exposure.of(exposure_mode(state));
    double const by_rate =
        std::min(std::pow(pulses_per_second(state) / programme.reference_rate, programme.rate_exponent),
                 programme.most_rate_factor);
    return programme.target_kerma_nGy * by_rate *
           std::pow(state.field_mm / programme.reference_field_mm, programme.field_exponent);
}

double ExposureControl::target_absorbed_kev_mm2(RoomState const& state) const
{
    return target_detector_kerma_nGy(state) * model_->kev_mm2_per_nGy[std::size_t(exposure_mode(state))];
}

bool ExposureControl::is_held(RoomState const& state, int pulse_of_run) const
{
    int const free = model_->kind.exposure.of(exposure_mode(state)).free_pulses;
    return state.is_exposure_locked || (free > 0 && pulse_of_run >= free);
}

/// The automatic technique for the patient as believed, before the tube has its say.
Technique ExposureControl::wanted(RoomState const& state) const
{
    RoomKind const& kind = model_->kind;
    ExposureMode const mode = exposure_mode(state);
    TechniquePath const& path = model_->paths[std::size_t(mode)];
    double const at_1m = std::log(target_absorbed_kev_mm2(state)) - log_inverse_square(state.source_to_detector_mm);
    auto const& held = held_[std::size_t(mode)];
    TechniquePath::Place const place =
        path.where_signal(at_1m, water_cm_, held ? held->quality.added_copper.value() : -1);
    if (is_acquisition(mode)) return path.technique(place);
    double const distance_m = (state.source_to_detector_mm - kind.exposure.limit_distance_mm) / 1000;
    double const most_at_1m =
        std::log(kerma_rate_limit_mGy_min(kind, state) / (state.pulse_rate * 60) * distance_m * distance_m);
    if (path.log_kerma(place) <= most_at_1m) return path.technique(place);
    // The path ends at the limit. Kerma is interpolated between samples, to 1 %: the exact one puts the place right.
    double const limit = kerma_rate_limit_mGy_min(kind, state);
    double asked = most_at_1m, left = 1;
    Technique last;
    for (int correction = 0; correction < 3; ++correction) {
        last = path.technique(path.where_kerma(asked));
        left = limit / limited_kerma_rate_mGy_min(kind, state, last);
        if (left > 1.01) break;
        asked += std::log(left);
    }
    // Where a filter change would cross the limit, the filter stays and the current fills the rest.
    return scaled(last, left, kind.current_ma.least, kind.current_ma.most);
}

Technique ExposureControl::within_heat(RoomState const& state, Technique const& technique) const
{
    RoomKind const& kind = model_->kind;
    double const mean_kw = technique.energy_kj() * pulses_per_second(state);
    double const allowed_kw = heat_.allowed_kw(kind.exposure.heat_reserve_s);
    return mean_kw > allowed_kw ? scaled(technique, allowed_kw / mean_kw, kind.current_ma.least, kind.current_ma.most)
                                : technique;
}

Technique ExposureControl::next(RoomState const& state, int pulse_of_run) const
{
    FLUORO_EXPECT(pulse_of_run >= 0);
    RoomKind const& kind = model_->kind;
    ExposureMode const mode = exposure_mode(state);
    auto const& held = held_[std::size_t(mode)];
    Technique technique = held && is_held(state, pulse_of_run) ? *held : wanted(state);
    if (SelectTechnique const& own = state.technique; !own.automatic)
        technique = {{TubeVoltage{own.voltage_kv}, Thickness{own.copper_mm}, Thickness{0}},
                     TubeCurrent{own.current_ma},
                     PulseWidth{own.pulse_ms}};
    if (!is_acquisition(mode)) // a locked or a manual technique may meet a faster rate or a nearer detector
        if (double const by_law =
                kerma_rate_limit_mGy_min(kind, state) / limited_kerma_rate_mGy_min(kind, state, technique);
            by_law < 1)
            technique = scaled(technique, by_law, kind.current_ma.least, kind.current_ma.most);
    technique = within_power(kind, within_heat(state, technique)); // the spot stays through the ramp
    std::vector<double> const& ramp = kind.exposure.of(mode).ramp;
    if (std::size_t(pulse_of_run) < ramp.size())
        technique.current = TubeCurrent{technique.current.value() * ramp[std::size_t(pulse_of_run)]};
    return technique;
}

TubeLoad ExposureControl::tube_load(RoomState const& state) const
{
    // What heat leaves of the technique that would be fired: the ramp is over in both.
    constexpr int late = 1'000'000;
    ExposureControl cold = *this;
    cold.heat_ = AnodeHeat{model_->kind.tube};
    double const share = heat_.share();
    return {share, share >= model_->kind.exposure.heat_warning_share,
            next(state, late).energy_kj() / cold.next(state, late).energy_kj()};
}

double ExposureControl::water_seen_cm(double absorbed_kev_mm2, double source_to_detector_mm,
                                      Technique const& used) const
{
    double const thickest = model_->kind.exposure.thickest_patient_cm;
    if (!(absorbed_kev_mm2 > 0)) return thickest;
    double const at_1m = std::log(absorbed_kev_mm2) - log_inverse_square(source_to_detector_mm);
    auto const beam = model_->response.absorbed_per_mas(used.quality);
    return std::clamp(model_->response.water_cm(beam, used.current_time(), at_1m, least_seen_cm, most_seen_cm), 0.0,
                      thickest);
}

void ExposureControl::follow(RoomState const& state, double seen_cm, Technique const& used)
{
    ExposureSettings const& settings = model_->kind.exposure;
    if (state.is_moving) {
        // The way through the patient changes steadily while the machine swings: aim where it will be a pulse on.
        double const drift = seen_moving_cm_ ? seen_cm - *seen_moving_cm_ : 0;
        seen_moving_cm_ = seen_cm;
        set_patient_water_cm(seen_cm + std::clamp(drift, -settings.most_drift_cm, settings.most_drift_cm));
        return;
    }
    seen_moving_cm_.reset();
    auto const beam = model_->response.absorbed_per_mas(used.quality);
    double const error = std::abs(model_->response.log_signal(beam, used.current_time(), seen_cm) -
                                  model_->response.log_signal(beam, used.current_time(), water_cm_));
    if (error < settings.dead_band) return;
    double gain = settings.of(exposure_mode(state)).gain;
    if (error > settings.fast_error)
        gain = std::max(gain, seen_cm > water_cm_ ? settings.dark_gain : settings.bright_gain);
    // What is seen does not depend on what was believed, so this is a plain low-pass filter: it cannot oscillate
    // however late a reading comes.
    set_patient_water_cm(std::lerp(water_cm_, seen_cm, gain));
}

void ExposureControl::measured(RoomState const& state, int pulse_of_run, double absorbed_kev_mm2, Technique const& used)
{
    if (!(used.current_time().value() > 0)) return; // nothing was fired
    heat_.add(used.energy_kj());
    auto& held = held_[std::size_t(exposure_mode(state))];
    if (is_held(state, pulse_of_run)) {
        if (!held) held = wanted(state);
        return;
    }
    follow(state, water_seen_cm(absorbed_kev_mm2, state.source_to_detector_mm, used), used);
    Technique const now = wanted(state); // prefers the copper that is held
    held_ = {}; // a lock holds what was last used; other programmes take the patient as believed then
    held = now;
}

void ExposureControl::settle(RoomState const& state, double absorbed_kev_mm2, Technique const& used)
{
    if (!(used.current_time().value() > 0)) return;
    set_patient_water_cm(water_seen_cm(absorbed_kev_mm2, state.source_to_detector_mm, used));
}

void ExposureControl::rest(double seconds)
{
    heat_.cool(seconds);
}

void ExposureControl::set_patient_water_cm(double water_cm)
{
    FLUORO_EXPECT(std::isfinite(water_cm));
    water_cm_ = std::clamp(water_cm, 0.0, model_->kind.exposure.thickest_patient_cm);
}

} // namespace fluoro
