// Scatter of a body that has moved and holds clouds: against the same body drawn so.
#include <cmath>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/transport/transport.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>
#include <slab_problem.hpp>

namespace fluoro {
namespace {

using namespace test;

constexpr double half_mm = 19.25; // of the cube of barium: eleven voxels
constexpr double barium_share = 0.5;

double water_box(Vec3 const& p)
{
    return std::abs(p.x) < 120 && std::abs(p.y) < 80 && std::abs(p.z) < 120 ? 0.0 : -1000.0;
}

Scene box_scene()
{
    Scene scene;
    scene.patient = make_patient(centred_grid({75, 51, 75}, {3.5, 3.5, 3.5}), water_box);
    scene.view = view_of({}, 1000, 750, {0, 0, 0});
    scene.pixels = {200, 64, 64};
    scene.blades = {-100, 100, -100, 100};
    scene.exposure.quality = {80_kV, Thickness{0}, Thickness{0}};
    scene.exposure.current_time = CurrentTime{1};
    return scene;
}

/// Half of every place in the cube is 100 g/100 mL of barium.
FilledCloud cube()
{
    FilledCloud cloud;
    cloud.size_mm = 1.75;
    for (double z = -half_mm + 0.875; z < half_mm; z += 1.75)
        for (double y = -half_mm + 0.875; y < half_mm; y += 1.75)
            for (double x = -half_mm + 0.875; x < half_mm; x += 1.75)
                cloud.parcels.push_back({glm::vec3(x, y, z), float(barium_share * 1.75 * 1.75 * 1.75)});
    return cloud;
}

double mass_g(TransportProblem const& problem, int material)
{
    double sum = 0;
    for (auto const code : problem.voxels) {
        auto const& c = problem.codes[code];
        sum += (c.material_a == material ? c.density_a_g_cm3 : 0) + (c.material_b == material ? c.density_b_g_cm3 : 0);
    }
    auto const& s = problem.grid.spacing_mm;
    return sum * s.x * s.y * s.z * 1e-3;
}

struct Fraction {
    double value, error;
};
Fraction scatter_fraction(TransportProblem const& problem, std::uint64_t histories)
{
    auto const tables = pack(problem);
    auto const tallies = follow(tables, 5, 0, histories);
    Estimate const scatter = detector_kev(tables, tallies, shared::plane_scatter),
                   primary = detector_kev(tables, tallies, shared::plane_primary);
    double const value = scatter.mean / (scatter.mean + primary.mean);
    return {value, value * (1 - value) * (scatter.error / scatter.mean + primary.error / primary.mean)};
}

TEST(MovedBody, a_cloud_keeps_its_mass_in_voxels)
{
    Scene scene = box_scene();
    scene.fillings = {{barium_suspension(100), basis_densities(0)}, {air_bubble(), basis_densities(0)}};
    scene.clouds = {cube()};
    auto const problem = problem_of(scene, 8);
    double const wanted = std::pow(2 * half_mm, 3) * barium_share * 1e-3 * density_g_cm3(barium_suspension(100));
    EXPECT_NEAR(mass_g(problem, 2) / wanted, 1, 1e-6); // volumes are single precision
    Scene empty = scene;
    empty.clouds.clear();
    double const water = mass_g(problem_of(empty, 8), 0);
    EXPECT_NEAR(water - mass_g(problem, 0), std::pow(2 * half_mm, 3) * barium_share * 1e-3, 1e-3 * water);
    // Gas over it: both media keep their mass, where they share voxels too.
    scene.clouds.push_back(cube());
    scene.clouds.back().filling = 1;
    for (auto& parcel : scene.clouds.back().parcels) parcel.at_mm.z += 30;
    auto const both = problem_of(scene, 8);
    ASSERT_EQ(both.materials.size(), 5u); // water, bone, barium, gas, and the two mixed
    double all = 0;
    for (int m = 2; m < 5; ++m) all += mass_g(both, m);
    EXPECT_NEAR(all / (wanted + std::pow(2 * half_mm, 3) * barium_share * 1e-3 * density_g_cm3(air_bubble())), 1, 1e-6);
}

// The same mass put into the voxels by hand; four standard errors. Without it the fraction is another by far.
TEST(MovedBody, photons_meet_a_cloud_as_they_meet_its_mass_in_the_patient)
{
    constexpr std::uint64_t histories = 400'000;
    Scene scene = box_scene();
    auto const bare = scatter_fraction(problem_of(scene, 8), histories);
    TransportProblem drawn = problem_of(scene, 8);
    Mixture const barium = barium_suspension(100);
    drawn.materials.push_back(barium);
    drawn.codes.push_back({0, 1 - barium_share, 2, barium_share * density_g_cm3(barium)});
    Mat4 const to_mm = drawn.grid.patient_from_index();
    glm::ivec3 const n = drawn.grid.size;
    for (int k = 0; k < n.z; ++k)
        for (int j = 0; j < n.y; ++j)
            for (int i = 0; i < n.x; ++i) {
                Vec3 const p = glm::abs(map_point(to_mm, {i, j, k}));
                if (std::max({p.x, p.y, p.z}) < half_mm)
                    drawn.voxels[std::size_t((k * n.y + j) * n.x + i)] = std::uint16_t(drawn.codes.size() - 1);
            }
    auto const by_hand = scatter_fraction(drawn, histories);
    scene.fillings = {{barium, basis_densities(0)}};
    scene.clouds = {cube()};
    auto const cloud = scatter_fraction(problem_of(scene, 8), histories);
    measured("moved_scatter_fraction_bare", bare.value);
    measured("moved_scatter_fraction_error", cloud.error);
    measured("moved_scatter_fraction_cloud", cloud.value);
    measured("moved_scatter_fraction_by_hand", by_hand.value);
    EXPECT_NEAR(cloud.value, by_hand.value, 4 * (cloud.error + by_hand.error));
    EXPECT_GT(std::abs(cloud.value - bare.value), 8 * (cloud.error + bare.error));
}

/// Everything 40 mm toward the patient's left, but for the lattice's edge.
std::shared_ptr<Displacement const> shift()
{
    auto moved = std::make_shared<Displacement>();
    moved->grid = {Vec3{-240}, 10, glm::ivec3{49}};
    std::size_t const count = 49 * 49 * 49;
    moved->backward_mm.assign(count, glm::vec3(-40, 0, 0));
    moved->forward_mm.assign(count, glm::vec3(40, 0, 0));
    moved->density.assign(count, 1.0f);
    return moved;
}

// A box that stands elsewhere scatters as one drawn there: in the Monte Carlo voxel by voxel (40 mm are no whole
// voxels: the edge is soft), for the kernels to 1 % of the mean over the field.
TEST(MovedBody, scatter_comes_from_where_the_body_stands_now)
{
    Scene rest = box_scene(), there = box_scene();
    rest.displacement = shift();
    there.patient = make_patient(centred_grid({75, 51, 75}, {3.5, 3.5, 3.5}), [](Vec3 const& p) {
        return water_box(p - Vec3{40, 0, 0});
    });
    auto const moved = problem_of(rest, 8), drawn = problem_of(there, 8), still = problem_of(box_scene(), 8);
    double off = 0, far = 0;
    for (std::size_t i = 0; i < moved.voxels.size(); ++i) {
        off += std::abs(double(moved.voxels[i]) - double(drawn.voxels[i])) / 1000;
        far += std::abs(double(still.voxels[i]) - double(drawn.voxels[i])) / 1000;
    }
    EXPECT_LT(off, 0.1 * far);

    auto const mean = [](Scene const& scene) {
        LiveScatter scatter;
        Signal signal;
        signal.primary = Image<float>{64, 64};
        signal.scatter = signal.scatter_second_moment = signal.primary;
        std::fill(signal.primary.values.begin(), signal.primary.values.end(), 1.0f);
        signal.exposed = {0, 0, 64, 64};
        scatter.add(signal, scene);
        double left = 0, right = 0;
        for (int row = 0; row < 64; ++row)
            for (int column = 0; column < 64; ++column)
                (column < 32 ? left : right) += double(signal.scatter.at(column, row));
        return std::pair{left, right};
    };
    // A narrow field beside the box at rest, and over it once it has moved.
    for (Scene* scene : {&rest, &there}) scene->view = view_of({}, 1000, 750, {170, 0, 0});
    Scene before = box_scene();
    before.view = rest.view;
    auto const [a, b] = mean(rest);
    auto const [c, d] = mean(there);
    auto const [e, f] = mean(before);
    measured("moved_kernel_ratio", (a + b) / (c + d));
    measured("moved_kernel_ratio_at_rest", (e + f) / (c + d));
    EXPECT_NEAR((a + b) / (c + d), 1, 0.01);
    EXPECT_GT(std::abs((e + f) / (c + d) - 1), 0.1);
}

} // namespace
} // namespace fluoro
