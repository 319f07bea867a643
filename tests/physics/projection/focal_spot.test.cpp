// The focal spot's size, the radiation around it, and the open beam's shape.
#include <cmath>
#include <fluoro/projection/projector.hpp>
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

Scene open_scene(double field_mm, int side)
{
    static auto const air =
        test::make_patient(test::centred_grid({8, 8, 8}, {20, 20, 20}), [](Vec3 const&) { return -1000.0; });
    Scene scene;
    scene.patient = air;
    scene.view = view_of({}, 1000, 750, Vec3{0});
    scene.pixels = {field_mm, side, side};
    scene.blades = {-100, 100, -100, 100};
    scene.exposure = {{TubeVoltage{80}, Thickness{0}, Thickness{0}}, CurrentTime{1}};
    return scene;
}

/// A thin sheet of copper at the isocentre that covers half of the picture from x = 0 on.
void add_edge(Scene& scene)
{
    Slab sheet;
    sheet.material = find_material("copper");
    sheet.density_g_cm3 = 8.96;
    sheet.half_extent_mm = {100, 0.005, 100};
    sheet.patient_from_slab[3] = {100, 0, 0, 1};
    scene.slabs = {sheet};
}

/// Width [mm] of an edge's rise from 0 to 1 if it were straight: its profile's standard deviation times sqrt(12).
double edge_width_mm(Scene const& scene)
{
    Signal const signal = projector().project(scene);
    int const row = scene.pixels.rows / 2, last = scene.pixels.columns - 1;
    double const from = signal.primary.at(0, row), to = signal.primary.at(last, row);
    double weight = 0, mean = 0, square = 0;
    for (int column = 0; column < last; ++column) {
        double const step = (double(signal.primary.at(column + 1, row)) - signal.primary.at(column, row)) / (to - from);
        double const x = scene.pixels.position_mm(column + 0.5, 0).x;
        weight += step;
        mean += step * x;
        square += step * x * x;
    }
    EXPECT_NEAR(weight, 1, 1e-6);
    return std::sqrt(12 * (square - mean * mean));
}

// An even spot of side f blurs an edge at the isocentre over f (SID - SOD) / SOD on the detector. The weights have that
// variance exactly; the edge itself falls between two pixels of 0.02 mm. 1 %.
TEST(FocalSpot, edge_at_the_isocentre_is_as_wide_as_magnification_makes_it)
{
    test::Extremes off{"focal_edge"};
    for (auto const& [sid, sod] : {std::pair{1000.0, 750.0}, std::pair{1200.0, 750.0}, std::pair{1200.0, 600.0}})
        for (auto const spot : {FocalSpot::small, FocalSpot::large}) {
            Scene scene = open_scene(4, 200);
            scene.view = view_of({}, sid, sod, Vec3{0});
            scene.tube.extra_focal_share = 0;
            scene.exposure.focal_spot = spot;
            add_edge(scene);
            off.see_ratio(edge_width_mm(scene) / (scene.focal_spot_mm() * (sid - sod) / sod));
            EXPECT_NEAR(edge_width_mm(scene) / (scene.focal_spot_mm() * (sid - sod) / sod), 1, 0.01);
        }
}

// The profile of an even spot is straight: a quarter of the way into its width a quarter has risen. Pixels are 0.02 mm
// of 0.167 mm: 6 % of a step each way.
TEST(FocalSpot, edge_rises_evenly)
{
    Scene scene = open_scene(4, 200);
    scene.tube.extra_focal_share = 0;
    add_edge(scene);
    Signal const signal = projector().project(scene);
    double const from = signal.primary.at(0, 100), to = signal.primary.at(199, 100);
    double const width = 0.5 * 250 / 750;
    for (double const share : {0.25, 0.5, 0.75}) {
        double const column = (2 + (share - 0.5) * width) / 0.02 - 0.5;
        int const low = int(std::floor(column));
        double const value =
            glm::mix(double(signal.primary.at(low, 100)), double(signal.primary.at(low + 1, 100)), column - low);
        EXPECT_NEAR((value - from) / (to - from), share, 0.03);
    }
}

