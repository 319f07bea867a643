// fluorolab doctor and bench: what this machine is
#include "program.hpp"

namespace fluoro {
namespace {

using namespace test;

TEST(DoctorCommand, is_content_where_there_is_a_device_and_the_worker)
{
    ScratchFolder const folder;
    Outcome const outcome = fluorolab(folder, {"doctor"});
    EXPECT_TRUE(is_done(outcome));
    EXPECT_NE(outcome.out.find("[ ok ] Vulkan device"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("million voxels"), std::string::npos) << outcome.out; // the working volume
    EXPECT_NE(outcome.out.find("[ ok ] import worker"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find((folder / "cache").string()), std::string::npos) << outcome.out;
}

TEST(BenchCommand, gives_every_stage_of_a_frame_with_the_device_s_name)
{
    ScratchFolder const folder;
    std::string const ct = write_ct(folder / "ct.mha", centred_grid({32, 32, 32}, Vec3{6}),
                                    [](Vec3 const& p) { return glm::length(p) < 80 ? 0 : -1000; });
    std::string const file = (folder / "bench.json").string();
    Outcome const outcome = fluorolab(folder, {"bench", "standing", "--frames", "3", "--patient", ct, "--json", file});
    ASSERT_TRUE(is_done(outcome));
    EXPECT_NE(outcome.out.find("3 frames on "), std::string::npos) << outcome.out;
    auto const json = json_of(file);
    std::map<std::string, double> p50;
    for (auto const& row : json) {
        EXPECT_EQ(row.at("bench"), "standing");
        EXPECT_EQ(row.at("frames"), 3);
        EXPECT_FALSE(row.at("device").get<std::string>().empty());
        EXPECT_GE(row.at("p95_ms").get<double>(), row.at("p50_ms").get<double>());
        p50[row.at("stage")] = row.at("p50_ms");
    }
    for (char const* stage : {"frame", "projection", "march", "energy sum", "detector", "display"})
        EXPECT_TRUE(p50.count(stage)) << stage;
    EXPECT_GT(p50["frame"], 0);
    EXPECT_GE(p50["frame"] * 1.5 + 5, p50["projection"] + p50["detector"] + p50["display"]); // medians of few frames
}

TEST(BenchCommand, unknown_names_are_refused_in_one_line)
{
    ScratchFolder const folder;
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"bench", "flying"})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"bench", "--frames", "0"})));
}

} // namespace
} // namespace fluoro
