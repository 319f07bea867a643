#include "synthetic_dicom.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <mutate.hpp>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

/// What became of the mutations, shared between the parent and the children that try them.
struct Tally {
    int tried = 0;
    int imported = 0;
    int refused = 0;
    double slowest_s = 0;
    int slowest = 0;
};

/// `file` damaged. Beside a good slice: damage reaches the grouping and the pixels, and a slice that is refused leaves
/// no volume.
void try_mutation(ScratchFolder const& folder, std::filesystem::path const& file,
                  std::vector<std::uint8_t> const& original, std::uint32_t index, Tally& tally)
{
    write_bytes(file, mutated(original, 20'26, index, 1400));
    auto const start = std::chrono::steady_clock::now();
    try {
        read_folder(folder);
        ++tally.imported;
    } catch (Error const&) {
        ++tally.refused;
    }
    double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > tally.slowest_s) {
        tally.slowest_s = seconds;
        tally.slowest = int(index);
    }
}

// A child tries as many as it survives; its death is one failure, and the next child goes on behind it.
void try_all(ScratchFolder const& folder, std::filesystem::path const& file)
{
    auto const original = file_bytes(file);
    ASSERT_EQ(refusal(folder), "") << "unharmed it must be readable";
    auto* const tally =
        static_cast<Tally*>(mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(tally, MAP_FAILED);
    *tally = {};
    int const count = int(mutation_count());
    int died = 0;
    while (tally->tried < count && died < 20) {
        pid_t const child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            while (tally->tried < count) {
                int const index = tally->tried++;
                alarm(10);
                try_mutation(folder, file, original, std::uint32_t(index), *tally);
            }
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            ++died;
            ADD_FAILURE() << "mutation " << tally->tried - 1 << " ended the reader with status " << status;
        }
    }
    std::printf("%d mutations: %d imported, %d refused, %d died; slowest %.3f s (number %d)\n", tally->tried,
                tally->imported, tally->refused, died, tally->slowest_s, tally->slowest);
    EXPECT_LT(tally->slowest_s, 5);
    EXPECT_EQ(tally->imported + tally->refused, count);
    EXPECT_GT(tally->refused, 0);
    munmap(tally, sizeof(Tally));
}

class Mutations : public testing::TestWithParam<Encoding> {};

} // namespace

TEST_P(Mutations, of_a_slice_are_imported_or_refused_within_five_seconds_and_never_kill)
{
    ScratchFolder const folder;
    Slice first;
    first.encoding = GetParam();
    write_all(folder, stack(first, 2, 2.0));
    try_all(folder, folder.path() / "image-0001.dcm");
}

TEST_P(Mutations, of_an_enhanced_ct_are_imported_or_refused_within_five_seconds_and_never_kill)
{
    ScratchFolder const folder;
    Slice first;
    first.encoding = GetParam();
    auto const file = folder.path() / "enhanced.dcm";
    write_enhanced(file, stack(first, 3, 2.0));
    try_all(folder, file);
}

INSTANTIATE_TEST_SUITE_P(TransferSyntaxes, Mutations,
                         testing::Values(Encoding::explicit_little, Encoding::implicit_little, Encoding::deflated,
                                         Encoding::rle, Encoding::jpeg_lossless_sv1, Encoding::jpeg_ls,
                                         Encoding::jpeg2000_lossless),
                         [](auto const& instance) { return fmt::format("encoding_{}", int(instance.param)); });
