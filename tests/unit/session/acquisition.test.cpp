// The acquisition pedal, subtraction, road map and review: the whole chain with its commands.
#include "small_session.hpp"
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

Command const acquire{PressPedal{Pedal::acquisition}};

Command programme(AcquisitionKind kind, double per_second)
{
    return SelectProgramme{{}, kind, per_second};
}

/// The water trunk with a vessel of 4 mm across its middle, filled from `from` to `until`.
SessionSettings with_vessel(Tick from, Tick until)
{
    SessionSettings settings = small_settings();
    ScenarioObject vessel;
    vessel.path_mm = {{0, 0, -60}, {0, 0, 60}};
    vessel.radii_mm = {2, 2};
    vessel.content = iodine_solution(200);
    vessel.displaces = find_material("water");
    vessel.from = from;
    vessel.until = until;
    settings.objects = {vessel};
    settings.start.field_mm = 160;
    return settings;
}

/// Mean grey of the middle rows, over columns [first, first + count).
double grey(Picture const& picture, int first, int count)
{
    double sum = 0;
    for (int y = 40; y < 88; ++y)
        for (int x = first; x < first + count; ++x) sum += picture.grey.at(x, y);
    return sum / (48.0 * count);
}

/// How much darker the vessel's columns are than those beside it.
double vessel_contrast(Picture const& picture)
{
    return (grey(picture, 30, 20) + grey(picture, 78, 20)) / 2 - grey(picture, 63, 2);
}

TEST(Acquisition, a_run_is_counted_and_named_apart_from_fluoroscopy)
{
    Session session{small_settings()};
    Course const course = play(session, 400,
                               {{0, {press}},
                                {30, {release}},
                                {40, {programme(AcquisitionKind::cine, 15), acquire}},
                                {88, {release}},
                                {100, {SelectProgramme{{}, AcquisitionKind::single, {}}, acquire}},
                                {350, {release}}});
    int fluoroscopy = 0, cine = 0, single = 0;
    for (Pulse const& pulse : course.pulses) {
        fluoroscopy += pulse.programme == "fluoroscopy-normal" && pulse.run == 0;
        cine += pulse.programme == "cine" && pulse.run == 1;
        single += pulse.programme == "single" && pulse.run == 2;
    }
    EXPECT_EQ(fluoroscopy, 2);
    EXPECT_EQ(cine, 6);   // 48 ticks of 8
    EXPECT_EQ(single, 1); // once a press, which lasts two seconds
    EXPECT_EQ(std::size_t(fluoroscopy + cine + single), course.pulses.size());
    EXPECT_NEAR(course.last.totals.fluoroscopy_s, 30.0 / 120, 1e-9);
    EXPECT_NEAR(course.last.totals.acquisition_s, 298.0 / 120, 1e-9);
    EXPECT_EQ(course.last.totals.acquisition_runs, 2);
    EXPECT_EQ(course.last.picture.runs.size(), 2u);
}

// The vessel stands in the beam from 1.5 s to 3 s of a run at 3/s whose mask are frames 1 and 2. Without contrast
// medium the columns differ by noise and by what the panel still holds of the vessel (3 % of it in the first frame
// after).
TEST(Acquisition, subtraction_leaves_the_vessel_and_nothing_else)
{
    Session session{with_vessel(180, 360)};
    Subtract on;
    on.on = true;
    on.mask_first = 1;
    on.mask_frames = 2;
    Course const course = play(session, 480, {{0, {programme(AcquisitionKind::dsa, 3), on, acquire}}});
    ASSERT_EQ(course.pictures.size(), course.pulses.size());
    std::vector<double> contrast;
    for (auto const& [tick, picture] : course.pictures) contrast.push_back(vessel_contrast(picture));
    ASSERT_EQ(contrast.size(), 12u);
    double const filled = (contrast[6] + contrast[7] + contrast[8]) / 3;
    EXPECT_GT(filled, 700); // of 4095
    for (int frame : {1, 2, 3}) EXPECT_LT(std::abs(contrast[std::size_t(frame)]), 0.05 * filled) << frame;
    for (int frame : {10, 11}) EXPECT_LT(std::abs(contrast[std::size_t(frame)]), 0.05 * filled) << frame;
    ASSERT_EQ(course.last.picture.runs.size(), 1u);
    EXPECT_EQ(course.last.picture.runs[0].programme, "dsa");
    // What is beside the vessel is mid-grey in every frame, contrast medium or not.
    for (auto const& [tick, picture] : course.pictures) EXPECT_NEAR(grey(picture, 30, 20), 2047, 80) << tick;
}

// Fluoroscopy would answer the dark vessel with more dose; a run for subtraction must not.
TEST(Acquisition, a_run_for_subtraction_keeps_its_technique_when_contrast_comes)
{
    SessionSettings settings = with_vessel(180, 1000);
    settings.objects[0].radii_mm = {15, 15};
    Session session{settings};
    Course const course = play(session, 480, {{0, {programme(AcquisitionKind::dsa, 3), acquire}}});
    ASSERT_EQ(course.pulses.size(), 12u);
    for (std::size_t i = 4; i < 12; ++i) {
        EXPECT_EQ(course.pulses[i].technique.quality, course.pulses[4].technique.quality);
        EXPECT_EQ(course.pulses[i].technique.current_time(), course.pulses[4].technique.current_time());
    }
    EXPECT_TRUE(course.last.is_technique_frozen);
}

