#include <fluoro/core/parallel.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace fluoro;

TEST(Parallel, every_item_is_worked_on_exactly_once)
{
    for (int const count : {0, 1, 2, 3, 5, 64, 511, 512, 100'003}) {
        std::vector<std::atomic<int>> visits(std::size_t(count) + 1); // one more: nobody may step over the end
        parallel_for(count, [&](int first, int last) {
            for (int i = first; i < last; ++i) ++visits[std::size_t(i)];
        });
        for (int i = 0; i < count; ++i) ASSERT_EQ(visits[std::size_t(i)], 1) << "item " << i << " of " << count;
        EXPECT_EQ(visits[std::size_t(count)], 0);
    }
}

TEST(Parallel, everything_is_done_and_visible_when_it_returns)
{
    std::vector<int> values(1'000'000);
    for (int round = 1; round <= 5; ++round) {
        parallel_for(int(values.size()), [&](int first, int last) {
            for (int i = first; i < last; ++i) values[std::size_t(i)] += i % 7;
        });
        long long expected = 0;
        for (int i = 0; i < int(values.size()); ++i) expected += round * (i % 7);
        EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0ll), expected);
    }
}

TEST(Parallel, ranges_are_in_order_and_as_many_as_cores_at_most)
{
    std::atomic<unsigned> ranges = 0;
    std::atomic<bool> are_in_order = true;
    parallel_for(1000, [&](int first, int last) {
        ++ranges;
        if (first >= last || first < 0 || last > 1000) are_in_order = false;
    });
    EXPECT_TRUE(are_in_order);
    EXPECT_LE(ranges, std::max(1u, std::thread::hardware_concurrency()));
}

TEST(Parallel, it_may_be_called_from_within_itself)
{
    std::atomic<int> sum = 0;
    parallel_for(4, [&](int first, int last) {
        for (int i = first; i < last; ++i)
            parallel_for(10, [&](int inner_first, int inner_last) { sum += inner_last - inner_first; });
    });
    EXPECT_EQ(sum, 40);
}

TEST(Parallel, two_threads_may_use_it_at_once)
{
    std::atomic<int> sum = 0;
    auto const work = [&] {
        for (int round = 0; round < 20; ++round) parallel_for(100, [&](int first, int last) { sum += last - first; });
    };
    std::jthread other{work};
    work();
    other.join();
    EXPECT_EQ(sum, 2 * 20 * 100);
}

// Children are made at any moment of somebody else's work: its locks are held, its helpers awake or on their way to
// sleep.
TEST(Parallel, a_forked_child_may_use_it)
{
    std::atomic<int> sum = 0;
    auto const add = [&](int first, int last) { sum += last - first; };
    std::jthread const somebody{[&](std::stop_token const& stop) {
        while (!stop.stop_requested()) parallel_for(2, [](int, int) {});
    }};
    for (int round = 0; round < 3000; ++round) {
        pid_t const child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::alarm(10);
            sum = 0;
            parallel_for(8, add);
            ::_exit(sum == 8 ? 0 : 1);
        }
        int status = -1;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_EQ(status, 0) << "the child of round " << round;
    }
}
