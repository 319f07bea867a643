#pragma once
#include <array>
#include <cmath>
#include <cstdio>
#include <fluoro/room/room.hpp>

namespace fluoro {

/// One thing that moves: how people call it, and where its numbers are. The eight of them are all that motion, limits
/// and messages know.
struct Axis {
    char const* part;     ///< begins a message
    char const* positive; ///< what a value above 0 is called
    char const* negative; ///< what a value below 0 is called; empty: the value is shown with its sign
    char const* unit;
    double shown_per_unit; ///< inside -> shown
    Range const& (*range)(RoomKind const&);
    double (*speed)(RoomKind const&);
    double& (*position)(RoomState&);
    std::optional<double>& (*target)(RoomState&);
    double& (*jog)(RoomState&);

    std::string shown(double value) const
    {
        bool const has_words = *negative != '\0';
        double const number = value * shown_per_unit;
        char text[64];
        std::snprintf(text, sizeof text, "%s %.6g", has_words && value < 0 ? negative : positive,
                      has_words ? std::abs(number) : number);
        return text;
    }
};

inline std::array<Axis, 8> const& axes()
{
    static constexpr double to_degrees = 180.0 / std::numbers::pi;
    static std::array<Axis, 8> const all{{
        {"C-arm", "LAO", "RAO", "degrees", to_degrees, [](RoomKind const& k) -> Range const& { return k.primary_rad; },
         [](RoomKind const& k) { return k.primary_speed_rad_s; },
         [](RoomState& s) -> double& { return s.angles.primary_rad; },
         [](RoomState& s) -> std::optional<double>& { return s.c_arm_target.primary_rad; },
         [](RoomState& s) -> double& { return s.c_arm_jog.primary; }},
        {"C-arm", "CRAN", "CAUD", "degrees", to_degrees,
         [](RoomKind const& k) -> Range const& { return k.secondary_rad; },
         [](RoomKind const& k) { return k.secondary_speed_rad_s; },
         [](RoomState& s) -> double& { return s.angles.secondary_rad; },
         [](RoomState& s) -> std::optional<double>& { return s.c_arm_target.secondary_rad; },
         [](RoomState& s) -> double& { return s.c_arm_jog.secondary; }},
        {"Detector", "SID", "", "mm", 1, [](RoomKind const& k) -> Range const& { return k.source_to_detector_mm; },
         [](RoomKind const& k) { return k.detector_speed_mm_s; },
         [](RoomState& s) -> double& { return s.source_to_detector_mm; },
         [](RoomState& s) -> std::optional<double>& { return s.c_arm_target.source_to_detector_mm; },
         [](RoomState& s) -> double& { return s.c_arm_jog.source_to_detector; }},
        {"Table", "headward", "footward", "mm", 1,
         [](RoomKind const& k) -> Range const& { return k.table_longitudinal_mm; },
         [](RoomKind const& k) { return k.table_speed_mm_s; },
         [](RoomState& s) -> double& { return s.table_longitudinal_mm; },
         [](RoomState& s) -> std::optional<double>& { return s.table_target.longitudinal_mm; },
         [](RoomState& s) -> double& { return s.table_jog.longitudinal; }},
        {"Table", "leftward", "rightward", "mm", 1,
         [](RoomKind const& k) -> Range const& { return k.table_lateral_mm; },
         [](RoomKind const& k) { return k.table_speed_mm_s; },
         [](RoomState& s) -> double& { return s.table_lateral_mm; },
         [](RoomState& s) -> std::optional<double>& { return s.table_target.lateral_mm; },
         [](RoomState& s) -> double& { return s.table_jog.lateral; }},
        {"Table", "up", "down", "mm", 1, [](RoomKind const& k) -> Range const& { return k.table_height_mm; },
         [](RoomKind const& k) { return k.table_speed_mm_s; },
         [](RoomState& s) -> double& { return s.table_height_mm; },
         [](RoomState& s) -> std::optional<double>& { return s.table_target.height_mm; },
         [](RoomState& s) -> double& { return s.table_jog.height; }},
        {"Table", "head up", "head down", "degrees", to_degrees,
         [](RoomKind const& k) -> Range const& { return k.table_tilt_rad; },
         [](RoomKind const& k) { return k.table_tilt_speed_rad_s; },
         [](RoomState& s) -> double& { return s.table_tilt_rad; },
         [](RoomState& s) -> std::optional<double>& { return s.table_target.tilt_rad; },
         [](RoomState& s) -> double& { return s.table_jog.tilt; }},
        {"Patient", "turned LAO", "turned RAO", "degrees", to_degrees,
         [](RoomKind const& k) -> Range const& { return k.patient_turn_rad; },
         [](RoomKind const& k) { return k.patient_turn_speed_rad_s; },
         [](RoomState& s) -> double& { return s.patient_turn_rad; },
         [](RoomState& s) -> std::optional<double>& { return s.table_target.turn_rad; },
         [](RoomState& s) -> double& { return s.table_jog.turn; }},
    }};
    return all;
}

} // namespace fluoro
