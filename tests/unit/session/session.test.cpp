#include "small_session.hpp"
#include <algorithm>
#include <fluoro/display/display.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

TEST(Session, without_the_pedal_there_is_no_frame_and_no_dose)
{
    Session session{small_settings()};
    Course const course = play(session, 3 * ticks_per_second, {{5, {MoveCArm{radians(20), {}, {}}}}});
    EXPECT_TRUE(course.pulses.empty());
    EXPECT_TRUE(course.pictures.empty());
    EXPECT_FALSE(course.last.is_beam_on);
    EXPECT_FALSE(course.last.is_live);
    EXPECT_EQ(course.last.totals.pulses, 0);
    EXPECT_EQ(course.last.totals.fluoroscopy_s, 0);
    EXPECT_EQ(course.last.totals.air_kerma_reference_mGy, 0);
    EXPECT_EQ(course.last.totals.kap_Gy_cm2, 0);
}

// 120 ticks per second over the rate: a whole number for every rate of the machine.
TEST(Session, pulses_come_at_exactly_the_rate_and_the_first_with_the_pedal)
{
    Session session{small_settings()};
    int expected_number = 1;
    for (auto const& [rate, distance] : std::map<double, Tick>{{3, 40}, {3.75, 32}, {7.5, 16}, {15, 8}, {30, 4}}) {
        Tick const start = session.status().tick + 1 + (expected_number == 1 ? -1 : 0);
        Course const course = play(session, 7 + 5 * distance,
                                   {{0, {SelectPulseRate{rate}}}, {7, {press}}, {7 + 4 * distance + 1, {release}}});
        ASSERT_EQ(course.pulses.size(), 5u) << rate << " pulses/s";
        for (std::size_t i = 0; i < 5; ++i) {
            EXPECT_EQ(course.pulses[i].tick, start + 7 + Tick(i) * distance) << rate << " pulses/s";
            EXPECT_EQ(course.pulses[i].number, expected_number++);
        }
    }
}

TEST(Session, each_pulse_gives_one_picture_and_letting_go_gives_the_hold)
{
    Session session{small_settings()};
    Course const on = play(session, 60, {{0, {by_hand(30), press}}});
    EXPECT_EQ(on.pulses.size(), 4u); // 7.5 per second: ticks 0, 16, 32, 48
    ASSERT_EQ(on.pictures.size(), on.pulses.size());
    for (std::size_t i = 0; i < on.pulses.size(); ++i) EXPECT_EQ(on.pictures[i].first, on.pulses[i].tick);
    EXPECT_TRUE(on.last.is_beam_on);
    EXPECT_TRUE(on.last.is_live);
    EXPECT_DOUBLE_EQ(on.last.air_kerma_rate_mGy_min, on.pulses.back().dose.reference_air_kerma.value() * 7.5 * 60);

    Course const off = play(session, 120, {{0, {release}}});
    EXPECT_TRUE(off.pulses.empty());
    ASSERT_EQ(off.pictures.size(), 1u);
    EXPECT_EQ(off.pictures[0].first, 60);
    EXPECT_FALSE(off.last.is_beam_on);
    EXPECT_FALSE(off.last.is_live);
    EXPECT_EQ(off.last.air_kerma_rate_mGy_min, 0);
    EXPECT_EQ(off.last.totals.kap_Gy_cm2, on.last.totals.kap_Gy_cm2);
    EXPECT_NEAR(off.last.totals.fluoroscopy_s, 0.5, 1e-9); // 60 ticks with the pedal down
}

TEST(Session, totals_are_the_sums_of_the_pulses)
{
    Session session{small_settings()};
    Course const course = play(session, 100, {{0, {press}}, {70, {release}}});
    double kerma = 0, area = 0;
    for (auto const& pulse : course.pulses) {
        kerma += pulse.dose.reference_air_kerma.value();
        area += pulse.dose.kerma_area.value();
    }
    EXPECT_EQ(course.last.totals.pulses, int(course.pulses.size()));
    EXPECT_DOUBLE_EQ(course.last.totals.air_kerma_reference_mGy, kerma);
    EXPECT_DOUBLE_EQ(course.last.totals.kap_Gy_cm2, area);
}

// The shares are the room's own; the current is the person's, so nothing else changes it.
TEST(Session, the_tube_ramps_up_after_every_press)
{
    Session session{small_settings()};
    for (int presses = 0; presses < 2; ++presses) {
        Course const course = play(session, 110, {{0, {by_hand(50), press}}, {100, {release}}});
        ASSERT_EQ(course.pulses.size(), 7u);
        std::vector<double> const share{0.35, 0.7, 1, 1, 1, 1, 1};
        for (std::size_t i = 0; i < share.size(); ++i)
            EXPECT_DOUBLE_EQ(course.pulses[i].technique.current.value(), 50 * share[i]);
    }
}

