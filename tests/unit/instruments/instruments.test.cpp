// The hand's orders, from the tools in a vessel to the needle in a bone, in a patient of two tubes and a block.
#include <cmath>
#include <fluoro/core/clock.hpp>
#include <fluoro/instruments/instruments.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// A block of muscle with a vertebra in it, and an artery of 8 mm that runs up through it.
std::shared_ptr<Patient const> patient()
{
    auto made = std::make_shared<Patient>();
    made->ct.grid = {{60, 60, 100}, Vec3{2}, Vec3{-60, -60, 0}, Mat3{1}};
    made->ct.hu.assign(made->ct.grid.voxels(), 50);
    made->labels.assign(made->ct.grid.voxels(), 0);
    for (int k = 20; k < 35; ++k)
        for (int j = 30; j < 45; ++j)
            for (int i = 10; i < 30; ++i) {
                std::size_t const n = (std::size_t(k) * 60 + std::size_t(j)) * 60 + std::size_t(i);
                made->labels[n] = 31; // L1
                made->ct.hu[n] = 200;
            }
    for (int k = 5; k < 92; ++k) // the artery's own label
        for (int j = 18; j <= 22; ++j)
            for (int i = 43; i <= 47; ++i)
                if (std::hypot(i - 45, j - 20) <= 2)
                    made->labels[(std::size_t(k) * 60 + std::size_t(j)) * 60 + std::size_t(i)] = 65;
    LumenGraph& graph = made->lumens.vessels;
    int const top = graph.add_node({30, -20, 190}, "heart");
    std::vector<Vec3> way;
    std::vector<double> radii{4};
    for (int z = 180; z >= 10; z -= 10) {
        way.push_back({30, -20, z});
        radii.push_back(4);
    }
    graph.add_edge("artery", top, way, radii, WallClass::muscular_artery, 65);
    made->lumens.landmarks = {
        {"access-right-femoral", {30, -20, 12}}, {"L1", {-20, 14, 54}}, {"canal-L1", {-20, 44, 54}}};
    return made;
}

class Hands : public ::testing::Test {
protected:
    std::shared_ptr<ToolLibrary const> library = std::make_shared<ToolLibrary>();
    Instruments instruments{patient(), library, 1};
    std::vector<BodyOrder> effects;

    void wait(double s)
    {
        for (int n = 0; n < s * ticks_per_second; ++n) instruments.advance(nullptr, effects);
    }
    ToolStatus tool(int n) const { return instruments.status().tools.at(std::size_t(n)); }
};

TEST_F(Hands, push_a_wire_and_a_catheter_over_it_as_far_as_they_say)
{
    ASSERT_EQ(instruments.order(TakeTool{"j-wire-0.035", "right-femoral"}), "");
    ASSERT_EQ(instruments.order(TakeTool{"jl4-5f", "right-femoral"}), "");
    ASSERT_EQ(instruments.order(MoveTool{"j-wire-0.035", 40, 0, 100.0, {}}), "");
    wait(3);
    ASSERT_EQ(instruments.order(MoveTool{"jl4-5f", 40, 0, 60.0, {}}), "");
    wait(2);
    EXPECT_NEAR(tool(0).state.inserted_mm, 100, 0.5);
    EXPECT_NEAR(tool(1).state.inserted_mm, 60, 0.5);
    EXPECT_EQ(tool(0).tip_vessel, "artery");
    // The vessel's edge runs down from 190: 100 mm in from z = 12, less the J's bend of 13 mm that looks back (and its
    // 5 mm of width).
    EXPECT_NEAR(tool(0).tip.along, (190.0 - (112 - 18)) / 180, 0.03);
    EXPECT_LT(tool(0).tip.from_axis, 1);
    // Both are in the picture, the catheter hollow.
    int hollow = 0, solid = 0;
    for (ToolStretch const& stretch : instruments.picture(nullptr).stretches) (stretch.inner_mm > 0 ? hollow : solid)++;
    EXPECT_GE(hollow, 1);
    EXPECT_GE(solid, 1);
}

