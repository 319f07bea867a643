// The whole way from HU to absorbed energy against what can be written down: slab, sphere, wedge, inverse square,
// magnification, penumbra.
#include <cmath>
#include <fluoro/projection/projector.hpp>
#include <glm/gtc/matrix_transform.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

Projector& projector()
{
    static Projector instance{[] {
        ProjectorSettings settings;
        settings.every_pixel = true;
        return settings;
    }()};
    return instance;
}

Scene scene_of(std::shared_ptr<Patient const> patient, double lao_deg = 0, double cran_deg = 0)
{
    Scene scene;
    scene.patient = std::move(patient);
    scene.view = view_of({radians(lao_deg), radians(cran_deg)}, 1000, 750, Vec3{0});
    scene.pixels = {160, 64, 64};
    scene.blades = {-80, 80, -80, 80};
    scene.exposure = {{TubeVoltage{80}, Thickness{0}, Thickness{0}}, CurrentTime{1}};
    scene.tube.extra_focal_share = 0; // tests/physics/projection/focal_spot.test.cpp has it
    return scene;
}

std::shared_ptr<Patient const> nothing()
{
    return test::make_patient(test::centred_grid({8, 8, 8}, {20, 20, 20}), [](Vec3 const&) { return -1000.0; });
}

/// The ray of a pixel, as a direction of unit length.
Vec3 ray_of(Scene const& scene, int column, int row)
{
    Vec2 const at = scene.pixels.position_mm(column, row);
    return glm::normalize(scene.view.detector_centre_mm + at.x * scene.view.column_direction +
                          at.y * scene.view.row_direction - scene.view.source_mm);
}

// A slab of water from edge to edge of its voxels: a ray's way through is thickness / cos. 0.5 % is the promise; the
// sums of 24 energies and 100 samples in float are good to 0.1 %.
TEST(Slab, absorbs_as_the_1_keV_sum_through_its_oblique_thickness)
{
    test::Extremes off{"slab"};
    auto const slab =
        test::make_patient(test::centred_grid({120, 100, 120}, {2, 2, 2}), [](Vec3 const&) { return 0.0; });
    Scene const scene = scene_of(slab);
    Signal const signal = projector().project(scene);
    for (auto const& [column, row] : {std::pair{32, 32}, std::pair{2, 40}, std::pair{60, 5}}) {
        Vec3 const d = ray_of(scene, column, row);
        // The anode lies toward increasing rows.
        Spectrum const spectrum =
            off_axis(filtered_spectrum(scene.exposure.quality), scene.tube, scene.exposure.quality.voltage,
                     -scene.pixels.position_mm(column, row).y / scene.view.source_to_detector_mm);
        double const cosine = std::abs(d.y);
        Layer const water{find_material("water"), 20.0 / cosine};
        double const distance_m = 1.0 / cosine;
        double const expected =
            absorbed_energy_1kev_sum(spectrum, scene.scintillator, {&water, 1}) / (distance_m * distance_m) * cosine;
        off.see_ratio(signal.primary.at(column, row) / expected);
        EXPECT_NEAR(signal.primary.at(column, row) / expected, 1, 0.005) << column << ' ' << row;
    }
}

// A sphere of water in 1 mm voxels: chords from 40 mm up. 0.5 %: the partial voxels of its surface are half a voxel in
// doubt at each end of a chord of at least 40 voxels, in the mean over many rays far less.
TEST(Sphere, mass_thickness_is_its_chord)
{
    test::Extremes means{"sphere_mean"}, chords{"sphere_chord"};
    double const radius = 40;
    auto const sphere = test::make_patient(test::centred_grid({96, 96, 96}, {1, 1, 1}), [&](Vec3 const& p) {
        // The share of a voxel inside, for a surface that is nearly flat across it.
        return -1000 + 1000 * std::clamp(radius - glm::length(p) + 0.5, 0.0, 1.0);
    });
    for (auto const& angles : {std::pair{0.0, 0.0}, std::pair{30.0, 20.0}, std::pair{90.0, -30.0}}) {
        Scene const scene = scene_of(sphere, angles.first, angles.second);
        auto const map = projector().thickness(scene);
        double sum = 0, expected = 0, worst = 0;
        for (int row = 0; row < 64; ++row)
            for (int column = 0; column < 64; ++column) {
                Vec3 const d = ray_of(scene, column, row);
                double const along = glm::dot(d, scene.view.source_mm);
                double const half2 =
                    radius * radius - (glm::dot(scene.view.source_mm, scene.view.source_mm) - along * along);
                if (half2 < 20 * 20) continue;
                double const chord_cm = 0.2 * std::sqrt(half2);
                double const mass = map.g_cm2[0].at(column, row) + map.g_cm2[1].at(column, row);
                sum += mass;
                expected += chord_cm;
                worst = std::max(worst, std::abs(mass / chord_cm - 1));
            }
        means.see_ratio(sum / expected);
        chords.see(100 * worst);
        EXPECT_NEAR(sum / expected, 1, 0.005);
        EXPECT_LT(worst, 0.015);
    }
}

