// The same life twice: bit by bit the same, on any number of cores.
#include "coarse_man.hpp"

#include <gtest/gtest.h>
#include <sched.h>

namespace fluoro {
namespace {

using test::man;

/// A minute with everything at once: an injection, a held breath, a swallow, a medicine, an ectopic heart.
std::uint64_t hash_after(double seconds)
{
    BodySettings settings;
    settings.heart.ectopic_share = 0.1;
    settings.seed = 7;
    Body body{man(), settings};
    Tick const end = tick_at(seconds);
    for (Tick tick = 0; tick < end; ++tick) {
        auto const at = [&](double s, BodyOrder const& order) {
            if (tick == tick_at(s)) {
                EXPECT_EQ(body.order(order), "");
            }
        };
        at(1, Breathe{BreathCommand::breathe_in_and_hold});
        at(3, Inject{"left-main", 0.3, 8, 3.5});
        at(12, TakeMouthful{15, 60, 20});
        at(13, SwallowNow{});
        at(20, GiveMedicine{"atropine", 0.6});
        at(25, Inject{"left-ventricle", 0.5, 36, 12});
        at(40, Breathe{BreathCommand::cough});
        body.advance({0, 1, 0});
    }
    return body.state_hash();
}

/// Until it is gone this thread, and those it starts, have one core.
class OneCore {
public:
    OneCore()
    {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(cpu, &before_)) {
                CPU_SET(cpu, &one);
                break;
            }
        sched_setaffinity(0, sizeof one, &one);
    }
    ~OneCore() { sched_setaffinity(0, sizeof before_, &before_); }

private:
    cpu_set_t before_;
};

// Bit by bit.
TEST(Body, same_life_twice_on_one_core_and_on_all)
{
    std::uint64_t const all = hash_after(60);
    OneCore const only;
    EXPECT_EQ(hash_after(60), all);
}

TEST(Body, another_seed_is_another_life)
{
    BodySettings a, b;
    a.heart.ectopic_share = b.heart.ectopic_share = 0.1;
    b.seed = 2;
    Body one{man(), a}, other{man(), b};
    for (int i = 0; i < 10 * ticks_per_second; ++i) {
        one.advance({0, 1, 0});
        other.advance({0, 1, 0});
    }
    EXPECT_NE(one.state_hash(), other.state_hash());
}

} // namespace
} // namespace fluoro
