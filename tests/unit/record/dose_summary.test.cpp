#include "sample_run.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/record/dose_summary.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <scratch_folder.hpp>

#include <cmath>

using namespace fluoro;

namespace {

EventLog log_of(std::vector<LogEntry> entries)
{
    EventLog log;
    log.entries = std::move(entries);
    return log;
}

nlohmann::json json_of(std::filesystem::path const& file)
{
    return nlohmann::json::parse(bytes_of(file));
}

/// `presses` presses of `pulses` pulses each, 8 ticks apart.
void play(RunRecorder& recorder, int presses, int pulses)
{
    Tick tick = 10;
    for (int press = 0, number = 1; press < presses; ++press) {
        recorder.beam(tick, true);
        for (int pulse = 0; pulse < pulses; ++pulse, ++number, tick += 8)
            recorder.pulse(sample_pulse(number, tick), sample_frame(number));
        recorder.beam(tick, false);
        tick += 50;
    }
}

} // namespace

TEST(DoseUnits, a_value_survives_the_way_through_whole_numbers)
{
    // Half a unit, 0.5e-9 mGy, is the whole of what rounding may take.
    for (double const mGy : {0.0, 1e-9, 0.0213456789123, 5.5, 4321.987654321}) {
        EXPECT_NEAR(air_kerma_of(picograys(AirKerma{mGy})).value(), mGy, 0.5e-9 + mGy * 1e-15);
        EXPECT_NEAR(kerma_area_of(picogray_square_centimetres(KermaArea{mGy})).value(), mGy, 0.5e-12 + mGy * 1e-15);
        EXPECT_NEAR(current_time_of(nanoampere_seconds(CurrentTime{mGy})).value(), mGy, 0.5e-6 + mGy * 1e-15);
    }
}

TEST(DoseUnits, a_whole_number_survives_the_way_through_a_double)
{
    for (std::int64_t units = 1; units < (std::int64_t{1} << 50); units = units * 3 + 1) {
        EXPECT_EQ(picograys(air_kerma_of(units)), units);
        EXPECT_EQ(picogray_square_centimetres(kerma_area_of(units)), units);
        EXPECT_EQ(nanoampere_seconds(current_time_of(units)), units);
    }
}

TEST(DoseSummary, totals_are_exactly_the_sums_of_presses_and_of_the_logs_pulses)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    play(recorder, 7, 31);
    ASSERT_TRUE(recorder.finish(4000).empty());

    std::int64_t kerma = 0, kap = 0, charge = 0;
    for (LogEntry const& entry : read_run(scratch / "run").entries)
        if (auto const* pulse = std::get_if<PulseEntry>(&entry)) {
            kerma += pulse->air_kerma_pGy;
            kap += pulse->kap_pGy_cm2;
            charge += pulse->charge_nAs;
        }
    auto const dose = json_of(scratch / "run/dose.json");
    EXPECT_EQ(dose.at("air_kerma_reference_pGy"), kerma);
    EXPECT_EQ(dose.at("kap_pGy_cm2"), kap);
    EXPECT_EQ(dose.at("charge_nAs"), charge);
    for (auto const& event : dose.at("events")) {
        kerma -= event.at("air_kerma_reference_pGy").get<std::int64_t>();
        kap -= event.at("kap_pGy_cm2").get<std::int64_t>();
        charge -= event.at("charge_nAs").get<std::int64_t>();
    }
    EXPECT_EQ(kerma, 0);
    EXPECT_EQ(kap, 0);
    EXPECT_EQ(charge, 0);
    EXPECT_EQ(dose.at("pulses"), 7 * 31);
    EXPECT_EQ(dose.at("events").size(), 7u);
}

TEST(DoseSummary, the_decimal_figures_name_the_same_whole_numbers)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    play(recorder, 3, 40);
    ASSERT_TRUE(recorder.finish(4000).empty());
    auto const dose = json_of(scratch / "run/dose.json");
    auto const agrees = [](auto const& part) {
        EXPECT_EQ(std::llround(part.at("air_kerma_reference_mGy").template get<double>() * 1e9),
                  part.at("air_kerma_reference_pGy"));
        EXPECT_EQ(std::llround(part.at("kap_Gy_cm2").template get<double>() * 1e12), part.at("kap_pGy_cm2"));
        EXPECT_EQ(std::llround(part.at("mas").template get<double>() * 1e6), part.at("charge_nAs"));
    };
    agrees(dose);
    for (auto const& event : dose.at("events")) agrees(event);
}

