#include <cmath>
#include <fluoro/instruments/needle.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// Layers below z = 0, each down to its depth [mm].
struct Layers final : TissueField {
    struct Layer {
        double to_mm;
        TissueKind tissue;
        double hu = 50;
    };
    std::vector<Layer> layers;
    explicit Layers(std::vector<Layer> all) : layers{std::move(all)} {}
    TissueHere at(Vec3 const& p) const override
    {
        if (p.z >= 0) return {};
        for (Layer const& layer : layers)
            if (-p.z <= layer.to_mm) return {layer.tissue, layer.hu, 0};
        return {TissueKind::muscle, 50, 0};
    }
};

Needle needle(char const* name)
{
    return {ToolLibrary{}.find(name), {0, 0, 0}, {0, 0, -1}};
}

constexpr double dt = 1.0 / 120, hand = 20;

TEST(Needle, feels_the_skin_give_way)
{
    Layers const body{{{200, TissueKind::fat, -90}}};
    Needle one = needle("puncture-18g");
    double peak = 0;
    while (one.depth_mm() == 0) {
        one.advance(body, 4, 0, hand, dt);
        if (one.depth_mm() == 0) peak = one.force_n();
    }
    EXPECT_NEAR(peak, 3.5, 0.05);         // a step of the hand is 4/120 mm of 0.8 N/mm
    EXPECT_LT(one.force_n(), 0.5 * peak); // then it cuts with less
    // 3.5 N over 0.8 N/mm: the skin has bowed by 4.4 mm, which the needle takes in steps.
}

TEST(Needle, of_half_the_gauge_asks_for_half_the_force)
{
    Layers const body{{{200, TissueKind::muscle}}};
    Needle thick = needle("puncture-18g"), thin = needle("micropuncture-21g");
    for (auto* one : {&thick, &thin})
        while (one->depth_mm() < 40) one->advance(body, 10, 0, hand, dt);
    EXPECT_NEAR(thin.force_n() / thick.force_n(), 0.82 / 1.27, 0.02);
    // Cutting and friction along the way: 0.5 + 40 * 0.02 N for 18 G.
    EXPECT_NEAR(thick.force_n(), 0.5 + 0.02 * thick.depth_mm(), 0.02);
}

TEST(Needle, pops_into_a_vessel_bleeds_back_and_goes_out_of_its_far_wall)
{
    Layers const leg{
        {{8, TissueKind::fat, -90}, {18, TissueKind::muscle}, {26, TissueKind::vessel}, {80, TissueKind::muscle}}};
    Needle one = needle("puncture-18g");
    while (one.depth_mm() < 17.5) one.advance(leg, 10, 0, hand, dt);
    EXPECT_FALSE(one.has_blood_return());
    double const before = one.force_n();
    double peak = 0;
    while (!one.has_blood_return()) {
        one.advance(leg, 2, 0, hand, dt);
        if (!one.has_blood_return()) peak = std::max(peak, one.force_n());
    }
    EXPECT_GT(peak, before + 0.15); // the wall's 0.8 N in place of muscle's 0.5
    EXPECT_LT(one.force_n(), peak - 0.6);
    EXPECT_TRUE(one.breaches().empty());
    while (one.depth_mm() < 30) one.advance(leg, 5, 0, hand, dt);
    ASSERT_EQ(one.breaches().size(), 1u);
    EXPECT_EQ(one.breaches()[0].of, TissueKind::vessel);
    EXPECT_NEAR(one.breaches()[0].at_mm.z, -26, 0.5);
    EXPECT_FALSE(one.has_blood_return());
    // Drawn back into it: blood again, by the way that it came.
    while (one.depth_mm() > 24) one.advance(leg, -5, 0, hand, dt);
    EXPECT_TRUE(one.has_blood_return());
    EXPECT_LT(one.force_n(), 0);
}

