#include <cmath>
#include <ctime>
#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <spread.hpp>

namespace fluoro {
namespace {

using test::spread;

std::vector<TubePiece> brushwood(int count, double half_mm)
{
    auto const from = spread({Vec3{-half_mm}, Vec3{half_mm}}, count), way = spread({Vec3{-7}, Vec3{7}}, 3 * count);
    std::vector<TubePiece> pieces;
    for (int i = 0; i < count; ++i) {
        Vec3 const& p = from[std::size_t(i)];
        pieces.push_back({p, p + way[std::size_t(2 * i)], 0.4 + 0.5 * (i % 7), 0.3 + 0.3 * (i % 5)});
    }
    return pieces;
}

/// The slow way: the least over balls all along each piece.
double plain_distance(std::vector<TubePiece> const& pieces, Vec3 const& p)
{
    double best = 1e9;
    for (TubePiece const& piece : pieces)
        for (int i = 0; i <= 400; ++i) {
            double const t = i / 400.0;
            best = std::min(best, glm::length(p - glm::mix(piece.from_mm, piece.to_mm, t)) -
                                      std::lerp(piece.from_radius_mm, piece.to_radius_mm, t));
        }
    return best;
}

// Balls 0.03 mm apart and single precision stand against a cone: 0.002 mm.
TEST(Branches, distances_are_exact_near_and_never_too_large_far_away)
{
    auto const pieces = brushwood(120, 40);
    Shape const shape = branches(pieces);
    int near = 0;
    for (Vec3 const& p : spread({Vec3{-60}, Vec3{60}}, 2500)) {
        double const d = shape.distance_mm(p), slow = plain_distance(pieces, p);
        ASSERT_LT(d, slow + 0.002);
        if (slow < 2.9) {
            ASSERT_NEAR(d, slow, 0.002);
            ++near;
        }
    }
    EXPECT_GT(near, 100);
}

TEST(Branches, ten_thousands_of_pieces_answer_within_microseconds)
{
    Shape const shape = branches(brushwood(60'000, 90));
    auto const points = spread({Vec3{-90}, Vec3{90}}, 200'000);
    double sum = 0;
    std::clock_t const start = std::clock();
    for (Vec3 const& p : points) sum += shape.distance_mm(p);
    double const us = 1e6 * double(std::clock() - start) / CLOCKS_PER_SEC / 200'000;
    test::measured("branches_query_us", us);
    // As many pieces in as much room as a pair of lungs, and thicker ones; the slack is for instrumented code.
    EXPECT_LT(us, 5) << sum;
}

/// Sum over air of HU + 1000 of one straight tube, over what its own volume and 1000 HU above air make.
double kept(double radius, double side, Vec3 const& way)
{
    Anatomy anatomy;
    Vec3 const half = 30.0 * glm::normalize(way);
    std::vector<TubePiece> pieces;
    for (int i = 0; i < 20; ++i)
        pieces.push_back({glm::mix(-half, half, i / 20.0), glm::mix(-half, half, (i + 1) / 20.0), radius, radius});
    anatomy.organs.push_back({"tube", 1042, Rank::lumen, {0, 1}, branches(pieces)});
    Patient const p = voxelise(anatomy, {side, {Vec3{-24.3}, Vec3{24.7}}});
    double sum = 0;
    for (auto const hu : p.ct.hu) sum += hu + 1000.0;
    // The length inside the region.
    double inside = 0;
    for (int i = 0; i < 60'000; ++i) {
        Vec3 const q = glm::mix(-half, half, (i + 0.5) / 60'000);
        if (glm::all(glm::greaterThan(q, Vec3{-24.3})) && glm::all(glm::lessThan(q, Vec3{24.7}))) inside += 0.001;
    }
    return sum * side * side * side / (1000 * inside * std::numbers::pi * radius * radius);
}

// Oblique tubes meet voxels in every way, so that what single cross-sections miss evens out: a few per cent are left by
// voxels' corners. Along an axis nothing evens out: the tent's own ripple of 10 %.
TEST(Branches, tubes_thinner_than_a_voxel_add_their_own_volume)
{
    for (double const radius : {0.15, 0.3, 0.5, 0.58, 0.8, 1.5, 3.0}) {
        EXPECT_NEAR(kept(radius, 1, {0.9, 0.3, 0.5}), 1, 0.04) << radius;
        EXPECT_NEAR(kept(radius, 1, {1, 0, 0}), 1, 0.12) << radius;
    }
    EXPECT_NEAR(kept(0.3, 2, {0.9, 0.3, 0.5}), 1, 0.06);
    test::measured("branches_kept_03_mm_in_1_mm", kept(0.3, 1, {0.9, 0.3, 0.5}));
}

} // namespace
} // namespace fluoro