TEST(DoseSummary, what_the_recorder_knew_is_what_its_log_says)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    play(recorder, 5, 9);
    ASSERT_TRUE(recorder.finish(4000).empty());
    EXPECT_EQ(dose_of(read_run(scratch / "run")), recorder.dose());
    std::string const written = bytes_of(scratch / "run/dose.json");
    recover(scratch / "run");
    EXPECT_EQ(bytes_of(scratch / "run/dose.json"), written);
}

TEST(DoseSummary, a_press_holds_its_means_its_ends_and_its_frames)
{
    PulseEntry first = sample_pulse(5, 100), second = sample_pulse(6, 116);
    first.kv = 70, second.kv = 75;
    first.field_cm2 = 100, second.field_cm2 = 50;
    DoseSummary const dose =
        dose_of(log_of({BeamEntry{96, true, "fluoroscopy-low"}, first, second, BeamEntry{132, false}, EndEntry{200}}));
    ASSERT_EQ(dose.presses.size(), 1u);
    PedalPress const& press = dose.presses[0];
    EXPECT_EQ(press.start, 96);
    EXPECT_EQ(press.end, 132);
    EXPECT_TRUE(press.is_closed);
    EXPECT_EQ(press.pulses, 2);
    EXPECT_EQ(press.frame_first, 5);
    EXPECT_EQ(press.frame_last, 6);
    EXPECT_EQ(press.kv, 72.5);
    EXPECT_EQ(press.ma, (first.ma + second.ma) / 2);
    EXPECT_EQ(press.pulse_ms, 5);
    EXPECT_EQ(press.copper_mm, 0.2);
    EXPECT_EQ(press.field_cm2, 75);
    EXPECT_EQ(press.charge_nAs, first.charge_nAs + second.charge_nAs);
    EXPECT_EQ(press.primary_deg, first.primary_deg);
    EXPECT_EQ(press.primary_end_deg, second.primary_deg);
    EXPECT_EQ(press.secondary_deg, first.secondary_deg);
    EXPECT_EQ(press.secondary_end_deg, second.secondary_deg);
    EXPECT_EQ(press.sid_mm, first.sid_mm);
    EXPECT_EQ(press.sid_end_mm, second.sid_mm);
    EXPECT_EQ(press.pulse_rate, 7.5);
    EXPECT_EQ(dose.fluoroscopy_ticks, 36);
    EXPECT_TRUE(dose.is_complete);
}

TEST(DoseSummary, acquisitions_count_apart_and_in_the_totals)
{
    PulseEntry look = sample_pulse(1, 10), frame = sample_pulse(2, 40);
    frame.programme = "cine";
    frame.run = 1;
    DoseSummary const dose =
        dose_of(log_of({BeamEntry{8, true, "fluoroscopy-low"}, look, BeamEntry{20, false}, BeamEntry{40, true, "cine"},
                        frame, BeamEntry{52, false}, BeamEntry{60, true, "dsa"}, BeamEntry{61, false}, EndEntry{80}}));
    ASSERT_EQ(dose.presses.size(), 3u);
    EXPECT_EQ(dose.presses[0].programme, "fluoroscopy-low");
    EXPECT_EQ(dose.presses[1].programme, "cine");
    EXPECT_EQ(dose.presses[2].programme, "dsa"); // too short for a frame: its time counts, no run came of it
    EXPECT_EQ(dose.fluoroscopy_ticks, 12);
    EXPECT_EQ(dose.acquisition_ticks, 13);
    EXPECT_EQ(dose.acquisition_runs, 1);
    EXPECT_EQ(dose.acquisition_kap_pGy_cm2, frame.kap_pGy_cm2);
    EXPECT_EQ(dose.acquisition_air_kerma_pGy, frame.air_kerma_pGy);
    EXPECT_EQ(dose.kap_pGy_cm2, look.kap_pGy_cm2 + frame.kap_pGy_cm2);
}

TEST(DoseSummary, going_from_one_pedal_to_the_other_ends_the_first_press)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    recorder.beam(10, true, "fluoroscopy-normal");
    recorder.beam(20, true, "fluoroscopy-normal");
    recorder.beam(30, true, "dsa");
    recorder.beam(70, false);
    ASSERT_TRUE(recorder.finish(100).empty());
    DoseSummary const dose = dose_of(read_run(scratch / "run"));
    ASSERT_EQ(dose.presses.size(), 2u);
    EXPECT_EQ(dose.fluoroscopy_ticks, 20);
    EXPECT_EQ(dose.acquisition_ticks, 40);
}

