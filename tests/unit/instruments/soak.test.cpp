// Hands that do anything at all, for a long time.
#include "tools.hpp"
#include "tube_wall.hpp"

#include <cstdlib>
#include <fluoro/core/random.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <new>
#include <numbers>

namespace {
long allocations = 0;
} // namespace

[[gnu::noinline]] void* operator new(std::size_t size)
{
    ++allocations;
    if (void* const at = std::malloc(size)) return at;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* at) noexcept
{
    std::free(at);
}
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept
{
    std::free(at);
}

namespace fluoro {
namespace {

ToolSection bent(ToolSection section, double radius_mm)
{
    section.arc_radius_mm = radius_mm;
    return section;
}

struct Worst {
    long allocated = 0; ///< times, while tools advanced
    double gap_mm = 0, deepest_mm = -1e9;
    bool is_finite = true;
    std::uint64_t hash = 0;
};

/// Wire and catheter over the arch, a branch beside it: up to 50 mm/s and 2 turns a second on either, a new order every
/// `hold` frames.
Worst soak(int orders, int hold, std::uint64_t seed)
{
    test::TubeWall wall = test::arch(0.1);
    wall.add_straight({0, 0, -60}, {-80, 0, 20}, 4);
    CoaxialTools tools{{{0, 0, -100}, {0, 0, 1}}};
    EXPECT_EQ(tools.add(test::tool(
                  "wire", {test::section(480, 0.889, 0, 1000, 800), bent(test::section(20, 0.889, 0, 60, 50), 12)})),
              "");
    EXPECT_EQ(
        tools.add(test::tool(
            "catheter", {test::section(400, 1.67, 1.2, 280, 300), bent(test::section(40, 1.67, 1.2, 280, 300), 20)},
            ToolKind::catheter)),
        "");
    RandomSequence random{seed, RandomStream::mutation, 0, 0};
    Worst worst;
    for (int n = 0; n < orders; ++n) {
        // Mostly in for a while, then mostly out, each tool in its own time.
        for (int t = 0; t < 2; ++t) {
            double const drift = n / (60 + 35 * t) % 2 ? -0.6 : 0.6;
            tools.hold(t, 50 * std::clamp(2 * random.next_uniform() - 1 + drift, -1.0, 1.0),
                       4 * std::numbers::pi * (2 * random.next_uniform() - 1));
        }
        for (int k = 0; k < hold; ++k) {
            long const before = allocations;
            tools.advance(wall, test::frame_s);
            worst.allocated += allocations - before;
            worst.gap_mm = std::max(worst.gap_mm, tools.widest_gap_mm());
            worst.deepest_mm = std::max(worst.deepest_mm, tools.deepest_mm());
            for (RodFrame const& frame : tools.line())
                if (!std::isfinite(frame.at_mm.x + frame.at_mm.y + frame.at_mm.z)) worst.is_finite = false;
        }
        if (!worst.is_finite) break;
    }
    worst.hash = tools.state_hash();
    return worst;
}

/// How many orders: the suite's few, or FLUORO_SOAK of them.
int orders()
{
    char const* const wished = std::getenv("FLUORO_SOAK");
    return wished ? std::atoi(wished) : 400;
}

TEST(Soak, nothing_breaks_and_nothing_leaves_the_lumen_under_random_hands)
{
    Worst const worst = soak(orders(), 10, 11);
    test::measured("soak_gap_mm", worst.gap_mm);
    test::measured("soak_deepest_mm", worst.deepest_mm);
    EXPECT_TRUE(worst.is_finite);
    EXPECT_EQ(worst.allocated, 0);
    EXPECT_LT(worst.gap_mm, 0.2);
    // A hand of 10 N on a soft wall; the lumen is 24 mm wide and the branch 8.
    EXPECT_LT(worst.deepest_mm, 3);
}

TEST(Soak, repeats_bitwise)
{
    EXPECT_EQ(soak(20, 10, 5).hash, soak(20, 10, 5).hash);
    EXPECT_NE(soak(20, 10, 5).hash, soak(20, 10, 6).hash);
}

} // namespace
} // namespace fluoro
