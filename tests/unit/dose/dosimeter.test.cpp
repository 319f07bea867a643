#include <fluoro/core/error.hpp>
#include <fluoro/dose/dosimeter.hpp>

#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <measured.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace fluoro {
namespace {

/// 80 kV, 1 mAs, source 750 mm and detector 1000 mm away, 20 x 20 cm open; no patient, an even beam.
Scene scene_at(double sid_mm = 1000, double sod_mm = 750)
{
    Scene scene;
    scene.tube.anode_along_rows = 0; // neither end: no heel
    scene.view = view_of({0, 0}, sid_mm, sod_mm, {0, 0, 0});
    scene.exposure.current_time = CurrentTime{1};
    return scene;
}

double kerma_1m(BeamQuality const& quality = {})
{
    static std::map<BeamQuality, double> known;
    auto const [entry, is_new] = known.try_emplace(quality, 0.0);
    if (is_new) entry->second = air_kerma_mGy_per_mas_1m(filtered_spectrum(quality));
    return entry->second;
}
double reference(Scene const& scene)
{
    return measure_pulse(scene).reference_air_kerma.value();
}
double kap(Scene const& scene)
{
    return measure_pulse(scene).kerma_area.value();
}

BladeOpening square(double side_mm)
{
    return {-side_mm / 2, side_mm / 2, -side_mm / 2, side_mm / 2};
}

/// A box of water of `length` mm a side around the origin in 1 mm voxels, air around it up to 20 mm.
std::shared_ptr<Patient const> box_phantom(int length, std::int16_t hu = 0)
{
    auto patient = std::make_shared<Patient>();
    int const n = length + 40;
    patient->ct.grid.size = {n, n, n};
    patient->ct.grid.origin_mm = Vec3{-(n - 1) / 2.0};
    patient->ct.hu.assign(patient->ct.grid.voxels(), -1000);
    for (int k = 20; k < n - 20; ++k)
        for (int j = 20; j < n - 20; ++j)
            for (int i = 20; i < n - 20; ++i) patient->ct.hu[std::size_t((k * n + j) * n + i)] = hu;
    return patient;
}

/// A slab of `thickness` mm across the AP beam, `distance` mm from the source of a 750 mm arm.
Slab slab_across(char const* material, double density, double thickness, double distance_mm)
{
    Slab slab{find_material(material), density, {300, thickness / 2, 900}};
    // AP: the source stands at y = +750 and looks toward -y.
    slab.patient_from_slab[3] = glm::dvec4{0, 750 - distance_mm, 0, 1};
    return slab;
}

// The reference point stands 150 mm before the isocentre: 600 mm from the source. Rounding alone.
TEST(Dosimeter, reference_kerma_is_the_spectrums_by_inverse_square)
{
    EXPECT_NEAR(reference(scene_at()), kerma_1m() / 0.36, 1e-12);
    EXPECT_NEAR(reference(scene_at(1200, 950)), kerma_1m() / 0.64, 1e-12);
    EXPECT_NEAR(reference(scene_at(1000, 750)) / reference(scene_at(1200, 1050)), std::pow(900.0 / 600, 2), 1e-12);
}

TEST(Dosimeter, kerma_and_kap_are_proportional_to_mas)
{
    Scene scene = scene_at();
    double const kerma = reference(scene), area = kap(scene);
    scene.exposure.current_time = CurrentTime{0.037};
    EXPECT_NEAR(reference(scene), 0.037 * kerma, 1e-15);
    EXPECT_NEAR(kap(scene), 0.037 * area, 1e-15);
}

TEST(Dosimeter, no_current_is_no_dose)
{
    Scene scene = scene_at();
    scene.patient = box_phantom(100);
    scene.exposure.current_time = CurrentTime{0};
    EXPECT_EQ(reference(scene), 0);
    EXPECT_EQ(kap(scene), 0);
    EXPECT_EQ(entrance_air_kerma(scene).value(), 0);
}

TEST(Dosimeter, each_quality_has_its_own_kerma)
{
    Scene scene = scene_at();
    scene.exposure.quality = {TubeVoltage{110}, Thickness{0.3}, Thickness{1}};
    EXPECT_NEAR(reference(scene), kerma_1m(scene.exposure.quality) / 0.36, 1e-12);
    scene.exposure.quality = {};
    EXPECT_NEAR(reference(scene), kerma_1m() / 0.36, 1e-12);
}

TEST(Dosimeter, blades_leave_kerma_alone_and_shut_blades_take_kap_to_nothing)
{
    Scene scene = scene_at();
    double const open = reference(scene);
    scene.blades = {-20, 60, 10, 15};
    EXPECT_EQ(reference(scene), open);
    scene.blades = {20, 20, -50, 50};
    EXPECT_EQ(reference(scene), open);
    EXPECT_EQ(kap(scene), 0);
    EXPECT_EQ(field_area_cm2(scene), 0);
}

// Off the axis kerma falls with the square of the cosine: at most 1 - (10/1000)^2/2 inside these fields, 5e-5.
TEST(Dosimeter, kap_of_small_fields_is_kerma_times_area_at_the_reference_plane)
{
    Scene scene = scene_at();
    for (double side_mm : {2.0, 5.0, 10.0}) {
        scene.blades = square(side_mm);
        double const area_cm2 = std::pow(side_mm / 10 * 600 / 1000, 2);
        EXPECT_NEAR(kap(scene), reference(scene) / 1000 * area_cm2, 5e-5 * kap(scene)) << side_mm;
    }
}

// A 20 x 20 cm field at 1 m: the mean of 1/(1 + r^2) is 1 - 0.00667 + ... = 0.993395. Largest field of the room, 30 x
// 30 cm at 900 mm: 0.9819.
TEST(Dosimeter, kap_is_kerma_times_field_within_the_cosine_squared)
{
    Scene scene = scene_at();
    test::measured("kap_20_cm", kap(scene) / (reference(scene) / 1000 * 144));
    EXPECT_NEAR(kap(scene) / (reference(scene) / 1000 * 144), 0.993395, 1e-6);
    scene = scene_at(900);
    scene.blades = square(300);
    EXPECT_NEAR(kap(scene) / (reference(scene) / 1000 * 400), 0.9819, 1e-4);
}

// Midpoint sums of 800 x 800 squares are good to about 1e-7 even for the widest opening.
TEST(Dosimeter, kap_is_the_integral_of_kerma_over_any_opening)
{
    Scene scene = scene_at();
    for (BladeOpening const blades : {BladeOpening{-100, 100, -100, 100}, BladeOpening{20, 90, -70, -65},
                                      BladeOpening{-400, 300, -10, 500}, BladeOpening{-900, 900, -900, 900}}) {
        scene.blades = blades;
        int const n = 800;
        double sum = 0;
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) {
                double const x = blades.left_mm + (i + 0.5) / n * blades.width_mm();
                double const y = blades.top_mm + (j + 0.5) / n * blades.height_mm();
                sum += 1 / (1e6 + x * x + y * y);
            }
        double const expected =
            kerma_1m() * 1e6 * sum * blades.width_mm() * blades.height_mm() / (n * double(n)) * 1e-5;
        EXPECT_NEAR(kap(scene), expected, 1e-6 * expected);
    }
}