/// Pedal, swing, blades and table in two presses.
Course busy_course(std::uint64_t seed)
{
    SessionSettings settings = small_settings();
    settings.seed = seed;
    settings.start.pulse_rate = 15;
    Session session{settings};
    return play(session, 120,
                {{3, {press}},
                 {10, {MoveCArm{radians(15), radians(-5), {}}}},
                 {30, {MoveBlades{-80, 90, -70, 60}}},
                 {50, {release}},
                 {55, {MoveTable{10, {}, 5}}},
                 {70, {press}},
                 {110, {release}}});
}

TEST(Session, the_same_settings_and_commands_give_the_same_pulses_and_pictures)
{
    Course const a = busy_course(7), b = busy_course(7);
    ASSERT_EQ(a.pulses.size(), 11u);
    ASSERT_EQ(a.pulses.size(), b.pulses.size());
    for (std::size_t i = 0; i < a.pulses.size(); ++i) {
        EXPECT_EQ(a.pulses[i].tick, b.pulses[i].tick);
        EXPECT_EQ(a.pulses[i].raw.digital_numbers.values, b.pulses[i].raw.digital_numbers.values);
        EXPECT_EQ(a.pulses[i].technique.quality, b.pulses[i].technique.quality);
        EXPECT_EQ(a.pulses[i].technique.current_time(), b.pulses[i].technique.current_time());
        EXPECT_EQ(a.pulses[i].dose.kerma_area, b.pulses[i].dose.kerma_area);
    }
    ASSERT_EQ(a.pictures.size(), b.pictures.size());
    for (std::size_t i = 0; i < a.pictures.size(); ++i)
        EXPECT_EQ(a.pictures[i].second.grey.values, b.pictures[i].second.grey.values);
}

TEST(Session, another_seed_gives_other_noise_and_the_same_dose)
{
    Course const a = busy_course(7), b = busy_course(8);
    ASSERT_EQ(a.pulses.size(), b.pulses.size());
    for (std::size_t i = 0; i < a.pulses.size(); ++i) {
        EXPECT_NE(a.pulses[i].raw.digital_numbers.values, b.pulses[i].raw.digital_numbers.values);
        EXPECT_EQ(a.pulses[i].dose.kerma_area, b.pulses[i].dose.kerma_area);
        EXPECT_EQ(a.pulses[i].dose.reference_air_kerma, b.pulses[i].dose.reference_air_kerma);
    }
}

TEST(Session, every_pulse_is_a_fresh_draw)
{
    Session session{small_settings()};
    Course const course = play(session, 100, {{0, {by_hand(50), press}}});
    auto const& pulses = course.pulses;
    for (std::size_t i = 4; i < pulses.size(); ++i)
        EXPECT_NE(pulses[i].raw.digital_numbers.values, pulses[i - 1].raw.digital_numbers.values);
}

TEST(Session, a_move_beyond_a_limit_is_refused_and_changes_nothing)
{
    Session session{small_settings()};
    play(session, 1);
    RoomState const before = session.status().room;
    std::vector<Command> const commands{MoveCArm{radians(150), {}, {}},
                                        MoveTable{{}, {}, 400.0},
                                        SelectPulseRate{10},
                                        SelectField{123},
                                        MoveBlades{20, 10, {}, {}},
                                        SelectTechnique{false, 300, 50, 5, 0}};
    auto const step = session.step(commands);
    ASSERT_EQ(step.refusals.size(), commands.size());
    for (auto const& refusal : step.refusals) EXPECT_GT(refusal.size(), 20u);
    EXPECT_NE(step.refusals[0].find("120 deg"), std::string::npos) << step.refusals[0]; // names the limit
    EXPECT_EQ(session.status().messages, step.refusals);
    play(session, 60);
    RoomState const& after = session.status().room;
    EXPECT_EQ(after.angles.primary_rad, before.angles.primary_rad);
    EXPECT_EQ(after.table_height_mm, before.table_height_mm);
    EXPECT_EQ(after.pulse_rate, before.pulse_rate);
    EXPECT_EQ(after.field_mm, before.field_mm);
    EXPECT_EQ(after.blades.left_mm, before.blades.left_mm);
    EXPECT_TRUE(after.technique.automatic);
    EXPECT_FALSE(after.is_moving);
    EXPECT_TRUE(session.status().messages.empty()); // said once
}

TEST(Session, the_end_lets_the_pedal_go)
{
    Session session{small_settings()};
    play(session, 20, {{0, {press}}});
    EXPECT_FALSE(session.has_ended());
    Course const end = play(session, 40, {{0, {EndSession{}}}});
    EXPECT_TRUE(session.has_ended());
    EXPECT_EQ(end.last.room.pedal, Pedal::released);
    EXPECT_FALSE(end.last.is_beam_on);
    EXPECT_TRUE(end.pulses.empty());
    EXPECT_EQ(end.pictures.size(), 1u); // the hold
}

