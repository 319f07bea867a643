// Fewer rays than pixels: what the interpolation between rays loses, against the quantum noise of a 30 nGy frame.
#include <cmath>
#include <fluoro/detector/detector.hpp>
#include <fluoro/projection/projector.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

/// Chest-like anatomy with ribs and vessels as sharp as 1 mm voxels hold them, and grain as a sharp kernel gives.
std::shared_ptr<Patient const> sharp_chest()
{
    return test::make_patient(test::centred_grid({260, 200, 120}, {1, 1, 2}), [](Vec3 const& p) {
        double hu = test::chest_like_hu(p * Vec3{1.25, 1.1, 1});
        double const trunk = std::hypot(p.x / 118, p.y / 86);
        if (std::abs(trunk - 0.9) < 0.03 && std::sin(p.z / 6) > 0.3) hu = 800; // ribs
        double const vessel = std::hypot(std::remainder(p.x, 22.0), std::remainder(p.z + 0.4 * p.x, 17.0));
        if (hu < -600 && vessel < 1.5) hu = 40;
        std::uint32_t const grain = (std::uint32_t(int(p.x) * 73856093) ^ std::uint32_t(int(p.y) * 19349663) ^
                                     std::uint32_t(int(p.z) * 83492791)) *
                                    2654435761u;
        return hu > -950 ? hu + double(grain >> 25) - 64 : hu;
    });
}

// "Below the quantum noise of a 30 nGy frame": both as relative rms over the exposed field, the noise after the
// scintillator's blur. A passing view may lose half of it, which adds 12 % to the noise for one frame; a standing one,
// where frames are averaged, a twentieth. The phantom is sharper than any CT: ribs with edges of one voxel, and grain.
TEST(RayDensity, interpolation_loses_little_against_the_quantum_noise_of_30_nGy)
{
    Scene scene;
    scene.patient = sharp_chest();
    scene.view = view_of({radians(25), radians(15)}, 1000, 750, Vec3{0});
    scene.pixels = {220, 512, 512};
    scene.blades = {-110, 110, -110, 110};
    scene.exposure = {{TubeVoltage{70}, Thickness{0.3}, Thickness{0}}, CurrentTime{1}};

    ProjectorSettings every_pixel;
    every_pixel.every_pixel = true;
    Projector full{every_pixel};
    Projector sparse{};
    // 30 nGy leave about 40,000 keV/mm2 in 600 um of CsI (80 kV behind 20 cm of water).
    Signal truth = full.project(scene);
    double mean = 0;
    for (float const v : truth.primary.values) mean += v / double(truth.primary.values.size());
    scene.exposure.current_time = CurrentTime{40000 / mean};
    truth = full.project(scene);

    DetectorModel model;
    model.dn_per_kev_mm2 = 0.14;
    Detector const noisy{model};
    model.noise = false;
    Detector const quiet{model};
    RawImage const with_noise = noisy.read_out(truth, 1, 1);
    RawImage const expected = quiet.read_out(truth, 1, 1);
    double noise = 0;
    for (std::size_t i = 0; i < expected.digital_numbers.values.size(); ++i)
        noise += std::pow(with_noise.digital_numbers.values[i] / double(expected.digital_numbers.values[i]) - 1, 2);
    for (double const allowed : {0.5, 0.05}) { // passing (through the halved volume), then standing
        RawImage const interpolated = quiet.read_out(sparse.project(scene), 1, 1);
        ASSERT_LT(sparse.rays_per_pixel(), 0.7); // the case is one in which rays are saved
        double loss = 0;
        for (std::size_t i = 0; i < expected.digital_numbers.values.size(); ++i)
            loss +=
                std::pow(interpolated.digital_numbers.values[i] / double(expected.digital_numbers.values[i]) - 1, 2);
        double const share = std::sqrt(loss / noise);
        std::printf("%.2f rays per pixel: loss over noise %.3f\n", sparse.rays_per_pixel(), share);
        test::measured(allowed > 0.1 ? "rays_passing" : "rays_standing", share);
        EXPECT_LT(share, allowed);
    }
}

} // namespace
} // namespace fluoro
