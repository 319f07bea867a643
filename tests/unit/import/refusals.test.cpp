#include <fluoro/core/error.hpp>
#include <fluoro/import/reader.hpp>

#include <chrono>
#include <foreign_files.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace fluoro;
using namespace fluoro::test;

#ifdef FLUORO_SANITIZED
// ITK's NRRD library keeps its buffers when damaged gzip data stops it; the worker ends right after.
extern "C" char const* __lsan_default_suppressions();
extern "C" char const* __lsan_default_suppressions()
{
    return "leak:libITKNrrdIO";
}
#endif

namespace {

class Refusals : public testing::Test {
protected:
    /// The file must be refused by a line that names it and holds `reason`, before any large memory is asked for.
    void expect_refused(std::string const& name, Bytes const& bytes, std::string const& reason)
    {
        expect_refused(write_file(folder / name, bytes), reason);
    }
    void expect_refused(std::filesystem::path const& file, std::string const& reason)
    {
        auto const start = std::chrono::steady_clock::now();
        try {
            (void)read_foreign(file, {});
            ADD_FAILURE() << "accepted: " << file << ", expected: " << reason;
        } catch (Error const& error) {
            std::string const message = error.what();
            EXPECT_NE(message.find(reason), std::string::npos) << message << "\n  expected: " << reason;
            EXPECT_NE(message.find(file.filename().string()), std::string::npos) << message;
            EXPECT_EQ(message.find('\n'), std::string::npos) << message;
            EXPECT_EQ(error.exit_code(), 2);
        }
        EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 2.0) << file;
    }
    ScratchFolder folder;
};

std::string with(Bytes const& bytes, std::string const& from, std::string const& to)
{
    std::string text(bytes.begin(), bytes.end());
    auto const at = text.find(from);
    if (at == std::string::npos) throw std::logic_error{"nothing to replace: " + from};
    return text.replace(at, from.size(), to);
}
Bytes bytes_of(std::string const& text)
{
    return {text.begin(), text.end()};
}

Grid const grid = small_grid();
Bytes const data = voxels<std::int16_t>(grid);

} // namespace

TEST_F(Refusals, header_bombs_cost_neither_time_nor_memory)
{
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    Bytes bomb = nifti(grid, data);
    std::int16_t const huge[4] = {3, 32767, 32767, 32767};
    put(bomb, 40, huge);
    expect_refused("bomb.nii", bomb, "1024^3");
    expect_refused("bomb.nii.gz", gzip(bomb), "1024^3");
    expect_refused("bomb.nrrd", bytes_of(with(nrrd(grid, data), "sizes: 7 6 5", "sizes: 4000000 4000000 4000")),
                   "1024^3");
    expect_refused("bomb.mha", bytes_of(with(meta(grid, data), "DimSize = 7 6 5", "DimSize = 200000 200000 200000")),
                   "1024^3");
    expect_refused("over.mha", bytes_of(with(meta(grid, data), "DimSize = 7 6 5", "DimSize = 4294967296 4294967296 2")),
                   "1024^3");
    expect_refused("wide.mha",
                   bytes_of(with(meta(grid, data), "DimSize = 7 6 5", "DimSize = 99999999999999999999 2 2")),
                   "whole number");
    expect_refused("less.mha", bytes_of(with(meta(grid, data), "DimSize = 7 6 5", "DimSize = -7 6 5")), "damaged");
    // Within the limits of a volume, but not of the file.
    expect_refused("large.mha", bytes_of(with(meta(grid, data), "DimSize = 7 6 5", "DimSize = 1000 1000 1000")),
                   "holds");
    std::int16_t const large[4] = {3, 1000, 1000, 1000};
    put(bomb, 40, large);
    expect_refused("large.nii", bomb, "holds");
    expect_refused("large.nii.gz", gzip(bomb), "200 to 1");
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024); // kB
}

TEST_F(Refusals, a_gzip_bomb_is_not_inflated)
{
    // 79 MB of zeros in 80 kB behind an honest header.
    Grid big = grid;
    big.size = glm::ivec3{512, 512, 150};
    Bytes head = nifti(big, {});
    head.resize(352 + big.voxels() * 2);
    expect_refused("bomb.nii.gz", gzip(head), "200 to 1");
}

TEST_F(Refusals, cut_off_files_are_refused_everywhere)
{
    Bytes const files[] = {nifti(grid, data), gzip(nifti(grid, data)), nrrd(grid, data),
                           nrrd(grid, gzip(data), "left-posterior-superior", "gzip"), meta(grid, data)};
    for (std::size_t n = 0; n < std::size(files); ++n)
        for (std::size_t length = 0; length + 20 < files[n].size(); length += 7) {
            auto const file = write_file(folder / "cut", std::span{files[n]}.first(length));
            EXPECT_THROW(read_foreign(file, {}), Error) << n << " cut to " << length;
            std::filesystem::remove(folder / "cut");
            for (auto const& entry : std::filesystem::directory_iterator{folder.path()})
                std::filesystem::remove(entry.path());
        }
}

