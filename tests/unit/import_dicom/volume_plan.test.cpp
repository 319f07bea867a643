#include "synthetic_dicom.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

// Stored values are whole HU.
constexpr double rounding = 0.5 + 1e-6;

Patient written_and_read(std::vector<Slice> const& slices)
{
    ScratchFolder const folder;
    write_all(folder, slices);
    return read_folder(folder);
}

std::string refusal_of(std::vector<Slice> const& slices)
{
    ScratchFolder const folder;
    write_all(folder, slices);
    return refusal(folder);
}

/// Unit vectors of an oblique plane.
Slice oblique_slice()
{
    Slice slice;
    slice.along_row = glm::normalize(Vec3{0.9, 0.3, -0.2});
    slice.along_column = glm::normalize(glm::cross(glm::normalize(Vec3{0.1, -0.4, 0.9}), slice.along_row));
    slice.position_mm = {-7, 12, 3};
    return slice;
}

} // namespace

TEST(VolumePlan, puts_every_voxel_at_its_place_in_the_patient)
{
    Patient const patient = written_and_read(stack(Slice{}, 8, 2.5));
    Grid const& grid = patient.ct.grid;
    EXPECT_EQ(grid.size, glm::ivec3(24, 20, 8));
    EXPECT_NEAR(grid.spacing_mm.x, 1.5, 1e-9) << "columns";
    EXPECT_NEAR(grid.spacing_mm.y, 1.25, 1e-9) << "rows: the first value of Pixel Spacing";
    EXPECT_NEAR(grid.spacing_mm.z, 2.5, 1e-9);
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
    // Half way between voxels; a linear body is met exactly but for the rounding of its corners.
    EXPECT_NEAR(hu_at(patient, {-1.7, 11.1, 6.3}), slanted_hu({-1.7, 11.1, 6.3}), rounding);
    EXPECT_NEAR(hu_at(patient, {20.0, 7.0, 16.0}), slanted_hu({20.0, 7.0, 16.0}), rounding);
}

TEST(VolumePlan, does_not_depend_on_the_order_of_files)
{
    auto slices = stack(Slice{}, 9, 2.0);
    std::rotate(slices.begin(), slices.begin() + 4, slices.end());
    std::swap(slices[1], slices[6]);
    EXPECT_LE(worst_difference(written_and_read(slices), slanted_hu), rounding);
    std::reverse(slices.begin(), slices.end());
    EXPECT_LE(worst_difference(written_and_read(slices), slanted_hu), rounding);
}

TEST(VolumePlan, keeps_feet_first_and_prone_patients_where_they_are)
{
    Slice first;
    first.patient_position = "FFP";
    first.along_row = {-1, 0, 0};
    first.along_column = {0, -1, 0};
    first.position_mm = {20, 30, 100};
    Patient const patient = written_and_read(stack(first, 5, -3.0));
    EXPECT_EQ(patient.origin.patient_position, "FFP");
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding);
    EXPECT_NEAR(glm::determinant(patient.ct.grid.directions), 1, 1e-9) << "right-handed";
}

TEST(VolumePlan, keeps_coronal_and_oblique_stacks_in_their_own_directions)
{
    Slice coronal;
    coronal.along_column = {0, 0, -1};
    EXPECT_LE(worst_difference(written_and_read(stack(coronal, 5, 2.0)), slanted_hu), rounding);

    Slice const oblique = oblique_slice();
    Patient const patient = written_and_read(stack(oblique, 5, 2.0));
    // Nine digits of the cosines over 35 mm and 16 HU/mm stay far below the rounding.
    EXPECT_LE(worst_difference(patient, slanted_hu), rounding + 1e-3);
    EXPECT_NEAR(glm::distance(patient.ct.grid.directions[0], oblique.along_row), 0, 1e-6);
    EXPECT_FALSE(has_note(patient, "resampled"));
}

