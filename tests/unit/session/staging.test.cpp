#include "small_session.hpp"
#include <fluoro/session/staging.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

Signal even_signal(float primary, float scatter, PixelRect exposed)
{
    Signal signal;
    signal.primary = Image<float>{16, 12};
    signal.scatter = Image<float>{16, 12};
    for (int y = exposed.row; y < exposed.row + exposed.rows; ++y)
        for (int x = exposed.column; x < exposed.column + exposed.columns; ++x) {
            signal.primary.at(x, y) = primary;
            signal.scatter.at(x, y) = scatter;
        }
    signal.pixel_pitch_mm = 1;
    signal.exposed = exposed;
    return signal;
}

TEST(MeasuringField, reads_primary_and_scatter_of_the_exposed_part)
{
    EXPECT_DOUBLE_EQ(measuring_field_mean(even_signal(300, 50, {0, 0, 16, 12})), 350);
    EXPECT_DOUBLE_EQ(measuring_field_mean(even_signal(300, 50, {5, 3, 8, 4})), 350);
    EXPECT_DOUBLE_EQ(measuring_field_mean(even_signal(300, 50, {15, 11, 1, 1})), 350);
}

TEST(MeasuringField, is_the_middle_half_of_the_exposed_rectangle)
{
    PixelRect const exposed{4, 2, 8, 8};
    Signal signal = even_signal(100, 0, exposed);
    // The rim of two pixels does not count, whatever it holds.
    for (int y = 2; y < 10; ++y)
        for (int x = 4; x < 12; ++x)
            if (x < 6 || x >= 10 || y < 4 || y >= 8) signal.primary.at(x, y) = 1e6f;
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal), 100);
    signal.primary.at(6, 4) = 1700; // one of 16
    EXPECT_DOUBLE_EQ(measuring_field_mean(signal), 200);
}

TEST(MeasuringField, is_0_where_nothing_is_exposed)
{
    EXPECT_EQ(measuring_field_mean(even_signal(300, 50, {3, 3, 0, 4})), 0);
    EXPECT_EQ(measuring_field_mean(even_signal(300, 50, {3, 3, 4, 0})), 0);
}

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

// 12 times leaves room for lung beside the mediastinum; 5,600 of 65,535 is what the comment in the source promises.
TEST(FluoroscopyDetector, the_reference_target_stands_a_twelfth_below_saturation)
{
    DetectorModel const model = fluoroscopy_detector();
    RoomState state;
    state.pulse_rate = 15;
    state.field_mm = 200;
    double const target = ExposureControl{find_room_kind("c-arm-suite")}.target_absorbed_kev_mm2(state);
    EXPECT_NEAR(target * model.dn_per_kev_mm2, 5600, 0.1 * 5600);
    EXPECT_NEAR(model.saturation / (target * model.dn_per_kev_mm2), 12, 1.2);
    EXPECT_EQ(model.dn_per_kev_mm2, Session::dn_per_kev_mm2());
}

} // namespace
} // namespace fluoro
