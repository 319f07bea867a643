#include "commands.hpp"
#include "landmark.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/console/console.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/gpu/device.hpp>
#include <fluoro/scenario/scenario.hpp>
#include <fluoro/session/recording.hpp>
#include <fluoro/session/session.hpp>
#include <thread>

namespace fluoro {
namespace {

std::string time_stamp()
{
    std::time_t const now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    char text[32];
    std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &local);
    return text;
}

Patient draw(std::string const& name, BuiltInWish const& wish)
{
    PatientParameters parameters = built_in_patient(name);
    for (std::string const& key_value : wish.set) set(parameters, key_value);
    return draw_built_in(parameters, wish.region, wish.spacing_mm);
}

struct Prepared {
    Scenario scenario;
    SessionSettings session;
    RunInfo info;
    std::filesystem::path folder;
};

Prepared prepare(RunRequest const& request)
{
    Prepared p;
    p.scenario = read_scenario(request.scenario);
    for (auto const& warning : p.scenario.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
    if (!request.operator_name.empty())
        operator_script(p.scenario, request.operator_name); // refuses a wrong name at once
    std::string const patient = request.patient.empty() ? p.scenario.patient : request.patient;
    // What the scenario wishes of its own patient means nothing in another one, and neither do points in it.
    bool const is_own = request.patient.empty();
    p.session.patient = std::make_shared<Patient const>(
        is_own && p.scenario.anatomy ? draw(p.scenario.patient, *p.scenario.anatomy) : load_patient(patient));
    p.session.body = p.scenario.body;
    p.session.tools_in = p.scenario.tools_in;
    p.session.room = find_room_kind(p.scenario.room);
    p.session.start = p.scenario.start;
    if (is_own) {
        p.session.isocentre_mm = p.scenario.isocentre_mm;
        p.session.objects = p.scenario.objects;
        auto tools = std::make_shared<ToolLibrary>();
        for (auto const& file : p.scenario.tool_files) tools->add_file(file);
        p.session.tools = std::move(tools);
    }
    // A place by its name is found in every fitted patient.
    if (!p.scenario.isocentre.empty() && (is_own || !p.session.patient->lumens.landmarks.empty()))
        p.session.isocentre_mm = landmark(*p.session.patient, p.scenario.isocentre, request.scenario);
    p.session.seed = request.seed.value_or(p.scenario.seed);
    p.session.pixels = p.scenario.pixels;
    p.session.projector.device = request.device;
    if (request.scatter == "monte-carlo") p.session.scatter = ScatterMethod::monte_carlo;
    p.info.program_version = FLUORO_VERSION;
    p.info.seed = p.session.seed;
    p.info.scenario = request.scenario;
    p.info.patient = patient;
    p.info.room_kind = p.session.room.name;
    p.info.device = gpu::Device{request.device}.info().name;
    p.info.columns = p.info.rows = p.session.pixels;
    p.info.command_line = request.command_line;
    p.folder =
        request.out.empty()
            ? new_run_folder("runs", time_stamp() + "-" + std::filesystem::path{request.scenario}.stem().string())
            : std::filesystem::path{request.out};
    return p;
}

/// Closes the record and says where it is. Returns the exit code.
int close(SessionRecorder& recorder, Status const& status)
{
    auto const trouble = recorder.finish(status.tick);
    for (auto const& line : recorder.take_messages()) std::fprintf(stderr, "note: %s\n", line.c_str());
    for (auto const& line : trouble) std::fprintf(stderr, "fluorolab: %s\n", line.c_str());
    std::fprintf(stderr,
                 "%d pulses, %.1f s of fluoroscopy, %d acquired run(s), %.4g mGy at the reference point, %.4g Gy "
                 "cm2\n",
                 status.totals.pulses, status.totals.fluoroscopy_s, status.totals.acquisition_runs,
                 status.totals.air_kerma_reference_mGy, status.totals.kap_Gy_cm2);
    std::printf("%s\n", recorder.folder().c_str());
    return trouble.empty() ? 0 : 1;
}

int run_headless(RunRequest const& request, Prepared& p)
{
    p.info.operator_name = request.operator_name.empty() ? "demo" : request.operator_name;
    auto const script = operator_script(p.scenario, p.info.operator_name);
    Session session{p.session};
    SessionRecorder recorder{p.folder, p.info, {}};
    std::fprintf(stderr, "headless: operator %s, %s, on %s\n", p.info.operator_name.c_str(),
                 p.session.patient->origin.description.c_str(), p.info.device.c_str());
    auto const start = std::chrono::steady_clock::now();
    std::size_t next = 0;
    for (Tick tick = 0; !session.has_ended(); ++tick) {
        std::vector<Command> commands;
        for (; next < script.size() && script[next].tick <= tick; ++next) commands.push_back(script[next].command);
        if (next == script.size() && commands.empty()) commands.emplace_back(EndSession{});
        auto const step = session.step(commands);
        recorder.step(commands, step, session.status());
        for (auto const& message : session.status().messages)
            std::fprintf(stderr, "%7.2f s  %s\n", seconds(tick), message.c_str());
        if (request.realtime)
            std::this_thread::sleep_until(start + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                      std::chrono::duration<double>(seconds(tick + 1))));
    }
    return close(recorder, session.status());
}

int run_live(RunRequest const& request, Prepared& p, InputMap const& inputs)
{
    p.session.projector.fine_motion = false; // it has to keep up
    ConsoleSettings console;
    console.title = "Fluorolab: " + p.scenario.title;
    console.patient = p.session.patient->origin.description;
    console.session = p.session;
    console.ui_scale = request.ui_scale;
    console.inputs = inputs;
    console.inputs_file = inputs_file();
    p.info.operator_name = request.operator_name;
    std::unique_ptr<SessionRecorder> recorder;
    Status last;
    console.hooks.on_step = [&](Tick, std::vector<Command> const& commands, Session::Step const& step,
                                Status const& status) {
        if (!recorder) {
            RecorderSettings live;
            live.waits_for_disk = false;
            recorder = std::make_unique<SessionRecorder>(p.folder, p.info, live);
        }
        recorder->step(commands, step, status);
        last = status;
    };
    if (!request.operator_name.empty()) {
        auto const script = operator_script(p.scenario, request.operator_name);
        console.hooks.script = [script, next = std::size_t{0}](Tick tick) mutable {
            std::vector<Command> commands;
            for (; next < script.size() && script[next].tick <= tick; ++next) commands.push_back(script[next].command);
            if (next == script.size() && commands.empty()) commands.emplace_back(EndSession{});
            return commands;
        };
    }
    console.hooks.take_messages = [&] { return recorder ? recorder->take_messages() : std::vector<std::string>{}; };
    try {
        if (run_console(console) == ConsoleEnd::no_window) {
            std::fprintf(stderr,
                         "no window can be opened here; the scenario's demonstration operator does it headless\n");
            return run_headless(request, p);
        }
    } catch (Error const&) {
        // The window or its session failed: what was recorded is closed in order before the reason is told.
        if (recorder) close(*recorder, last);
        throw;
    }
    return recorder ? close(*recorder, last) : 0;
}

} // namespace

int run_scenario(RunRequest const& request)
{
    // The person's own keys first: a wrong file is told before a patient is made.
    InputMap inputs;
    if (auto const file = inputs_file(); !request.headless && std::filesystem::exists(file)) inputs = read_inputs(file);
    Prepared p = prepare(request);
    return request.headless ? run_headless(request, p) : run_live(request, p, inputs);
}

} // namespace fluoro
