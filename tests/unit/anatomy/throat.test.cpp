#include "../../support/measured.hpp"
#include "head_and_gut.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

/// From the chin to the root of the neck, near the middle.
Patient const& neck_voxels()
{
    static Patient const p = [] {
        Anatomy const anatomy = head_and_gut(patient("adult-male"));
        return voxelise(anatomy, {0.7, {{-26, -135, 372}, {26, -5, 515}}});
    }();
    return p;
}
Anatomy const& neck()
{
    static Anatomy const anatomy = head_and_gut(patient("adult-male"));
    return anatomy;
}

/// From the front of a vertebral body forward to the first air, in the midsagittal plane [mm].
double prevertebral_mm(Level level, double up_mm = 0)
{
    VertebraPlan const& v = neck().plan.vertebra(level);
    Vec3 const front = v.frame.at(0, -v.endplate_depth_mm / 2, up_mm);
    for (double d = 0; d < 60; d += 0.1)
        if (hu_at(neck_voxels(), front - Vec3{0, d, 0}) < -500) return d;
    return 60;
}

// At most 7 mm before C3 and 22 mm before C6 in adults (radiology's rule of thumb); and not none.
TEST(Throat, the_prevertebral_soft_tissue_is_as_thin_as_it_should_be)
{
    double const c3 = prevertebral_mm(Level(2)), c6 = prevertebral_mm(Level(5));
    EXPECT_GT(c3, 2);
    EXPECT_LE(c3, 7);
    EXPECT_GT(c6, 8);
    EXPECT_LE(c6, 22);
    measured("prevertebral_c3", c3);
    measured("prevertebral_c6", c6);
}

TEST(Throat, air_reaches_from_the_choanae_and_the_mouth_to_the_trachea)
{
    Patient const& p = neck_voxels();
    auto const is_air = [&](std::size_t i) { return p.ct.hu[i] < -400; };
    LumenGraph const& gut = neck().lumens.gut;
    LumenGraph const& airways = neck().lumens.airways;
    auto const& mouth = gut.edges[std::size_t(*gut.find_edge("mouth"))];
    Vec3 const trachea = neck().plan.place("trachea-top") + Vec3{0, 0, 1};
    auto const wet = flooded(p, voxel_at(p, trachea), is_air);
    EXPECT_TRUE(wet[index_of(p, voxel_at(p, mouth.points_mm[mouth.points_mm.size() / 2]))]);
    auto const& nose = airways.edges[std::size_t(*airways.find_edge("nasopharynx"))];
    EXPECT_TRUE(wet[index_of(p, voxel_at(p, nose.points_mm[nose.points_mm.size() / 2]))]);
    EXPECT_TRUE(airways.problems().empty());
    EXPECT_FALSE(airways.way(*airways.find_node("choanae"), *airways.find_node("trachea-top")).empty());
}

// The slit is 2 mm high, voxels are 0.7.
TEST(Throat, its_centre_lines_are_inside_their_labels)
{
    double inside = 0, all = 0;
    for (LumenGraph const* graph : {&neck().lumens.gut, &neck().lumens.airways})
        for (LumenEdge const& edge : graph->edges)
            for (Vec3 const& point : edge.points_mm) {
                if (&point == &edge.points_mm.front() || &point == &edge.points_mm.back())
                    continue; // a node is its neighbours', too
                if (!is_inside(neck_voxels(), voxel_at(neck_voxels(), point))) continue;
                ++all;
                inside += label_at(neck_voxels(), point) == edge.label;
            }
    ASSERT_GT(all, 250);
    EXPECT_GT(inside / all, 0.99);
    measured("throat_centre_lines_inside", 100 * inside / all);
}

/// Air in a level plane of the larynx [mm2].
double airway_area(Vec3 const& at)
{
    Patient const& p = neck_voxels();
    double area = 0;
    for (double x = -14; x <= 14; x += 0.7)
        for (double y = -16; y <= 16; y += 0.7)
            area += label_at(p, at + Vec3{x, y, 0}) == id("larynx_lumen") ? 0.49 : 0;
    return area;
}

// In quiet breathing the glottis is open by 50 to 120 mm2, the trachea by 200 to 300 (typical).
TEST(Throat, the_glottis_is_the_narrowest_part_of_the_airway)
{
    auto const& marks = neck().lumens.landmarks;
    double const glottis = airway_area(marks.at("vocal-folds"));
    double const below = airway_area(marks.at("trachea-top") + Vec3{0, 0, 6});
    EXPECT_GT(glottis, 40);
    EXPECT_LT(glottis, 130);
    EXPECT_GT(below, 180);
    EXPECT_LT(below, 320);
    measured("glottis_area", glottis);
}