// Exposure control begins far below a trunk's dose: what would be noise alone is fired and counted, but not shown.
TEST(Session, the_first_pulses_of_a_cold_start_are_not_shown_before_they_show_something)
{
    Session session{small_settings()};
    Course const course = play(session, 100, {{0, {press}}});
    ASSERT_EQ(course.pulses.size(), 7u);
    EXPECT_LT(course.pictures.size(), 7u);
    EXPECT_GE(course.pictures.size(), 3u); // at most four are left out
    double const settled = mean_of_middle(course.pulses.back().raw.digital_numbers, course.pulses.back().raw.exposed);
    for (Pulse const& pulse : course.pulses) {
        bool const is_shown =
            std::ranges::any_of(course.pictures, [&](auto const& p) { return p.first == pulse.tick; });
        double const level = mean_of_middle(pulse.raw.digital_numbers, pulse.raw.exposed) / settled;
        EXPECT_TRUE(is_shown ? level > 0.08 : level < 0.12) << level;
    }
}

// The display has tests of its own; here it is asked whether the session tells it rightly that the view is the same.
TEST(Session, pictures_are_the_raw_frames_through_a_display_that_starts_over_when_the_view_changes)
{
    Session session{small_settings()};
    Display display;
    std::size_t compared = 0;
    auto const compare = [&](Course const& course, std::vector<bool> const& same_view) {
        ASSERT_EQ(course.pulses.size(), same_view.size());
        for (std::size_t i = 0; i < same_view.size(); ++i, ++compared)
            EXPECT_EQ(course.pictures[i].second.grey.values,
                      display.process(course.pulses[i].raw, same_view[i]).grey.values)
                << "pulse " << course.pulses[i].number;
        EXPECT_EQ(course.pictures.back().second.grey.values, display.hold()->grey.values);
    };
    compare(play(session, 66, {{0, {by_hand(30), press}}, {65, {release}}}), {false, true, true, true, true});
    // Nothing moved between two presses: the filter goes on.
    compare(play(session, 40, {{0, {press}}, {33, {release}}}), {true, true, true});
    // Ten millimetres of table at 100 mm/s are 12 ticks: pulses 0 and 16 ticks after the command have moved on.
    compare(play(session, 60, {{0, {MoveTable{10, {}, {}}, press}}, {49, {release}}}), {false, false, true, true});
    // Detector, angle and zoom count as well.
    compare(play(session, 40, {{0, {MoveCArm{{}, {}, 990}, press}}, {17, {release}}}), {false, false});
    compare(play(session, 40, {{0, {MoveCArm{radians(2), {}, {}}, press}}, {17, {release}}}), {false, false});
    compare(play(session, 40, {{0, {SelectField{220}, press}}, {17, {release}}}), {false, true});
    EXPECT_EQ(compared, 18u);
}

/// A bead of 16 mm, as dense as metal, in the trunk's middle.
double beaded_trunk_hu(Vec3 const& p)
{
    return glm::length(p) < 9 ? 3000 : trunk_hu(p);
}

/// Grey of the picture around a place on the detector [of 4095].
double grey_around(Picture const& picture, Vec2 place_mm, double field_mm)
{
    double const pitch = field_mm / picture.grey.columns;
    int const column = int((place_mm.x + field_mm / 2) / pitch), row = int((place_mm.y + field_mm / 2) / pitch);
    double sum = 0;
    for (int y = row - 1; y <= row + 1; ++y)
        for (int x = column - 1; x <= column + 1; ++x) sum += picture.grey.at(x, y);
    return sum / 9;
}

// Table 30 mm toward the head with the beam off: the bead's shadow moves 40 mm up the detector. Where it stood, the
// first new picture must show what a session shows that never saw it there. A third of the bead's own contrast
// separates that from noise, window and what half of the old frame would leave.
TEST(Session, no_ghost_of_the_view_before_the_move_remains)
{
    SessionSettings settings = small_settings();
    settings.patient = trunk(beaded_trunk_hu);
    Vec2 const before{0, 0}, after{0, -40};

    Session session{settings};
    Course const standing = play(session, 70, {{0, {press}}, {65, {release}}});
    play(session, 60, {{0, {MoveTable{30, {}, {}}}}});
    Course const moved = play(session, 20, {{0, {press}}});

    settings.start.table_longitudinal_mm = 30;
    Session fresh_session{settings};
    Course const fresh = play(fresh_session, 20, {{0, {press}}});

    Picture const& last = standing.pictures.back().second;
    double const contrast = grey_around(last, after, 300) - grey_around(last, before, 300);
    ASSERT_GT(contrast, 400);
    Picture const &now = moved.pictures[0].second, &never = fresh.pictures[0].second;
    EXPECT_NEAR(grey_around(now, before, 300) - grey_around(now, after, 300),
                grey_around(never, before, 300) - grey_around(never, after, 300), contrast / 3);
    EXPECT_NEAR(grey_around(now, before, 300), grey_around(last, after, 300), contrast / 3);
}

} // namespace
} // namespace fluoro
