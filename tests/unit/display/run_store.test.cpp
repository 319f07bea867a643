#include "synthetic.hpp"
#include <gtest/gtest.h>

namespace fluoro {
namespace {

StoredFrame frame_at(double seconds)
{
    return stored(even(16, [](int, int) { return 10.0; }), seconds);
}

std::size_t const one = size_in_bytes(*frame_at(0).raw);

TEST(RunStore, keeps_runs_in_order_and_finds_them)
{
    RunStore store;
    EXPECT_EQ(store.begin(FrameKind::cine), 1);
    EXPECT_TRUE(store.add(1, frame_at(0)));
    EXPECT_TRUE(store.add(1, frame_at(0.1)));
    EXPECT_EQ(store.begin(FrameKind::dsa), 2);
    EXPECT_TRUE(store.add(2, frame_at(1)));
    ASSERT_TRUE(store.find(1) && store.find(2));
    EXPECT_EQ(store.find(1)->frames.size(), 2u);
    EXPECT_EQ(store.find(2)->kind, FrameKind::dsa);
    EXPECT_FALSE(store.find(3));
    EXPECT_FALSE(store.add(3, frame_at(0)));
    EXPECT_EQ(store.bytes(), 3 * one);
}

TEST(RunStore, the_oldest_run_makes_room_and_a_run_alone_ends_at_the_limit)
{
    RunStore store{4 * one};
    for (int run = 1; run <= 3; ++run) {
        store.begin(FrameKind::cine);
        for (int i = 0; i < 2; ++i) EXPECT_TRUE(store.add(run, frame_at(i)));
        EXPECT_LE(store.bytes(), store.limit_bytes());
    }
    EXPECT_FALSE(store.find(1));
    EXPECT_TRUE(store.find(2));
    for (int i = 2; i < 4; ++i) EXPECT_TRUE(store.add(3, frame_at(i)));
    EXPECT_FALSE(store.find(2));
    EXPECT_FALSE(store.add(3, frame_at(4)));
    EXPECT_EQ(store.find(3)->frames.size(), 4u);
    EXPECT_EQ(store.bytes(), 4 * one);
    store.begin(FrameKind::cine);
    EXPECT_TRUE(store.add(4, frame_at(0)));
    EXPECT_EQ(store.bytes(), one);
}

TEST(RunStore, a_frame_larger_than_the_store_drives_nothing_out)
{
    RunStore store{2 * one};
    store.add(store.begin(FrameKind::cine), frame_at(0));
    EXPECT_FALSE(store.add(store.begin(FrameKind::cine), stored(even(64, [](int, int) { return 1.0; }))));
    EXPECT_TRUE(store.find(1));
}

// Four frames at 4 per second are a loop of one second; each is shown for its quarter.
TEST(RunStore, a_loop_shows_each_frame_for_its_time)
{
    StoredRun run;
    EXPECT_EQ(run.frame_at(1), 0);
    for (int i = 0; i < 4; ++i) run.frames.push_back(frame_at(100 + 0.25 * i));
    EXPECT_DOUBLE_EQ(run.duration_s(), 1);
    EXPECT_EQ(run.frame_at(0), 1);
    EXPECT_EQ(run.frame_at(0.24), 1);
    EXPECT_EQ(run.frame_at(0.51), 3);
    EXPECT_EQ(run.frame_at(0.99), 4);
    EXPECT_EQ(run.frame_at(7.30), 2);
    run.frames.resize(1);
    EXPECT_EQ(run.frame_at(3), 1);
}

TEST(RecentFrames, keeps_the_last_seconds_within_its_memory)
{
    RecentFrames recent{20};
    for (int i = 0; i < 400; ++i) recent.add(frame_at(i / 16.0));
    EXPECT_EQ(recent.frames().size(), 321u); // both ends of 20 s
    EXPECT_NEAR(recent.frames().front().seconds, recent.frames().back().seconds - 20, 1e-9);
    RecentFrames small{20, 10 * one};
    for (int i = 0; i < 400; ++i) small.add(frame_at(i / 16.0));
    EXPECT_EQ(small.frames().size(), 10u);
    EXPECT_EQ(small.bytes(), 10 * one);
    small.clear();
    EXPECT_EQ(small.bytes(), 0u);
}

} // namespace
} // namespace fluoro
