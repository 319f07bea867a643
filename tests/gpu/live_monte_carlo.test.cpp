#include <cmath>
#include <fluoro/transport/live_monte_carlo.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <phantoms.hpp>

namespace fluoro {
namespace {

constexpr std::uint64_t portion = 4000;

LiveMonteCarlo& live()
{
    static LiveMonteCarlo instance{[] {
        LiveMonteCarloSettings settings;
        settings.device.validation = true;
        settings.bins = 16;
        return settings;
    }()};
    return instance;
}

Scene chest_scene()
{
    Scene scene;
    static auto const patient = test::make_patient(test::centred_grid({60, 44, 50}, {6, 6, 6}), test::chest_like_hu);
    scene.patient = patient;
    scene.view = view_of({}, 1000, 750, {0, 0, 0});
    scene.pixels = {200, 48, 48};
    scene.exposure.current_time = CurrentTime{0.5};
    scene.wedges = {{0.3, 40, 20, 0.9, find_material("copper")}};
    scene.fillings = {{iodine_solution(300), {}}};
    FilledTube tube;
    tube.from_mm = {-30, 0, -30};
    tube.to_mm = {30, 0, 30};
    tube.from_radius_mm = tube.to_radius_mm = 6;
    scene.tubes = {tube};
    Slab top;
    top.material = find_material("carbon_fibre");
    top.density_g_cm3 = 1.55;
    top.half_extent_mm = {200, 5, 500};
    top.patient_from_slab[3] = {0, 130, 0, 1};
    scene.slabs = {top};
    scene.grid = AntiScatterGrid{};
    return scene;
}

double mean(Image<float> const& image)
{
    double sum = 0;
    for (float const value : image.values) sum += value / double(image.values.size());
    return sum;
}

// Two independent estimates of one quantity; the errors are those of the middle, which is noisier than the whole.
TEST(LiveMonteCarlo, of_a_standing_view_becomes_the_cpus_monte_carlo)
{
    auto scene = chest_scene();
    scene.grid.reset(); // four times the photons arrive
    live().reset();
    auto const first = live().accumulate(scene, portion);
    auto last = first;
    for (int frame = 0; frame < 15; ++frame) last = live().accumulate(scene, portion);
    EXPECT_EQ(first.histories, portion);
    EXPECT_EQ(last.histories, 16 * portion);
    // Sixteen times the photons, a quarter of the error, were the smoothing not finer with more photons.
    EXPECT_LT(last.relative_error / first.relative_error, 0.7);

    MonteCarloSettings settings;
    settings.seed = 99;
    settings.precision = 0.02;
    settings.bins = 16;
    auto const cpu = monte_carlo_scatter(scene, settings);
    double const error = std::hypot(cpu.relative_error, last.relative_error);
    EXPECT_LT(error, 0.07); // it means something
    test::measured("live_monte_carlo_sigma", (mean(last.mean_kev_mm2) / mean(cpu.mean_kev_mm2) - 1) / error);
    EXPECT_NEAR(mean(last.mean_kev_mm2) / mean(cpu.mean_kev_mm2), 1, 4 * error);
    EXPECT_NEAR(mean(last.second_kev2_mm2) / mean(cpu.second_kev2_mm2), 1, 4 * error);
    for (auto const& message : live().validation_messages()) ADD_FAILURE() << message;
}

TEST(LiveMonteCarlo, starts_anew_when_something_that_scatters_changes_and_only_then)
{
    auto const scene = chest_scene();
    auto const goes_on_after = [&](std::function<void(Scene&)> const& change) {
        live().accumulate(scene, 100);
        auto const before = live().accumulate(scene, 100).histories;
        Scene changed = scene;
        change(changed);
        auto const after = live().accumulate(changed, 100).histories;
        EXPECT_TRUE(after == 100 || after == before + 100);
        return after != 100;
    };
    EXPECT_TRUE(goes_on_after([](Scene&) {}));
    EXPECT_TRUE(goes_on_after([](Scene& s) { s.exposure.current_time = CurrentTime{3}; }));
    EXPECT_TRUE(goes_on_after([](Scene& s) { ++s.tick; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.patient = std::make_shared<Patient const>(*s.patient); }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.view.source_mm.x += 1; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.view.detector_centre_mm.y -= 1; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.blades.left_mm += 5; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.pixels.field_mm = 160; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.exposure.quality.voltage = TubeVoltage{90}; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.exposure.quality.added_copper = Thickness{0.2}; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.exposure.focal_spot = FocalSpot::large; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.wedges.clear(); }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.wedges[0].edge_mm += 1; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.slabs[0].patient_from_slab[3].x += 1; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.tubes[0].to_mm.x += 1; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.fillings[0].content = iodine_solution(150); }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.grid->ratio = 8; }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.grid.reset(); }));
    EXPECT_FALSE(goes_on_after([](Scene& s) { s.scintillator = Scintillator::ideal; }));
}

TEST(LiveMonteCarlo, scales_with_the_charge_and_is_dark_without)
{
    auto scene = chest_scene();
    live().reset();
    auto const once = live().accumulate(scene, portion);
    live().reset();
    scene.exposure.current_time = CurrentTime{1.0};
    auto const twice = live().accumulate(scene, portion);
    for (std::size_t i = 0; i < once.mean_kev_mm2.values.size(); ++i)
        ASSERT_NEAR(twice.mean_kev_mm2.values[i], 2 * once.mean_kev_mm2.values[i],
                    1e-5 * once.mean_kev_mm2.values[i]); // the same photons: a seed gives the same picture
    scene.exposure.current_time = CurrentTime{0};
    auto const dark = live().accumulate(scene, portion);
    EXPECT_EQ(mean(dark.mean_kev_mm2), 0);
    EXPECT_EQ(dark.histories, 0u);
}

} // namespace
} // namespace fluoro