// The same cone of rays: openings in proportion to the detector's distance. Moving the detector or the isocentre along
// the beam moves the planes, not the photons. Rounding alone.
TEST(Dosimeter, kap_does_not_depend_on_where_its_plane_stands)
{
    Scene near = scene_at(900, 700), far = scene_at(1200, 800);
    near.blades = {-90, 45, -30, 80};
    far.blades = {-120, 60, -40, 80.0 * 4 / 3};
    EXPECT_NEAR(kap(near), kap(far), 1e-12 * kap(far));
    EXPECT_EQ(reference(scene_at(900)), reference(scene_at(1200)));
}

// A small field: KAP in proportion to its area within the 5e-5 of the cosine.
TEST(Dosimeter, kap_is_proportional_to_the_area_of_the_blades)
{
    Scene scene = scene_at();
    scene.blades = square(4);
    double const small = kap(scene);
    scene.blades = {-4, 4, -1, 1};
    EXPECT_NEAR(kap(scene), small, 1e-4 * small);
    scene.blades = square(8);
    EXPECT_NEAR(kap(scene), 4 * small, 4e-4 * small);
}

TEST(Dosimeter, field_area_is_that_of_the_blades_on_the_detector)
{
    Scene scene = scene_at();
    scene.blades = {-20, 60, 10, 35};
    EXPECT_DOUBLE_EQ(field_area_cm2(scene), 20);
}

