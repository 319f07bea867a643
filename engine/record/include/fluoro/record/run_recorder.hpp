#pragma once
#include <cstddef>
#include <filesystem>
#include <fluoro/image/image.hpp>
#include <fluoro/record/dose_summary.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

struct RecorderSettings {
    bool writes_frames = true;             ///< frames/<number>.png, 16-bit raw
    bool writes_video = true;              ///< video.mp4
    bool waits_for_disk = true;            ///< pictures that come too fast: wait (headless) or leave out (live)
    std::size_t waiting_pictures = 32;     ///< pictures and frames that may wait for the disk
    std::string video_encoder = "libx264"; ///< where this is not installed the video is left out, with a note
};

/// A new folder `base`/`name`, or `base`/`name`-2, -3, ... where that exists. Never one that was there. Characters
/// other than letters, digits, dot, hyphen and underscore become hyphens. Throws Error (failed) if it cannot be made.
std::filesystem::path new_run_folder(std::filesystem::path const& base, std::string const& name);

/// Writes a run folder (docs/run-folder.md). Log lines are handed to the system as they come, so a killed program loses
/// none that is older than an instant, and are forced to the disk every half second, so a power cut loses no more. The
/// session never waits for the disk (pictures excepted, see `waits_for_disk`) and nothing here throws once the recorder
/// stands: a full disk is reported through `take_messages` and `has_trouble`, and the run goes on.
/// One thread calls it, with ticks that never decrease.
class RunRecorder {
public:
    /// The folder is made if missing. Throws Error: bad input where it is not empty, failed where it cannot be written.
    RunRecorder(std::filesystem::path const& folder, RunInfo const& info, RecorderSettings const& settings = {});
    /// Without `finish` the run stays marked incomplete; what was logged is on disk.
    ~RunRecorder();
    RunRecorder(RunRecorder const&) = delete;
    RunRecorder& operator=(RunRecorder const&) = delete;

    void command(CommandEntry const& entry);
    /// Logs the pulse and keeps its raw frame.
    void pulse(PulseEntry const& entry, RawImage const& raw);
    /// Logs a change of the beam or of its programme; what is already so is not logged again.
    void beam(Tick tick, bool is_on, std::string const& programme = {});
    void message(Tick tick, std::string const& text);
    void tools(ToolsEntry const& entry);
    void breach(BreachEntry const& entry);
    /// What is shown from `tick` on, until the next one. All pictures have one size.
    void picture(Tick tick, Image<std::uint8_t> picture);

    /// Closes the run: beam off if it is on, end of log, video, last.png, dose.json, run.json. Returns what went wrong,
    /// one line each; empty = the record is complete.
    std::vector<std::string> finish(Tick end);

    /// Dose so far; after `finish`, what dose.json holds.
    DoseSummary dose() const;
    /// Something could not be written. Stays true.
    bool has_trouble() const;
    /// Lines for the person that were not taken yet: trouble and notes (video left out).
    std::vector<std::string> take_messages();
    std::filesystem::path const& folder() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
