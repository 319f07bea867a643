#include "sample_run.hpp"

#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <read_png.hpp>
#include <scratch_folder.hpp>

#include <algorithm>
#include <set>
#include <thread>

using namespace fluoro;
namespace fs = std::filesystem;

namespace {

nlohmann::json json_of(fs::path const& file)
{
    return nlohmann::json::parse(bytes_of(file));
}

std::set<std::string> names_in(fs::path const& folder)
{
    std::set<std::string> names;
    for (auto const& entry : fs::directory_iterator{folder}) names.insert(entry.path().filename().string());
    return names;
}

} // namespace

TEST(RunRecorder, a_finished_run_holds_exactly_these_files)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "a/b/run", sample_info()};
    recorder.beam(0, true);
    for (int number = 1; number <= 3; ++number) {
        recorder.pulse(sample_pulse(number, 16 * number), sample_frame(number));
        recorder.picture(16 * number, sample_picture(std::uint8_t(50 * number)));
    }
    recorder.beam(60, false);
    EXPECT_TRUE(recorder.finish(120).empty());
    EXPECT_FALSE(recorder.has_trouble());
    EXPECT_EQ(names_in(scratch / "a/b/run"),
              (std::set<std::string>{"events.log", "run.json", "frames", "video.mp4", "dose.json", "last.png"}));
    EXPECT_EQ(names_in(scratch / "a/b/run/frames"), (std::set<std::string>{"000001.png", "000002.png", "000003.png"}));
}

TEST(RunRecorder, frames_come_back_exactly_under_the_number_of_their_pulse)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_video = false}};
    recorder.beam(0, true);
    for (int const number : {1, 2, 3, 1'000'000})
        recorder.pulse(sample_pulse(number, number), sample_frame(number, 512, 512));
    EXPECT_TRUE(recorder.finish(1'000'001).empty());
    for (auto const& [number, name] :
         {std::pair{1, "000001.png"}, {2, "000002.png"}, {3, "000003.png"}, {1'000'000, "1000000.png"}}) {
        GreyPng const read = read_grey_png(scratch / "run/frames" / name);
        EXPECT_EQ(read.bits, 16);
        EXPECT_EQ(read.image.values, sample_frame(number, 512, 512).digital_numbers.values) << name;
    }
}

TEST(RunRecorder, the_last_picture_is_kept_as_it_was)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_video = false}};
    Image<std::uint8_t> last{64, 48};
    for (std::size_t i = 0; i < last.values.size(); ++i) last.values[i] = std::uint8_t(i * 7);
    recorder.picture(1, sample_picture(3));
    recorder.picture(2, last);
    EXPECT_TRUE(recorder.finish(3).empty());
    GreyPng const read = read_grey_png(scratch / "run/last.png");
    EXPECT_EQ(read.bits, 8);
    EXPECT_TRUE(std::ranges::equal(read.image.values, last.values));
}

TEST(RunRecorder, run_json_says_what_when_and_with_what)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_video = false}};
    recorder.beam(0, true);
    recorder.pulse(sample_pulse(1, 0), sample_frame(1));
    EXPECT_TRUE(recorder.finish(240).empty());
    auto const run = json_of(scratch / "run/run.json");
    EXPECT_EQ(run.at("state"), "complete");
    EXPECT_EQ(run.at("program_version"), "0.1.0");
    EXPECT_EQ(run.at("versions").at("libvulkan"), "1.3.239");
    EXPECT_EQ(run.at("seed"), sample_info().seed);
    EXPECT_EQ(run.at("scenario"), "live.yaml");
    EXPECT_EQ(run.at("operator"), "demo");
    EXPECT_EQ(run.at("patient"), "head \"one\"");
    EXPECT_EQ(run.at("room_kind"), "c-arm-suite");
    EXPECT_EQ(run.at("device"), "llvmpipe");
    EXPECT_EQ(run.at("columns"), 64);
    EXPECT_EQ(run.at("rows"), 48);
    EXPECT_EQ(run.at("command_line"), sample_info().command_line);
    EXPECT_EQ(run.at("duration_s"), 2.0);
    EXPECT_EQ(run.at("frames"), 1);
    EXPECT_EQ(run.at("started_utc").get<std::string>().size(), std::string{"2026-01-01T00:00:00Z"}.size());
    EXPECT_LE(run.at("started_utc").get<std::string>(), run.at("ended_utc").get<std::string>());
}

TEST(RunRecorder, a_run_without_its_end_is_incomplete)
{
    test::ScratchFolder const scratch;
    {
        RunRecorder recorder{scratch / "run", sample_info()};
        recorder.beam(0, true);
        recorder.pulse(sample_pulse(1, 0), sample_frame(1));
        recorder.picture(0, sample_picture(1));
        EXPECT_EQ(json_of(scratch / "run/run.json").at("state"), "incomplete") << "while it is being recorded";
    }
    EXPECT_EQ(json_of(scratch / "run/run.json").at("state"), "incomplete");
    EventLog const log = read_run(scratch / "run");
    EXPECT_EQ(log.entries.size(), 2u);
    EXPECT_FALSE(log.has_ended);
}

