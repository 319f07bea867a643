// fluorolab import
#include "program.hpp"
#include <fluoro/patient/bundle.hpp>

namespace fluoro {
namespace {

using namespace test;

Vec3 const middle_mm{5, -7, 300};

/// A value that is another one at every place near it.
double ramp_hu(Vec3 const& p)
{
    Vec3 const from_middle = p - middle_mm;
    return std::round(3 * from_middle.x - 5 * from_middle.y + 7 * from_middle.z - 100);
}

Grid ramp_grid()
{
    Grid grid = centred_grid({20, 18, 16}, {2, 3, 4});
    grid.origin_mm += middle_mm;
    return grid;
}

TEST(ImportCommand, a_ct_comes_back_from_the_patient_file_as_it_was)
{
    ScratchFolder const folder;
    std::string const ct = write_ct(folder / "ct.mha", ramp_grid(), ramp_hu),
                      patient = (folder / "one.patient").string();
    Outcome const outcome = fluorolab(folder, {"import", ct, "-o", patient});
    EXPECT_TRUE(is_done(outcome));
    EXPECT_EQ(outcome.out, ""); // progress is no data
    EXPECT_NE(outcome.err.find("20 x 18 x 16 voxels"), std::string::npos) << outcome.err;
    auto const read = read_bundle(patient);
    EXPECT_EQ(read.ct.hu, make_patient(ramp_grid(), ramp_hu)->ct.hu);
    EXPECT_EQ(read.ct.grid.size, ramp_grid().size);
    EXPECT_NEAR(glm::length(read.ct.grid.origin_mm - ramp_grid().origin_mm), 0, 1e-9);
    EXPECT_NEAR(glm::length(read.ct.grid.spacing_mm - ramp_grid().spacing_mm), 0, 1e-9);
}

TEST(ImportCommand, what_cannot_be_read_is_refused_in_one_line_and_leaves_nothing)
{
    ScratchFolder const folder;
    auto const file = [&](std::string const& name, std::string const& content) {
        std::ofstream{folder / name, std::ios::binary} << content;
        return (folder / name).string();
    };
    std::string const good = text_of(write_ct(folder / "good.mha", ramp_grid(), ramp_hu));
    std::filesystem::create_directory(folder / "empty");
    ASSERT_TRUE(
        is_done(fluorolab(folder, {"import", (folder / "good.mha").string(), "-o", (folder / "good").string()})));
    std::string const out = (folder / "out.patient").string();
    for (std::string const& ct :
         {file("noise.mha", std::string(3000, '\x9c')), file("empty.nii", ""),
          file("cut.mha", good.substr(0, good.size() / 2)), file("words.nrrd", "NRRD0004\nthis is no header\n"),
          file("noise.dcm", std::string(3000, '\x01')), file("zip.inv3", "PK\x03\x04 no gzip"),
          (folder / "missing.mha").string(), (folder / "empty").string(), file("zero.nii.gz", "\x1f\x8b")}) {
        EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"import", ct, "-o", out}))) << ct;
        EXPECT_FALSE(std::filesystem::exists(out)) << ct;
    }
}

TEST(ImportCommand, wrong_usage_is_refused_in_one_line)
{
    ScratchFolder const folder;
    std::string const ct = write_ct(folder / "ct.mha", ramp_grid(), ramp_hu);
    ASSERT_TRUE(is_done(fluorolab(folder, {"import", ct, "-o", (folder / "good").string()})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"import", ct})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"import", "-o", (folder / "a").string()})));
    EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"import", ct, ct, "-o", (folder / "a").string()})));
    EXPECT_TRUE(is_refused_in_one_line(
        fluorolab(folder, {"import", ct, "--labels", (folder / "none.nii").string(), "-o", (folder / "a").string()})));
}

// The job failed: that is no bad input.
TEST(ImportCommand, a_patient_file_that_cannot_be_written_is_exit_code_1)
{
    ScratchFolder const folder;
    std::string const ct = write_ct(folder / "ct.mha", ramp_grid(), ramp_hu);
    Outcome const outcome = fluorolab(folder, {"import", ct, "-o", (folder / "no/such/folder/a.patient").string()});
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
}

} // namespace
} // namespace fluoro
