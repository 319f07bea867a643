// Chords of tubes: every width of the processor's vectors gives the same bits.
#include <fluoro/room/view.hpp>
#include <gtest/gtest.h>
#include <tube_chords.hpp>

namespace fluoro {
namespace {

// A bent cone with open ends, and one seen nearly end-on: all ways through a piece.
TEST(TubeChords, have_the_same_bits_for_any_width_of_vectors)
{
    constexpr int side = 61;
    Scene scene;
    scene.view = view_of({0.2, -0.3}, 1000, 750, Vec3{0});
    scene.pixels = {40, side, side};
    PixelRays const rays{scene};
    std::vector<Vec3> const points{{-9, -4, -6}, {-2, 1, 0}, {5, -2, 3}, {6, 9, 5}};
    auto tubes = tube_along(points, std::vector<double>{0.2, 1.5, 2, 0.6}, 0);
    auto const to_source = glm::normalize(scene.view.source_mm);
    tubes.push_back({-8.0 * to_source, 6.0 * to_source + Vec3{1, 0, 0}, 2, 2.5, Vec3{0}, Vec3{0}, 0});
    auto const drawn = [&](MostLanes most) {
        std::vector<float> mm(std::size_t(side) * side, 0.0f);
        for (auto const& tube : tubes)
            add_chords(make_piece(tube, scene, rays), rays, {0, side, 0, side}, side, mm, most);
        return mm;
    };
    auto const narrow = drawn(MostLanes::four);
    EXPECT_GT(*std::max_element(narrow.begin(), narrow.end()), 10);
    EXPECT_EQ(narrow, drawn(MostLanes::eight));
    EXPECT_EQ(narrow, drawn(MostLanes::sixteen));
}

// What a catheter's wall encloses is not of the catheter.
TEST(TubeChords, a_hollow_is_taken_away_again)
{
    constexpr int side = 21;
    Scene scene;
    scene.view = view_of({}, 1000, 750, Vec3{0});
    scene.pixels = {4, side, side};
    PixelRays const rays{scene};
    std::vector<float> mm(std::size_t(side) * side, 0.0f);
    FilledTube tube{{0, 0, -20}, {0, 0, 20}, 1.2, 1.2, Vec3{0}, Vec3{0}, 0};
    add_chords(make_piece(tube, scene, rays), rays, {0, side, 0, side}, side, mm);
    tube.from_radius_mm = tube.to_radius_mm = 0.8;
    tube.share = -1;
    add_chords(make_piece(tube, scene, rays), rays, {0, side, 0, side}, side, mm);
    // A pixel of 0.14 mm at the axis takes 5e-3 of 1 / R - 1 / r.
    EXPECT_NEAR(mm[std::size_t(side) * side / 2], 2 * (1.2 - 0.8), 0.002);
}

} // namespace
} // namespace fluoro
