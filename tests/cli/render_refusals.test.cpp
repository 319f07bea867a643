// fluorolab render and the program itself: wrong usage
#include "program.hpp"

namespace fluoro {
namespace {

using namespace test;

TEST(RenderRefusals, wrong_values_are_exit_code_2_and_one_line)
{
    ScratchFolder const folder;
    std::string const ct = write_ct(folder / "ct.mha", centred_grid({8, 8, 8}, Vec3{4}), [](Vec3 const&) { return 0; });
    std::vector<std::vector<std::string>> const wrong{{"--lao", "nan"},         {"--lao", "400"},
                                                      {"--cran", "91"},         {"--cran", "up"},
                                                      {"--sid", "700"},         {"--sid", "-1"},
                                                      {"--sid", "inf"},         {"--sod", "100"},
                                                      {"--sod", "nan"},         {"--target", "1,2"},
                                                      {"--target", "nan,0,0"},  {"--target", "0,inf,0"},
                                                      {"--target", "0,0,1e30"}, {"--target", "a,b,c"},
                                                      {"--target", "carina"},   {"--target", "1,2,3,4"},
                                                      {"--fov", "0"},           {"--fov", "-20"},
                                                      {"--fov", "600"},         {"--fov", "2001"},
                                                      {"--fov", "nan"},         {"--size", "1"},
                                                      {"--size", "-5"},         {"--size", "100000"},
                                                      {"--kv", "39"},           {"--kv", "151"},
                                                      {"--kv", "nan"},          {"--mas", "0"},
                                                      {"--mas", "-1"},          {"--mas", "nan"},
                                                      {"--mas", "1e9"},         {"--copper", "-0.1"},
                                                      {"--copper", "900"},      {"--scatter", "yes"},
                                                      {"--precision", "0"},     {"--precision", "2"},
                                                      {"--grid", "maybe"},      {"--table", "1"},
                                                      {"--detector", "film"},   {"--noise", "low"},
                                                      {"--phase", "0.5"},       {"--phase", "nan,0"},
                                                      {"--phase", "0,2"},       {"--inspiration", "61"},
                                                      {"--inspiration", "-1"},  {"--seed", "-1"},
                                                      {"--seed", "1.5"},        {"--device", "no such device"},
                                                      {"--bogus", "1"},         {"--lao"}};
    // What is wrong below is the one option and nothing else.
    ASSERT_TRUE(is_done(fluorolab(folder, {"render", ct, "--size", "16", "-o", (folder / "good.png").string()})));
    for (auto const& words : wrong) {
        std::vector<std::string> line{"render", ct, "-o", (folder / "out.png").string()};
        line.insert(line.end(), words.begin(), words.end());
        EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, line))) << words.front() << " " << words.back();
        EXPECT_FALSE(std::filesystem::exists(folder / "out.png")) << words.front() << " " << words.back();
    }
}

TEST(RenderRefusals, a_patient_that_is_none_is_exit_code_2_and_one_line)
{
    ScratchFolder const folder;
    std::ofstream{folder / "noise.mha"} << "nothing of a CT";
    for (std::string const& patient :
         {(folder / "missing.mha").string(), (folder / "noise.mha").string(), std::string{"no-such-name"}})
        EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"render", patient, "-o", (folder / "out.png").string()})))
            << patient;
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"render", "-o", (folder / "out.png").string()})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"render", "example-head"})));
}

TEST(RenderRefusals, a_picture_that_cannot_be_written_is_exit_code_1)
{
    ScratchFolder const folder;
    std::string const ct = write_ct(folder / "ct.mha", centred_grid({8, 8, 8}, Vec3{4}), [](Vec3 const&) { return 0; });
    Outcome const outcome =
        fluorolab(folder, {"render", ct, "--size", "16", "-o", (folder / "no/such/folder/out.png").string()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST(Program, unknown_commands_are_exit_code_2_and_help_is_0)
{
    ScratchFolder const folder;
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"rendre"})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"--bogus"})));
    for (std::vector<std::string> const& line :
         std::vector<std::vector<std::string>>{{"--help"}, {"--version"}, {"render", "--help"}, {"run", "--help"}}) {
        Outcome const outcome = fluorolab(folder, line);
        EXPECT_TRUE(is_done(outcome));
        EXPECT_FALSE(outcome.out.empty());
        EXPECT_EQ(outcome.err, "");
    }
}

} // namespace
} // namespace fluoro