TEST(Acquisition, the_road_map_goes_through_its_phases)
{
    SessionSettings settings = with_vessel(0, 200);
    settings.start.pulse_rate = 15;
    Session session{settings};
    auto const phase = [&] { return session.status().picture.road_map; };
    EXPECT_EQ(phase(), RoadMap::Phase::off);
    play(session, 2, {{0, {SetRoadMap{true}}}});
    EXPECT_EQ(phase(), RoadMap::Phase::waiting);
    play(session, 150, {{0, {press}}});
    EXPECT_EQ(phase(), RoadMap::Phase::filling);
    play(session, 60, {{0, {release}}});
    EXPECT_EQ(phase(), RoadMap::Phase::ready);
    Course const over = play(session, 60, {{0, {press}}});
    EXPECT_EQ(over.pulses.front().programme, "road-map");
    play(session, 2, {{0, {release}}, {1, {SetRoadMap{false}}}});
    EXPECT_EQ(phase(), RoadMap::Phase::off);
}

TEST(Acquisition, review_shows_the_frames_that_were_live_and_costs_nothing)
{
    Session session{small_settings()};
    Course const run = play(session, 60, {{0, {programme(AcquisitionKind::cine, 15), acquire}}, {50, {release}}});
    ASSERT_EQ(run.pulses.size(), 7u);
    Totals const before = session.status().totals;
    Course const third = play(session, 1, {{0, {ReviewRun{1, 3}}}});
    ASSERT_EQ(third.pictures.size(), 1u);
    // The automatic window has gone on a little since: 1 % of the scale.
    for (std::size_t i = 0; i < third.pictures[0].second.grey.values.size(); ++i)
        ASSERT_NEAR(third.pictures[0].second.grey.values[i], run.pictures[2].second.grey.values[i], 41);
    EXPECT_EQ(session.status().picture.review_frame, 3);
    Course const loop = play(session, 100, {{0, {ReviewRun{1, -1}}}});
    EXPECT_GT(loop.pictures.size(), 10u); // 7 frames at 15/s, again and again
    EXPECT_TRUE(session.status().picture.is_playing);
    Course const wrong = play(session, 2, {{0, {ReviewRun{4, 1}}}, {1, {ReviewRun{1, 8}}}});
    ASSERT_EQ(wrong.messages.size(), 2u);
    EXPECT_NE(wrong.messages[0].find("no run 4"), std::string::npos);
    EXPECT_NE(wrong.messages[1].find("frames 1 to 7"), std::string::npos);
    play(session, 1, {{0, {ReviewRun{0, 1}}}});
    EXPECT_EQ(session.status().picture.review_run, 0);
    EXPECT_EQ(session.status().totals.air_kerma_reference_mGy, before.air_kerma_reference_mGy);
    EXPECT_EQ(session.status().totals.pulses, before.pulses);
}

TEST(Acquisition, the_held_picture_changes_with_its_settings_without_a_pulse)
{
    Session session{small_settings()};
    Course const look = play(session, 70, {{0, {press}}, {50, {release}}});
    ASSERT_FALSE(look.pictures.empty());
    ShowPicture inverse;
    inverse.inverted = true;
    Course const inverted = play(session, 3, {{0, {inverse}}});
    ASSERT_EQ(inverted.pictures.size(), 1u);
    EXPECT_TRUE(inverted.pulses.empty());
    Picture const &held = look.pictures.back().second, &shown = inverted.pictures[0].second;
    EXPECT_NEAR(grey(held, 40, 48) + grey(shown, 40, 48), 4095, 2);
    ShowPicture silly;
    silly.zoom = 100;
    EXPECT_EQ(play(session, 1, {{0, {silly}}}).messages.size(), 1u);
}

TEST(Acquisition, the_reference_monitor_gets_the_held_picture_once)
{
    Session session{small_settings()};
    EXPECT_EQ(play(session, 1, {{0, {StorePicture{true}}}}).messages.size(), 1u); // nothing to store yet
    play(session, 70, {{0, {press}}, {50, {release}}});
    auto const step = session.step({StorePicture{true}});
    EXPECT_TRUE(step.reference);
    EXPECT_TRUE(session.status().picture.has_reference);
    EXPECT_FALSE(session.step({}).reference);
}

// The same target at the detector: without the grid's absorption the patient needs less, and the picture has more veil.
TEST(Acquisition, the_grid_out_lowers_the_dose_at_the_same_detector_target)
{
    auto const dose = [](bool grid) {
        SessionSettings settings = small_settings();
        settings.start.is_grid_in = grid;
        settings.start.pulse_rate = 15;
        Session session{settings};
        return play(session, 160, {{0, {press}}}).pulses.back().dose.reference_air_kerma.value();
    };
    EXPECT_GT(dose(true), 1.3 * dose(false));
}

} // namespace
} // namespace fluoro
