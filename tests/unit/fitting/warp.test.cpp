#include "thin_plate.hpp"

#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/fitting/warp.hpp>
#include <gtest/gtest.h>
#include <itkThinPlateSplineKernelTransform.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// Places all over a box, the same every time.
std::vector<Vec3> spread(Box const& box, int count)
{
    std::vector<Vec3> points;
    for (int i = 1; i <= count; ++i) {
        Vec3 const share{std::fmod(i * 0.8191725134, 1), std::fmod(i * 0.6710436067, 1),
                         std::fmod(i * 0.5497004779, 1)};
        points.push_back(box.low + share * (box.high - box.low));
    }
    return points;
}

Box const trunk{{-200, -120, -300}, {200, 130, 400}};

/// A smooth deformation of up to 12 mm, as persons differ from each other.
Vec3 deformed(Vec3 const& p)
{
    return p + Vec3{9 * std::sin(p.z / 110), 12 * std::sin(p.x / 130 + p.z / 170), 8 * std::cos(p.y / 90)};
}

std::vector<WarpPair> deformed_pairs(int count, double spread_mm)
{
    std::vector<WarpPair> pairs;
    for (Vec3 const& p : spread(trunk, count))
        pairs.push_back({"p" + std::to_string(pairs.size()), p, deformed(p), spread_mm});
    return pairs;
}

// The kernel, the linear part and the side conditions are the same; only rounding is left.
TEST(ThinPlate, is_the_one_of_itk)
{
    using Transform = itk::ThinPlateSplineKernelTransform<double, 3>;
    using Set = Transform::PointSetType;
    auto const source = Set::New(), target = Set::New();
    std::vector<Vec3> const places = spread(trunk, 30);
    std::vector<Vec3> displacements;
    for (std::size_t i = 0; i < places.size(); ++i) {
        displacements.push_back(deformed(places[i]) - places[i]);
        Set::PointType a, b;
        for (unsigned axis = 0; axis < 3; ++axis) {
            a[axis] = places[i][int(axis)];
            b[axis] = a[axis] + displacements.back()[int(axis)];
        }
        source->SetPoint(Set::PointIdentifier(i), a);
        target->SetPoint(Set::PointIdentifier(i), b);
    }
    auto const transform = Transform::New();
    transform->SetSourceLandmarks(source);
    transform->SetTargetLandmarks(target);
    transform->ComputeWMatrix();
    ThinPlate const plate{places, displacements, std::vector<double>(places.size(), 0)};
    for (Vec3 const& p : spread(trunk, 200)) {
        Transform::InputPointType at;
        for (unsigned axis = 0; axis < 3; ++axis) at[axis] = p[int(axis)];
        auto const there = transform->TransformPoint(at);
        Vec3 const ours = p + plate.at(p);
        EXPECT_NEAR(glm::length(ours - Vec3{there[0], there[1], there[2]}), 0, 1e-4);
    }
}

// A similarity needs no spline: what is left is rounding of the field's floats.
TEST(Warp, a_similarity_is_kept_exactly)
{
    double const a = radians(12);
    auto const map = [a](Vec3 const& p) {
        return 1.07 * Vec3{std::cos(a) * p.x - std::sin(a) * p.y, std::sin(a) * p.x + std::cos(a) * p.y, p.z} +
               Vec3{30, -180, 420};
    };
    std::vector<WarpPair> pairs;
    for (Vec3 const& p : spread(trunk, 12)) pairs.push_back({"p", p, map(p), 3});
    Warp const warp{pairs, {map(trunk.low), map(trunk.high)}};
    for (Vec3 const& p : spread(trunk, 100)) {
        EXPECT_NEAR(glm::length(warp.patient_from_model(p) - map(p)), 0, 0.01);
        EXPECT_NEAR(warp.local_scale(p), 1.07, 0.002);
    }
    EXPECT_NEAR(warp.least_determinant(), 1, 0.01);
}

// 150 places in a trunk are about 55 mm apart. Between them a thin plate follows this deformation (curvature at most
// 12 mm / (90 mm)^2) to 55^2 / 8 of that, 0.6 mm, and at the box's corners a few times worse.
TEST(Warp, follows_a_smooth_deformation_between_the_landmarks)
{
    Warp const warp{deformed_pairs(150, 0.1), grown(trunk, 20)};
    double sum = 0, worst = 0;
    int count = 0;
    for (Vec3 const& p : spread({trunk.low * 0.8, trunk.high * 0.8}, 500)) {
        double const off = glm::length(warp.patient_from_model(p) - deformed(p));
        sum += off;
        worst = std::max(worst, off);
        ++count;
    }
    test::measured("warp_between_landmarks_mean_mm", sum / count);
    EXPECT_LT(sum / count, 0.6);
    EXPECT_LT(worst, 4);
    EXPECT_EQ(warp.softening(), 1);
}

// The two fields are linear between nodes 5 mm apart; half a millimetre is a voxel of the finest CT.
TEST(Warp, there_and_back_again_is_the_same_place)
{
    Warp const warp{deformed_pairs(80, 0.5), grown(trunk, 30)};
    test::Extremes error{"warp_round_trip_mm"};
    for (Vec3 const& p : spread(trunk, 2000)) {
        double const off = glm::length(warp.patient_from_model(warp.model_from_patient(p)) - p);
        error.see(off);
        EXPECT_LT(off, 0.5);
    }
}

TEST(Warp, a_wide_spread_lets_go_of_a_place_and_a_narrow_one_holds_it)
{
    auto pairs = deformed_pairs(60, 1);
    pairs[7].patient_mm += Vec3{15, 0, 0}; // a mistake
    auto const missed = [&](double spread_mm) {
        pairs[7].spread_mm = spread_mm;
        Warp const warp{pairs, grown(trunk, 20)};
        return glm::length(warp.patient_from_model(pairs[7].model_mm) - pairs[7].patient_mm);
    };
    EXPECT_LT(missed(0.1), 1.0); // the kernel's tip lies between the field's nodes, 5 mm apart
    EXPECT_GT(missed(60), 10);
}

TEST(Warp, landmarks_that_fold_space_are_refused_by_name)
{
    auto pairs = deformed_pairs(40, 0.2);
    // Two places 30 mm apart that change places.
    pairs.push_back({"T5", {0, 60, 300}, {0, 60, 330}, 0.2});
    pairs.push_back({"T6", {0, 60, 330}, {0, 60, 300}, 0.2});
    try {
        Warp const warp{pairs, grown(trunk, 20)};
        FAIL() << "least determinant " << warp.least_determinant();
    } catch (Error const& error) {
        EXPECT_NE(std::string{error.what()}.find("T5"), std::string::npos) << error.what();
        EXPECT_NE(std::string{error.what()}.find("fold"), std::string::npos) << error.what();
    }
}

TEST(Warp, too_few_landmarks_or_all_in_a_plane_are_refused)
{
    std::vector<WarpPair> pairs = deformed_pairs(3, 1);
    EXPECT_THROW(Warp(pairs, trunk), Error);
    pairs.clear();
    for (int i = 0; i < 9; ++i)
        pairs.push_back({"p", Vec3{20 * (i % 3), 20 * (i / 3), 0}, Vec3{20 * (i % 3), 20 * (i / 3), 5}, 0});
    EXPECT_THROW(Warp(pairs, trunk), Error);
}

} // namespace
} // namespace fluoro
