#include "measured.hpp"

#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/physics/basis.hpp>
#include <gtest/gtest.h>
#include <set>

namespace fluoro {
namespace {

Anatomy with_limbs(PatientParameters const& parameters)
{
    Anatomy anatomy;
    anatomy.plan = plan_body(parameters);
    for (NamedBuilder const& builder : builders())
        if (std::set<std::string>{"surface", "limbs", "shoulder_girdle"}.contains(builder.name)) builder.build(anatomy);
    return anatomy;
}

struct Masses {
    double arms_kg = 0, legs_kg = 0;
};

/// Of what lies beside the trunk or below it: all voxels of body, by their Hounsfield units.
Masses masses(Anatomy const& anatomy)
{
    Patient const voxels = voxelise(anatomy, {4, region_named(anatomy.plan, "whole")});
    Shape const& trunk = anatomy.organs.front().shape;
    Grid const& g = voxels.ct.grid;
    Masses m;
    std::size_t at = 0;
    for (int k = 0; k < g.size.z; ++k)
        for (int j = 0; j < g.size.y; ++j)
            for (int i = 0; i < g.size.x; ++i, ++at) {
                if (voxels.labels[at] == 0) continue;
                Vec3 const p = g.origin_mm + 4.0 * Vec3{i, j, k};
                BasisDensities const density = basis_densities(voxels.ct.hu[at]);
                double const kg = 0.064e-3 * (density.soft_g_cm3 + density.bone_g_cm3);
                if (p.z < trunk.bounds().low.z)
                    m.legs_kg += kg;
                else if (trunk.distance_mm(p) > 0)
                    m.arms_kg += kg;
            }
    return m;
}

// De Leva 1996: an arm with hand is 4.9 % of a man's mass and 4.6 % of a woman's, a leg 19.9 and 21.0 %. The trunk here
// holds the upper fifth of the thigh (a fifth of 14 %) and part of the shoulder: 8 to 12 % for both arms, which lie
// level with the shoulder, and 28 to 38 % for both legs. HU give the densities.
TEST(Limbs, have_their_share_of_the_bodys_mass)
{
    for (char const* who : {"adult-male", "adult-female"}) {
        PatientParameters const& parameters = built_in_patient(who);
        Masses const m = masses(with_limbs(parameters));
        EXPECT_NEAR(m.arms_kg / parameters.mass_kg, 0.1, 0.018) << who << ": " << m.arms_kg << " kg";
        EXPECT_NEAR(m.legs_kg / parameters.mass_kg, 0.33, 0.05) << who << ": " << m.legs_kg << " kg";
        test::measured(std::string{"limbs_arms_kg_"} + who, m.arms_kg);
        test::measured(std::string{"limbs_legs_kg_"} + who, m.legs_kg);
    }
}

TEST(Limbs, the_whole_region_holds_them)
{
    std::vector<PatientParameters> people;
    for (std::string const& who : built_in_patient_names()) people.push_back(built_in_patient(who));
    people.push_back(built_in_patient("adult-male"));
    set(people.back(), "arms=out");
    for (PatientParameters const& parameters : people) {
        std::string const& who = parameters.name;
        Anatomy const anatomy = with_limbs(parameters);
        Box const whole = region_named(anatomy.plan, "whole");
        Patient const voxels = voxelise(anatomy, {8, grown(whole, 16)});
        Grid const& g = voxels.ct.grid;
        std::size_t at = 0;
        for (int k = 0; k < g.size.z; ++k)
            for (int j = 0; j < g.size.y; ++j)
                for (int i = 0; i < g.size.x; ++i, ++at) {
                    if (voxels.labels[at] == 0) continue;
                    Vec3 const p = g.origin_mm + 8.0 * Vec3{i, j, k};
                    ASSERT_TRUE(glm::all(glm::greaterThan(p, whole.low)) && glm::all(glm::lessThan(p, whole.high)))
                        << who << ": " << p.x << ", " << p.y << ", " << p.z;
                }
    }
}

// Raised, the elbow is above the chin and nothing of the arm below the shoulder's own height; laid out, it is level
// with the shoulder (5 degrees below). The bones are as long either way, and arteries stay at least 2 mm under the
// skin.
TEST(Limbs, arms_are_raised_or_laid_out_with_their_arteries_in_them)
{
    std::array<double, 2> upper_mm{};
    for (bool const is_raised : {true, false}) {
        PatientParameters parameters = built_in_patient("adult-male");
        if (!is_raised) set(parameters, "arms=out");
        Anatomy anatomy;
        anatomy.plan = plan_body(parameters);
        for (NamedBuilder const& builder : builders())
            if (std::set<std::string>{"surface", "limbs", "heart", "arteries"}.contains(builder.name))
                builder.build(anatomy);
        Vec3 const shoulder = anatomy.plan.place("shoulder-right"), elbow = anatomy.plan.place("elbow-right");
        upper_mm[is_raised ? 0 : 1] = glm::length(elbow - shoulder);
        if (is_raised)
            EXPECT_GT(elbow.z, anatomy.plan.vertebra(Level(2)).frame.origin_mm.z);
        else
            EXPECT_NEAR(elbow.z, shoulder.z, 30);
        EXPECT_GT(elbow.z, anatomy.plan.place("heart-centre").z + 30);
        std::size_t asked = 0;
        for (LumenEdge const& e : anatomy.lumens.vessels.edges) {
            if (e.name != "right-brachial" && e.name != "right-radial" && e.name != "left-radial") continue;
            for (Vec3 const& p : e.points_mm) {
                double under = 1e9;
                for (Organ const& organ : anatomy.organs)
                    if (organ.label == label_of("skin")) under = std::min(under, organ.shape.distance_mm(p));
                ASSERT_LT(under, -2) << e.name << (is_raised ? " raised" : " out");
                ++asked;
            }
        }
        EXPECT_GT(asked, 500u);
    }
    EXPECT_NEAR(upper_mm[0], upper_mm[1], 1e-6);
}

// Between trunk and limbs there is neither air nor a slit: every line through the joint meets the body once.
TEST(Limbs, join_the_trunk_without_gaps)
{
    for (std::string const& who : built_in_patient_names()) {
        Anatomy const anatomy = with_limbs(built_in_patient(who));
        double const s = anatomy.plan.scale, low = anatomy.organs.front().shape.bounds().low.z;
        // Down the middle of the thighs through the trunk's end; from the chest through the shoulder's middle.
        Vec3 const shoulder = anatomy.plan.place("shoulder-left");
        struct Line {
            Vec3 from, to;
        };
        for (Line const& line : {Line{{80 * s, 10, low + 40}, {80 * s, 10, low - 60}},
                                 Line{{120 * s, 30 * s, low + 40}, {120 * s, 30 * s, low - 60}},
                                 Line{{80 * s, 10, shoulder.z - 20 * s}, shoulder + s * Vec3{20, 0, -20}}}) {
            Vec3 const way = glm::normalize(line.to - line.from);
            for (double t = 0; t < glm::length(line.to - line.from); t += 0.5) {
                bool is_covered = false;
                for (Organ const& organ : anatomy.organs)
                    is_covered = is_covered || organ.shape.distance_mm(line.from + t * way) < -0.5;
                ASSERT_TRUE(is_covered) << who << " at " << t << " mm";
            }
        }
        // On the thigh's skin the step at the joint stays below 2 mm: no edge that a picture would show.
        auto const front = [&](double z) {
            for (double y = -160; y < 0; y += 0.25)
                for (Organ const& organ : anatomy.organs)
                    if (organ.label == label_of("skin") && organ.shape.distance_mm({80 * s, y, z}) < 0) return y;
            return 0.0;
        };
        EXPECT_NEAR(front(low + 3), front(low - 3), 2) << who;
    }
}

// Femur 27.5 % of the height (Trotter and Gleser's relation inverted), outer width of its shaft 27 to 29 mm, cortex 5
// to 8 mm in the middle; head 48 mm across. One voxel of 1 mm each way.
TEST(Femur, has_its_length_its_head_and_a_tube_of_compact_bone)
{
    Anatomy const anatomy = with_limbs(built_in_patient("adult-male"));
    Vec3 const hip = anatomy.plan.place("hip-left"), knee = anatomy.plan.place("knee-left");
    Patient const voxels = voxelise(anatomy, {1, {hip - Vec3{40, 50, 480}, hip + Vec3{75, 60, 40}}});
    Grid const& g = voxels.ct.grid;
    int const femur = label_of("femur_left");
    auto const at = [&](glm::ivec3 const& i) {
        return (std::size_t(i.z) * std::size_t(g.size.y) + std::size_t(i.y)) * std::size_t(g.size.x) + std::size_t(i.x);
    };
    int top = 0, bottom = g.size.z;
    for (int k = 0; k < g.size.z; ++k)
        for (int j = 0; j < g.size.y; ++j)
            for (int i = 0; i < g.size.x; ++i)
                if (voxels.labels[at({i, j, k})] == femur) top = std::max(top, k), bottom = std::min(bottom, k);
    EXPECT_NEAR(top - bottom, 0.275 * 1760, 15);
    // Across the middle of the shaft from the side.
    Vec3 const middle = (hip + knee) / 2.0;
    int const k = int(std::lround(middle.z - g.origin_mm.z));
    int width = 0, compact = 0;
    for (int j = 0; j < g.size.y; ++j) {
        int row = 0, hard = 0;
        for (int i = 0; i < g.size.x; ++i)
            if (voxels.labels[at({i, j, k})] == femur) {
                ++row;
                hard += voxels.ct.hu[at({i, j, k})] > 700 ? 1 : 0;
            }
        if (row > width) width = row, compact = hard;
    }
    EXPECT_NEAR(width, 28, 2);
    EXPECT_NEAR(compact / 2.0, 6.5, 1.5);
    test::measured("limbs_femur_length_mm", top - bottom);
    test::measured("limbs_femur_cortex_mm", compact / 2.0);
}

} // namespace
} // namespace fluoro
