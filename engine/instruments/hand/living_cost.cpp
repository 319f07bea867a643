// What tools cost in a patient who lives.
#include "../rod/cost_times.hpp"

#include <chrono>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/instruments.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
constexpr int ticks_per_frame = ticks_per_second / 60;
constexpr char guide[] = "ebu3.5-6f", wire[] = "workhorse-0.014", access[] = "right-femoral";
constexpr double seated_mm = 4, out_mm = 50; ///< beyond the ostium; of the wire beyond the guide

double wall_s()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

LivingToolsCost measure_living_tools(std::shared_ptr<Patient const> const& patient, int frames)
{
    LivingToolsCost cost;
    auto const library = std::make_shared<ToolLibrary>();
    Body body{patient, {}};
    Instruments hand{patient, library, 1};
    double const begin = wall_s();
    if (auto refusal = hand.order(TakeTool{"j-wire-0.035", access, true}); !refusal.empty()) throw Error{refusal};
    cost.first_tool_s = wall_s() - begin;
    if (auto refusal = hand.order(PutToolAway{"j-wire-0.035"}); !refusal.empty()) throw Error{refusal};
    Instruments tools{patient, library, 1};
    std::vector<ToolInPlace> const lie{{guide, access, "left-main", seated_mm, 8}, {wire, access, "", -2, 0}};
    if (auto refusal = tools.begin(lie, &body); !refusal.empty()) throw Error{refusal};
    auto const inserted = [&] { return tools.status().tools.back().state.inserted_mm; };
    double const seat = inserted();
    std::vector<BodyOrder> effects;
    FrameTimes times;
    tools.order(MoveTool{wire, 15, 0, seat + out_mm, {}});
    for (double s = 0; s < out_mm / 15 + 1; s += tick_s) {
        body.advance({0, 1, 0});
        tools.advance(&body, effects);
        effects.clear();
    }
    for (int n = 0; n < frames; ++n) {
        if (n % 60 == 0) tools.order(MoveTool{wire, n % 120 ? -15.0 : 15.0, n % 120 ? -3.0 : 3.0, {}, {}});
        for (int k = 0; k < ticks_per_frame; ++k) {
            body.advance({0, 1, 0});
            times.add([&](StageClock* clock) { tools.advance(&body, effects, clock); });
            effects.clear();
        }
        times.add([&](StageClock* clock) {
            InstrumentPicture const picture = tools.picture(&body);
            lap(clock, ToolStage::picture);
        });
        times.end_frame(tools.segments());
    }
    cost.cost = times.cost();
    return cost;
}

} // namespace fluoro
