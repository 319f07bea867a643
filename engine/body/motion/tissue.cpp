#include "tissue.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro::motion {

namespace {

constexpr int body_hu = -400; ///< denser than this is no air

std::vector<std::uint16_t> kinds_of_labels()
{
    std::vector<std::uint16_t> kinds(65536, body);
    kinds[0] = 0;
    auto const add = [&](int first, int last, unsigned kind) {
        for (int l = first; l <= last; ++l) kinds[std::size_t(l)] |= std::uint16_t(kind);
    };
    add(10, 14, lung);
    add(1040, 1040, lung);
    add(1042, 1043, lung);
    add(1, 9, solid);
    add(1070, 1070, solid);
    add(1074, 1074, solid);
    add(18, 20, bowel);
    add(1003, 1003, fat);
    add(1072, 1073, bowel);
    add(1084, 1085, bowel);
    add(51, 51, heart);
    add(61, 61, heart);
    add(1050, 1059, heart);
    add(1062, 1062, heart);
    add(15, 16, great);
    add(52, 53, great);
    add(62, 62, great);
    add(1041, 1041, great);
    add(1071, 1071, great);
    add(1081, 1081, great);
    add(25, 50, bone | spine);
    add(71, 78, bone);
    add(91, 116, bone);
    add(117, 117, cartilage);
    add(1036, 1037, bone);
    add(1020, 1021, bone | spine);
    return kinds;
}

} // namespace

Tissue::Tissue(Patient const& patient)
    : patient_{patient}, index_from_patient_{patient.ct.grid.index_from_patient()}, kinds_{kinds_of_labels()}
{
    Mat4 const to_patient = patient.ct.grid.patient_from_index();
    low_ = Vec3{1e30};
    high_ = Vec3{-1e30};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const share{corner & 1, corner >> 1 & 1, corner >> 2};
        Vec3 const p = map_point(to_patient, share * Vec3{patient.ct.grid.size - 1});
        low_ = glm::min(low_, p);
        high_ = glm::max(high_, p);
    }
}

std::optional<Vec3> Tissue::place(std::string const& name) const
{
    auto const found = patient_.lumens.landmarks.find(name);
    if (found == patient_.lumens.landmarks.end()) return std::nullopt;
    return found->second;
}

std::optional<Vec3> Tissue::place(std::initializer_list<char const*> names) const
{
    for (char const* name : names)
        if (auto const found = place(std::string{name})) return found;
    return std::nullopt;
}

int Tissue::label_at(Vec3 const& p) const
{
    if (patient_.labels.empty()) return 0;
    glm::ivec3 const at{glm::floor(map_point(index_from_patient_, p) + 0.5)};
    glm::ivec3 const size = patient_.ct.grid.size;
    if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, size))) return 0;
    return patient_.labels[(std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) +
                           std::size_t(at.x)];
}

std::uint16_t Tissue::kinds_at(Vec3 const& p) const
{
    int const label = label_at(p);
    if (label != 0 || patient_.ct.hu.empty()) return kinds_[std::size_t(label)];
    glm::ivec3 const at{glm::floor(map_point(index_from_patient_, p) + 0.5)};
    glm::ivec3 const size = patient_.ct.grid.size;
    if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, size))) return 0;
    std::size_t const n =
        (std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) + std::size_t(at.x);
    return patient_.ct.hu[n] > body_hu ? body : 0;
}

Census Tissue::census(FieldGrid const& grid) const
{
    constexpr int side = 3;
    static_assert(side * side * side == Census::looks);
    Census census{grid, std::vector<std::uint16_t>(points_of(grid) * Census::looks)};
    double const step = grid.spacing_mm / side;
    parallel_for(grid.size.z, [&](int first, int last) {
        for (int z = first; z < last; ++z)
            for (int y = 0; y < grid.size.y; ++y)
                for (int x = 0; x < grid.size.x; ++x) {
                    Vec3 const middle = grid.at({x, y, z});
                    auto* kinds = census.kinds.data() + number_of(grid, {x, y, z}) * Census::looks;
                    for (int look = 0; look < Census::looks; ++look) {
                        Vec3 const beside{look % side - 1, look / side % side - 1, look / (side * side) - 1};
                        kinds[look] = kinds_at(middle + step * beside);
                    }
                }
    });
    return census;
}

Mask Census::of(unsigned wanted, double share) const
{
    Mask mask{grid, std::vector<std::uint8_t>(points_of(grid))};
    int const enough = std::max(1, int(std::ceil(share * looks)));
    for (std::size_t n = 0; n < mask.is.size(); ++n) {
        int seen = 0;
        for (int look = 0; look < looks; ++look) seen += (kinds[n * looks + std::size_t(look)] & wanted) != 0 ? 1 : 0;
        mask.is[n] = seen >= enough;
    }
    return mask;
}

} // namespace fluoro::motion
