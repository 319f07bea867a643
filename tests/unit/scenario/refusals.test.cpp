#include "yaml_file.hpp"

#include <fluoro/scenario/scenario.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using test::ScratchFolder;

std::string const head = "apiVersion: fluorolab/v1\npatient: adult-male\n"; // lines 1 and 2

/// All problems of a scenario text, without the file's name in front.
std::vector<std::string> problems(std::string const& text)
{
    ScratchFolder const folder;
    auto const file = folder.write("case.yaml", text);
    std::vector<std::string> lines = scenario_problems(file);
    for (std::string& line : lines) {
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_TRUE(line.starts_with(file.string() + ":")) << line;
        line = line.substr(std::min(line.size(), file.string().size() + 1));
    }
    return lines;
}

/// The one problem of a scenario text, "line:column: what".
std::string problem(std::string const& text)
{
    auto const lines = problems(text);
    if (lines.size() == 1) return lines.front();
    std::string all = std::to_string(lines.size()) + " problems";
    for (std::string const& line : lines) all += "\n" + line;
    return all;
}

std::string entry_problem(std::string const& entry)
{
    return problem(head + "operators:\n  demo:\n    - " + entry + "\n");
}

TEST(ScenarioRefusals, an_unknown_key_is_told_its_nearest_name)
{
    EXPECT_EQ(problem(head + "pixel: 512\n"), "3:1: unknown key 'pixel'; did you mean pixels?");
    EXPECT_EQ(problem(head + "operator: {}\n"), "3:1: unknown key 'operator'; did you mean operators?");
    EXPECT_EQ(problem(head + "start: {sid_mn: 1000}\n"), "3:9: unknown key 'sid_mn'; did you mean sid_mm?");
}

TEST(ScenarioRefusals, an_unknown_key_near_nothing_is_told_all_names)
{
    std::string const line = problem(head + "xylophone: 1\n");
    EXPECT_NE(line.find("unknown key 'xylophone'; a scenario may have: apiVersion, title"), std::string::npos) << line;
}

TEST(ScenarioRefusals, a_key_without_its_unit_is_told_the_unit)
{
    EXPECT_EQ(problem(head + "start: {sid: 1000}\n"), "3:9: unknown key 'sid'; did you mean sid_mm?");
    EXPECT_EQ(problem(head + "start: {isocentre: [0, 0, 0]}\n"),
              "3:20: isocentre is a landmark's name; a point is isocentre_mm");
    EXPECT_NE(entry_problem("{at_s: 1, do: technique, kv: 70, current_ma: 20, pulse_ms: 4}")
                  .find("'kv'; did you mean voltage_kv?"),
              std::string::npos)
        << entry_problem("{at_s: 1, do: technique, kv: 70, current_ma: 20, pulse_ms: 4}");
}

TEST(ScenarioRefusals, rao_and_caudal_are_told_the_sign)
{
    EXPECT_EQ(problem(head + "start: {rao_deg: 30}\n"),
              "3:9: unknown key 'rao_deg'; write lao_deg with a minus sign (RAO 30 is lao_deg: -30)");
    EXPECT_EQ(problem(head + "start: {caud_deg: 20}\n"),
              "3:9: unknown key 'caud_deg'; write cran_deg with a minus sign (CAUD 20 is cran_deg: -20)");
}

TEST(ScenarioRefusals, an_unknown_verb_is_told_its_nearest_name_or_all)
{
    EXPECT_EQ(entry_problem("{at_s: 1, do: c_arm, lao_deg: 3}"),
              "5:21: nothing is called 'c_arm'; did you mean c-arm?");
    std::string const line = entry_problem("{at_s: 1, do: sing}");
    EXPECT_NE(line.find("do one of pedal, c-arm, jog-c-arm"), std::string::npos) << line;
}

