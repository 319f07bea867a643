#include "axes.hpp"

#include <algorithm>
#include <fluoro/room/exposure_control.hpp>

namespace fluoro {

namespace {

std::string number(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

/// Rounding of degrees to radians and back must not refuse the limit itself.
constexpr double rounding = 1e-9;

std::string beyond(Axis const& axis, Range const& range, double asked)
{
    std::string const part = std::string{axis.part} + ": ";
    if (!std::isfinite(asked)) return part + axis.positive + " must be a finite number of " + axis.unit;
    if (asked > range.most + rounding)
        return part + axis.shown(asked) + " is beyond the limit of " +
               number(std::abs(range.most * axis.shown_per_unit)) + " " + axis.unit;
    if (asked < range.least - rounding)
        return part + axis.shown(asked) + (*axis.negative ? " is beyond" : " is below") + " the limit of " +
               number(std::abs(range.least * axis.shown_per_unit)) + " " + axis.unit;
    return {};
}

/// First target among the axes of `asked` that the machine cannot reach.
std::string beyond_any(RoomKind const& kind, RoomState asked)
{
    for (Axis const& axis : axes())
        if (std::optional<double> const& target = axis.target(asked))
            if (std::string problem = beyond(axis, axis.range(kind), *target); !problem.empty()) return problem;
    return {};
}

std::string jog_problem(RoomState asked)
{
    for (Axis const& axis : axes())
        if (double const jog = axis.jog(asked); !(std::abs(jog) <= 1))
            return std::string{axis.part} + ": a speed of " + number(jog) + " is not between -1 and 1 of full speed";
    return {};
}

std::string choices(std::vector<double> const& values)
{
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i)
        text += (i == 0 ? "" : i + 1 == values.size() ? " or " : ", ") + number(values[i]);
    return text;
}

std::string outside(char const* name, double value, Range const& range, char const* unit)
{
    if (range.holds(value)) return {};
    return std::string{"Technique: "} + name + " " + number(value) + " is outside the limits of " +
           number(range.least) + " to " + number(range.most) + " " + unit;
}

std::string edges_problem(RoomKind const& kind, double field_mm, double low, double high, char const* low_name,
                          char const* high_name)
{
    if (!std::isfinite(low) || !std::isfinite(high)) return "Collimator: edges must be finite numbers of mm";
    std::string const both = std::string{"Collimator: "} + low_name + " edge at " + number(low) + " and " + high_name +
                             " edge at " + number(high) + " mm leave ";
    if (high - low < kind.smallest_opening_mm)
        return both + "less than the smallest opening of " + number(kind.smallest_opening_mm) + " mm";
    double const seen = std::min(high, field_mm / 2) - std::max(low, -field_mm / 2);
    if (seen < kind.smallest_opening_mm)
        return both + "less than the smallest opening of " + number(kind.smallest_opening_mm) +
               " mm inside the active field of " + number(field_mm) + " mm";
    return {};
}

struct Judge {
    RoomKind const& kind;
    RoomState const& state;

