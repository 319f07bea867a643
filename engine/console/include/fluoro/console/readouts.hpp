#pragma once
#include <array>
#include <cstdint>
#include <fluoro/console/live_session.hpp>
#include <fluoro/room/room.hpp>
#include <optional>
#include <string>
#include <utility>

namespace fluoro {

// Numbers as the console writes them. Rounded to what a trainee can use; the record keeps them all.

/// "LAO 30  CRAN 20": whole degrees, RAO and CAUD for the other signs, LAO 0 and CRAN 0 for none.
std::string angles_text(PositionerAngles angles);
/// The view as the patient sees it, whether the C-arm went round him or he turned under the tube; (-180, 180] degrees.
PositionerAngles patient_angles(RoomState const& room);
/// Of the table: "head up 85", "head down 15", "level".
std::string tilt_text(double rad);
/// Of the patient on the table: "LAO 35", "RAO 140", "on the back", "prone".
std::string turn_text(double rad);
/// Signed centimetres, to the millimetre: "+3.5", "0.0".
std::string offset_text(double mm);
/// Minutes and tenths, as regulations ask: "1.2" for 76 s.
std::string minutes_text(double seconds);
/// Whole seconds that have passed: "76".
std::string seconds_text(double seconds);
/// At least three significant digits, no exponent: "0.00123", "0.456", "12.3", "1234".
std::string figure_text(double value);
/// With this many decimals: "0.30".
std::string fixed_text(double value, int decimals);
/// Pulses a second: "3.75", "15".
std::string rate_text(double per_second);

/// How many five-minute alerts this much fluoroscopy has earned.
constexpr int time_alerts(double fluoroscopy_s)
{
    return int(fluoroscopy_s / 300.0 + 1e-9);
}

/// Both show the same anatomy at the same size: C-arm, detector, table, zoom and the patient's turn are
/// as they were. Blades do not
/// count.
bool is_same_view(RoomState const& a, RoomState const& b);

/// What the picture is: "LIVE", "LAST IMAGE HOLD", "RUN 2, FRAME 14", "NO IMAGE YET"; subtraction and road map are
/// named.
std::string picture_state_text(LiveSnapshot const& live);
/// What the person should know or do about it next; empty when there is nothing: a demonstration that runs, what a road
/// map waits for, that the view has moved away from the held image.
struct PictureRemark {
    std::string text;
    bool is_warning = false;
};
PictureRemark picture_remark(LiveSnapshot const& live);
/// The held image shows what the present view would: blades and wedges can be drawn on it. Neither a run under review
/// nor an enlarged picture does.
bool is_held_view(LiveSnapshot const& live);
/// A programme's name for people: "fluoroscopy-low" as "Fluoroscopy, low dose". Other names stay.
std::string programme_text(std::string const& programme);
// The patient, as a monitor tells of him.

/// A reading that nobody can take: no heartbeat to count, no catheter in the aorta.
inline constexpr char const* no_reading = "--";
/// Beats a minute; none while the heart stands still or fibrillates.
std::string heart_rate_text(BodyStatus const& body);
/// "120/75".
std::string pressure_text(BodyStatus const& body);
/// "aorta, mean 93".
std::string mean_pressure_text(BodyStatus const& body);
/// In words that warn where it is a matter of life: "sinus rhythm", "VENT. FIBRILLATION".
struct BodyRemark {
    std::string text;
    bool is_warning = false;
};
BodyRemark rhythm_remark(BodyStatus const& body);
/// "quiet", "breathing in", "held 12 s", "APNOEA 5 s".
BodyRemark breath_remark(BodyStatus const& body);

/// Samples [from, to) of a curve that sweeps across its strip from left to right and begins again: those of this sweep,
/// then what is left of the one before, behind a gap. `taken`: samples so far; the strip holds MonitorCurves::samples.
struct SweepPart {
    int from = 0, to = 0;
};
std::array<SweepPart, 2> sweep_parts(std::int64_t taken);
/// The top of a strip for these samples: `least`, or as many `steps` more as the highest needs.
float sweep_top(std::array<float, MonitorCurves::samples> const& samples, float least, float step);

/// The wedge's edge inside the opening [mm on the detector plane]; nothing where it does not reach in.
std::optional<std::pair<Vec2, Vec2>> wedge_edge(WedgePlace const& wedge, BladeOpening const& opening);
/// "out", or where its edge stands and from where it covers: "edge 3.2 cm, 180\xc2\xb0".
std::string wedge_text(WedgePlace const& wedge, double field_mm);

} // namespace fluoro
