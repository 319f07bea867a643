#include <cmath>
#include <fluoro/room/view.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

// Sums and products of a handful of doubles of about 1 (directions) or 1000 (positions in mm).
constexpr double rounding = 1e-14;
constexpr double rounding_mm = 1e-10;

void expect_vector(Vec3 const& seen, Vec3 const& wanted, double tolerance)
{
    for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(seen[axis], wanted[axis], tolerance) << "axis " << axis;
}

TEST(View, ap_has_the_detector_in_front_patient_left_at_the_right_and_the_head_up)
{
    View const view = view_of({0, 0}, 1000, 750, {10, 20, 30});
    expect_vector(view.source_mm, {10, 770, 30}, rounding_mm); // behind the supine patient: under the table
    expect_vector(view.detector_centre_mm, {10, -230, 30}, rounding_mm);
    expect_vector(view.beam_direction(), {0, -1, 0}, rounding);
    expect_vector(view.column_direction, {1, 0, 0}, rounding);
    expect_vector(view.row_direction, {0, 0, -1}, rounding);
}

TEST(View, lao_90_looks_from_the_patients_left_with_the_front_at_the_left)
{
    View const view = view_of({radians(90), 0}, 1000, 750, {0, 0, 0});
    expect_vector(view.beam_direction(), {1, 0, 0}, rounding); // the detector is on the patient's left
    expect_vector(view.column_direction, {0, 1, 0}, rounding); // posterior to the picture's right
    expect_vector(view.row_direction, {0, 0, -1}, rounding);
}

TEST(View, lao_30_and_cran_20_turn_the_detector_to_the_left_and_toward_the_head)
{
    double const half = 0.5, root = std::sqrt(3.0) / 2; // sin and cos of 30 degrees
    double const s20 = 0.3420201433256687, c20 = 0.9396926207859084;
    View const view = view_of({radians(30), radians(20)}, 1000, 750, {0, 0, 0});
    expect_vector(view.beam_direction(), {half * c20, -root * c20, s20}, rounding);
    expect_vector(view.column_direction, {root, half, 0}, rounding);
    expect_vector(view.row_direction, {half * s20, -root * s20, -c20}, rounding);
    EXPECT_GT(view.detector_centre_mm.x, 0);
    EXPECT_GT(view.detector_centre_mm.z, 0);
}

TEST(View, directions_are_orthonormal_and_seen_from_the_source_side_everywhere)
{
    for (int lao = -180; lao <= 180; lao += 15)
        for (int cran = -90; cran <= 90; cran += 15) {
            View const view = view_of({radians(lao), radians(cran)}, 1100, 750, {1, 2, 3});
            Vec3 const d = view.beam_direction(), c = view.column_direction, r = view.row_direction;
            EXPECT_NEAR(glm::dot(d, d), 1, rounding_mm);
            EXPECT_NEAR(glm::dot(c, c), 1, rounding);
            EXPECT_NEAR(glm::dot(r, r), 1, rounding);
            EXPECT_NEAR(glm::dot(c, r), 0, rounding);
            EXPECT_NEAR(glm::dot(c, d), 0, rounding_mm);
            EXPECT_NEAR(glm::dot(r, d), 0, rounding_mm);
            // The picture is not mirrored: columns x rows points back at the source.
            expect_vector(glm::cross(c, r), -d, rounding_mm);
        }
}

TEST(View, the_central_ray_passes_the_isocentre_and_sid_moves_the_detector_alone)
{
    Vec3 const isocentre{5, -40, 120};
    View const near = view_of({radians(-35), radians(12)}, 900, 750, isocentre);
    View const far = view_of({radians(-35), radians(12)}, 1200, 750, isocentre);
    expect_vector(near.source_mm, far.source_mm, rounding_mm);
    expect_vector(near.source_mm + 750.0 * near.beam_direction(), isocentre, rounding_mm);
    EXPECT_NEAR(glm::distance(near.detector_centre_mm, far.detector_centre_mm), 300, rounding_mm);
}

TEST(PixelGrid, pixel_centres_stand_symmetric_about_the_central_ray)
{
    PixelGrid const grid{200, 512, 512};
    EXPECT_DOUBLE_EQ(grid.pitch_mm(), 200.0 / 512);
    Vec2 const first = grid.position_mm(0, 0), last = grid.position_mm(511, 511);
    EXPECT_NEAR(first.x, -100 + 100.0 / 512, rounding_mm);
    EXPECT_NEAR(first.x + last.x, 0, rounding_mm);
    EXPECT_NEAR(first.y + last.y, 0, rounding_mm);
}

} // namespace
} // namespace fluoro
