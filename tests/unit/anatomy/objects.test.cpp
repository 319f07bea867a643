#include <algorithm>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// Bodies are drawn once; objects are put on copies.
Anatomy const& plain(std::string const& name)
{
    static std::map<std::string, Anatomy> bodies;
    auto const found = bodies.find(name);
    return found != bodies.end() ? found->second
                                 : bodies.emplace(name, build_anatomy(built_in_patient(name))).first->second;
}

Anatomy wearing(char const* name, std::string const& objects)
{
    Anatomy anatomy = plain(name);
    set(anatomy.plan.parameters, "objects=" + objects);
    std::ranges::find(builders(), std::string_view{"objects"}, &NamedBuilder::name)->build(anatomy);
    return anatomy;
}

Shape const& organ(Anatomy const& anatomy, std::string_view name)
{
    auto const found = std::ranges::find(anatomy.organs, name, &Organ::name);
    if (found == anatomy.organs.end()) throw Error{"no organ " + std::string{name}};
    return found->shape;
}

Vec3 middle(Shape const& shape)
{
    return (shape.bounds().low + shape.bounds().high) / 2.0;
}

TEST(Objects, are_drawn_only_when_asked_for)
{
    EXPECT_TRUE(
        std::ranges::none_of(plain("adult-female").organs, [](Organ const& o) { return o.rank == Rank::object; }));
}

TEST(Objects, unknown_ones_are_refused)
{
    EXPECT_THROW(wearing("adult-male", "crown"), Error);
    EXPECT_THROW(wearing("adult-male", "necklace;port"), Error);
    EXPECT_THROW(wearing("adult-male", "port-left:2"), Error);
}

// What is worn touches the skin: no further than a clip's height from it. What is implanted is under it.
TEST(Objects, lie_on_or_under_the_skin)
{
    Anatomy const worn = wearing("adult-female", "necklace;brassiere;ecg-leads;port-left;pacemaker;sternal-wires");
    Shape const& skin = organ(worn, "skin");
    for (char const* name : {"necklace-pendant", "brassiere-slider-left", "ecg-right-arm-snap", "ecg-left-leg-snap"})
        EXPECT_NEAR(skin.distance_mm(middle(organ(worn, name))), 2, 5) << name;
    for (char const* name : {"port-left-chamber", "pacemaker-can", "pacemaker-tip-ventricle"})
        EXPECT_LT(skin.distance_mm(middle(organ(worn, name))), -4) << name;
}

TEST(Objects, catheter_and_leads_end_where_they_belong)
{
    Anatomy const a = wearing("adult-male", "port-left;port-right;pacemaker");
    Vec3 const junction = a.plan.place("cavoatrial-junction");
    for (char const* name : {"port-left-catheter", "port-right-catheter"})
        EXPECT_LT(organ(a, name).distance_mm(junction), 0.5) << name;
    EXPECT_GT(middle(organ(a, "port-left-chamber")).x, 40);
    EXPECT_LT(middle(organ(a, "port-right-chamber")).x, -40);
    EXPECT_LT(glm::length(middle(organ(a, "pacemaker-tip-ventricle")) - a.plan.place("heart-apex")), 45);
}

// A wire of 1.5 mm in 1 mm voxels: its middle is metal, above the 3078 HU where metal begins.
TEST(Objects, metal_reads_as_metal)
{
    Anatomy const a = wearing("adult-female", "brassiere");
    Box const box = grown(organ(a, "brassiere-wire-left").bounds(), 2);
    Patient const p = voxelise(a, {1, box});
    EXPECT_GT(std::ranges::count_if(p.ct.hu, [](auto hu) { return hu > 3078; }), 300);
    EXPECT_GT(std::ranges::max(p.ct.hu), 25'000);
}

} // namespace
} // namespace fluoro