// A 200 mm box begins 100 mm before the isocentre, half a voxel from the centre of its first; between air and water
// -300 HU is crossed 0.2 voxels before the middle of the two: 0.2 mm nearer the source.
TEST(Dosimeter, entrance_kerma_is_found_at_the_surface_of_a_box)
{
    Scene scene = scene_at();
    scene.patient = box_phantom(200);
    for (double primary_deg : {0.0, 90.0, 180.0, -90.0}) {
        scene.view = view_of({radians(primary_deg), 0}, 1000, 750, {0, 0, 0});
        double const surface_mm = 750 - 100 + 0.2;
        EXPECT_NEAR(entrance_air_kerma(scene).value(), kerma_1m() * std::pow(1000 / surface_mm, 2), 1e-6)
            << primary_deg;
    }
    scene.view = view_of({radians(45), 0}, 1000, 750, {0, 0, 0});
    // Through the box's edge: the corner of the -300 HU line is rounded by less than a voxel, 1 mm of 609.
    double const edge_mm = 750 - 100 * std::sqrt(2.0);
    EXPECT_NEAR(entrance_air_kerma(scene).value(), kerma_1m() * std::pow(1000 / edge_mm, 2), 0.004 * kerma_1m() * 2.7);
}

TEST(Dosimeter, entrance_kerma_is_nothing_where_the_ray_meets_no_patient)
{
    Scene scene = scene_at();
    EXPECT_EQ(entrance_air_kerma(scene).value(), 0);
    scene.patient = box_phantom(100, -301);
    EXPECT_EQ(entrance_air_kerma(scene).value(), 0);
    scene.patient = box_phantom(100);
    scene.view = view_of({0, 0}, 1000, 750, {200, 0, 0});
    EXPECT_EQ(entrance_air_kerma(scene).value(), 0);
    scene.view = view_of({0, 0}, 1000, 750, {60, 0, 0}); // inside the grid, beside the box
    EXPECT_EQ(entrance_air_kerma(scene).value(), 0);
}

// A thin plate of one voxel must not be stepped over, and a cropped CT begins at its own border.
TEST(Dosimeter, entrance_kerma_finds_a_single_voxel_and_the_grids_border)
{
    auto patient = std::make_shared<Patient>();
    patient->ct.grid.size = {3, 40, 3};
    patient->ct.grid.origin_mm = {-1, -19.5, -1};
    patient->ct.hu.assign(patient->ct.grid.voxels(), -1000);
    Scene scene = scene_at();
    for (int const plate : {20, 39}) {
        std::fill(patient->ct.hu.begin(), patient->ct.hu.end(), std::int16_t(-1000));
        for (int k = 0; k < 3; ++k)
            for (int i = 0; i < 3; ++i) patient->ct.hu[std::size_t((k * 40 + plate) * 3 + i)] = 0;
        scene.patient = patient;
        double const surface_mm = 750 - (plate - 19.5 + 0.3);
        EXPECT_NEAR(entrance_air_kerma(scene).value(), kerma_1m() * std::pow(1000 / surface_mm, 2), 1e-6) << plate;
    }
}

