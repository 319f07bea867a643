// Filled clouds: mass, and chords through a ball and a slab against what can be written down.
#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <fluoro/projection/projector.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <phantoms.hpp>

namespace fluoro {
namespace {

Projector& projector()
{
    static Projector instance;
    return instance;
}

/// One gram of iodine per cm3 and nothing displaced: the iodine channel is then the chord in cm.
Scene cloud_scene(FilledCloud cloud, double field_mm, int side, PositionerAngles const& angles = {})
{
    static auto const air =
        test::make_patient(test::centred_grid({8, 8, 8}, {20, 20, 20}), [](Vec3 const&) { return -1000.0; });
    Scene scene;
    scene.patient = air;
    scene.view = view_of(angles, 1000, 750, Vec3{0});
    scene.pixels = {field_mm, side, side};
    scene.blades = {-field_mm / 2, field_mm / 2, -field_mm / 2, field_mm / 2};
    scene.fillings = {{Mixture{{{find_material("iodine"), 1.0}}}, BasisDensities{}}};
    scene.clouds = {std::move(cloud)};
    return scene;
}

Image<float> chords_cm(Scene const& scene)
{
    auto const map = projector().thickness(scene);
    EXPECT_EQ(map.names.back(), "iodine");
    return map.g_cm2.back();
}

/// A cube of voxels around the isocentre, those where `inside` holds.
template <class Inside> FilledCloud voxels(double half_mm, double size_mm, Inside const& inside)
{
    FilledCloud cloud;
    cloud.size_mm = size_mm;
    int const n = int(std::round(half_mm / size_mm));
    for (int k = -n; k <= n; ++k)
        for (int j = -n; j <= n; ++j)
            for (int i = -n; i <= n; ++i)
                if (Vec3 const p = size_mm * Vec3{i, j, k}; inside(p))
                    cloud.parcels.push_back({glm::vec3{p}, float(size_mm * size_mm * size_mm)});
    return cloud;
}

// Every parcel's weights have the sum 1: what is left is float rounding over some hundred pixels.
TEST(FilledCloud, volume_in_the_picture_is_the_volume_given)
{
    RandomSequence random{3, RandomStream::body, 0, 0};
    for (int trial = 0; trial < 20; ++trial) {
        glm::vec3 const at{20 * random.next_uniform() - 10, 200 * random.next_uniform() - 100,
                           20 * random.next_uniform() - 10};
        FilledCloud cloud;
        cloud.size_mm = 0.2 + 3 * random.next_uniform();
        cloud.parcels = {{at, 5.0f}};
        Scene const scene = cloud_scene(cloud, 250, 512, {0.4, -0.3});
        auto const chords = chords_cm(scene);
        double sum = 0;
        for (float const cm : chords.values) sum += 10 * double(cm);
        Vec3 const way = Vec3{at} - scene.view.source_mm;
        double const depth = glm::dot(way, scene.view.beam_direction());
        double const pixel_mm = scene.pixels.pitch_mm() * depth / scene.view.source_to_detector_mm;
        EXPECT_NEAR(sum * pixel_mm * pixel_mm * depth / glm::length(way), 5.0, 5.0 * 1e-5) << trial;
    }
}

// Of whole voxels of 1 mm: each of the two ends of a chord is up to half a voxel off, and where the wall slants 2.7 in
// 1, at 0.8 of the radius, the tents add a tenth of a voxel each.
TEST(FilledCloud, ball_of_voxels_has_the_chords_of_a_ball)
{
    double const radius = 20;
    auto const ball = voxels(radius, 1, [&](Vec3 const& p) { return glm::dot(p, p) < radius * radius; });
    for (auto const& angles : {PositionerAngles{0, 0}, PositionerAngles{0.5, 0.35}}) {
        Scene const scene = cloud_scene(ball, 60, 192, angles);
        auto const chords = chords_cm(scene);
        double worst = 0;
        for (int row = 0; row < 192; ++row)
            for (int column = 0; column < 192; ++column) {
                Vec2 const at = scene.pixels.position_mm(column, row);
                Vec3 const d = glm::normalize(scene.view.detector_centre_mm + at.x * scene.view.column_direction +
                                              at.y * scene.view.row_direction - scene.view.source_mm);
                double const u = glm::length(glm::cross(d, scene.view.source_mm));
                if (u > 0.8 * radius) continue;
                double const chord = 2 * std::sqrt(radius * radius - u * u);
                worst = std::max(worst, std::abs(10 * double(chords.at(column, row)) - chord));
            }
        test::measured("cloud_ball_worst_mm", worst);
        EXPECT_LT(worst, 1.2);
    }
}

// A slab of whole voxels 20 mm thick: its edges cut the parcels' cubes exactly, so that only the ripple is left.
TEST(FilledCloud, slab_is_as_thick_as_the_slanting_ray_finds_it)
{
    auto const slab = voxels(90, 2, [](Vec3 const& p) { return std::abs(p.y) < 10.5 && glm::length(p) < 89; });
    Scene const scene = cloud_scene(slab, 160, 128);
    auto const chords = chords_cm(scene);
    for (int const column : {2, 30, 64, 100, 125}) {
        Vec2 const at = scene.pixels.position_mm(column, 64);
        double const cosine = 1000 / std::hypot(1000.0, at.x, at.y);
        EXPECT_NEAR(10 * double(chords.at(column, 64)), 22 / cosine, 0.01 * 22) << column;
    }
}

// A block of a grid, turned by 45 degrees so that the beam sees its diagonal planes edge on: as many parcels in every
// row along the beam, so that the chord is the same for all. Tents as wide as the grid's spacing leave 20 %; 2 % are
// for rays that are not quite parallel and the tents' sampling in pixels.
TEST(FilledCloud, block_seen_along_the_diagonal_of_its_grid_is_even)
{
    constexpr double size_mm = 1.5;
    FilledCloud cloud;
    cloud.size_mm = size_mm;
    for (int k = -14; k <= 14; ++k)
        for (int along = -12; along < 12; ++along)
            for (int across = -40; across <= 40; ++across)
                if ((along + across) % 2 == 0)
                    cloud.parcels.push_back({glm::vec3{size_mm * Vec3{across + along, along - across, 2 * k} / 2.0},
                                             float(size_mm * size_mm * size_mm)});
    Scene const scene = cloud_scene(cloud, 30, 96, {-std::numbers::pi / 4, 0});
    auto const chords = chords_cm(scene);
    float least = 1e9f, most = 0;
    for (int row = 24; row < 72; ++row)
        for (int column = 24; column < 72; ++column) {
            least = std::min(least, chords.at(column, row));
            most = std::max(most, chords.at(column, row));
        }
    double const whole_mm = 24 * size_mm / std::sqrt(2.0);
    test::measured("cloud_diagonal_ripple", double(most / least) - 1);
    EXPECT_NEAR(10 * double(least), whole_mm, 0.02 * whole_mm);
    EXPECT_NEAR(10 * double(most), whole_mm, 0.02 * whole_mm);
}

// The same grid seen face on where the tissue is stretched by a quarter, as an aortic root is in systole: tents as wide
// as the places now lie apart make it even; as wide as they lay at rest they leave 16 %. 2 % for the pixels' sampling.
TEST(FilledCloud, block_of_stretched_tissue_is_even)
{
    constexpr double size_mm = 1.5, stretch = 1.25;
    FilledCloud cloud;
    cloud.size_mm = size_mm;
    for (int k = -14; k <= 14; ++k)
        for (int j = -12; j < 12; ++j)
            for (int i = -16; i <= 16; ++i)
                cloud.parcels.push_back({glm::vec3{size_mm * Vec3{i, j, stretch * k}},
                                         float(size_mm * size_mm * size_mm), glm::vec3{1, 1, stretch}});
    auto const chords = chords_cm(cloud_scene(cloud, 30, 96));
    float least = 1e9f, most = 0;
    for (int row = 24; row < 72; ++row)
        for (int column = 24; column < 72; ++column) {
            least = std::min(least, chords.at(column, row));
            most = std::max(most, chords.at(column, row));
        }
    double const whole_mm = 24 * size_mm / stretch;
    test::measured("cloud_stretched_ripple", double(most / least) - 1);
    EXPECT_NEAR(10 * double(least), whole_mm, 0.02 * whole_mm);
    EXPECT_NEAR(10 * double(most), whole_mm, 0.02 * whole_mm);
}

TEST(FilledCloud, tube_filled_by_half_has_half_the_chord)
{
    Scene scene = cloud_scene({}, 60, 64);
    scene.clouds.clear();
    scene.tubes = {{{0, 0, -20}, {0, 0, 20}, 3, 3, Vec3{0}, Vec3{0}, 0}};
    auto const whole = chords_cm(scene);
    scene.tubes.front().share = 0.5;
    auto const half = chords_cm(scene);
    EXPECT_NEAR(half.at(32, 32), 0.5 * whole.at(32, 32), 1e-6);
    EXPECT_GT(whole.at(32, 32), 0.55);
}

} // namespace
} // namespace fluoro
