#include "tools.hpp"
#include "tube_wall.hpp"

#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

TEST(Insertion, look)
{
    for (double mu : {0.0, 0.1, 0.2}) {
        auto wall = test::arch(mu);
        CoaxialTools tools{{{0, 0, -100}, {0, 0, 1}}};
        ASSERT_EQ(tools.add(test::tool("wire", {test::section(600, 0.889, 0, 1850, 1400)})), "");
        test::push(tools, wall, 0, 250, 34);
        double sum = 0, least = 1e9, most = -1e9, deepest = 0, aside = 0;
        int n = 0;
        test::push(tools, wall, 0, 50, 34, [&] {
            double in = tools.state(0).inserted_mm;
            if (in < 284 || in > 298) return;
            double f = tools.state(0).push_n;
            sum += f;
            ++n;
            least = std::min(least, f);
            most = std::max(most, f);
            deepest = std::max(deepest, tools.deepest_mm());
            for (auto& p : tools.line()) aside = std::max(aside, std::abs(p.at_mm.y));
        });
        Vec3 tip = tools.line().back().at_mm;
        std::printf("mu %.1f push %.4f (%.4f..%.4f) tip %.3f %.3f %.3f deepest %.3f aside %.5f gap %.6f\n", mu, sum / n, least, most,
                    tip.x, tip.y, tip.z, deepest, aside, tools.widest_gap_mm());
        test::push(tools, wall, 0, -50, 34);
        test::push(tools, wall, 0, 50, 34);
        Vec3 again = tools.line().back().at_mm;
        std::printf("again %.3f %.3f %.3f\n", again.x, again.y, again.z);
    }
}

} // namespace
} // namespace fluoro
