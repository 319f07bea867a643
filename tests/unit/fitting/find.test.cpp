#include "find/findings.hpp"
#include "morphology.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/core/random.hpp>
#include <gtest/gtest.h>
#include <phantoms.hpp>

namespace fluoro {
namespace {

Lattice cube_of(int side, double spacing_mm)
{
    Lattice lattice;
    lattice.size = glm::ivec3{side};
    lattice.spacing_mm = spacing_mm;
    lattice.origin_mm = Vec3{-0.5 * spacing_mm * (side - 1)};
    return lattice;
}

Mask ball_of(Lattice const& lattice, Vec3 const& centre, double radius)
{
    Mask mask(lattice.count());
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] = glm::length(lattice.position(lattice.cell(i)) - centre) < radius;
    return mask;
}

// A cube counts as the edge when one corner of it is free: up to a cube's side below the surface.
TEST(Morphology, depth_in_a_ball_is_radius_minus_distance)
{
    Lattice const lattice = cube_of(40, 2);
    auto const depth = depth_in(lattice, ball_of(lattice, {1, 1, 1}, 25));
    for (std::size_t i = 0; i < depth.size(); i += 7)
        EXPECT_NEAR(depth[i], 25 - glm::length(lattice.position(lattice.cell(i)) - Vec3{1, 1, 1}), 2.1);
}

TEST(Morphology, parts_are_apart_and_the_largest_is_first)
{
    Lattice const lattice = cube_of(40, 2);
    Mask both = ball_of(lattice, {-20, 0, 0}, 12);
    Mask const large = ball_of(lattice, {15, 0, 0}, 18);
    for (std::size_t i = 0; i < both.size(); ++i) both[i] = both[i] != 0 || large[i] != 0;
    Parts const parts = parts_of(lattice, both, 0);
    ASSERT_EQ(parts.sizes.size(), 2u);
    EXPECT_EQ(part(parts, 1), large);
    EXPECT_EQ(parts_of(lattice, both, 15e3).sizes.size(), 1u); // the small one has 7 mL
}

TEST(Lattice, work_volume_keeps_places_of_a_ct_with_turned_axes)
{
    Grid grid = test::centred_grid({60, 50, 40}, {1, 1.2, 2.5});
    grid.directions = Mat3{Vec3{-1, 0, 0}, Vec3{0, -1, 0}, Vec3{0, 0, 1}}; // as a scan with the feet first
    grid.origin_mm = -grid.origin_mm * Vec3{1, 1, -1} + Vec3{30, -200, 90};
    auto const patient = test::make_patient(grid, [](Vec3 const& p) { return 2 * p.x - 3 * (p.y + 200) + p.z - 90; });
    WorkVolume const work = work_volume(patient->ct, 2);
    // A linear function survives means and interpolation; HU are whole numbers.
    for (Vec3 const& p : {Vec3{30, -200, 90}, Vec3{20, -190, 60}, Vec3{45, -215, 110}})
        EXPECT_NEAR(work.at(p), 2 * p.x - 3 * (p.y + 200) + p.z - 90, 1.0);
}

TEST(Lattice, padding_outside_of_a_circle_is_not_seen)
{
    Grid const grid = test::centred_grid({100, 100, 4}, {2, 2, 2});
    auto const patient = test::make_patient(grid, [](Vec3 const& p) {
        double const r = std::hypot(p.x, p.y);
        return r > 100 ? -1000.0 : r < 60 ? 30.0 : -1000 + 9 * std::sin(p.x * 3 + p.y * 7); // noise of air
    });
    ReconstructionCircle const circle = reconstruction_circle(patient->ct);
    ASSERT_TRUE(circle.is_there);
    EXPECT_TRUE(circle.holds(grid, 49.5, 95));
    EXPECT_FALSE(circle.holds(grid, 2, 2));
    auto const full = test::make_patient(grid, [](Vec3 const& p) { return p.x > 0 ? 30.0 : -900; });
    EXPECT_FALSE(reconstruction_circle(full->ct).is_there);
}

/// A trunk of soft tissue with a row of vertebrae of the plan's sizes: shells of bone, discs, a canal behind, a couch
/// below; and a bright aorta on the left. From the plan alone, so that the truth is known.
struct Trunk {
    BodyPlan plan = plan_body(built_in_patient("adult-male"));
    Vec3 shift{12, -150, 700}; ///< as CTs have it
    double aorta_hu = 300;