TEST_F(Hands, inject_through_a_catheter_whose_wire_is_out)
{
    ASSERT_EQ(instruments.order(TakeTool{"j-wire-0.035", "right-femoral"}), "");
    ASSERT_EQ(instruments.order(TakeTool{"jl4-5f", "right-femoral"}), "");
    ASSERT_EQ(instruments.order(MoveTool{"j-wire-0.035", 50, 0, 100.0, {}}), "");
    ASSERT_EQ(instruments.order(MoveTool{"jl4-5f", 40, 0, 80.0, {}}), "");
    wait(3);
    Inject injection;
    EXPECT_NE(instruments.aim_injection("jl4-5f", injection), "");
    EXPECT_NE(instruments.aim_injection("j-wire-0.035", injection), "") << "a wire is not hollow";
    ASSERT_EQ(instruments.order(MoveTool{"j-wire-0.035", -60, 0, 0.0, {}}), "");
    wait(3);
    ASSERT_EQ(instruments.order(PutToolAway{"j-wire-0.035"}), "");
    ASSERT_EQ(instruments.aim_injection("jl4-5f", injection), "");
    EXPECT_EQ(injection.vessel, "artery");
    EXPECT_NEAR(injection.catheter_inner_mm, 1.2, 1e-9);
    EXPECT_NEAR(injection.along, (190.0 - 92) / 180, 0.05);
}

TEST_F(Hands, are_told_what_cannot_be)
{
    EXPECT_NE(instruments.order(TakeTool{"jl4-5f", "left-radial"}).find("there are: right-femoral"), std::string::npos);
    EXPECT_NE(instruments.order(TakeTool{"jl5-5f", "right-femoral"}).find("did you mean jl4-5f"), std::string::npos);
    EXPECT_NE(instruments.order(MoveTool{"jl4-5f", 10, 0, {}, {}}), "");
    EXPECT_NE(instruments.order(TakeTool{"bone-11g", "right-femoral"}), "");
    EXPECT_NE(instruments.order(PushCement{"bone-11g", 0.1}), "");
    EXPECT_NE(instruments.order(AimNeedle{"jl4-5f", {"L1", {}}, {"canal-L1", {}}}), "");
    EXPECT_NE(instruments.order(AimNeedle{"bone-11g", {"L9", {}}, {"canal-L1", {}}}).find("no landmark L9"),
              std::string::npos);
    ASSERT_EQ(instruments.order(TakeTool{"j-wire-0.035", "right-femoral"}), "");
    EXPECT_NE(instruments.order(TakeTool{"j-wire-0.035", "right-femoral"}), "") << "twice";
    EXPECT_NE(instruments.order(InflateBalloon{"j-wire-0.035", 8}), "") << "no balloon";
    ASSERT_EQ(instruments.order(MoveTool{"j-wire-0.035", 50, 0, 40.0, {}}), "");
    wait(1.5);
    EXPECT_NE(instruments.order(PutToolAway{"j-wire-0.035"}), "") << "still in";
}

