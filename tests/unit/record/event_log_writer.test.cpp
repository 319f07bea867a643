#include "sample_run.hpp"

#include <fluoro/record/event_log.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace fluoro;
using namespace std::chrono_literals;

namespace {

std::int64_t now_ns()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// What a child tells its parent about each event after the recorder has taken it; survives the child's death.
struct Acknowledged {
    std::atomic<std::size_t> count = 0;
    std::array<std::int64_t, 100'000> at_ns{};
};

class SharedAcknowledged {
public:
    SharedAcknowledged()
        : memory_{::mmap(nullptr, sizeof(Acknowledged), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)}
    {
        if (memory_ == MAP_FAILED) throw std::runtime_error{"no shared memory"};
        new (memory_) Acknowledged;
    }
    ~SharedAcknowledged() { ::munmap(memory_, sizeof(Acknowledged)); }
    SharedAcknowledged(SharedAcknowledged const&) = delete;
    SharedAcknowledged& operator=(SharedAcknowledged const&) = delete;
    Acknowledged* operator->() const { return static_cast<Acknowledged*>(memory_); }

private:
    void* memory_;
};

/// Records until it is killed: an event a millisecond, each numbered, and a frame and a picture now and then.
[[noreturn]] void record_until_killed(std::filesystem::path const& folder, SharedAcknowledged const& acknowledged)
{
    RunRecorder recorder{folder, sample_info()};
    recorder.beam(0, true);
    for (std::size_t i = 0; i < acknowledged->at_ns.size(); ++i) {
        int const number = int(i) + 1;
        recorder.pulse(sample_pulse(number, Tick(i)), sample_frame(number, 8, 8));
        acknowledged->at_ns[i] = now_ns();
        acknowledged->count = i + 1;
        if (i % 20 == 0) recorder.picture(Tick(i), sample_picture(std::uint8_t(i), 32, 32));
        std::this_thread::sleep_for(1ms);
    }
    ::_exit(0);
}

/// Nothing may grow beyond `bytes` while it lives, and doing so is an error, not a signal.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_before_{std::signal(SIGXFSZ, SIG_IGN)}
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_before_);
    }
    FileSizeLimit(FileSizeLimit const&) = delete;
    FileSizeLimit& operator=(FileSizeLimit const&) = delete;

private:
    void (*handler_before_)(int);
    rlimit before_{};
};

} // namespace

// Twenty recorders side by side, each killed at its own moment between 0.6 and 1.2 s: what one of them was told more
// than half a second before its death is in its log, unbroken from the first event, and the log reads back.
TEST(EventLogWriter, kill_9_loses_nothing_older_than_half_a_second)
{
    struct Child {
        pid_t pid = 0;
        std::chrono::milliseconds life{};
        std::unique_ptr<SharedAcknowledged> acknowledged = std::make_unique<SharedAcknowledged>();
        std::int64_t killed_ns = 0;
    };
    test::ScratchFolder const scratch;
    std::mt19937 random{20};
    std::vector<Child> children(20);
    for (std::size_t i = 0; i < children.size(); ++i) {
        children[i].life = std::chrono::milliseconds{std::uniform_int_distribution{600, 1200}(random)};
        children[i].pid = ::fork();
        ASSERT_GE(children[i].pid, 0);
        if (children[i].pid == 0) record_until_killed(scratch / std::to_string(i), *children[i].acknowledged);
    }
    std::size_t alive = children.size();
    auto const deadline = std::chrono::steady_clock::now() + 60s;
    while (alive > 0 && std::chrono::steady_clock::now() < deadline) {
        for (Child& child : children) {
            auto const& acknowledged = *child.acknowledged;
            if (child.killed_ns != 0 || acknowledged->count == 0) continue;
            if (now_ns() - acknowledged->at_ns[0] < std::chrono::nanoseconds{child.life}.count()) continue;
            child.killed_ns = now_ns();
            ::kill(child.pid, SIGKILL);
            --alive;
        }
        std::this_thread::sleep_for(1ms);
    }
    double longest_lost_ms = 0;
    for (std::size_t i = 0; i < children.size(); ++i) {
        Child const& child = children[i];
        if (child.killed_ns == 0) ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
        ASSERT_NE(child.killed_ns, 0) << "child " << i << " never started to record";

        EventLog const log = read_event_log(scratch / std::to_string(i) / "events.log");
        std::size_t recorded = 0;
        for (LogEntry const& entry : log.entries)
            if (auto const* pulse = std::get_if<PulseEntry>(&entry)) {
                ASSERT_EQ(*pulse, sample_pulse(int(recorded) + 1, Tick(recorded))) << "child " << i;
                ++recorded;
            }
        auto const& acknowledged = *child.acknowledged;
        std::size_t due = 0;
        while (due < acknowledged->count && acknowledged->at_ns[due] < child.killed_ns - 500'000'000) ++due;
        EXPECT_GT(due, 0u);
        EXPECT_GE(recorded, due) << "child " << i << " lost events";
        if (recorded < acknowledged->count)
            longest_lost_ms = std::max(longest_lost_ms, double(child.killed_ns - acknowledged->at_ns[recorded]) / 1e6);
        EXPECT_FALSE(log.has_ended);
        EXPECT_EQ(recover(scratch / std::to_string(i)).pulses, int(recorded));
    }
    RecordProperty("longest_lost_ms", std::to_string(longest_lost_ms));
    std::printf("oldest event lost by any of %zu killed recorders: %.2f ms before its death\n", children.size(),
                longest_lost_ms);
}

