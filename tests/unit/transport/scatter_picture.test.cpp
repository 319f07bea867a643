#include <fluoro/transport/scatter_picture.hpp>
#include <gtest/gtest.h>
#include <numeric>
#include <phantoms.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

Scene chest_scene()
{
    Scene scene;
    static auto const patient = make_patient(centred_grid({60, 44, 50}, {6, 6, 6}), chest_like_hu);
    scene.patient = patient;
    scene.view = view_of({}, 1000, 750, {0, 0, 0});
    scene.pixels = {200, 48, 48};
    scene.exposure.current_time = CurrentTime{0.5};
    return scene;
}

MonteCarloSettings quick()
{
    MonteCarloSettings settings;
    settings.precision = 0.03;
    settings.bins = 20;
    return settings;
}

double mean(Image<float> const& image)
{
    return std::accumulate(image.values.begin(), image.values.end(), 0.0) / double(image.values.size());
}

} // namespace

TEST(ScatterPicture, the_same_seed_gives_the_same_picture)
{
    auto const scene = chest_scene();
    auto const first = monte_carlo_scatter(scene, quick());
    EXPECT_LE(first.relative_error, 0.03);
    EXPECT_GT(first.relative_error, 0.005);
    auto const again = monte_carlo_scatter(scene, quick());
    EXPECT_EQ(first.mean_kev_mm2.values, again.mean_kev_mm2.values);
    EXPECT_EQ(first.histories, again.histories);
    auto other = quick();
    other.seed = 2;
    auto const second = monte_carlo_scatter(scene, other);
    EXPECT_NE(first.mean_kev_mm2.values, second.mean_kev_mm2.values);
    // Another seed is another estimate of the same.
    EXPECT_NEAR(mean(second.mean_kev_mm2) / mean(first.mean_kev_mm2), 1, 0.06);
}

TEST(ScatterPicture, grows_with_the_charge_and_the_tubes_output)
{
    auto scene = chest_scene();
    auto const once = monte_carlo_scatter(scene, quick());
    scene.exposure.current_time = CurrentTime{1.0};
    scene.tube.output_factor = 0.8;
    auto const more = monte_carlo_scatter(scene, quick());
    // The same photons, scaled.
    EXPECT_NEAR(mean(more.mean_kev_mm2) / mean(once.mean_kev_mm2), 1.6, 1e-4);
    EXPECT_NEAR(mean(more.second_kev2_mm2) / mean(once.second_kev2_mm2), 1.6, 1e-4);
}

// Mean energy of the quanta, second moment over first: scatter of an 80 kV beam is absorbed at 40 to 60 keV.
TEST(ScatterPicture, second_moment_over_mean_is_a_photons_energy)
{
    auto const picture = monte_carlo_scatter(chest_scene(), quick());
    double const kev = mean(picture.second_kev2_mm2) / mean(picture.mean_kev_mm2);
    EXPECT_GT(kev, 40);
    EXPECT_LT(kev, 60);
}

// Scatter comes from all of the irradiated body: half of the field at the middle gets clearly less from half a beam.
TEST(ScatterPicture, falls_when_the_blades_close)
{
    auto scene = chest_scene();
    auto const open = monte_carlo_scatter(scene, quick());
    scene.blades = {-50, 50, -50, 50};
    auto const closed = monte_carlo_scatter(scene, quick());
    EXPECT_LT(closed.mean_kev_mm2.at(24, 24), 0.6f * open.mean_kev_mm2.at(24, 24));
    EXPECT_GT(closed.mean_kev_mm2.at(24, 24), 0.05f * open.mean_kev_mm2.at(24, 24));
}

TEST(ScatterPicture, is_dark_without_a_beam_or_a_body)
{
    auto scene = chest_scene();
    scene.exposure.current_time = CurrentTime{0};
    auto const no_beam = monte_carlo_scatter(scene, quick());
    EXPECT_EQ(mean(no_beam.mean_kev_mm2), 0);
    EXPECT_EQ(no_beam.histories, 0u);
    scene = chest_scene();
    scene.blades = {10, 10, -50, 50};
    EXPECT_EQ(monte_carlo_scatter(scene, quick()).histories, 0u);
    scene = chest_scene();
    scene.patient = make_patient(centred_grid({4, 4, 4}, {10, 10, 10}), [](Vec3 const&) { return -1000.0; });
    auto const no_body = monte_carlo_scatter(scene, quick());
    EXPECT_EQ(mean(no_body.mean_kev_mm2), 0);
    EXPECT_EQ(no_body.relative_error, 0);
}

TEST(ScatterPicture, stops_at_the_most_histories)
{
    auto settings = quick();
    settings.precision = 1e-6;
    settings.most_histories = 30'000;
    auto const picture = monte_carlo_scatter(chest_scene(), settings);
    EXPECT_EQ(picture.histories, 30'000u);
    EXPECT_GT(picture.relative_error, 0.01);
}
