#pragma once
#include <fluoro/console/live_session.hpp>
#include <fluoro/room/room.hpp>
#include <optional>
#include <string>
#include <utility>

namespace fluoro {

// Numbers as the console writes them. Rounded to what a trainee can use; the record keeps them all.

/// "LAO 30  CRAN 20": whole degrees, RAO and CAUD for the other signs, LAO 0 and CRAN 0 for none.
std::string angles_text(PositionerAngles angles);
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

/// Both show the same anatomy at the same size: C-arm, detector, table and zoom stand where they stood. Blades do not
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
/// The wedge's edge inside the opening [mm on the detector plane]; nothing where it does not reach in.
std::optional<std::pair<Vec2, Vec2>> wedge_edge(WedgePlace const& wedge, BladeOpening const& opening);
/// "out", or where its edge stands and from where it covers: "edge 3.2 cm, 180\xc2\xb0".
std::string wedge_text(WedgePlace const& wedge, double field_mm);

} // namespace fluoro