TEST(ScenarioRefusals, missing_parts_of_an_entry_are_named)
{
    EXPECT_EQ(entry_problem("{do: stop}"), "5:7: an entry of operator 'demo' needs at_s; write e.g. at_s: 1.5");
    EXPECT_EQ(entry_problem("{at_s: 1}"), "5:7: an entry of operator 'demo' needs do; write e.g. do: pedal");
    EXPECT_EQ(entry_problem("{at_s: 1, do: pedal}"), "5:7: an entry of operator 'demo' needs to; write e.g. to: down");
    EXPECT_EQ(entry_problem("{at_s: 1, do: c-arm}"), "5:7: c-arm needs at least one of lao_deg, cran_deg or sid_mm");
    EXPECT_EQ(entry_problem("{at_s: 1, do: field}"),
              "5:7: an entry of operator 'demo' needs field_mm; write e.g. field_mm: 220");
    EXPECT_EQ(entry_problem("{at_s: 1, do: technique, voltage_kv: 70}"),
              "5:7: technique needs automatic: true, or voltage_kv, current_ma and pulse_ms");
}

TEST(ScenarioRefusals, entries_stand_in_the_order_of_time)
{
    EXPECT_EQ(problem(head + "operators:\n  demo:\n    - {at_s: 2, do: stop}\n    - {at_s: 1.5, do: stop}\n"),
              "6:7: at_s is earlier than the entry above it; keep entries in the order of time");
}

TEST(ScenarioRefusals, nothing_comes_after_the_end)
{
    EXPECT_EQ(problem(head + "operators:\n  demo:\n    - {at_s: 2, do: end}\n    - {at_s: 3, do: stop}\n"),
              "6:7: nothing happens after 'end'; move it to the last place");
}

TEST(ScenarioRefusals, wrong_types_are_told_what_to_write)
{
    EXPECT_EQ(problem(head + "pixels: many\n"), "3:9: pixels must be a whole number from 64 to 2048");
    EXPECT_EQ(problem(head + "pixels: 512.5\n"), "3:9: pixels must be a whole number from 64 to 2048");
    EXPECT_EQ(problem(head + "title: [a, b]\n"), "3:8: title must be a text");
    EXPECT_EQ(problem(head + "start: 3\n"), "3:8: start is written as a map: lines of 'key: value'");
    EXPECT_EQ(problem(head + "start: {lao_deg: \"30\"}\n"),
              "3:18: lao_deg must be a finite number; write one without quotes or unit instead of '30'");
    EXPECT_EQ(problem(head + "start: {sid_mm: 1000mm}\n"),
              "3:17: sid_mm must be a finite number; write one without quotes or unit instead of '1000mm'");
    EXPECT_EQ(problem(head + "start: {isocentre_mm: [1, 2]}\n"),
              "3:23: isocentre_mm is a point; write its x, y and z as [10, -20, 150]");
    EXPECT_EQ(entry_problem("{at_s: 1, do: technique, automatic: yes}").substr(0, 6), "2 prob");
    EXPECT_EQ(entry_problem("{at_s: 1, do: pedal, to: pressed}"),
              "5:32: a pedal goes down or up; write to: down or to: up");
    EXPECT_EQ(problem(head + "operators: [a]\n"), "3:12: operators is a map: a name, and the list of what it does");
    EXPECT_EQ(problem(head + "operators: {demo: 1}\n"),
              "3:19: operator 'demo' is a list of entries; write e.g. - {at_s: 1, do: pedal, to: down}");
    EXPECT_EQ(entry_problem("5"), "5:7: an entry of operator 'demo' is written as a map: lines of 'key: value'");
}

TEST(ScenarioRefusals, nan_infinity_and_what_overflows_are_no_numbers)
{
    for (std::string const word : {".nan", ".inf", "-.inf", "nan", "inf", "1e999", "0x10", "--1", "+-1", "1_000", ""})
        EXPECT_NE(problem(head + "start: {sid_mm: '" + word + "'}\n").find("must be a finite number"),
                  std::string::npos)
            << word;
    for (std::string const word : {".nan", ".inf", "-.inf", "nan", "inf", "1e999", "0x10", "--1", "+-1", "1_000"})
        EXPECT_NE(problem(head + "start: {sid_mm: " + word + "}\n").find("must be a finite number"), std::string::npos)
            << word;
    EXPECT_NE(problem(head + "seed: 99999999999999999999\n").find("whole number"), std::string::npos);
    EXPECT_NE(problem(head + "seed: -1\n").find("whole number"), std::string::npos);
}

