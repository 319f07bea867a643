#include "measured.hpp"

#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <set>

// Vessels among the organs of the whole body, in its voxels.
namespace fluoro {
namespace {

Anatomy const& body()
{
    static Anatomy const anatomy = build_anatomy(built_in_patient("adult-male"));
    return anatomy;
}

bool is_of_vessel_builders(LumenEdge const& e)
{
    // What the heart and the lungs draw is theirs to test.
    static std::set<std::string> const names = [] {
        Anatomy anatomy;
        anatomy.plan = plan_body(built_in_patient("adult-male"));
        std::set<std::string> own;
        for (NamedBuilder const& builder : builders()) {
            std::string const name = builder.name;
            if (name != "heart" && name != "arteries" && name != "veins") continue;
            std::size_t const before = anatomy.lumens.vessels.edges.size();
            builder.build(anatomy);
            if (name == "heart") continue;
            for (std::size_t i = before; i < anatomy.lumens.vessels.edges.size(); ++i)
                own.insert(anatomy.lumens.vessels.edges[i].name);
        }
        return own;
    }();
    return names.contains(e.name);
}

/// From the carotid bifurcations to the femoral heads, the right forearm, the right thigh.
std::vector<Box> regions()
{
    BodyPlan const& plan = body().plan;
    Box const arm = around({plan.place("elbow-right"), plan.place("elbow-right")},
                           {plan.place("wrist-right"), plan.place("wrist-right")});
    return {{{-85, -60, -225}, {85, 50, -20}},
            {{-48, -100, -20}, {48, 40, 425}},
            grown(arm, 35),
            {{-130, -60, -640}, {-55, 70, -225}}};
}

int label_at(Patient const& voxels, Vec3 const& p)
{
    Grid const& g = voxels.ct.grid;
    glm::ivec3 const i{glm::floor((p - g.origin_mm) / g.spacing_mm + 0.5)};
    if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, g.size))) return -1;
    return voxels.labels[(std::size_t(i.z) * std::size_t(g.size.y) + std::size_t(i.y)) * std::size_t(g.size.x) +
                         std::size_t(i.x)];
}

// At 1 mm a vessel of 1 mm radius fills the voxel that its middle is in. Junctions belong to either vessel. The rest,
// up to 1 %, are neighbours drawn over each other.
TEST(VesselsInBody, centre_lines_run_in_voxels_of_their_own_label)
{
    std::size_t inside = 0, asked = 0;
    std::map<std::string, int> missed;
    LumenGraph const& g = body().lumens.vessels;
    for (Box const& region : regions()) {
        Patient const voxels = voxelise(body(), {1, region});
        for (LumenEdge const& e : g.edges) {
            if (!is_of_vessel_builders(e)) continue;
            std::set<int> own{e.label};
            for (LumenEdge const& other : g.edges)
                if (other.from == e.from || other.from == e.to || other.to == e.from || other.to == e.to)
                    own.insert(other.label);
            for (std::size_t i = 0; i < e.points_mm.size(); ++i) {
                int const label = label_at(voxels, e.points_mm[i]);
                if (label < 0 || e.radii_mm[i] < 1) continue;
                ++asked;
                if (own.contains(label))
                    ++inside;
                else
                    ++missed[e.name + " in " + std::to_string(label)];
            }
        }
    }
    ASSERT_GT(asked, 5000u);
    std::string list;
    for (auto const& [what, count] : missed) list += "\n  " + what + ": " + std::to_string(count);
    EXPECT_GE(double(inside) / double(asked), 0.99) << list;
    test::measured("vessels_inside_own_label_percent", 100 * double(inside) / double(asked));
    if (!list.empty()) std::printf("elsewhere:%s\n", list.c_str());
}

// The body drawn without its vessels: what would be where they run. Vertebral arteries lie in their foramina from C6
// up.
TEST(VesselsInBody, arteries_run_neither_through_bone_nor_outside_the_skin)
{
    Anatomy bare = body();
    std::erase_if(bare.organs, [](Organ const& organ) {
        auto const& edges = body().lumens.vessels;
        std::string name = organ.name;
        for (char const* end : {"-fat", "-wall"})
            if (name.ends_with(end)) name.resize(name.size() - std::string{end}.size());
        auto const found = edges.find_edge(name);
        return found && is_of_vessel_builders(edges.edges[std::size_t(*found)]);
    });
    auto const is_bone = [](int label) {
        return (label >= label_of("sacrum") && label <= label_of("vertebrae_C1")) ||
               (label >= label_of("humerus_left") && label <= label_of("hip_right")) ||
               (label >= label_of("skull") && label <= label_of("sternum")) || label == label_of("limb_bone");
    };
    std::size_t in_bone = 0, outside = 0, asked = 0;
    std::map<std::string, int> missed;
    for (Box const& region : regions()) {
        Patient const voxels = voxelise(bare, {1.5, region});
        for (LumenEdge const& e : bare.lumens.vessels.edges) {
            if (!is_of_vessel_builders(e) || e.wall == WallClass::vein || e.name.ends_with("vertebral")) continue;
            for (Vec3 const& p : e.points_mm) {
                int const label = label_at(voxels, p);
                if (label < 0) continue;
                ++asked;
                if (is_bone(label)) ++in_bone, ++missed[e.name + " in " + std::to_string(label)];
                if (label == 0) ++outside, ++missed[e.name + " outside"];
            }
        }
    }
    ASSERT_GT(asked, 5000u);
    std::string list;
    for (auto const& [what, count] : missed) list += "\n  " + what + ": " + std::to_string(count);
    EXPECT_EQ(in_bone, 0u) << list;
    EXPECT_EQ(outside, 0u) << list;
    test::measured("vessels_points_in_bone", double(in_bone));
}

} // namespace
} // namespace fluoro