TEST_F(Hands, bring_cement_through_a_needle_into_the_vertebra)
{
    // From behind (the patient's back is +y) to the middle of the body.
    ASSERT_EQ(instruments.order(AimNeedle{"bone-11g", {"", {-20, 60, 54}}, {"L1", {}}}), "");
    ASSERT_EQ(instruments.order(MoveTool{"bone-11g", 20, 0, 44.0, {}}), "");
    wait(20);
    ASSERT_EQ(instruments.status().needles.size(), 1u);
    EXPECT_EQ(instruments.status().needles[0].tissue, TissueKind::spongy_bone);
    EXPECT_NEAR(instruments.status().needles[0].depth_mm, 44, 0.5);
    EXPECT_NE(instruments.order(PushCement{"bone-11g", 0.1}), "") << "none is mixed";
    ASSERT_EQ(instruments.order(MixCement{true}), "");
    wait(30);
    ASSERT_EQ(instruments.order(PushCement{"bone-11g", 0.1}), "");
    wait(10);
    ASSERT_EQ(instruments.order(PushCement{"bone-11g", 0}), "");
    CementStatus const cement = *instruments.status().cement;
    EXPECT_EQ(cement.level, "L1");
    EXPECT_NEAR(cement.age_s, 40, 0.02);
    EXPECT_NEAR(cement.total_ml, 1.0, 0.02);
    double drawn = 0;
    wait(0.1); // the picture is made anew fifteen times a second
    for (ToolCloud const& cloud : instruments.picture(nullptr).clouds)
        for (CloudParcel const& parcel : cloud.parcels) drawn += double(parcel.volume_mm3) / 1000;
    EXPECT_NEAR(drawn + cement.ml[std::size_t(CementPlace::lungs)], cement.total_ml, 1e-4); // nothing is lost
}

TEST_F(Hands, lead_a_wire_through_a_needle_and_a_sheath_over_the_wire)
{
    // The artery runs up at x = 30, y = -20; the needle comes from the front and below (front is -y).
    ASSERT_EQ(instruments.order(AimNeedle{"puncture-18g", {"", {30, -40, 60}}, {"", {30, -20, 80}}}), "");
    EXPECT_NE(instruments.order(TakeTool{"j-wire-0.035", "puncture-18g"}).find("no blood"), std::string::npos);
    ASSERT_EQ(instruments.order(MoveTool{"puncture-18g", 20, 0, 56.0, {}}), "");
    std::vector<std::string> told;
    for (int n = 0; n < 5 * ticks_per_second; ++n) {
        instruments.advance(nullptr, effects);
        auto const& notes = instruments.status().notes;
        told.insert(told.end(), notes.begin(), notes.end());
    }
    EXPECT_EQ(instruments.status().needles[0].blood, BloodReturn::bright);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_NE(told[0].find("Bright blood"), std::string::npos);
    EXPECT_NE(instruments.order(TakeTool{"femoral-sheath-6f", "puncture-18g"}).find("does not go through"),
              std::string::npos);
    ASSERT_EQ(instruments.order(TakeTool{"j-wire-0.035", "puncture-18g"}), "");
    ASSERT_EQ(instruments.order(MoveTool{"j-wire-0.035", 40, 0, 70.0, {}}), "");
    wait(3);
    EXPECT_NEAR(tool(0).state.inserted_mm, 70, 0.5);
    EXPECT_EQ(tool(0).tip_vessel, "artery");
    EXPECT_LT(tool(0).tip.along, (190.0 - 120) / 180) << "up, as the needle looks";
    EXPECT_NE(instruments.order(TakeTool{"femoral-sheath-6f", "puncture-18g"}).find("draw it off"), std::string::npos);
    EXPECT_NE(instruments.order(PutToolAway{"puncture-18g"}), "") << "it is in";
    ASSERT_EQ(instruments.order(MoveTool{"puncture-18g", -40, 0, 0.0, {}}), "");
    wait(3);
    ASSERT_EQ(instruments.order(PutToolAway{"puncture-18g"}), "");
    ASSERT_EQ(instruments.order(TakeTool{"femoral-sheath-6f", "puncture-18g"}), "");
    ASSERT_EQ(instruments.order(MoveTool{"femoral-sheath-6f", 40, 0, 60.0, {}}), "");
    wait(3);
    EXPECT_NEAR(tool(1).state.inserted_mm, 60, 0.5);
    // All out: the way closes.
    for (char const* name : {"j-wire-0.035", "femoral-sheath-6f"}) {
        ASSERT_EQ(instruments.order(MoveTool{name, -60, 0, 0.0, {}}), "");
        wait(3);
        ASSERT_EQ(instruments.order(PutToolAway{name}), "");
    }
    EXPECT_NE(instruments.order(TakeTool{"j-wire-0.035", "puncture-18g"}).find("has closed"), std::string::npos);
    EXPECT_NE(instruments.order(TakeTool{"j-wire-0.035", "puncture-18g"}).find("there are: right-femoral"),
              std::string::npos);
}

