#include "modes.hpp"

namespace fluoro::motion {

FieldGrid lattice_around(Vec3 const& low_mm, Vec3 const& high_mm, double spacing_mm)
{
    glm::ivec3 const low{glm::floor(low_mm / spacing_mm)}, high{glm::ceil(high_mm / spacing_mm)};
    return {spacing_mm * Vec3{low}, spacing_mm, high - low + 1};
}

FieldGrid lattice_around(FieldGrid const& a, FieldGrid const& b)
{
    if (points_of(a) == 0) return b;
    if (points_of(b) == 0) return a;
    double const inside = 0.25 * a.spacing_mm; // so that rounding adds no points
    Vec3 const low = glm::min(a.origin_mm, b.origin_mm), high = glm::max(a.at(a.size - 1), b.at(b.size - 1));
    return lattice_around(low + inside, high - inside, a.spacing_mm);
}

} // namespace fluoro::motion
