// fluorolab run --headless and check
#include "program.hpp"
#include <fluoro/record/event_log.hpp>
#include <read_png.hpp>

namespace fluoro {
namespace {

using namespace test;

/// Two presses of a second and of half a second at 7.5 pulses/s, blades and a swing between them.
constexpr char const* scenario_text = R"(apiVersion: fluorolab/v1
title: A box of water
procedure: first-look
patient: box.mha
room: c-arm-suite
start: {lao_deg: 10, cran_deg: 0, sid_mm: 1000, field_mm: 160, pulse_rate: 7.5}
pixels: 64
seed: 5
operators:
  demo:
    - {at_s: 0.2, do: pedal, to: down}
    - {at_s: 1.2, do: pedal, to: up}
    - {at_s: 1.3, do: blades, left_mm: -40, right_mm: 50}
    - {at_s: 1.4, do: c-arm, lao_deg: 20}
    - {at_s: 2.0, do: pedal, to: down}
    - {at_s: 2.5, do: pedal, to: up}
    - {at_s: 2.6, do: end}
)";

class RunCommand : public testing::Test {
protected:
    RunCommand()
    {
        write_ct(folder / "box.mha", centred_grid({40, 40, 40}, Vec3{4}),
                 [](Vec3 const& p) { return std::abs(p.y) < 70 ? 0 : -1000; });
        scenario = write("first-look-box.yaml", scenario_text);
    }
    std::string write(std::string const& name, std::string const& text) const
    {
        std::ofstream{folder / name} << text;
        return (folder / name).string();
    }
    Outcome run(std::string const& out, std::vector<std::string> more = {}) const
    {
        more.insert(more.begin(), {"run", scenario, "--headless", "--out", (folder / out).string()});
        return fluorolab(folder, more);
    }
    std::vector<PulseEntry> pulses(std::string const& out) const
    {
        std::vector<PulseEntry> found;
        for (auto const& entry : read_run(folder / out).entries)
            if (auto const* pulse = std::get_if<PulseEntry>(&entry)) found.push_back(*pulse);
        return found;
    }
    ScratchFolder const folder;
    std::string scenario;
};

TEST_F(RunCommand, leaves_a_whole_run_folder)
{
    Outcome const outcome = run("run");
    ASSERT_TRUE(is_done(outcome));
    EXPECT_EQ(outcome.out, (folder / "run").string() + "\n"); // where it is, for a script to read

    EventLog const log = read_run(folder / "run"); // throws where the chain of checksums is broken
    EXPECT_TRUE(log.has_ended);
    EXPECT_EQ(log.torn_tail, "");
    EXPECT_EQ(log.info.seed, 5u);
    EXPECT_EQ(log.info.operator_name, "demo");
    auto const logged = pulses("run");
    ASSERT_EQ(logged.size(), 12u); // 120 and 60 ticks, one pulse in 16

    auto const dose = json_of(folder / "run/dose.json");
    EXPECT_EQ(dose.at("state"), "complete");
    EXPECT_EQ(dose.at("pulses"), 12);
    EXPECT_EQ(dose.at("pulses_outside_beam"), 0);
    EXPECT_NEAR(dose.at("fluoroscopy_s").get<double>(), 1.5, 1e-9);
    ASSERT_EQ(dose.at("events").size(), 2u);
    std::int64_t kerma = 0, area = 0, charge = 0;
    for (auto const& pulse : logged) {
        kerma += pulse.air_kerma_pGy;
        area += pulse.kap_pGy_cm2;
        charge += pulse.charge_nAs;
    }
    EXPECT_EQ(dose.at("air_kerma_reference_pGy"), kerma);
    EXPECT_EQ(dose.at("kap_pGy_cm2"), area);
    EXPECT_EQ(dose.at("charge_nAs"), charge);
    EXPECT_NEAR(dose.at("air_kerma_reference_mGy").get<double>(), 1e-9 * double(kerma), 1e-12);
    EXPECT_GT(kerma, 0);

    std::size_t frames = 0;
    for ([[maybe_unused]] auto const& frame : std::filesystem::directory_iterator{folder / "run/frames"}) ++frames;
    EXPECT_EQ(frames, 12u);
    for (char const* frame : {"frames/000001.png", "frames/000012.png"}) {
        GreyPng const png = read_grey_png(folder / "run" / frame);
        EXPECT_EQ(png.bits, 16);
        EXPECT_EQ(png.image.columns, 64);
    }
    auto const about = json_of(folder / "run/run.json");
    EXPECT_EQ(about.at("state"), "complete");
    EXPECT_EQ(about.at("seed"), 5);
    EXPECT_EQ(about.at("frames"), 12);
    EXPECT_TRUE(about.at("trouble").empty());
    EXPECT_EQ(read_grey_png(folder / "run/last.png").image.columns, 64);
}

TEST_F(RunCommand, pulses_come_in_the_operator_s_time_with_the_room_as_it_stood)
{
    ASSERT_TRUE(is_done(run("run")));
    auto const logged = pulses("run");
    ASSERT_EQ(logged.size(), 12u);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(logged[i].tick, 24 + 16 * Tick(i));
    for (std::size_t i = 8; i < 12; ++i) EXPECT_EQ(logged[i].tick, 240 + 16 * Tick(i - 8));
    EXPECT_NEAR(logged[0].primary_deg, 10, 1e-9);
    EXPECT_NEAR(logged[8].primary_deg, 20, 1e-9);
    EXPECT_EQ(logged[8].blade_left_mm, -40);
    EXPECT_NEAR(logged[8].field_cm2, 9 * 16, 1e-9);
    EXPECT_EQ(logged[0].pulse_rate, 7.5);
}

TEST_F(RunCommand, one_seed_is_one_run_and_another_is_other_noise_at_the_same_dose)
{
    ASSERT_TRUE(is_done(run("a")));
    ASSERT_TRUE(is_done(run("b")));
    ASSERT_TRUE(is_done(run("c", {"--seed", "6"})));
    EXPECT_EQ(pulses("a"), pulses("b"));
    EXPECT_EQ(pulses("a"), pulses("c"));
    EXPECT_EQ(text_of(folder / "a/dose.json"), text_of(folder / "b/dose.json"));
    for (int number = 1; number <= 12; ++number) {
        char name[40];
        std::snprintf(name, sizeof name, "frames/%06d.png", number);
        std::string const frame = text_of(folder / "a" / name);
        EXPECT_EQ(frame, text_of(folder / "b" / name)) << name;
        EXPECT_NE(frame, text_of(folder / "c" / name)) << name;
    }
    EXPECT_EQ(read_run(folder / "c").info.seed, 6u);
}

TEST_F(RunCommand, an_operator_can_stand_in_a_file)
{
    std::string const file = write(
        "short.yaml", "- {at_s: 0.1, do: pedal, to: down}\n- {at_s: 0.2, do: pedal, to: up}\n- {at_s: 0.3, do: end}\n");
    ASSERT_TRUE(is_done(run("run", {"--operator", file})));
    EXPECT_EQ(pulses("run").size(), 1u);
}

TEST_F(RunCommand, never_writes_over_a_run)
{
    ASSERT_TRUE(is_done(run("run")));
    std::string const log = text_of(folder / "run/events.log");
    EXPECT_TRUE(is_refused_in_one_line(run("run")));
    EXPECT_EQ(text_of(folder / "run/events.log"), log);
}

TEST_F(RunCommand, a_wrong_scenario_is_refused_with_file_and_line)
{
    std::string text = scenario_text;
    text.replace(text.find("pixels:"), 7, "pixles:"); // line 7
    scenario = write("wrong.yaml", text);
    Outcome const outcome = run("run");
    EXPECT_TRUE(is_refused_in_one_line(outcome));
    EXPECT_NE(outcome.err.find("wrong.yaml:7:"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(RunCommand, wrong_usage_is_refused_in_one_line)
{
    EXPECT_TRUE(is_refused_in_one_line(run("run", {"--operator", "nobody"})));
    EXPECT_TRUE(is_refused_in_one_line(run("run", {"--seed", "-3"})));
    EXPECT_TRUE(is_refused_in_one_line(run("run", {"--device", "no such device"})));
    EXPECT_TRUE(is_refused_in_one_line(run("run", {"--patient", (folder / "missing").string()})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"run", "--headless"})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"run", (folder / "missing.yaml").string(), "--headless"})));
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(RunCommand, check_says_file_line_and_remedy)
{
    Outcome const good = fluorolab(folder, {"check", scenario});
    EXPECT_TRUE(is_done(good));
    EXPECT_EQ(good.out, scenario + ": no problems\n");

    std::string text = scenario_text;
    text.replace(text.find("pixels: 64"), 10, "pixels: 4"); // line 7
    text.replace(text.find("do: c-arm"), 9, "do: c-arn");   // line 14
    std::string const wrong = write("wrong.yaml", text);
    Outcome const bad = fluorolab(folder, {"check", scenario, wrong});
    EXPECT_EQ(bad.exit_code, 2);
    EXPECT_EQ(std::count(bad.err.begin(), bad.err.end(), '\n'), 2) << bad.err;
    EXPECT_NE(bad.err.find("wrong.yaml:7:"), std::string::npos) << bad.err;
    EXPECT_NE(bad.err.find("wrong.yaml:14:"), std::string::npos) << bad.err;
    EXPECT_NE(bad.err.find("c-arm"), std::string::npos) << bad.err;
    EXPECT_EQ(fluorolab(folder, {"check", (folder / "missing.yaml").string()}).exit_code, 2);
}

} // namespace
} // namespace fluoro
