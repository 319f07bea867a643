// Scripted hands that end by measured geometry: the scenarios' own, in the built-in man in coarse voxels, his heart
// beating. Vessels have the same form in all voxels; how tissue moves is near enough the same.
#include "hands_at_work.hpp"

namespace fluoro {
namespace {

TEST(CoronaryHands, judkins_left_from_the_right_wrist_lies_in_the_left_main)
{
    Scenario const script = test::scenario("coronary-engage-left-radial");
    auto const man = test::drawn(script, 3);
    test::HandsAtWork hands{script, man, test::great_vessels(*man)};
    test::lies_at(hands, "left_radial", "jl3.5-5f", "left-coronary-ostium", "left-main");
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
