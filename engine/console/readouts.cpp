#include <fluoro/console/readouts.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

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

bool is_same_view(RoomState const& a, RoomState const& b)
{
    // Smaller than anything a picture shows: a tenth of a pixel at the detector.
    auto const near = [](double x, double y, double slack) { return std::abs(x - y) < slack; };
    constexpr double slack_mm = 0.05, slack_rad = 1e-4;
    return near(a.angles.primary_rad, b.angles.primary_rad, slack_rad) &&
           near(a.angles.secondary_rad, b.angles.secondary_rad, slack_rad) &&
           near(a.source_to_detector_mm, b.source_to_detector_mm, slack_mm) &&
           near(a.table_longitudinal_mm, b.table_longitudinal_mm, slack_mm) &&
           near(a.table_lateral_mm, b.table_lateral_mm, slack_mm) &&
           near(a.table_height_mm, b.table_height_mm, slack_mm) && near(a.field_mm, b.field_mm, slack_mm);
}

} // namespace fluoro
