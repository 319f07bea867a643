#include <fluoro/import/couch.hpp>

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace fluoro;

namespace {

/// 240 x 200 x 20 mm in voxels of 2 x 2 x 5 mm, drawn by a function of x (left), y (posterior) and z from the corner.
Volume drawn(std::function<int(double, double, double)> const& hu)
{
    Volume ct;
    ct.grid.size = glm::ivec3{120, 100, 4};
    ct.grid.spacing_mm = Vec3{2, 2, 5};
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 100; ++j)
            for (int i = 0; i < 120; ++i) ct.hu.push_back(std::int16_t(hu(2 * i, 2 * j, 5 * k)));
    return ct;
}

std::int16_t at(Volume const& ct, double x, double y, double z = 5)
{
    return ct.hu[std::size_t(std::lround(x / 2) + 120 * (std::lround(y / 2) + 100 * std::lround(z / 5)))];
}

double radius(double x, double y, double cx, double cy)
{
    return std::hypot(x - cx, y - cy);
}

/// A trunk with a lung, an arm beside it, a couch shell below with a foam core that touches the back, a cable.
int scene(double x, double y, double)
{
    if (radius(x, y, 110, 80) < 20) return -850;                  // lung
    if (radius(x, y, 110, 80) < 60) return 40;                    // trunk: y from 20 to 140
    if (radius(x, y, 205, 90) < 25) return 40;                    // arm
    if (y > 138 && y < 144 && std::abs(x - 110) < 3) return -250; // a fold of blanket between back and couch, 6 mm wide
    if (y >= 144 && y < 150) return 100;                          // shell
    if (y >= 150 && y < 180) return -930;                         // foam
    if (y >= 180 && y < 184) return 100;                          // shell
    if (radius(x, y, 20, 30) < 4) return 2000;                    // cable
    return -1000;
}

} // namespace

TEST(Couch, goes_and_the_patient_stays)
{
    Volume ct = drawn(scene);
    EXPECT_GT(remove_couch(ct), 0u);
    EXPECT_EQ(at(ct, 110, 30), 40);
    EXPECT_EQ(at(ct, 110, 130), 40);
    EXPECT_EQ(at(ct, 205, 90), 40) << "arm";
    EXPECT_EQ(at(ct, 110, 80), -850) << "lung";
    for (double x = 0; x < 240; x += 2) {
        EXPECT_EQ(at(ct, x, 146), -1000) << "shell at " << x;
        EXPECT_EQ(at(ct, x, 160), -1000) << "foam at " << x;
        EXPECT_EQ(at(ct, x, 182), -1000) << "shell at " << x;
    }
    EXPECT_EQ(at(ct, 20, 30), -1000) << "cable";
}

TEST(Couch, every_voxel_of_the_body_is_kept_exactly)
{
    Volume const before = drawn(scene);
    Volume after = before;
    remove_couch(after);
    for (std::size_t i = 0; i < before.hu.size(); ++i) {
        double const x = 2.0 * double(i % 120), y = 2.0 * double(i / 120 % 100);
        if (radius(x, y, 110, 80) < 60 || radius(x, y, 205, 90) < 25) {
            ASSERT_EQ(after.hu[i], before.hu[i]) << x << ' ' << y;
        }
    }
}

TEST(Couch, follows_the_patients_axes_however_the_voxels_are_stored)
{
    // The same scene stored with slices along the first axis: (z, x, y).
    Volume const usual = drawn(scene);
    Volume stored;
    stored.grid.size = glm::ivec3{4, 120, 100};
    stored.grid.spacing_mm = Vec3{5, 2, 2};
    stored.grid.directions = Mat3{Vec3{0, 0, 1}, Vec3{1, 0, 0}, Vec3{0, 1, 0}};
    for (int j = 0; j < 100; ++j)
        for (int i = 0; i < 120; ++i)
            for (int k = 0; k < 4; ++k) stored.hu.push_back(usual.hu[std::size_t(i + 120 * (j + 100 * k))]);
    Volume expected = usual;
    remove_couch(expected);
    remove_couch(stored);
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 100; ++j)
            for (int i = 0; i < 120; ++i)
                ASSERT_EQ(stored.hu[std::size_t(k + 4 * (i + 120 * j))],
                          expected.hu[std::size_t(i + 120 * (j + 100 * k))]);
}

TEST(Couch, a_body_cut_by_the_edge_of_the_scan_is_kept_up_to_it)
{
    Volume const before = drawn([](double x, double y, double) { return x < 60 && y > 40 && y < 160 ? 30 : -1000; });
    Volume after = before;
    remove_couch(after);
    EXPECT_EQ(after.hu, before.hu);
}

TEST(Couch, air_alone_and_one_lone_body_are_left_as_they_are)
{
    for (int const inside : {-1000, 50}) {
        Volume const before =
            drawn([&](double x, double y, double) { return radius(x, y, 120, 100) < 50 ? inside : -1000; });
        Volume after = before;
        EXPECT_EQ(remove_couch(after), 0u);
        EXPECT_EQ(after.hu, before.hu);
    }
}