// A wedge whose thickness grows along x: the slope of mass thickness over position, which no offset can hide.
TEST(Wedge, mass_thickness_follows_its_slope)
{
    test::Extremes off{"slope"};
    // Density grows linearly along x, which is exact on any grid.
    auto const wedge =
        test::make_patient(test::centred_grid({120, 60, 60}, {2, 2, 2}), [](Vec3 const& p) { return 4 * p.x; });
    Scene const scene = scene_of(wedge);
    auto const map = projector().thickness(scene);
    for (int const column : {8, 32, 55}) {
        Vec3 const d = ray_of(scene, column, 32);
        // The mean of a linear density along a chord symmetric in depth is its value at the middle of the slab.
        double const x_middle = scene.view.source_mm.x + d.x * (-scene.view.source_mm.y / d.y);
        double const hu = 4 * x_middle;
        double const chord_cm = 12.0 / std::abs(d.y);
        // mu is kept at every HU; soft and bone together follow it through their own coefficients.
        double const mu = (1 + hu / 1000) * mass_attenuation_cm2_g(find_material("water"), PhotonEnergy{70}) * chord_cm;
        double const ours =
            map.g_cm2[0].at(column, 32) * mass_attenuation_cm2_g(find_material("water"), PhotonEnergy{70}) +
            map.g_cm2[1].at(column, 32) * mass_attenuation_cm2_g(find_material("bone"), PhotonEnergy{70});
        off.see_ratio(ours / mu);
        EXPECT_NEAR(ours / mu, 1, 0.005);
    }
}

// Air does not attenuate, so the signal at the detector falls with the square of its distance alone. Float rounding.
TEST(Air, signal_falls_with_the_square_of_the_detector_distance)
{
    Scene scene = scene_of(nothing());
    scene.pixels = {2, 4, 4};
    scene.blades = {-80, 80, -80, 80};
    double const near = projector().project(scene).primary.at(1, 1);
    scene.view = view_of({}, 1200, 750, Vec3{0});
    EXPECT_NEAR(projector().project(scene).primary.at(1, 1) / near, 1 / 1.44, 1e-4);
}

TEST(Air, signal_is_proportional_to_mas_and_its_second_moment_too)
{
    Scene scene = scene_of(nothing());
    Signal const one = projector().project(scene);
    scene.exposure.current_time = CurrentTime{4};
    Signal const four = projector().project(scene);
    EXPECT_NEAR(four.primary.at(20, 20) / one.primary.at(20, 20), 4, 1e-5);
    EXPECT_NEAR(four.primary_second_moment.at(20, 20) / one.primary_second_moment.at(20, 20), 4, 1e-5);
}

/// Centre of what two pictures differ by [mm from the central ray].
Vec2 shadow_centre(Scene const& with, std::shared_ptr<Patient const> const& without)
{
    Scene bare = with;
    bare.patient = without;
    Signal const shadow = projector().project(with);
    Signal const open = projector().project(bare);
    Vec2 sum{0};
    double weight = 0;
    for (int row = 0; row < with.pixels.rows; ++row)
        for (int column = 0; column < with.pixels.columns; ++column) {
            double const w = open.primary.at(column, row) - shadow.primary.at(column, row);
            sum += w * with.pixels.position_mm(column, row);
            weight += w;
        }
    return sum / weight;
}

