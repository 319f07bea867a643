#include "water_slab.hpp"

#include <chrono>
#include <cstdio>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/projection/reference.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

double on_axis(Image<float> const& image)
{
    int const c = image.columns / 2;
    return (double(image.at(c, c)) + image.at(c - 1, c) + image.at(c, c - 1) + image.at(c - 1, c - 1)) / 4;
}

TEST(LiveScatter, trial)
{
    struct {
        double t, f, spr;
    } table[] = {{10, 10, 0.293}, {20, 10, 0.564}, {30, 10, .834}, {10, 30, 1.081}, {20, 30, 2.528}, {30, 30, 4.229}};
    for (auto [t, f, spr] : table) {
        Scene const scene = test::water_slab({.water_cm = t, .field_cm = f});
        Signal signal = reference_project(scene, EnergySum::bins, 1);
        LiveScatter live;
        live.add(signal, scene);
        double const ratio = on_axis(signal.scatter) / on_axis(signal.primary);
        std::printf("%g %g: %.4f / %.4f = %.3f  e %.1f\n", t, f, ratio, spr, ratio / spr,
                    on_axis(signal.scatter_second_moment) / on_axis(signal.scatter));
    }
}

TEST(LiveScatter, timing)
{
    Scene scene = test::water_slab({.water_cm = 20, .field_cm = 20, .has_grid = true});
    scene.pixels = {220, 512, 512};
    scene.patient = test::make_patient(test::centred_grid({200, 140, 160}, {2, 2, 2}), test::chest_like_hu);
    Signal signal;
    signal.primary = signal.scatter = signal.scatter_second_moment = Image<float>{512, 512, 1.0f};
    signal.exposed = {30, 30, 450, 450};
    LiveScatter live;
    for (int i = 0; i < 6; ++i) {
        auto const start = std::chrono::steady_clock::now();
        if (i == 3) scene.view = view_of({0.1, 0}, 1000, 800, Vec3{0});
        if (i == 4) scene.exposure.quality.voltage = TubeVoltage{90};
        live.add(signal, scene);
        std::printf("%d %.2f ms\n", i,
                    std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
}

} // namespace
} // namespace fluoro
