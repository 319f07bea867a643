#include "synthetic_dicom.hpp"

#include <algorithm>
#include <gtest/gtest.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

/// A series whose first slice has one word of its run-length header replaced.
std::string refusal_with(std::size_t word, std::uint32_t value)
{
    ScratchFolder const folder;
    Slice first;
    first.encoding = Encoding::rle;
    write_all(folder, stack(first, 2, 2.0));
    auto const file = folder.path() / "image-0000.dcm";
    auto bytes = file_bytes(file);
    // Pixel data of undefined length, an empty offset table, then the fragment: its header begins with two segments.
    std::vector<std::uint8_t> const begin{2, 0, 0, 0, 64, 0, 0, 0};
    auto const header = std::search(bytes.begin(), bytes.end(), begin.begin(), begin.end());
    EXPECT_NE(header, bytes.end());
    for (int byte = 0; byte < 4; ++byte) header[std::ptrdiff_t(4 * word) + byte] = std::uint8_t(value >> (8 * byte));
    write_bytes(file, bytes);
    return refusal(folder);
}

} // namespace

TEST(Rle, refuses_segments_outside_the_data)
{
    for (std::uint32_t const offset : {0u, 63u, 0xffffffffu, 0x80000000u, 1'000'000u})
        for (std::size_t const segment : {1, 2})
            EXPECT_NE(refusal_with(segment, offset).find("outside its data"), std::string::npos)
                << segment << " at " << offset;
}

TEST(Rle, refuses_another_number_of_segments_than_bytes_in_a_pixel)
{
    for (std::uint32_t const segments : {0u, 1u, 3u, 15u, 0xffffffffu})
        EXPECT_NE(refusal_with(0, segments).find("run-length header"), std::string::npos) << segments;
}

// The second segment moved to just behind the header leaves six bytes to the first.
TEST(Rle, refuses_data_that_break_off)
{
    EXPECT_NE(refusal_with(2, 70).find("break off"), std::string::npos) << refusal_with(2, 70);
}

TEST(Rle, unpacks_long_runs_and_literals)
{
    Slice slice;
    slice.encoding = Encoding::rle;
    slice.columns = 300;
    slice.hu = [](Vec3 const& place) { return place.x < 200 ? 40.0 : slanted_hu(place); };
    ScratchFolder const folder;
    write_all(folder, stack(slice, 3, 2.0));
    EXPECT_LE(worst_difference(read_folder(folder), slice.hu), 0.5 + 1e-6);
}