TEST_F(Refusals, data_files_outside_the_headers_folder_are_not_read)
{
    ScratchFolder const elsewhere;
    write_file(elsewhere / "secret.raw", data);
    std::filesystem::create_directories(folder / "sub");
    write_file(folder / "sub/inner.raw", data);
    std::filesystem::create_symlink(elsewhere / "secret.raw", folder / "link.raw");
    ASSERT_EQ(::mkfifo((folder / "pipe.raw").c_str(), 0600), 0);
    for (std::string const& name :
         {(elsewhere / "secret.raw").string(), "../" + elsewhere.path().filename().string() + "/secret.raw",
          std::string{"sub/inner.raw"}, std::string{".."}}) {
        expect_refused("a.mhd", meta(grid, {}, "MET_SHORT", name), "own folder");
        expect_refused("a.nhdr", nrrd(grid, {}, "left-posterior-superior", "raw", name), "own folder");
    }
    expect_refused("a.mhd", meta(grid, {}, "MET_SHORT", "link.raw"), "link");
    expect_refused("a.nhdr", nrrd(grid, {}, "left-posterior-superior", "raw", "link.raw"), "link");
    EXPECT_THROW(read_foreign(write_file(folder / "a.mhd", meta(grid, {}, "MET_SHORT", "pipe.raw")), {}), Error);
    EXPECT_THROW(read_foreign(write_file(folder / "a.mhd", meta(grid, {}, "MET_SHORT", "absent.raw")), {}), Error);
    expect_refused("a.mhd", meta(grid, {}, "MET_SHORT", "LIST"), "several files");
    expect_refused("a.mhd", meta(grid, {}, "MET_SHORT", "slice%03d.raw 1 9 1"), "several files");
}

TEST_F(Refusals, what_is_no_ct_is_refused_by_name)
{
    auto const image = [&](std::function<double(Vec3 const&)> const& value) {
        return meta(grid, voxels<float>(grid, value), "MET_FLOAT");
    };
    std::string const no_ct = "not a CT in Hounsfield units";
    expect_refused("mask.mha", image([](Vec3 const& p) { return p.x > -5; }), no_ct);
    expect_refused("labels.mha", image([](Vec3 const& p) { return std::floor(p.x + 20); }), no_ct);
    expect_refused("unit.mha", image([](Vec3 const& p) { return (p.z + p.x) / 100 + 0.2; }), no_ct);
    expect_refused("signed-unit.mha", image([](Vec3 const& p) { return p.x / 30; }), no_ct);
    expect_refused("mr.mha", image([](Vec3 const& p) { return hu_at(p) + 3000; }), no_ct);
    expect_refused("dense.mha", image([](Vec3 const& p) { return hu_at(p) * 20; }), no_ct);
    expect_refused("padding.mha", image([](Vec3 const&) { return -3024; }), no_ct);
}

TEST_F(Refusals, geometry_that_makes_no_patient_is_refused)
{
    Mat3 sheared{1.0};
    sheared[2] = glm::normalize(Vec3{0, 0.2, 1});
    expect_refused("tilt.nii", nifti(small_grid(sheared), data), "right angles");
    expect_refused("tilt.mha", meta(small_grid(sheared), data), "right angles");
    expect_refused("none.nii", nifti(grid, data, {.has_sform = false}), "orientation");
    Grid odd = grid;
    odd.spacing_mm.z = 500;
    expect_refused("far.nii", nifti(odd, data), "spacing");
    odd = grid;
    odd.size.z = 1;
    expect_refused("slice.nii", nifti(odd, data), "no volume");
    Bytes nan = nifti(grid, data);
    put(nan, 292, std::nanf(""));
    EXPECT_THROW(read_foreign(write_file(folder / "nan.nii", nan), {}), Error);
}

TEST_F(Refusals, several_values_per_voxel_and_unknown_encodings_are_refused)
{
    expect_refused("rgb.nii", nifti(grid, data, {.datatype = 128}), "data type 128");
    expect_refused("vector.mha",
                   bytes_of(with(meta(grid, data), "ElementType", "ElementNumberOfChannels = 3\nElementType")),
                   "several values");
    expect_refused("text.mha", bytes_of(with(meta(grid, data), "BinaryData = True", "BinaryData = False")), "text");
    expect_refused("text.nrrd", bytes_of(with(nrrd(grid, data), "encoding: raw", "encoding: ascii")), "encoding");
    expect_refused("skip.nrrd", bytes_of(with(nrrd(grid, data), "endian", "line skip: 3\nendian")), "skips");
    expect_refused("twice.mha", bytes_of(with(meta(grid, data), "ElementType", "DimSize = 2 2 2\nElementType")),
                   "twice");
    Bytes pair = nifti(grid, data);
    std::memcpy(pair.data() + 344, "ni1", 4);
    expect_refused("pair.hdr", pair, "one .nii file");
}

TEST_F(Refusals, what_is_no_known_format_is_told_what_would_be)
{
    expect_refused("empty", {}, "empty");
    expect_refused("text.txt", Bytes(5000, 'x'), "no format this program knows");
    expect_refused("a.zip", bytes_of(std::string{"PK\x03\x04"} + std::string(500, 'x')), "zip");
    expect_refused("a.gz", gzip(Bytes(5000, 'x')), "compressed");
    expect_refused(folder / "absent.nii", "cannot be opened");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    expect_refused(folder / "pipe", "regular file");
    expect_refused("/dev/zero", "regular file");
}
