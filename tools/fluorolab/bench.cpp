#include "bench_body.hpp"
#include "bench_drawing.hpp"
#include "bench_figures.hpp"
#include "bench_photons.hpp"
#include "commands.hpp"
#include "json.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/cost.hpp>
#include <fluoro/session/session.hpp>
#include <map>
#include <numeric>

namespace fluoro {
namespace {

/// A chest-sized CT without a patient: 512 x 512 x 100 voxels of 0.9 x 0.9 x 2.5 mm, elliptic trunk with lungs, spine
/// and ribs; fine noise-like texture so that no sample is like its neighbour.
std::shared_ptr<Patient const> synthetic_chest()
{
    auto patient = std::make_shared<Patient>();
    Grid& grid = patient->ct.grid;
    grid.size = {512, 512, 100};
    grid.spacing_mm = {0.9, 0.9, 2.5};
    grid.origin_mm = -0.5 * grid.spacing_mm * (Vec3{grid.size} - 1.0);
    patient->origin.description = "synthetic chest 512x512x100";
    patient->ct.hu.reserve(grid.voxels());
    std::uint32_t texture = 1;
    for (int k = 0; k < 100; ++k)
        for (int j = 0; j < 512; ++j)
            for (int i = 0; i < 512; ++i) {
                Vec3 const p = grid.origin_mm + grid.spacing_mm * Vec3{i, j, k};
                double const trunk = std::hypot(p.x / 170, p.y / 115);
                double const lung =
                    std::min(std::hypot((p.x - 80) / 60, p.y / 80), std::hypot((p.x + 80) / 60, p.y / 80));
                double const spine = std::hypot(p.x / 20, (p.y - 75) / 20);
                double const rib = std::abs(trunk - 0.93) + 0.04 * std::abs(std::sin(p.z / 8));
                texture = texture * 1664525u + 1013904223u;
                double const grain = double(texture >> 24) / 8 - 16;
                double const hu = trunk > 1    ? -1000
                                  : spine < 1  ? 400 + grain
                                  : rib < 0.03 ? 700 + grain
                                  : lung < 1   ? -800 + grain
                                               : 40 + grain;
                patient->ct.hu.push_back(std::int16_t(hu));
            }
    return patient;
}

/// A vessel of 300 pieces that winds through the field, as a coronary tree fills it.
ScenarioObject long_vessel(Vec3 const& middle_mm)
{
    ScenarioObject vessel;
    for (int i = 0; i <= 300; ++i) {
        double const turn = i * 0.12, radius_mm = 20 + 0.15 * i;
        vessel.path_mm.push_back(middle_mm +
                                 Vec3{radius_mm * std::cos(turn), 0.1 * i - 15, radius_mm * std::sin(turn)});
        vessel.radii_mm.push_back(2.2 - 0.005 * i);
    }
    vessel.content = iodine_solution(150);
    vessel.displaces = find_material("blood");
    return vessel;
}

bool can_live(Patient const& patient)
{
    return patient.lumens.landmarks.contains("heart-centre") && patient.lumens.vessels.find_edge("left-main");
}

Stages measure(std::shared_ptr<Patient const> const& patient, std::string const& device, std::string const& name,
               int frames, std::string& device_name)
{
    bool const moving = name == "moving", living = name == "living";
    SessionSettings settings;
    if (name == "vessels") settings.objects = {long_vessel(patient->ct.grid.centre_mm())};
    settings.patient = patient;
    settings.room = find_room_kind("c-arm-suite");
    settings.start.pulse_rate = living ? 15 : 30;
    if (living) {
        settings.body = BodySettings{};
        settings.projector.fine_motion = false; // as the console has it
        settings.isocentre_mm = patient->lumens.landmarks.at("heart-centre");
    }
    settings.projector.device = device;
    Session session{settings};
    device_name = session.device_name();
    std::vector<Command> commands{PressPedal{Pedal::fluoroscopy}};
    Stages stages;
    int seen = 0;
    // A living chest is measured once its pictures are kept: after some breaths.
    int const warm_up = living ? 30 : 8;
    while (seen < frames + warm_up) {
        // Back and forth through 40 degrees: oblique rays, none of them special.
        if (moving && session.status().tick % 240 == 0)
            commands.emplace_back(JogCArm{session.status().tick % 480 == 0 ? 1.0 : -1.0,
                                          session.status().tick % 480 == 0 ? 0.4 : -0.4, 0});
        if (living && session.status().tick % (12 * ticks_per_second) == 0)
            commands.emplace_back(Inject{"left-main", 0.3, 8, 3.5});
        auto const start = std::chrono::steady_clock::now();
        auto const step = session.step(commands);
        double const all = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        commands.clear();
        if (!step.pulse) continue;
        if (++seen == 1) stages["first pulse"].push_back(all);
        if (seen <= warm_up) continue;
        stages["frame"].push_back(all);
        stages["body"].push_back(step.pulse->body_ms);
        stages["march"].push_back(step.pulse->projection_times.march_ms);
        stages["energy sum"].push_back(step.pulse->projection_times.energy_sum_ms);
        stages["fillings"].push_back(step.pulse->projection_times.fillings_ms);
        stages["projection"].push_back(step.pulse->project_ms);
        stages["scatter"].push_back(step.pulse->scatter_ms);
        stages["detector"].push_back(step.pulse->detector_ms);
        stages["display"].push_back(step.pulse->display_ms);
    }
    return stages;
}

/// How the frames' processor time is spread, and what of it went to which stage.
void tell(InstrumentsCost const& cost, std::string const& name, std::vector<JsonFields>& results)
{
    auto const row = [&](std::string const& stage, std::vector<double> const& ms) {
        double const mean = std::accumulate(ms.begin(), ms.end(), 0.0) / double(std::max<std::size_t>(1, ms.size()));
        double const p50 = percentile(ms, 0.5), p95 = percentile(ms, 0.95), p99 = percentile(ms, 0.99);
        std::printf("  %-14s mean %7.3f ms  p50 %7.3f ms  p95 %7.3f ms  p99 %7.3f ms\n", stage.c_str(), mean, p50, p95,
                    p99);
        results.push_back({{"bench", name},
                           {"stage", stage},
                           {"segments", cost.segments},
                           {"mean_ms", mean},
                           {"p50_ms", p50},
                           {"p95_ms", p95},
                           {"p99_ms", p99},
                           {"frames", int(ms.size())}});
    };
    row("frame", cost.frame_ms);
    for (std::size_t stage = 0; stage < tool_stage_names.size(); ++stage) {
        std::vector<double> ms;
        for (StageTimes const& times : cost.stage_ms) ms.push_back(times[stage]);
        row(std::string{tool_stage_names[stage]}, ms);
    }
    std::printf("  (%d segments; stages of %zu undisturbed frames of %zu; the clock, read %.0f times a frame, took "
                "%.4f ms of it)\n",
                cost.segments, cost.stage_ms.size(), cost.frame_ms.size(), cost.readings,
                cost.readings * cost.reading_ms);
}

/// A wire in a winding artery that beats, and tools in a patient who lives; per frame of 1/60 s on one core.
void bench_tools(std::shared_ptr<Patient const> const& patient, BenchRequest const& request,
                 std::vector<JsonFields>& results)
{
    // Fewer hold no 99th of 100.
    int const frames = std::max(600, request.frames);
    WireCost const wire = measure_instruments(120, frames);
    std::printf("tools, a wire in a moving vessel, %.0f %% of it or more on its wall, per 1/60 s on one core\n",
                100 * wire.least_touching);
    tell(wire.cost, "tools", results);
    LivingToolsCost const living = measure_living_tools(patient, frames);
    std::printf(
        "tools, a guide and a wire from the groin to the left coronary artery, the heart beating; the first tool "
        "after %.2f s\n",
        living.first_tool_s);
    tell(living.cost, "tools, living", results);
    results.push_back({{"bench", "tools, first"}, {"first_tool_s", living.first_tool_s}});
}

} // namespace

int run_bench(BenchRequest const& request)
{
    std::vector<std::string> const names{"standing", "moving", "vessels", "living"};
    if (!request.name.empty() && request.name != "photons" && request.name != "drawing" && request.name != "body" &&
        request.name != "tools" && std::ranges::find(names, request.name) == names.end())
        throw Error{"bench '" + request.name +
                    "' is unknown; there are: standing, moving, vessels, living, body, tools, photons, drawing"};
    auto const patient =
        request.name == "drawing" ? nullptr
        : request.patient.empty() && (request.name == "body" || request.name == "living" || request.name == "tools")
            ? std::make_shared<Patient const>(load_patient("adult-male"))
        : request.patient.empty() ? synthetic_chest()
                                  : std::make_shared<Patient const>(load_patient(request.patient));
    std::vector<JsonFields> results;
    for (std::string const& name : names) {
        if (!request.name.empty() && request.name != name) continue;
        if (name == "living" && !can_live(*patient)) {
            if (request.name.empty()) continue;
            throw Error{"bench living: this patient has no anatomy that could live; take a built-in one, or a CT from "
                        "`fluorolab fit`"};
        }
        std::string device;
        Stages const stages = measure(patient, request.device, name, request.frames, device);
        std::printf("%s C-arm, %s, 512x512, %d frames on %s\n", name.c_str(), patient->origin.description.c_str(),
                    request.frames, device.c_str());
        for (std::string const stage : {"first pulse", "frame", "body", "projection", "march", "energy sum", "fillings",
                                        "scatter", "detector", "display"}) {
            auto const& ms = stages.at(stage);
            double const p50 = percentile(ms, 0.5), p95 = percentile(ms, 0.95);
            std::printf("  %-11s p50 %7.2f ms  p95 %7.2f ms%s\n", stage.c_str(), p50, p95,
                        stage == "frame" ? ("  (" + std::to_string(int(1000 / p50)) + " pulses/s)").c_str() : "");
            results.push_back({{"bench", name},
                               {"stage", stage},
                               {"p50_ms", p50},
                               {"p95_ms", p95},
                               {"frames", request.frames},
                               {"device", device},
                               {"patient", patient->origin.description}});
        }
    }
    if (request.name == "body" || (request.name.empty() && can_live(*patient))) bench_body(patient, request, results);
    if (request.name.empty() || request.name == "tools") bench_tools(patient, request, results);
    if (request.name.empty() || request.name == "photons") bench_photons(patient, request, results);
    if (request.name.empty() || request.name == "drawing") bench_drawing(request, results);
    if (!request.json.empty()) write_text(request.json, to_json(results));
    return 0;
}

} // namespace fluoro
