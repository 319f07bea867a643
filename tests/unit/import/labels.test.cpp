#include <fluoro/core/error.hpp>
#include <fluoro/import/reader.hpp>

#include <foreign_files.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

/// A label that says where it stands: 0 to 60,000.
double label_at(Vec3 const& p)
{
    return std::round(1000 * (p.x + 14) + 100 * (p.y - 5) + (p.z - 18));
}

class Labels : public testing::Test {
protected:
    Patient read(Bytes const& labels, std::string const& name = "labels.mha")
    {
        auto const ct = write_file(folder / "ct.nii", nifti(grid, voxels<std::int16_t>(grid)));
        return read_foreign(ct, {.labels = write_file(folder / name, labels)});
    }
    void expect_refused(Bytes const& labels, std::string const& reason)
    {
        try {
            (void)read(labels);
            ADD_FAILURE() << "accepted, expected: " << reason;
        } catch (Error const& error) {
            EXPECT_NE(std::string{error.what()}.find(reason), std::string::npos) << error.what();
            EXPECT_NE(std::string{error.what()}.find("labels.mha"), std::string::npos) << error.what();
        }
    }
    void expect_in_place(Patient const& patient)
    {
        ASSERT_EQ(patient.labels.size(), grid.voxels());
        std::size_t at = 0;
        for (int k = 0; k < grid.size.z; ++k)
            for (int j = 0; j < grid.size.y; ++j)
                for (int i = 0; i < grid.size.x; ++i, ++at)
                    ASSERT_EQ(patient.labels[at],
                              label_at(map_point(grid.patient_from_index(), Vec3{double(i), double(j), double(k)})));
    }
    ScratchFolder folder;
    Grid const grid = small_grid();
};

/// The same voxels, stored from the other end of `axis`.
Grid turned_around(Grid grid, int axis)
{
    grid.origin_mm += grid.directions[axis] * grid.spacing_mm[axis] * double(grid.size[axis] - 1);
    grid.directions[axis] = -grid.directions[axis];
    return grid;
}

} // namespace

TEST_F(Labels, on_the_cts_grid_are_kept_voxel_by_voxel_from_any_format)
{
    expect_in_place(read(meta(grid, voxels<std::uint16_t>(grid, label_at), "MET_USHORT")));
    expect_in_place(read(nifti(grid, voxels<float>(grid, label_at), {.datatype = 16}), "labels.nii"));
    expect_in_place(read(gzip(nifti(grid, voxels<std::int32_t>(grid, label_at), {.datatype = 8})), "labels.nii.gz"));
}

TEST_F(Labels, stored_in_another_order_are_put_into_the_cts)
{
    for (int axis = 0; axis < 3; ++axis) {
        Grid const other = turned_around(grid, axis);
        expect_in_place(read(meta(other, voxels<std::uint16_t>(other, label_at), "MET_USHORT")));
    }
    Grid swapped = grid;
    std::swap(swapped.size.x, swapped.size.z);
    std::swap(swapped.spacing_mm.x, swapped.spacing_mm.z);
    std::swap(swapped.directions[0], swapped.directions[2]);
    expect_in_place(read(meta(swapped, voxels<std::uint16_t>(swapped, label_at), "MET_USHORT")));
}

TEST_F(Labels, on_another_grid_are_refused_with_both_grids_named)
{
    Grid moved = grid;
    moved.origin_mm.x += 0.01;
    expect_refused(meta(moved, voxels<std::uint16_t>(moved, label_at), "MET_USHORT"),
                   "7 x 6 x 5 voxels of 2 x 1.5 x 3 mm at (-12, 7, 20)");
    Grid larger = grid;
    larger.size.z += 1;
    expect_refused(meta(larger, voxels<std::uint16_t>(larger, label_at), "MET_USHORT"), "7 x 6 x 6 voxels");
    Grid coarser = grid;
    coarser.spacing_mm.y = 1.51;
    expect_refused(meta(coarser, voxels<std::uint16_t>(coarser, label_at), "MET_USHORT"), "resample");
}

TEST_F(Labels, that_are_no_whole_numbers_in_range_are_refused)
{
    for (double const value : {0.5, -1.0, 70000.0, std::nan("")})
        expect_refused(meta(grid, voxels<float>(grid, [&](Vec3 const&) { return value; }), "MET_FLOAT"),
                       "not a label map");
}