/// Of the row at `y_mm`, behind the heel.
Spectrum row_spectrum(Scene const& scene, double y_mm)
{
    auto const& quality = scene.exposure.quality;
    double const tangent = -scene.tube.anode_along_rows * y_mm / scene.view.source_to_detector_mm;
    return off_axis(filtered_spectrum(quality), scene.tube, quality.voltage, tangent);
}

/// Kerma at a place of a row over the bare central ray's, by the very spectrum.
double kerma_at(Scene const& scene, Spectrum const& row, double x_mm, double y_mm)
{
    std::vector<Layer> layers;
    for (auto const& wedge : scene.wedges) layers.push_back({wedge.material, wedge.mass_thickness_g_cm2({x_mm, y_mm})});
    return air_kerma_mGy_per_mas_1m(attenuated(row, layers)) / kerma_1m(scene.exposure.quality);
}
double kerma_at(Scene const& scene, double x_mm, double y_mm)
{
    return kerma_at(scene, row_spectrum(scene, y_mm), x_mm, y_mm);
}

/// KAP by a midpoint sum of n x n places [Gy cm2].
double summed_kap(Scene const& scene, int n)
{
    double sum = 0;
    for (int j = 0; j < n; ++j) {
        double const y = scene.blades.top_mm + (j + 0.5) / n * scene.blades.height_mm();
        auto const row = row_spectrum(scene, y);
        for (int i = 0; i < n; ++i) {
            double const x = scene.blades.left_mm + (i + 0.5) / n * scene.blades.width_mm();
            double const square = std::pow(scene.view.source_to_detector_mm, 2);
            sum += kerma_at(scene, row, x, y) * 1e6 / (square + x * x + y * y);
        }
    }
    return sum * kerma_1m(scene.exposure.quality) * scene.blades.width_mm() * scene.blades.height_mm() /
           (n * double(n)) * 1e-5;
}

Wedge copper_wedge(double edge_mm, double angle_deg, double ramp_mm = 20)
{
    Wedge wedge;
    wedge.material = find_material("copper");
    wedge.edge_mm = edge_mm;
    wedge.angle_rad = radians(angle_deg);
    wedge.ramp_mm = ramp_mm;
    return wedge;
}

// One factor for picture and dose alike.
TEST(Dosimeter, every_kerma_is_in_proportion_to_the_tubes_output)
{
    Scene scene = scene_at();
    scene.patient = box_phantom(100);
    scene.tube.anode_along_rows = 1;
    double const kerma = reference(scene), area = kap(scene), entrance = entrance_air_kerma(scene).value();
    scene.tube.output_factor = 0.8;
    EXPECT_NEAR(reference(scene), 0.8 * kerma, 1e-12);
    EXPECT_NEAR(kap(scene), 0.8 * area, 1e-12);
    EXPECT_NEAR(entrance_air_kerma(scene).value(), 0.8 * entrance, 1e-12);
}

// Heel does not change along a row, whose integral is an arc tangent. 400 rows leave 1e-6 of so smooth a profile; the
// spectra hold floats, 1e-7.
TEST(Dosimeter, kap_is_the_integral_of_kerma_behind_the_heel)
{
    test::Extremes off{"kap_heel"};
    Scene scene = scene_at();
    for (double kv : {60.0, 80.0, 120.0})
        for (double anode : {-1.0, 1.0})
            for (BladeOpening const blades : {BladeOpening{-100, 100, -100, 100}, BladeOpening{-5, 5, -150, 20}}) {
                scene.exposure.quality.voltage = TubeVoltage{kv};
                scene.tube.anode_along_rows = anode;
                scene.blades = blades;
                double sum = 0;
                int const n = 400;
                for (int j = 0; j < n; ++j) {
                    double const y = blades.top_mm + (j + 0.5) / n * blades.height_mm();
                    double const root = std::hypot(1000.0, y);
                    sum += kerma_at(scene, 0, y) *
                           (std::atan(blades.right_mm / root) - std::atan(blades.left_mm / root)) / root;
                }
                double const expected = sum * 1e6 * blades.height_mm() / n * kerma_1m(scene.exposure.quality) * 1e-5;
                off.see(kap(scene) / expected - 1);
                EXPECT_NEAR(kap(scene), expected, 1e-5 * expected) << kv << " kV " << anode;
            }
}

