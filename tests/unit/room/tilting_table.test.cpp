// The table that tilts, and the patient who turns on it: view, gravity and slabs in the patient's frame.
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/room/room.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

/// An ellipse lying on its back: 200 mm wide to each side, 120 to the front and to the back.
PatientOnTable lying()
{
    PatientOnTable patient{120, {0, 0}, 0, {}};
    for (int i = 0; i < 36; ++i) {
        double const turn = radians(10 * i);
        patient.reach_mm.push_back(std::hypot(200 * std::sin(turn), 120 * std::cos(turn)));
    }
    return patient;
}

Room turned(double turn_deg, double tilt_deg)
{
    RoomState start;
    start.source_to_detector_mm = 1000;
    start.field_mm = 300;
    start.patient_turn_rad = radians(turn_deg);
    start.table_tilt_rad = radians(tilt_deg);
    return Room{find_room_kind("tilting-table"), start, {0, 0, 0}, lying()};
}

void expect_near(Vec3 const& a, Vec3 const& b, double tolerance)
{
    EXPECT_NEAR(glm::length(a - b), 0, tolerance) << a.x << " " << a.y << " " << a.z;
}

// Plain geometry: rounding alone.
TEST(TiltingTable, gravity_points_to_the_back_to_the_feet_and_to_the_side)
{
    expect_near(turned(0, 0).down(), {0, 1, 0}, 1e-12);
    expect_near(turned(0, 90).down(), {0, 0, -1}, 1e-12);
    expect_near(turned(180, 0).down(), {0, -1, 0}, 1e-12);
    expect_near(turned(90, 0).down(), {-1, 0, 0}, 1e-12); // his left side is up
    expect_near(turned(-45, 30).down(),
                {std::cos(radians(30)) * std::sin(radians(45)), std::cos(radians(30)) * std::cos(radians(45)), -0.5},
                1e-12);
}

TEST(TiltingTable, patient_turned_to_LAO_is_seen_in_LAO)
{
    for (double const turn : {-45.0, 0.0, 30.0, 180.0}) {
        Room const room = turned(turn, 0);
        // The detector is over the table, whoever lies on it and however.
        expect_near(room.view().beam_direction(), -room.down(), 1e-12);
    }
}

TEST(TiltingTable, tilt_moves_neither_view_nor_table_against_the_patient)
{
    Room const flat = turned(20, 0), upright = turned(20, 90);
    expect_near(flat.view().source_mm, upright.view().source_mm, 1e-12);
    EXPECT_EQ(flat.table_slabs().front().patient_from_slab, upright.table_slabs().front().patient_from_slab);
}

// The reach is interpolated between turns 10 degrees apart; the ellipse's second derivative leaves less than 0.5 mm.
TEST(TiltingTable, pad_touches_the_lowest_side)
{
    for (double const turn : {0.0, 35.0, 90.0, 180.0}) {
        Room const room = turned(turn, 0);
        Slab const pad = room.table_slabs().front();
        double const expected = std::hypot(200 * std::sin(radians(turn)), 120 * std::cos(radians(turn)));
        double const centre = glm::dot(Vec3{pad.patient_from_slab[3]}, room.down());
        EXPECT_NEAR(centre - pad.half_extent_mm.y, expected, 0.5) << turn;
        expect_near(Vec3{pad.patient_from_slab[1]}, room.down(), 1e-12);
    }
}

TEST(TiltingTable, table_lifts_the_patient_toward_the_detector)
{
    Room room = turned(90, 0);
    ASSERT_EQ(room.command(MoveTable{{}, {}, 10}), "");
    for (int i = 0; i < 60; ++i) room.advance();
    // The isocentre stands in the room: in the patient it goes down.
    expect_near(room.isocentre_mm(), 10.0 * room.down(), 1e-9);
}

// 90 degrees at 5 degrees per second.
TEST(TiltingTable, tilts_at_its_own_speed_and_only_where_it_can)
{
    Room room = turned(0, 0);
    ASSERT_EQ(room.command(MoveTable{{}, {}, {}, radians(90)}), "");
    int ticks = 0;
    do {
        room.advance();
        ++ticks;
    } while (room.state().is_moving);
    EXPECT_NEAR(ticks / 120.0, 18, 0.05);
    EXPECT_NEAR(room.state().table_tilt_rad, radians(90), 1e-12);
    EXPECT_EQ(room.command(MoveTable{{}, {}, {}, radians(-40)}),
              "Table: head down 40 is beyond the limit of 30 degrees");
    Room c_arm{find_room_kind("c-arm-suite"), {}, {0, 0, 0}, lying()};
    EXPECT_EQ(c_arm.command(MoveTable{{}, {}, {}, radians(5)}), "Table: head up 5 is beyond the limit of 0 degrees");
}

TEST(ProneOnTheCArm, turns_view_gravity_and_table_and_nothing_else)
{
    RoomState start;
    start.patient_turn_rad = std::numbers::pi;
    Room prone{find_room_kind("c-arm-suite"), start, {0, 0, 0}, lying()};
    // From below the belly to above the back; his right is at the picture's right.
    expect_near(prone.view().beam_direction(), {0, 1, 0}, 1e-12);
    expect_near(prone.view().column_direction, {-1, 0, 0}, 1e-12);
    expect_near(prone.down(), {0, -1, 0}, 1e-12);
    Slab const pad = prone.table_slabs().front();
    EXPECT_NEAR(-pad.patient_from_slab[3].y - pad.half_extent_mm.y, 120, 1e-9); // under the belly
    // A source on the far side of the pad: the beam goes through it first.
    EXPECT_LT(prone.view().source_mm.y, pad.patient_from_slab[3].y);
    EXPECT_NE(prone.command(MoveTable{{}, {}, {}, {}, 0.0}), "") << "nobody turns on this table";
    EXPECT_EQ(prone.command(MoveTable{10.0}), "");
    start.patient_turn_rad = radians(90);
    EXPECT_THROW((Room{find_room_kind("c-arm-suite"), start, {0, 0, 0}, lying()}), Error);
}

} // namespace
} // namespace fluoro