TEST(ScenarioRefusals, numbers_out_of_all_reason_are_told_their_range)
{
    EXPECT_EQ(entry_problem("{at_s: -1, do: stop}"), "5:14: at_s '-1' is outside 0 to 86400");
    EXPECT_EQ(entry_problem("{at_s: 1e9, do: stop}"), "5:14: at_s '1e9' is outside 0 to 86400");
    EXPECT_EQ(entry_problem("{at_s: 1, do: c-arm, lao_deg: 4000}"), "5:37: lao_deg '4000' is outside -360 to 360");
}

TEST(ScenarioRefusals, a_start_beyond_the_rooms_limits_is_told_the_limit)
{
    EXPECT_EQ(problem(head + "start: {lao_deg: 130}\n"), "3:18: C-arm: LAO 130 is beyond the limit of 120 degrees");
    EXPECT_EQ(problem(head + "start: {table_height_mm: -200}\n"),
              "3:26: Table: down 200 is beyond the limit of 150 mm");
    EXPECT_NE(problem(head + "start: {field_mm: 200}\n").find("choose 300, 220, 160 or 110 mm"), std::string::npos);
    EXPECT_NE(problem(head + "start: {pulse_rate: 10}\n").find("choose 3, 3.75, 7.5, 15 or 30"), std::string::npos);
}

TEST(ScenarioRefusals, version_patient_and_room_are_checked)
{
    EXPECT_EQ(problem("patient: adult-male\n"),
              "1:1: a scenario needs apiVersion; write e.g. apiVersion: fluorolab/v1");
    EXPECT_EQ(problem("apiVersion: fluorolab/v2\npatient: adult-male\n"),
              "1:13: this program reads apiVersion: fluorolab/v1, not 'fluorolab/v2'");
    EXPECT_EQ(problem("apiVersion: fluorolab/v1\n"), "1:1: a scenario needs patient; write e.g. patient: adult-male");
    EXPECT_NE(problem(head + "room: kitchen\n").find("3:7: unknown room 'kitchen'"), std::string::npos);
    EXPECT_EQ(problem("- a\n- b\n"), "1:1: a scenario is written as a map: lines of 'key: value'");
}

TEST(ScenarioRefusals, what_the_anatomy_does_not_know_is_told_where_it_stands)
{
    std::string const man = "apiVersion: fluorolab/v1\npatient: adult-male\n";
    EXPECT_EQ(problem("apiVersion: fluorolab/v1\npatient: ct.nii\nanatomy: {seed: 2}\n"),
              "3:10: anatomy belongs to a built-in patient: adult-male, adult-female, obese-adult or "
              "elderly-osteoporotic");
    EXPECT_NE(problem(man + "anatomy: {height: 3}\n").find("3:19: nothing about a patient is called 'height'"),
              std::string::npos)
        << problem(man + "anatomy: {height: 3}\n");
    EXPECT_NE(problem(man + "anatomy: {height_mm: 3}\n").find("outside 1400 to 2100"), std::string::npos);
    EXPECT_NE(problem(man + "anatomy: {region: knee}\n").find("no region is called 'knee'"), std::string::npos);
    EXPECT_NE(problem(man + "anatomy: {spacing_mm: 0.1}\n").find("3:23"), std::string::npos);
    EXPECT_NE(problem(man + "start: {isocentre: carina, isocentre_mm: [0, 0, 0]}\n").find("keep one"),
              std::string::npos);
}

TEST(ScenarioRefusals, duplicate_keys_aliases_tags_and_second_documents_are_refused)
{
    EXPECT_EQ(problem(head + "patient: adult-female\n"),
              "3:1: the key 'patient' stands twice in one map; keep one of them");
    EXPECT_NE(problem(head + "title: &a x\ntext: *a\n").find("4:7: aliases"), std::string::npos)
        << problem(head + "title: &a x\ntext: *a\n");
    EXPECT_NE(problem(head + "title: !!str x\n").find("tags"), std::string::npos);
    EXPECT_NE(problem(head + "---\n" + head).find("second document"), std::string::npos);
    EXPECT_NE(problem(head + "? [a]\n: b\n").find("a key must be a plain word"), std::string::npos);
}

