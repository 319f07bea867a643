#include <fluoro/console/operator_input.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/room/exposure_control.hpp>

namespace fluoro {
namespace {

// To drink: thin barium as for single swallows. Oxygen: a nasal line, typical.
constexpr double mouthful_ml = 15, thin_g_100ml = 60, thin_mpa_s = 20, oxygen_line_l_min = 4;
// One press of a key.
constexpr double mask_step_px = 0.5, landmark_step = 0.02, most_landmark = 0.1;
constexpr double brightness_step = 0.05, contrast_step = 1.15, edge_step = 0.1, enlarge_step = 1.25;
constexpr Range brightness{-1, 1}, contrast{0.25, 4}, edges{0, 2}, zoom{1, 4};

double within(Range const& range, double value)
{
    return std::clamp(value, range.least, range.most);
}

/// The neighbour of `value` among ascending `values`; nothing beyond their ends.
std::optional<double> lower(std::vector<double> const& values, double value)
{
    auto const next = std::lower_bound(values.begin(), values.end(), value);
    return next == values.begin() ? std::nullopt : std::optional{*std::prev(next)};
}
std::optional<double> higher(std::vector<double> const& values, double value)
{
    auto const next = std::upper_bound(values.begin(), values.end(), value);
    return next == values.end() ? std::nullopt : std::optional{*next};
}

ExposureMode acquisition_mode(AcquisitionKind kind)
{
    RoomState pressed;
    pressed.pedal = Pedal::acquisition;
    pressed.acquisition_kind = kind;
    return exposure_mode(pressed);
}

/// The next of `count` values, then the first again.
template <class Value> Value next_of(Value value, int count)
{
    return Value((int(value) + 1) % count);
}

} // namespace

void OperatorInput::press(Action action)
{
    if (action >= Action::subtract && action <= Action::store_reference)
        press_for_picture(action);
    else if (action >= Action::breathe_in && action <= Action::oxygen)
        press_for_patient(action);
    else if (action >= Action::next_right_tool && action <= Action::mix_thick_cement)
        hands_.press(action, commands_);
    else
        press_for_room(action);
}

void OperatorInput::press_for_room(Action action)
{
    auto const go_to = [&](double primary_degrees) {
        MoveCArm move;
        move.secondary_rad = 0;
        if (kind_.swings()) {
            move.primary_rad = radians(primary_degrees);
        } else if (kind_.turns_patient()) {
            MoveTable turn;
            turn.turn_rad = radians(primary_degrees);
            commands_.emplace_back(turn);
        }
        commands_.emplace_back(move);
    };
    auto const select_field = [&](std::optional<double> side) {
        if (side) commands_.emplace_back(SelectField{room_.field_mm = *side});
    };
    auto const select_rate = [&](std::optional<double> rate) {
        if (rate) commands_.emplace_back(SelectPulseRate{room_.pulse_rate = *rate});
    };
    switch (action) {
    case Action::field_smaller:
        return select_field(lower(fields_mm_, room_.field_mm));
    case Action::field_larger:
        return select_field(higher(fields_mm_, room_.field_mm));
    case Action::pulse_rate_lower:
        return select_rate(lower(pulse_rates_, room_.pulse_rate));
    case Action::pulse_rate_higher:
        return select_rate(higher(pulse_rates_, room_.pulse_rate));
    case Action::fluoroscopy_level:
        room_.fluoroscopy_level = next_of(room_.fluoroscopy_level, 3);
        commands_.emplace_back(SelectProgramme{room_.fluoroscopy_level, {}, {}});
        return;
    case Action::acquisition_kind: {
        room_.acquisition_kind = next_of(room_.acquisition_kind, 3);
        commands_.emplace_back(SelectProgramme{{}, room_.acquisition_kind, {}});
        return;
    }
    case Action::acquisition_rate: {
        // Upward, then from the lowest again.
        std::vector<double> const& rates = kind_.exposure.of(acquisition_mode(room_.acquisition_kind)).rates;
        if (rates.empty()) return;
        room_.acquisition_per_second = higher(rates, room_.acquisition_per_second).value_or(rates.front());
        commands_.emplace_back(SelectProgramme{{}, {}, room_.acquisition_per_second});
        return;
    }
    case Action::high_level:
        commands_.emplace_back(SetHighLevel{room_.is_high_level = !room_.is_high_level});
        return;
    case Action::lock_exposure:
        commands_.emplace_back(LockExposure{room_.is_exposure_locked = !room_.is_exposure_locked});
        return;
    case Action::grid:
        commands_.emplace_back(PlaceGrid{room_.is_grid_in = !room_.is_grid_in});
        return;
    case Action::view_ap:
        return go_to(0);
    case Action::view_lao_45:
        return go_to(45);
    case Action::view_lateral:
        return go_to(90);
    case Action::view_rao_30:
        return go_to(-30);
    case Action::stop_motion:
        commands_.emplace_back(StopMotion{});
        return;
    case Action::centre_table: {
        MoveTable move;
        move.longitudinal_mm = move.lateral_mm = move.height_mm = 0;
        commands_.emplace_back(move);
        return;
    }
    default:
        return; // the window's own, and acknowledge
    }
}

void OperatorInput::press_for_patient(Action action)
{
    auto const breathe = [&](BreathCommand how) { commands_.emplace_back(Breathe{how}); };
    switch (action) {
    case Action::breathe_in:
        return breathe(BreathCommand::breathe_in_and_hold);
    case Action::breathe_out:
        return breathe(BreathCommand::breathe_out_and_hold);
    case Action::breathe_on:
        return breathe(BreathCommand::quiet);
    case Action::breathe_deep:
        return breathe(BreathCommand::deep);
    case Action::cough:
        return breathe(BreathCommand::cough);
    case Action::mouthful:
        commands_.emplace_back(TakeMouthful{mouthful_ml, thin_g_100ml, thin_mpa_s});
        return;
    case Action::swallow:
        commands_.emplace_back(SwallowNow{});
        return;
    case Action::granules:
        commands_.emplace_back(TakeGranules{});
        return;
    case Action::oxygen:
        has_oxygen_ = !has_oxygen_;
        commands_.emplace_back(GiveOxygen{has_oxygen_ ? oxygen_line_l_min : 0});
        return;
    default:
        return;
    }
}

void OperatorInput::press_for_picture(Action action)
{
    PictureState& p = picture_;
    auto const shift_mask = [&](double columns, double rows) {
        Subtract shift;
        shift.shift_columns = p.mask_shift_columns += columns;
        shift.shift_rows = p.mask_shift_rows += rows;
        commands_.emplace_back(shift);
    };
    auto const show = [&](auto ShowPicture::*what, auto value) {
        ShowPicture changed;
        changed.*what = value;
        commands_.emplace_back(changed);
    };
    auto const review = [&](int run, int frame) {
        p.review_run = run;
        p.review_frame = frame;
        commands_.emplace_back(ReviewRun{run, frame});
    };
    auto const frames_of = [&](int run) {
        auto const found = std::ranges::find(p.runs, run, &RunSummary::number);
        return found == p.runs.end() ? 0 : found->frames;
    };
    switch (action) {
    case Action::subtract: {
        Subtract toggle;
        toggle.on = p.is_subtracted = !p.is_subtracted;
        commands_.emplace_back(toggle);
        return;
    }
    case Action::remask: {
        Subtract mask;
        mask.mask_first = p.mask_first = std::max(1, p.review_frame);
        commands_.emplace_back(mask);
        return;
    }
    case Action::landmark: {
        // Upward, then none again.
        Subtract mark;
        double const more = p.landmark + landmark_step;
        mark.landmark = p.landmark = more > most_landmark + 1e-9 ? 0 : more;
        commands_.emplace_back(mark);
        return;
    }
    case Action::mask_left:
        return shift_mask(-mask_step_px, 0);
    case Action::mask_right:
        return shift_mask(mask_step_px, 0);
    case Action::mask_up:
        return shift_mask(0, -mask_step_px);
    case Action::mask_down:
        return shift_mask(0, mask_step_px);
    case Action::road_map: {
        bool const on = p.road_map == RoadMap::Phase::off;
        p.road_map = on ? RoadMap::Phase::waiting : RoadMap::Phase::off;
        commands_.emplace_back(SetRoadMap{on});
        return;
    }
    case Action::invert:
        return show(&ShowPicture::inverted, p.is_inverted = !p.is_inverted);
    case Action::brighter:
        return show(&ShowPicture::brightness, p.brightness = within(brightness, p.brightness + brightness_step));
    case Action::darker:
        return show(&ShowPicture::brightness, p.brightness = within(brightness, p.brightness - brightness_step));
    case Action::more_contrast:
        return show(&ShowPicture::contrast, p.contrast = within(contrast, p.contrast * contrast_step));
    case Action::less_contrast:
        return show(&ShowPicture::contrast, p.contrast = within(contrast, p.contrast / contrast_step));
    case Action::more_edges:
        return show(&ShowPicture::edge_gain, p.edge_gain = within(edges, p.edge_gain + edge_step));
    case Action::fewer_edges:
        return show(&ShowPicture::edge_gain, p.edge_gain = within(edges, p.edge_gain - edge_step));
    case Action::enlarge:
        return show(&ShowPicture::zoom, p.zoom = within(zoom, p.zoom * enlarge_step));
    case Action::reduce:
        return show(&ShowPicture::zoom, p.zoom = 1.0);
    case Action::review_run: {
        // The newest first, then one back with every press; after the oldest the newest again.
        if (p.runs.empty()) return;
        auto found = std::ranges::find(p.runs, p.review_run, &RunSummary::number);
        bool const is_first = found == p.runs.begin() || found == p.runs.end();
        return review((is_first ? p.runs.back() : *std::prev(found)).number, -1);
    }
    case Action::review_back:
        if (p.review_run > 0) review(p.review_run, std::max(1, p.review_frame - 1));
        return;
    case Action::review_forward:
        if (p.review_run > 0) review(p.review_run, std::min(frames_of(p.review_run), p.review_frame + 1));
        return;
    case Action::review_play:
        if (p.review_run > 0) review(p.review_run, p.is_playing ? std::max(1, p.review_frame) : -1);
        return;
    case Action::review_live:
        return review(0, 1);
    case Action::store_picture:
        commands_.emplace_back(StorePicture{false});
        return;
    case Action::store_reference:
        commands_.emplace_back(StorePicture{true});
        return;
    default:
        return;
    }
}

} // namespace fluoro
