#include <fluoro/patient/volume.hpp>

#include <cmath>
#include <cstdio>
#include <glm/gtc/matrix_inverse.hpp>

namespace fluoro {

namespace {

std::string as_text(char const* format, double value)
{
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

bool all_finite(Vec3 const& v)
{
    return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}

} // namespace

Mat4 Grid::patient_from_index() const
{
    Mat4 transform{1.0};
    for (int axis = 0; axis < 3; ++axis) transform[axis] = glm::dvec4{directions[axis] * spacing_mm[axis], 0.0};
    transform[3] = glm::dvec4{origin_mm, 1.0};
    return transform;
}

Mat4 Grid::index_from_patient() const
{
    return glm::affineInverse(patient_from_index());
}

Vec3 Grid::centre_mm() const
{
    return map_point(patient_from_index(), (Vec3{size} - 1.0) * 0.5);
}

void check_grid(Grid const& grid, std::string const& where)
{
    double voxels = 1;
    for (int axis = 0; axis < 3; ++axis) {
        if (grid.size[axis] < 1) throw Error{where + ": an axis has no voxels; the file is damaged"};
        voxels *= grid.size[axis];
    }
    if (voxels > double(max_voxels))
        throw Error{where + ": " + std::to_string(grid.size.x) + " x " + std::to_string(grid.size.y) + " x " +
                    std::to_string(grid.size.z) +
                    " voxels are more than the 1024^3 this program takes; crop or resample it"};
    for (int axis = 0; axis < 3; ++axis) {
        double const spacing = grid.spacing_mm[axis];
        // Written so that NaN fails too.
        if (!(spacing >= min_spacing_mm && spacing <= max_spacing_mm))
            throw Error{where + ": a voxel spacing of " + as_text("%g", spacing) +
                        " mm is not between 0.01 and 20 mm; check the file's units"};
        if (!all_finite(grid.directions[axis]))
            throw Error{where + ": an axis direction is not a number; the file is damaged"};
    }
    if (!all_finite(grid.origin_mm) || glm::length(grid.origin_mm) > 1e6)
        throw Error{where + ": the origin is not a sensible position; the file is damaged"};
    for (int a = 0; a < 3; ++a)
        for (int b = a; b < 3; ++b) {
            double const dot = glm::dot(grid.directions[a], grid.directions[b]);
            // 1e-4 is what six printed digits of a direction leave.
            if (std::abs(dot - (a == b ? 1.0 : 0.0)) > 1e-4)
                throw Error{where + ": its axes are not at right angles (cosine " + as_text("%.4f", dot) +
                            "); resample it onto a rectangular grid first"};
        }
}

std::string describe(Grid const& grid)
{
    std::string text;
    for (int axis = 0; axis < 3; ++axis) text += (axis ? " x " : "") + std::to_string(grid.size[axis]);
    text += " voxels of ";
    for (int axis = 0; axis < 3; ++axis) text += (axis ? " x " : "") + as_text("%.4g", grid.spacing_mm[axis]);
    text += " mm at (";
    for (int axis = 0; axis < 3; ++axis) text += (axis ? ", " : "") + as_text("%.5g", grid.origin_mm[axis]);
    return text + ") mm";
}

} // namespace fluoro
