// Scripted hands that end by measured geometry: the scenarios' own, in the built-in man in coarse voxels, his heart
// beating. Vessels have the same form in all voxels; how tissue moves is near enough the same.
#include "hands_at_work.hpp"

namespace fluoro {
namespace {

// The hub's first turn, with the wire still in, is a guess of the script: the hand finds the rest by sight, from 40
// degrees less and from 40 more as well.
TEST(CoronaryHands, judkins_left_from_the_right_wrist_lies_in_the_left_main)
{
    Scenario script = test::scenario("coronary-engage-left-radial");
    auto const man = test::drawn(script, 3);
    double more_rad = -radians(40);
    for (std::string const name : {"left_radial_turned_less", "left_radial_turned_more"}) {
        for (TimedCommand& one : script.operators.at("demo"))
            if (auto* move = std::get_if<MoveTool>(&one.command); move && move->tool == "jl3.5-5f" && move->until_rad)
                *move->until_rad += more_rad;
        test::HandsAtWork hands{script, man, test::great_vessels(*man)};
        test::lies_at(hands, name, "jl3.5-5f", "left-coronary-ostium", "left-main");
        more_rad = radians(80);
    }
}

TEST(CoronaryHands, pigtail_from_the_right_wrist_lies_in_the_left_ventricle)
{
    Scenario const script = test::scenario("coronary-pigtail-radial");
    auto const man = test::drawn(script, 3);
    test::HandsAtWork hands{script, man, test::great_vessels(*man)};
    test::lies_in_ventricle(hands, "pigtail_radial", "pigtail-5f");
}

} // namespace
} // namespace fluoro
