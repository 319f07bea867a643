#pragma once
#include <deque>
#include <fluoro/display/frame.hpp>
#include <fluoro/display/road_map.hpp>
#include <fluoro/display/run_store.hpp>
#include <fluoro/display/settings.hpp>
#include <fluoro/display/subtraction.hpp>
#include <fluoro/display/temporal_filter.hpp>
#include <fluoro/image/image.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace fluoro {

/// Raw frames -> what the trainee sees. Fluoroscopy: temporal filter, harmonisation, automatic window, or the road map.
/// Acquisitions: each frame as it is, or less its run's mask; all are kept for review. Black outside the blades.
/// Holds the state between frames. docs/theory/display.md, docs/theory/subtraction.md
class Display {
public:
    /// Throws Error when a setting is out of its range.
    explicit Display(DisplaySettings const& settings = {});
    ~Display();
    Display(Display&&) noexcept;
    Display& operator=(Display&&) noexcept;

    DisplaySettings const& settings() const;
    /// For the next picture: to see what stands with them, ask hold() or review() again. Throws Error when one is out
    /// of its range (problem_of() says so without throwing).
    void set(DisplaySettings const& settings);

    /// One new pulse. When the view changed, or the frame's size or exposed part differs, the temporal filter, the last
    /// image hold and the road map start over.
    Picture process(RawImage const& raw, FrameInfo const& info);
    /// The same for fluoroscopy that no store or clock is interested in.
    Picture process(RawImage const& raw, bool same_view);
    /// The pedal was let go: the run is complete, and a road map that was being drawn stands.
    void end_run();
    /// The last image hold: of fluoroscopy the mean of the last frames of the same view (over the road map if there is
    /// one), of an acquisition its last frame; nothing before the first frame.
    std::optional<Picture> hold();
    /// Forget everything but the settings.
    void reset();

    /// The next fluoroscopy draws a new map; what it drew goes when the view changes.
    void start_road_map();
    void stop_road_map();
    RoadMap::Phase road_map_phase() const;

    /// Every acquisition, and what store_fluoroscopy() kept.
    RunStore const& runs() const;
    /// The last 20 s or so of fluoroscopy.
    RecentFrames const& recent_fluoroscopy() const;
    /// Keeps the last seconds of fluoroscopy as a run; returns its number, 0 if there was none.
    int store_fluoroscopy();
    /// One frame of a stored run (1 = first), with the settings as they stand; nothing when there is no such frame.
    std::optional<Picture> review(int run, int frame);
    /// What frames `first` to `last` together opacified (view trace), subtracted with the settings' mask; the extreme
    /// is the settings' own, or the darkest. Nothing when there is no such range.
    std::optional<Picture> trace(int run, int first, int last);

    /// Keeps the last image hold; `as_reference` shows it on the reference monitor too. False before the first frame.
    bool store_picture(bool as_reference);
    /// Oldest first; never more than settings().held_pictures.
    std::deque<Picture> const& stored_pictures() const;
    /// What the reference monitor shows.
    std::optional<Picture> const& reference() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The upper eight bits, rounded, for screens and video.
Image<std::uint8_t> to_8bit(Picture const& picture);

} // namespace fluoro