TEST(DoseSummary, fluoroscopy_time_is_beam_on_time_alone)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    recorder.message(0, "ready");
    recorder.beam(120, true);
    recorder.beam(300, false);
    recorder.beam(600, true);
    recorder.beam(630, false);
    ASSERT_TRUE(recorder.finish(9999).empty());
    auto const dose = json_of(scratch / "run/dose.json");
    EXPECT_EQ(dose.at("fluoroscopy_s"), 1.75);
    EXPECT_EQ(dose.at("events").at(1).at("start_s"), 5.0);
    EXPECT_EQ(dose.at("events").at(1).at("end_s"), 5.25);
}

TEST(DoseSummary, a_tap_without_a_pulse_is_a_press_without_technique)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    recorder.beam(1, true);
    recorder.beam(2, false);
    ASSERT_TRUE(recorder.finish(3).empty());
    auto const event = json_of(scratch / "run/dose.json").at("events").at(0);
    EXPECT_EQ(event.at("pulses"), 0);
    EXPECT_TRUE(event.at("kv").is_null());
    EXPECT_TRUE(event.at("frame_first").is_null());
    EXPECT_EQ(event.at("air_kerma_reference_mGy"), 0);
}

TEST(DoseSummary, a_pulse_outside_the_beam_counts_and_is_told_apart)
{
    DoseSummary const dose =
        dose_of(log_of({BeamEntry{0, true}, sample_pulse(1, 0), BeamEntry{8, false}, sample_pulse(2, 16)}));
    EXPECT_EQ(dose.pulses_outside_beam, 1);
    EXPECT_EQ(dose.pulses, 2);
    EXPECT_EQ(dose.air_kerma_pGy, sample_pulse(1, 0).air_kerma_pGy + sample_pulse(2, 0).air_kerma_pGy);
    ASSERT_EQ(dose.presses.size(), 2u);
    EXPECT_EQ(dose.presses[1].frame_first, 2);
    EXPECT_FALSE(dose.presses[1].is_closed);
    EXPECT_EQ(dose.fluoroscopy_ticks, 8);
}

TEST(DoseSummary, a_log_that_stops_with_the_beam_on_counts_to_its_last_entry)
{
    DoseSummary const dose = dose_of(log_of({BeamEntry{0, true}, sample_pulse(1, 0), sample_pulse(2, 16)}));
    ASSERT_EQ(dose.presses.size(), 1u);
    EXPECT_EQ(dose.presses[0].end, 16);
    EXPECT_FALSE(dose.presses[0].is_closed);
    EXPECT_EQ(dose.fluoroscopy_ticks, 16);
    EXPECT_FALSE(dose.is_complete);
    EXPECT_EQ(dose.presses[0].kv, (sample_pulse(1, 0).kv + sample_pulse(2, 0).kv) / 2);
}

TEST(Recover, a_run_in_progress_is_left_alone)
{
    test::ScratchFolder const scratch;
    RunRecorder recorder{scratch / "run", sample_info(), {.writes_frames = false, .writes_video = false}};
    EXPECT_THROW(recover(scratch / "run"), Error);
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/dose.json"));
    EXPECT_TRUE(recorder.finish(1).empty());
    EXPECT_NO_THROW(recover(scratch / "run"));
}

TEST(Recover, a_run_that_was_cut_short_gets_its_dose_and_loses_half_written_files)
{
    test::ScratchFolder const scratch;
    {
        RunRecorder recorder{scratch / "run", sample_info(), {.writes_video = false}};
        play(recorder, 2, 3);
    } // no finish
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/dose.json"));
    put_bytes(scratch / "run/frames/000007.png.part4711", "half");
    put_bytes(scratch / "run/video.mp4.part", "half");
    std::string const log = bytes_of(scratch / "run/events.log");
    put_bytes(scratch / "run/events.log", log + R"({"event":"pul)");
    DoseSummary const dose = recover(scratch / "run");
    EXPECT_EQ(dose.pulses, 6);
    auto const written = json_of(scratch / "run/dose.json");
    EXPECT_EQ(written.at("state"), "incomplete");
    EXPECT_EQ(written.at("pulses"), 6);
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/frames/000007.png.part4711"));
    EXPECT_FALSE(std::filesystem::exists(scratch / "run/video.mp4.part"));
    EXPECT_TRUE(std::filesystem::exists(scratch / "run/frames/000006.png"));
}
