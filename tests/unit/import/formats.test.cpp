#include <fluoro/core/error.hpp>
#include <fluoro/import/reader.hpp>

#include <foreign_files.hpp>
#include <glm/gtc/matrix_transform.hpp>
#include <gtest/gtest.h>
#include <itkNiftiImageIO.h>
#include <limits>
#include <scratch_folder.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

Mat3 oblique()
{
    Mat4 const turned = glm::rotate(glm::rotate(Mat4{1.0}, 0.3, Vec3{0, 0, 1}), -0.2, Vec3{1, 0.5, 0});
    return Mat3{turned};
}

/// As scanned, turned to RAS order, lying sagittally, mirrored, oblique.
std::vector<Mat3> orientations()
{
    return {Mat3{1.0}, Mat3{Vec3{-1, 0, 0}, Vec3{0, -1, 0}, Vec3{0, 0, 1}},
            Mat3{Vec3{0, 1, 0}, Vec3{0, 0, -1}, Vec3{1, 0, 0}}, Mat3{Vec3{1, 0, 0}, Vec3{0, -1, 0}, Vec3{0, 0, 1}},
            oblique()};
}

/// Every voxel must stand where its value says. The file keeps positions as floats or nine digits: far below the 0.5 HU
/// that rounding forgives, but a value that lies next to a half may round the other way.
void expect_in_place(Patient const& patient, Grid const& grid, std::string const& what)
{
    ASSERT_EQ(patient.ct.hu.size(), grid.voxels()) << what;
    Mat4 const place = patient.ct.grid.patient_from_index();
    std::size_t at = 0;
    for (int k = 0; k < patient.ct.grid.size.z; ++k)
        for (int j = 0; j < patient.ct.grid.size.y; ++j)
            for (int i = 0; i < patient.ct.grid.size.x; ++i, ++at)
                ASSERT_NEAR(patient.ct.hu[at], hu_at(map_point(place, Vec3{double(i), double(j), double(k)})), 1.0)
                    << what << " voxel " << i << ' ' << j << ' ' << k;
}

class Formats : public testing::Test {
protected:
    Patient read(std::string const& name, Bytes const& bytes)
    {
        return read_foreign(write_file(folder / name, bytes), {});
    }
    ScratchFolder folder;
};

} // namespace

TEST_F(Formats, every_voxel_of_a_nifti_stands_where_the_file_says)
{
    int n = 0;
    for (Mat3 const& directions : orientations()) {
        Grid const grid = small_grid(directions);
        Bytes const file = nifti(grid, voxels<std::int16_t>(grid));
        expect_in_place(read(std::to_string(++n) + ".nii", file), grid, "nii");
        expect_in_place(read(std::to_string(n) + ".nii.gz", gzip(file)), grid, "nii.gz");
    }
}

// An independent reader of the same header: ITK keeps spacing and position as the floats of the file.
TEST_F(Formats, a_niftis_place_is_the_one_itk_reads)
{
    for (Mat3 const& directions : orientations()) {
        Grid const grid = small_grid(directions);
        auto const file = write_file(folder / "itk.nii", nifti(grid, voxels<std::int16_t>(grid)));
        auto const io = itk::NiftiImageIO::New();
        io->SetFileName(file.string());
        io->ReadImageInformation();
        Grid const ours = read_foreign(file, {}).ct.grid;
        for (unsigned axis = 0; axis < 3; ++axis) {
            EXPECT_EQ(io->GetDimensions(axis), unsigned(ours.size[int(axis)]));
            EXPECT_NEAR(io->GetSpacing(axis), ours.spacing_mm[int(axis)], 1e-6);
            EXPECT_NEAR(io->GetOrigin(axis), ours.origin_mm[int(axis)], 1e-5);
            for (unsigned component = 0; component < 3; ++component)
                EXPECT_NEAR(io->GetDirection(axis).at(component), ours.directions[int(axis)][int(component)], 1e-6);
        }
    }
}

TEST_F(Formats, a_nifti_is_read_itself_and_not_the_file_of_like_name_beside_it)
{
    Grid const grid = small_grid();
    write_file(folder / "scan.nii", nifti(grid, voxels<std::int16_t>(grid, [](Vec3 const&) { return 5; })));
    expect_in_place(read("scan.nii.gz", gzip(nifti(grid, voxels<std::int16_t>(grid)))), grid, "beside another");
}

TEST_F(Formats, every_voxel_of_an_nrrd_stands_where_the_file_says)
{
    for (Mat3 const& directions : orientations())
        for (char const* const space : {"left-posterior-superior", "right-anterior-superior"}) {
            Grid const grid = small_grid(directions);
            expect_in_place(read("a.nrrd", nrrd(grid, voxels<std::int16_t>(grid), space)), grid, space);
            expect_in_place(read("b.nrrd", nrrd(grid, gzip(voxels<std::int16_t>(grid)), space, "gzip")), grid, space);
        }
}

