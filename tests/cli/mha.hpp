#pragma once
#include "program.hpp"
#include <cstring>
#include <map>

namespace fluoro::test {

/// A two-dimensional MetaImage of several channels, read by the byte layout that the command line promises.
struct FloatImage {
    int columns = 0, rows = 0, channels = 0;
    std::vector<float> values;
    float at(int column, int row, int channel) const
    {
        return values[(std::size_t(row) * std::size_t(columns) + std::size_t(column)) * std::size_t(channels) +
                      std::size_t(channel)];
    }
};

inline FloatImage read_float_image(std::filesystem::path const& file)
{
    std::string const bytes = text_of(file);
    FloatImage image;
    std::map<std::string, std::string> header;
    std::size_t at = 0;
    while (!header.count("ElementDataFile")) {
        std::size_t const end = bytes.find('\n', at), equals = bytes.find(" = ", at);
        if (end == std::string::npos || equals > end) break;
        header[bytes.substr(at, equals - at)] = bytes.substr(equals + 3, end - equals - 3);
        at = end + 1;
    }
    EXPECT_EQ(header["NDims"], "2");
    EXPECT_EQ(header["ElementType"], "MET_FLOAT");
    EXPECT_NE(header["BinaryDataByteOrderMSB"], "True");
    EXPECT_NE(header["ElementByteOrderMSB"], "True");
    EXPECT_NE(header["CompressedData"], "True");
    EXPECT_EQ(header["ElementDataFile"], "LOCAL"); // and last: the data begins behind it
    EXPECT_EQ(std::sscanf(header["DimSize"].c_str(), "%d %d", &image.columns, &image.rows), 2);
    image.channels = std::atoi(header["ElementNumberOfChannels"].c_str());
    std::size_t const count = std::size_t(image.columns) * std::size_t(image.rows) * std::size_t(image.channels);
    EXPECT_EQ(bytes.size() - at, count * 4);
    if (bytes.size() - at != count * 4) return {};
    image.values.resize(count);
    std::memcpy(image.values.data(), bytes.data() + at, count * 4);
    return image;
}

/// A box of water, 64 x 200 x 64 mm, in air; the beam from behind goes through 200 mm of it.
inline std::string write_water(std::filesystem::path const& file)
{
    return write_ct(file, centred_grid({32, 110, 32}, Vec3{2}),
                    [](Vec3 const& p) { return std::abs(p.y) < 100 ? 0 : -1000; });
}

inline std::string write_air(std::filesystem::path const& file)
{
    return write_ct(file, centred_grid({32, 110, 32}, Vec3{2}), [](Vec3 const&) { return -1000; });
}

} // namespace fluoro::test
