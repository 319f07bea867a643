#include <fluoro/core/error.hpp>
#include <fluoro/import/scan.hpp>

#include <chrono>
#include <cstring>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>
#include <sys/stat.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes with_preamble()
{
    Bytes bytes(200);
    std::memcpy(bytes.data() + 128, "DICM", 4);
    return bytes;
}

std::string refusal(std::filesystem::path const& folder, std::chrono::milliseconds patience = std::chrono::seconds{5})
{
    try {
        (void)find_dicom(folder, patience);
    } catch (Error const& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST(Scan, dicom_is_known_by_its_preamble_or_a_plausible_first_element)
{
    EXPECT_TRUE(looks_like_dicom(with_preamble()));
    EXPECT_TRUE(looks_like_dicom(Bytes{8, 0, 5, 0, 'C', 'S', 10, 0, 'I', 'S', 'O', '_'})); // explicit, little-endian
    EXPECT_TRUE(looks_like_dicom(Bytes{0, 8, 0, 5, 'C', 'S', 0, 10, 'I', 'S', 'O', '_'})); // explicit, big-endian
    EXPECT_TRUE(looks_like_dicom(Bytes{8, 0, 0, 0, 4, 0, 0, 0, 1, 2, 0, 0}));              // implicit group length
    EXPECT_TRUE(looks_like_dicom(Bytes{2, 0, 0, 0, 'U', 'L', 4, 0, 190, 0, 0, 0}));        // meta header, no preamble
    EXPECT_FALSE(looks_like_dicom(Bytes{8, 0, 5, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0}));
    EXPECT_FALSE(looks_like_dicom(Bytes{}));
    EXPECT_FALSE(looks_like_dicom(Bytes(500)));
    std::string const text = "This is a text about DICM and more, long enough to be looked at.";
    EXPECT_FALSE(looks_like_dicom(Bytes(text.begin(), text.end())));
}

TEST(Scan, finds_the_dicom_files_among_others_and_waits_for_no_pipe)
{
    ScratchFolder const folder, elsewhere;
    write_file(folder / "a/IM1", with_preamble());
    write_file(folder / "a/notes.txt", Bytes(300, 'x'));
    write_file(folder / "1/2/3/4/IM2", with_preamble());
    write_file(folder / "1/2/3/4/5/too-deep", with_preamble());
    write_file(elsewhere / "IM3", with_preamble());
    std::filesystem::create_symlink(elsewhere / "IM3", folder / "a/link");
    ASSERT_EQ(::mkfifo((folder / "a/pipe").c_str(), 0600), 0);
    EXPECT_EQ(find_dicom(folder.path()),
              (std::vector<std::filesystem::path>{folder / "1/2/3/4/IM2", folder / "a/IM1"}));
}

TEST(Scan, a_folder_without_dicom_is_refused_and_told_of_other_images)
{
    ScratchFolder const folder;
    EXPECT_NE(refusal(folder.path()).find("no DICOM files found"), std::string::npos);
    write_file(folder / "scan.nii.gz", Bytes(300, 'x'));
    EXPECT_NE(refusal(folder.path()).find("scan.nii.gz"), std::string::npos);
}

TEST(Scan, gives_up_when_no_header_was_found_in_time)
{
    ScratchFolder const folder;
    for (int i = 0; i < 200; ++i) write_file(folder / std::to_string(i), Bytes(300, 'x'));
    EXPECT_NE(refusal(folder.path(), std::chrono::milliseconds{0}).find("within 5 s"), std::string::npos);
}

TEST(Scan, a_whole_system_is_refused_within_seconds)
{
    auto const start = std::chrono::steady_clock::now();
    EXPECT_NE(refusal("/usr"), "");
    EXPECT_NE(refusal("/proc"), "");
    // 5 s each at most, by the scan's own patience; normally far less.
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 11.0);
}
