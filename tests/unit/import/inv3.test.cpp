#include <fluoro/core/error.hpp>
#include <fluoro/import/reader.hpp>

#include <foreign_files.hpp>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

Grid project_grid()
{
    Grid grid = small_grid();
    grid.origin_mm = Vec3{0};
    grid.directions[1] = Vec3{0, -1, 0};
    return grid;
}

class Inv3 : public testing::Test {
protected:
    Patient read(Bytes const& bytes) { return read_foreign(write_file(folder / "head.inv3", bytes), {}); }
    void expect_refused(Bytes const& bytes, std::string const& reason)
    {
        try {
            (void)read(bytes);
            ADD_FAILURE() << "accepted, expected: " << reason;
        } catch (Error const& error) {
            EXPECT_NE(std::string{error.what()}.find(reason), std::string::npos) << error.what();
            EXPECT_NE(std::string{error.what()}.find("head.inv3"), std::string::npos) << error.what();
        }
    }
    ScratchFolder folder;
    Grid const grid = project_grid();
    Bytes const data = voxels<std::int16_t>(grid);
    TarFile const plist{"tmp/main.plist", inv3_plist(grid)};
    TarFile const matrix{"tmp/matrix.dat", data};
};

Bytes changed(Bytes const& plist, std::string const& from, std::string const& to)
{
    std::string text(plist.begin(), plist.end());
    text.replace(text.find(from), from.size(), to);
    return {text.begin(), text.end()};
}

} // namespace

TEST_F(Inv3, columns_run_left_rows_to_anterior_and_slices_to_the_head)
{
    Patient const patient = read(inv3(grid, data));
    EXPECT_EQ(patient.ct.grid.size, grid.size);
    EXPECT_EQ(patient.ct.grid.spacing_mm, grid.spacing_mm);
    EXPECT_EQ(patient.ct.grid.directions, grid.directions);
    EXPECT_EQ(std::memcmp(patient.ct.hu.data(), data.data(), data.size()), 0);
}

TEST_F(Inv3, the_order_in_the_archive_and_its_packing_do_not_matter)
{
    EXPECT_EQ(read(gzip(tar({matrix, plist}))).ct.hu, read(inv3(grid, data)).ct.hu);
    EXPECT_EQ(read(tar({plist, {"tmp/mask_0.dat", Bytes(700, 1)}, matrix})).ct.hu, read(inv3(grid, data)).ct.hu);
    // Newer writers put times into an extended header.
    Bytes record;
    append(record, "30 mtime=1700000000.123456789\n");
    EXPECT_EQ(read(gzip(tar({{"tmp/pax", record, 'x'}, plist, {"tmp", {}, '5'}, matrix}))).ct.hu,
              read(inv3(grid, data)).ct.hu);
}

TEST_F(Inv3, names_that_point_outside_links_and_devices_are_refused)
{
    for (char const* const name : {"../evil", "tmp/../../evil", "/etc/passwd", "tmp/.."})
        expect_refused(gzip(tar({plist, matrix, {name, Bytes(10)}})), "points outside");
    for (char const type : {'1', '2', '3', '4', '6', '7', 'L'})
        expect_refused(gzip(tar({{"tmp/link", {}, type}, plist, matrix})), "link or no plain file");
    Bytes record;
    append(record, "20 path=../../evil\n");
    expect_refused(gzip(tar({{"tmp/pax", record, 'x'}, plist, matrix})), "extended header");
}

TEST_F(Inv3, a_project_whose_parts_do_not_fit_is_refused)
{
    expect_refused(gzip(tar({matrix})), "main.plist");
    expect_refused(gzip(tar({plist})), "missing");
    expect_refused(gzip(tar({plist, {"tmp/matrix.dat", Bytes(data.size() - 2)}})), "matrix holds");
    expect_refused(gzip(tar({{"tmp/main.plist", changed(plist.content, ">CT<", ">MRI<")}, matrix})), "MRI");
    expect_refused(gzip(tar({{"tmp/main.plist", changed(plist.content, ">int16<", ">float64<")}, matrix})), "float64");
    expect_refused(gzip(tar({{"tmp/main.plist", changed(plist.content, "<integer>5<", "<integer>99999999<")}, matrix})),
                   "1024^3");
    expect_refused(gzip(tar({{"tmp/main.plist", changed(plist.content, "<real>2<", "<real>nan<")}, matrix})),
                   "spacing");
    expect_refused(gzip(tar({{"tmp/main.plist", Bytes(3000, '<')}, matrix})), "property list");
}

TEST_F(Inv3, a_damaged_archive_is_refused)
{
    Bytes archive = tar({plist, matrix});
    archive[5] ^= 1;
    expect_refused(gzip(archive), "checksum");
    Bytes const packed = inv3(grid, data);
    expect_refused(Bytes(packed.begin(), packed.begin() + std::ptrdiff_t(packed.size() / 2)), "damaged or cut off");
}

TEST_F(Inv3, an_archive_that_expands_without_end_is_refused)
{
    expect_refused(gzip(tar({{"tmp/zeros", Bytes(80'000'000)}, plist, matrix})), "200 to 1");
}
