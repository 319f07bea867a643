#include <algorithm>
#include <cmath>
#include <fluoro/console/readouts.hpp>

namespace fluoro {
namespace {

bool has_beats(BodyStatus const& body)
{
    return body.heart.rhythm != Rhythm::asystole && body.heart.rhythm != Rhythm::ventricular_fibrillation;
}

} // namespace

std::string heart_rate_text(BodyStatus const& body)
{
    return has_beats(body) ? fixed_text(body.signs.heart_rate_per_min, 0) : no_reading;
}

std::string pressure_text(BodyStatus const& body)
{
    if (!body.has_pressure) return no_reading;
    return fixed_text(body.line.systolic_mmhg, 0) + "/" + fixed_text(body.line.diastolic_mmhg, 0);
}

std::string mean_pressure_text(BodyStatus const& body)
{
    if (!body.has_pressure) return "aorta: none";
    std::string where = body.line_in.empty() ? "aorta" : body.line_in;
    std::ranges::replace(where, '-', ' ');
    return where + ", mean " + fixed_text(body.line.mean_mmhg, 0);
}

BodyRemark rhythm_remark(BodyStatus const& body)
{
    switch (body.heart.rhythm) {
    case Rhythm::sinus:
        return {"sinus rhythm"};
    case Rhythm::atrial_fibrillation:
        return {"atrial fibrillation"};
    case Rhythm::ventricular_tachycardia:
        return {"VENT. TACHYCARDIA", true};
    case Rhythm::ventricular_fibrillation:
        return {"VENT. FIBRILLATION", true};
    case Rhythm::asystole:
        return {"ASYSTOLE", true};
    }
    return {};
}

BodyRemark breath_remark(BodyStatus const& body)
{
    // Told rounded down, like all times: 0.9 s is not yet a second.
    std::string const pause = " " + seconds_text(body.breath_pause_s) + " s";
    if (body.breath.is_apnoea) return {"APNOEA" + pause, true};
    if (body.breath.is_held) return {"held" + pause};
    switch (body.breath_asked) {
    case BreathCommand::breathe_in_and_hold:
        return {"breathing in"};
    case BreathCommand::breathe_out_and_hold:
        return {"breathing out"};
    case BreathCommand::deep:
        return {"deep breath"};
    case BreathCommand::cough:
        return {"cough"};
    case BreathCommand::quiet:
    case BreathCommand::stop:
        break;
    }
    return {"quiet"};
}

std::array<SweepPart, 2> sweep_parts(std::int64_t taken)
{
    constexpr int gap = MonitorCurves::samples / 20; // a quarter of a second, as wide as a monitor's
    int const end = int(taken % MonitorCurves::samples);
    bool const is_first_sweep = taken < MonitorCurves::samples;
    SweepPart const old{is_first_sweep ? MonitorCurves::samples : std::min(end + gap, MonitorCurves::samples),
                        MonitorCurves::samples};
    return {SweepPart{0, end}, old};
}

float sweep_top(std::array<float, MonitorCurves::samples> const& samples, float least, float step)
{
    float const highest = *std::ranges::max_element(samples);
    return highest <= least ? least : least + step * std::ceil((highest - least) / step);
}

} // namespace fluoro
