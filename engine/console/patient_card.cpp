#include "card.hpp"
#include "screen.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/console/readouts.hpp>

namespace fluoro {
namespace {

using Samples = std::array<float, MonitorCurves::samples>;

/// A curve and what it is drawn between.
struct Trace {
    Samples const& samples;
    std::int64_t taken;
    float bottom, top;
    ImU32 ink;
};

/// Each column of pixels shows the highest and lowest of its samples: no spike is lost however narrow the strip.
void draw_part(ImDrawList& list, Trace const& trace, SweepPart part, ImVec2 at, ImVec2 size)
{
    float const per_sample = size.x / float(MonitorCurves::samples), scale = size.y / (trace.top - trace.bottom);
    float const thickness = 0.09f * ImGui::GetFontSize();
    auto const height = [&](float value) {
        return at.y + size.y - scale * (std::clamp(value, trace.bottom, trace.top) - trace.bottom);
    };
    ImVec2 last;
    bool has_begun = false;
    auto const draw_to = [&](ImVec2 to) {
        // A steep way is a line of its own: joined to the next it would grow a point beyond the spike.
        constexpr float steep_pixels = 3;
        if (has_begun && std::abs(to.y - last.y) > steep_pixels) {
            list.PathStroke(trace.ink, 0, thickness);
            list.PathLineTo(last);
            list.PathLineTo(to);
            list.PathStroke(trace.ink, 0, thickness);
        }
        list.PathLineTo(to);
        last = to;
        has_begun = true;
    };
    for (int i = part.from; i < part.to;) {
        float const column = std::floor(float(i) * per_sample), x = at.x + column;
        int low = i, high = i;
        for (; i < part.to && std::floor(float(i) * per_sample) == column; ++i) {
            if (trace.samples[std::size_t(i)] < trace.samples[std::size_t(low)]) low = i;
            if (trace.samples[std::size_t(i)] > trace.samples[std::size_t(high)]) high = i;
        }
        float const first_y = height(trace.samples[std::size_t(std::min(low, high))]);
        float const second_y = height(trace.samples[std::size_t(std::max(low, high))]);
        if (std::abs(second_y - first_y) < 1) {
            draw_to({x, (first_y + second_y) / 2});
        } else {
            draw_to({x, first_y});
            draw_to({x + 0.5f, second_y});
        }
    }
    list.PathStroke(trace.ink, 0, thickness);
}

/// The curve at the left; at the right its reading, and below that what else is to be said of it.
void draw_channel(Card const& card, Trace const& trace, std::string const& reading, char const* unit,
                  std::string const& remark, ImU32 remark_ink, float height)
{
    float const line = ImGui::GetFontSize(), small = 0.8f * line;
    ImVec2 const at = ImGui::GetCursorScreenPos();
    ImVec2 const strip{0.55f * (card.right() - card.left()), height};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + strip.x, at.y + strip.y}, palette::ground, 2);
    for (SweepPart const part : sweep_parts(trace.taken))
        draw_part(list, trace, part, {at.x, at.y + 0.1f * line}, {strip.x, strip.y - 0.2f * line});

    float const from = at.x + strip.x + 0.5f * line, size = 1.25f * line;
    list.AddText(font(Face::bold), size, {from, at.y - 0.1f * line}, trace.ink, reading.c_str());
    float const width = font(Face::bold)->CalcTextSizeA(size, 1e6f, 0, reading.c_str()).x;
    ImFont* const print = font(Face::small_print);
    list.AddText(print, small, {from + width + 0.3f * line, at.y + 0.28f * line}, palette::quiet_text, unit);
    list.AddText(print, small, {from, at.y + 1.25f * line}, remark_ink, remark.c_str());
    ImGui::Dummy({1, height});
}

ImU32 ink_of(BodyRemark const& remark)
{
    return remark.is_warning ? palette::notice : palette::quiet_text;
}

} // namespace

void draw_patient_card(BodyStatus const& body, float spare)
{
    float const line = ImGui::GetFontSize(), height = 2.2f * line + std::clamp(spare / 3, 0.0f, 2.4f * line);
    BodyRemark const rhythm = rhythm_remark(body), breath = breath_remark(body);
    MonitorCurves const& curves = body.curves;
    Card const card{"PATIENT", rhythm.text, ink_of(rhythm)};
    draw_channel(card, {curves.ecg_mv, curves.taken, -0.5f, sweep_top(curves.ecg_mv, 1.3f, 0.5f), palette::ecg},
                 heart_rate_text(body), "/min", "ECG, lead II", palette::quiet_text, height);
    draw_channel(card,
                 {curves.pressure_mmhg, curves.taken, 0, sweep_top(curves.pressure_mmhg, 140, 20), palette::pressure},
                 pressure_text(body), "mmHg", mean_pressure_text(body), palette::quiet_text, height);
    draw_channel(card, {curves.dome_mm, curves.taken, -8, sweep_top(curves.dome_mm, 20, 10), palette::breath},
                 fixed_text(body.signs.breaths_per_min, 0), "/min", "breath: " + breath.text, ink_of(breath), height);
    card.pair({"SpO2", fixed_text(100 * body.signs.spo2, 0), "%", palette::saturation},
              {"etCO2", fixed_text(body.signs.end_tidal_co2_mmhg, 0), "mmHg", palette::breath});
    card.pair({"Contrast", fixed_text(body.injected_ml, 0), "mL"},
              body.is_injecting ? Card::Cell{"INJECTING", fixed_text(body.injection_psi, 0), "psi", palette::notice}
                                : Card::Cell{"Injector", "off"});
}

} // namespace fluoro
