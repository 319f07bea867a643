#include "synthetic_dicom.hpp"

#include <gtest/gtest.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

constexpr double rounding = 0.5 + 1e-6;

double other_hu(Vec3 const& lps_mm)
{
    return slanted_hu(lps_mm) + 300;
}

void append(std::vector<Slice>& slices, std::vector<Slice> const& more)
{
    slices.insert(slices.end(), more.begin(), more.end());
}

Patient written_and_read(std::vector<Slice> const& slices)
{
    ScratchFolder const folder;
    write_all(folder, slices);
    return read_folder(folder);
}

} // namespace

TEST(Grouping, chooses_the_series_with_most_slices_and_names_the_other)
{
    auto slices = stack(Slice{}, 6, 2.0);
    Slice other;
    other.series += ".2";
    other.series_number = 7;
    other.description = "Thin";
    other.hu = other_hu;
    append(slices, stack(other, 9, 1.0));
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 9);
    EXPECT_LE(worst_difference(patient, other_hu), rounding);
    EXPECT_TRUE(has_note(patient, "the largest was chosen: series 7 'Thin'"));
    EXPECT_TRUE(has_note(patient, "not used: series 3 'Trial' (6 slices of 24 x 20)"));
}

TEST(Grouping, prefers_finer_pixels_among_equally_many_slices)
{
    auto slices = stack(Slice{}, 6, 2.0);
    Slice fine;
    fine.series += ".2";
    fine.column_spacing_mm = 0.75;
    append(slices, stack(fine, 6, 2.0));
    EXPECT_NEAR(written_and_read(slices).ct.grid.spacing_mm.x, 0.75, 1e-9);
}

TEST(Grouping, keeps_orientations_of_one_series_apart)
{
    auto slices = stack(Slice{}, 8, 2.0);
    Slice sagittal;
    sagittal.along_row = {0, 1, 0};
    sagittal.along_column = {0, 0, -1};
    sagittal.hu = other_hu;
    append(slices, stack(sagittal, 4, 2.0));
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 8);
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
}

TEST(Grouping, drops_identical_copies_of_slices)
{
    auto slices = stack(Slice{}, 8, 2.0);
    slices.push_back(slices[2]);
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 8);
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
    EXPECT_TRUE(has_note(patient, "1 slice was given twice"));

    append(slices, stack(Slice{}, 8, 2.0));
    EXPECT_EQ(written_and_read(slices).ct.grid.size.z, 8) << "a whole series twice";
}

TEST(Grouping, splits_slices_at_the_same_places_by_acquisition)
{
    auto slices = stack(Slice{}, 8, 2.0);
    Slice second;
    second.acquisition = 2;
    second.hu = other_hu;
    append(slices, stack(second, 10, 2.0));
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 10);
    EXPECT_LE(worst_difference(patient, other_hu), rounding);
}

TEST(Grouping, splits_slices_at_the_same_places_by_kernel)
{
    auto slices = stack(Slice{}, 8, 2.0);
    Slice second;
    second.kernel = "LUNG";
    second.hu = other_hu;
    second.instance = 101;
    append(slices, stack(second, 8, 2.0));
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 8);
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding) << "equal size: the lower instance";
}

TEST(Grouping, splits_a_dynamic_series_by_instance)
{
    auto slices = stack(Slice{}, 6, 2.0);
    Slice second;
    second.instance = 50;
    second.hu = other_hu;
    append(slices, stack(second, 6, 2.0));
    Patient const patient = written_and_read(slices);
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
    EXPECT_TRUE(has_note(patient, "holds 2 slices at every place"));
}

TEST(Grouping, refuses_different_pixels_at_one_place_that_nothing_tells_apart)
{
    auto slices = stack(Slice{}, 8, 2.0);
    slices.push_back(slices[2]);
    slices.back().hu = other_hu;
    ScratchFolder const folder;
    write_all(folder, slices);
    EXPECT_NE(refusal(folder).find("different pixels for the same place at 4.00 mm"), std::string::npos)
        << refusal(folder);
}

TEST(Grouping, does_not_replace_a_long_refused_series_by_a_short_one)
{
    auto slices = stack(Slice{}, 20, 2.0);
    slices.erase(slices.begin() + 8, slices.begin() + 14);
    Slice small;
    small.series += ".2";
    append(slices, stack(small, 3, 2.0));
    ScratchFolder const folder;
    write_all(folder, slices);
    EXPECT_NE(refusal(folder).find("6 slices are missing"), std::string::npos) << refusal(folder);
}