TEST(Throat, the_recesses_hold_air_and_the_epiglottis_stands_between_them_and_the_vestibule)
{
    auto const& marks = neck().lumens.landmarks;
    Patient const& p = neck_voxels();
    for (char const* name :
         {"vallecula-left", "vallecula-right", "pyriform-sinus-left", "pyriform-sinus-right", "laryngeal-vestibule"})
        EXPECT_LT(hu_at(p, marks.at(name)), -500) << name;
    // Backward from the middle of the valleculae: first air, then the leaf, then air again.
    Vec3 const start = (marks.at("vallecula-left") + marks.at("vallecula-right")) / 2.0 + Vec3{3, 0, 2};
    double leaf = 0;
    int seen = 0;
    for (double d = 0; d < 25; d += 0.1) {
        int const label = label_at(p, start + Vec3{0, d, 0});
        if (label == id("epiglottis")) leaf += 0.1, seen = 1;
        if (seen == 1 && hu_at(p, start + Vec3{0, d, 0}) < -500 && label != id("epiglottis")) seen = 2;
    }
    EXPECT_EQ(seen, 2);
    EXPECT_NEAR(leaf, 3.5, 1.5); // 2 to 5 mm as it is cut, obliquely
}

// ICRP 89: 20 and 17 g.
TEST(Throat, the_thyroid_gland_has_its_mass)
{
    for (auto const& [name, mass] : {std::pair{"adult-male", 20.0}, {"adult-female", 17.0}}) {
        Anatomy const anatomy = head_and_gut(patient(name));
        auto const masses = masses_g(anatomy, voxelise(anatomy, {0.8, {{-36, -75, 295}, {36, -4, 425}}}));
        EXPECT_NEAR(masses.at(id("thyroid_gland")), mass, 0.05 * mass) << name;
        measured(std::string{"thyroid_mass_"} + (mass == 20 ? "male" : "female"), masses.at(id("thyroid_gland")));
    }
}

/// Shares of bone, above 400 HU, in the front half and the rear two fifths of the cartilages of the larynx.
struct Ossified {
    double front, rear;
};
Ossified ossified_at(std::string const& age_y)
{
    Anatomy anatomy = head_and_gut(patient("adult-male", {"age_y=" + age_y}));
    std::erase_if(anatomy.organs, [](Organ const& o) { return o.label != id("larynx"); });
    Patient const p = voxelise(anatomy, {0.7, {{-26, -100, 372}, {26, -5, 470}}});
    Box const box = box_of_label(p, id("larynx"));
    double bone[2] = {0, 0}, all[2] = {0, 0};
    for (std::size_t i = 0; i < p.labels.size(); ++i) {
        if (p.labels[i] != id("larynx")) continue;
        auto const row = i / std::size_t(p.ct.grid.size.x) % std::size_t(p.ct.grid.size.y);
        double const share =
            (p.ct.grid.origin_mm.y + double(row) * p.ct.grid.spacing_mm.y - box.low.y) / (box.high.y - box.low.y);
        if (share > 0.5 && share < 0.6) continue;
        int const part = share > 0.5;
        ++all[part];
        bone[part] += p.ct.hu[i] > 400;
    }
    return {bone[0] / all[0], bone[1] / all[1]};
}

// Bone comes from the third decade on, first along the rear and lower borders and in the cricoid's plate; in the
// seventies most of it is bone (Keen and Wainwright 1958). The shares are of the cortex alone: marrow is below 400 HU.
TEST(Throat, cartilage_of_the_larynx_turns_to_bone_from_behind_and_with_age)
{
    auto const [young_front, young_rear] = ossified_at("30");
    auto const [old_front, old_rear] = ossified_at("75");
    EXPECT_GT(young_rear, 2 * young_front);
    EXPECT_GT(old_front, 3 * young_front);
    EXPECT_GT(old_rear, young_rear);
    EXPECT_GT(young_rear, 0.05);
    EXPECT_LT(young_front, 0.15);
    measured("larynx_bone_rear_30_percent", 100 * young_rear);
    measured("larynx_bone_front_30_percent", 100 * young_front);
    measured("larynx_bone_front_75_percent", 100 * old_front);
}

TEST(Throat, without_the_trachea_it_says_what_is_missing)
{
    Anatomy anatomy;
    anatomy.plan = plan_body(patient("adult-male"));
    for (NamedBuilder const& builder : builders())
        if (std::string{builder.name} == "throat") {
            EXPECT_THROW(builder.build(anatomy), Error);
        }
}

} // namespace
} // namespace fluoro
