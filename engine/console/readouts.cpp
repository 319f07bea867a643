#include <fluoro/console/readouts.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <numbers>

namespace fluoro {
namespace {

std::string format(char const* pattern, double value)
{
    char text[64];
    std::snprintf(text, sizeof text, pattern, value);
    return text;
}

std::string angle_text(char const* plus, char const* minus, double angle_rad)
{
    long const whole = std::lround(degrees(angle_rad));
    return std::string{whole < 0 ? minus : plus} + " " + std::to_string(std::abs(whole));
}

} // namespace

std::string angles_text(PositionerAngles angles)
{
    return angle_text("LAO", "RAO", angles.primary_rad) + "  " + angle_text("CRAN", "CAUD", angles.secondary_rad);
}

PositionerAngles patient_angles(RoomState const& room)
{
    constexpr double turn = 2 * std::numbers::pi;
    double const primary = std::remainder(room.angles.primary_rad + room.patient_turn_rad, turn);
    return {primary, room.angles.secondary_rad};
}

std::string tilt_text(double rad)
{
    long const whole = std::lround(degrees(rad));
    if (whole == 0) return "level";
    return (whole > 0 ? "head up " : "head down ") + std::to_string(std::abs(whole));
}

std::string turn_text(double rad)
{
    long const whole = std::abs(std::lround(degrees(rad)));
    return whole == 0 ? "on the back" : whole == 180 ? "prone" : angle_text("LAO", "RAO", rad);
}

std::string offset_text(double mm)
{
    double const cm = std::round(mm) / 10;
    return cm == 0 ? "0.0" : format("%+.1f", cm);
}

std::string minutes_text(double seconds)
{
    // Rounded down: a time is not shown before it has passed.
    return format("%.1f", std::floor(seconds / 6 + 1e-9) / 10);
}

std::string seconds_text(double seconds)
{
    return format("%.0f", std::floor(seconds + 1e-9));
}

std::string figure_text(double value)
{
    if (value == 0) return "0";
    int const before_point = int(std::floor(std::log10(std::abs(value)))) + 1;
    return fixed_text(value, std::clamp(3 - before_point, 0, 6));
}

std::string fixed_text(double value, int decimals)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string rate_text(double per_second)
{
    return format("%g", per_second);
}

std::string picture_state_text(LiveSnapshot const& live)
{
    PictureState const& picture = live.status.picture;
    std::string text = live.picture_number == 0 ? "NO IMAGE YET"
                       : live.status.is_live    ? "LIVE"
                       : picture.review_run > 0 ? "RUN " + std::to_string(picture.review_run) + ", FRAME " +
                                                      std::to_string(picture.review_frame)
                                                : "LAST IMAGE HOLD";
    if (picture.road_map == RoadMap::Phase::ready && live.status.is_live) text += ", ROAD MAP";
    if (picture.road_map == RoadMap::Phase::filling) text += ", MAKING THE ROAD MAP";
    if (picture.is_subtracted) text += ", SUBTRACTED";
    return text;
}

PictureRemark picture_remark(LiveSnapshot const& live)
{
    PictureState const& picture = live.status.picture;
    bool const is_held = live.picture_number > 0 && !live.status.is_live && picture.review_run == 0;
    if (is_held && !is_same_view(live.status.room, live.pictured))
        return {"View has moved; held: " + angles_text(patient_angles(live.pictured)), true};
    if (picture.road_map == RoadMap::Phase::waiting) return {"Road map: inject, then hold fluoroscopy", false};
    if (picture.road_map == RoadMap::Phase::filling) return {"Road map fills until the pedal is let go", false};
    if (live.is_script_running) return {"Demonstration: any control takes over", false};
    return {};
}

bool is_held_view(LiveSnapshot const& live)
{
    PictureState const& picture = live.status.picture;
    return live.picture_number > 0 && !live.status.is_live && !live.status.is_beam_on && picture.review_run == 0 &&
           picture.zoom == 1 && is_same_view(live.status.room, live.pictured);
}

std::string programme_text(std::string const& programme)
{
    static constexpr std::pair<char const*, char const*> names[] = {{"fluoroscopy-low", "Fluoroscopy, low dose"},
                                                                    {"fluoroscopy-normal", "Fluoroscopy, normal"},
                                                                    {"fluoroscopy-high", "Fluoroscopy, high quality"},
                                                                    {"road-map", "Road map"},
                                                                    {"cine", "Cine"},
                                                                    {"dsa", "DSA"},
                                                                    {"single", "Single shot"}};
    auto const found = std::ranges::find(names, programme, [](auto const& name) { return name.first; });
    return found == std::end(names) ? programme : found->second;
}

std::optional<std::pair<Vec2, Vec2>> wedge_edge(WedgePlace const& wedge, BladeOpening const& opening)
{
    // The line's points are at + t * along; each pair of blades leaves a stretch of t.
    double const c = std::cos(wedge.angle_rad), s = std::sin(wedge.angle_rad);
    Vec2 const at{wedge.edge_mm * c, wedge.edge_mm * s}, along{-s, c};
    double from = -1e9, to = 1e9;
    auto const limit = [&](double start, double direction, double least, double most) {
        if (std::abs(direction) < 1e-12) {
            if (start < least || start > most) to = from;
            return;
        }
        double const a = (least - start) / direction, b = (most - start) / direction;
        from = std::max(from, std::min(a, b));
        to = std::min(to, std::max(a, b));
    };
    limit(at.x, along.x, opening.left_mm, opening.right_mm);
    limit(at.y, along.y, opening.top_mm, opening.bottom_mm);
    if (from >= to) return std::nullopt;
    return std::pair{Vec2{at.x + from * along.x, at.y + from * along.y},
                     Vec2{at.x + to * along.x, at.y + to * along.y}};
}

std::string wedge_text(WedgePlace const& wedge, double field_mm)
{
    double const reach = field_mm / 2 * (std::abs(std::cos(wedge.angle_rad)) + std::abs(std::sin(wedge.angle_rad)));
    if (wedge.edge_mm >= reach) return "out";
    double const turn = std::fmod(std::fmod(degrees(wedge.angle_rad), 360) + 360, 360);
    return "edge " + fixed_text(wedge.edge_mm / 10, 1) + " cm, " + std::to_string(std::lround(turn) % 360) + "\xc2\xb0";
}

bool is_same_view(RoomState const& a, RoomState const& b)
{
    // Smaller than anything a picture shows: a tenth of a pixel at the detector.
    auto const near = [](double x, double y, double slack) { return std::abs(x - y) < slack; };
    constexpr double slack_mm = 0.05, slack_rad = 1e-4;
    return near(a.angles.primary_rad, b.angles.primary_rad, slack_rad) &&
           near(a.angles.secondary_rad, b.angles.secondary_rad, slack_rad) &&
           near(a.patient_turn_rad, b.patient_turn_rad, slack_rad) &&
           near(a.source_to_detector_mm, b.source_to_detector_mm, slack_mm) &&
           near(a.table_longitudinal_mm, b.table_longitudinal_mm, slack_mm) &&
           near(a.table_lateral_mm, b.table_lateral_mm, slack_mm) &&
           near(a.table_height_mm, b.table_height_mm, slack_mm) && near(a.field_mm, b.field_mm, slack_mm);
}

} // namespace fluoro