TEST_F(Hands, find_that_a_wire_does_not_turn_out_of_a_steep_needle)
{
    ASSERT_EQ(instruments.order(AimNeedle{"puncture-18g", {"", {30, -40, 78}}, {"", {30, -20, 80}}}), "");
    ASSERT_EQ(instruments.order(MoveTool{"puncture-18g", 20, 0, 40.0, {}}), "");
    wait(4);
    ASSERT_EQ(instruments.status().needles[0].blood, BloodReturn::bright);
    EXPECT_NE(instruments.order(TakeTool{"j-wire-0.035", "puncture-18g"}).find("too steep"), std::string::npos);
}

TEST_F(Hands, press_a_paddle_as_deep_as_a_hand_can)
{
    ASSERT_EQ(instruments.order(AimNeedle{"compression-paddle", {"", {-20, -60, 120}}, {"", {-20, 0, 120}}}), "");
    ASSERT_EQ(instruments.order(MoveTool{"compression-paddle", 30, 0, 35.0, {}}), "");
    wait(2);
    EXPECT_NEAR(instruments.status().paddles.at(0).pressed_mm, 35, 1e-6);
    EXPECT_NEAR(instruments.status().paddles.at(0).force_n, 35, 1e-6);
    EXPECT_NE(instruments.order(PutToolAway{"compression-paddle"}), "") << "it presses";
    double ring = 0;
    for (ToolStretch const& one : instruments.picture(nullptr).stretches) ring = std::max(ring, one.outer_mm.front());
    EXPECT_GE(ring, 90);
    ASSERT_EQ(instruments.order(MoveTool{"compression-paddle", 100, 0, {}, {}}), "");
    wait(2);
    EXPECT_NEAR(instruments.status().paddles.at(0).pressed_mm, 50, 1e-6);
    ASSERT_EQ(instruments.order(MoveTool{"compression-paddle", -100, 0, 0.0, {}}), "");
    wait(2);
    EXPECT_EQ(instruments.order(PutToolAway{"compression-paddle"}), "");
    EXPECT_TRUE(instruments.status().paddles.empty());
}

TEST_F(Hands, take_a_second_needle_of_a_kind_by_a_number)
{
    ASSERT_EQ(instruments.order(AimNeedle{"bone-11g", {"", {-20, 60, 54}}, {"L1", {}}}), "");
    ASSERT_EQ(instruments.order(AimNeedle{"bone-11g#2", {"", {-10, 60, 54}}, {"L1", {5, 0, 0}}}), "");
    EXPECT_EQ(instruments.status().needles.size(), 2u);
    EXPECT_NE(instruments.order(TakeTool{"kyphoplasty-20", "bone-13g"}), "");
    ASSERT_EQ(instruments.order(TakeTool{"kyphoplasty-20", "bone-11g#2"}), "");
    EXPECT_NE(instruments.order(PutToolAway{"bone-11g#2"}).find("balloon"), std::string::npos);
    EXPECT_NE(instruments.order(InflateBalloon{"kyphoplasty-20", 5}), "") << "not out of the cannula";
}

TEST_F(Hands, do_the_same_again)
{
    auto const play = [&] {
        Instruments one{patient(), library, 1};
        std::vector<BodyOrder> told;
        EXPECT_EQ(one.order(TakeTool{"j-wire-0.035", "right-femoral"}), "");
        EXPECT_EQ(one.order(MoveTool{"j-wire-0.035", 60, 1, {}, {}}), "");
        for (int n = 0; n < 240; ++n) one.advance(nullptr, told);
        return one.state_hash();
    };
    EXPECT_EQ(play(), play());
}

} // namespace
} // namespace fluoro
