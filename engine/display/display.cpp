#include "harmony.hpp"
#include <fluoro/core/error.hpp>
#include <fluoro/display/display.hpp>
#include <fluoro/display/zoom.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace fluoro {
namespace {

/// Share of the way that the window goes at each pulse when it is nearly right; far off, it goes all the way.
constexpr double window_speed = 0.15;
/// Frames of a run that its window in review is set by.
constexpr int window_frames = 5;

FrameField field_of(RawImage const& raw)
{
    return {raw.exposed, raw.pixel_pitch_mm, float(raw.saturation)};
}

Image<float> as_float(Image<std::uint16_t> const& image)
{
    Image<float> result{image.columns, image.rows};
    std::copy(image.values.begin(), image.values.end(), result.values.begin());
    return result;
}

/// Nothing arrived, or the blades are shut.
bool is_dark(Image<float> const& linear, PixelRect const& exposed)
{
    for (int y = exposed.row; y < exposed.row + exposed.rows; ++y) {
        auto const first = linear.values.begin() + std::ptrdiff_t(y) * linear.columns + exposed.column;
        if (std::any_of(first, first + exposed.columns, [](float v) { return v > 0; })) return false;
    }
    return true;
}

bool same_format(RawImage const& a, RawImage const& b)
{
    return a.digital_numbers.columns == b.digital_numbers.columns && a.digital_numbers.rows == b.digital_numbers.rows &&
           a.exposed == b.exposed;
}

/// The window that puts "unchanged" at `grey`.
GreyWindow window_about(double grey, double width)
{
    return {(0.5 - grey) * width, width};
}

} // namespace

struct Display::Impl {
    explicit Impl(DisplaySettings const& s)
        : settings{s}, filter{s.filter}, runs{s.run_store_bytes}, recent{s.fluoro_store_s, s.fluoro_store_bytes}
    {
    }

    DisplaySettings settings;
    TemporalFilter filter;
    std::optional<GreyWindow> window;    ///< of what is live
    std::deque<StoredFrame> last_frames; ///< of fluoroscopy of this view, newest last
    FrameKind last_kind = FrameKind::fluoroscopy;
    RoadMap road_map;
    RunStore runs;
    RecentFrames recent;
    std::optional<StoredFrame> last_acquired; ///< kept apart: it may have found no room in the store
    int last_run = 0, last_number = 0;
    std::deque<Picture> held;
    std::optional<Picture> reference;

    /// What was worked out for one run and need not be again for its next frame.
    struct RunState {
        int run = 0;
        SubtractionSettings of;
        std::optional<SubtractionMask> mask;
        Extremes extremes;
        int frames_in_extremes = 0;
        std::optional<GreyWindow> window;
    };
    RunState live_run, reviewed_run;

    Tone tone() const { return {settings.inverted, settings.brightness, settings.contrast}; }
    Picture finished(Picture&& picture) const;
    Picture black(RawImage const& raw) const;
    void follow_window(GreyWindow const& wanted);
    Picture native(Image<float> const& linear, RawImage const& raw, std::optional<GreyWindow> const& fixed);
    Picture difference(Subtracted const& subtracted, RawImage const& raw, GreyWindow const& about) const;
    Picture live_fluoroscopy(StoredFrame const& frame, bool same_view);
    Picture live_acquisition(StoredFrame const& frame, FrameInfo const& info);
    Picture over_map(Image<float> const& linear, RawImage const& raw) const;
    void forget_stale(RunState& state, int run) const;
    bool find_mask(RunState& state) const;
    Subtracted subtracted(RunState const& state, RawImage const& raw) const;
    std::optional<Picture> of_run(RunState& state, int frame, RawImage const& raw);
    std::optional<GreyWindow> review_window(StoredRun const& run) const;
};

Picture Display::Impl::finished(Picture&& picture) const
{
    if (settings.zoom == 1) return std::move(picture);
    return zoomed(picture, settings.zoom, settings.centre_column.value_or((picture.grey.columns - 1) / 2.0),
                  settings.centre_row.value_or((picture.grey.rows - 1) / 2.0));
}

Picture Display::Impl::black(RawImage const& raw) const
{
    return Picture{Image<std::uint16_t>{raw.digital_numbers.columns, raw.digital_numbers.rows}};
}

void Display::Impl::follow_window(GreyWindow const& wanted)
{
    if (!window) {
        window = wanted;
        return;
    }
    double const off =
        (std::abs(wanted.centre - window->centre) + std::abs(wanted.width - window->width)) / window->width;
    double const speed = std::clamp(off, window_speed, 1.0);
    window->centre += speed * (wanted.centre - window->centre);
    window->width += speed * (wanted.width - window->width);
}