// The anode's side gets less: half a field on either side differs as the profile does, 17 % at its middle.
TEST(Dosimeter, kap_is_smaller_on_the_anodes_side)
{
    Scene scene = scene_at();
    scene.tube.anode_along_rows = 1; // toward increasing row
    scene.blades = {-50, 50, 0, 150};
    double const toward_anode = kap(scene);
    scene.blades = {-50, 50, -150, 0};
    double const toward_cathode = kap(scene);
    EXPECT_LT(toward_anode, 0.86 * toward_cathode);
    EXPECT_GT(toward_anode, 0.78 * toward_cathode);
    scene.tube.anode_along_rows = -1;
    EXPECT_NEAR(kap(scene), toward_anode, 1e-12);
    EXPECT_EQ(reference(scene), reference(scene_at()));
}

// Sharp wedge over half an even field: the open half whole, the other by the wedge's transmission. Inner integral
// exact.
TEST(Dosimeter, wedge_over_half_the_field_takes_its_share_of_half_the_kap)
{
    for (double angle_deg : {0.0, 90.0, 180.0, 270.0}) {
        Scene scene = scene_at();
        double const open = kap(scene);
        scene.wedges = {copper_wedge(0, angle_deg, 1e-9)};
        double const passed = kerma_at(scene, 60 * std::cos(radians(angle_deg)), 60 * std::sin(radians(angle_deg)));
        EXPECT_LT(passed, 0.15);
        EXPECT_NEAR(kap(scene) / open, (1 + passed) / 2, 1e-6) << angle_deg;
    }
}

// 160 x 160 places see an edge of a 20 mm ramp to about 3e-4 of the whole; heel, two wedges and odd angles at once.
TEST(Dosimeter, kap_is_the_integral_of_kerma_behind_wedges_at_any_angle)
{
    test::Extremes off{"kap_wedges"};
    Scene scene = scene_at();
    scene.tube.anode_along_rows = 1;
    auto const aluminium = [] {
        auto wedge = copper_wedge(-20, 120);
        wedge.material = find_material("aluminium");
        return wedge;
    }();
    struct Case {
        double kv;
        std::vector<Wedge> wedges;
    };
    for (auto const& trial :
         {Case{80, {copper_wedge(10, 30)}}, Case{40, {copper_wedge(-60, 200, 70)}},
          Case{120, {copper_wedge(20, -75), copper_wedge(40, 100)}}, Case{70, {copper_wedge(10, 0), aluminium}}}) {
        scene.exposure.quality.voltage = TubeVoltage{trial.kv};
        scene.wedges = trial.wedges;
        double const expected = summed_kap(scene, 160);
        off.see(kap(scene) / expected - 1);
        EXPECT_NEAR(kap(scene) / expected, 1, 5e-4) << trial.kv;
    }
}

