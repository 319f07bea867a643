#include <algorithm>
#include <fluoro/body/displacement.hpp>

namespace fluoro {

Vec3 sampled(FieldGrid const& grid, std::vector<glm::vec3> const& field, Vec3 const& p)
{
    Vec3 const at = (p - grid.origin_mm) / grid.spacing_mm;
    Vec3 const last{grid.size - 1};
    if (at.x <= 0 || at.y <= 0 || at.z <= 0 || at.x >= last.x || at.y >= last.y || at.z >= last.z) return Vec3{0};
    glm::ivec3 const low{at};
    glm::vec3 const share{at - Vec3{low}};
    std::size_t const row = std::size_t(grid.size.x), plane = row * std::size_t(grid.size.y);
    auto const* const corner =
        field.data() + std::size_t(low.z) * plane + std::size_t(low.y) * row + std::size_t(low.x);
    auto const along_x = [&](std::size_t offset) { return glm::mix(corner[offset], corner[offset + 1], share.x); };
    return Vec3{glm::mix(glm::mix(along_x(0), along_x(row), share.y),
                         glm::mix(along_x(plane), along_x(plane + row), share.y), share.z)};
}

} // namespace fluoro
