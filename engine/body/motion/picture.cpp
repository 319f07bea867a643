#include "organ_motion_impl.hpp"

#include <algorithm>
#include <cmath>

// The whole lattice at once, for the picture.
namespace fluoro {

using namespace motion;

namespace {

/// The modes of a box under one pose, point by point.
struct Combined {
    FieldGrid grid;
    std::vector<Mode> mode;
    bool is_moving = false;
};

/// Points of the lattice that a box covers, grown by so many.
struct Range {
    glm::ivec3 first{0}, last{-1}; ///< the last one belongs to it
    bool has(glm::ivec3 const& at) const
    {
        return at.x >= first.x && at.y >= first.y && at.z >= first.z && at.x <= last.x && at.y <= last.y &&
               at.z <= last.z;
    }
};
Range range_of(FieldGrid const& lattice, FieldGrid const& part, int more)
{
    glm::ivec3 const place = place_in(lattice, part);
    return {glm::max(place - more, glm::ivec3{0}), glm::min(place + part.size - 1 + more, lattice.size - 1)};
}

template <class See> void for_each_in(Range const& range, See const& see)
{
    glm::ivec3 at;
    for (at.z = range.first.z; at.z <= range.last.z; ++at.z)
        for (at.y = range.first.y; at.y <= range.last.y; ++at.y)
            for (at.x = range.first.x; at.x <= range.last.x; ++at.x) see(at);
}

constexpr double most_inner_mm = 30; ///< that breath carries the heart by: what its lattice is looked for around

} // namespace

void OrganMotion::Impl::fill(Displacement& d, Stand const& stand) const
{
    std::size_t const points = points_of(d.grid);
    d.forward_mm.assign(points, glm::vec3{0});
    d.backward_mm.assign(points, glm::vec3{0});
    if (!breath.is_still()) {
        FieldGrid const& from = breath.grid();
        glm::ivec3 const place = place_in(d.grid, from);
        for (int z = 0; z < from.size.z; ++z)
            for (int y = 0; y < from.size.y; ++y) {
                std::size_t const n = number_of(d.grid, place + glm::ivec3{0, y, z});
                breath.forward_row(y, z, stand.breath, d.forward_mm.data() + n);
                breath.backward_row(y, z, stand.breath, d.backward_mm.data() + n);
            }
    }
    std::array<Combined, boxes> inner;
    for (std::size_t b = 0; b < boxes; ++b) {
        if (!stand.is_moving[b]) continue;
        inner[b] = {box[b].grid, std::vector<Mode>(points_of(box[b].grid)), true};
        for (std::size_t n = 0; n < inner[b].mode.size(); ++n)
            inner[b].mode[n] = combined(box[b].at(n), box[b].modes, stand.inner[b]);
    }
    auto const slope_at = [&](Vec3 const& p) {
        Slope sum;
        for (Combined const& i : inner) {
            Cell cell;
            if (!i.is_moving || !cell.find(i.grid, p)) continue;
            Slope const s = linear_with_slope(cell, i.grid.spacing_mm, [&](std::size_t n) { return i.mode[n]; });
            sum = {sum.value + s.value, sum.by_x + s.by_x, sum.by_y + s.by_y, sum.by_z + s.by_z};
        }
        return sum;
    };
    int const carried =
        breath.is_still() ? 0
                          : int(std::ceil(std::min(std::abs(stand.breath.dome_mm), most_inner_mm) / d.grid.spacing_mm));
    std::array<Range, boxes> at_rest, anywhere;
    for (std::size_t b = 0; b < boxes; ++b) {
        if (!inner[b].is_moving) continue;
        at_rest[b] = range_of(d.grid, inner[b].grid, 0);
        anywhere[b] = range_of(d.grid, inner[b].grid, carried);
    }
    for (std::size_t b = 0; b < boxes; ++b) {
        if (!inner[b].is_moving) continue;
        auto const is_done = [&](std::array<Range, boxes> const& ranges, glm::ivec3 const& at) {
            for (std::size_t before = 0; before < b; ++before)
                if (ranges[before].has(at)) return true;
            return false;
        };
        for_each_in(at_rest[b], [&](glm::ivec3 const& at) {
            if (is_done(at_rest, at)) return;
            Mode sum;
            for (Combined const& i : inner) {
                if (!i.is_moving) continue;
                glm::ivec3 const place = at - place_in(d.grid, i.grid);
                if (glm::any(glm::lessThan(place, glm::ivec3{0})) ||
                    glm::any(glm::greaterThanEqual(place, i.grid.size)))
                    continue;
                sum = sum + i.mode[number_of(i.grid, place)];
            }
            if (sum.x == 0 && sum.y == 0 && sum.z == 0) return;
            Vec3 const rest = d.grid.at(at);
            d.forward_mm[number_of(d.grid, at)] = glm::vec3{breath.moved(rest + way(sum), stand.breath) - rest};
        });
        for_each_in(anywhere[b], [&](glm::ivec3 const& at) {
            if (is_done(anywhere, at)) return;
            std::size_t const n = number_of(d.grid, at);
            Vec3 const moved = d.grid.at(at), before = moved + Vec3{d.backward_mm[n]};
            Slope const here = slope_at(before);
            if (here.value.x == 0 && here.value.y == 0 && here.value.z == 0) return;
            Vec3 const rest = undone(before, before - way(here.value), slope_at);
            d.backward_mm[n] = glm::vec3{rest - moved};
        });
    }
}

void OrganMotion::Impl::find_density(Displacement& d) const
{
    d.density.assign(points_of(d.grid), 1.0F);
    if (breath.is_still()) return;
    Field const& lung = breath.lung();
    glm::ivec3 const size = d.grid.size;
    std::size_t const row = std::size_t(size.x), plane = row * std::size_t(size.y);
    auto const per_mm = float(0.5 / d.grid.spacing_mm);
    Range range = range_of(d.grid, breath.grid(), 0);
    range.first = glm::max(range.first, glm::ivec3{1});
    range.last = glm::min(range.last, size - 2);
    for_each_in(range, [&](glm::ivec3 const& at) {
        std::size_t const n = number_of(d.grid, at);
        auto const share = float(lung.at(d.grid.at(at) + Vec3{d.backward_mm[n]}));
        if (share == 0) return;
        auto const& b = d.backward_mm;
        glm::vec3 const by_x = per_mm * (b[n + 1] - b[n - 1]), by_y = per_mm * (b[n + row] - b[n - row]),
                        by_z = per_mm * (b[n + plane] - b[n - plane]);
        float const det = glm::determinant(glm::mat3{1} + glm::mat3{by_x, by_y, by_z});
        d.density[n] = 1 + share * (std::max(det, 0.05F) - 1);
    });
}

Displacement OrganMotion::Impl::shifted(Displacement const& d, Vec3 const& shift_mm) const
{
    // All of the volume moves; beyond it, in air, the shift runs out.
    double const room = 2 * glm::length(shift_mm) + 2 * settings.lattice_mm;
    Displacement all;
    all.cycle = d.cycle;
    all.grid = lattice_around(low_mm - room, high_mm + room, settings.lattice_mm);
    std::size_t const points = points_of(all.grid);
    all.forward_mm.resize(points);
    all.backward_mm.resize(points);
    all.density.assign(points, 1.0F);
    glm::ivec3 const size = all.grid.size;
    Vec3 const low = all.grid.origin_mm, high = all.grid.at(size - 1);
    for_each_point(all.grid, [&](glm::ivec3 const& at, std::size_t n) {
        Vec3 const p = all.grid.at(at), inward = glm::min(p - low, high - p);
        double const share = ramp(std::min({inward.x, inward.y, inward.z}), 0, room - settings.lattice_mm);
        all.forward_mm[n] = glm::vec3{sampled(d.grid, d.forward_mm, p) + share * shift_mm};
        all.backward_mm[n] = glm::vec3{sampled(d.grid, d.backward_mm, p - share * shift_mm) - share * shift_mm};
        if (d.density.empty()) return;
        glm::ivec3 const place{glm::round((p - shift_mm - d.grid.origin_mm) / d.grid.spacing_mm)};
        if (glm::all(glm::greaterThanEqual(place, glm::ivec3{0})) && glm::all(glm::lessThan(place, d.grid.size)))
            all.density[n] = d.density[number_of(d.grid, place)];
    });
    return all;
}

} // namespace fluoro
