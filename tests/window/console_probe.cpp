// The console over a drawn session, for the window test: says on stdout what happens, one line each.
// Usage: console_probe [--scale S] [--demo] [--room KIND] [--size WIDTHxHEIGHT] [--still] [--tools] [--inputs FILE]
#include <fluoro/console/console.hpp>
#include <fluoro/core/error.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

int main(int argument_count, char** arguments)
{
    using namespace fluoro;
    ConsoleSettings settings;
    settings.title = "Fluorolab console probe";
    settings.patient = "drawn head";
    std::string_view room = "c-arm-suite";
    settings.session.body.emplace();
    auto patient = std::make_shared<Patient>();
    patient->lumens.landmarks = {{"L1", Vec3{0}}, {"pedicle-right-L1", Vec3{0}}};
    settings.session.patient = patient;
    for (int i = 1; i < argument_count; ++i) {
        std::string_view const argument = arguments[i];
        if (argument == "--scale" && i + 1 < argument_count) settings.ui_scale = std::atof(arguments[++i]);
        if (argument == "--room" && i + 1 < argument_count) room = arguments[++i];
        if (argument == "--size" && i + 1 < argument_count)
            std::sscanf(arguments[++i], "%dx%d", &settings.width, &settings.height);
        if (argument == "--still") settings.session.body.reset();
        if (argument == "--inputs" && i + 1 < argument_count) settings.inputs_file = arguments[++i];
        if (argument == "--tools")
            settings.hooks.script = [](Tick tick) {
                std::vector<Command> commands;
                if (tick == 5) commands.emplace_back(TakeTool{"j-wire-0.035", "right-femoral"});
                if (tick == 10) commands.emplace_back(TakeTool{"jl4-5f", "right-femoral"});
                if (tick == 20) commands.emplace_back(EndSession{});
                return commands;
            };
        if (argument == "--demo")
            settings.hooks.script = [](Tick tick) {
                std::vector<Command> commands;
                if (tick == tick_at(0.3)) commands.emplace_back(Inject{"left-main", 0.5, 24, 4});
                if (tick == tick_at(0.5)) commands.emplace_back(PressPedal{Pedal::fluoroscopy});
                return commands;
            };
    }
    settings.session.room = find_room_kind(std::string{room});
    RoomState& start = settings.session.start;
    start.field_mm = settings.session.room.fields_mm.front();
    start.source_to_detector_mm = settings.session.room.source_to_detector_mm.most;
    start.blades = {-500, 500, -500, 500};
    if (std::filesystem::exists(settings.inputs_file)) settings.inputs = read_inputs(settings.inputs_file);
    // Far above the product's limit: a machine that builds and tests at once may starve a window for a second.
    settings.live.heartbeat_limit = std::chrono::milliseconds{2000};
    bool was_on = false;
    settings.hooks.on_step = [&](Tick tick, std::vector<Command> const& commands, Session::Step const& step,
                                 Status const& status) {
        for (Command const& command : commands) {
            auto const* move = std::get_if<MoveTool>(&command);
            std::printf("%ld command %s%s%s\n", long(tick), name_of(command).c_str(), move ? " " : "",
                        move ? move->tool.c_str() : "");
        }
        if (step.pulse) std::printf("%ld pulse %d\n", long(tick), step.pulse->number);
        if (status.is_beam_on != was_on) std::printf("%ld beam %s\n", long(tick), status.is_beam_on ? "on" : "off");
        was_on = status.is_beam_on;
        std::fflush(stdout);
    };
    try {
        ConsoleEnd const end = run_console(settings);
        std::printf("end %s\n", end == ConsoleEnd::closed ? "closed" : "no window");
        return end == ConsoleEnd::closed ? 0 : 3;
    } catch (Error const& error) {
        std::fprintf(stderr, "console_probe: %s\n", error.what());
        return error.exit_code();
    }
}
