// The same scripted hands in a real person: the coronary scenarios' own scripts, written for the built-in man, in a
// chest CT that the anatomy was fitted into without a landmark placed by hand; he is taller by 110 mm. The groin lies
// beyond that CT: there the tools go through the vessels that the model continues. Bounds are those of the built-in
// man.
#include "hands_at_work.hpp"

#include <fluoro/fitting/fit.hpp>
#include <fluoro/patient/importer.hpp>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

class FittedHands : public ::testing::Test {
protected:
    void SetUp() override
    {
        if (test::real_data(FLUORO_SOURCE_DIR).empty())
            GTEST_SKIP() << "no real trial data here (set FLUORO_DATA to its folder)";
        static auto const person = person_with({});
        fitted = person;
        vessels = test::great_vessels(*person);
    }
    /// Of the model in him: illnesses as KEY=VALUE.
    static std::shared_ptr<Patient const> person_with(std::vector<std::string> const& illnesses)
    {
        FitOptions options;
        options.set = illnesses;
        auto const file = test::real_data(FLUORO_SOURCE_DIR) / "chest" / "chest_256x256x100_clamped.nii.gz";
        return std::make_shared<Patient const>(fit(import_ct(file, {true, {}}), options).patient);
    }
    std::shared_ptr<Patient const> fitted, vessels;
};

TEST_F(FittedHands, judkins_left_from_the_groin_lies_in_the_left_main)
{
    test::HandsAtWork hands{test::scenario("coronary-engage-left-femoral"), fitted, vessels};
    test::lies_at(hands, "fitted_left_femoral", "jl4-5f", "left-coronary-ostium", "left-main");
}

TEST_F(FittedHands, judkins_right_from_the_groin_hooks_into_the_right_coronary_artery)
{
    test::HandsAtWork hands{test::scenario("coronary-engage-right-femoral"), fitted, vessels};
    test::hooks_into(hands, "fitted_right_femoral", "jr4-5f", "right-coronary-ostium", "rca-proximal");
}

TEST_F(FittedHands, pigtail_from_the_groin_lies_in_the_left_ventricle)
{
    test::HandsAtWork hands{test::scenario("coronary-pigtail-femoral"), fitted, vessels};
    test::lies_in_ventricle(hands, "fitted_pigtail_femoral", "pigtail-5f");
}

TEST_F(FittedHands, judkins_right_from_the_wrist_hooks_into_the_right_coronary_artery)
{
    test::HandsAtWork hands{test::scenario("coronary-engage-right-radial"), fitted, vessels};
    test::hooks_into(hands, "fitted_right_radial", "jr4-5f", "right-coronary-ostium", "rca-proximal");
}

TEST_F(FittedHands, judkins_left_from_the_wrist_lies_in_the_left_main)
{
    // How far down it is brought, 2 mm more or less, must not matter; 3 mm more end in the root, 14 mm off.
    for (double const deeper_mm : {-2.0, 0.0, 2.0}) {
        test::HandsAtWork hands{
            test::brought_deeper(test::scenario("coronary-engage-left-radial"), "jl3.5-5f", deeper_mm), fitted,
            vessels};
        test::lies_at(hands, "fitted_left_radial_" + std::to_string(int(deeper_mm)), "jl3.5-5f", "left-coronary-ostium",
                      "left-main");
    }
}

TEST_F(FittedHands, pigtail_from_the_wrist_lies_in_the_left_ventricle)
{
    for (double const deeper_mm : {-2.0, 0.0, 2.0}) {
        test::HandsAtWork hands{
            test::brought_deeper(test::scenario("coronary-pigtail-radial"), "pigtail-5f", deeper_mm), fitted, vessels};
        test::lies_in_ventricle(hands, "fitted_pigtail_radial_" + std::to_string(int(deeper_mm)), "pigtail-5f");
    }
}

// The scenario's wire, balloon and stent, his own lesion; but another guide: an EBU for the man's left main does not
// stay in his. The JL4 holds there by little: 1 mm deeper, or with 4 mm of slack drawn out and not 4.5, it springs out.
TEST_F(FittedHands, stent_covers_the_lesion_with_healthy_vessel_on_both_sides)
{
    Scenario script = test::scenario("coronary-stent-lad");
    auto const ill = person_with(script.anatomy->set);
    ToolInPlace& guide = script.tools_in.front();
    for (TimedCommand& one : script.operators.at("demo"))
        if (auto* injection = std::get_if<Inject>(&one.command)) injection->through = "jl4-6f-guide";
    guide.tool = "jl4-6f-guide";
    guide.beyond_mm = 6;
    for (double const eased_mm : {4.5, 5.0}) {
        guide.eased_mm = eased_mm;
        test::HandsAtWork hands{script, ill, test::great_vessels(*ill)};
        hands.run(0, [] {});
        test::covers_the_lesion(hands, "fitted_stent_" + std::to_string(int(10 * eased_mm)));
    }
}

} // namespace
} // namespace fluoro
