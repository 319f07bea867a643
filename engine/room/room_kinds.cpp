#include <fluoro/core/error.hpp>
#include <fluoro/room/room.hpp>

namespace fluoro {

namespace {

RoomKind c_arm_suite()
{
    RoomKind kind;
    kind.name = "c-arm-suite";
    kind.source = "typical floor-mounted angiographic system (rounded from several makers' published ranges; no single "
                  "product): every figure may be changed";
    kind.source_to_isocentre_mm = 750;
    kind.source_to_detector_mm = {900, 1200};
    kind.primary_rad = {radians(-120), radians(120)};
    kind.secondary_rad = {radians(-45), radians(45)};
    kind.primary_speed_rad_s = radians(25);
    kind.secondary_speed_rad_s = radians(25);
    kind.detector_speed_mm_s = 90;
    kind.table_longitudinal_mm = {-600, 600};
    kind.table_lateral_mm = {-140, 140};
    kind.table_height_mm = {-150, 150};
    kind.table_speed_mm_s = 100;
    kind.table_half_width_mm = 230;
    kind.table_half_length_mm = 1400;
    // Solid-equivalent thicknesses that give the transmission measured on an angiographic table with its pad, 0.655 at
    // 80 kV without copper; docs/theory/exposure-control.md, "Table and pad".
    kind.pad_material = "polyurethane";
    kind.pad_density_g_cm3 = 0.06;
    kind.pad_mm = 61;
    kind.top_material = "carbon_fibre";
    kind.top_density_g_cm3 = 1.55;
    kind.top_mm = 8;
    kind.fields_mm = {300, 220, 160, 110};
    kind.pulse_rates = {3, 3.75, 7.5, 15, 30};
    kind.exposure.source =
        "order of the path: mA, then pulse width at constant kV, then kV up and copper out (Sukupova 2013); limit: 21 "
        "CFR "
        "1020.32; target per pulse: 23-32 nGy are usual at 15-30/s and 20-25 cm; target ~ rate^-0.5 (equal visibility "
        "of "
        "still detail, Aufrichtig 1994) and ~ 1/field (usual maker's setting); the rest chosen, and may be changed";
    kind.exposure.bands = {{0.9, 70}, {0.6, 75}, {0.3, 82}, {0.2, 90}, {0.1, 100}, {0, 125}};
    return kind;
}

} // namespace

RoomKind const& find_room_kind(std::string const& name)
{
    static std::vector<RoomKind> const kinds{c_arm_suite()};
    std::string names;
    for (RoomKind const& kind : kinds) {
        if (kind.name == name) return kind;
        names += (names.empty() ? "" : ", ") + kind.name;
    }
    throw Error{"unknown room '" + name + "': no machine to stand the patient in; write one of: " + names};
}

} // namespace fluoro
