#include "picture_desk.hpp"

#include <algorithm>
#include <utility>

namespace fluoro {

namespace {

std::string_view programme_of(FrameKind kind)
{
    switch (kind) {
    case FrameKind::fluoroscopy:
        return "fluoroscopy";
    case FrameKind::cine:
        return "cine";
    case FrameKind::dsa:
        return "dsa";
    }
    return {};
}

} // namespace

PictureDesk::PictureDesk(int pixels) : pixels_{pixels} {}

std::string PictureDesk::change(DisplaySettings const& settings)
{
    if (std::string const problem = problem_of(settings); !problem.empty()) return "Picture: " + problem;
    display_.set(settings);
    is_stale_ = true;
    return {};
}

std::string PictureDesk::review(ReviewRun const& wanted, Tick tick)
{
    if (wanted.run == 0) {
        is_stale_ = run_ != 0;
        run_ = frame_ = 0;
        is_playing_ = false;
        return {};
    }
    StoredRun const* const run = display_.runs().find(wanted.run);
    if (!run || run->frames.empty())
        return "Review: there is no run " + std::to_string(wanted.run) +
               " (any more); press the acquisition pedal or store fluoroscopy to make one";
    int const frames = int(run->frames.size());
    if (wanted.frame == 0 || wanted.frame > frames)
        return "Review: run " + std::to_string(wanted.run) + " has the frames 1 to " + std::to_string(frames);
    run_ = wanted.run;
    is_playing_ = wanted.frame < 0;
    frame_ = is_playing_ ? 1 : wanted.frame;
    play_start_ = tick;
    is_stale_ = true;
    return {};
}

std::string PictureDesk::command(Command const& command, Tick tick)
{
    if (auto const* wanted = std::get_if<ReviewRun>(&command)) return review(*wanted, tick);
    if (auto const* store = std::get_if<StorePicture>(&command)) {
        if (!display_.store_picture(store->as_reference)) return "Store: there is no picture yet";
        if (store->as_reference)
            has_new_reference_ = true;
        else
            display_.store_fluoroscopy();
        return {};
    }
    if (auto const* road_map = std::get_if<SetRoadMap>(&command)) {
        if (road_map->on)
            display_.start_road_map();
        else
            display_.stop_road_map();
        is_stale_ = true;
        return {};
    }
    DisplaySettings settings = display_.settings();
    if (auto const* s = std::get_if<Subtract>(&command)) {
        SubtractionSettings& to = settings.subtraction;
        to.on = s->on.value_or(to.on);
        to.mask_first = s->mask_first.value_or(to.mask_first);
        to.mask_frames = s->mask_frames.value_or(to.mask_frames);
        to.shift_columns = s->shift_columns.value_or(to.shift_columns);
        to.shift_rows = s->shift_rows.value_or(to.shift_rows);
        to.landmark = s->landmark.value_or(to.landmark);
        if (s->peak) to.peak = *s->peak ? PeakOpacification::darkest : PeakOpacification::off;
        return change(settings);
    }
    if (auto const* s = std::get_if<ShowPicture>(&command)) {
        settings.inverted = s->inverted.value_or(settings.inverted);
        settings.edge_gain = s->edge_gain.value_or(settings.edge_gain);
        settings.brightness = s->brightness.value_or(settings.brightness);
        settings.contrast = s->contrast.value_or(settings.contrast);
        settings.zoom = s->zoom.value_or(settings.zoom);
        if (s->centre_column) settings.centre_column = *s->centre_column * pixels_ - 0.5;
        if (s->centre_row) settings.centre_row = *s->centre_row * pixels_ - 0.5;
        return change(settings);
    }
    return {};
}

Picture PictureDesk::process(RawImage const& raw, FrameInfo const& info)
{
    run_ = frame_ = 0;
    is_playing_ = is_stale_ = false;
    return display_.process(raw, info);
}

int PictureDesk::newest_run() const
{
    auto const& runs = display_.runs().runs();
    return runs.empty() ? 0 : runs.back().id;
}

std::optional<Picture> PictureDesk::hold()
{
    display_.end_run();
    is_stale_ = false;
    return display_.hold();
}

std::optional<Picture> PictureDesk::refreshed(Tick tick)
{
    StoredRun const* const run = run_ != 0 ? display_.runs().find(run_) : nullptr;
    if (run && is_playing_) {
        int const due = std::max(1, run->frame_at(seconds(tick - play_start_)));
        is_stale_ = is_stale_ || due != frame_;
        frame_ = due;
    }
    if (!std::exchange(is_stale_, false)) return std::nullopt;
    return run ? display_.review(run_, frame_) : display_.hold();
}

std::optional<Picture> PictureDesk::take_reference()
{
    return std::exchange(has_new_reference_, false) ? display_.reference() : std::nullopt;
}

PictureState PictureDesk::state() const
{
    DisplaySettings const& settings = display_.settings();
    PictureState state;
    state.is_inverted = settings.inverted;
    state.edge_gain = settings.edge_gain;
    state.brightness = settings.brightness;
    state.contrast = settings.contrast;
    state.zoom = settings.zoom;
    auto const share = [this](std::optional<double> const& centre) { return centre ? (*centre + 0.5) / pixels_ : 0.5; };
    state.centre_column = share(settings.centre_column);
    state.centre_row = share(settings.centre_row);
    SubtractionSettings const& subtraction = settings.subtraction;
    state.is_subtracted = subtraction.on;
    state.mask_first = subtraction.mask_first;
    state.mask_frames = subtraction.mask_frames;
    state.mask_shift_columns = subtraction.shift_columns;
    state.mask_shift_rows = subtraction.shift_rows;
    state.landmark = subtraction.landmark;
    state.road_map = display_.road_map_phase();
    state.review_run = run_;
    state.review_frame = frame_;
    state.is_playing = is_playing_;
    for (StoredRun const& run : display_.runs().runs()) {
        double const duration_s = run.duration_s();
        int const frames = int(run.frames.size());
        state.runs.push_back(
            {run.id, std::string{programme_of(run.kind)}, frames, duration_s > 0 ? frames / duration_s : 0});
    }
    state.has_reference = display_.reference().has_value();
    return state;
}

} // namespace fluoro
