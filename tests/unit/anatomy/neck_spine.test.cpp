#include "skeleton/vertebra_form.hpp"

#include <cmath>
#include <fluoro/anatomy/built_in.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

BodyPlan const& man()
{
    static BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    return plan;
}

/// Width of the bone and of the cleft in it, on lines from side to side through the last 9 mm of a spinous process
/// [mm].
struct Fork {
    double bone_mm = 0, cleft_mm = 0;
};
Fork fork_of(Level level)
{
    VertebraForm const form{man(), level};
    Vec3 const tip = form.spinous_tip();
    Fork best;
    for (double back = -3; back <= 6; back += 0.25)
        for (double up = -5; up <= 5; up += 0.25) {
            double first = 99, last = -99, bone = 0;
            for (double x = -12; x <= 12; x += 0.25) {
                Vec3 const p = form.frame().at(x, tip.y + back, tip.z + up);
                if (form.distance_mm(p) > 0) continue;
                first = std::min(first, x);
                last = std::max(last, x);
                bone += 0.25;
            }
            best.bone_mm = std::max(best.bone_mm, bone);
            if (bone > 2) best.cleft_mm = std::max(best.cleft_mm, last - first + 0.25 - bone);
        }
    return best;
}

// Of the neck's spinous processes those of C2 to C6 are split, C7's is one long knob (anatomy books). A cleft of 1 mm
// is wider than the unevenness of the bone (0.3 mm) and the lines' 0.25 mm can make.
TEST(NeckSpine, spinous_processes_are_split_but_for_the_seventh)
{
    for (int i = 1; i <= 5; ++i) {
        Fork const fork = fork_of(Level(i));
        EXPECT_GT(fork.cleft_mm, 1) << name_of(Level(i));
        EXPECT_GT(fork.bone_mm, 4) << name_of(Level(i));
    }
    EXPECT_LT(fork_of(Level::c7).cleft_mm, 0.6);
    test::measured("spinous_cleft_c4_mm", fork_of(Level(3)).cleft_mm);
}

// The bars about the artery of the transverse process are slight: a beam from side to side through the body meets less
// bone in both of them than in one pillar behind.
TEST(NeckSpine, the_bar_before_the_artery_is_lighter_than_the_pillar)
{
    for (Level const level : {Level(2), Level(3), Level(4), Level(5)}) {
        VertebraForm const form{man(), level};
        VertebraPlan const& v = man().vertebra(level);
        double bar = 0, pillar = 0;
        for (double y = -v.endplate_depth_mm / 2; y <= v.endplate_depth_mm / 2 + 12; y += 0.5)
            for (double z = -6; z <= 6; z += 0.5) {
                double sum = 0;
                for (double x = v.endplate_width_mm / 2 + 3.2; x < 32; x += 0.5) {
                    Vec3 const p = form.frame().at(x, y, z);
                    double const depth = -form.distance_mm(p);
                    if (depth > 0) sum += 0.5 * form.hu(p, Depth{depth});
                }
                double& most = y < v.endplate_depth_mm / 2 - 5 ? bar : pillar;
                most = std::max(most, sum);
            }
        EXPECT_GT(bar, 0) << name_of(level);
        EXPECT_LT(2 * bar, pillar) << name_of(level);
        if (level == Level(3)) test::measured("costal_bar_to_pillar_c4", bar / pillar);
    }
}

// Seen along its own axis, 45 degrees to the front, a nerve's foramen is a hole closed all round: pedicles above and
// below, body and uncinate process before it, the facets behind. From C2/3 to C6/7 it is 8.0 to 10.2 mm high and 5.7 to
// 6.8 mm wide (CT of 320 people of 16 to 37 years), between people 15-20 %; a bone's unevenness (0.3 mm) at either end.
TEST(NeckSpine, the_foramina_of_the_nerves_are_holes_that_point_half_forward)
{
    test::Extremes heights{"neck_foramen_height_mm"}, widths{"neck_foramen_width_mm"};
    for (int i = 2; i <= 5; ++i) {
        VertebraForm const upper{man(), Level(i)}, lower{man(), Level(i + 1)};
        Frame const &f = upper.frame(), &g = lower.frame();
        auto const pedicle = [](VertebraForm const& v) {
            Vec3 const p = v.pedicle();
            return v.frame().at(p.x, p.y, p.z);
        };
        Vec3 const top = pedicle(upper), bottom = pedicle(lower), middle = (top + bottom) / 2.0;
        Vec3 const left = f.left + g.left, up = glm::normalize(top - bottom);
        Vec3 const back = glm::normalize(glm::cross(up, left)), axis = glm::normalize(glm::normalize(left) - back),
                   across = glm::cross(up, axis);
        auto const is_open = [&](double aside, double high) {
            for (double t = -4; t <= 4; t += 0.5) {
                Vec3 const p = middle + aside * across + high * up + t * axis;
                if (upper.distance_mm(p) < 0 || lower.distance_mm(p) < 0) return false;
            }
            return true;
        };
        auto const run = [](auto const& open_at) {
            double longest = 0, here = 0;
            for (double d = -12; d <= 12; d += 0.1) {
                here = open_at(d) ? here + 0.1 : 0;
                longest = std::max(longest, here);
            }
            return longest;
        };
        // The highest upright line, and the narrowest level one of the middle: higher up the disc is in front.
        double height = 0, width = 99;
        for (double at = -2; at <= 2; at += 0.5) {
            height = std::max(height, run([&](double d) { return is_open(at, d); }));
            width = std::min(width, run([&](double d) { return is_open(d, at); }));
        }
        heights.see(height);
        widths.see(width);
        EXPECT_NEAR(height, 9, 3) << name_of(Level(i));
        EXPECT_NEAR(width, 6.3, 2) << name_of(Level(i));
    }
}

} // namespace
} // namespace fluoro
