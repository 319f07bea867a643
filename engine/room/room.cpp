#include "axes.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <numbers>

namespace fluoro {

namespace {

void throw_if(std::string const& problem)
{
    if (!problem.empty()) throw Error{"the room cannot start like this: " + problem};
}

/// Opening between two opposite edges inside +-half of the field, never narrower than the machine can close.
std::pair<double, double> limited(double low, double high, double half_field_mm, double smallest_mm)
{
    double const from = std::clamp(low, -half_field_mm, half_field_mm - smallest_mm);
    return {from, std::clamp(high, from + smallest_mm, half_field_mm)};
}

} // namespace

double PatientOnTable::reach_after(double turn_rad) const
{
    if (reach_mm.empty()) return back_mm - middle_y_mm;
    auto const count = double(reach_mm.size());
    double const at = turn_rad / (2 * std::numbers::pi) * count, low = std::floor(at);
    auto const one = [&](double i) { return reach_mm[std::size_t(i - count * std::floor(i / count))]; };
    return std::lerp(one(low), one(low + 1), at - low);
}

Room::Room(RoomKind const& kind, RoomState const& start, Vec3 start_isocentre_mm, PatientOnTable const& lying)
    : kind_{kind}, state_{start}, start_isocentre_mm_{start_isocentre_mm}, lying_{lying},
      limit_told_(axes().size(), false)
{
    throw_if(refusal(kind_, state_,
                     MoveCArm{start.angles.primary_rad, start.angles.secondary_rad, start.source_to_detector_mm}));
    throw_if(refusal(
        kind_, state_,
        MoveTable{
            start.table_longitudinal_mm, start.table_lateral_mm, start.table_height_mm, start.table_tilt_rad, {}}));
    if (kind_.turns_patient())
        throw_if(refusal(kind_, state_, MoveTable{{}, {}, {}, {}, start.patient_turn_rad}));
    else if (start.patient_turn_rad != 0 && start.patient_turn_rad != std::numbers::pi)
        throw_if("Patient: on this table he lies on his back (0) or prone (pi), not turned by " +
                 std::to_string(start.patient_turn_rad));
    throw_if(refusal(kind_, state_, SelectField{start.field_mm}));
    throw_if(refusal(kind_, state_, SelectPulseRate{start.pulse_rate}));
    throw_if(
        refusal(kind_, state_,
                MoveBlades{start.blades.left_mm, start.blades.right_mm, start.blades.top_mm, start.blades.bottom_mm}));
    throw_if(refusal(kind_, state_, start.technique));
    // A single exposure has no rate; whatever stands there is not used.
    if (auto const& rates = acquisition_rates(kind_, start.acquisition_kind); !rates.empty())
        throw_if(refusal(kind_, state_, SelectProgramme{{}, {}, start.acquisition_per_second}));
    throw_if(refusal(kind_, state_, SetHighLevel{start.is_high_level}));
    for (int i = 0; i < int(start.wedges.size()); ++i) {
        WedgePlace const& wedge = start.wedges[std::size_t(i)];
        throw_if(refusal(kind_, state_, MoveWedge{i, wedge.edge_mm, wedge.angle_rad}));
    }
}

std::string Room::command(Command const& command)
{
    if (std::string why = refusal(kind_, state_, command); !why.empty()) return why;
    RoomState asked; // only what this command says
    if (auto const* pedal = std::get_if<PressPedal>(&command)) state_.pedal = pedal->pedal;
    if (auto const* field = std::get_if<SelectField>(&command)) state_.field_mm = field->field_mm;
    if (auto const* rate = std::get_if<SelectPulseRate>(&command)) state_.pulse_rate = rate->per_second;
    if (auto const* technique = std::get_if<SelectTechnique>(&command)) {
        state_.technique = *technique;
        if (!technique->automatic) state_.is_exposure_locked = false;
    }
    if (auto const* blades = std::get_if<MoveBlades>(&command)) {
        double const most = kind_.fields_mm.front() / 2;
        auto const place = [most](double& edge, std::optional<double> to) {
            if (to) edge = std::clamp(*to, -most, most);
        };
        place(state_.blades.left_mm, blades->left_mm);
        place(state_.blades.right_mm, blades->right_mm);
        place(state_.blades.top_mm, blades->top_mm);
        place(state_.blades.bottom_mm, blades->bottom_mm);
    }
    if (auto const* move = std::get_if<MoveCArm>(&command)) asked.c_arm_target = *move;
    if (auto const* move = std::get_if<MoveTable>(&command)) asked.table_target = *move;
    if (auto const* programme = std::get_if<SelectProgramme>(&command)) {
        state_.fluoroscopy_level = programme->fluoroscopy.value_or(state_.fluoroscopy_level);
        state_.acquisition_kind = programme->acquisition.value_or(state_.acquisition_kind);
        state_.acquisition_per_second = programme->acquisition_per_second.value_or(state_.acquisition_per_second);
        auto const& rates = acquisition_rates(kind_, state_.acquisition_kind);
        if (!rates.empty() && !std::ranges::count(rates, state_.acquisition_per_second))
            state_.acquisition_per_second = kind_.exposure.of(mode_of(state_.acquisition_kind)).first_rate;
    }
    if (auto const* high = std::get_if<SetHighLevel>(&command)) state_.is_high_level = high->on;
    if (auto const* lock = std::get_if<LockExposure>(&command)) state_.is_exposure_locked = lock->locked;
    if (auto const* road_map = std::get_if<SetRoadMap>(&command)) state_.is_road_map = road_map->on;
    if (auto const* grid = std::get_if<PlaceGrid>(&command)) state_.is_grid_in = grid->in;
    if (auto const* move = std::get_if<MoveWedge>(&command)) {
        WedgePlace& place = state_.wedges[std::size_t(move->wedge)];
        if (move->edge_mm) place.edge_mm = std::min(*move->edge_mm, kind_.wedge_edge_mm.most);
        if (move->angle_rad) place.angle_rad = std::remainder(*move->angle_rad, 2 * std::numbers::pi);
    }
    for (Axis const& axis : axes())
        if (axis.target(asked)) {
            axis.target(state_) = axis.target(asked);
            axis.jog(state_) = 0;
        }
    if (auto const* jog = std::get_if<JogCArm>(&command)) state_.c_arm_jog = *jog;
    if (auto const* jog = std::get_if<JogTable>(&command)) state_.table_jog = *jog;
    for (std::size_t i = 0; i < axes().size(); ++i) {
        if (axes()[i].jog(state_) != 0)
            axes()[i].target(state_).reset();
        else
            limit_told_[i] = false;
    }
    if (std::holds_alternative<StopMotion>(command)) {
        state_.c_arm_target = {};
        state_.c_arm_jog = {};
        state_.table_target = {};
        state_.table_jog = {};
    }
    return {};
}

std::vector<std::string> Room::advance()
{
    std::vector<std::string> messages;
    state_.is_moving = false;
    for (std::size_t i = 0; i < axes().size(); ++i) {
        Axis const& axis = axes()[i];
        Range const& range = axis.range(kind_);
        double const step = axis.speed(kind_) / ticks_per_second;
        double& position = axis.position(state_);
        double const before = position;
        if (std::optional<double>& target = axis.target(state_)) {
            position += std::clamp(*target - position, -step, step);
            // The last step lands on the target itself, not on a sum of roundings beside it.
            if (std::abs(*target - position) <= 1e-9 * step) {
                position = *target;
                target.reset();
            }
        } else if (double const jog = axis.jog(state_); jog != 0) {
            double const wanted = position + jog * step;
            position = std::clamp(wanted, range.least, range.most);
            if (position == wanted)
                limit_told_[i] = false;
            else if (!limit_told_[i]) {
                limit_told_[i] = true;
                messages.push_back(std::string{axis.part} + ": stopped at the limit, " + axis.shown(position) + " " +
                                   axis.unit);
            }
        }
        state_.is_moving = state_.is_moving || position != before;
    }
    return messages;
}

namespace {

/// From the table toward the detector over it, and across it to the patient's left as he lies on his back.
Vec3 over_table(double turn)
{
    return {std::sin(turn), -std::cos(turn), 0};
}
Vec3 across_table(double turn)
{
    return {std::cos(turn), std::sin(turn), 0};
}

} // namespace

Vec3 Room::isocentre_mm() const
{
    // The table carries the patient; the isocentre stands still in the room, so in the patient it moves the other way.
    double const turn = state_.patient_turn_rad;
    return start_isocentre_mm_ - state_.table_lateral_mm * across_table(turn) -
           state_.table_height_mm * over_table(turn) - Vec3{0, 0, state_.table_longitudinal_mm};
}

View Room::view() const
{
    // Angles are the patient's: who turns under a detector turns the view the other way.
    PositionerAngles const angles{state_.angles.primary_rad + state_.patient_turn_rad, state_.angles.secondary_rad};
    return view_of(angles, state_.source_to_detector_mm, kind_.source_to_isocentre_mm, isocentre_mm());
}

Vec3 Room::down() const
{
    double const tilt = state_.table_tilt_rad;
    return -std::cos(tilt) * over_table(state_.patient_turn_rad) - Vec3{0, 0, std::sin(tilt)};
}

std::vector<Slab> Room::table_slabs() const
{
    double const turn = state_.patient_turn_rad;
    Vec3 const under = -over_table(turn), across = across_table(turn);
    Vec3 const middle{lying_.middle_mm.x, lying_.middle_y_mm, lying_.middle_mm.y};
    // On the back his lowest surface is known to a millimetre.
    double const reach = turn == 0 ? lying_.back_mm - lying_.middle_y_mm : lying_.reach_after(turn);
    auto const slab = [&](std::string const& material, double density_g_cm3, double from_mm, double thick_mm) {
        Slab made;
        made.material = find_material(material);
        made.density_g_cm3 = density_g_cm3;
        made.half_extent_mm = {kind_.table_half_width_mm, thick_mm / 2, kind_.table_half_length_mm};
        made.patient_from_slab = Mat4{glm::dvec4{across, 0}, glm::dvec4{under, 0}, glm::dvec4{0, 0, 1, 0},
                                      glm::dvec4{middle + (reach + from_mm + thick_mm / 2) * under, 1}};
        return made;
    };
    return {slab(kind_.pad_material, kind_.pad_density_g_cm3, 0, kind_.pad_mm),
            slab(kind_.top_material, kind_.top_density_g_cm3, kind_.pad_mm, kind_.top_mm)};
}

std::vector<Wedge> Room::wedges() const
{
    std::vector<Wedge> in_field;
    for (WedgePlace const& place : state_.wedges) {
        // The corner of the active field farthest along the wedge's direction.
        double const reach =
            state_.field_mm / 2 * (std::abs(std::cos(place.angle_rad)) + std::abs(std::sin(place.angle_rad)));
        if (place.edge_mm < reach)
            in_field.push_back({place.angle_rad, place.edge_mm, kind_.wedge_ramp_mm, kind_.wedge_full_g_cm2,
                                find_material(kind_.wedge_material)});
    }
    return in_field;
}

BladeOpening Room::open_field() const
{
    double const half = state_.field_mm / 2;
    auto const [left, right] = limited(state_.blades.left_mm, state_.blades.right_mm, half, kind_.smallest_opening_mm);
    auto const [top, bottom] = limited(state_.blades.top_mm, state_.blades.bottom_mm, half, kind_.smallest_opening_mm);
    return {left, right, top, bottom};
}

} // namespace fluoro