// The last area is remembered by all that it depends on: any one thing changed gives what a thread without memory
// finds.
TEST(Dosimeter, kap_never_answers_for_an_earlier_scene)
{
    Scene base = scene_at();
    base.tube.anode_along_rows = 1;
    base.wedges = {copper_wedge(10, 30)};
    std::vector<std::function<void(Scene&)>> const changes{
        [](Scene& s) { s.exposure.quality.voltage = TubeVoltage{81}; },
        [](Scene& s) { s.exposure.quality.added_copper = Thickness{0.1}; },
        [](Scene& s) { s.exposure.quality.added_aluminium = Thickness{1}; },
        [](Scene& s) { s.tube.anode_angle_deg = 10; },
        [](Scene& s) { s.tube.anode_along_rows = -1; },
        [](Scene& s) { s.view.source_to_detector_mm = 1100; },
        [](Scene& s) { s.blades.left_mm = -90; },
        [](Scene& s) { s.blades.right_mm = 90; },
        [](Scene& s) { s.blades.top_mm = -90; },
        [](Scene& s) { s.blades.bottom_mm = 90; },
        [](Scene& s) { s.wedges[0].angle_rad += 0.2; },
        [](Scene& s) { s.wedges[0].edge_mm += 5; },
        [](Scene& s) { s.wedges[0].ramp_mm += 5; },
        [](Scene& s) { s.wedges[0].full_g_cm2 *= 1.1; },
        [](Scene& s) { s.wedges[0].material = find_material("aluminium"); },
        [](Scene& s) { s.wedges.clear(); }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Scene changed = base;
        changes[i](changed);
        double fresh = 0;
        std::jthread{[&] { fresh = kap(changed); }}.join();
        double const before = kap(base);
        EXPECT_EQ(kap(changed), fresh) << i;
        EXPECT_NE(fresh, before) << i;
    }
}

// What covers the central ray is in both figures there; beside it, in neither.
TEST(Dosimeter, reference_and_entrance_kerma_stand_behind_a_wedge_on_the_axis)
{
    Scene scene = scene_at();
    scene.patient = box_phantom(100);
    double const bare = reference(scene), entrance = entrance_air_kerma(scene).value();
    scene.wedges = {copper_wedge(1, 0)};
    EXPECT_EQ(reference(scene), bare);
    EXPECT_EQ(entrance_air_kerma(scene).value(), entrance);
    scene.wedges = {copper_wedge(-30, 0), copper_wedge(-10, 90)};
    Layer const both{find_material("copper"), 0.9 + 0.45};
    double const passed = air_kerma_mGy_per_mas_1m(attenuated(filtered_spectrum({}), {&both, 1})) / kerma_1m();
    EXPECT_NEAR(reference(scene) / bare, passed, 1e-6);
    EXPECT_NEAR(entrance_air_kerma(scene).value() / entrance, passed, 1e-6);
}

// Narrow-beam transmission of the very spectrum; the table behind the patient does nothing.
TEST(Dosimeter, entrance_kerma_stands_behind_the_slabs_before_the_patient_alone)
{
    Scene scene = scene_at();
    scene.patient = box_phantom(200);
    double const bare = entrance_air_kerma(scene).value();
    scene.slabs = {slab_across("pmma", 1.19, 20, 560), slab_across("aluminium", 2.7, 1.5, 600)};
    Layer const layers[] = {{find_material("pmma"), 2.38}, {find_material("aluminium"), 0.405}};
    double const passed = air_kerma_mGy_per_mas_1m(attenuated(filtered_spectrum({}), layers)) / kerma_1m();
    EXPECT_GT(passed, 0.3);
    EXPECT_LT(passed, 0.5);
    EXPECT_NEAR(entrance_air_kerma(scene).value() / bare, passed, 1e-9);
    EXPECT_EQ(reference(scene), reference(scene_at()));
    scene.view = view_of({radians(180), 0}, 1000, 750, {0, 0, 0});
    EXPECT_NEAR(entrance_air_kerma(scene).value() / bare, 1, 1e-9);
}

TEST(Dosimeter, refuses_what_has_no_reference_point_or_no_spectrum)
{
    EXPECT_THROW(measure_pulse(scene_at(1000, 150)), Error);
    Scene scene = scene_at();
    scene.exposure.quality.voltage = TubeVoltage{200};
    EXPECT_THROW(measure_pulse(scene), Error);
    EXPECT_THROW(measure_pulse(scene), Error); // and again: nothing wrong was remembered
}

} // namespace
} // namespace fluoro
