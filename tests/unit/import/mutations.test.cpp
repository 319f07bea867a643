// Damaged files through the real path: this process starts the worker, which reads them. 400 a format, 20,000 with
// FLUORO_LONG=1. Whatever the damage, this process lives, and the outcome is a patient or a line that names the file.
#include <fluoro/patient/bundle.hpp>
#include <fluoro/patient/importer.hpp>

#include <chrono>
#include <cstdio>
#include <foreign_files.hpp>
#include <gtest/gtest.h>
#include <mutate.hpp>
#include <scratch_folder.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

class Mutations : public testing::Test {
protected:
    Mutations() { ::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1); }
    ~Mutations() override { ::unsetenv("XDG_CACHE_HOME"); }

    void try_all(std::string const& name, Bytes const& original, std::uint64_t seed, std::size_t header)
    {
        // The undamaged file is a patient; otherwise nothing is tested below.
        ASSERT_NO_THROW(import_ct(write_file(folder / name, original), {})) << name;
        int imported = 0, refused = 0, broken = 0;
        double longest_s = 0;
        std::uint32_t const count = mutation_count();
        for (std::uint32_t index = 0; index < count; ++index) {
            auto const file = write_file(folder / name, mutated(original, seed, index, header));
            auto const start = std::chrono::steady_clock::now();
            try {
                Patient const patient = import_ct(file, {});
                EXPECT_EQ(patient.ct.hu.size(), patient.ct.grid.voxels());
                ++imported;
            } catch (Error const& error) {
                std::string const message = error.what();
                ++refused;
                broken += message.find("broke its reader") != std::string::npos ||
                          message.find("stopped by signal") != std::string::npos;
                EXPECT_NE(message.find(file.filename().string()), std::string::npos) << message;
                EXPECT_EQ(message.find('\n'), std::string::npos) << message;
                EXPECT_EQ(error.exit_code(), 2) << message;
            }
            double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            longest_s = std::max(longest_s, seconds);
#ifndef FLUORO_SANITIZED
            EXPECT_LT(seconds, 5.0) << name << " mutation " << index;
#endif
        }
        std::printf("%s: %u mutations, %d imported, %d refused (%d broke the reader), longest %.3f s\n", name.c_str(),
                    count, imported, refused, broken, longest_s);
    }

    ScratchFolder cache, folder;
    Grid const grid = small_grid();
    Bytes const data = voxels<std::int16_t>(grid);
};

} // namespace

TEST_F(Mutations, nifti)
{
    try_all("m.nii", nifti(grid, data), 1, 352);
}
TEST_F(Mutations, nifti_gz)
{
    try_all("m.nii.gz", gzip(nifti(grid, data)), 2, 64);
}
TEST_F(Mutations, nifti_gz_header_damaged_before_packing)
{
    // Damage inside the gzip checksum, as a damaged scanner or converter would make it.
    Bytes const plain = nifti(grid, data);
    for (std::uint32_t index = 0; index < mutation_count(200); ++index) {
        auto const file = write_file(folder / "inner.nii.gz", gzip(mutated(plain, 3, index, 352)));
        try {
            (void)import_ct(file, {});
        } catch (Error const& error) {
            EXPECT_NE(std::string{error.what()}.find("inner.nii.gz"), std::string::npos) << error.what();
        }
    }
}
TEST_F(Mutations, nrrd)
{
    Bytes const file = test::nrrd(grid, data);
    try_all("m.nrrd", file, 4, file.size() - data.size());
}
TEST_F(Mutations, metaimage)
{
    Bytes const file = meta(grid, data);
    try_all("m.mha", file, 5, file.size() - data.size());
}
TEST_F(Mutations, inv3)
{
    // Unpacked, so that the damage reaches the archive and the property list, not only gzip's checksum.
    try_all("m.inv3", tar({{"tmp/main.plist", inv3_plist(grid)}, {"tmp/matrix.dat", data}}), 6, 1536);
}
TEST_F(Mutations, inv3_gz)
{
    try_all("z.inv3", test::inv3(grid, data), 7, 64);
}
TEST_F(Mutations, bundle)
{
    Patient const patient = import_ct(write_file(folder / "ct.nii", nifti(grid, data)), {});
    write_bundle(folder / "bundle", patient);
    try_all("m.bundle", file_bytes(folder / "bundle"), 8, 600);
}
