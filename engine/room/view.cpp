#include <cmath>
#include <fluoro/room/view.hpp>

namespace fluoro {

View view_of(PositionerAngles angles, double source_to_detector_mm, double source_to_isocentre_mm, Vec3 isocentre_mm)
{
    double const cp = std::cos(angles.primary_rad), sp = std::sin(angles.primary_rad);
    double const cs = std::cos(angles.secondary_rad), ss = std::sin(angles.secondary_rad);
    Vec3 const toward_detector{sp * cs, -cp * cs, ss};
    View view;
    view.source_mm = isocentre_mm - source_to_isocentre_mm * toward_detector;
    view.detector_centre_mm = view.source_mm + source_to_detector_mm * toward_detector;
    view.column_direction = {cp, sp, 0};
    view.row_direction = {sp * ss, -cp * ss, -cs};
    view.source_to_detector_mm = source_to_detector_mm;
    view.source_to_isocentre_mm = source_to_isocentre_mm;
    return view;
}

} // namespace fluoro
