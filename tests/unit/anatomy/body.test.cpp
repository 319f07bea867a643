#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

Shape const& organ(Anatomy const& anatomy, std::string_view name)
{
    auto const found = std::ranges::find(anatomy.organs, name, &Organ::name);
    EXPECT_NE(found, anatomy.organs.end()) << name;
    return found->shape;
}

/// Bodies are drawn once.
Anatomy const& body(std::string const& name)
{
    static std::map<std::string, Anatomy> bodies;
    auto const found = bodies.find(name);
    return found != bodies.end() ? found->second
                                 : bodies.emplace(name, build_anatomy(built_in_patient(name))).first->second;
}

/// Width and depth of the skin at a height, by walking in from outside.
Vec2 breadth(Shape const& skin, double z)
{
    auto const reach = [&](Vec3 const& direction) {
        for (double r = 350; r > 0; r -= 0.5)
            if (skin.distance_mm(Vec3{0, 0, z} + r * direction) < 0) return r;
        return 0.0;
    };
    return {reach({1, 0, 0}) + reach({-1, 0, 0}), reach({0, 1, 0}) + reach({0, -1, 0})};
}

// Waists of a lean man, a lean woman (typical: 84 and 76 cm round) and a man of body mass index 37
// (about 120 cm); people of one mass differ by as much as the tolerances.
TEST(Body, the_waist_follows_the_patient)
{
    auto const girth_cm = [](char const* name) {
        Anatomy const& a = body(name);
        Vec2 const b = breadth(organ(a, "skin"), a.plan.scale * 35) / 2.0;
        // Ramanujan's ellipse, 2 % more for the squarer form.
        double const h = std::pow((b.x - b.y) / (b.x + b.y), 2);
        double const girth = 1.02 * std::numbers::pi * (b.x + b.y) * (1 + 3 * h / (10 + std::sqrt(4 - 3 * h))) / 10;
        test::measured(std::string{"waist_"} + name + "_cm", girth);
        return girth;
    };
    EXPECT_NEAR(girth_cm("adult-male"), 84, 7);
    EXPECT_NEAR(girth_cm("adult-female"), 76, 7);
    EXPECT_NEAR(girth_cm("obese-adult"), 120, 12);
}

TEST(Body, more_mass_is_more_fat_and_not_more_bone)
{
    PatientParameters lean = built_in_patient("adult-male"), heavy = lean;
    set(heavy, "mass_kg=95");
    BodyPlan const a = plan_body(lean), b = plan_body(heavy);
    EXPECT_GT(b.outline(0).half_width_mm, a.outline(0).half_width_mm + 15);
    EXPECT_GT(b.visceral_mm, a.visceral_mm + 10);
    EXPECT_EQ(a.vertebra(Level::l5).endplate_width_mm, b.vertebra(Level::l5).endplate_width_mm);
}

// The hindmost face is the table's plane over back and buttocks: many columns of skin end within 2 mm of it.
TEST(Body, the_back_is_flattened_where_it_lies)
{
    Anatomy const& a = body("adult-male");
    Shape const& skin = organ(a, "skin");
    auto const back = [&](double x, double z) {
        double y = 170;
        while (y > 0 && skin.distance_mm({x, y, z}) > 0) y -= 0.25;
        return y;
    };
    double hindmost = 0;
    for (double z = -200; z <= 330; z += 10)
        for (double x = -80; x <= 80; x += 10) hindmost = std::max(hindmost, back(x, z));
    int flat = 0;
    for (double x = -80; x <= 80; x += 10) flat += back(x, 270) > hindmost - 3;
    EXPECT_GE(flat, 10);
    // The groove over the spine and the hollow of the loins stay free.
    EXPECT_LT(back(0, 40), hindmost - 15);
    EXPECT_LT(back(0, -215), back(60, -215) - 12);
}

// Left and right differ, by millimetres.
TEST(Body, nobody_is_symmetric)
{
    Anatomy const& a = body("adult-male");
    Shape const& skin = organ(a, "skin");
    double most = 0;
    for (double z = -150; z <= 300; z += 15)
        for (double r = 100; r < 200; r += 10)
            most = std::max(most, std::abs(skin.distance_mm({r, 0, z}) - skin.distance_mm({-r, 0, z})));
    EXPECT_GT(most, 1);
    EXPECT_LT(most, 14);
}

// Skin is 2 mm thick; fat is under it, muscle under that: along the flank of the reference man at L3.
TEST(Body, layers_come_in_their_order)
{
    Anatomy const& a = body("adult-male");
    Patient const p = voxelise(a, {1, {Vec3{80, -2, -2}, Vec3{190, 2, 2}}});
    std::vector<int> order;
    for (int i = p.ct.grid.size.x - 1; i >= 0; --i) {
        int const label = p.labels[std::size_t(i) + std::size_t(p.ct.grid.size.x) * 2];
        if (label != 0 && (order.empty() || order.back() != label)) order.push_back(label);
    }
    ASSERT_GE(order.size(), 4u);
    EXPECT_EQ(order[0], label_of("skin"));
    EXPECT_EQ(order[1], label_of("subcutaneous_fat"));
    EXPECT_EQ(order[2], label_of("muscle"));
    // The oblique muscles are told apart by planes of fat.
    EXPECT_NE(std::ranges::find(order, label_of("intermuscular_fat")), order.end());
}

// Distance between the crests 28 +- 2 cm in men, the symphysis' gap 3 to 6 mm, the socket a head's width (typical).
TEST(Body, hip_bones_have_their_measures)
{
    Anatomy const& a = body("adult-male");
    Shape const &left = organ(a, "hip-bone-left"), &right = organ(a, "hip-bone-right");
    double widest = 0, gap = 1e9;
    for (double z = -120; z < -30; z += 2)
        for (double y = -60; y < 80; y += 2)
            for (double x = 170; x > widest; x -= 1)
                if (left.distance_mm({x, y, z}) < 0) widest = x;
    EXPECT_NEAR(2 * widest, 280, 20);
    Vec3 const symphysis = a.plan.place("symphysis");
    for (double z = symphysis.z - 20; z < symphysis.z + 10; z += 1) {
        double x = 0;
        while (x < 12 && left.distance_mm({x, symphysis.y, z}) > 0) x += 0.25;
        double y = 0;
        while (y > -12 && right.distance_mm({y, symphysis.y, z}) > 0) y -= 0.25;
        gap = std::min(gap, x - y);
    }
    EXPECT_NEAR(gap, 4.5, 2);
    Vec3 const hip = a.plan.place("hip-left");
    EXPECT_NEAR(left.distance_mm(hip), 27, 4); // radius of the head with its cartilage
    test::measured("pelvis_between_crests_mm", 2 * widest);
}

} // namespace
} // namespace fluoro