TEST(Needle, stands_before_bone_that_the_hand_cannot_enter_and_goes_on_under_the_hammer)
{
    Layers const back{
        {{30, TissueKind::muscle}, {34, TissueKind::cortical_bone, 900}, {80, TissueKind::spongy_bone, 200}}};
    Needle one = needle("bone-11g");
    for (int n = 0; n < 1200; ++n) one.advance(back, 10, 0, 60, dt);
    EXPECT_NEAR(one.depth_mm(), 30, 0.3);
    EXPECT_NEAR(one.force_n(), 60, 12); // the hand pushes with all it has
    int blows = 0;
    while (one.depth_mm() < 35 && blows < 50) {
        one.hammer(back, 0.5);
        ++blows;
    }
    EXPECT_GE(blows, 2);
    EXPECT_LE(blows, 20);
    double const through = one.depth_mm();
    for (int n = 0; n < 600; ++n) one.advance(back, 10, 0, 60, dt);
    EXPECT_GT(one.depth_mm(), through + 5); // spongy bone lets a hand in
    EXPECT_TRUE(one.breaches().empty());
}

TEST(Needle, goes_in_by_the_energy_of_the_blow)
{
    Layers const bone{{{100, TissueKind::spongy_bone, 400}}};
    auto const way_of = [&](double joule) {
        Needle one = needle("bone-13g");
        one.hammer(bone, 0.1); // into it
        double const before = one.depth_mm();
        one.hammer(bone, joule);
        return one.depth_mm() - before;
    };
    // Energy over force; the friction of the millimetres gained is a few per cent of it.
    EXPECT_NEAR(way_of(0.06) / way_of(0.03), 2, 0.1);
    double const scale = 2.4 / 1.27;
    EXPECT_NEAR(way_of(0.03), 30 / (scale * 10 * 1.4), 0.15);
}

TEST(Needle, goes_through_bone_the_slower_the_denser_it_is)
{
    auto const way_in = [](double hu) {
        Layers const bone{{{100, TissueKind::spongy_bone, hu}}};
        Needle one = needle("bone-13g");
        for (int n = 0; n < 120; ++n) one.advance(bone, 100, 0, 40, dt);
        return one.depth_mm();
    };
    // Speed = spare force over hardness: half as dense, about twice as far in a second (friction grows with the way).
    EXPECT_NEAR(way_in(250) / way_in(500), 2, 0.15);
}

TEST(Needle, through_the_canals_wall_is_a_breach)
{
    Layers const back{{{20, TissueKind::muscle}, {26, TissueKind::ligament}, {60, TissueKind::spinal_canal}}};
    Needle one = needle("spinal-22g");
    while (one.depth_mm() < 30) one.advance(back, 5, 0, hand, dt);
    ASSERT_EQ(one.breaches().size(), 1u);
    EXPECT_EQ(one.breaches()[0].of, TissueKind::spinal_canal);
    EXPECT_NEAR(one.breaches()[0].at_mm.z, -26, 0.5);
    EXPECT_EQ(one.breaches()[0].name, "spinal canal");
}

/// A vertebra with what should not be met on its far side.
struct Spine final : TissueField {
    TissueHere beyond;
    TissueHere at(Vec3 const& p) const override
    {
        if (p.z >= 0) return {};
        if (p.z > -20) return {TissueKind::muscle, 50, 0, SpinePlace::none, false};
        if (p.z > -40) return {TissueKind::spongy_bone, 200, 31, SpinePlace::none, false};
        return p.z > -50 ? beyond : TissueHere{TissueKind::muscle, 50, 0, SpinePlace::none, false};
    }
};

TEST(Needle, names_what_a_bone_needle_comes_into)
{
    auto const met = [](char const* name, TissueHere const& beyond) {
        Spine field;
        field.beyond = beyond;
        Needle one = needle(name);
        for (int n = 0; n < 4000 && one.depth_mm() < 55; ++n) one.advance(field, 20, 0, 60, dt);
        std::string all;
        for (auto const& breach : one.breaches()) all += std::string{breach.name} + ";";
        return all;
    };
    TissueHere const muscle{TissueKind::muscle, 50, 0, SpinePlace::none, false};
    auto const in = [&](SpinePlace place) {
        TissueHere here = muscle;
        here.place = place;
        return here;
    };
    EXPECT_EQ(met("bone-11g", muscle), "");
    EXPECT_EQ(met("bone-11g", in(SpinePlace::foramen)), "foramen;");
    EXPECT_EQ(met("bone-11g", in(SpinePlace::disc)), "disc;");
    EXPECT_EQ(met("bone-11g", in(SpinePlace::canal)), "spinal canal;");
    EXPECT_EQ(met("bone-11g", {TissueKind::vessel, 45, 63, SpinePlace::none, true}), "vein;vein;") << "in and out";
    EXPECT_EQ(met("bone-11g", {TissueKind::vessel, 45, 52, SpinePlace::none, false}), "artery;artery;");
    EXPECT_EQ(met("bone-11g", {TissueKind::lung, -800, 10, SpinePlace::none, false}), "lung;");
}