/// Anatomy as it is; without a fixed window the live one follows the picture.
Picture Display::Impl::native(Image<float> const& linear, RawImage const& raw, std::optional<GreyWindow> const& fixed)
{
    if (is_dark(linear, raw.exposed)) return black(raw);
    Harmonised const frame = harmonise(linear, field_of(raw), settings.low_frequency_gain, settings.edge_gain);
    if (!fixed) follow_window(automatic_window(frame));
    return finished(painted(frame, fixed ? *fixed : *window, tone()));
}

Picture Display::Impl::difference(Subtracted const& subtracted, RawImage const& raw, GreyWindow const& about) const
{
    FrameField field = field_of(raw);
    field.exposed = subtracted.exposed;
    if (field.exposed.columns == 0 || field.exposed.rows == 0) return black(raw);
    Harmonised const frame = enhance_edges(subtracted.difference, field, settings.edge_gain);
    return finished(painted(frame, about, tone(), subtracted.saturated));
}

Picture Display::Impl::over_map(Image<float> const& linear, RawImage const& raw) const
{
    return difference(road_map.over_map(linear, raw, settings.road_map), raw,
                      window_about(settings.road_map.grey, settings.road_map.width));
}

Picture Display::Impl::live_fluoroscopy(StoredFrame const& frame, bool same_view)
{
    RawImage const& raw = *frame.raw;
    bool const goes_on = same_view && !last_frames.empty() && same_format(raw, *last_frames.back().raw);
    if (!goes_on) last_frames.clear();
    // The map is of one view; one that only waits has seen none yet. The first frame of a fluoroscopy after an
    // acquisition of the same view still fits.
    bool const lost = !same_view || (road_map.phase() == RoadMap::Phase::filling && !goes_on) ||
                      (road_map.phase() == RoadMap::Phase::ready && !road_map.fits(raw));
    if (lost && road_map.phase() != RoadMap::Phase::waiting) road_map.stop();
    last_frames.push_back(frame);
    while (int(last_frames.size()) > settings.hold_frames) last_frames.pop_front();
    recent.add(frame);

    Image<float> const& linear = filter.add(raw, goes_on);
    if (is_dark(linear, raw.exposed)) return black(raw);
    if (road_map.phase() == RoadMap::Phase::ready) return over_map(linear, raw);
    if (road_map.phase() != RoadMap::Phase::off) road_map.fill(linear, raw);
    return native(linear, raw, std::nullopt);
}

/// Drops what was worked out for another run or other settings.
void Display::Impl::forget_stale(RunState& state, int run) const
{
    SubtractionSettings const& s = settings.subtraction;
    bool const same_mask = state.run == run && state.of.mask_first == s.mask_first &&
                           state.of.mask_frames == s.mask_frames && state.of.shift_columns == s.shift_columns &&
                           state.of.shift_rows == s.shift_rows;
    if (state.run != run) state.window.reset();
    if (!same_mask) state.mask.reset();
    if (!same_mask || state.of.peak != s.peak) {
        state.extremes = Extremes{};
        state.frames_in_extremes = 0;
    }
    state.run = run;
    state.of = s;
}

/// True when the run has all frames of its mask, all of one format.
bool Display::Impl::find_mask(RunState& state) const
{
    if (state.mask) return true;
    StoredRun const* const run = runs.find(state.run);
    std::size_t const first = std::size_t(state.of.mask_first) - 1, count = std::size_t(state.of.mask_frames);
    if (!run || first + count > run->frames.size()) return false;
    auto const frames = std::span{run->frames}.subspan(first, count);
    for (auto const& frame : frames)
        if (!same_format(*frame.raw, *frames.front().raw)) return false;
    state.mask = make_mask(frames, state.of.shift_columns, state.of.shift_rows);
    return true;
}

Subtracted Display::Impl::subtracted(RunState const& state, RawImage const& raw) const
{
    return subtract(raw, *state.mask);
}