    std::string operator()(PressPedal const& press) const
    {
        if (press.pedal == Pedal::fluoroscopy && state.pedal == Pedal::acquisition)
            return "Pedal: the acquisition pedal is down and goes before fluoroscopy; release it first";
        return {};
    }
    std::string operator()(StopMotion const&) const { return {}; }
    std::string operator()(EndSession const&) const { return {}; }
    std::string operator()(SelectProgramme const& select) const
    {
        AcquisitionKind const acquisition = select.acquisition.value_or(state.acquisition_kind);
        if (state.pedal == Pedal::acquisition && (select.acquisition || select.acquisition_per_second))
            return "Programme: a run is being acquired; release the pedal before changing it";
        if (!select.acquisition_per_second) return {};
        double const rate = *select.acquisition_per_second;
        std::vector<double> const& rates = acquisition_rates(kind, acquisition);
        std::string const name{name_of(acquisition)};
        if (rates.empty()) return "Programme: " + name + " is one exposure per press and has no frame rate";
        if (std::ranges::count(rates, rate)) return {};
        return "Programme: " + number(rate) + " is not a rate of " + name + " on this machine; choose " +
               choices(rates) + " frames per second";
    }
    std::string operator()(SetHighLevel const& set) const
    {
        if (!set.on) return {};
        if (!(kind.exposure.high_level_limit_mGy_min > 0)) return "High-level control: this machine has none";
        if (state.pedal == Pedal::acquisition)
            return "High-level control: for fluoroscopy alone; release the acquisition pedal first";
        return {};
    }
    std::string operator()(LockExposure const& lock) const
    {
        if (lock.locked && !state.technique.automatic)
            return "Lock-in: the technique is set by hand and stands still already; switch automatic exposure on first";
        return {};
    }
    std::string operator()(PlaceGrid const&) const { return {}; }
    std::string operator()(MoveWedge const& move) const
    {
        if (move.wedge < 0 || move.wedge >= int(state.wedges.size()))
            return "Wedge: there are two, number 0 and 1; " + number(move.wedge) + " is neither";
        for (auto const& value : {move.edge_mm, move.angle_rad})
            if (value && !std::isfinite(*value)) return "Wedge: edge and angle must be finite numbers";
        if (move.edge_mm && *move.edge_mm < kind.wedge_edge_mm.least)
            return "Wedge: an edge at " + number(*move.edge_mm) + " mm is beyond its travel, which ends at " +
                   number(kind.wedge_edge_mm.least) + " mm";
        return {};
    }
    // What concerns the picture alone is the session's business.
    std::string operator()(Subtract const&) const { return {}; }
    std::string operator()(SetRoadMap const&) const { return {}; }
    std::string operator()(ShowPicture const&) const { return {}; }
    std::string operator()(ReviewRun const&) const { return {}; }
    std::string operator()(StorePicture const&) const { return {}; }
    // And the patient's body and the tools in it are nobody's business here.
    template <class Order>
    requires(std::is_constructible_v<BodyOrder, Order> || std::is_constructible_v<ToolOrder, Order>) std::string
    operator()(Order const&) const
    {
        return {};
    }
    std::string operator()(MoveCArm const& move) const
    {
        RoomState asked;
        asked.c_arm_target = move;
        return beyond_any(kind, asked);
    }
    std::string operator()(MoveTable const& move) const
    {
        RoomState asked;
        asked.table_target = move;
        if (move.turn_rad && !kind.turns_patient() && *move.turn_rad != state.patient_turn_rad)
            return "Patient: he stays as he lies, nobody turns on this table";
        if (!kind.turns_patient()) asked.table_target.turn_rad.reset();
        return beyond_any(kind, asked);
    }
    std::string operator()(JogCArm const& jog) const
    {
        RoomState asked;
        asked.c_arm_jog = jog;
        return jog_problem(asked);
    }
    std::string operator()(JogTable const& jog) const
    {
        RoomState asked;
        asked.table_jog = jog;
        return jog_problem(asked);
    }
    std::string operator()(MoveBlades const& move) const
    {
        BladeOpening const& now = state.blades;
        std::string problem;
        if (move.left_mm || move.right_mm)
            problem = edges_problem(kind, state.field_mm, move.left_mm.value_or(now.left_mm),
                                    move.right_mm.value_or(now.right_mm), "left", "right");
        if (problem.empty() && (move.top_mm || move.bottom_mm))
            problem = edges_problem(kind, state.field_mm, move.top_mm.value_or(now.top_mm),
                                    move.bottom_mm.value_or(now.bottom_mm), "top", "bottom");
        return problem;
    }
    std::string operator()(SelectField const& select) const
    {
        if (std::ranges::count(kind.fields_mm, select.field_mm)) return {};
        return "Field: " + number(select.field_mm) + " mm is not a zoom format of this machine; choose " +
               choices(kind.fields_mm) + " mm";
    }
    std::string operator()(SelectPulseRate const& select) const
    {
        if (std::ranges::count(kind.pulse_rates, select.per_second)) return {};
        return "Pulse rate: " + number(select.per_second) + " is not one of this machine; choose " +
               choices(kind.pulse_rates) + " pulses per second";
    }
    std::string operator()(SelectTechnique const& select) const
    {
        if (select.automatic) return {};
        std::string problem = outside("tube voltage", select.voltage_kv, kind.voltage_kv, "kV");
        if (problem.empty()) problem = outside("tube current", select.current_ma, kind.current_ma, "mA");
        if (problem.empty()) problem = outside("pulse width", select.pulse_ms, kind.pulse_ms, "ms");
        if (problem.empty()) problem = outside("copper filter", select.copper_mm, kind.copper_mm, "mm");
        if (!problem.empty()) return problem;
        if (double const power = select.voltage_kv * select.current_ma / 1000; power > kind.power_limit_kw)
            return "Technique: " + number(select.voltage_kv) + " kV x " + number(select.current_ma) + " mA is " +
                   number(power) + " kW, above the tube's limit of " + number(kind.power_limit_kw) + " kW";
        Technique const asked{{TubeVoltage{select.voltage_kv}, Thickness{select.copper_mm}, Thickness{0}},
                              TubeCurrent{select.current_ma},
                              PulseWidth{select.pulse_ms}};
        double const rate = limited_kerma_rate_mGy_min(kind, state, asked);
        double const limit = kerma_rate_limit_mGy_min(kind, state);
        if (rate > limit)
            return "Technique: " + number(std::round(rate)) + " mGy/min " +
                   number(kind.exposure.limit_distance_mm / 10) + " cm in front of the detector at " +
                   number(state.pulse_rate) + " pulses per second, above the legal limit of " + number(limit) +
                   " mGy/min; lower mA, ms or the pulse rate";
        return {};
    }
};

} // namespace

std::string refusal(RoomKind const& kind, RoomState const& state, Command const& command)
{
    return std::visit(Judge{kind, state}, command);
}

} // namespace fluoro
