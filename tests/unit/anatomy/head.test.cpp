#include "../../support/measured.hpp"
#include "head_and_gut.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace fluoro {
namespace {

using namespace test;

Box head_region(BodyPlan const& plan)
{
    return region_named(plan, "head");
}
Anatomy const& man()
{
    static Anatomy const anatomy = head_and_gut(patient("adult-male"));
    return anatomy;
}
Patient const& voxels()
{
    static Patient const p = voxelise(man(), {1.5, head_region(man().plan)});
    return p;
}
bool is_brain(int label)
{
    static int const brain = label_of("brain"), fluid = label_of("cerebrospinal_fluid");
    return label == brain || label == fluid;
}

// The only way from outside to the brain that is not bone is the foramen magnum: a plug of 24 mm around the middle of
// the skull's base shuts it.
TEST(Head, the_skull_is_closed_but_for_the_foramen_magnum)
{
    Patient const& p = voxels();
    Vec3 const base = man().plan.place("skull-base");
    Grid const& grid = p.ct.grid;
    auto const reaches_brain = [&](bool is_plugged) {
        int const skull = id("skull");
        auto const open = [&](std::size_t i) {
            if (p.labels[i] == skull) return false;
            if (!is_plugged) return true;
            auto const n = std::size_t(grid.size.x), m = n * std::size_t(grid.size.y);
            Vec3 const at = grid.origin_mm + grid.spacing_mm * Vec3{double(i % n), double(i % m / n), double(i / m)};
            return glm::length(at - base - Vec3{0, 10, 0}) > 24;
        };
        auto const wet = flooded(p, {0, 0, grid.size.z - 1}, open);
        for (std::size_t i = 0; i < wet.size(); ++i)
            if (wet[i] && is_brain(p.labels[i])) return true;
        return false;
    };
    EXPECT_FALSE(reaches_brain(true));
    EXPECT_TRUE(reaches_brain(false));
}

// ICRP 89: 1450 and 1300 g. The gap to the skull was found on a lattice of 4 mm.
TEST(Head, the_brain_has_its_mass)
{
    for (auto const& [name, mass] : {std::pair{"adult-male", 1450.0}, {"adult-female", 1300.0}}) {
        Anatomy const anatomy = head_and_gut(patient(name));
        auto const masses = masses_g(anatomy, voxelise(anatomy, {2, head_region(anatomy.plan)}));
        EXPECT_NEAR(masses.at(id("brain")), mass, 0.05 * mass) << name;
        measured(std::string{"brain_mass_"} + (mass == 1450 ? "male" : "female"), masses.at(id("brain")));
    }
}

// 5 to 8 mm (typical) from parietal to parietal and over the top; a voxel is 1.5 mm, so means over many rays.
TEST(Head, the_vault_is_5_to_8_mm_thick_with_its_two_tables)
{
    Patient const& p = voxels();
    Vec3 const middle = man().plan.place("skull-base") + Vec3{0, 0, 60};
    double sum = 0;
    int rays = 0, tables = 0;
    for (double turn = -1.2; turn <= 1.2; turn += 0.2)
        for (double nod = 0; nod < 1; nod += 0.25) {
            Vec3 const way = glm::normalize(Vec3{std::sin(turn), 0.6 * nod, std::cos(turn)});
            double thick = 0, least = 1e9, most = 0, rim = 0;
            for (double d = 40; d < 130; d += 0.25)
                if (label_at(p, middle + d * way) == id("skull")) {
                    thick += 0.25;
                    double const hu = hu_at(p, middle + d * way);
                    least = std::min(least, hu);
                    most = std::max(most, hu);
                    rim = hu;
                }
            sum += thick;
            ++rays;
            tables += most > 850 && rim > 0;
        }
    EXPECT_GT(sum / rays, 5);
    EXPECT_LT(sum / rays, 8);
    EXPECT_GT(tables, 0.8 * rays);
    measured("skull_vault_thickness", sum / rays);
}

TEST(Head, sinuses_hold_air_and_enamel_is_the_densest)
{
    Patient const& p = voxels();
    double const sinus_ml = double(std::ranges::count(p.labels, id("nasal_cavity"))) * std::pow(1.5, 3) / 1000;
    EXPECT_GT(sinus_ml, 35); // maxillary 2 x 10 to 20 mL, the rest and the nose
    EXPECT_LT(sinus_ml, 110);
    int densest = -2000;
    for (std::size_t i = 0; i < p.labels.size(); ++i)
        if (p.labels[i] == id("teeth")) densest = std::max(densest, int(p.ct.hu[i]));
    EXPECT_NEAR(densest, 2500, 120); // voxels are as large as the enamel is thick
}

// From bone to the air outside there is always soft tissue, and head and neck are one piece.
TEST(Head, face_scalp_and_neck_cover_the_bones_without_a_gap)
{
    for (auto const& name : built_in_patient_names()) {
        Anatomy const anatomy = head_and_gut(patient(name));
        Patient const p = voxelise(anatomy, {2, head_region(anatomy.plan)});
        auto const outside = flooded(p, {0, 0, p.ct.grid.size.z - 1}, [&](std::size_t i) { return p.labels[i] == 0; });
        auto const n = std::size_t(p.ct.grid.size.x), m = n * std::size_t(p.ct.grid.size.y);
        std::set<int> const bones{id("skull"), id("mandible"), id("hyoid"), id("larynx")};
        int bare = 0;
        for (std::size_t i = m; i + m < p.labels.size(); ++i) {
            if (!bones.contains(p.labels[i])) continue;
            for (std::size_t next : {i - 1, i + 1, i - n, i + n, i - m, i + m}) bare += outside[next];
        }
        // A face of two voxels of 2 mm where skin, 2 mm thick, runs slantwise over a bone is the voxels' doing.
        EXPECT_LE(bare, 4) << name;
        glm::ivec3 const brow = voxel_at(p, anatomy.plan.place("skull-base") + Vec3{0, 0, 60});
        auto const body = flooded(p, brow, [&](std::size_t i) { return p.labels[i] != 0; });
        std::size_t apart = 0;
        for (std::size_t i = 0; i < body.size(); ++i) apart += p.labels[i] != 0 && !body[i];
        EXPECT_EQ(apart, 0u) << name;
    }
}

// Where the larynx's lumen ends flat on the trachea's, half a voxel of wall on either side would be a sheet.
TEST(Head, nothing_lies_across_the_airway_where_the_larynx_meets_the_trachea)
{
    Anatomy const anatomy = build_anatomy(patient("adult-male"));
    Vec3 const top = anatomy.lumens.landmarks.at("trachea-top");
    Patient const p = voxelise(anatomy, {0.5, {top - Vec3{5, 5, 7}, top + Vec3{5, 5, 7}}});
    double densest = -1100;
    for (double x : {-3.0, 0.0, 3.0})
        for (double z = -5; z <= 5; z += 0.5) densest = std::max(densest, hu_at(p, top + Vec3{x, 0, z}));
    EXPECT_LT(densest, -950);
    measured("airway_joint_hu", densest);
}

// The tip stands 10 to 25 mm below the condyles' level in front of the neck (typical) and holds air cells.
TEST(Head, mastoids_end_in_a_tip_and_hold_air)
{
    Patient const& p = voxels();
    for (double side : {-1.0, 1.0}) {
        Vec3 const base = man().plan.place("skull-base");
        double lowest = 0, airy = 0, all = 0;
        for (double z = -30; z < 20; z += 1)
            for (double x = 44; x < 64; x += 1)
                for (double y = -10; y < 25; y += 1) {
                    Vec3 const at = base + Vec3{side * x, y, z};
                    if (label_at(p, at) != id("skull")) continue;
                    lowest = std::min(lowest, z);
                    ++all;
                    airy += hu_at(p, at) < -200;
                }
        EXPECT_LT(lowest, -10);
        EXPECT_GT(lowest, -25);
        EXPECT_GT(airy / all, 0.05);
        measured(side > 0 ? "mastoid_tip_left_mm" : "mastoid_tip_right_mm", lowest);
    }
}

} // namespace
} // namespace fluoro
