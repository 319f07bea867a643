#include <fluoro/record/run_recorder.hpp>

#include "bounded_queue.hpp"
#include "durable_file.hpp"
#include "event_log_writer.hpp"
#include "json_text.hpp"
#include "notices.hpp"
#include "signals_blocked.hpp"
#include "video_writer.hpp"

#include <atomic>
#include <cctype>
#include <cstdio>
#include <ctime>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/image/files.hpp>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace fluoro {
namespace {

namespace fs = std::filesystem;

struct FrameJob {
    int number = 0;
    Image<std::uint16_t> frame;
};
struct PictureJob {
    Tick tick = 0;
    Image<std::uint8_t> picture;
};
using PictureWork = std::unique_ptr<std::variant<FrameJob, PictureJob>>;

std::string utc_now()
{
    std::time_t const now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

RunInfo stamped(RunInfo info)
{
    if (info.started_utc.empty()) info.started_utc = utc_now();
    return info;
}

fs::path frame_file(fs::path const& folder, int number)
{
    char name[32];
    std::snprintf(name, sizeof name, "%06d.png", number);
    return folder / "frames" / name;
}

/// The folder, made and empty.
fs::path prepared(fs::path const& folder, bool has_frames)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (!fs::is_directory(folder, error))
        throw Error{"cannot make the run folder '" + folder.string() + "': " + error.message(), Error::Kind::failed};
    bool const is_empty = fs::is_empty(folder, error);
    if (error)
        throw Error{"cannot look into the run folder '" + folder.string() + "': " + error.message(),
                    Error::Kind::failed};
    if (!is_empty)
        throw Error{"the run folder '" + folder.string() +
                    "' is not empty: a run never writes over another; name a new folder"};
    if (has_frames && !fs::create_directory(folder / "frames", error))
        throw Error{"cannot make '" + (folder / "frames").string() + "': " + error.message(), Error::Kind::failed};
    return folder;
}

/// Frames, video and last picture, written by a thread of its own. The first failure of a kind ends that kind.
class PictureWriter {
public:
    PictureWriter(fs::path const& folder, RecorderSettings const& settings, Notices& notices)
        : folder_{folder}, settings_{settings}, notices_{notices}, queue_{settings.waiting_pictures}
    {
        if (settings_.writes_video && !has_video_encoder(settings_.video_encoder)) {
            settings_.writes_video = false;
            notices_.note("the video is left out: the encoder '" + settings_.video_encoder +
                          "' is not installed; the run is whole without it");
        }
        SignalsBlocked const here;
        thread_ = std::thread{[this] { write(); }};
    }
    ~PictureWriter() { close(0); }
    PictureWriter(PictureWriter const&) = delete;
    PictureWriter& operator=(PictureWriter const&) = delete;

    void add(std::variant<FrameJob, PictureJob> job)
    {
        auto work = std::make_unique<std::variant<FrameJob, PictureJob>>(std::move(job));
        if (settings_.waits_for_disk)
            queue_.push(std::move(work));
        else if (!queue_.try_push(std::move(work)) && left_out_++ == 0)
            notices_.note(
                "the disk is too slow for the pictures: some are left out; the event log and the dose are whole");
    }

    void close(Tick end)
    {
        if (!thread_.joinable()) return;
        end_ = end;
        queue_.close();
        thread_.join();
    }

    // Ask after `close`.
    int frames() const { return frames_; }
    int left_out() const { return left_out_; }
    std::optional<Tick> video_start() const { return video_start_; }

private:
    void write()
    {
        while (auto work = queue_.pop()) {
            if (auto const* frame = std::get_if<FrameJob>(work->get()))
                attempt(settings_.writes_frames, [&] {
                    write_png16(frame_file(folder_, frame->number), frame->frame);
                    ++frames_;
                });
            else
                write_picture(std::get<PictureJob>(std::move(**work)));
        }
        if (video_) attempt(settings_.writes_video, [&] { video_->close(end_); });
        if (!settings_.writes_video) video_start_.reset();
        video_.reset();
        if (last_) attempt(is_last_wanted_, [&] { write_png8(folder_ / "last.png", *last_); });
    }

    void write_picture(PictureJob job)
    {
        attempt(settings_.writes_video, [&] {
            if (!video_) {
                video_.emplace(folder_ / "video.mp4", job.picture.columns, job.picture.rows, settings_.video_encoder);
                video_start_ = job.tick;
            }
            video_->show(job.tick, job.picture);
        });
        last_ = std::move(job.picture);
    }

    template <class Work> void attempt(bool& is_wanted, Work const& work)
    {
        if (!is_wanted) return;
        try {
            work();
        } catch (std::exception const& error) {
            is_wanted = false;
            notices_.trouble(std::string{error.what()} + "; the run goes on without the rest of it");
        }
    }

    fs::path folder_;
    RecorderSettings settings_;
    Notices& notices_;
    std::optional<VideoWriter> video_;
    std::optional<Tick> video_start_;
    std::optional<Image<std::uint8_t>> last_;
    bool is_last_wanted_ = true;
    int frames_ = 0;
    int left_out_ = 0;
    Tick end_ = 0;
    BoundedQueue<PictureWork> queue_;
    std::thread thread_;
};

} // namespace

