#include "wide_places.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace fluoro {

namespace {

bool shows_air(Volume const& ct, Mat4 const& index_from_patient, Vec3 const& p)
{
    glm::ivec3 const at{glm::round(map_point(index_from_patient, p))}, size = ct.grid.size;
    if (glm::any(glm::lessThan(at, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(at, size))) return false;
    return ct.hu[(std::size_t(at.z) * std::size_t(size.y) + std::size_t(at.y)) * std::size_t(size.x) +
                 std::size_t(at.x)] < -500;
}

void add(ContentParcels& to, glm::vec3 const& at, double volume_mm3)
{
    if (!(volume_mm3 > 0)) return;
    to.at_mm.push_back(at);
    to.volume_mm3.push_back(float(volume_mm3));
}

} // namespace

WidePlaces::WidePlaces(TubeFluid const& tube, Volume const& ct, double place_mm) : size_mm_{place_mm}
{
    TubeCells const& cells = tube.cells();
    auto const count = std::size_t(cells.count());
    auto const radius = [&](std::size_t i) { return std::sqrt(cells.open_mm2[i] / std::numbers::pi); };
    Vec3 low{1e30}, high{-1e30};
    std::vector<std::size_t> wide;
    for (std::size_t i = 0; i < count; ++i) {
        if (!tube.stands_open(int(i))) continue;
        wide.push_back(i);
        low = glm::min(low, cells.middle_mm[i] - radius(i));
        high = glm::max(high, cells.middle_mm[i] + radius(i));
    }
    std::vector<std::vector<Place>> of_cell(count);
    Mat4 const index_from_patient = ct.grid.index_from_patient();
    glm::ivec3 const size = wide.empty() ? glm::ivec3{0} : glm::ivec3{glm::ceil((high - low) / place_mm)} + 1;
    for (int z = 0; z < size.z; ++z)
        for (int y = 0; y < size.y; ++y)
            for (int x = 0; x < size.x; ++x) {
                Vec3 const p = low + place_mm * Vec3{x, y, z};
                // How deep it lies: in the tube from the middle of the nearest cell to that of its neighbour.
                std::size_t nearest = wide.front();
                double least = 1e30;
                for (std::size_t const i : wide)
                    if (double const d = glm::dot(p - cells.middle_mm[i], p - cells.middle_mm[i]); d < least)
                        least = d, nearest = i;
                double deep = -1e30;
                Vec3 const a = cells.middle_mm[nearest];
                Vec3 const axis = glm::normalize(cells.middle_mm[std::min(nearest + 1, count - 1)] -
                                                 cells.middle_mm[nearest == 0 ? 0 : nearest - 1]);
                for (int const side : {-1, 1}) {
                    int const other = int(nearest) + side;
                    if (other >= 0 && other < int(count) && tube.stands_open(other)) {
                        Vec3 const along = cells.middle_mm[std::size_t(other)] - a;
                        double const s = std::clamp(glm::dot(p - a, along) / glm::dot(along, along), 0.0, 1.0);
                        double const wall = std::lerp(radius(nearest), radius(std::size_t(other)), s);
                        deep = std::max(deep, wall - glm::length(p - a - s * along));
                        continue;
                    }
                    // The ends of the wide part are flat.
                    double const beyond = side * glm::dot(p - a, axis);
                    if (beyond < 0) continue;
                    double const off = glm::length(p - a - axis * glm::dot(p - a, axis));
                    deep = std::min(radius(nearest) - off, cells.length_mm[nearest] / 2 - beyond);
                    break;
                }
                double const share = std::clamp(deep / place_mm + 0.5, 0.0, 1.0);
                if (share <= 0) continue;
                of_cell[nearest].push_back({glm::vec3{p}, float(share * place_mm * place_mm * place_mm),
                                            deep < place_mm, shows_air(ct, index_from_patient, p)});
            }
    for (auto const& own : of_cell) {
        first_.push_back(places_.size());
        places_.insert(places_.end(), own.begin(), own.end());
        double room = 0;
        for (Place const& place : own) room += double(place.volume_mm3);
        room_mm3_.push_back(room);
    }
    first_.push_back(places_.size());
}

void WidePlaces::fill(int first, int last, double liquid_mm3, double drawn, Vec3 const& down, ContentParcels& in_tissue,
                      ContentParcels& in_air) const
{
    std::span<Place const> const places{places_.data() + first_[std::size_t(first)],
                                        first_[std::size_t(last) + 1] - first_[std::size_t(first)]};
    if (places.empty() || !(liquid_mm3 > 0)) return;
    glm::vec3 const up{-down};
    double low = 1e30, high = -1e30;
    for (Place const& place : places) {
        double const height = double(glm::dot(up, place.at_mm));
        low = std::min(low, height);
        high = std::max(high, height);
    }
    // The volume below every height, in slices; then the surface between two of them, one place soft.
    constexpr std::size_t slices = 512;
    std::array<double, slices + 1> below{};
    double const slice_mm = (high - low) / double(slices) + 1e-9;
    for (Place const& place : places)
        below[std::size_t((double(glm::dot(up, place.at_mm)) - low) / slice_mm) + 1] += double(place.volume_mm3);
    for (std::size_t s = 1; s <= slices; ++s) below[s] += below[s - 1];
    auto const over = std::ranges::lower_bound(below, liquid_mm3);
    auto const s = std::size_t(over - below.begin());
    double surface = high + size_mm_;
    if (s > 0 && over != below.end())
        surface = low + slice_mm * (double(s - 1) + (liquid_mm3 - below[s - 1]) / (below[s] - below[s - 1]));
    auto const share = [&](Place const& place) {
        return std::clamp((surface - double(glm::dot(up, place.at_mm))) / size_mm_ + 0.5, 0.0, 1.0);
    };
    double sum = 0;
    for (Place const& place : places) sum += share(place) * double(place.volume_mm3);
    if (sum <= 0) return;
    double const exact = drawn * liquid_mm3 / sum;
    for (Place const& place : places)
        add(place.is_air ? in_air : in_tissue, place.at_mm, exact * share(place) * double(place.volume_mm3));
}

void WidePlaces::coat(int cell, double mm3, ContentParcels& in_tissue, ContentParcels& in_air) const
{
    if (!(mm3 > 0)) return;
    std::span<Place const> const places{places_.data() + first_[std::size_t(cell)],
                                        first_[std::size_t(cell) + 1] - first_[std::size_t(cell)]};
    double wall = 0, all = 0;
    for (Place const& place : places) {
        all += double(place.volume_mm3);
        wall += place.is_wall ? double(place.volume_mm3) : 0;
    }
    bool const has_wall = wall > 0;
    if (!has_wall) wall = all;
    for (Place const& place : places)
        if (place.is_wall || !has_wall)
            add(place.is_air ? in_air : in_tissue, place.at_mm, mm3 * double(place.volume_mm3) / wall);
}

} // namespace fluoro