// Slices of a gantry tilted by 18 degrees, moved along the table: sheared, and the linear body is met again wherever
// the slices reach. Rounding of the file and of the resampling add up.
TEST(VolumePlan, shears_gantry_tilt_away)
{
    double const tilt = radians(18);
    Slice first;
    first.along_column = {0, std::cos(tilt), -std::sin(tilt)};
    Patient const patient = written_and_read(stack(first, 12, 0, Vec3{0, 0, 3}));
    EXPECT_TRUE(has_note(patient, "tilted by 18.0 degrees"));
    Grid const& grid = patient.ct.grid;
    EXPECT_NEAR(glm::dot(grid.directions[1], grid.directions[2]), 0, 1e-9);
    EXPECT_NEAR(grid.spacing_mm.z, 3 * std::cos(tilt), 1e-6);

    std::size_t inside = 0;
    std::size_t at = 0;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i) {
                int const hu = patient.ct.hu[at++];
                if (hu == -1000) continue;
                ++inside;
                Vec3 const place =
                    grid.origin_mm + grid.directions * (grid.spacing_mm * Vec3{double(i), double(j), double(k)});
                ASSERT_NEAR(hu, slanted_hu(place), 2 * rounding);
            }
    // A shifted slice of 20 rows loses at most one of them to interpolation.
    EXPECT_GE(inside, std::size_t(24 * 19 * 12));
}

TEST(VolumePlan, interpolates_a_single_missing_slice_and_says_so)
{
    auto slices = stack(Slice{}, 30, 2.0);
    slices.erase(slices.begin() + 11);
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 30);
    // The mean of two rounded slices, rounded.
    EXPECT_LE(worst_difference(patient, slanted_hu), 2 * rounding);
    EXPECT_TRUE(has_note(patient, "1 missing slice was interpolated"));
}

TEST(VolumePlan, refuses_larger_holes_with_their_place)
{
    auto slices = stack(Slice{}, 30, 2.0);
    slices.erase(slices.begin() + 11, slices.begin() + 15);
    std::string const message = refusal_of(slices);
    EXPECT_NE(message.find("4 slices are missing between slice 11 at 20.00 mm"), std::string::npos) << message;

    auto holes = stack(Slice{}, 30, 2.0);
    for (int const lost : {25, 17, 5}) holes.erase(holes.begin() + lost);
    EXPECT_NE(refusal_of(holes).find("3 of its 30 slices are missing"), std::string::npos) << refusal_of(holes);
}

TEST(VolumePlan, refuses_uneven_spacing_with_its_place)
{
    auto slices = stack(Slice{}, 10, 2.0);
    for (std::size_t i = 6; i < 10; ++i) slices[i].position_mm.z += 0.9;
    std::string const message = refusal_of(slices);
    EXPECT_NE(message.find("unevenly spaced"), std::string::npos) << message;
    EXPECT_NE(message.find("slice 6"), std::string::npos) << message;
}

// 0.625 mm slices whose positions are written to a tenth of a millimetre.
TEST(VolumePlan, forgives_positions_rounded_in_the_file)
{
    auto slices = stack(Slice{}, 40, 0.625);
    for (auto& slice : slices) slice.position_mm.z = std::round(slice.position_mm.z * 10) / 10;
    Patient const patient = written_and_read(slices);
    EXPECT_EQ(patient.ct.grid.size.z, 40);
    EXPECT_NEAR(patient.ct.grid.spacing_mm.z, 0.625, 0.002) << "0.1 mm over 40 slices";
}

TEST(VolumePlan, refuses_a_single_slice)
{
    EXPECT_NE(refusal_of({Slice{}}).find("one slice is no volume"), std::string::npos);
}

TEST(VolumePlan, refuses_slices_that_lie_beside_each_other)
{
    auto slices = stack(Slice{}, 5, 0, Vec3{40, 0, 2});
    EXPECT_NE(refusal_of(slices).find("no volume"), std::string::npos) << refusal_of(slices);
}
