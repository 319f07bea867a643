#include <fluoro/core/error.hpp>
#include <fluoro/image/files.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

#include <bit>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

using namespace fluoro;

namespace {

struct ReadMha {
    std::vector<std::string> keys; ///< in the file's order
    std::map<std::string, std::string> header;
    std::string data;
};

ReadMha read_mha(std::filesystem::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    ReadMha read;
    std::string line;
    while (std::getline(in, line)) {
        auto const middle = line.find(" = ");
        if (middle == std::string::npos) throw std::runtime_error{"not a header line: " + line};
        read.keys.push_back(line.substr(0, middle));
        read.header[read.keys.back()] = line.substr(middle + 3);
        if (read.keys.back() == "ElementDataFile") break;
    }
    std::ostringstream rest;
    rest << in.rdbuf();
    read.data = rest.str();
    return read;
}

/// Little-endian float number `index` of the data, put together byte by byte.
float float_at(std::string const& data, std::size_t index)
{
    std::uint32_t bits = 0;
    for (std::size_t byte = 0; byte < 4; ++byte)
        bits |= std::uint32_t(static_cast<unsigned char>(data.at(index * 4 + byte))) << (8 * byte);
    return std::bit_cast<float>(bits);
}

} // namespace

TEST(Mha, header_says_what_the_command_line_promises)
{
    test::ScratchFolder const folder;
    std::vector<Image<float>> const channels(3, Image<float>{5, 4});
    write_mha(folder / "t.mha", channels, 0.25);
    ReadMha const read = read_mha(folder / "t.mha");
    EXPECT_EQ(read.header.at("ObjectType"), "Image");
    EXPECT_EQ(read.header.at("NDims"), "2");
    EXPECT_EQ(read.header.at("DimSize"), "5 4") << "columns, then rows";
    EXPECT_EQ(read.header.at("ElementNumberOfChannels"), "3");
    EXPECT_EQ(read.header.at("ElementType"), "MET_FLOAT");
    EXPECT_EQ(read.header.at("ElementSpacing"), "0.25 0.25");
    EXPECT_EQ(read.header.at("BinaryData"), "True");
    EXPECT_EQ(read.header.at("BinaryDataByteOrderMSB"), "False");
    EXPECT_EQ(read.header.at("CompressedData"), "False");
    EXPECT_EQ(read.header.at("ElementDataFile"), "LOCAL");
    EXPECT_EQ(read.keys.back(), "ElementDataFile") << "readers take what follows this line for data";
}

TEST(Mha, channels_are_interleaved_little_endian_floats_with_row_0_first)
{
    test::ScratchFolder const folder;
    std::vector<Image<float>> channels(2, Image<float>{3, 2});
    for (int y = 0; y < 2; ++y)
        for (int x = 0; x < 3; ++x)
            for (int c = 0; c < 2; ++c) channels[std::size_t(c)].at(x, y) = float(100 * y + 10 * x + c) + 0.125f;
    channels[1].at(2, 1) = -std::numeric_limits<float>::denorm_min();
    write_mha(folder / "t.mha", channels, 0.390625);
    ReadMha const read = read_mha(folder / "t.mha");
    ASSERT_EQ(read.data.size(), 3u * 2 * 2 * sizeof(float)) << "not a byte more or less";
    for (int y = 0; y < 2; ++y)
        for (int x = 0; x < 3; ++x)
            for (int c = 0; c < 2; ++c)
                EXPECT_EQ(float_at(read.data, std::size_t((y * 3 + x) * 2 + c)), channels[std::size_t(c)].at(x, y));
}

TEST(Mha, the_known_file_has_these_bytes)
{
    test::ScratchFolder const folder;
    Image<float> one{1, 1};
    one.at(0, 0) = 1.0f;
    write_mha(folder / "t.mha", std::span{&one, 1}, 1);
    std::ifstream in{folder / "t.mha", std::ios::binary};
    std::ostringstream bytes;
    bytes << in.rdbuf();
    std::string const expected = std::string{"ObjectType = Image\nNDims = 2\nBinaryData = True\n"
                                             "BinaryDataByteOrderMSB = False\nCompressedData = False\n"
                                             "ElementSpacing = 1 1\nDimSize = 1 1\nElementNumberOfChannels = 1\n"
                                             "ElementType = MET_FLOAT\nElementDataFile = LOCAL\n"} +
                                 std::string("\x00\x00\x80\x3f", 4);
    EXPECT_EQ(bytes.str(), expected);
}

TEST(Mha, a_folder_that_is_not_there_is_a_failed_job)
{
    test::ScratchFolder const folder;
    Image<float> const one{1, 1};
    try {
        write_mha(folder / "none/t.mha", std::span{&one, 1}, 1);
        FAIL() << "it was written";
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 1);
        EXPECT_NE(std::string{error.what()}.find("none/t.mha"), std::string::npos);
    }
}