TEST(EventLogWriter, a_disk_that_fills_is_told_once_and_the_session_goes_on)
{
    test::ScratchFolder const scratch;
    std::vector<std::string> troubles;
    DoseSummary dose;
    {
        FileSizeLimit const limit{20'000};
        RunRecorder recorder{scratch / "run", sample_info()};
        recorder.beam(0, true);
        for (int number = 1; number <= 500; ++number)
            EXPECT_NO_THROW(recorder.pulse(sample_pulse(number, number), sample_frame(number, 16, 16)));
        troubles = recorder.finish(600);
        dose = recorder.dose();
        EXPECT_TRUE(recorder.has_trouble());
        EXPECT_EQ(recorder.take_messages().size(), 1u);
        EXPECT_TRUE(recorder.take_messages().empty());
    }
    ASSERT_EQ(troubles.size(), 1u);
    EXPECT_NE(troubles[0].find("events.log"), std::string::npos) << troubles[0];
    EXPECT_NE(troubles[0].find("File too large"), std::string::npos) << troubles[0];
    EXPECT_EQ(dose.pulses, 500);

    // What had room is a whole log of the beginning; what was measured is all in dose.json, marked as it is.
    EventLog const log = read_run(scratch / "run");
    EXPECT_TRUE(log.torn_tail.empty()) << log.torn_tail;
    EXPECT_FALSE(log.has_ended);
    EXPECT_GT(log.entries.size(), 20u);
    EXPECT_LT(log.entries.size(), 60u);
    EXPECT_EQ(std::get<PulseEntry>(log.entries.back()).number, int(log.entries.size()) - 1);
    EXPECT_NE(bytes_of(scratch / "run/run.json").find("\"state\": \"incomplete\""), std::string::npos);
    EXPECT_NE(bytes_of(scratch / "run/dose.json").find("\"pulses\": 500"), std::string::npos);
    EXPECT_NE(bytes_of(scratch / "run/dose.json").find("\"state\": \"incomplete\""), std::string::npos);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{scratch / "run/frames"}, {}), 500);
}

TEST(EventLogWriter, lines_are_in_the_file_without_waiting_for_the_end)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    recorder.message(1, "first");
    // A moment on a quiet machine; half a second is what is promised on any.
    auto const deadline = std::chrono::steady_clock::now() + 500ms;
    while (read_event_log(scratch / "run/events.log").entries.empty() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(1ms);
    EXPECT_EQ(read_event_log(scratch / "run/events.log").entries.size(), 1u);
}