TEST_F(Formats, every_voxel_of_a_metaimage_stands_where_the_file_says)
{
    for (Mat3 const& directions : orientations()) {
        Grid const grid = small_grid(directions);
        Bytes const data = voxels<std::int16_t>(grid);
        expect_in_place(read("a.mha", meta(grid, data)), grid, "mha");
        write_file(folder / "b.raw", data);
        expect_in_place(read("b.mhd", meta(grid, data, "MET_SHORT", "b.raw")), grid, "mhd");
    }
}

TEST_F(Formats, a_compressed_metaimage_reads_like_a_plain_one)
{
    Grid const grid = small_grid();
    Bytes const data = voxels<std::int16_t>(grid);
    Bytes packed(compressBound(data.size()));
    uLongf length = packed.size();
    compress(packed.data(), &length, data.data(), data.size());
    packed.resize(length);
    Bytes const file = meta(grid, packed);
    std::string text(file.begin(), file.end());
    std::string const plain = "CompressedData = False";
    text.replace(text.find(plain), plain.size(),
                 "CompressedData = True\nCompressedDataSize = " + std::to_string(length));
    expect_in_place(read("c.mha", Bytes(text.begin(), text.end())), grid, "compressed mha");
}

TEST_F(Formats, a_detached_nrrd_reads_its_data_from_beside_it)
{
    Grid const grid = small_grid();
    write_file(folder / "b.raw", voxels<std::int16_t>(grid));
    expect_in_place(read("b.nhdr", nrrd(grid, {}, "left-posterior-superior", "raw", "b.raw")), grid, "nhdr");
}

TEST_F(Formats, a_niftis_qform_counts_where_there_is_no_sform)
{
    // A half turn about z (quaternion 0, 0, 0, 1): RAS steps -x, -y, +z, which is LPS +x, +y, +z.
    Grid const grid = small_grid();
    Bytes file = nifti(grid, voxels<std::int16_t>(grid), {.has_sform = false});
    put<std::int16_t>(file, 252, 1);
    put(file, 264, 1.0f);
    float const offset[3] = {float(-grid.origin_mm.x), float(-grid.origin_mm.y), float(grid.origin_mm.z)};
    put(file, 268, offset);
    expect_in_place(read("q.nii", file), grid, "qform");

    // A negative qfac turns the slices' direction around.
    put(file, 76, -1.0f);
    EXPECT_EQ(read("q.nii", file).ct.grid.directions[2], (Vec3{0, 0, -1}));
}

TEST_F(Formats, a_nifti_in_metres_is_read_in_millimetres)
{
    Grid const grid = small_grid();
    Bytes file = nifti(grid, voxels<std::int16_t>(grid));
    for (std::size_t at = 280; at < 328; at += 4) {
        float value = 0;
        std::memcpy(&value, file.data() + at, 4);
        put(file, at, value / 1000);
    }
    file[123] = 1;
    expect_in_place(read("m.nii", file), grid, "metres");
}

TEST_F(Formats, every_number_type_gives_the_same_hounsfield_units)
{
    Grid const grid = small_grid();
    auto const expect_type = [&](std::int16_t datatype, Bytes const& data) {
        expect_in_place(read("t.nii", nifti(grid, data, {.datatype = datatype})), grid,
                        "NIfTI type " + std::to_string(datatype));
    };
    expect_type(4, voxels<std::int16_t>(grid));
    expect_type(8, voxels<std::int32_t>(grid));
    expect_type(16, voxels<float>(grid));
    expect_type(64, voxels<double>(grid));
    expect_type(1024, voxels<std::int64_t>(grid));
    expect_in_place(read("i.mha", meta(grid, voxels<std::int32_t>(grid), "MET_INT")), grid, "MET_INT");
    expect_in_place(read("d.mha", meta(grid, voxels<double>(grid), "MET_DOUBLE")), grid, "MET_DOUBLE");
}

TEST_F(Formats, slope_and_intercept_are_applied)
{
    Grid const grid = small_grid();
    auto const stored = voxels<std::uint16_t>(grid, [](Vec3 const& p) { return (hu_at(p) + 1024) * 2; });
    expect_in_place(read("s.nii", nifti(grid, stored, {.datatype = 512, .slope = 0.5f, .intercept = -1024})), grid,
                    "slope");
    // A slope of 0 means none.
    expect_in_place(read("z.nii", nifti(grid, voxels<std::int16_t>(grid), {.slope = 0, .intercept = 77})), grid,
                    "slope 0");
}

TEST_F(Formats, a_big_endian_nifti_reads_like_a_little_endian_one)
{
    Grid const grid = small_grid();
    Bytes file = nifti(grid, voxels<std::int16_t>(grid));
    auto const turn = [&](std::size_t first, std::size_t last, std::size_t width) {
        for (std::size_t at = first; at < last; at += width)
            std::reverse(file.begin() + std::ptrdiff_t(at), file.begin() + std::ptrdiff_t(at + width));
    };
    turn(0, 4, 4), turn(40, 56, 2), turn(70, 76, 2), turn(76, 120, 4), turn(252, 256, 2), turn(256, 328, 4),
        turn(352, file.size(), 2);
    expect_in_place(read("big.nii", file), grid, "big-endian");
}

