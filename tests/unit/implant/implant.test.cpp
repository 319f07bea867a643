#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/implant/implant.hpp>
#include <fluoro/physics/basis.hpp>
#include <gtest/gtest.h>
#include <map>
#include <numbers>

namespace fluoro {
namespace {

/// A box with its corners at `low` and `high`, facing outward.
Mesh box(Vec3 const& low, Vec3 const& high)
{
    Mesh mesh;
    for (int n = 0; n < 8; ++n)
        mesh.vertices_mm.push_back({(n & 1 ? high : low).x, (n & 2 ? high : low).y, (n & 4 ? high : low).z});
    auto const face = [&](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
        mesh.triangles.push_back({a, b, c});
        mesh.triangles.push_back({a, c, d});
    };
    face(0, 2, 3, 1); // below
    face(4, 5, 7, 6); // above
    face(0, 1, 5, 4);
    face(2, 6, 7, 3);
    face(0, 4, 6, 2);
    face(1, 3, 7, 5);
    return mesh;
}

/// A ball: an octahedron whose triangles are cut in four `levels` times.
Mesh ball(Vec3 const& centre, double radius, int levels)
{
    Mesh mesh;
    mesh.vertices_mm = {{1, 0, 0}, {0, 1, 0}, {-1, 0, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    mesh.triangles = {{0, 1, 4}, {1, 2, 4}, {2, 3, 4}, {3, 0, 4}, {1, 0, 5}, {2, 1, 5}, {3, 2, 5}, {0, 3, 5}};
    for (int level = 0; level < levels; ++level) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> middles;
        auto const middle = [&](std::uint32_t a, std::uint32_t b) {
            auto const [at, is_new] =
                middles.try_emplace({std::min(a, b), std::max(a, b)}, std::uint32_t(mesh.vertices_mm.size()));
            if (is_new) mesh.vertices_mm.push_back(glm::normalize(mesh.vertices_mm[a] + mesh.vertices_mm[b]));
            return at->second;
        };
        std::vector<std::array<std::uint32_t, 3>> finer;
        for (auto const& [a, b, c] : mesh.triangles) {
            std::uint32_t const ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
            finer.insert(finer.end(), {{a, ab, ca}, {ab, b, bc}, {ca, bc, c}, {ab, bc, ca}});
        }
        mesh.triangles = finer;
    }
    for (Vec3& v : mesh.vertices_mm) v = centre + radius * v;
    return mesh;
}

Mesh both(Mesh a, Mesh const& b)
{
    auto const before = std::uint32_t(a.vertices_mm.size());
    a.vertices_mm.insert(a.vertices_mm.end(), b.vertices_mm.begin(), b.vertices_mm.end());
    for (auto [x, y, z] : b.triangles) a.triangles.push_back({x + before, y + before, z + before});
    return a;
}

Patient water(bool is_left_handed = false)
{
    Patient patient;
    patient.ct.grid.size = glm::ivec3{40, 40, 40};
    patient.ct.grid.spacing_mm = Vec3{1, 1, 1.5};
    patient.ct.grid.origin_mm = Vec3{-20, is_left_handed ? 20 : -20, -20};
    if (is_left_handed) patient.ct.grid.directions[1] = Vec3{0, -1, 0};
    patient.ct.hu.assign(patient.ct.grid.voxels(), 0);
    patient.labels.assign(patient.ct.grid.voxels(), 7);
    return patient;
}

std::string refusal(Mesh mesh)
{
    try {
        make_closed(mesh, "'knee.stl'");
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 2);
        return error.what();
    }
    return "accepted";
}

TEST(Implant, fills_voxels_by_the_share_that_is_inside)
{
    auto const pmma = find_material("pmma");
    double const hu = hounsfield(pmma);
    for (bool const is_left_handed : {false, true}) {
        Patient patient = water(is_left_handed);
        // From a quarter into voxel 15 to three quarters into voxel 20 along x; whole voxels elsewhere.
        double const volume = insert(patient, box({-5.25, -4.5, -5.75}, {0.25, 4.5, 6.25}), pmma, 1100);
        EXPECT_NEAR(volume, 5.5 * 9 * 12, 1e-4);
        auto const at = [&](Vec3 const& p) {
            glm::ivec3 const v{glm::round(map_point(patient.ct.grid.index_from_patient(), p))};
            return std::size_t((v.z * 40 + v.y) * 40 + v.x);
        };
        EXPECT_EQ(patient.ct.hu[at({-3, 0, -2})], std::lround(hu));
        EXPECT_EQ(patient.labels[at({-3, 0, -2})], 1100);
        // Sixteen lines see quarters exactly: 3 of 4 lines at either side.
        EXPECT_EQ(patient.ct.hu[at({-5, 0, -2})], std::lround(0.75 * hu));
        EXPECT_EQ(patient.ct.hu[at({0, 0, -2})], std::lround(0.75 * hu));
        EXPECT_EQ(patient.ct.hu[at({1, 0, -2})], 0);
        EXPECT_EQ(patient.labels[at({1, 0, -2})], 7);
    }
}

TEST(Implant, keeps_the_volume_of_a_ball)
{
    Patient patient = water();
    Mesh mesh = ball({0.3, -0.2, 5.1}, 11, 5);
    EXPECT_FALSE(make_closed(mesh, "ball"));
    double const sphere = 4 * std::numbers::pi / 3 * 11 * 11 * 11;
    // 8192 triangles lie a little inside of the ball: edges of 0.54 mm, sagitta 0.003 mm of 11.
    EXPECT_NEAR(volume_mm3(mesh), sphere, 2e-3 * sphere);
    // 16 lines per voxel, 6,000 lines in all: the border's 1,100 voxels average out.
    EXPECT_NEAR(insert(patient, mesh, find_material("titanium"), 1100), volume_mm3(mesh), 1e-3 * sphere);
}

TEST(Implant, parts_that_overlap_count_once_and_a_hollow_stays_hollow)
{
    Patient patient = water();
    Mesh overlapping = both(box({-8, -8, -8}, {2, 2, 2}), box({-2, -8, -8}, {8, 2, 2}));
    EXPECT_FALSE(make_closed(overlapping, "two boxes"));
    EXPECT_NEAR(insert(patient, overlapping, find_material("steel"), 1100), 16 * 10 * 10, 1e-2);
    Mesh inner = box({-3, -3, -3}, {3, 3, 3});
    for (auto& t : inner.triangles) std::swap(t[1], t[2]);
    Mesh hollow = both(box({-5, -5, -5}, {5, 5, 5}), inner);
    EXPECT_FALSE(make_closed(hollow, "hollow box"));
    EXPECT_NEAR(insert(patient, hollow, find_material("steel"), 1100), 1000 - 216, 1e-2);
}

TEST(Implant, a_surface_with_a_hole_or_a_turned_triangle_is_refused_with_its_place)
{
    Mesh open = box({-1, -1, -1}, {1, 1, 1});
    open.triangles.pop_back();
    EXPECT_NE(refusal(open).find("3 open edges"), std::string::npos) << refusal(open);
    EXPECT_NE(refusal(open).find("knee.stl"), std::string::npos);
    Mesh twisted = box({-1, -1, -1}, {1, 1, 1});
    std::swap(twisted.triangles[5][1], twisted.triangles[5][2]);
    EXPECT_NE(refusal(twisted).find("opposite ways at 3 edges"), std::string::npos) << refusal(twisted);
    EXPECT_NE(refusal({}).find("encloses nothing"), std::string::npos) << refusal({});
}

TEST(Implant, a_surface_inside_out_is_turned)
{
    Mesh mesh = box({-1, -1, -1}, {1, 1, 1});
    for (auto& t : mesh.triangles) std::swap(t[0], t[1]);
    EXPECT_NEAR(volume_mm3(mesh), -8, 1e-12);
    EXPECT_TRUE(make_closed(mesh, "box"));
    EXPECT_NEAR(volume_mm3(mesh), 8, 1e-12);
}

TEST(Implant, is_placed_turned_and_scaled_about_its_middle)
{
    Mesh const mesh = placed(box({0, 0, 0}, {1, 2, 4}), 10, {0, 0, 90}, {5, 6, 7});
    EXPECT_NEAR(glm::length(middle_of(mesh) - Vec3{5, 6, 7}), 0, 1e-12);
    EXPECT_NEAR(volume_mm3(mesh), 8000, 1e-9);
    // Corner (1, 2, 4) is at (0.5, 1, 2) x 10 from the middle; a quarter turn about z carries x to y.
    Vec3 const corner = mesh.vertices_mm[7] - Vec3{5, 6, 7};
    EXPECT_NEAR(glm::length(corner - Vec3{-10, 5, 20}), 0, 1e-9);
}

TEST(Implant, outside_of_the_volume_is_refused)
{
    Patient patient = water();
    EXPECT_THROW(insert(patient, box({100, 0, 0}, {110, 10, 10}), find_material("steel"), 1100), Error);
}

} // namespace
} // namespace fluoro