/// A frame of a run as the settings want it; nothing when it cannot be subtracted (yet).
std::optional<Picture> Display::Impl::of_run(RunState& state, int frame, RawImage const& raw)
{
    SubtractionSettings const& s = settings.subtraction;
    if (!s.on || !find_mask(state)) return {};
    if (raw.digital_numbers.columns != state.mask->log_signal.columns ||
        raw.digital_numbers.rows != state.mask->log_signal.rows)
        return {};
    Subtracted result = subtracted(state, raw);
    if (s.peak != PeakOpacification::off) {
        if (frame <= state.frames_in_extremes) {
            state.extremes = Extremes{};
            state.frames_in_extremes = 0;
        }
        // Frames before this one that were not shown count too, those of the mask and before do not.
        StoredRun const* const run = runs.find(state.run);
        int const from = std::max(state.frames_in_extremes + 1, s.mask_first + s.mask_frames);
        for (int i = from; run && i < frame && i <= int(run->frames.size()); ++i)
            if (same_format(*run->frames[std::size_t(i - 1)].raw, raw))
                state.extremes.add(subtracted(state, *run->frames[std::size_t(i - 1)].raw).difference);
        if (frame >= s.mask_first + s.mask_frames) {
            state.extremes.add(result.difference);
            result.difference =
                s.peak == PeakOpacification::darkest ? state.extremes.darkest() : state.extremes.brightest();
        }
        state.frames_in_extremes = frame;
    }
    leave_landmarks(result, *state.mask, s.landmark);
    return difference(result, raw, window_about(s.grey, s.width));
}

Picture Display::Impl::live_acquisition(StoredFrame const& frame, FrameInfo const& info)
{
    if (info.number <= 1 || last_run == 0) last_run = runs.begin(info.kind);
    runs.add(last_run, frame);
    last_acquired = frame;
    last_number = std::max(info.number, 1);
    if (info.kind == FrameKind::dsa) {
        forget_stale(live_run, last_run);
        bool const past_mask = last_number >= settings.subtraction.mask_first + settings.subtraction.mask_frames;
        if (past_mask)
            if (auto picture = of_run(live_run, last_number, *frame.raw)) return *std::move(picture);
    }
    return native(as_float(frame.raw->digital_numbers), *frame.raw, std::nullopt);
}

/// One window for all of a run, so that a loop does not flicker: of the mean of a few frames spread over it.
std::optional<GreyWindow> Display::Impl::review_window(StoredRun const& run) const
{
    RawImage const& last = *run.frames.back().raw;
    Image<float> mean{last.digital_numbers.columns, last.digital_numbers.rows};
    int const count = std::min(window_frames, int(run.frames.size()));
    for (int i = 0; i < count; ++i) {
        auto const at = (2 * std::size_t(i) + 1) * run.frames.size() / (2 * std::size_t(count));
        RawImage const& raw = *run.frames[at].raw;
        if (!same_format(raw, last)) continue;
        for (std::size_t p = 0; p < mean.values.size(); ++p) mean.values[p] += float(raw.digital_numbers.values[p]);
    }
    if (is_dark(mean, last.exposed)) return {};
    FrameField field = field_of(last);
    field.saturation *= float(count);
    return automatic_window(harmonise(mean, field, settings.low_frequency_gain, settings.edge_gain));
}

Display::Display(DisplaySettings const& settings)
{
    if (auto const problem = problem_of(settings); !problem.empty()) throw Error{"display: " + problem};
    impl_ = std::make_unique<Impl>(settings);
}
Display::~Display() = default;
Display::Display(Display&&) noexcept = default;
Display& Display::operator=(Display&&) noexcept = default;

DisplaySettings const& Display::settings() const
{
    return impl_->settings;
}

void Display::set(DisplaySettings const& settings)
{
    if (auto const problem = problem_of(settings); !problem.empty()) throw Error{"display: " + problem};
    impl_->settings = settings;
    impl_->filter.set(settings.filter);
}

void Display::reset()
{
    impl_ = std::make_unique<Impl>(impl_->settings);
}

Picture Display::process(RawImage const& raw, bool same_view)
{
    return process(raw, FrameInfo{FrameKind::fluoroscopy, same_view, 1, 0});
}

Picture Display::process(RawImage const& raw, FrameInfo const& info)
{
    StoredFrame const frame{std::make_shared<RawImage const>(raw), info.seconds};
    impl_->last_kind = info.kind;
    if (info.kind == FrameKind::fluoroscopy) return impl_->live_fluoroscopy(frame, info.same_view);
    if (!info.same_view) {
        impl_->last_frames.clear();
        if (impl_->road_map.phase() != RoadMap::Phase::waiting) impl_->road_map.stop();
    }
    return impl_->live_acquisition(frame, info);
}

void Display::end_run()
{
    impl_->road_map.finish(impl_->settings.road_map);
}

