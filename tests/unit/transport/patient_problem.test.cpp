#include <fluoro/transport/transport.hpp>
#include <gtest/gtest.h>
#include <numeric>
#include <phantoms.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

Scene scene_of(std::shared_ptr<Patient const> patient)
{
    Scene scene;
    scene.patient = std::move(patient);
    scene.view = view_of({}, 1000, 750, {0, 0, 0});
    scene.exposure.current_time = CurrentTime{1};
    return scene;
}

double mass_g(TransportProblem const& problem)
{
    double sum = 0;
    for (auto const code : problem.voxels)
        sum += problem.codes[code].density_a_g_cm3 + problem.codes[code].density_b_g_cm3;
    auto const& spacing = problem.grid.spacing_mm;
    return sum * spacing.x * spacing.y * spacing.z * 1e-3;
}

} // namespace

// Fine voxels are averaged: HU are whole numbers, so a voxel's density is kept to half of 1e-3 g/cm3, and mass is
// nearly linear in HU; the edges of the chest are not, by a few tenths of a per cent.
TEST(PatientProblem, averaging_voxels_keeps_place_and_mass)
{
    auto const patient = make_patient(centred_grid({181, 123, 40}, {2, 2, 6}), chest_like_hu);
    auto const fine = problem_of(scene_of(patient), 16, {0.1});
    auto const coarse = problem_of(scene_of(patient), 16, {6});
    EXPECT_EQ(fine.grid.size, glm::ivec3(181, 123, 40));
    EXPECT_EQ(coarse.grid.size, glm::ivec3(61, 41, 40));
    EXPECT_NEAR(mass_g(coarse) / mass_g(fine), 1, 0.004);
    Vec3 const corner = map_point(fine.grid.patient_from_index(), Vec3{-0.5});
    EXPECT_NEAR(glm::length(map_point(coarse.grid.patient_from_index(), Vec3{-0.5}) - corner), 0, 1e-9);
}

TEST(PatientProblem, tube_filled_by_half_is_half_of_what_the_ct_has_there)
{
    auto const patient = make_patient(centred_grid({4, 4, 4}, {20, 20, 20}), [](Vec3 const&) { return 0.0; });
    auto scene = scene_of(patient);
    scene.fillings = {{pure(find_material("steel")), BasisDensities{1.06, 0}}};
    scene.tubes = {{{0, 0, 0}, {0, 0, 50}, 2, 2, Vec3{0}, Vec3{0}, 0, 0.5}};
    auto const problem = problem_of(scene, 24);
    ASSERT_EQ(problem.tubes.size(), 1u);
    EXPECT_NEAR(problem.codes[std::size_t(problem.tubes[0].code)].density_a_g_cm3,
                (material(find_material("steel")).density_g_cm3 + 1.06) / 2, 1e-9);
}

TEST(PatientProblem, holds_what_stands_in_the_beam)
{
    auto const patient = make_patient(centred_grid({10, 10, 10}, {20, 20, 20}), [](Vec3 const& p) {
        return p.x > 0 ? 500.0 : -1024.0; // below vacuum on one side
    });
    auto scene = scene_of(patient);
    scene.slabs = {{find_material("carbon_fibre"), 1.4, {250, 3, 1000}, Mat4{1.0}}};
    scene.fillings = {{iodine_solution(300), {}}, {pure(find_material("steel")), {}}};
    scene.tubes = {{{0, 0, 0}, {0, 0, 50}, 2, 2, Vec3{0}, Vec3{0}, 1}};
    scene.wedges = {Wedge{}};
    scene.wedges[0].material = find_material("copper");
    auto const problem = problem_of(scene, 24);
    EXPECT_NO_THROW(pack(problem));
    ASSERT_EQ(problem.boxes.size(), 1u);
    EXPECT_EQ(problem.codes[std::size_t(problem.boxes[0].code)].density_a_g_cm3, 1.4);
    ASSERT_EQ(problem.tubes.size(), 1u);
    EXPECT_EQ(problem.codes[std::size_t(problem.tubes[0].code)].density_a_g_cm3,
              material(find_material("steel")).density_g_cm3);
    // Vacuum is nothing, and less than vacuum is vacuum.
    auto const& empty = problem.codes[problem.voxels.front()];
    EXPECT_EQ(empty.density_a_g_cm3, 0);
    EXPECT_EQ(empty.density_b_g_cm3, 0);
    EXPECT_GT(problem.codes[problem.voxels.back()].density_b_g_cm3, 0.1);
    EXPECT_EQ(problem.detector->columns, 24);
    EXPECT_EQ(problem.source.wedges.size(), 1u);
}
