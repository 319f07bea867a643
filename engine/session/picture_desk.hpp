#pragma once
#include <fluoro/core/clock.hpp>
#include <fluoro/display/display.hpp>
#include <fluoro/room/commands.hpp>
#include <fluoro/session/session.hpp>

namespace fluoro {

/// What of a session concerns the picture alone: no photon, no dose. Takes the picture's commands, feeds the display,
/// and knows what stands on the screen while the beam is off.
class PictureDesk {
public:
    /// `pixels`: columns = rows of a frame.
    explicit PictureDesk(int pixels);

    /// Empty when done, or when the command is none of the picture's; otherwise why not.
    [[nodiscard]] std::string command(Command const& command, Tick tick);
    /// One new pulse: whatever was under review gives way to it.
    Picture process(RawImage const& raw, FrameInfo const& info);
    /// The number that the newest acquisition is stored under; 0 = none.
    int newest_run() const;
    /// The pedal was let go.
    std::optional<Picture> hold();
    /// What stands on the screen looks different from this tick on: after a command, or as the next frame of a run that
    /// is played. Only asked while the beam is off.
    std::optional<Picture> refreshed(Tick tick);
    /// A new picture for the reference monitor, once.
    std::optional<Picture> take_reference();
    PictureState state() const;

private:
    std::string review(ReviewRun const& wanted, Tick tick);
    std::string change(DisplaySettings const& settings);

    Display display_;
    int pixels_;
    int run_ = 0, frame_ = 0; ///< under review; run 0 = none
    bool is_playing_ = false;
    Tick play_start_ = 0;
    bool is_stale_ = false; ///< what stands on the screen is no longer how it should look
    bool has_new_reference_ = false;
};

} // namespace fluoro