std::optional<Picture> Display::hold()
{
    Impl& i = *impl_;
    if (i.last_kind != FrameKind::fluoroscopy) {
        if (!i.last_acquired) return {};
        RawImage const& raw = *i.last_acquired->raw;
        if (i.last_kind == FrameKind::dsa) {
            i.forget_stale(i.live_run, i.last_run);
            if (auto picture = i.of_run(i.live_run, i.last_number, raw)) return picture;
        }
        return i.native(as_float(raw.digital_numbers), raw, i.window);
    }
    if (i.last_frames.empty()) return {};
    RawImage const& raw = *i.last_frames.back().raw;
    Image<float> mean{raw.digital_numbers.columns, raw.digital_numbers.rows};
    float const share = 1.0f / float(i.last_frames.size());
    for (auto const& frame : i.last_frames)
        for (std::size_t p = 0; p < mean.values.size(); ++p)
            mean.values[p] += share * float(frame.raw->digital_numbers.values[p]);
    if (!i.window || is_dark(mean, raw.exposed)) return i.black(raw);
    if (i.road_map.phase() == RoadMap::Phase::ready && i.road_map.fits(raw)) return i.over_map(mean, raw);
    return i.native(mean, raw, i.window);
}

void Display::start_road_map()
{
    impl_->road_map.start();
}
void Display::stop_road_map()
{
    impl_->road_map.stop();
}
RoadMap::Phase Display::road_map_phase() const
{
    return impl_->road_map.phase();
}
RunStore const& Display::runs() const
{
    return impl_->runs;
}
RecentFrames const& Display::recent_fluoroscopy() const
{
    return impl_->recent;
}

int Display::store_fluoroscopy()
{
    if (impl_->recent.frames().empty()) return 0;
    int const run = impl_->runs.begin(FrameKind::fluoroscopy);
    for (auto const& frame : impl_->recent.frames()) impl_->runs.add(run, frame);
    return run;
}

std::optional<Picture> Display::review(int run, int frame)
{
    Impl& i = *impl_;
    StoredRun const* const stored = i.runs.find(run);
    if (!stored || frame < 1 || frame > int(stored->frames.size())) return {};
    RawImage const& raw = *stored->frames[std::size_t(frame - 1)].raw;
    i.forget_stale(i.reviewed_run, run);
    if (auto picture = i.of_run(i.reviewed_run, frame, raw)) return picture;
    if (!i.reviewed_run.window) i.reviewed_run.window = i.review_window(*stored);
    if (!i.reviewed_run.window) return i.black(raw);
    return i.native(as_float(raw.digital_numbers), raw, i.reviewed_run.window);
}

std::optional<Picture> Display::trace(int run, int first, int last)
{
    Impl& i = *impl_;
    StoredRun const* const stored = i.runs.find(run);
    if (!stored || first < 1 || last < first || last > int(stored->frames.size())) return {};
    i.forget_stale(i.reviewed_run, run);
    if (!i.find_mask(i.reviewed_run)) return {};
    Extremes extremes;
    RawImage const& raw = *stored->frames[std::size_t(last - 1)].raw;
    std::optional<Subtracted> result;
    for (int frame = first; frame <= last; ++frame) {
        RawImage const& each = *stored->frames[std::size_t(frame - 1)].raw;
        if (!same_format(each, raw)) continue;
        result = i.subtracted(i.reviewed_run, each);
        extremes.add(result->difference);
    }
    SubtractionSettings const& s = i.settings.subtraction;
    result->difference = s.peak == PeakOpacification::brightest ? extremes.brightest() : extremes.darkest();
    leave_landmarks(*result, *i.reviewed_run.mask, s.landmark);
    return i.difference(*result, raw, window_about(s.grey, s.width));
}

bool Display::store_picture(bool as_reference)
{
    auto picture = hold();
    if (!picture) return false;
    if (as_reference) impl_->reference = picture;
    impl_->held.push_back(*std::move(picture));
    while (impl_->held.size() > impl_->settings.held_pictures) impl_->held.pop_front();
    return true;
}

std::deque<Picture> const& Display::stored_pictures() const
{
    return impl_->held;
}
std::optional<Picture> const& Display::reference() const
{
    return impl_->reference;
}

Image<std::uint8_t> to_8bit(Picture const& picture)
{
    constexpr int white = 4095;
    Image<std::uint8_t> out{picture.grey.columns, picture.grey.rows};
    for (std::size_t i = 0; i < out.values.size(); ++i)
        out.values[i] = std::uint8_t((picture.grey.values[i] * 255 + white / 2) / white);
    return out;
}

} // namespace fluoro
