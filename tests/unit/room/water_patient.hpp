#pragma once
#include <cmath>
#include <fluoro/physics/energy_bins.hpp>
#include <fluoro/room/exposure_control.hpp>
#include <functional>
#include <vector>

// Exposure control against a patient whose reading is known in closed form: a slab of water, inverse square, no
// scatter.
namespace fluoro::test {

inline RoomKind const& suite()
{
    return find_room_kind("c-arm-suite");
}

/// A control that has seen nothing yet. Building one takes the longest of all here, copying it nothing.
inline ExposureControl cold_control()
{
    static ExposureControl const built{suite()};
    return built;
}

inline RoomState fluoroscopy(FluoroscopyLevel level = FluoroscopyLevel::normal, double rate = 15, double sid_mm = 1000)
{
    RoomState state;
    state.pedal = Pedal::fluoroscopy;
    state.fluoroscopy_level = level;
    state.source_to_detector_mm = sid_mm;
    state.pulse_rate = rate;
    state.field_mm = 220;
    return state;
}

inline RoomState acquisition(AcquisitionKind kind)
{
    RoomState state = fluoroscopy();
    state.pedal = Pedal::acquisition;
    state.acquisition_kind = kind;
    if (kind != AcquisitionKind::single) state.acquisition_per_second = suite().exposure.of(mode_of(kind)).first_rate;
    return state;
}

inline RoomState road_map(double rate = 7.5)
{
    RoomState state = fluoroscopy(FluoroscopyLevel::normal, rate);
    state.is_road_map = true;
    return state;
}

/// Energy absorbed behind the slab [keV/mm2].
inline double reading(Technique const& technique, double water_cm, double sid_mm = 1000)
{
    std::vector<Layer> const slab{{find_material("water"), water_cm}};
    double const metres = sid_mm / 1000;
    return absorbed_energy_1kev_sum(filtered_spectrum(technique.quality), Scintillator::csi_600um, slab) *
           technique.current_time().value() / (metres * metres);
}

/// Air kerma that enters the slab, which stands with its middle at the isocentre, free in air [mGy per pulse].
inline double entrance_mGy(Technique const& technique, double water_cm)
{
    double const metres = (suite().source_to_isocentre_mm - water_cm * 5) / 1000;
    return air_kerma_mGy_per_mas_1m(filtered_spectrum(technique.quality)) * technique.current_time().value() /
           (metres * metres);
}

/// What one pedal press gave: reading over target of every pulse, and the techniques.
struct Press {
    std::vector<double> ratios;
    std::vector<Technique> techniques;
};

using WaterAt = std::function<double(int pulse)>;

inline Press press(ExposureControl& control, RoomState const& state, WaterAt const& water_cm, int pulses)
{
    Press given;
    double const target = control.target_absorbed_kev_mm2(state);
    for (int pulse = 0; pulse < pulses; ++pulse) {
        control.rest(1 / pulses_per_second(state));
        Technique const technique = control.next(state, pulse);
        double const absorbed = reading(technique, water_cm(pulse), state.source_to_detector_mm);
        control.measured(state, pulse, absorbed, technique);
        given.ratios.push_back(absorbed / target);
        given.techniques.push_back(technique);
    }
    return given;
}

inline Press press(ExposureControl& control, RoomState const& state, double water_cm, int pulses)
{
    return press(
        control, state, [=](int) { return water_cm; }, pulses);
}

/// The technique that a patient of this thickness ends with.
inline Technique settled(RoomState const& state, double water_cm)
{
    ExposureControl control = cold_control();
    for (int i = 0; i < 4; ++i) {
        Technique const used = control.next(state, 99);
        control.settle(state, reading(used, water_cm, state.source_to_detector_mm), used);
    }
    return control.next(state, 99);
}

inline double rate_mGy_min(RoomState const& state, double water_cm)
{
    return entrance_mGy(settled(state, water_cm), water_cm) * pulses_per_second(state) * 60;
}

} // namespace fluoro::test
