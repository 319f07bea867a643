// The kernels against projection/reference.cpp, which works in double precision with samples at a tenth of a voxel.
#include <fluoro/projection/projector.hpp>
#include <fluoro/projection/reference.hpp>
#include <gtest/gtest.h>
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

// 1e-3 of the signal: the kernels sample once or twice a voxel where the reference samples ten times, on anatomy whose
// edges are a few millimetres wide.
TEST_P(EveryMethod, equals_the_double_precision_reference)
{
    auto const [method, angles] = GetParam();
    ProjectorSettings settings;
    settings.method = method;
    settings.every_pixel = true;
    settings.validation = true;
    Projector projector{settings};
    Scene const scene = chest_scene(angles.first, angles.second);
    Signal const ours = projector.project(scene);
    Signal const truth = reference_project(scene, EnergySum::bins);
    double const worst = worst_difference(ours.primary, truth.primary);
    RecordProperty("worst_difference", std::to_string(worst));
    EXPECT_LT(worst, 1e-3);
    EXPECT_LT(worst_difference(ours.primary_second_moment, truth.primary_second_moment), 1e-3);
    for (auto const& message : projector.validation_messages()) ADD_FAILURE() << message;
}

INSTANTIATE_TEST_SUITE_P(Views, EveryMethod,
                         testing::Combine(testing::Values(MarchMethod::joseph, MarchMethod::texture),
                                          testing::Values(std::pair{0.0, 0.0}, std::pair{90.0, 0.0},
                                                          std::pair{45.0, 0.0}, std::pair{30.0, 20.0},
                                                          std::pair{-60.0, -40.0})));

} // namespace
} // namespace fluoro
