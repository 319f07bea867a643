#pragma once
#include <fluoro/core/geometry.hpp>

namespace fluoro {

/// DICOM positioner angles, related to the patient. Primary + = detector toward the patient's left (LAO);
/// secondary + = detector toward the head (cranial).
struct PositionerAngles {
    double primary_rad = 0;
    double secondary_rad = 0;
};

/// Where source and detector are, in patient space (LPS, mm). All directions are unit vectors.
struct View {
    Vec3 source_mm{0};
    Vec3 detector_centre_mm{0};     ///< where the central ray meets the detector plane
    Vec3 column_direction{1, 0, 0}; ///< toward increasing column (displayed left to right)
    Vec3 row_direction{0, 0, -1};   ///< toward increasing row (displayed top to bottom)
    double source_to_detector_mm = 1000;
    double source_to_isocentre_mm = 750;

    Vec3 beam_direction() const { return (detector_centre_mm - source_mm) / source_to_detector_mm; }
};

/// The view of a C-arm whose isocentre stands at `isocentre_mm` of the patient. Design: d = (sin P cos S, -cos P cos S,
/// sin S); columns along (cos P, sin P, 0); rows along (sin P sin S, -cos P sin S, -cos S).
View view_of(PositionerAngles angles, double source_to_detector_mm, double source_to_isocentre_mm, Vec3 isocentre_mm);

/// The square active field of the detector and its pixels.
struct PixelGrid {
    double field_mm = 200; ///< side of the active field
    int columns = 512;
    int rows = 512;
    double pitch_mm() const { return field_mm / columns; }
    /// Position on the detector plane relative to the central ray [mm], + along column and row directions.
    Vec2 position_mm(double column, double row) const
    {
        return {(column + 0.5) * pitch_mm() - field_mm / 2, (row + 0.5) * pitch_mm() - field_mm * rows / columns / 2};
    }
};

/// Collimator opening as it falls on the detector plane [mm from the central ray]: a rectangle.
struct BladeOpening {
    double left_mm = -100, right_mm = 100; ///< along the column direction
    double top_mm = -100, bottom_mm = 100; ///< along the row direction
    double width_mm() const { return right_mm - left_mm; }
    double height_mm() const { return bottom_mm - top_mm; }
};

} // namespace fluoro