    double hu(Vec3 const& at) const
    {
        Vec3 const p = at - shift;
        if (std::abs(p.y - 118) < 4 && std::abs(p.x) < 230) return 60; // couch
        if (std::hypot(p.x / 160, (p.y + 10) / 110) > 1) return -1000;
        for (int i = int(Level::t1) + 5; i <= int(Level::l5); ++i) {
            VertebraPlan const& v = plan.spine[std::size_t(i)];
            Vec3 const q = v.frame.local(p);
            double const height = (v.anterior_height_mm + v.posterior_height_mm) / 2;
            double const r = std::hypot(q.x / (v.endplate_width_mm / 2), q.y / (v.endplate_depth_mm / 2));
            if (r < 1 && std::abs(q.z) < height / 2) return std::abs(q.z) > height / 2 - 2.5 || r > 0.88 ? 550 : 190;
            if (r < 1 && std::abs(q.z) < height / 2 + v.disc_below_mm / 2 + 1) return 85;
            // The arch: a ring of bone around the canal at the upper half of the vertebra.
            double const ring =
                std::hypot(q.x / (v.canal_width_mm / 2),
                           (q.y - v.endplate_depth_mm / 2 - v.canal_depth_mm / 2) / (v.canal_depth_mm / 2));
            if (ring < 1) return 30;
            if (ring < 1.6 && q.z > -height / 2 && q.z < height / 2) return 450;
            // Ribs beside the thoracic ones, sloping down.
            if (i <= int(Level::t12) && std::abs(std::abs(q.x) - 45) < 30 && std::abs(q.y - 30) < 5 &&
                std::abs(q.z - height / 2 + 0.8 * (std::abs(q.x) - 20)) < 5)
                return 400;
        }
        if (std::hypot(p.x - 30, p.y + 8) < 12) return aorta_hu;
        return 45;
    }
};

class SyntheticSpine : public testing::Test {
protected:
    static Findings const& found()
    {
        static Findings const f = [] {
            Trunk const trunk;
            Grid grid = test::centred_grid({170, 130, 124}, {2, 2, 2.5});
            grid.origin_mm += trunk.shift + Vec3{0, 15, 115};
            auto const patient = test::make_patient(grid, [&](Vec3 const& p) { return trunk.hu(p); });
            return find(patient->ct, trunk.plan);
        }();
        return f;
    }
};

TEST_F(SyntheticSpine, the_body_is_found_and_the_couch_is_no_part_of_it)
{
    EXPECT_TRUE(found().has_outline);
    Lattice const& lattice = found().work.lattice;
    Trunk const trunk;
    auto const is_body = [&](Vec3 const& p) {
        return found().body[lattice.index(lattice.nearest(p + trunk.shift))] != 0;
    };
    EXPECT_TRUE(is_body({0, 0, 0}));
    EXPECT_TRUE(is_body({150, -10, 50}));
    EXPECT_FALSE(is_body({0, 118, 50}));
}

// Half a voxel of 2.5 mm, the finders' 2 mm cubes and what a disc that leans moves the middle.
TEST_F(SyntheticSpine, discs_and_ribs_give_the_bodies_their_middles_and_names)
{
    Trunk const trunk;
    int near = 0;
    for (auto const& [level, v] : found().spine.vertebrae) {
        Vec3 const off = v.centre_mm - trunk.shift - trunk.plan.vertebra(level).frame.origin_mm;
        EXPECT_LT(glm::length(off), 6) << name_of(level) << ' ' << off.x << ' ' << off.y << ' ' << off.z;
        near += glm::length(off) < 4;
    }
    EXPECT_GE(near, 7); // of T6 to L3; the outermost have no disc beyond them
}

TEST_F(SyntheticSpine, a_bright_aorta_beside_it_is_followed)
{
    ASSERT_TRUE(found().aorta);
    Trunk const trunk;
    EXPECT_NEAR(found().aorta->mean_hu, 300, 5);
    for (Vec3 const& p : found().aorta->points_mm)
        EXPECT_LT(std::hypot(p.x - trunk.shift.x - 30, p.y - trunk.shift.y + 8), 3);
    EXPECT_GT(double(found().aorta->points_mm.size()) * 3, 200); // of 400 mm
}

TEST_F(SyntheticSpine, what_is_not_there_is_said)
{
    EXPECT_FALSE(found().carina);
    EXPECT_FALSE(found().hip.left);
    auto const says = [&](char const* word) {
        return std::ranges::any_of(found().not_found,
                                   [word](auto const& line) { return line.find(word) != std::string::npos; });
    };
    EXPECT_TRUE(says("lung"));
    EXPECT_TRUE(says("heart"));
}

TEST(Find, a_ball_of_water_has_no_spine)
{
    auto const patient = test::make_patient(test::centred_grid({80, 80, 80}, {3, 3, 3}),
                                            [](Vec3 const& p) { return glm::length(p) < 100 ? 0.0 : -1000.0; });
    Findings const found = find(patient->ct, plan_body(built_in_patient("adult-male")));
    EXPECT_TRUE(found.spine.vertebrae.empty());
    EXPECT_FALSE(found.aorta);
    EXPECT_FALSE(found.not_found.empty());
}

} // namespace
} // namespace fluoro
