#include <fluoro/core/error.hpp>
#include <fluoro/image/files.hpp>
#include <gtest/gtest.h>
#include <read_png.hpp>
#include <scratch_folder.hpp>

#include <algorithm>
#include <fstream>

using namespace fluoro;

namespace {

/// Every value differs from its neighbours in both bytes; 0 and 65535 are in it.
Image<std::uint16_t> restless(int columns, int rows)
{
    Image<std::uint16_t> image{columns, rows};
    for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = std::uint16_t(i * 40503u + 7u);
    image.values.front() = 0;
    image.values.back() = 65535;
    return image;
}

std::ptrdiff_t files_in(std::filesystem::path const& folder)
{
    return std::distance(std::filesystem::directory_iterator{folder}, {});
}

} // namespace

TEST(Png, sixteen_bits_come_back_exactly)
{
    test::ScratchFolder const folder;
    for (auto const& [columns, rows] : {std::pair{1, 1}, {3, 2}, {512, 512}, {7, 301}}) {
        Image<std::uint16_t> const image = restless(columns, rows);
        write_png16(folder / "frame.png", image);
        GreyPng const read = read_grey_png(folder / "frame.png");
        EXPECT_EQ(read.bits, 16);
        EXPECT_EQ(read.image.columns, columns);
        EXPECT_EQ(read.image.rows, rows);
        EXPECT_TRUE(std::ranges::equal(read.image.values, image.values)) << columns << " x " << rows;
    }
}

TEST(Png, eight_bits_come_back_exactly_and_row_0_is_first)
{
    test::ScratchFolder const folder;
    Image<std::uint8_t> image{256, 2};
    for (int x = 0; x < 256; ++x) image.at(x, 0) = std::uint8_t(x);
    write_png8(folder / "last.png", image);
    GreyPng const read = read_grey_png(folder / "last.png");
    EXPECT_EQ(read.bits, 8);
    ASSERT_EQ(read.image.columns, 256);
    ASSERT_EQ(read.image.rows, 2);
    for (int x = 0; x < 256; ++x) {
        EXPECT_EQ(read.image.at(x, 0), x);
        EXPECT_EQ(read.image.at(x, 1), 0);
    }
}

TEST(Png, a_picture_is_replaced_whole_and_nothing_else_is_left)
{
    test::ScratchFolder const folder;
    write_png16(folder / "a.png", restless(64, 64));
    write_png16(folder / "a.png", restless(8, 8));
    EXPECT_EQ(read_grey_png(folder / "a.png").image.columns, 8);
    EXPECT_EQ(files_in(folder.path()), 1);
}

TEST(Png, a_folder_that_is_not_there_is_a_failed_job)
{
    test::ScratchFolder const folder;
    try {
        write_png16(folder / "none/a.png", restless(4, 4));
        FAIL() << "it was written";
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 1);
        EXPECT_NE(std::string{error.what()}.find("none/a.png"), std::string::npos);
    }
    EXPECT_EQ(files_in(folder.path()), 0);
}

TEST(Png, a_folder_in_the_way_is_refused_and_left_alone)
{
    test::ScratchFolder const folder;
    std::filesystem::create_directories(folder / "a.png/inside");
    EXPECT_THROW(write_png16(folder / "a.png", restless(4, 4)), Error);
    EXPECT_TRUE(std::filesystem::is_directory(folder / "a.png/inside"));
}
