#include "bench_body.hpp"

#include "bench_figures.hpp"

#include <chrono>
#include <cstdio>
#include <fluoro/body/body.hpp>
#include <fluoro/body/contrast_flow.hpp>
#include <fluoro/core/error.hpp>
#include <functional>

namespace fluoro {
namespace {

constexpr double frame_s = 1.0 / 60;
constexpr int blood_steps = 4; ///< of 4.2 ms in a frame
constexpr Vec3 supine{0, 1, 0};

double ms_of(std::function<void()> const& work)
{
    auto const start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

void bench_body(std::shared_ptr<Patient const> const& patient, BenchRequest const& request,
                std::vector<JsonFields>& results)
{
    LumenGraph const& vessels = patient->lumens.vessels;
    auto const left_main = vessels.find_edge("left-main");
    if (!left_main || patient->lumens.gut.edges.empty())
        throw Error{"bench body: this patient has no left main stem or no gullet; take a built-in one, or a chest from "
                    "`fluorolab fit`"};
    LumenCells const cells = divide(vessels, 1.5);
    Circulation circulation{vessels, {}};
    ContrastFlow contrast{vessels, cells, circulation};
    Gullet gullet{*patient, {}};
    Heartbeat heart{{}};
    Breathing breathing{{}};
    OrganMotion const motion{*patient};
    gullet.take(15, {});
    gullet.swallow();
    BodyPose pose;
    Stages stages;
    int const warm_up = 30;
    for (int frame = 0; frame < warm_up + request.frames; ++frame) {
        double const rate = frame < 150 ? 3.5 : 0; // 8.8 mL
        circulation.inject(0, *left_main, 3, rate);
        contrast.inject(0, *left_main, 3, rate);
        double blood_ms = 0, contrast_ms = 0;
        for (int i = 0; i < blood_steps; ++i) {
            blood_ms +=
                ms_of([&] { circulation.advance(frame_s / blood_steps, heart.advance(frame_s / blood_steps)); });
            contrast_ms += ms_of([&] { contrast.advance(frame_s / blood_steps, circulation); });
        }
        double const gullet_ms = ms_of([&] {
            gullet.advance(frame_s / 2, supine);
            gullet.advance(frame_s / 2, supine);
        });
        pose.dome_mm = breathing.advance(frame_s).dome_mm;
        for (std::size_t c = 0; c < pose.chamber_share.size(); ++c)
            pose.chamber_share[c] = 0.7 + 0.3 * (1 - heart.now().ventricle);
        double const displacement_ms = ms_of([&] { motion.displacement(pose); });
        if (frame < warm_up) continue;
        stages["circulation"].push_back(blood_ms);
        stages["contrast"].push_back(contrast_ms);
        stages["gullet"].push_back(gullet_ms);
        stages["all but pictures"].push_back(blood_ms + contrast_ms + gullet_ms);
        stages["displacement"].push_back(displacement_ms);
    }
    std::printf("body, %s, %d frames of 1/60 s on one core\n", patient->origin.description.c_str(), request.frames);
    for (char const* const stage : {"circulation", "contrast", "gullet", "all but pictures", "displacement"}) {
        double const p50 = percentile(stages[stage], 0.5), p95 = percentile(stages[stage], 0.95);
        std::printf("  %-16s p50 %7.3f ms  p95 %7.3f ms%s\n", stage, p50, p95,
                    std::string{stage} == "displacement" ? "  (of each picture)" : "");
        results.push_back({{"bench", "body"},
                           {"stage", stage},
                           {"p50_ms", p50},
                           {"p95_ms", p95},
                           {"frames", request.frames},
                           {"device", "CPU, one core"},
                           {"patient", patient->origin.description}});
    }
}

} // namespace fluoro