// A bead 30 mm off the axis at three heights above the isocentre: its shadow stands at 30 mm x SID / distance. 0.5 % of
// that is 0.2 mm, a twelfth of a pixel: what the centre of a round shadow allows.
TEST(Magnification, is_source_to_detector_over_source_to_object)
{
    test::Extremes off{"magnification"};
    Grid const grid = test::centred_grid({100, 140, 32}, {1, 1, 1});
    auto const air = test::make_patient(grid, [](Vec3 const&) { return -1000.0; });
    for (double const y : {-50.0, 0.0, 50.0}) {
        auto const bead = test::make_patient(grid, [&](Vec3 const& p) {
            return -1000 + 2000 * std::clamp(5.5 - glm::length(p - Vec3{30, y, 0}), 0.0, 1.0);
        });
        Scene const scene = scene_of(bead);
        // The source is posterior (+y): a bead farther in front is nearer to the detector.
        off.see_ratio(shadow_centre(scene, air).x / (30 * 1000 / (750 - y)));
        EXPECT_NEAR(shadow_centre(scene, air).x / (30 * 1000 / (750 - y)), 1, 0.005) << y;
    }
}

// Beads on the patient's left, front and toward the head, where DICOM's positioner angles put them.
TEST(Handedness, beads_fall_where_the_patient_has_them)
{
    Grid const grid = test::centred_grid({64, 64, 64}, {2, 2, 2});
    auto const air = test::make_patient(grid, [](Vec3 const&) { return -1000.0; });
    auto const centre = [&](Vec3 const& at, double lao, double cran) {
        auto const bead =
            test::make_patient(grid, [&](Vec3 const& p) { return glm::length(p - at) < 6 ? 2000.0 : -1000.0; });
        return shadow_centre(scene_of(bead, lao, cran), air);
    };
    Vec2 const left = centre({40, 0, 0}, 0, 0);
    EXPECT_NEAR(left.x, 53.3, 1.0);
    EXPECT_NEAR(left.y, 0, 1.0);
    EXPECT_NEAR(centre({0, 0, 40}, 0, 0).y, -53.3, 1.0);
    EXPECT_LT(centre({0, -40, 0}, 40, 0).x, -20); // LAO: the front moves to the picture's left
    EXPECT_LT(centre({0, -40, 0}, 90, 0).x, -50);
    EXPECT_GT(centre({0, -40, 0}, 0, 25).y, 15); // cranial: the front moves down
}

// The edge of a blade's shadow: half open at the edge itself, and as wide as the focal spot throws it.
TEST(Blades, edge_is_half_open_and_has_the_focal_spots_penumbra)
{
    Scene scene = scene_of(nothing());
    scene.pixels = {8, 128, 128}; // 1/16 mm pixels
    scene.blades = {-80, 1, -80, 80};
    scene.tube.small_focus_mm = 1.0;
    scene.source_to_blades_mm = 400; // penumbra 1.0 * 600 / 400 = 1.5 mm
    Signal const signal = projector().project(scene);
    double const open = signal.primary.at(4, 64);
    auto const share_at = [&](double mm) {
        return signal.primary.at(int(std::lround((mm + 4) * 16 - 0.5)), 64) / open;
    };
    EXPECT_NEAR(share_at(1.0), 0.5, 0.03); // a pixel is 4 % of the penumbra
    EXPECT_NEAR(share_at(1.375), 0.25, 0.03);
    EXPECT_EQ(share_at(1.9), 0);
    EXPECT_EQ(signal.exposed.column, 0);
    EXPECT_EQ(signal.exposed.columns, 92); // up to 1.75 mm beyond the middle
}

// Table and pad in the beam: exact layers of the 1 keV sum. 0.5 % as for the patient.
TEST(Slabs, table_layers_attenuate_as_their_oblique_thickness)
{
    Scene scene = scene_of(nothing());
    double const before = projector().project(scene).primary.at(32, 32);
    Slab top;
    top.material = find_material("carbon_fibre");
    top.density_g_cm3 = 1.55;
    top.half_extent_mm = {200, 5, 500};
    top.patient_from_slab = glm::translate(Mat4{1.0}, Vec3{0, 120, 0});
    scene.slabs = {top};
    Layer const layer{top.material, 1.55};
    Spectrum const spectrum = filtered_spectrum(scene.exposure.quality);
    double const expected = absorbed_energy_1kev_sum(spectrum, scene.scintillator, {&layer, 1}) /
                            absorbed_energy_1kev_sum(spectrum, scene.scintillator, {});
    test::measured("table_layers", 100 * (projector().project(scene).primary.at(32, 32) / before / expected - 1));
    EXPECT_NEAR(projector().project(scene).primary.at(32, 32) / before / expected, 1, 0.005);
    auto const map = projector().thickness(scene);
    ASSERT_EQ(map.names.size(), 3u);
    EXPECT_EQ(map.names[2], "carbon_fibre");
    EXPECT_NEAR(map.g_cm2[2].at(32, 32), 1.55, 0.001);
}

} // namespace
} // namespace fluoro
