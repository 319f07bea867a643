#include "blood/circulation_impl.hpp"
#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

constexpr double blood_of_a_man_ml = 5300;                   // ICRP 89
constexpr double resistance_time_s = 15, volume_time_s = 25; // of the reflexes; typical 10-20 s and half a minute
constexpr double most_tone = 2, least_tone = 0.5, most_shift_ml = 400;

} // namespace

/// Moves blood from the unstressed volume of the systemic veins into the stressed one, or back.
void Circulation::Impl::shift_from_veins(double ml)
{
    double room = 0;
    for (Bed const& bed : beds)
        if (bed.kind == BedKind::systemic) room += 1 / bed.stiffness[1];
    for (Bed& bed : beds)
        if (bed.kind == BedKind::systemic) bed.pressure[1] += ml / room;
    venous_shift_ml += ml;
    unstressed_ml -= ml;
}

void Circulation::Impl::observe(double dt_s, HeartMoment const& heart)
{
    if (heart.beat != beat.number) {
        Beat const past = beat;
        beat = {};
        beat.number = heart.beat;
        if (past.seconds > 0 && past.seconds < 4) regulate(past);
    }
    double const volume = pumps[std::size_t(Chamber::left_ventricle)].volume_ml;
    beat.seconds += dt_s;
    beat.pressure_s += dt_s * pressure[std::size_t(aorta)];
    beat.venous_s += dt_s * pumps[std::size_t(Chamber::right_atrium)].pressure_mmhg;
    beat.ejected_ml += dt_s * valves[1].flow_ml_s;
    beat.most_ml = std::max(beat.most_ml, volume);
    beat.least_ml = std::min(beat.least_ml, volume);
    if (!is_settling) return;
    for (Bed const& bed : beds) {
        if (bed.kind == BedKind::left_coronary) beat.left_ml += dt_s * bed.flow_in;
        if (bed.kind == BedKind::right_coronary) beat.right_ml += dt_s * bed.flow_in;
    }
}

/// After every beat: resistance towards the wished pressure, veins towards the wished output.
void Circulation::Impl::regulate(Beat const& past)
{
    double const mean = std::max(past.pressure_s / past.seconds, 1.0), output = past.ejected_ml / past.seconds;
    double const pressure_ratio = std::clamp(settings.mean_pressure_mmhg / mean, 0.7, 1.4);
    double const output_ratio = std::clamp(wished_output() / std::max(output, 1.0), 0.7, 1.4);
    if (is_settling) {
        systemic_tone *= std::pow(pressure_ratio / output_ratio, 0.3) * std::pow(pressure_ratio, 0.1);
        shift_from_veins(150 * (output_ratio - 1));
        // The muscle's strength, so that the wished share is ejected.
        Pump& left = pumps[std::size_t(Chamber::left_ventricle)];
        double const wished = past.most_ml * (1 - settings.ejection_fraction);
        double const ratio = (past.least_ml - left.unstressed_ml) / std::max(wished - left.unstressed_ml, 5.0);
        left.strongest *= std::pow(std::clamp(ratio, 0.7, 1.4), 0.3);
        // How far the right heart gives, so that it fills at the wished pressure.
        double const stiffer = std::pow(
            std::clamp(settings.venous_pressure_mmhg / std::max(past.venous_s / past.seconds, 0.5), 0.7, 1.4), 0.2);
        pumps[std::size_t(Chamber::right_ventricle)].passive_mmhg *= stiffer;
        pumps[std::size_t(Chamber::right_atrium)].passive_slope *= stiffer;
        double rest[2] = {0, 0};
        for (Bed const& bed : beds) {
            if (bed.kind == BedKind::left_coronary) rest[0] += bed.rest_flow;
            if (bed.kind == BedKind::right_coronary) rest[1] += bed.rest_flow;
        }
        double const flow[2] = {past.left_ml / past.seconds, past.right_ml / past.seconds};
        for (std::size_t side = 0; side < 2; ++side)
            if (rest[side] > 0) coronary_tone[side] *= std::pow(std::clamp(flow[side] / rest[side], 0.5, 2.0), 0.5);
    } else {
        double const soon = 1 - std::exp(-past.seconds / resistance_time_s);
        systemic_tone = std::clamp(systemic_tone * std::pow(pressure_ratio, soon), least_tone * settled_tone,
                                   most_tone * settled_tone);
        double const late = 1 - std::exp(-past.seconds / volume_time_s);
        double const wished = std::clamp(venous_shift_ml + 1000 * (output_ratio - 1) * late,
                                         settled_shift_ml - most_shift_ml, settled_shift_ml + most_shift_ml);
        shift_from_veins(wished - venous_shift_ml);
    }
    set_tone();
}

void Circulation::Impl::change(CirculationSettings const& wanted)
{
    CirculationSettings const before = settings;
    settings = wanted;
    if (wanted.viscosity_mpa_s != before.viscosity_mpa_s)
        for (int e = 0; e < int(graph.edges.size()); ++e) measure_edge(e);
    // The beds and the muscle change at once, the blood's place by and by.
    auto drop = [](CirculationSettings const& s) { return s.mean_pressure_mmhg - s.venous_pressure_mmhg; };
    double const output = wanted.cardiac_output_l_min / before.cardiac_output_l_min;
    double const resistance = drop(wanted) / drop(before) / output;
    systemic_tone *= resistance;
    settled_tone *= resistance;
    settled_shift_ml += 1000 * (output - 1);
    auto left_over = [&](CirculationSettings const& s) {
        double const stroke = s.cardiac_output_l_min * 1000 / 70;
        return stroke * (1 / s.ejection_fraction - 1);
    };
    Pump& left = pumps[std::size_t(Chamber::left_ventricle)];
    double const strongest = left.strongest, unstressed = left.unstressed_ml;
    double const strength = wanted.mean_pressure_mmhg / before.mean_pressure_mmhg * (left_over(before) - unstressed) /
                            std::max(left_over(wanted) - unstressed, 5.0);
    if (wanted.end_diastolic_ml != before.end_diastolic_ml) {
        std::array<Pump, chamber_count> const old = pumps;
        make_heart();
        for (std::size_t c = 0; c < chamber_count; ++c) {
            pumps[c].volume_ml = old[c].volume_ml;
            pumps[c].pressure_mmhg = old[c].pressure_mmhg;
        }
    }
    left.strongest = strongest * strength;
    set_tone();
}

/// Lets the heart beat until the wishes hold at 70 beats a minute.
void Circulation::Impl::settle()
{
    constexpr int beats = 60;
    constexpr double dt_s = 0.005;
    is_settling = true;
    set_tone();
    Heartbeat heart{{.variability = 0}};
    do {
        advance(dt_s, heart.advance(dt_s));
    } while (heart.now().beat <= beats);
    is_settling = false;
    beat = {};
    settled_tone = systemic_tone;
    settled_shift_ml = venous_shift_ml;
    unstressed_ml = 0;
    unstressed_ml = blood_of_a_man_ml * settings.end_diastolic_ml / 137 - blood_ml();
}

} // namespace fluoro
