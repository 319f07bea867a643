// Scripted hands that end by measured geometry: every coronary scenario's own, in the patient that it names, his heart
// beating.
#include "hands_at_work.hpp"

namespace fluoro {
namespace {

class CoronaryHands : public ::testing::Test {
protected:
    static std::shared_ptr<Patient const> man(Scenario const& script)
    {
        static auto const drawn = test::drawn(script, 1);
        return drawn;
    }
    void engages(std::string const& name, std::string const& tool, std::string const& ostium, std::string const& artery)
    {
        Scenario const script = test::scenario(name);
        test::HandsAtWork hands{script, man(script), man(script)};
        test::lies_at(hands, name, tool, ostium, artery);
    }
    void crosses_the_valve(std::string const& name)
    {
        Scenario const script = test::scenario(name);
        test::HandsAtWork hands{script, man(script), man(script)};
        test::lies_in_ventricle(hands, name, "pigtail-5f");
    }
};

TEST_F(CoronaryHands, judkins_left_from_the_groin_lies_in_the_left_main)
{
    engages("coronary-engage-left-femoral", "jl4-5f", "left-coronary-ostium", "left-main");
}

TEST_F(CoronaryHands, judkins_left_from_the_right_wrist_lies_in_the_left_main)
{
    // Without the pulmonary trunk, which lies against the left main and may be the nearer name to a tip at its wall.
    Scenario const script = test::scenario("coronary-engage-left-radial");
    test::HandsAtWork hands{script, man(script), test::great_vessels(*man(script))};
    test::lies_at(hands, "coronary-engage-left-radial", "jl3.5-5f", "left-coronary-ostium", "left-main");
}

TEST_F(CoronaryHands, pigtail_from_the_groin_lies_in_the_left_ventricle)
{
    crosses_the_valve("coronary-pigtail-femoral");
}

TEST_F(CoronaryHands, pigtail_from_the_right_wrist_lies_in_the_left_ventricle)
{
    crosses_the_valve("coronary-pigtail-radial");
}

} // namespace
} // namespace fluoro
