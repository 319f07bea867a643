#include <fluoro/patient/file_list.hpp>

#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>
#include <sys/stat.h>

using namespace fluoro;
using namespace fluoro::test;

namespace {

auto soon()
{
    return std::chrono::steady_clock::now() + std::chrono::seconds{30};
}
std::vector<std::uint8_t> const content{1, 2, 3};

std::vector<std::string> names(std::filesystem::path const& folder)
{
    std::vector<std::string> list;
    for (auto const& file : list_files(folder, soon())) list.push_back(file.relative);
    return list;
}

} // namespace

TEST(FileList, holds_regular_files_in_order_with_size_and_time)
{
    ScratchFolder const folder;
    write_file(folder / "b/two", content);
    write_file(folder / "a", content);
    auto const files = list_files(folder.path(), soon());
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[0].relative, "a");
    EXPECT_EQ(files[1].relative, "b/two");
    EXPECT_EQ(files[0].bytes, 3u);
    EXPECT_GT(files[0].modified_ns, 0);
}

TEST(FileList, goes_four_levels_down_and_no_further)
{
    ScratchFolder const folder;
    write_file(folder / "1/2/3/4/in", content);
    write_file(folder / "1/2/3/4/5/out", content);
    EXPECT_EQ(names(folder.path()), std::vector<std::string>{"1/2/3/4/in"});
}

TEST(FileList, follows_no_link_and_leaves_out_pipes)
{
    ScratchFolder const folder, elsewhere;
    write_file(elsewhere / "secret", content);
    write_file(folder / "own", content);
    std::filesystem::create_symlink(elsewhere / "secret", folder / "link-to-file");
    std::filesystem::create_directory_symlink(elsewhere.path(), folder / "link-to-folder");
    std::filesystem::create_directory_symlink(folder.path(), folder / "link-to-itself");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(names(folder.path()), std::vector<std::string>{"own"});
}

TEST(FileList, does_not_leave_its_file_system)
{
    // /dev/shm and /dev/pts are mounts of their own below /dev, which holds next to no regular files itself.
    for (auto const& file : list_files("/dev", soon()))
        EXPECT_FALSE(file.relative.starts_with("shm/")) << file.relative;
}

TEST(FileList, refuses_more_than_twenty_thousand_files)
{
    ScratchFolder const folder;
    std::filesystem::create_directories(folder / "x");
    for (std::size_t i = 0; i <= max_folder_files; ++i) std::ofstream{folder / ("x/" + std::to_string(i))};
    EXPECT_THROW(list_files(folder.path(), soon()), Error);
    std::filesystem::remove(folder / "x/0");
    EXPECT_EQ(list_files(folder.path(), soon()).size(), max_folder_files);
}

TEST(FileList, keeps_its_deadline)
{
    ScratchFolder const folder;
    write_file(folder / "a", content);
    EXPECT_THROW(list_files(folder.path(), std::chrono::steady_clock::now() - std::chrono::seconds{1}), Error);
}

TEST(FileList, refuses_what_is_absent_or_neither_file_nor_folder)
{
    EXPECT_THROW(list_files("/no/such/place", soon()), Error);
    EXPECT_THROW(list_files("/dev/zero", soon()), Error);
}
