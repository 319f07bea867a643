#include "bench_photons.hpp"

#include <chrono>
#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/room/room.hpp>
#include <fluoro/scene/scene.hpp>
#include <fluoro/session/staging.hpp>
#include <fluoro/transport/device_transport.hpp>
#include <functional>

namespace fluoro {
namespace {

constexpr std::uint64_t seed = 1;

/// A frontal view with the table below, all of the largest field open.
Scene frontal_view(std::shared_ptr<Patient const> const& patient)
{
    RoomKind const& kind = find_room_kind("c-arm-suite");
    RoomState state;
    state.field_mm = kind.fields_mm.front();
    Room const room{kind, state, patient->ct.grid.centre_mm(), lie_down(patient->ct)};
    Scene scene;
    scene.patient = patient;
    scene.view = room.view();
    scene.pixels = {state.field_mm, 512, 512};
    scene.tube = kind.tube;
    scene.blades = room.open_field();
    scene.slabs = room.table_slabs();
    scene.grid = kind.grid;
    scene.exposure = {{}, CurrentTime{1}, FocalSpot::small};
    return scene;
}

/// Histories per second; the first call, which may have to build a kernel, does not count.
double rate_of(std::function<void(std::uint64_t first, std::uint64_t count)> const& follow)
{
    constexpr std::uint64_t warm_up = 2'000;
    constexpr double at_least_s = 2;
    follow(0, warm_up);
    std::uint64_t done = 0, portion = 20'000;
    auto const start = std::chrono::steady_clock::now();
    for (double passed_s = 0; passed_s < at_least_s;) {
        follow(warm_up + done, portion);
        done += portion;
        passed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        if (passed_s > at_least_s) return double(done) / passed_s;
        portion *= 2;
    }
    return 0;
}

} // namespace

void bench_photons(std::shared_ptr<Patient const> const& patient, BenchRequest const& request,
                   std::vector<JsonFields>& results)
{
    TransportTables const tables = pack(problem_of(frontal_view(patient), 32));
    std::printf("photons followed through %s\n", patient->origin.description.c_str());
    auto const report = [&](std::string const& where, double per_second) {
        std::printf("  %-32s %8.3g million per second\n", where.c_str(), per_second / 1e6);
        results.push_back({{"bench", "photons"},
                           {"device", where},
                           {"histories_per_s", per_second},
                           {"patient", patient->origin.description}});
    };
    report("one core", rate_of([&](std::uint64_t first, std::uint64_t count) {
               follow_on_one_thread(tables, seed, first, count);
           }));
    report("all cores", rate_of([&](std::uint64_t first, std::uint64_t count) { follow(tables, seed, first, count); }));
    DeviceTransportSettings settings;
    settings.device = request.device;
    DeviceTransport device{settings};
    device.load(tables);
    report(device.device_name(),
           rate_of([&](std::uint64_t first, std::uint64_t count) { device.follow(seed, first, count); }));
}

} // namespace fluoro
