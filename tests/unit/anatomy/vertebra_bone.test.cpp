#include "skeleton/vertebra_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/built_in.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <string>
#include <vector>

namespace fluoro {
namespace {

constexpr double core_hu = 165;

/// Means of the trabecular pattern along beams through 30 mm of bone, 0.5 mm apart over 24 mm across, at some heights;
/// their standard deviation within a height, and how much of it stays 3 mm higher up.
struct Stripes {
    double deviation_hu = 0, upright = 0;
};
Stripes stripes(Vec3 const& beam, double bone_density)
{
    Vec3 const across = glm::normalize(glm::cross(beam, Vec3{0, 0, 1}));
    auto const row = [&](double z) {
        std::vector<double> means;
        for (double t = -12; t <= 12; t += 0.5) {
            double sum = 0;
            int count = 0;
            for (double s = -15; s <= 15; s += 0.5, ++count)
                sum += trabeculae_hu(t * across + s * beam + Vec3{0, 0, z}, core_hu * bone_density, bone_density, 5);
            means.push_back(sum / count);
        }
        double mean = 0;
        for (double m : means) mean += m / double(means.size());
        for (double& m : means) m -= mean;
        return means;
    };
    double own = 0, shared = 0;
    int rows = 0;
    for (double z = -9; z <= 6; z += 3, ++rows) {
        std::vector<double> const here = row(z), above = row(z + 3);
        for (std::size_t i = 0; i < here.size(); ++i) {
            own += here[i] * here[i] / double(here.size());
            shared += here[i] * above[i] / double(here.size());
        }
    }
    return {std::sqrt(own / rows), shared / own};
}

// Seen through the whole thickness in each of the three usual views: 12 HU over 30 mm is 0.7 % of the beam at 0.02/mm.
// A pattern alike in all directions would keep nothing of itself over 3 mm, more than its pitch (|r| < 0.15 with 49
// beams); struts keep half, and the bound is below that by three times that scatter over the six heights.
TEST(VertebraBone, struts_stand_upright_in_pictures_from_the_front_the_side_and_aslant)
{
    for (double const density : {1.0, 0.45})
        for (auto const& [name, beam] :
             {std::pair{"ap", Vec3{0, 1, 0}}, {"lat", Vec3{1, 0, 0}}, {"lao45", glm::normalize(Vec3{-1, 1, 0})}}) {
            Stripes const seen = stripes(beam, density);
            std::string const which = std::string{name} + (density < 1 ? "_porous" : "");
            test::measured("struts_hu_" + which, seen.deviation_hu);
            test::measured("struts_upright_" + which, seen.upright);
            EXPECT_GT(seen.deviation_hu, 12) << which;
            EXPECT_GT(seen.upright, 0.35) << which;
        }
}

// A fifth of a porous core's 80 HU, about 0.01 g/cm3.
TEST(VertebraBone, the_struts_leave_the_mean_of_a_small_body_as_it_is)
{
    for (unsigned seed = 1; seed <= 6; ++seed) {
        double sum = 0;
        int count = 0;
        for (double x = -7; x <= 7; x += 0.5)
            for (double y = -5; y <= 5; y += 0.5)
                for (double z = -4; z <= 4; z += 0.5, ++count) sum += trabeculae_hu({x, y, z}, 80, 0.45, seed);
        EXPECT_LT(std::abs(sum / count), 16) << seed;
    }
}

/// Width of the bone from side to side at a place of the left half's frame [mm].
double width_mm(VertebraForm const& form, double y, double z)
{
    double width = 0;
    for (double x = -10; x <= 10; x += 0.1)
        if (form.distance_mm(form.frame().at(x, y, z)) < 0) width += 0.1;
    return width;
}

// A drop when seen from the front: sharp above, thick below.
TEST(VertebraBone, a_lumbar_spinous_process_is_sharp_above_and_thick_below)
{
    BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    for (Level const level : {Level::l1, level_at(int(Level::l1) + 1), level_at(int(Level::l1) + 2)}) {
        VertebraForm const form{plan, level};
        Vec3 const tip = form.spinous_tip();
        double const y = std::lerp(form.canal().y + 8, tip.y, 0.55);
        // The highest and the lowest millimetres of the blade at that depth.
        double top = 30, low = -40;
        while (top > low && width_mm(form, y, top) < 0.5) top -= 0.25;
        while (low < top && width_mm(form, y, low) < 0.5) low += 0.25;
        double const above = width_mm(form, y, top - 2), below = width_mm(form, y, low + 4);
        test::measured("spinous_width_above_mm_" + name_of(level), above);
        test::measured("spinous_width_below_mm_" + name_of(level), below);
        EXPECT_GT(top - low, 14) << name_of(level);
        EXPECT_GT(below / above, 1.5) << name_of(level);
    }
}

} // namespace
} // namespace fluoro
