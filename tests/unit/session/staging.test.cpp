#include "small_session.hpp"
#include <fluoro/detector/detector.hpp>
#include <fluoro/physics/basis.hpp>
#include <fluoro/session/staging.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

// A voxel is 4 mm: the back is found to half of one and the millimetre that it is counted in.
TEST(LieDown, the_back_is_the_lowest_of_the_body_and_the_middle_that_of_the_ct)
{
    Grid grid = centred_grid({64, 64, 32}, Vec3{4});
    grid.origin_mm += Vec3{30, -45, 200};
    auto const patient = make_patient(grid, [](Vec3 const& p) { return trunk_hu(p - Vec3{30, -45, 200}); });
    PatientOnTable const lying = lie_down(patient->ct);
    EXPECT_NEAR(lying.back_mm, 70 - 45, 3);
    EXPECT_NEAR(lying.middle_mm.x, 30, 1e-9);
    EXPECT_NEAR(lying.middle_mm.y, 200, 1e-9);
}

TEST(LieDown, does_not_depend_on_the_order_of_the_voxels)
{
    auto const off_centre = [](Vec3 const& p) { return trunk_hu(p - Vec3{0, 20, 0}); };
    Grid const plain = centred_grid({64, 64, 64}, Vec3{4});
    Grid turned = plain;
    turned.directions = Mat3{Vec3{0, -1, 0}, Vec3{1, 0, 0}, Vec3{0, 0, -1}};
    turned.origin_mm = -(turned.directions * plain.origin_mm * -1.0);
    EXPECT_NEAR(lie_down(make_patient(turned, off_centre)->ct).back_mm,
                lie_down(make_patient(plain, off_centre)->ct).back_mm, 4);
}

// A sheet or a couch's edge: a thousandth of the body, 44 mm below it.
TEST(LieDown, a_few_voxels_below_the_back_do_not_lift_the_patient)
{
    auto const with_thread = trunk([](Vec3 const& p) {
        bool const is_thread = std::abs(p.y - 114) < 2 && std::abs(p.x) < 4 && std::abs(p.z) < 60;
        return is_thread ? 0 : trunk_hu(p);
    });
    EXPECT_NEAR(lie_down(with_thread->ct).back_mm, lie_down(trunk()->ct).back_mm, 4);
}

TEST(LieDown, without_a_body_the_table_is_below_the_ct)
{
    auto const air = trunk([](Vec3 const&) { return -1000; });
    EXPECT_NEAR(lie_down(air->ct).back_mm, 126, 1e-9); // 63 half steps of 4 mm
}

// Room for lung beside the mediastinum, which is up to ten times brighter, and a converter that is used well.
TEST(FluoroscopyTarget, stands_ten_to_twelve_times_below_the_detectors_full_scale)
{
    RoomState state;
    state.pulse_rate = 15;
    state.field_mm = 200;
    double const target = ExposureControl{find_room_kind("c-arm-suite")}.target_absorbed_kev_mm2(state);
    double const room_above = detector_mode(ReadOut::fluoroscopy).full_scale_kev_mm2 / target;
    EXPECT_GT(room_above, 10);
    EXPECT_LT(room_above, 12.5);
}

// Blood attenuates 0.0544/0.0513 or so of water's at 70 keV: 1.06 g/cm3 of nearly water.
TEST(PlacedObjects, are_there_in_their_time_and_displace_what_the_ct_holds)
{
    ScenarioObject object;
    object.path_mm = {{0, 0, -20}, {0, 5, 0}, {0, 0, 20}};
    object.radii_mm = {2, 1.5, 1};
    object.content = iodine_solution(300);
    object.displaces = find_material("blood");
    object.from = 10;
    object.until = 20;
    std::vector<ScenarioObject> const objects{object};
    EXPECT_TRUE(place(objects, 9).tubes.empty());
    EXPECT_TRUE(place(objects, 20).tubes.empty());
    PlacedObjects const placed = place(objects, 10);
    ASSERT_EQ(placed.tubes.size(), 2u);
    ASSERT_EQ(placed.fillings.size(), 1u);
    EXPECT_EQ(placed.fillings[0].content, iodine_solution(300));
    BasisDensities const displaced = placed.fillings[0].displaced;
    PhotonEnergy const energy{70};
    EXPECT_NEAR((displaced.soft_g_cm3 * mass_attenuation_cm2_g(find_material("water"), energy) +
                 displaced.bone_g_cm3 * mass_attenuation_cm2_g(find_material("bone"), energy)) /
                    (1.06 * mass_attenuation_cm2_g(find_material("blood"), energy)),
                1, 1e-9);
}

} // namespace
} // namespace fluoro
