#include "sample_run.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/record/event_log.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <scratch_folder.hpp>
#include <xxhash.h>

#include <algorithm>

using namespace fluoro;

namespace {

RecorderSettings log_only()
{
    return {.writes_frames = false, .writes_video = false};
}

std::vector<LogEntry> sample_entries()
{
    return {CommandEntry{0, "c-arm", {{"primary_deg", 30.0}, {"automatic", true}, {"note", "LAO \"30\"\n\tµ\\"}}, ""},
            CommandEntry{0, "table", {}, "the table would leave its rails at 900 mm"},
            BeamEntry{12, true},
            sample_pulse(1, 12),
            sample_pulse(2, 28),
            MessageEntry{30, "C-arm at its limit: LAO 120°"},
            BeamEntry{40, false},
            EndEntry{240}};
}

void record(std::filesystem::path const& folder)
{
    RunRecorder recorder{folder, sample_info(), log_only()};
    for (LogEntry const& entry : sample_entries()) {
        if (auto const* command = std::get_if<CommandEntry>(&entry)) recorder.command(*command);
        if (auto const* pulse = std::get_if<PulseEntry>(&entry)) recorder.pulse(*pulse, {});
        if (auto const* beam = std::get_if<BeamEntry>(&entry)) recorder.beam(beam->tick, beam->is_on);
        if (auto const* message = std::get_if<MessageEntry>(&entry)) recorder.message(message->tick, message->text);
    }
    ASSERT_TRUE(recorder.finish(240).empty());
}

std::size_t line_of(std::string const& bytes, std::size_t position)
{
    return 1 + std::size_t(std::count(bytes.begin(), bytes.begin() + std::ptrdiff_t(position), '\n'));
}

std::vector<std::string> lines_of(std::string const& bytes)
{
    std::vector<std::string> lines;
    std::istringstream in{bytes};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The message of the refusal; empty = it was read.
std::string refusal_of(std::filesystem::path const& file)
{
    try {
        (void)read_event_log(file);
        return {};
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 2);
        return error.what();
    }
}

/// A log made of these objects by the rule of docs/run-folder.md alone.
std::string chained_by_hand(std::vector<std::string> const& objects)
{
    std::string bytes;
    std::string previous = "0000000000000000";
    for (std::string const& object : objects) {
        std::string const input = previous + object;
        char sum[17];
        std::snprintf(sum, sizeof sum, "%016llx",
                      static_cast<unsigned long long>(XXH3_64bits(input.data(), input.size())));
        previous = sum;
        bytes += object.substr(0, object.size() - 1) + ",\"sum\":\"" + previous + "\"}\n";
    }
    return bytes;
}

std::vector<std::string> objects_of(std::string const& bytes)
{
    std::vector<std::string> objects;
    for (std::string const& line : lines_of(bytes)) objects.push_back(line.substr(0, line.find(",\"sum\":\"")) + "}");
    return objects;
}

} // namespace

TEST(EventLog, everything_comes_back_as_it_was_told)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    EventLog const log = read_run(scratch / "run");
    RunInfo expected = sample_info();
    EXPECT_FALSE(log.info.started_utc.empty());
    expected.started_utc = log.info.started_utc;
    EXPECT_EQ(log.info, expected);
    EXPECT_EQ(log.entries, sample_entries());
    EXPECT_TRUE(log.has_ended);
    EXPECT_TRUE(log.torn_tail.empty());
    EXPECT_EQ(log.lines, 1 + sample_entries().size());
}

TEST(EventLog, every_line_is_a_json_object_of_its_own)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    for (std::string const& line : lines_of(bytes_of(scratch / "run/events.log"))) {
        auto const json = nlohmann::json::parse(line);
        EXPECT_TRUE(json.contains("event"));
        EXPECT_EQ(json.at("sum").get<std::string>().size(), 16u);
    }
}

TEST(EventLog, the_chain_can_be_recomputed_from_its_description)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::string const bytes = bytes_of(scratch / "run/events.log");
    EXPECT_EQ(chained_by_hand(objects_of(bytes)), bytes);
}