fs::path new_run_folder(fs::path const& base, std::string const& name)
{
    std::string safe = name;
    for (char& c : safe)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_') c = '-';
    if (safe.empty() || safe.front() == '.') safe.insert(0, "run");
    std::error_code error;
    fs::create_directories(base, error);
    for (int copy = 1; !error; ++copy) {
        fs::path folder = base / (copy == 1 ? safe : safe + "-" + std::to_string(copy));
        if (fs::create_directory(folder, error)) return folder;
        // Some name of another kind in the way is an error to the library; to us it is a name that is taken.
        if (error == std::errc::file_exists || error == std::errc::not_a_directory) error.clear();
    }
    throw Error{"cannot make a run folder in '" + base.string() + "': " + error.message() + "; name another with --out",
                Error::Kind::failed};
}

struct RunRecorder::Impl {
    Impl(fs::path const& folder_, RunInfo const& info_, RecorderSettings const& settings_)
        : folder{prepared(folder_, settings_.writes_frames)}, info{stamped(info_)}, settings{settings_},
          log{folder / "events.log", log_text(info), notices}, pictures{folder, settings, notices}
    {
        write_durably(folder / "run.json", run_json(info, {}));
    }

    void add(LogEntry const& entry)
    {
        FLUORO_EXPECT(!has_finished);
        tally.add(entry);
        log.append(log_text(entry));
    }

    /// In this order: a run that says it is complete has everything else on the disk.
    void close_files(Tick end)
    {
        attempt([&] { sync_file_system(folder); });
        attempt([&] {
            DoseSummary dose = tally.summary();
            dose.is_complete = dose.is_complete && !log.has_failed();
            write_durably(folder / "dose.json", dose_json(dose));
        });
        attempt([&] { write_durably(folder / "run.json", run_json(info, outcome(end))); });
    }

    RunOutcome outcome(Tick end) const
    {
        RunOutcome outcome;
        outcome.is_complete = !notices.has_trouble();
        outcome.ended_utc = utc_now();
        outcome.end = end;
        outcome.log_lines = log.lines();
        outcome.log_checksum = log.checksum();
        outcome.frames = pictures.frames();
        outcome.pictures_left_out = pictures.left_out();
        outcome.has_video = pictures.video_start().has_value();
        outcome.video_start = pictures.video_start().value_or(0);
        outcome.notes = notices.notes();
        outcome.troubles = notices.troubles();
        return outcome;
    }

    template <class Work> void attempt(Work const& work)
    {
        try {
            work();
        } catch (std::exception const& error) {
            notices.trouble(error.what());
        }
    }

    fs::path folder;
    RunInfo info;
    RecorderSettings settings;
    Notices notices;
    DoseTally tally;
    bool is_beam_on = false;
    bool has_finished = false;
    std::string programme; ///< of the beam that is on
    EventLogWriter log;
    PictureWriter pictures;
};

RunRecorder::RunRecorder(fs::path const& folder, RunInfo const& info, RecorderSettings const& settings)
    : impl_{std::make_unique<Impl>(folder, info, settings)}
{
}

RunRecorder::~RunRecorder() = default;

void RunRecorder::command(CommandEntry const& entry)
{
    impl_->add(entry);
}

void RunRecorder::pulse(PulseEntry const& entry, RawImage const& raw)
{
    impl_->add(entry);
    if (impl_->settings.writes_frames) impl_->pictures.add(FrameJob{entry.number, raw.digital_numbers});
}

void RunRecorder::beam(Tick tick, bool is_on, std::string const& programme)
{
    if (is_on && impl_->is_beam_on && programme != impl_->programme) beam(tick, false); // from one pedal to the other
    if (std::exchange(impl_->is_beam_on, is_on) == is_on) return;
    impl_->programme = is_on ? programme : std::string{};
    impl_->add(BeamEntry{tick, is_on, impl_->programme});
}

void RunRecorder::message(Tick tick, std::string const& text)
{
    impl_->add(MessageEntry{tick, text});
}

void RunRecorder::tools(ToolsEntry const& entry)
{
    impl_->add(entry);
}

void RunRecorder::breach(BreachEntry const& entry)
{
    impl_->add(entry);
}

void RunRecorder::picture(Tick tick, Image<std::uint8_t> picture)
{
    impl_->pictures.add(PictureJob{tick, std::move(picture)});
}

std::vector<std::string> RunRecorder::finish(Tick end)
{
    beam(end, false);
    impl_->add(EndEntry{end});
    impl_->has_finished = true;
    impl_->pictures.close(end);
    impl_->log.close();
    impl_->close_files(end);
    return impl_->notices.troubles();
}

DoseSummary RunRecorder::dose() const
{
    return impl_->tally.summary();
}
bool RunRecorder::has_trouble() const
{
    return impl_->notices.has_trouble();
}
std::vector<std::string> RunRecorder::take_messages()
{
    return impl_->notices.take_fresh();
}
fs::path const& RunRecorder::folder() const
{
    return impl_->folder;
}

} // namespace fluoro