TEST(ScenarioRefusals, a_bomb_of_aliases_is_not_expanded)
{
    std::string text = head + "a: &a [x, x]\n";
    for (char name = 'b'; name < 'z'; ++name) {
        std::string const before(1, char(name - 1));
        text += std::string(1, name) + ": &" + name + " [*" + before + ", *" + before + "]\n";
    }
    EXPECT_NE(problem(text).find("aliases"), std::string::npos);
}

TEST(ScenarioRefusals, depth_values_and_size_are_limited)
{
    EXPECT_NE(problem(head + "title: " + std::string(64, '[') + std::string(64, ']') + "\n").find("64 levels"),
              std::string::npos);
    EXPECT_EQ(problem(head + "title: " + std::string(63, '[') + std::string(63, ']') + "\n"),
              "3:8: title must be a text");
    EXPECT_NE(problem(head + "title: " + std::string(1'000'000, '[')).find("64 levels"), std::string::npos);
    std::string many = head + "title: [";
    for (int i = 0; i < 100'001; ++i) many += "1,";
    EXPECT_NE(problem(many + "]\n").find("more than 100000 values"), std::string::npos);
    EXPECT_NE(problem(head + "title: " + std::string(5 << 20, 'x') + "\n").find("larger than 4 MiB"),
              std::string::npos);
}

TEST(ScenarioRefusals, what_is_no_yaml_is_told_its_place)
{
    EXPECT_NE(problem(head + "title: [a, b\n").find("not valid YAML"), std::string::npos);
    EXPECT_NE(problem(head + "title: 'open\n").find("not valid YAML"), std::string::npos)
        << problem(head + "title: 'open\n");
    EXPECT_NE(problem(head + "title: \"open\nseed: 2\n\n").find("not valid YAML"), std::string::npos);
    EXPECT_NE(problem(""), "0 problems");
    EXPECT_NE(problem(std::string{"a\0b", 3}).find("zero bytes"), std::string::npos);
    EXPECT_NE(problem("# nothing but a comment\n"), "0 problems");
}

TEST(ScenarioRefusals, a_file_that_is_not_there_or_a_folder_is_refused)
{
    EXPECT_EQ(scenario_problems("/no/such.yaml"),
              std::vector<std::string>{
                  "/no/such.yaml:1:1: no such file, or not a regular file; give the path of a YAML file"});
    EXPECT_EQ(scenario_problems("/").size(), 1u);
    EXPECT_EQ(scenario_problems("/dev/zero").size(), 1u);
}

TEST(ScenarioRefusals, a_choice_is_told_its_names)
{
    EXPECT_EQ(entry_problem("{at_s: 1, do: programme, acquisition: film}"),
              "5:45: acquisition is cine, dsa or single, not 'film'");
    EXPECT_EQ(entry_problem("{at_s: 1, do: pedal, to: down, which: clutch}"),
              "5:45: which is fluoroscopy or acquisition, not 'clutch'");
}

TEST(ScenarioRefusals, an_object_must_say_where_it_is_how_thick_and_what_it_holds)
{
    auto const object = [](std::string const& text) { return problem(head + "objects:\n  - " + text + "\n"); };
    std::string const path = "path_mm: [[0, 0, 0], [0, 0, 40]]";
    EXPECT_EQ(object("{radius_mm: 1, iodine_mg_ml: 300}"),
              "4:5: an object needs path_mm; write e.g. path_mm: [[0, 0, 0], [0, 0, 40]]");
    EXPECT_EQ(object("{" + path + ", iodine_mg_ml: 300}"),
              "4:5: an object needs radius_mm, or radii_mm with one radius per point");
    EXPECT_NE(object("{" + path + ", radius_mm: 1}").find("an object is filled with exactly one of iodine_mg_ml"),
              std::string::npos);
    EXPECT_NE(object("{" + path + ", radius_mm: 1, iodine_mg_ml: 300, gas: co2}").find("exactly one of"),
              std::string::npos);
    EXPECT_NE(object("{" + path + ", radii_mm: [1], gas: co2}").find("one radius for each of the 2 points"),
              std::string::npos);
    EXPECT_NE(object("{" + path + ", radius_mm: 1, material: unobtainium}").find("unobtainium"), std::string::npos);
    EXPECT_NE(object("{" + path + ", radius_mm: 1, gas: co2, from_s: 3, until_s: 2}").find("until_s must come after"),
              std::string::npos);
    EXPECT_NE(object("{path_mm: [[0, 0, 0], [0, 0, 0]], radius_mm: 1, gas: co2}").find("same point twice"),
              std::string::npos);
    EXPECT_NE(object("{" + path + ", radius_mm: 1, iodine_mg_ml: 4000}").find("outside 0 to 400"), std::string::npos);
}

TEST(ScenarioRefusals, all_problems_are_listed_and_the_error_tells_the_first)
{
    ScratchFolder const folder;
    auto const file = folder.write("case.yaml", head + "pixel: 1\nstart: {sid: 3, lao_deg: 500}\nseed: x\n");
    std::vector<std::string> const all = scenario_problems(file);
    ASSERT_EQ(all.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) { // in the order of the file
        std::string const place = std::vector<std::string>{":3:1: ", ":4:9: ", ":4:26: ", ":5:7: "}[i];
        EXPECT_NE(all[i].find(place), std::string::npos) << all[i];
    }
    try {
        read_scenario(file);
        FAIL() << "a scenario with four problems was read";
    } catch (Error const& error) {
        std::string const text = error.what();
        EXPECT_TRUE(text.starts_with(file.string() + ":3:1: unknown key 'pixel'")) << text;
        EXPECT_NE(text.find("(and 3 more: 'fluorolab check' lists all)"), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos);
        EXPECT_EQ(error.exit_code(), 2);
    }
}

TEST(ScenarioRefusals, an_operator_file_is_checked_like_a_scenario)
{
    ScratchFolder const folder;
    EXPECT_THROW(read_operator(folder.write("a.yaml", "demo: 1\n")), Error);
    EXPECT_THROW(read_operator(folder.write("b.yaml", "- {at_s: 1, do: fly}\n")), Error);
    EXPECT_THROW(read_operator(folder.write("c.yaml", "- {at_s: 1, do: stop, to: up}\n")), Error);
    EXPECT_THROW(read_operator(folder.path() / "none.yaml"), Error);
}

TEST(ScenarioRefusals, control_characters_of_a_file_do_not_reach_the_terminal)
{
    std::string const line = problem(head + "\"\\e[2Jx\": 1\n");
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_NE(line.find("unknown key"), std::string::npos);
}

TEST(Refusals, of_tools_say_which_was_probably_meant)
{
    EXPECT_NE(entry_problem("{at_s: 1, do: take, tool: jl4_5f, access: right-femoral}").find("did you mean jl4-5f?"),
              std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: take, tool: jl4-5f}").find("needs access"), std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: hand, tool: jl4-5f, push_mm_s: 5, beyond_mm: 9}").find("need until_at"),
              std::string::npos);
    EXPECT_NE(
        entry_problem("{at_s: 1, do: hand, tool: jl4-5f, push_mm_s: 5, until_mm: 9, until_at: aorta, beyond_mm: 9}")
            .find("no until_mm"),
        std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: hand, tool: jl4-5f, until_mm: 100}").find("until_mm needs push_mm_s"),
              std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: inflate, tool: stent-3.0x18, atm: 90}").find("outside 0 to 60"),
              std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: aim, tool: bone-11g, through: [1, 2], to: L1}").find("through is a point"),
              std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: mix-cement, viscosity: thick}").find("low or high"), std::string::npos);
    EXPECT_NE(entry_problem("{at_s: 1, do: inject, through: jl4-5f, vessel: left-main, volume_ml: 8, rate_ml_s: 4}")
                  .find("keep one of them"),
              std::string::npos);
    EXPECT_NE(problem(head + "tools: [nowhere.yaml]\n").find("no such file"), std::string::npos);
}

} // namespace
} // namespace fluoro