// Blur moves energy, it makes none: the sum over a picture whose rim is even stays.
TEST(FocalSpot, blur_keeps_the_energy)
{
    Scene scene = open_scene(8, 200);
    scene.tube.extra_focal_share = 0;
    scene.fillings = {{iodine_solution(350), BasisDensities{}}};
    scene.tubes = {{{0, 0, -0.8}, {0, 0, 0.8}, 0.5, 0.5, Vec3{0}, Vec3{0}, 0}};
    auto const missing = [&] {
        Scene bare = scene;
        bare.tubes.clear();
        Signal const with = projector().project(scene), without = projector().project(bare);
        double sum = 0;
        for (std::size_t i = 0; i < with.primary.values.size(); ++i)
            sum += double(without.primary.values[i]) - with.primary.values[i];
        return sum;
    };
    scene.tube.small_focus_mm = 1.2; // 0.4 mm on the detector, ten pixels
    double const blurred = missing();
    scene.tube.small_focus_mm = 1e-3;
    EXPECT_NEAR(blurred / missing(), 1, 2e-4); // the open beam's cos^3 over 2 mm, and floats
}

// What the share takes from the spot it gives back: in an open field, and in the middle of a small one, where kerma and
// picture are reckoned from the same output. 2.5e-3 for the small one: straight lines between cells cut a top that
// bends by 6 %.
TEST(ExtraFocal, leaves_the_middle_of_the_field_alone)
{
    for (double const half_mm : {100.0, 8.0}) {
        Scene scene = open_scene(half_mm > 80 ? 160 : 16, 64);
        scene.blades = {-half_mm, half_mm, -half_mm, half_mm};
        double const with = projector().project(scene).primary.at(32, 32);
        scene.tube.extra_focal_share = 0;
        EXPECT_NEAR(with / projector().project(scene).primary.at(32, 32), 1, half_mm > 80 ? 1e-4 : 2.5e-3) << half_mm;
    }
}

// At a straight edge half of the disc is hidden; a quarter of its shadow's radius inside, the segment beyond is
// (acos(h) - h sqrt(1 - h^2)) / pi of it. Cells of 16 pixels resolve that to a hundredth of the 6 %.
TEST(ExtraFocal, blades_throw_a_soft_shadow_within_the_field)
{
    test::Extremes off{"extra_focal"};
    Scene scene = open_scene(160, 256);
    scene.blades = {-80, 40, -80, 80};
    scene.source_to_blades_mm = 500; // the disc's shadow has its own radius, 12 mm
    Signal const with = projector().project(scene);
    scene.tube.extra_focal_share = 0;
    Signal const without = projector().project(scene);
    auto const ratio = [&](double inside_mm) {
        int const column = int(std::lround((80 + 40 - inside_mm) / 160 * 256 - 0.5));
        return with.primary.at(column, 128) / without.primary.at(column, 128);
    };
    for (double const h : {0.2, 0.5, 0.8}) {
        double const hidden = (std::acos(h) - h * std::sqrt(1 - h * h)) / std::numbers::pi;
        off.see(100 * (ratio(12 * h) - (1 - 0.06 * hidden)));
        EXPECT_NEAR(ratio(12 * h), 1 - 0.06 * hidden, 0.0015) << h;
    }
    EXPECT_NEAR(ratio(14), 1, 3e-4);
}

// Behind the middle of a covered half the disc's shadow (radius 4 mm) sees only copper; just beside the edge it sees
// both sides: 6 % of the step reaches over, half of it at the edge itself.
TEST(ExtraFocal, lowers_the_contrast_beside_an_edge)
{
    Scene scene = open_scene(60, 256);
    scene.tube.small_focus_mm = 1e-3;
    add_edge(scene);
    Signal const with = projector().project(scene);
    scene.tube.extra_focal_share = 0;
    Signal const without = projector().project(scene);
    double const dark = without.primary.at(200, 128), bright = without.primary.at(56, 128);
    auto const reached_over = [&](double mm) {
        int const column = int(std::lround((30 + mm) / 60 * 256 - 0.5));
        return (double(with.primary.at(column, 128)) - without.primary.at(column, 128)) / (bright - dark);
    };
    EXPECT_NEAR(reached_over(0.2), 0.06 * 0.47, 0.003);
    EXPECT_NEAR(reached_over(2), 0.06 * 0.196, 0.003); // a segment at half the radius
    EXPECT_NEAR(reached_over(8), 0, 3e-4);             // cos^3 apart
}

