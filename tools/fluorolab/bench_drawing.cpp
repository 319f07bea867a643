#include "bench_drawing.hpp"

#include "bench_figures.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/lumen/index.hpp>
#include <fluoro/patient/bundle.hpp>
#include <functional>
#include <unistd.h>

namespace fluoro {

namespace {

constexpr int most_rounds = 5;  ///< a trunk takes seconds
constexpr double cube_mm = 125; ///< 250 voxels of 0.5 mm

/// A grid of cubes over a box.
FieldGrid field_over(Box const& box, double spacing_mm)
{
    return {box.low, spacing_mm, glm::ivec3{glm::ceil((box.high - box.low) / spacing_mm)}};
}

} // namespace

void bench_drawing(BenchRequest const& request, std::vector<JsonFields>& results)
{
    std::string const who = "adult-male";
    Stages stages;
    auto const timed = [&](char const* stage, std::function<void()> const& work) {
        auto const start = std::chrono::steady_clock::now();
        work();
        stages[stage].push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    };
    namespace fs = std::filesystem;
    fs::path const kept = fs::temp_directory_path() / ("fluorolab-bench-" + std::to_string(::getpid()));
    int const rounds = std::min(request.frames, most_rounds);
    Anatomy anatomy;
    Patient trunk, heart;
    for (int round = 0; round < rounds; ++round) {
        timed("shapes", [&] { anatomy = build_anatomy(built_in_patient(who)); });
        timed("trunk, 1 mm", [&] { trunk = voxelise(anatomy, {1, trunk_region(anatomy.plan)}); });
        Vec3 const centre = anatomy.plan.place("heart-centre");
        Box const cube{centre - cube_mm / 2, centre + cube_mm / 2};
        timed("heart, 0.5 mm", [&] { heart = voxelise(anatomy, {0.5, cube}); });
        timed("lumen index, 0.5 mm", [&] {
            index_lumens(anatomy.lumens.vessels, divide(anatomy.lumens.vessels, 2), heart, field_over(cube, 0.5));
        });
        timed("write", [&] { write_bundle(kept, trunk); });
        timed("read", [&] { read_bundle(kept); });
        std::error_code error;
        fs::remove(kept, error);
    }
    glm::ivec3 const& n = trunk.ct.grid.size;
    std::printf("drawing %s, trunk of %d x %d x %d, heart of %d x %d x %d voxels, %d times\n", who.c_str(), n.x, n.y,
                n.z, heart.ct.grid.size.x, heart.ct.grid.size.y, heart.ct.grid.size.z, rounds);
    for (char const* const stage : {"shapes", "trunk, 1 mm", "heart, 0.5 mm", "lumen index, 0.5 mm", "write", "read"}) {
        double const p50 = percentile(stages[stage], 0.5), p95 = percentile(stages[stage], 0.95);
        std::printf("  %-24s p50 %9.1f ms  p95 %9.1f ms\n", stage, p50, p95);
        results.push_back({{"bench", "drawing"},
                           {"stage", stage},
                           {"p50_ms", p50},
                           {"p95_ms", p95},
                           {"frames", rounds},
                           {"device", "CPU"},
                           {"patient", who}});
    }
}

} // namespace fluoro
