#include "../../../engine/anatomy/builders.hpp"
#include "../../../engine/anatomy/chest/chest_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/physics/basis.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <queue>

namespace fluoro {
namespace {

/// The cage alone in 1.5 mm voxels: quick to draw, and no other organ covers it.
struct Cage {
    Anatomy anatomy;
    Patient voxels;

    explicit Cage(std::string const& name)
    {
        anatomy.plan = plan_body(built_in_patient(name));
        build_rib_cage(anatomy);
        Box box = thoracic_box(anatomy.plan);
        box.low -= Vec3{15, 15, 75};
        box.high += Vec3{15, 25, 10};
        // Muscle around the bones, as in the body: its share of their outermost voxels counts.
        anatomy.organs.push_back({"muscle",
                                  label_of("muscle"),
                                  Rank::muscle,
                                  {55, 1.05},
                                  rounded_box({(box.low + box.high) / 2.0}, (box.high - box.low) / 2.0 + 5.0, 0)});
        voxels = voxelise(anatomy, {1.5, box});
    }
    glm::ivec3 cell(std::size_t at) const
    {
        glm::ivec3 const n = voxels.ct.grid.size;
        return {int(at) % n.x, int(at) / n.x % n.y, int(at) / (n.x * n.y)};
    }
    Vec3 point(std::size_t at) const { return voxels.ct.grid.origin_mm + voxels.ct.grid.spacing_mm * Vec3{cell(at)}; }
    std::vector<std::size_t> of(int label) const
    {
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < voxels.labels.size(); ++i)
            if (voxels.labels[i] == label) all.push_back(i);
        return all;
    }
    static double voxel_mm3() { return 1.5 * 1.5 * 1.5; }
};

Cage const& man()
{
    static Cage const cage{"adult-male"};
    return cage;
}

int rib_label(Side side, int rib)
{
    return label_of((side == Side::left ? "rib_left_" : "rib_right_") + std::to_string(rib));
}

/// Shortest ways inside the voxels that `may` allows, from one of them [mm]; infinite where there is none.
std::vector<float> ways_from(Cage const& cage, std::size_t start, auto const& may)
{
    glm::ivec3 const n = cage.voxels.ct.grid.size;
    std::vector<float> way(cage.voxels.labels.size(), std::numeric_limits<float>::infinity());
    std::priority_queue<std::pair<float, std::size_t>, std::vector<std::pair<float, std::size_t>>, std::greater<>> next;
    way[start] = 0;
    next.push({0.F, start});
    while (!next.empty()) {
        auto const [d, at] = next.top();
        next.pop();
        if (d > way[at]) continue;
        glm::ivec3 const c = cage.cell(at);
        for (int k = -1; k <= 1; ++k)
            for (int j = -1; j <= 1; ++j)
                for (int i = -1; i <= 1; ++i) {
                    glm::ivec3 const o = c + glm::ivec3{i, j, k};
                    if (glm::any(glm::lessThan(o, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(o, n))) continue;
                    std::size_t const to =
                        (std::size_t(o.z) * std::size_t(n.y) + std::size_t(o.y)) * std::size_t(n.x) + std::size_t(o.x);
                    if (!may(cage.voxels.labels[to])) continue;
                    float const there = d + 1.5F * std::sqrt(float(i * i + j * j + k * k));
                    if (there < way[to]) {
                        way[to] = there;
                        next.push({there, to});
                    }
                }
    }
    return way;
}

struct Line {
    double slope = 0, mean = 0;
};
/// Fit of height over distance from the midline.
Line height_over_side(std::vector<Vec3> const& points)
{
    double n = 0, x = 0, z = 0, xx = 0, xz = 0;
    for (Vec3 const& p : points) {
        double const side = std::abs(p.x);
        n += 1, x += side, z += p.z, xx += side * side, xz += side * p.z;
    }
    return {(n * xz - x * z) / (n * xx - x * x), z / n};
}

// Lengths along the bone of men of middle height, typical of CT series; people vary by 8 % (one standard deviation) and
// ways over voxels are up to 5 % too long or, on the inner side of the bend, too short: 17 %.
TEST(RibCage, ribs_are_as_long_as_those_of_men)
{
    constexpr std::array<double, 12> typical{150, 225, 265, 292, 308, 316, 318, 308, 285, 250, 190, 130};
    for (Side const side : {Side::left, Side::right})
        for (int rib = 1; rib <= 12; ++rib) {
            int const label = rib_label(side, rib);
            auto const bone = man().of(label);
            ASSERT_FALSE(bone.empty()) << rib;
            auto const is_bone = [label](int l) { return l == label; };
            auto const farthest = [&](std::vector<float> const& way) {
                return *std::ranges::max_element(bone, {}, [&](std::size_t at) { return way[at]; });
            };
            auto const first = ways_from(man(), bone.front(), is_bone);
            auto const whole = ways_from(man(), farthest(first), is_bone);
            double const length = whole[farthest(whole)];
            ASSERT_TRUE(std::isfinite(length)) << "rib " << rib << " is in pieces";
            if (side == Side::left) test::measured("rib_length_mm_" + std::to_string(rib), length);
            EXPECT_NEAR(length / typical[std::size_t(rib - 1)], 1, 0.18)
                << rib << (side == Side::left ? " left" : " right");
            // Cross-sections of dry ribs are 60 to 110 mm2; heads and tubercles are within.
            if (rib >= 3 && rib <= 10) {
                double const area = double(bone.size()) * Cage::voxel_mm3() / length;
                EXPECT_GT(area, 60) << rib;
                EXPECT_LT(area, 115) << rib;
            }
        }
}

// In frontal pictures ribs run nearly level behind (0 to 25 degrees down) and cross the front ones, which fall steeply
// toward the midline (25 to 75 degrees). Typical.
TEST(RibCage, ribs_are_nearly_level_behind_and_fall_forward)
{
    for (int rib = 4; rib <= 8; ++rib) {
        std::vector<Vec3> behind, before;
        double const spine_y = man().anatomy.plan.vertebra(Level(int(Level::t1) + rib - 1)).frame.origin_mm.y;
        double widest = 0;
        for (std::size_t const at : man().of(rib_label(Side::right, rib)))
            widest = std::max(widest, std::abs(man().point(at).x));
        for (std::size_t const at : man().of(rib_label(Side::right, rib))) {
            Vec3 const p = man().point(at);
            if (p.y > spine_y && std::abs(p.x) < 0.8 * widest) behind.push_back(p);
            if (p.y < -20 && std::abs(p.x) < 0.95 * widest) before.push_back(p);
        }
        double const back = degrees(std::atan(height_over_side(behind).slope));
        EXPECT_LT(back, 2) << rib;
        EXPECT_GT(back, -26) << rib;
        if (before.size() > 200) {
            double const front = degrees(std::atan(height_over_side(before).slope));
            EXPECT_GT(front, 22) << rib;
            EXPECT_LT(front, 75) << rib;
        }
        test::measured("rib_slope_behind_deg_" + std::to_string(rib), back);
    }
}

TEST(RibCage, no_rib_is_inside_a_lung)
{
    for (char const* name : {"adult-male", "adult-female"}) {
        Cage const other{name};
        Shape const left = lung(other.anatomy.plan, Side::left), right = lung(other.anatomy.plan, Side::right);
        std::size_t inside = 0, bone = 0;
        int const first = rib_label(Side::left, 1), last = rib_label(Side::right, 12);
        for (std::size_t i = 0; i < other.voxels.labels.size(); ++i) {
            int const label = other.voxels.labels[i];
            if (label < first || label > last) continue;
            ++bone;
            Vec3 const p = other.point(i);
            if (std::min(left.distance_mm(p), right.distance_mm(p)) < 0) ++inside;
        }
        EXPECT_GT(bone, 50'000u);
        EXPECT_EQ(inside, 0u) << name;
    }
}

// True ribs reach the sternum through their cartilage, 8 to 10 the arch, 11 and 12 end freely.
TEST(RibCage, each_rib_is_one_piece_with_its_cartilage)
{
    int const sternum = label_of("sternum"), cartilage = label_of("costal_cartilages");
    auto const gristle = man().of(cartilage);
    for (Side const side : {Side::left, Side::right})
        for (int rib = 1; rib <= 12; ++rib) {
            int const label = rib_label(side, rib);
            auto const bone = man().of(label);
            auto const way =
                ways_from(man(), bone.front(), [=](int l) { return l == label || l == cartilage || l == sternum; });
            for (std::size_t const at : bone) ASSERT_TRUE(std::isfinite(way[at])) << rib << " is in pieces";
            bool const reaches = std::ranges::any_of(gristle, [&](std::size_t at) { return std::isfinite(way[at]); });
            EXPECT_EQ(reaches, rib <= 10) << rib;
            bool const at_sternum =
                std::ranges::any_of(man().of(sternum), [&](std::size_t at) { return std::isfinite(way[at]); });
            EXPECT_EQ(at_sternum, rib <= 10) << rib;
        }
}

// ICRP 110: ribs with marrow 1.165, cartilage 1.10 g/cm3. CTs of ribs vary by more than 5 %.
TEST(RibCage, densities_from_the_voxels_are_icrps)
{
    auto const density = [](int first, int last) {
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < man().voxels.labels.size(); ++i)
            if (man().voxels.labels[i] >= first && man().voxels.labels[i] <= last) {
                BasisDensities const d = basis_densities(man().voxels.ct.hu[i]);
                sum += d.soft_g_cm3 + d.bone_g_cm3;
                ++count;
            }
        return std::pair{sum / count, count * Cage::voxel_mm3() / 1000};
    };
    auto const [ribs, rib_cm3] = density(rib_label(Side::left, 1), rib_label(Side::right, 12));
    auto const [gristle, gristle_cm3] = density(label_of("costal_cartilages"), label_of("costal_cartilages"));
    auto const [breastbone, breastbone_cm3] = density(label_of("sternum"), label_of("sternum"));
    test::measured("rib_density", ribs);
    test::measured("costal_cartilage_density", gristle);
    test::measured("sternum_density", breastbone);
    test::measured("ribs_g", 1.165 * rib_cm3);
    test::measured("costal_cartilages_g", 1.10 * gristle_cm3);
    test::measured("sternum_g", 1.041 * breastbone_cm3);
    EXPECT_NEAR(ribs, 1.165, 0.06);
    EXPECT_NEAR(gristle, 1.10, 0.06);
    EXPECT_NEAR(breastbone, 1.041, 0.08);
}

double litres(Shape const& shape)
{
    constexpr double step = 3;
    Box const& box = shape.bounds();
    std::size_t count = 0;
    for (double z = box.low.z; z < box.high.z; z += step)
        for (double y = box.low.y; y < box.high.y; y += step)
            for (double x = box.low.x; x < box.high.x; x += step)
                if (shape.distance_mm({x, y, z}) < 0) ++count;
    return double(count) * step * step * step * 1e-6;
}

// Lungs with their blood in quiet breathing (functional residual capacity 3.3 and 2.7 L of air sitting, a third less
// lying down, half a tidal volume, 0.6 L of tissue and blood): 3.0 to 3.8 L in the reference man, 2.3 to 3.0 in the
// woman. The left lung is 0.87 of the right one's mass (ICRP 89); 0.06 either way.
TEST(ChestForm, lungs_hold_what_quiet_breathing_leaves)
{
    for (auto const& [name, least, most] : {std::tuple{"adult-male", 3.0, 3.8}, std::tuple{"adult-female", 2.3, 3.0}}) {
        BodyPlan const plan = plan_body(built_in_patient(name));
        double const left = litres(lung(plan, Side::left)), right = litres(lung(plan, Side::right));
        test::measured(std::string("lungs_L_") + name, left + right);
        EXPECT_GT(left + right, least) << name;
        EXPECT_LT(left + right, most) << name;
        EXPECT_NEAR(left / right, 0.87, 0.06) << name;
    }
}

TEST(ChestForm, the_right_dome_is_higher_and_the_recesses_are_deep)
{
    for (auto const& name : built_in_patient_names()) {
        BodyPlan const plan = plan_body(built_in_patient(name));
        double const s = plan.scale;
        double right = -1e9, left = -1e9;
        for (double y = -80; y < 60; y += 5)
            for (double x = 20; x < 120; x += 5) {
                right = std::max(right, diaphragm_top(plan, -s * x, s * y));
                left = std::max(left, diaphragm_top(plan, s * x, s * y));
            }
        // Typical of adults: 10 to 20 mm; summits by T9 and T10 in quiet breathing.
        EXPECT_GT(right - left, 8 * s) << name;
        EXPECT_LT(right - left, 20 * s) << name;
        EXPECT_LT(right, plan.vertebra(Level(int(Level::t1) + 7)).frame.origin_mm.z) << name;
        EXPECT_GT(left, plan.vertebra(Level(int(Level::t1) + 9)).frame.origin_mm.z) << name;
        // The lung's lowest point behind is beside T11 to L1, and 30 to 80 mm below the dome at the side.
        Shape const lungs = unite(lung(plan, Side::left), lung(plan, Side::right));
        auto const lowest = [&](auto const& may) {
            double z_low = 1e9;
            Box const& box = lungs.bounds();
            for (double z = box.low.z; z < right; z += 2)
                for (double y = box.low.y; y < box.high.y; y += 2)
                    for (double x = box.low.x; x < box.high.x; x += 2)
                        if (may(x, y) && lungs.distance_mm({x, y, z}) < 0) z_low = std::min(z_low, z);
            return z_low;
        };
        double const behind = lowest([&](double, double y) { return y > 45 * s; });
        double const aside = lowest([&](double x, double y) { return x < -100 * s && std::abs(y) < 20 * s; });
        EXPECT_LT(behind, plan.vertebra(Level(int(Level::t1) + 10)).frame.origin_mm.z) << name;
        EXPECT_GT(behind, plan.vertebra(Level::l1).frame.origin_mm.z) << name;
        EXPECT_GT(right - aside, 30 * s) << name;
        EXPECT_LT(right - aside, 80 * s) << name;
        test::measured("posterior_recess_below_dome_mm_" + name, right - behind);
    }
}

// Heart with pericardial fat over the inner width of the chest: 0.42 to 0.5 in healthy adults (typical).
TEST(ChestForm, the_lungs_leave_a_bed_for_the_heart)
{
    BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    Shape const cavity = thoracic_cavity(plan), bed = intersect(mediastinum(plan), cavity);
    double low = 0, high = 0, chest = 0;
    for (double z = 180; z < 250; z += 2)
        for (double y = -100; y < 90; y += 2) {
            double first = 0, last = 0;
            for (double x = -150; x < 150; x += 2) {
                if (bed.distance_mm({x, y, z}) < 0) low = std::min(low, x), high = std::max(high, x);
                if (cavity.distance_mm({x, y, z}) < 0) first = std::min(first, x), last = std::max(last, x);
            }
            chest = std::max(chest, last - first);
        }
    double front = 0, back = 0;
    for (double x = 0; x < 90; x += 4)
        for (double y = -120; y < 120; y += 1)
            if (cavity.distance_mm({x, y, 190}) < 0) front = std::min(front, y), back = std::max(back, y);
    double const depth = back - front;
    test::measured("cardiothoracic_ratio", (high - low) / chest);
    test::measured("chest_inner_width_mm", chest);
    test::measured("chest_inner_depth_mm", depth);
    EXPECT_GT((high - low) / chest, 0.42);
    EXPECT_LT((high - low) / chest, 0.5);
    EXPECT_GT(high, -1.3 * low) << "the apex points to the left";
    // Adult men: 270 to 280 mm inside at T9 and T10, 160 to 180 mm deep with the gutters (typical).
    EXPECT_NEAR(chest, 275, 6);
    EXPECT_NEAR(depth, 170, 10);
}

// The wall of a lean man is ribs, intercostals, the muscles of arm and belly on them, and fat: 15 to 80 mm
// (shoulder blades and pectorals make its upper part thick).
TEST(ChestForm, there_is_room_for_the_chest_wall)
{
    BodyPlan const plan = plan_body(built_in_patient("adult-male"));
    Shape const wall = chest_wall(plan);
    test::Extremes thick{"chest_wall_mm"};
    for (double z = 100; z <= 300; z += 20) {
        BodyPlan::Outline const o = plan.outline(z);
        for (double a = 20; a < 175; a += 5) {
            Vec3 const way{std::sin(radians(a)), std::cos(radians(a)), 0};
            double inner = 0, outer = 0;
            for (double r = 0; r < 200; r += 0.5) {
                Vec3 const p = Vec3{0, -3, z} + r * way;
                if (wall.distance_mm(p) < 0) inner = r;
                double const x = std::abs(p.x) / o.half_width_mm,
                             y = std::abs(p.y - (o.front_mm + o.back_mm) / 2) / ((o.back_mm - o.front_mm) / 2);
                if (std::pow(x, o.exponent) + std::pow(y, o.exponent) < 1) outer = r;
            }
            if (a < 45) continue; // behind, the ray grazes the gutters
            thick.see(outer - inner);
            EXPECT_GT(outer - inner, 14) << z << " " << a;
            EXPECT_LT(outer - inner, 80) << z << " " << a;
        }
    }
}

} // namespace
} // namespace fluoro