// The shape that the detector divides by: what an open beam leaves, to the fit's 0.1 % twice. With a grid 1 %: the
// cut-off of the primary is that behind a patient, where harder photons pass the edges of the lead, 212 mm off the axis
// here.
TEST(OpenBeam, is_the_picture_of_an_open_beam)
{
    test::Extremes plain{"open_beam"}, with_grid{"open_beam_grid"};
    Scene scene = open_scene(300, 64);
    scene.blades = {-150, 150, -150, 150};
    scene.tube.extra_focal_share = 0;
    for (bool const has_grid : {false, true}) {
        if (has_grid) scene.grid = AntiScatterGrid{};
        Signal const signal = projector().project(scene);
        ASSERT_EQ(signal.open_beam.columns, 64);
        double const middle = signal.primary.at(32, 32) / signal.open_beam.at(32, 32);
        EXPECT_NEAR(signal.open_beam.at(32, 32), 1, 5e-3); // 2.3 mm off the axis: the heel changes 1 % per cm
        for (auto const& [column, row] : {std::pair{0, 0}, std::pair{63, 2}, std::pair{20, 63}, std::pair{40, 10}}) {
            (has_grid ? with_grid : plain)
                .see_ratio(signal.primary.at(column, row) / signal.open_beam.at(column, row) / middle);
            EXPECT_NEAR(signal.primary.at(column, row) / signal.open_beam.at(column, row) / middle, 1,
                        has_grid ? 1e-2 : 2e-3);
        }
        // The anode lies toward increasing rows and takes the more.
        EXPECT_LT(signal.open_beam.at(32, 62), 0.95 * signal.open_beam.at(32, 1));
    }
}

// cos^3 alone where there is no heel across the rows: along the columns' direction.
TEST(OpenBeam, falls_with_the_cube_of_the_obliquity_along_a_row)
{
    Scene const scene = open_scene(300, 64);
    Signal const signal = projector().project(scene);
    for (int const column : {0, 15, 60}) {
        double const x = scene.pixels.position_mm(column, 0).x, middle = scene.pixels.position_mm(31, 31).x;
        double const expected = std::pow((1e6 + 2 * middle * middle) / (1e6 + x * x + middle * middle), 1.5);
        EXPECT_NEAR(signal.open_beam.at(column, 31) / signal.open_beam.at(31, 31) / expected, 1, 1e-5);
    }
}

// mAs mean what the tube's own calibration says.
TEST(OpenBeam, output_factor_scales_the_signal)
{
    Scene scene = open_scene(160, 16);
    double const one = projector().project(scene).primary.at(8, 8);
    scene.tube.output_factor = 1.3;
    EXPECT_NEAR(projector().project(scene).primary.at(8, 8) / one, 1.3, 1e-5);
}

// A copper wedge behind the blades: the 1 keV sum through its ramp.
TEST(Wedge, attenuates_as_its_ramp_of_copper)
{
    test::Extremes off{"copper_wedge"};
    Scene scene = open_scene(160, 64);
    scene.tube.extra_focal_share = 0;
    scene.tube.small_focus_mm = 1e-3;
    Signal const open = projector().project(scene);
    scene.wedges = {{0, 10, 20, 0.9, find_material("copper")}};
    Signal const covered = projector().project(scene);
    Spectrum const spectrum = filtered_spectrum(scene.exposure.quality);
    for (int const column : {20, 38, 42, 60}) {
        double const into = (scene.pixels.position_mm(column, 0).x - 10) / 20;
        Layer const copper{find_material("copper"), 0.9 * std::clamp(into, 0.0, 1.0)};
        double const expected = absorbed_energy_1kev_sum(spectrum, scene.scintillator, {&copper, 1}) /
                                absorbed_energy_1kev_sum(spectrum, scene.scintillator, {});
        // 0.1 % of each of two fits; row 32 is 1 mm off the axis, where the heel is nil.
        off.see_ratio(covered.primary.at(column, 32) / open.primary.at(column, 32) / expected);
        EXPECT_NEAR(covered.primary.at(column, 32) / open.primary.at(column, 32) / expected, 1, 0.002) << column;
    }
    EXPECT_EQ(covered.open_beam.values, open.open_beam.values);
}

} // namespace
} // namespace fluoro
