// Empty and uniform cells crossed in one step, against the march that samples everything.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fluoro/detector/detector.hpp>
#include <fluoro/patient/importer.hpp>
#include <fluoro/projection/projector.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

Projector& texture_march(bool cells)
{
    auto const make = [](bool with) {
        ProjectorSettings settings;
        settings.method = MarchMethod::texture;
        settings.cells = with;
        settings.validation = true;
        return settings;
    };
    static Projector with{make(true)}, without{make(false)};
    return cells ? with : without;
}

Scene scene_of(std::shared_ptr<Patient const> patient, double lao_deg, double cran_deg, int size)
{
    Scene scene;
    scene.patient = std::move(patient);
    scene.view = view_of({radians(lao_deg), radians(cran_deg)}, 1000, 750, scene.patient->ct.grid.centre_mm());
    scene.pixels = {240, size, size};
    scene.blades = {-120, 120, -120, 120};
    scene.exposure = {{TubeVoltage{70}, Thickness{0.3}, Thickness{0}}, CurrentTime{1}};
    return scene;
}

struct Loss {
    double rms = 0, worst = 0; ///< relative to the quantum noise of a 30 nGy frame
    double mean = 0;           ///< relative to the signal
};

/// What the cells change in a frame, after the detector's blur, beside the noise that such a frame has.
Loss loss_against_noise(Scene scene)
{
    // 30 nGy leave about 40,000 keV/mm2 in 600 um of CsI (80 kV behind 20 cm of water).
    Signal truth = texture_march(false).project(scene);
    double mean = 0;
    for (float const v : truth.primary.values) mean += v / double(truth.primary.values.size());
    scene.exposure.current_time = CurrentTime{40000 / mean};
    truth = texture_march(false).project(scene);
    Signal const crossed = texture_march(true).project(scene);

    DetectorModel model;
    model.dn_per_kev_mm2 = 0.14;
    Detector const noisy{model};
    model.noise = false;
    Detector const quiet{model};
    auto const with_noise = noisy.read_out(truth, 1, 1).digital_numbers.values;
    auto const expected = quiet.read_out(truth, 1, 1).digital_numbers.values;
    auto const ours = quiet.read_out(crossed, 1, 1).digital_numbers.values;
    double noise = 0, loss = 0;
    Loss result;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        noise += std::pow(with_noise[i] / double(expected[i]) - 1, 2) / double(expected.size());
        double const off = ours[i] / double(expected[i]) - 1;
        loss += off * off / double(expected.size());
        result.worst = std::max(result.worst, std::abs(off));
        result.mean += (crossed.primary.values[i] / double(truth.primary.values[i]) - 1) / double(expected.size());
    }
    noise = std::sqrt(noise);
    result.rms = std::sqrt(loss) / noise;
    result.worst /= noise;
    std::printf("noise %.4f; cells lose %.3f of it in rms, %.2f at worst; mean %.1e\n", noise, result.rms, result.worst,
                result.mean);
    bool const is_real =
        std::string{testing::UnitTest::GetInstance()->current_test_info()->name()}.ends_with("real_chest");
    std::string const name = is_real ? "cells_chest" : "cells_phantom";
    test::measured(name + "_rms", result.rms);
    test::measured(name + "_worst", result.worst);
    test::measured(name + "_mean", result.mean);
    return result;
}

/// A tenth of the noise adds half a per cent to it; no pixel stands out of it.
void expect_small(Loss const& loss, double mean_tolerance)
{
    EXPECT_LT(loss.rms, 0.1);
    EXPECT_LT(loss.worst, 1.0);
    EXPECT_NEAR(loss.mean, 0, mean_tolerance);
}

