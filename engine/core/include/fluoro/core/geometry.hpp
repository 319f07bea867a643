#pragma once
#include <glm/glm.hpp>
#include <numbers>

namespace fluoro {

// Patient space is DICOM LPS in mm: +x the patient's left, +y posterior, +z toward the head.
// A transform says both its ends: world_from_table * table_from_patient.
using Vec2 = glm::dvec2;
using Vec3 = glm::dvec3;
using Mat3 = glm::dmat3;
using Mat4 = glm::dmat4;

constexpr double radians(double degrees)
{
    return degrees * std::numbers::pi / 180.0;
}
constexpr double degrees(double radians)
{
    return radians * 180.0 / std::numbers::pi;
}

/// `transform` applied to a point / to a direction.
inline Vec3 map_point(Mat4 const& transform, Vec3 const& p)
{
    return Vec3{transform * glm::dvec4{p, 1.0}};
}
inline Vec3 map_direction(Mat4 const& transform, Vec3 const& d)
{
    return Vec3{transform * glm::dvec4{d, 0.0}};
}

} // namespace fluoro
