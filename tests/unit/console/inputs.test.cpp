#include <fluoro/console/inputs.hpp>
#include <fluoro/core/error.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>
#include <set>

namespace fluoro {
namespace {

Input named(std::string const& name)
{
    auto const input = input_from_name(name);
    EXPECT_TRUE(input) << name;
    return input.value_or(Input{});
}

TEST(Inputs, every_action_has_its_own_name_and_id)
{
    std::set<std::string_view> names, ids;
    for (int i = 0; i < action_count; ++i) {
        EXPECT_TRUE(names.insert(name_of(Action(i))).second) << name_of(Action(i));
        EXPECT_TRUE(ids.insert(id_of(Action(i))).second) << id_of(Action(i));
    }
}

TEST(Inputs, every_action_has_a_key_but_the_injection_s_settings)
{
    InputMap const map;
    for (int i = 0; i < action_count; ++i) {
        bool const is_setting = Action(i) >= Action::inject_less && Action(i) <= Action::inject_faster;
        EXPECT_EQ(map.inputs_of(Action(i)).empty(), is_setting) << id_of(Action(i));
    }
}

TEST(Inputs, no_input_does_two_things)
{
    InputMap const map;
    std::set<Input> inputs;
    for (int i = 0; i < action_count; ++i) {
        EXPECT_TRUE(map.has_first_inputs(Action(i))) << id_of(Action(i)) << ": another action took one of its inputs";
        for (Input const& input : map.inputs_of(Action(i))) {
            EXPECT_TRUE(inputs.insert(input).second) << name_of(input);
            EXPECT_EQ(map.find(input), Action(i));
            EXPECT_EQ(misfit(input, Action(i)), "") << name_of(input);
        }
    }
}

TEST(Inputs, names_read_back)
{
    InputMap const map;
    for (int i = 0; i < action_count; ++i)
        for (Input const& input : map.inputs_of(Action(i)))
            EXPECT_EQ(input_from_name(name_of(input)), input) << name_of(input);
    EXPECT_EQ(input_from_name("Ctrl+LEFT"), input_from_name("ctrl+left"));
    EXPECT_NE(input_from_name("ctrl+left"), input_from_name("left"));
    for (char const* name : {"ctrl+alt+x", "f25", "keypad-7", "mouse-8", "alt+wheel-left", "drag-down", "pad-left-x-",
                             "pad-left-trigger", "button 3 of Foot switch", "axis 2- of CH Pro Pedals of 1998"})
        EXPECT_EQ(name_of(named(name)), name);
    EXPECT_EQ(named("axis 2- of CH Pro Pedals of 1998").device, "CH Pro Pedals of 1998");
    for (char const* nonsense :
         {"", "ctrl+", "lefty", "ab", "ctrl+shift+a", "mouse-left", "ctrl+pad-a", "pad-left-x", "f26", "keypad-11",
          "axis 0+ of X", "axis 2 of X", "axis 2+ of ", "button 1000 of X", "button x of Y"})
        EXPECT_FALSE(input_from_name(nonsense)) << nonsense;
}

TEST(Inputs, both_space_and_f_are_the_pedal)
{
    InputMap const map;
    EXPECT_EQ(map.find(named("space")), Action::pedal);
    EXPECT_EQ(map.find(named("f")), Action::pedal);
}

TEST(Inputs, binding_an_input_takes_it_from_its_old_action_and_a_reset_brings_it_back)
{
    InputMap map;
    map.bind(named("f9"), Action::pedal);
    map.bind(named("space"), Action::stop_motion);
    EXPECT_EQ(map.find(named("f9")), Action::pedal);
    EXPECT_EQ(map.find(named("space")), Action::stop_motion);
    EXPECT_FALSE(map.has_first_inputs(Action::pedal));
    map.reset(Action::pedal);
    EXPECT_EQ(map.find(named("space")), Action::pedal);
    EXPECT_FALSE(map.find(named("f9")));
    EXPECT_FALSE(map.has_first_inputs(Action::high_level)); // f9 was its own
}

class InputsFile : public ::testing::Test {
protected:
    test::ScratchFolder scratch;
    std::filesystem::path file = scratch / "config/fluorolab/inputs.yaml";

    void write(std::string const& text) const
    {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }
    std::vector<std::string> problems(std::string const& body) const
    {
        write("apiVersion: fluorolab/v1\n" + body);
        auto found = inputs_file_problems(file);
        for (std::string& line : found) line.erase(0, file.string().size() + 1);
        return found;
    }
};

TEST_F(InputsFile, what_is_written_reads_back)
{
    InputMap map;
    map.bind(named("space"), Action::right_push);
    map.bind(named("axis 2+ of \"Odd\" \\ name: #1"), Action::pedal);
    map.bind(named("pad-left-y-"), Action::table_up);
    for (Input const& input : map.inputs_of(Action::grid)) map.unbind(input); // none at all
    map.rates.push_mm_s = 35;
    map.rates.drag_deg = 0.3;
    write_inputs(map, file);
    InputMap const back = read_inputs(file);
    for (int i = 0; i < action_count; ++i) {
        auto const asked = map.inputs_of(Action(i)), got = back.inputs_of(Action(i));
        EXPECT_EQ(std::set<Input>(asked.begin(), asked.end()), std::set<Input>(got.begin(), got.end()))
            << id_of(Action(i));
    }
    EXPECT_EQ(back.rates, map.rates);
    EXPECT_TRUE(is_inputs_file(file));
}

TEST_F(InputsFile, names_what_it_changes_and_leaves_the_rest)
{
    write("apiVersion: fluorolab/v1\ninputs:\n  pedal: [f12]\n  c-arm-lao: space\n");
    InputMap const map = read_inputs(file);
    EXPECT_EQ(map.find(named("f12")), Action::pedal);
    EXPECT_FALSE(map.find(named("f"))); // the pedal's list is the file's
    EXPECT_EQ(map.find(named("space")), Action::c_arm_lao);
    EXPECT_EQ(map.find(named("left")), Action::c_arm_rao);
}

TEST_F(InputsFile, is_refused_with_line_and_reason)
{
    EXPECT_EQ(problems("inputs: {pedall: [f]}"),
              std::vector<std::string>{"2:10: there is no action 'pedall'; did you mean pedal?"});
    auto const twice = problems("inputs:\n  grid: [x]\n  pedal: [\n    F,\n    x]\n");
    ASSERT_EQ(twice.size(), 1u);
    EXPECT_EQ(twice[0], "6:5: 'x' is given in line 3 already: an input does one thing");
    auto const wheel = problems("inputs:\n  pedal: wheel-up\n");
    ASSERT_EQ(wheel.size(), 1u);
    EXPECT_EQ(wheel[0], "3:10: 'wheel-up' cannot be pedal: a pedal needs something that can be let go");
    auto const name = problems("inputs:\n  grid: [shift+g]\n");
    ASSERT_EQ(name.size(), 1u);
    EXPECT_TRUE(name[0].starts_with("3:10: there is no input 'shift+g'")) << name[0];
    EXPECT_EQ(problems("rates: {push_mm_s: 900}").size(), 1u);
    EXPECT_EQ(problems("rate: {push_mm_s: 90}").size(), 1u);
    EXPECT_EQ(problems("inputs: [pedal]").size(), 1u);
    EXPECT_EQ(problems("").size(), 0u);
    write("inputs: {}\n");
    EXPECT_THROW(read_inputs(file), Error);
}

} // namespace
} // namespace fluoro