TEST_F(Formats, a_nifti_2_reads_like_a_nifti_1)
{
    Grid const grid = small_grid(oblique());
    Bytes file(544);
    put<std::int32_t>(file, 0, 540);
    std::memcpy(file.data() + 4, "n+2\0\r\n\032\n", 8);
    put<std::int16_t>(file, 12, 4);
    std::int64_t const dimensions[8] = {3, grid.size.x, grid.size.y, grid.size.z, 1, 1, 1, 1};
    put(file, 16, dimensions);
    put<std::int64_t>(file, 168, 544);
    put(file, 176, 2.0);
    put(file, 184, -300.0);
    put<std::int32_t>(file, 348, 1);
    put<std::int32_t>(file, 500, 2);
    for (int row = 0; row < 3; ++row) {
        double const sign = row < 2 ? -1 : 1;
        for (int axis = 0; axis < 3; ++axis)
            put(file, std::size_t(400 + 32 * row + 8 * axis),
                sign * grid.directions[axis][row] * grid.spacing_mm[axis]);
        put(file, std::size_t(400 + 32 * row + 24), sign * grid.origin_mm[row]);
    }
    Bytes const data = voxels<std::int16_t>(grid, [](Vec3 const& p) { return std::round((hu_at(p) + 300) / 2); });
    file.insert(file.end(), data.begin(), data.end());
    expect_in_place(read("two.nii", file), grid, "NIfTI-2");
    expect_in_place(read("two.nii.gz", gzip(file)), grid, "NIfTI-2 gz");
}

TEST_F(Formats, content_decides_what_a_file_is_not_its_name)
{
    Grid const grid = small_grid();
    Bytes const data = voxels<std::int16_t>(grid);
    expect_in_place(read("scan.dat", nifti(grid, data)), grid, "nii as .dat");
    expect_in_place(read("scan.nii", gzip(nifti(grid, data))), grid, "gz as .nii");
    expect_in_place(read("scan.mha", nrrd(grid, data)), grid, "nrrd as .mha");
    expect_in_place(read("scan.nrrd", meta(grid, data)), grid, "mha as .nrrd");
}

TEST_F(Formats, of_several_volumes_the_first_is_taken_with_a_note)
{
    Grid const grid = small_grid();
    Bytes data = voxels<std::int16_t>(grid);
    Bytes const second = voxels<std::int16_t>(grid, [](Vec3 const&) { return 999; });
    data.insert(data.end(), second.begin(), second.end());
    Bytes file = nifti(grid, data);
    put<std::int16_t>(file, 40, 4);
    put<std::int16_t>(file, 48, 2);
    for (char const* const name : {"4d.nii", "4d.nii.gz"}) {
        Patient const patient = read(name, name[5] ? gzip(file) : file);
        expect_in_place(patient, grid, name);
        ASSERT_FALSE(patient.origin.notes.empty());
        EXPECT_NE(patient.origin.notes[0].find("first"), std::string::npos);
    }
    // A fourth dimension of one is no second volume.
    put<std::int16_t>(file, 48, 1);
    Patient const patient = read("4d.nii", file);
    expect_in_place(patient, grid, "4d of one");
    EXPECT_TRUE(patient.origin.notes.empty());
}

TEST_F(Formats, padding_no_numbers_and_what_is_too_large_become_what_the_notes_say)
{
    Grid const grid = small_grid();
    Bytes data = voxels<float>(grid);
    float const odd[] = {-3024, -1500, std::nanf(""), std::numeric_limits<float>::infinity(), 1e6f, -1499.4f, 20.6f};
    std::memcpy(data.data(), odd, sizeof odd);
    Patient const patient = read("odd.nii", nifti(grid, data, {.datatype = 16}));
    std::vector<std::int16_t> const first(patient.ct.hu.begin(), patient.ct.hu.begin() + 7);
    EXPECT_EQ(first, (std::vector<std::int16_t>{-1000, -1000, -1000, -1000, 32767, -1499, 21}));
    EXPECT_EQ(patient.origin.notes.size(), 4u);
}

TEST_F(Formats, nothing_else_in_a_ct_is_changed)
{
    Grid const grid = small_grid();
    Bytes data = voxels<std::int16_t>(grid);
    std::int16_t const values[] = {-1499, -1024, -1001, 32767, 3071};
    std::memcpy(data.data(), values, sizeof values);
    Patient const patient = read("a.mha", meta(grid, data));
    EXPECT_TRUE(std::equal(std::begin(values), std::end(values), patient.ct.hu.begin()));
    EXPECT_TRUE(patient.origin.notes.empty());
}

TEST_F(Formats, a_drawn_phantom_of_few_values_is_a_ct)
{
    Grid const grid = small_grid();
    for (double const value : {0.0, -1000.0, 1000.0})
        EXPECT_EQ(read("p.mha", meta(grid, voxels<std::int16_t>(grid, [&](Vec3 const&) { return value; }))).ct.hu[0],
                  value);
    EXPECT_NO_THROW(
        read("p.mha", meta(grid, voxels<std::int16_t>(grid, [](Vec3 const& p) { return p.x > -5 ? 0.0 : 1000.0; }))));
}
