#include <cmath>
#include <fluoro/instruments/bone_balloon.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double dt = 1.0 / 120;

/// Even marrow, with an end-plate `plate_mm` above the middle.
BoneSpace marrow(std::int16_t hu, double plate_mm = 100)
{
    BoneSpace space;
    space.grid = {Vec3{-24.5}, 0.7, glm::ivec3{71}};
    for (int n = 0; n < 71 * 71 * 71; ++n) {
        double const z = space.grid.at({0, 0, n / (71 * 71)}).z;
        space.place.push_back(z > plate_mm && z < plate_mm + 1.5 ? CementPlace::wall
                              : z > plate_mm                     ? CementPlace::disc
                                                                 : CementPlace::marrow);
        space.hu.push_back(hu);
    }
    space.vein_mm.assign(space.place.size(), 0);
    space.is_own.assign(space.place.size(), 1);
    return space;
}

BoneBalloon balloon(BoneSpace const& space, double lost_mm = 0, std::uint64_t seed = 3)
{
    BoneBalloon made{*ToolLibrary{}.find("kyphoplasty-20")->balloon, seed};
    made.place(space, {0, 0, 0}, {0, -1, 0}, {0, 1, 0}, 20, lost_mm);
    return made;
}

void hold(BoneBalloon& one, double atm, double seconds)
{
    for (int n = 0; n < seconds / dt; ++n) one.advance(atm, dt);
}

TEST(CrushStrength, is_that_of_spongy_bone_of_this_density)
{
    // 32.6 density^1.6 MPa: of 0.113 g/cm3 1.0 MPa = 144 psi, of 0.185 2.2 MPa = 318 psi.
    EXPECT_NEAR(crush_strength_atm(70), 9.869 * 32.6 * std::pow(0.113, 1.6), 1e-9);
    EXPECT_NEAR(crush_strength_atm(70) * 14.696, 144, 2);
    EXPECT_NEAR(crush_strength_atm(150) * 14.696, 318, 3);
}

TEST(BoneBalloon, grows_at_the_pressure_that_crushes_the_bone)
{
    BoneSpace const soft = marrow(70);
    BoneBalloon one = balloon(soft);
    double const strength = crush_strength_atm(70);
    hold(one, 0.9 * strength, 20);
    EXPECT_LT(one.volume_ml(), 0.06); // no more than its own folds
    hold(one, strength + 1, 40);
    // Half of its skin's two atmospheres: half of 6 mL.
    EXPECT_NEAR(one.volume_ml(), 3, 0.06); // the table's step
    EXPECT_NEAR(one.pressure_at(3), strength + 1, 0.02);
    EXPECT_NEAR(one.hollow().volume_mm3(), 1000 * one.widest_ml(), 1e-6);
    // Harder bone asks for more.
    BoneSpace const hard = marrow(150);
    EXPECT_GT(balloon(hard).pressure_at(3), 2 * balloon(soft).pressure_at(3));
    test::measured("kyphoplasty_pressure_3ml_psi", one.pressure_at(3) * 14.696);
}

TEST(BoneBalloon, leaves_its_hollow_when_it_is_emptied)
{
    BoneSpace const space = marrow(60);
    BoneBalloon one = balloon(space);
    hold(one, 15, 40);
    double const widest = one.volume_ml();
    hold(one, 8, 10); // less pressure: what is crushed does not press back
    EXPECT_EQ(one.volume_ml(), widest);
    hold(one, 0, 20);
    EXPECT_EQ(one.volume_ml(), 0);
    EXPECT_EQ(one.widest_ml(), widest);
    EXPECT_NEAR(one.hollow().volume_mm3(), 1000 * widest, 1e-6);
    EXPECT_NEAR(one.hollow().half_length_mm, one.hollow().radius_mm, 2.2); // 6 mL: nearly round
}

TEST(BoneBalloon, lifts_an_end_plate_that_has_sunk_and_stands_before_one_that_has_not)
{
    BoneSpace const space = marrow(60, 6);
    BoneBalloon sunk = balloon(space, 5), whole = balloon(space, 0);
    hold(sunk, 9, 60);
    hold(whole, 9, 60);
    EXPECT_EQ(whole.lift().height_mm, 0);
    EXPECT_LT(whole.volume_ml(), 0.7 * sunk.volume_ml());
    // Its radius and the packed millimetre, less the way to the plate.
    double const expected = std::min(5.0, sunk.shape().radius_mm + 1 - sunk.lift().plate_mm);
    EXPECT_NEAR(sunk.lift().height_mm, expected, 1e-9);
    EXPECT_GT(expected, 1);
    EXPECT_LT(expected, 4.9) << "else the bound is what is seen";
    // Half of the strength of whole bone, the skin's share, and the plate's way up; the table's step.
    EXPECT_NEAR(sunk.pressure_atm(),
                0.5 * crush_strength_atm(60) + 2 * sunk.volume_ml() / 6 + 1.2 * sunk.lift().height_mm, 0.3);
    hold(sunk, 0, 20);
    EXPECT_NEAR(sunk.lift().height_mm, 0.85 * expected, 1e-9);
}

TEST(BoneBalloon, bursts_above_its_rated_pressure)
{
    BoneSpace const space = marrow(300);
    BoneBalloon one = balloon(space);
    hold(one, 27, 20);
    EXPECT_FALSE(one.has_burst());
    hold(one, 60, 30);
    EXPECT_TRUE(one.has_burst());
    EXPECT_EQ(one.pressure_atm(), 0);
}

TEST(Lift, finds_back_what_it_has_moved)
{
    Lift lift;
    lift.plate_mm = 7;
    lift.back_wall_mm = 15;
    lift.most_mm = lift.height_mm = 5;
    for (double z : {-3.0, 2.0, 6.9, 8.0, 12.0, 17.0})
        for (double x : {0.0, 6.0, 15.0}) {
            Vec3 const p{x, -4, z}, up = p + Vec3{0, 0, lift.height_mm * lift.share(p)};
            EXPECT_NEAR(glm::length(lift.before(up) - p), 0, 0.01) << x << " " << z; // twelve halves of 5 mm
        }
    EXPECT_EQ(lift.share({0, 0, -1}), 0);
    EXPECT_EQ(lift.share({0, 0, 8}), 1);
    EXPECT_EQ(lift.share({0, 15, 8}), 0); // the back wall stands
}

} // namespace
} // namespace fluoro
