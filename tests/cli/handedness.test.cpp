// Left is left, head is up and the C-arm turns the right way: one dense bead in a body, seen in the shown picture.
#include "program.hpp"
#include <read_png.hpp>

namespace fluoro {
namespace {

using namespace test;

/// A ball of water, 120 mm across, with one bead 30 mm off its middle.
std::string write_body(ScratchFolder const& folder, std::string const& name, Vec3 const& bead)
{
    return write_ct(folder / (name + ".mha"), centred_grid({64, 64, 64}, Vec3{2.5}), [&](Vec3 const& p) {
        return glm::length(p - bead) < 6 ? 3000.0 : glm::length(p) < 60 ? 0.0 : -1000.0;
    });
}

/// Where the picture is darkest, as a share of its side from the middle: + is right and down.
Vec2 darkest(ScratchFolder const& folder, std::string const& ct, std::vector<std::string> const& view)
{
    std::vector<std::string> line{"render", ct,        "--size", "96", "--fov",
                                  "110",    "--noise", "off",    "-o", (folder / "out.png").string()};
    line.insert(line.end(), view.begin(), view.end());
    EXPECT_TRUE(is_done(fluorolab(folder, line)));
    auto const image = read_grey_png(folder / "out.png").image;
    // The mean place of all that is as dark as the darkest, grain of the eight bits included.
    int const least = *std::ranges::min_element(image.values);
    Vec2 sum{0};
    int count = 0;
    for (int y = 0; y < image.rows; ++y)
        for (int x = 0; x < image.columns; ++x)
            if (image.at(x, y) <= least + 8) {
                sum += Vec2{x, y};
                ++count;
            }
    return (sum / double(count) + 0.5) / Vec2{image.columns, image.rows} - 0.5;
}

class Handedness : public testing::Test {
protected:
    ScratchFolder const folder;
    std::string const left = write_body(folder, "left", {30, 0, 0});
    std::string const head = write_body(folder, "head", {0, 0, 30});
    std::string const front = write_body(folder, "front", {0, -30, 0});
    /// At the isocentre 30 mm are 40 mm on the detector, 0.36 of 110 mm; nearer or farther by 30 mm, 4 % more or less.
    static constexpr double whole = 30.0 / 0.75 / 110;
    /// One pixel of 96 and 5 % of magnification.
    static constexpr double slack = 0.03;
};

TEST_F(Handedness, from_the_front_the_patient_s_left_is_at_the_right_and_the_head_is_up)
{
    Vec2 const l = darkest(folder, left, {}), h = darkest(folder, head, {}), f = darkest(folder, front, {});
    EXPECT_NEAR(l.x, whole, slack);
    EXPECT_NEAR(l.y, 0, slack);
    EXPECT_NEAR(h.x, 0, slack);
    EXPECT_NEAR(h.y, -whole, slack);
    EXPECT_NEAR(f.x, 0, slack); // on the central ray
    EXPECT_NEAR(f.y, 0, slack);
}

// The detector goes to the patient's left: from there the front of the body is at the picture's left.
TEST_F(Handedness, lao_40_takes_the_detector_to_the_patient_s_left)
{
    std::vector<std::string> const view{"--lao", "40"};
    Vec2 const l = darkest(folder, left, view), h = darkest(folder, head, view), f = darkest(folder, front, view);
    EXPECT_NEAR(l.x, whole * std::cos(radians(40)), slack);
    EXPECT_NEAR(h.y, -whole, slack);
    EXPECT_NEAR(f.x, -whole * std::sin(radians(40)), slack);
}

TEST_F(Handedness, from_the_left_the_front_is_at_the_left_and_the_head_is_up)
{
    std::vector<std::string> const view{"--lao", "90"};
    Vec2 const l = darkest(folder, left, view), h = darkest(folder, head, view), f = darkest(folder, front, view);
    EXPECT_NEAR(l.x, 0, slack);
    EXPECT_NEAR(h.y, -whole, slack);
    EXPECT_NEAR(f.x, -whole, slack);
    EXPECT_NEAR(f.y, 0, slack);
}

// The detector tilts toward the head and looks down along the front of the body: what is in front sinks in the picture.
TEST_F(Handedness, cranial_25_takes_the_detector_toward_the_head)
{
    std::vector<std::string> const view{"--cran", "25"};
    Vec2 const l = darkest(folder, left, view), h = darkest(folder, head, view), f = darkest(folder, front, view);
    EXPECT_NEAR(l.x, whole, slack);
    EXPECT_NEAR(l.y, 0, slack);
    EXPECT_NEAR(h.y, -whole * std::cos(radians(25)), slack);
    EXPECT_NEAR(f.y, whole * std::sin(radians(25)), slack);
}

} // namespace
} // namespace fluoro
