#include "skeleton/vertebra_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/built_in.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <string>

namespace fluoro {
namespace {

/// Longest way on which a beam along `direction` runs between both bones of the left joint above `level`, touching
/// neither and with both close by [mm].
double way_between_mm(BodyPlan const& plan, Level level, Vec3 const& direction)
{
    constexpr double half_mm = 10, step_mm = 0.25, close_mm = 1.8;
    FacetJoint const joint = upper_facet(plan, level);
    VertebraForm const lower{plan, level}, upper{plan, level_at(int(level) - 1)};
    Frame const& frame = lower.frame();
    double best = 0;
    for (double t = -4.5; t <= 4.5; t += 0.5) {
        Vec3 const q = joint.centre_mm + t * joint.across + joint.rise_mm(t) * joint.normal;
        Vec3 const middle = frame.at(q.x, q.y, q.z);
        double way = 0;
        for (double const sign : {-1.0, 1.0})
            for (double s = sign < 0 ? step_mm : 0; s < half_mm; s += step_mm) {
                Vec3 const p = middle + sign * s * direction;
                double const below = lower.distance_mm(p), above = upper.distance_mm(p);
                if (std::min(below, above) <= 0 || std::max(below, above) > close_mm) break;
                way += step_mm;
            }
        best = std::max(best, way);
    }
    return best;
}

// Lumbar joints are hooks, sagittal behind and nearly coronal in front: pictures from the front and aslant by 45
// degrees both show their gap. A flat one at 26 to 38 degrees to the sagittal plane with a gap of 2 mm lets a beam from
// the front run between its bones for 2 / sin 26 = 4.6 mm at most, and 3.3 mm at 38.
TEST(Facets, lumbar_joints_are_open_to_beams_from_the_front_and_aslant)
{
    BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    for (int i = int(Level::l1) + 1; i < int(Level::l5); ++i) {
        Level const level = level_at(i);
        double const front = way_between_mm(plan, level, {0, 1, 0});
        double const aslant = way_between_mm(plan, level, glm::normalize(Vec3{1, 1, 0}));
        EXPECT_GT(front, 5) << name_of(level);
        EXPECT_GT(aslant, 6) << name_of(level);
        test::measured("facet_way_front_mm_" + name_of(level), front);
        test::measured("facet_way_aslant_mm_" + name_of(level), aslant);
    }
}

} // namespace
} // namespace fluoro
