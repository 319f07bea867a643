// fluorolab fit: the anatomy placed into a CT, and what it refuses
#include "program.hpp"

#include <fluoro/patient/bundle.hpp>

namespace fluoro {
namespace {

using namespace test;

/// A ball of water: nothing of a spine.
std::string water(ScratchFolder const& folder)
{
    return write_ct(folder / "water.mha", centred_grid({40, 40, 40}, Vec3{4}),
                    [](Vec3 const& p) { return glm::length(p) < 70 ? 0 : -1000; });
}

std::string text_file(ScratchFolder const& folder, char const* name, std::string const& text)
{
    std::ofstream{folder / name} << text;
    return (folder / name).string();
}

class FitCommand : public testing::Test {
protected:
    Outcome refused(std::vector<std::string> const& words) const
    {
        std::vector<std::string> line{"fit"};
        line.insert(line.end(), words.begin(), words.end());
        line.insert(line.end(), {"-o", (folder / "out.patient").string()});
        Outcome outcome = fluorolab(folder, line);
        EXPECT_TRUE(is_refused_in_one_line(outcome)) << words.back();
        EXPECT_FALSE(std::filesystem::exists(folder / "out.patient")) << words.back();
        return outcome;
    }
    static bool says(Outcome const& outcome, std::string const& words)
    {
        return outcome.err.find(words) != std::string::npos;
    }
    ScratchFolder const folder;
};

// The chest and belly of the built-in man without his labels: his own places are the truth. Cubes of 4 mm leave 5 mm.
TEST_F(FitCommand, a_built_in_mans_spine_is_found_again)
{
    std::string const body = (folder / "body.patient").string(), plain = (folder / "plain.nii.gz").string();
    std::string const out = (folder / "out.patient").string(), report = (folder / "report.json").string();
    std::string const places = (folder / "places.yaml").string();
    ASSERT_TRUE(is_done(fluorolab(
        folder, {"phantom", "adult-male", "--region", "chest", "--spacing", "4", "-o", body, "--export", plain})));
    Outcome const outcome =
        fluorolab(folder, {"fit", plain, "--ct-only", "-o", out, "--report", report, "--found", places});
    ASSERT_TRUE(is_done(outcome));
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(says(outcome, "vertebrae:")) << outcome.err;
    Patient const fitted = read_bundle(out), made = read_bundle(body);
    EXPECT_EQ(fitted.ct.hu.size(), made.ct.hu.size()); // --ct-only
    auto const json = json_of(report);
    EXPECT_FALSE(json["chambers"].is_object()); // no contrast
    int vertebrae = 0;
    for (auto const& [name, one] : json["landmarks"].items())
        if (name.size() <= 3 && name[0] == 'T' && one["source"] == "found") ++vertebrae;
    EXPECT_GE(vertebrae, 7);
    // What a chest's motion hangs on.
    for (char const* name : {"heart-centre", "heart-apex", "mitral-valve", "diaphragm-dome-left",
                             "diaphragm-dome-right", "hiatus", "carina", "aortic-root"}) {
        ASSERT_TRUE(fitted.lumens.landmarks.contains(name)) << name;
        EXPECT_LT(glm::length(fitted.lumens.landmarks.at(name) - made.lumens.landmarks.at(name)), 15) << name;
    }
    EXPECT_TRUE(fitted.lumens.vessels.problems().empty());
    EXPECT_TRUE(says({0, "", text_of(places)}, "landmarks:"));
}

TEST_F(FitCommand, a_ct_without_a_spine_is_refused_with_what_is_missing)
{
    Outcome const outcome = refused({water(folder)});
    EXPECT_TRUE(says(outcome, "spine")) << outcome.err;
    EXPECT_TRUE(says(outcome, "--landmarks")) << outcome.err;
}

TEST_F(FitCommand, files_that_are_not_there_are_refused_by_name)
{
    EXPECT_TRUE(says(refused({(folder / "none.nii.gz").string()}), "none.nii.gz"));
    std::string const ct = water(folder);
    EXPECT_TRUE(says(refused({ct, "--landmarks", (folder / "none.yaml").string()}), "none.yaml"));
    EXPECT_TRUE(says(refused({ct, "--labels", (folder / "labels.nii.gz").string()}), "labels.nii.gz"));
}

TEST_F(FitCommand, a_label_map_on_another_grid_is_refused)
{
    std::string const labels =
        write_ct(folder / "labels.mha", centred_grid({20, 20, 20}, Vec3{4}), [](Vec3 const&) { return 1; });
    Outcome const outcome = refused({water(folder), "--labels", labels});
    EXPECT_TRUE(says(outcome, "grid")) << outcome.err;
}

TEST_F(FitCommand, a_bad_landmark_file_is_refused_with_its_line_and_reason)
{
    std::string const ct = water(folder);
    Outcome outcome = refused({ct, "--landmarks", text_file(folder, "broken.yaml", "landmarks: {T5: [1, 2\n")});
    EXPECT_TRUE(says(outcome, "broken.yaml")) << outcome.err;
    outcome = refused({ct, "--landmarks", text_file(folder, "name.yaml", "landmarks:\n  carinna: [0, 0, 0]\n")});
    EXPECT_TRUE(says(outcome, "name.yaml:2")) << outcome.err;
    EXPECT_TRUE(says(outcome, "did you mean 'carina'")) << outcome.err;
    outcome = refused({ct, "--landmarks", text_file(folder, "far.yaml", "landmarks:\n  T5: [0, 0, 900]\n")});
    EXPECT_TRUE(says(outcome, "outside the CT")) << outcome.err;
}

} // namespace
} // namespace fluoro
