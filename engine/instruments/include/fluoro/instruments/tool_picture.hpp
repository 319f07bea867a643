#pragma once
#include <fluoro/instruments/coaxial_tools.hpp>
#include <optional>

namespace fluoro {

/// A stretch of a tool, or of a marker on it, as the picture sees it: a round wall along a polyline.
struct ToolStretch {
    std::vector<Vec3> points_mm;  ///< at least two
    std::vector<double> outer_mm; ///< diameter at each
    double inner_mm = 0;          ///< diameter; 0 = solid
    Mixture content;
    std::vector<Vec3> moved_mm{}; ///< of each point over the last tick; empty = it stood still
    double displaced_hu = 45;     ///< of what was in its place: blood, or tissue much like it; air outside the body
};

/// A small volume of something, patient space.
struct CloudParcel {
    glm::vec3 at_mm{0};
    float volume_mm3 = 0;
};
/// Parcels of one content, in the place of what the CT has there.
struct ToolCloud {
    std::span<CloudParcel const> parcels;
    Mixture content;
    double displaced_hu = 0;
    double size_mm = 1; ///< side of a parcel's cube
};

/// A line and a tool on it as they were a tick ago.
struct LineBefore {
    std::span<RodFrame const> line;
    std::span<double const> along_mm;
    double inserted_mm = 0;
};

/// Points of the smooth curve through a line's places, from one to the other distance along it.
std::vector<Vec3> curve_between(std::span<RodFrame const> line, std::span<double const> along_mm, double from_mm,
                                double to_mm);
/// The curve's point at a distance along the line of at least two places; straight on before its begin, its end beyond
/// that.
Vec3 point_on(std::span<RodFrame const> line, std::span<double const> along_mm, double at_mm);
/// All that is in the body of these tools, from the access inward, markers last. Between the line's places runs a
/// smooth curve, in pieces that leave it by 0.02 mm at most: a fifth of a detector's pixel is 0.02 mm at the patient.
std::vector<ToolStretch> stretches_of(CoaxialTools const& tools);
/// The same of one tool whose tip lies `inserted_mm` along any line; with `before`, how far each point has come since:
/// the same point of the tool, as far from its tip.
std::vector<ToolStretch> stretches_of(Tool const& tool, double inserted_mm, std::span<RodFrame const> line,
                                      std::span<double const> along_mm, std::optional<LineBefore> const& before = {});

} // namespace fluoro