TEST(EventLog, text_that_is_not_utf8_does_not_lose_the_line)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), log_only()};
    recorder.message(1, "caf\xe9.yaml");
    recorder.message(2, "after");
    EXPECT_TRUE(recorder.finish(2).empty());
    EventLog const log = read_run(scratch / "run");
    EXPECT_EQ(std::get<MessageEntry>(log.entries.at(0)).text, "caf\xef\xbf\xbd.yaml");
    EXPECT_EQ(std::get<MessageEntry>(log.entries.at(1)).text, "after");
}

TEST(EventLog, a_last_line_cut_anywhere_is_left_out_and_reported)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::string const bytes = bytes_of(scratch / "run/events.log");
    std::size_t const last_line = bytes.rfind('\n', bytes.size() - 2) + 1;
    for (std::size_t size = last_line + 1; size < bytes.size(); ++size) {
        put_bytes(scratch / "cut.log", bytes.substr(0, size));
        EventLog const log = read_event_log(scratch / "cut.log");
        ASSERT_EQ(log.entries.size(), sample_entries().size() - 1);
        ASSERT_FALSE(log.has_ended);
        ASSERT_NE(log.torn_tail.find("line 9 "), std::string::npos) << log.torn_tail;
    }
}

TEST(EventLog, blocks_of_zeros_after_a_power_cut_are_a_torn_tail)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    put_bytes(scratch / "cut.log", bytes_of(scratch / "run/events.log") + std::string(4096, '\0'));
    EventLog const log = read_event_log(scratch / "cut.log");
    EXPECT_TRUE(log.has_ended);
    EXPECT_FALSE(log.torn_tail.empty());
}

TEST(EventLog, a_changed_bit_anywhere_is_found_in_its_line)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::string const bytes = bytes_of(scratch / "run/events.log");
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (int const mask : {1, 0x20, 0x80}) {
            std::string damaged = bytes;
            damaged[at] = char(damaged[at] ^ mask);
            put_bytes(scratch / "bad.log", damaged);
            if (at + 1 == bytes.size()) { // its line end: as if it had been cut off
                ASSERT_FALSE(read_event_log(scratch / "bad.log").torn_tail.empty());
                continue;
            }
            std::string const refusal = refusal_of(scratch / "bad.log");
            ASSERT_TRUE(refusal.starts_with("line " + std::to_string(line_of(bytes, at)) + " of"))
                << at << ": " << refusal;
        }
    }
}

TEST(EventLog, a_line_that_is_missing_moved_doubled_or_added_is_found)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::vector<std::string> const lines = lines_of(bytes_of(scratch / "run/events.log"));
    auto const refusal_with = [&](auto const& change) {
        std::vector<std::string> changed = lines;
        change(changed);
        std::string bytes;
        for (std::string const& line : changed) bytes += line + "\n";
        put_bytes(scratch / "bad.log", bytes);
        return refusal_of(scratch / "bad.log");
    };
    EXPECT_TRUE(refusal_with([](auto& l) { l.erase(l.begin() + 4); }).starts_with("line 5 of"));
    EXPECT_TRUE(refusal_with([](auto& l) { std::swap(l[4], l[5]); }).starts_with("line 5 of"));
    EXPECT_TRUE(refusal_with([](auto& l) { l.insert(l.begin() + 4, l[4]); }).starts_with("line 6 of"));
    EXPECT_TRUE(refusal_with([](auto& l) { l.erase(l.begin()); }).starts_with("line 1 of"));
    EXPECT_TRUE(refusal_with([](auto& l) { l.push_back(l[3]); }).starts_with("line 10 of"));
    EXPECT_TRUE(refusal_with([](auto& l) { l.insert(l.begin() + 2, ""); }).starts_with("line 3 of"));
}

TEST(EventLog, a_complete_run_whose_log_was_shortened_at_a_line_end_is_refused)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::string const bytes = bytes_of(scratch / "run/events.log");
    put_bytes(scratch / "run/events.log", bytes.substr(0, bytes.rfind('\n', bytes.size() - 2) + 1));
    EXPECT_FALSE(read_event_log(scratch / "run/events.log").has_ended);
    EXPECT_THROW(read_run(scratch / "run"), Error);
}

