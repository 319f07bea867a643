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

} // namespace
} // namespace fluoro
