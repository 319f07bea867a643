// The kernels against projection/reference.cpp, which works in double precision with samples at a tenth of a voxel.
#include <cstdio>
#include <fluoro/physics/basis.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/projection/reference.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

Scene chest_scene(double lao_deg, double cran_deg)
{
    static auto const patient =
        test::make_patient(test::centred_grid({256, 172, 96}, {1.3, 1.3, 2.5}), test::chest_like_hu);
    Scene scene;
    scene.patient = patient;
    scene.view = view_of({radians(lao_deg), radians(cran_deg)}, 1000, 750, Vec3{0});
    scene.pixels = {240, 96, 96};
    scene.blades = {-120, 120, -120, 120};
    scene.exposure = {{TubeVoltage{80}, Thickness{0.1}, Thickness{0}}, CurrentTime{1}};
    scene.tube.extra_focal_share = 0; // the reference has a point for a focal spot
    return scene;
}

/// The largest relative difference of two pictures over pixels above a hundredth of the mean.
double worst_difference(Image<float> const& a, Image<float> const& b)
{
    double mean = 0;
    for (float const v : b.values) mean += v;
    mean /= double(b.values.size());
    double worst = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
        if (b.values[i] > 0.01 * mean) worst = std::max(worst, std::abs(double(a.values[i]) / b.values[i] - 1));
    return worst;
}

class EveryMethod : public testing::TestWithParam<std::tuple<MarchMethod, std::pair<double, double>>> {};

// 1.5e-3 of the signal: the kernels sample once or twice a voxel where the reference samples ten times, on anatomy
// whose edges are a few millimetres wide (1e-3), and the fitted energies of this beam are good to 0.03 % against the 1
// keV sum.
TEST_P(EveryMethod, equals_the_double_precision_reference)
{
    auto const [method, angles] = GetParam();
    ProjectorSettings settings;
    settings.method = method;
    settings.every_pixel = true;
    settings.validation = true;
    settings.energy_sum = EnergySumPlace::device;
    Projector projector{settings};
    Scene const scene = chest_scene(angles.first, angles.second);
    Signal const ours = projector.project(scene);
    Signal const truth = reference_project(scene, EnergySum::every_kev);
    double const worst = worst_difference(ours.primary, truth.primary);
    RecordProperty("worst_difference", std::to_string(worst));
    test::measured(method == MarchMethod::joseph ? "joseph" : "texture", 100 * worst);
    EXPECT_LT(worst, 1.5e-3);
    EXPECT_LT(worst_difference(ours.primary_second_moment, truth.primary_second_moment), 1.5e-3);
    for (auto const& message : projector.validation_messages()) ADD_FAILURE() << message;
}

INSTANTIATE_TEST_SUITE_P(Views, EveryMethod,
                         testing::Combine(testing::Values(MarchMethod::joseph, MarchMethod::texture),
                                          testing::Values(std::pair{0.0, 0.0}, std::pair{90.0, 0.0},
                                                          std::pair{45.0, 0.0}, std::pair{30.0, 20.0},
                                                          std::pair{-60.0, -40.0})));

/// Everything at once: grid out of focus, table and pad, both wedges, a vessel full of iodine and one full of gas.
Scene full_scene()
{
    Scene scene = chest_scene(30, 20);
    scene.grid = AntiScatterGrid{};
    auto const slab = [](char const* name, double density, double half_mm, double y_mm) {
        Slab s;
        s.material = find_material(name);
        s.density_g_cm3 = density;
        s.half_extent_mm = {220, half_mm, 800};
        s.patient_from_slab[3] = {0, y_mm, 0, 1};
        return s;
    };
    scene.slabs = {slab("carbon_fibre", 1.5, 2, 150), slab("pmma", 0.1, 25, 120)};
    MaterialId const copper = find_material("copper");
    scene.wedges = {{radians(20), 60, 20, 0.9, copper}, {radians(200), 70, 15, 0.9, copper}};
    BasisDensities const blood = basis_densities(45);
    scene.fillings = {{iodine_solution(300), blood}, {carbon_dioxide(), blood}};
    std::vector<Vec3> const bent{{-40, 0, -60}, {-10, 10, -10}, {20, -20, 30}};
    std::vector<double> const radii{9, 7, 6};
    scene.tubes = tube_along(bent, radii, 0);
    scene.tubes.push_back({{40, -30, -50}, {50, -30, 60}, 8, 8, Vec3{0}, Vec3{0}, 1});
    return scene;
}

class EveryPlace : public testing::TestWithParam<EnergySumPlace> {};

// 8e-3 without tubes: as above, and the grid's cut-off 170 mm off the axis, which is taken at one energy, behind a
// hardening wedge. With them the mean over the picture stays within half of that; single pixels of a tube's rim are
// averaged differently (exactly across the tube; over 16 rays in the reference, good to a tenth of a chord that changes
// by a centimetre of contrast medium within a pixel of 1.9 mm).
TEST_P(EveryPlace, whole_beam_equals_the_reference)
{
    ProjectorSettings settings;
    settings.method = MarchMethod::joseph;
    settings.every_pixel = true;
    settings.validation = true;
    settings.energy_sum = GetParam();
    Projector projector{settings};
    Scene scene = full_scene();
    Signal const with = projector.project(scene);
    Signal const with_truth = reference_project(scene, EnergySum::every_kev);
    double const worst_with = worst_difference(with.primary, with_truth.primary);
    double mean_with = 0;
    for (std::size_t i = 0; i < with.primary.values.size(); ++i)
        if (with_truth.primary.values[i] > 0)
            mean_with += std::abs(double(with.primary.values[i]) / with_truth.primary.values[i] - 1);
    mean_with /= double(with.primary.values.size());
    scene.tubes.clear();
    Signal const without = projector.project(scene);
    Signal const without_truth = reference_project(scene, EnergySum::every_kev);
    double const worst = worst_difference(without.primary, without_truth.primary);
    std::printf("worst difference %.2e; with tubes %.2e, mean %.2e\n", worst, worst_with, mean_with);
    test::measured("whole_beam", 100 * worst);
    test::measured("whole_beam_tubes_mean", 100 * mean_with);
    EXPECT_LT(worst, 8e-3);
    EXPECT_LT(worst_difference(without.primary_second_moment, without_truth.primary_second_moment), 8e-3);
    EXPECT_LT(worst_with, 0.1);
    EXPECT_LT(mean_with, 4e-3);
    for (auto const& message : projector.validation_messages()) ADD_FAILURE() << message;
}

INSTANTIATE_TEST_SUITE_P(Sums, EveryPlace, testing::Values(EnergySumPlace::device, EnergySumPlace::host));

// The same sum in two languages: float rounding over 8 exponentials of arguments up to 15.
TEST(EnergySums, device_and_host_agree)
{
    ProjectorSettings settings;
    settings.every_pixel = true;
    settings.energy_sum = EnergySumPlace::device;
    Projector device{settings};
    settings.energy_sum = EnergySumPlace::host;
    Projector host{settings};
    Scene const scene = full_scene();
    Signal const a = device.project(scene), b = host.project(scene);
    EXPECT_LT(worst_difference(a.primary, b.primary), 3e-5);
    EXPECT_LT(worst_difference(a.primary_second_moment, b.primary_second_moment), 3e-5);
}

} // namespace
} // namespace fluoro
