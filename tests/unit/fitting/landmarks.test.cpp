#include <fluoro/core/error.hpp>
#include <fluoro/fitting/landmarks.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

std::vector<std::string> const names{"carina", "T5", "T6", "hip-left", "hip-right"};

Grid ct()
{
    Grid grid;
    grid.size = {200, 150, 100};
    grid.spacing_mm = {2, 2, 3};
    grid.origin_mm = {-200, -150, 0};
    return grid;
}

class LandmarkFile : public testing::Test {
protected:
    std::string path(std::string const& text)
    {
        std::ofstream{folder / "places.yaml"} << text;
        return (folder / "places.yaml").string();
    }
    std::map<std::string, Vec3> read(std::string const& text) { return read_landmarks(path(text), names, ct()); }
    std::string refusal(std::string const& text)
    {
        try {
            read(text);
        } catch (Error const& error) {
            EXPECT_EQ(error.exit_code(), 2);
            return error.what();
        }
        return "";
    }
    test::ScratchFolder folder;
};

TEST_F(LandmarkFile, names_and_places_come_back_as_they_were_written)
{
    auto const places = read("landmarks:\n  carina: [-12, 14.5, 109]\n  hip-left: [90, 10, 20]\n");
    ASSERT_EQ(places.size(), 2u);
    EXPECT_EQ(places.at("carina"), (Vec3{-12, 14.5, 109}));
    EXPECT_EQ(read(landmarks_as_yaml(places)), places);
}

TEST_F(LandmarkFile, an_unknown_name_is_told_the_nearest_one_and_its_line)
{
    std::string const why = refusal("landmarks:\n  carina: [0, 0, 100]\n  hip-lef: [90, 10, 20]\n");
    EXPECT_NE(why.find(":3:"), std::string::npos) << why;
    EXPECT_NE(why.find("hip-left"), std::string::npos) << why;
}

TEST_F(LandmarkFile, a_place_outside_the_ct_is_refused)
{
    EXPECT_NE(refusal("landmarks:\n  carina: [0, 0, 400]\n").find("outside the CT"), std::string::npos);
    EXPECT_EQ(refusal("landmarks:\n  carina: [0, 0, 297]\n"), "");
}

TEST_F(LandmarkFile, two_at_the_same_place_are_refused)
{
    std::string const why = refusal("landmarks:\n  T5: [0, 0, 100]\n  T6: [0, 0.2, 100]\n");
    EXPECT_NE(why.find("same place"), std::string::npos) << why;
    EXPECT_NE(why.find("T5"), std::string::npos) << why;
}

TEST_F(LandmarkFile, left_and_right_swapped_are_refused)
{
    std::string const why = refusal("landmarks:\n  hip-left: [-90, 0, 20]\n  hip-right: [90, 0, 20]\n");
    EXPECT_NE(why.find("swap"), std::string::npos) << why;
}

TEST_F(LandmarkFile, what_is_no_place_or_no_such_file_is_refused)
{
    for (char const* text : {"landmarks:\n  T5: [0, 0]\n", "landmarks:\n  T5: here\n", "landmarks: [1, 2]\n",
                             "landmarks:\n  T5: [0, 0, high]\n", "places: {}\n", "- 1\n",
                             "landmarks:\n  T5: [0, 0, .nan]\n", "landmarks:\n  T5: [0, 0, 10]\n  T5: [0, 0, 20]\n"})
        EXPECT_NE(refusal(text), "") << text;
    EXPECT_THROW(read_landmarks(folder / "none.yaml", names, ct()), Error);
}

TEST(Landmarks, know_their_other_side)
{
    EXPECT_EQ(other_side("hip-left"), "hip-right");
    EXPECT_EQ(other_side("pedicle-right-T5"), "pedicle-left-T5");
    EXPECT_EQ(other_side("carina"), "");
}

} // namespace
} // namespace fluoro
