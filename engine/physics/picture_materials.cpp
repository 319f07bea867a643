#include "attenuation.hpp"

#include <algorithm>
#include <array>
#include <fluoro/physics/mixture.hpp>
#include <glm/glm.hpp>

namespace fluoro {
namespace {

constexpr std::array picture_materials = {"water", "bone", "steel"};
/// From silver on an element's K edge lies within the energies: nothing else has its attenuation.
constexpr int first_edge = 47;
/// Alloys and laminates with such an element that others stand for closely all the same.
constexpr std::array like_others = {"platinum_iridium", "cocr", "tungsten_polymer"};
constexpr int lowest_kev = 25, highest_kev = 120;

using Shares = std::vector<std::pair<MaterialId, double>>;

int heaviest_of(Material const& one)
{
    int heaviest = 0;
    for (MassFraction const& element : one.elements) heaviest = std::max(heaviest, element.atomic_number);
    return heaviest;
}

bool is_followed(Material const& one)
{
    if (std::ranges::find(like_others, one.name) != like_others.end()) return false;
    return heaviest_of(one) >= first_edge || std::ranges::find(picture_materials, one.name) != picture_materials.end();
}

/// What of up to three materials makes one gram of `wanted`: least squares of the relative error over the energies.
Shares combined(MaterialId wanted, std::vector<MaterialId> const& from)
{
    auto const target = binned_attenuation_cm2_g(wanted);
    glm::dmat3 normal{1};
    glm::dvec3 right{0};
    for (int i = 0; i < int(from.size()); ++i) {
        auto const a = binned_attenuation_cm2_g(from[std::size_t(i)]);
        for (int kev = lowest_kev; kev < highest_kev; ++kev) right[i] += a[kev] / target[kev];
        for (int j = 0; j < int(from.size()); ++j) {
            auto const b = binned_attenuation_cm2_g(from[std::size_t(j)]);
            double sum = 0;
            for (int kev = lowest_kev; kev < highest_kev; ++kev) sum += a[kev] * b[kev] / (target[kev] * target[kev]);
            normal[j][i] = sum;
        }
    }
    glm::dvec3 const amounts = glm::inverse(normal) * right;
    Shares shares;
    for (int i = 0; i < int(from.size()); ++i) shares.emplace_back(from[std::size_t(i)], amounts[i]);
    return shares;
}

Shares written(Material const& one, MaterialId id)
{
    if (is_followed(one)) return {{id, 1.0}};
    int const heaviest = heaviest_of(one);
    // What has no edge here lies between lighter and heavier of its kind; a heavy metal needs one of its own.
    std::vector<MaterialId> from{find_material("water"), find_material("bone")};
    if (heaviest > 12) from.push_back(find_material("steel"));
    if (heaviest >= first_edge) from[1] = find_material(heaviest > 76 ? "platinum" : "tungsten");
    return combined(id, from);
}

} // namespace

Mixture in_picture_materials(Mixture const& mixture)
{
    static std::vector<Shares> const table = [] {
        std::vector<Shares> all;
        for (Material const& one : materials()) all.push_back(written(one, MaterialId{int(all.size())}));
        return all;
    }();
    Mixture result;
    for (auto const& [id, g_cm3] : mixture.g_cm3)
        for (auto const& [part, share] : table[std::size_t(id)]) {
            auto const same = std::ranges::find(result.g_cm3, part, &std::pair<MaterialId, double>::first);
            if (same == result.g_cm3.end())
                result.g_cm3.emplace_back(part, g_cm3 * share);
            else
                same->second += g_cm3 * share;
        }
    return result;
}

} // namespace fluoro