TEST(Needle, keeps_its_direction_when_it_is_drawn_back_by_whole_pieces)
{
    Layers const body{{{200, TissueKind::muscle}}};
    Vec3 const aslant = glm::normalize(Vec3{0.3, -0.2, -1});
    Needle one{ToolLibrary{}.find("bone-11g"), {101.7, -33.3, 0}, aslant};
    while (one.depth_mm() < 66) one.advance(body, 10, 0, 60, dt);
    while (one.depth_mm() > 0) {
        one.advance(body, -30, 0, 60, dt);
        ASSERT_NEAR(glm::dot(one.direction(), aslant), 1, 1e-6) << one.depth_mm();
    }
}

TEST(Needle, leaves_its_channel_open_when_it_is_drawn_back)
{
    Layers const body{{{200, TissueKind::muscle}}};
    Needle one = needle("bone-11g");
    while (one.depth_mm() < 60) one.advance(body, 20, 0, 60, dt);
    Vec3 const deepest = one.tip_mm();
    while (one.depth_mm() > 35) one.advance(body, -20, 0, 60, dt);
    EXPECT_EQ(one.channel_mm().back(), deepest);
    EXPECT_EQ(one.channel_mm().front(), one.path_mm().front());
    while (one.depth_mm() < 70) one.advance(body, 20, 0, 60, dt);
    EXPECT_EQ(one.channel_mm().back(), one.tip_mm());
}

TEST(Needle, curves_toward_its_bevels_back_and_straight_when_it_is_turned)
{
    Layers const body{{{200, TissueKind::muscle}}};
    Needle held = needle("spinal-22g"), turned = needle("spinal-22g");
    while (held.depth_mm() < 80) held.advance(body, 10, 0, hand, dt);
    while (turned.depth_mm() < 80) turned.advance(body, 10, 30, hand, dt);
    auto const aside = [](Needle const& one) { return std::hypot(one.tip_mm().x, one.tip_mm().y); };
    // An arc of this curvature leaves its tangent by L^2 / 2R.
    double const expected = 80 * 80 / 2.0 * law_of(TissueKind::muscle).bevel_per_mm;
    EXPECT_NEAR(aside(held), expected, 0.1 * expected);
    EXPECT_LT(aside(turned), 0.2 * expected);
    // Thick needles do not.
    Needle stiff = needle("puncture-18g");
    while (stiff.depth_mm() < 60) stiff.advance(body, 10, 0, hand, dt);
    EXPECT_LT(aside(stiff), 0.4);
}

TEST(Needle, comes_out_by_the_way_that_it_cut)
{
    Layers const body{{{200, TissueKind::muscle}}};
    Needle one = needle("spinal-22g");
    while (one.depth_mm() < 60) one.advance(body, 10, 0.5, hand, dt);
    std::vector<Vec3> const way{one.path_mm().begin(), one.path_mm().end()};
    while (one.depth_mm() > 30) one.advance(body, -10, 3, hand, dt);
    for (std::size_t n = 0; n + 1 < one.path_mm().size(); ++n) EXPECT_EQ(one.path_mm()[n], way[n]);
    std::size_t const last = one.path_mm().size() - 1;
    EXPECT_LE(glm::length(one.tip_mm() - way[last - 1]), glm::length(way[last] - way[last - 1]) + 1e-9);
    EXPECT_FALSE(one.aim({5, 0, 0}, {0, 0, -1})); // not while it is in
    while (one.depth_mm() > 0) one.advance(body, -10, 0, hand, dt);
    EXPECT_TRUE(one.aim({5, 0, 0}, {0, 0, -1}));
}

} // namespace
} // namespace fluoro