void expect_less_work(Scene const& scene, double most_share)
{
    MarchWork const with = texture_march(true).march_work(scene);
    MarchWork const without = texture_march(false).march_work(scene);
    std::printf("per ray %.1f samples and %.1f cells in one step, instead of %.1f samples\n", with.samples_per_ray,
                with.cells_crossed_per_ray, without.samples_per_ray);
    EXPECT_EQ(without.cells_crossed_per_ray, 0);
    EXPECT_LT((with.samples_per_ray + with.cells_crossed_per_ray) / without.samples_per_ray, most_share);
}

TEST(Cells, lose_little_against_the_quantum_noise_of_30_nGy_on_a_chest_phantom)
{
    auto const patient = test::make_patient(test::centred_grid({340, 230, 120}, {1, 1, 2}), test::chest_like_hu);
    for (auto const& [lao, cran] : {std::pair{0.0, 0.0}, std::pair{30.0, 20.0}}) {
        Scene const scene = scene_of(patient, lao, cran, 256);
        expect_small(loss_against_noise(scene), 2e-4); // the cells hold means: nothing is gained or lost
        expect_less_work(scene, 0.9);
    }
    for (auto const& message : texture_march(true).validation_messages()) ADD_FAILURE() << message;
}

// A sharp lung kernel: few cells of this patient's tissue are uniform, the air around is.
TEST(Cells, lose_little_against_the_quantum_noise_of_30_nGy_on_a_real_chest)
{
    char const* const set = std::getenv("FLUORO_DATA");
    auto const folder =
        set ? std::filesystem::path{set} : std::filesystem::path{FLUORO_SOURCE_DIR}.parent_path() / "shared" / "data";
    auto const file = folder / "chest" / "chest_256x256x100_clamped.nii.gz";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file << "; set FLUORO_DATA to the folder of real data";
    auto const patient = std::make_shared<Patient const>(import_ct(file, {}));
    for (auto const& [lao, cran] : {std::pair{0.0, 0.0}, std::pair{90.0, 0.0}}) {
        Scene const scene = scene_of(patient, lao, cran, 256);
        // Its voxels are so noisy that two ways of sampling them, neither crossing a cell, differ by 5e-4.
        expect_small(loss_against_noise(scene), 1e-3);
        expect_less_work(scene, 1.0);
    }
}

// A block of water with whole cells of water inside and of air around, whose signals are what sampling finds. Where a
// ray crosses the water's sharp edge both sample it, but from another start: a tenth of a voxel, 0.01 g/cm2, 0.25 %.
TEST(Cells, of_water_and_air_give_the_sampled_signal)
{
    auto const patient = test::make_patient(test::centred_grid({112, 98, 84}, {1, 1, 1}), [](Vec3 const& p) {
        return std::max({std::abs(p.x) / 42, std::abs(p.y) / 35, std::abs(p.z) / 28}) < 1 ? 0.0 : -1000.0;
    });
    Scene const scene = scene_of(patient, 20, 10, 64);
    Signal const with = texture_march(true).project(scene);
    Signal const without = texture_march(false).project(scene);
    for (std::size_t i = 0; i < with.primary.values.size(); ++i)
        EXPECT_NEAR(with.primary.values[i] / without.primary.values[i], 1, 0.0025) << i;
    expect_less_work(scene, 0.6);
}

// The same projector: the thicknesses it writes out are sampled throughout, its live frames cross cells.
TEST(Cells, are_sampled_where_a_thickness_is_asked_for)
{
    auto const patient = test::make_patient(test::centred_grid({100, 80, 60}, {3, 3, 3}), test::chest_like_hu);
    Scene const scene = scene_of(patient, 0, 0, 64);
    ThicknessMap const with = texture_march(true).thickness(scene);
    ThicknessMap const without = texture_march(false).thickness(scene);
    EXPECT_EQ(with.g_cm2[0].values, without.g_cm2[0].values);
    EXPECT_EQ(with.g_cm2[1].values, without.g_cm2[1].values);
    EXPECT_NE(texture_march(true).project(scene).primary.values, texture_march(false).project(scene).primary.values);
}

} // namespace
} // namespace fluoro
