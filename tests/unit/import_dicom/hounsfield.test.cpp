#include "synthetic_dicom.hpp"

#include <gtest/gtest.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

Patient written_and_read(std::vector<Slice> const& slices)
{
    ScratchFolder const folder;
    write_all(folder, slices);
    return read_folder(folder);
}

/// HU of pixel (column, row) of the lowest slice.
int hu_of_pixel(Patient const& patient, int column, int row)
{
    return patient.ct.hu[std::size_t(row) * std::size_t(patient.ct.grid.size.x) + std::size_t(column)];
}

/// Stored value in the corner block, the body elsewhere.
Slice with_corner(int stored)
{
    Slice slice;
    slice.stored = [stored](int column, int row) {
        return column < 3 && row < 2 ? std::optional{stored} : std::nullopt;
    };
    return slice;
}

} // namespace

// Half a unit from rounding the HU, half a slope from rounding the stored value.
TEST(Hounsfield, applies_the_slope_and_intercept_of_each_slice)
{
    auto slices = stack(Slice{}, 5, 2.0);
    for (std::size_t i = 0; i < slices.size(); ++i) {
        slices[i].slope = 0.25 * double(i + 1);
        slices[i].intercept = -1000 + 37.0 * double(i);
    }
    EXPECT_LE(worst_difference(written_and_read(slices), slanted_hu), 0.5 + 0.5 * 1.25 + 1e-6);
}

// 63536 is -2000 in 16 bits: -3024 HU with an intercept of -1024.
TEST(Hounsfield, makes_air_of_padding_whose_sign_is_wrong_in_the_header)
{
    Slice slice = with_corner(-2000);
    slice.padding = 63536;
    Patient const patient = written_and_read(stack(slice, 3, 2.0));
    EXPECT_EQ(hu_of_pixel(patient, 0, 0), -1000);
    EXPECT_EQ(hu_of_pixel(patient, 2, 1), -1000);
    EXPECT_NEAR(hu_of_pixel(patient, 3, 0), slanted_hu({-12 + 4.5, 5, 0}), 0.5);
    EXPECT_TRUE(has_note(patient, "18 pixels of padding")) << "3 slices of 6 pixels";
}

TEST(Hounsfield, makes_air_of_values_far_below_air_without_a_padding_value)
{
    Patient const patient = written_and_read(stack(with_corner(-2000), 3, 2.0));
    EXPECT_EQ(hu_of_pixel(patient, 0, 0), -1000);
    EXPECT_TRUE(has_note(patient, "18 pixels of padding"));
}

// -1024 - 400 = -1424 HU is odd, but above -1500: a scanner may have meant it.
TEST(Hounsfield, leaves_low_values_above_the_limit_as_they_are)
{
    Patient const patient = written_and_read(stack(with_corner(-400), 3, 2.0));
    EXPECT_EQ(hu_of_pixel(patient, 0, 0), -1424);
    EXPECT_FALSE(has_note(patient, "padding"));
}

TEST(Hounsfield, makes_air_of_high_padding_outside_the_body)
{
    Slice slice = with_corner(32767);
    slice.padding = 32767;
    slice.is_padding_vr_signed = true;
    EXPECT_EQ(hu_of_pixel(written_and_read(stack(slice, 3, 2.0)), 0, 0), -1000);
}

TEST(Hounsfield, makes_air_of_padding_only_where_it_touches_the_edge_if_it_could_be_tissue)
{
    Slice slice;
    slice.intercept = 0;
    slice.padding = 0; // 0 HU is water as well
    slice.stored = [](int column, int row) {
        bool const is_corner = column < 3 && row < 2;
        bool const is_inside = column == 12 && row == 10;
        return is_corner || is_inside ? std::optional{0} : std::optional{60};
    };
    Patient const patient = written_and_read(stack(slice, 3, 2.0));
    EXPECT_EQ(hu_of_pixel(patient, 2, 1), -1000);
    EXPECT_EQ(hu_of_pixel(patient, 12, 10), 0);
    EXPECT_EQ(hu_of_pixel(patient, 5, 5), 60);
}

TEST(Hounsfield, says_so_where_values_do_not_fit)
{
    Slice slice = with_corner(30000);
    slice.slope = 2;
    slice.hu = [](Vec3 const&) { return 40.0; };
    Patient const patient = written_and_read(stack(slice, 3, 2.0));
    EXPECT_EQ(hu_of_pixel(patient, 0, 0), 32767);
    EXPECT_TRUE(has_note(patient, "above 32767 HU"));
}

TEST(Hounsfield, refuses_unsigned_pixels_without_rescale_and_notes_signed_ones)
{
    Slice slice;
    slice.has_rescale = false;
    slice.intercept = 0;
    Patient const patient = written_and_read(stack(slice, 3, 2.0));
    EXPECT_LE(worst_difference(patient, slanted_hu), 0.5 + 1e-6);
    EXPECT_TRUE(has_note(patient, "without Rescale Slope"));

    ScratchFolder const folder;
    slice.is_signed = false;
    write_all(folder, stack(slice, 3, 2.0));
    EXPECT_NE(refusal(folder).find("Rescale"), std::string::npos);
}
