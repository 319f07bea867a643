#include "inner_stand.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

// The whole lattice at once, for the picture.
namespace fluoro {

using namespace motion;

namespace {

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

/// Points may be seen at the same time.
template <class See> void for_each_in(Range const& range, See const& see)
{
    parallel_for(range.last.z - range.first.z + 1, [&](int first, int last) {
        glm::ivec3 at;
        for (at.z = range.first.z + first; at.z < range.first.z + last; ++at.z)
            for (at.y = range.first.y; at.y <= range.last.y; ++at.y)
                for (at.x = range.first.x; at.x <= range.last.x; ++at.x) see(at);
    });
}
/// What breath takes along farthest along the body [mm], in steps of the lattice.
int most_steps(Range const& range, Displacement const& d)
{
    float most = 0;
    glm::ivec3 at;
    for (at.z = range.first.z; at.z <= range.last.z; ++at.z)
        for (at.y = range.first.y; at.y <= range.last.y; ++at.y)
            for (at.x = range.first.x; at.x <= range.last.x; ++at.x)
                most = std::max(most, std::abs(d.forward_mm.data()[number_of(d.grid, at)].z));
    return int(std::ceil(double(most) / d.grid.spacing_mm));
}

} // namespace

void OrganMotion::Impl::fill(Displacement& d, Stand const& stand) const
{
    std::size_t const points = points_of(d.grid);
    d.forward_mm.resize(points);
    d.backward_mm.resize(points);
    d.density.resize(points);
    if (!breath.is_still()) {
        FieldGrid const& from = breath.grid();
        parallel_for(from.size.z, [&](int first, int last) {
            for (int z = first; z < last; ++z) {
                std::size_t const n = number_of(d.grid, place_in(d.grid, from) + glm::ivec3{0, 0, z});
                breath.draw(z, stand.breath,
                            {d.forward_mm.data() + n, d.backward_mm.data() + n, d.density.data() + n,
                             std::size_t(d.grid.size.x)});
            }
        });
    }
    Inner inner;
    std::array<Range, boxes> at_rest, anywhere;
    for (std::size_t b = 0; b < boxes; ++b) {
        if (!stand.is_moving[b]) continue;
        take(inner.box[b], box[b], d.grid, stand.inner[b]);
        at_rest[b] = range_of(d.grid, box[b].grid, 0);
        // What lies in it may stand elsewhere with the breath.
        anywhere[b] = range_of(d.grid, box[b].grid, most_steps(at_rest[b], d));
    }
    if (std::ranges::any_of(stand.is_moving, [](bool moves) { return moves; }) && !breath.is_still()) {
        d.breath_mm = d.forward_mm;
        d.inner_mm.assign(points, glm::vec3{0});
    }
    std::vector<Mode> guess; // of the way back, in the heart's box
    if (stand.is_moving[heart_place]) {
        guess.resize(points_of(box[heart_place].grid));
        systole.draw(stand.inner[heart_place][HeartMode::systole], guess);
    }
    for (std::size_t b = 0; b < boxes; ++b) {
        if (!stand.is_moving[b]) continue;
        auto const is_done = [&](std::array<Range, boxes> const& ranges, glm::ivec3 const& at) {
            for (std::size_t before = 0; before < b; ++before)
                if (ranges[before].has(at)) return true;
            return false;
        };
        for_each_in(at_rest[b], [&](glm::ivec3 const& at) {
            Mode const sum = inner.at_point(at);
            if (sum.is_still() || is_done(at_rest, at)) return;
            Vec3 const rest = d.grid.at(at);
            std::size_t const n = number_of(d.grid, at);
            d.forward_mm.data()[n] = glm::vec3{breath.moved(rest + way(sum), stand.breath) - rest};
            if (!d.inner_mm.empty()) d.inner_mm.data()[n] = glm::vec3{way(sum)};
        });
        for_each_in(anywhere[b], [&](glm::ivec3 const& at) {
            glm::vec3& back = d.backward_mm.data()[number_of(d.grid, at)];
            Vec3 const moved = d.grid.at(at), target = moved + Vec3{back};
            if (!inner.moves_near(target) || is_done(anywhere, at)) return;
            Vec3 start = target;
            Cell cell;
            if (!guess.empty() && cell.find(box[heart_place].grid, target))
                start += way(linear(cell, [&](std::size_t n) { return guess.data()[n]; }));
            Slope slope;
            Vec3 const rest =
                undone(target, start, on_lattice, slope, [&](Vec3 const& p) { return inner.slope_at(p); });
            back = glm::vec3{rest - moved};
        });
    }
}

/// Between points the way back is read off straight, which leaves it on one side of the truth; half of that is put onto
/// the points, so that it is off by as much on either side.
void OrganMotion::Impl::even_out(Displacement& d) const
{
    glm::ivec3 const size = d.grid.size;
    std::size_t const row = std::size_t(size.x), plane = row * std::size_t(size.y);
    thread_local std::vector<glm::vec3> kept; // its room: from picture to picture
    kept = d.backward_mm;
    glm::vec3 const* const was = kept.data();
    parallel_for(size.z - 2, [&](int first, int last) {
        for (int z = first + 1; z < last + 1; ++z)
            for (int y = 1; y < size.y - 1; ++y)
                for (int x = 1; x < size.x - 1; ++x) {
                    std::size_t const n = number_of(d.grid, {x, y, z});
                    glm::vec3 const* const h = was + n;
                    d.backward_mm.data()[n] -=
                        even_share * (h[1] + h[-1] + h[row] + *(h - row) + *(h - plane) + h[plane] - 6.0F * h[0]);
                }
    });
}

/// From the share of lung at every point: lungs keep their mass, so that they thin out by as much as they stretch.
void OrganMotion::Impl::find_density(Displacement& d) const
{
    glm::ivec3 const size = d.grid.size;
    std::size_t const row = std::size_t(size.x), plane = row * std::size_t(size.y);
    auto const per_mm = float(0.5 / d.grid.spacing_mm);
    glm::vec3 const* const back = d.backward_mm.data();
    parallel_for(size.z, [&](int first, int last) {
        for (int z = first; z < last; ++z)
            for (int y = 0; y < size.y; ++y) {
                float* const density = d.density.data() + number_of(d.grid, {0, y, z});
                bool const is_border = y == 0 || z == 0 || y == size.y - 1 || z == size.z - 1;
                for (int x = 0; x < size.x; ++x) {
                    float const share = density[x];
                    density[x] = 1;
                    if (share < 1e-3F || is_border || x == 0 || x == size.x - 1) continue;
                    glm::vec3 const* const b = back + number_of(d.grid, {x, y, z});
                    glm::vec3 by_x = per_mm * (b[1] - b[-1]), by_y = per_mm * (b[row] - *(b - row)),
                              by_z = per_mm * (b[plane] - *(b - plane));
                    by_x.x += 1;
                    by_y.y += 1;
                    by_z.z += 1;
                    density[x] += share * (std::max(glm::dot(by_x, glm::cross(by_y, by_z)), 0.05F) - 1);
                }
            }
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