TEST(RunRecorder, the_beam_is_logged_when_it_changes_and_is_off_at_the_end)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    recorder.beam(0, false);
    recorder.beam(5, true);
    recorder.beam(6, true);
    recorder.beam(7, false);
    recorder.beam(8, false);
    recorder.beam(9, true);
    EXPECT_TRUE(recorder.finish(11).empty());
    EXPECT_EQ(read_run(scratch / "run").entries,
              (std::vector<LogEntry>{BeamEntry{5, true}, BeamEntry{7, false}, BeamEntry{9, true}, BeamEntry{11, false},
                                     EndEntry{11}}));
    EXPECT_EQ(recorder.dose().fluoroscopy_ticks, 4);
}

TEST(RunRecorder, headless_waits_for_the_disk_and_loses_no_picture)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.waiting_pictures = 1}};
    for (int number = 1; number <= 20; ++number) {
        recorder.pulse(sample_pulse(number, number), sample_frame(number, 256, 256));
        recorder.picture(number, sample_picture(1, 256, 256));
    }
    EXPECT_TRUE(recorder.finish(21).empty());
    auto const run = json_of(scratch / "run/run.json");
    EXPECT_EQ(run.at("frames"), 20);
    EXPECT_EQ(run.at("pictures_left_out"), 0);
}

TEST(RunRecorder, live_leaves_pictures_out_rather_than_wait_and_says_so)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{
        scratch / "run", sample_info(), {.writes_video = false, .waits_for_disk = false, .waiting_pictures = 1}};
    // Compressing one of these takes milliseconds, handing it over far less.
    for (int number = 1; number <= 60; ++number)
        recorder.pulse(sample_pulse(number, number), sample_frame(number, 512, 512));
    EXPECT_TRUE(recorder.finish(61).empty());
    auto const run = json_of(scratch / "run/run.json");
    EXPECT_GT(run.at("pictures_left_out"), 0);
    EXPECT_EQ(run.at("pictures_left_out").get<int>() + run.at("frames").get<int>(), 60);
    EXPECT_EQ(run.at("state"), "complete") << "log and dose are whole";
    EXPECT_EQ(recorder.dose().pulses, 60);
    EXPECT_EQ(recorder.take_messages().size(), 1u);
}

TEST(RunRecorder, a_folder_that_holds_anything_is_refused_and_left_alone)
{
    test::ScratchFolder const scratch;
    put_bytes(scratch / "thesis.txt", "years of work");
    try {
        RunRecorder const recorder{scratch.path(), sample_info()};
        FAIL() << "it was used";
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 2);
    }
    EXPECT_EQ(names_in(scratch.path()), (std::set<std::string>{"thesis.txt"}));
}

TEST(RunRecorder, a_run_is_not_started_where_it_cannot_be_recorded)
{
    for (fs::path const folder : {"/proc/run", "/dev/null/run"}) {
        try {
            RunRecorder const recorder{folder, sample_info()};
            FAIL() << folder;
        } catch (Error const& error) {
            EXPECT_EQ(error.exit_code(), 1);
        }
    }
}

TEST(NewRunFolder, never_gives_out_one_that_was_there)
{
    test::ScratchFolder const scratch;
    EXPECT_EQ(new_run_folder(scratch / "runs", "demo"), scratch / "runs/demo");
    EXPECT_EQ(new_run_folder(scratch / "runs", "demo"), scratch / "runs/demo-2");
    put_bytes(scratch / "runs/demo-3", "a file in the way");
    EXPECT_EQ(new_run_folder(scratch / "runs", "demo"), scratch / "runs/demo-4");
}

TEST(NewRunFolder, gives_each_of_many_threads_its_own)
{
    test::ScratchFolder const scratch;
    std::vector<fs::path> folders(16);
    {
        std::vector<std::jthread> threads;
        for (fs::path& folder : folders) threads.emplace_back([&] { folder = new_run_folder(scratch.path(), "run"); });
    }
    EXPECT_EQ(std::set<fs::path>(folders.begin(), folders.end()).size(), folders.size());
}

TEST(NewRunFolder, a_name_cannot_lead_out_of_the_base)
{
    test::ScratchFolder const scratch;
    for (char const* name : {"../../etc", "a/b", "..", ".", "", "/tmp", "x\ny"}) {
        fs::path const folder = new_run_folder(scratch.path(), name);
        EXPECT_EQ(folder.parent_path(), scratch.path()) << name;
        EXPECT_TRUE(fs::is_directory(folder));
    }
}

TEST(NewRunFolder, a_base_that_cannot_be_made_is_a_failed_job)
{
    try {
        (void)new_run_folder("/proc/none", "x");
        FAIL();
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 1);
    }
}