TEST(EventLog, a_log_of_a_later_version_is_refused_by_its_version)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::vector<std::string> objects = objects_of(bytes_of(scratch / "run/events.log"));
    std::size_t const at = objects[0].find("\"log_version\":3");
    ASSERT_NE(at, std::string::npos);
    objects[0].replace(at, 15, "\"log_version\":4");
    put_bytes(scratch / "later.log", chained_by_hand(objects));
    std::string const refusal = refusal_of(scratch / "later.log");
    EXPECT_NE(refusal.find("version 4"), std::string::npos) << refusal;
}

// What version 1 did not know has the value that it always had then.
TEST(EventLog, a_log_of_version_1_still_reads)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::vector<std::string> objects = objects_of(bytes_of(scratch / "run/events.log"));
    auto const version = objects[0].find("\"log_version\":3");
    ASSERT_NE(version, std::string::npos);
    objects[0].replace(version, 15, "\"log_version\":1");
    int pulses = 0;
    for (std::string& object : objects)
        if (auto const at = object.find(",\"programme\""); at != std::string::npos) {
            object = object.substr(0, at) + "}";
            ++pulses;
        }
    ASSERT_GT(pulses, 0);
    put_bytes(scratch / "old.log", chained_by_hand(objects));
    for (LogEntry const& entry : read_event_log(scratch / "old.log").entries)
        if (auto const* pulse = std::get_if<PulseEntry>(&entry)) {
            EXPECT_EQ(pulse->programme, "fluoroscopy-normal");
            EXPECT_EQ(pulse->run, 0);
            EXPECT_EQ(pulse->pulse_rate, 7.5);
        }
}

// Whoever writes a valid chain around nonsense gets one line of refusal, not a crash.
TEST(EventLog, nonsense_with_valid_checksums_is_refused_by_line)
{
    test::ScratchFolder const scratch;
    record(scratch / "run");
    std::string const header = objects_of(bytes_of(scratch / "run/events.log"))[0];
    for (std::string const object :
         {R"({"event":"beam"})", R"({"event":"beam","tick":1.5,"on":true})", R"({"event":"beam","tick":"1","on":true})",
          R"({"event":"beam","tick":99999999999999999999,"on":true})",
          R"({"event":"beam","tick":18446744073709551615,"on":true})", R"({"event":"dance","tick":1})",
          R"({"event":7})", R"({"tick":1})", R"({"event":"pulse","tick":1,"number":5000000000})",
          R"({"event":"command","tick":1,"name":"x","arguments":[[[]]]})",
          R"({"event":"command","tick":1,"name":"x","arguments":3})", R"([1,2])", R"({)",
          R"({"event":"message","tick":1,"text":"\ud800"})"}) {
        put_bytes(scratch / "bad.log", chained_by_hand({header, object}));
        EXPECT_TRUE(refusal_of(scratch / "bad.log").starts_with("line 2 of")) << object;
    }
    std::string deep(100'000, '[');
    put_bytes(scratch / "bad.log", chained_by_hand({header, "{\"event\":" + deep + "}"}));
    EXPECT_TRUE(refusal_of(scratch / "bad.log").starts_with("line 2 of"));
}

TEST(EventLog, what_is_not_a_log_is_refused)
{
    test::ScratchFolder const scratch;
    EXPECT_THROW(read_event_log(scratch / "none.log"), Error);
    EXPECT_THROW(read_event_log(scratch.path()), Error);
    EXPECT_THROW(read_event_log("/dev/zero"), Error) << "only regular files are opened";
    put_bytes(scratch / "empty.log", "");
    EXPECT_THROW(read_event_log(scratch / "empty.log"), Error);
    put_bytes(scratch / "text.log", "hello\nworld\n");
    EXPECT_TRUE(refusal_of(scratch / "text.log").starts_with("line 1 of"));
}
