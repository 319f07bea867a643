#include <fluoro/import/couch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace fluoro {

namespace {

constexpr std::int16_t body_hu = -300;
constexpr std::int16_t air_hu = -1000;
constexpr std::int16_t visible_hu = -900;
constexpr double bridge_mm = 3;     // half the thickness of what is cut
constexpr double limb_mm = 15;      // half the thickness of what may be a limb
constexpr double limb_share = 0.02; // of the body's volume

enum Mark : std::uint8_t { empty = 0, solid = 1, seen = 2, kept = 3 };
using Mask = std::vector<std::uint8_t>;

/// A volume's axes as "two within an axial slice, one across".
struct Layout {
    std::array<int, 3> size;
    std::array<std::size_t, 3> stride;
    std::array<double, 3> spacing_mm;
    int across = 2; ///< the axis closest to head-foot
    std::array<int, 2> within() const { return {across == 0 ? 1 : 0, across == 2 ? 1 : 2}; }
};

Layout layout_of(Grid const& grid)
{
    Layout layout;
    layout.size = {grid.size.x, grid.size.y, grid.size.z};
    layout.stride = {1, std::size_t(grid.size.x), std::size_t(grid.size.x) * std::size_t(grid.size.y)};
    layout.spacing_mm = {grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z};
    for (int axis = 0; axis < 3; ++axis)
        if (std::abs(grid.directions[axis].z) > std::abs(grid.directions[layout.across].z)) layout.across = axis;
    return layout;
}

/// Calls use(start, stride, length) for every row of voxels along `axis`.
template <class Use> void for_rows(Layout const& layout, int axis, Use const& use)
{
    int const a = axis == 0 ? 1 : 0, b = axis == 2 ? 1 : 2;
    for (int v = 0; v < layout.size[b]; ++v)
        for (int u = 0; u < layout.size[a]; ++u)
            use(layout.stride[a] * std::size_t(u) + layout.stride[b] * std::size_t(v), layout.stride[axis],
                layout.size[axis]);
}

/// Takes `radius` voxels off both ends of every run of solid voxels along `axis`; a run that reaches the grid's edge is
/// thought to go on beyond it.
void erode_along(Mask& mask, Layout const& layout, int axis, int radius)
{
    for_rows(layout, axis, [&](std::size_t start, std::size_t stride, int length) {
        for (int first = 0; first < length;) {
            if (mask[start + std::size_t(first) * stride] == empty) {
                ++first;
                continue;
            }
            int last = first;
            while (last < length && mask[start + std::size_t(last) * stride] != empty) ++last;
            int const from = first == 0 ? 0 : std::min(first + radius, last);
            int const to = last == length ? length : std::max(last - radius, from);
            for (int at = first; at < from; ++at) mask[start + std::size_t(at) * stride] = empty;
            for (int at = to; at < last; ++at) mask[start + std::size_t(at) * stride] = empty;
            first = last;
        }
    });
}

/// Makes everything within `radius` voxels along `axis` of a kept voxel kept, where `allowed` is solid.
void grow_along(Mask& mask, Mask const* allowed, Layout const& layout, int axis, int radius)
{
    for_rows(layout, axis, [&](std::size_t start, std::size_t stride, int length) {
        for (int const step : {1, -1}) {
            int reach = 0;
            for (int n = 0; n < length; ++n) {
                std::size_t const at = start + std::size_t(step > 0 ? n : length - 1 - n) * stride;
                if (mask[at] == kept) {
                    reach = radius;
                } else if (reach > 0) {
                    // seen = grown in this pass: it does not carry the reach further. A gap ends the growth.
                    bool const may_grow = !allowed || (*allowed)[at] != empty;
                    if (may_grow) mask[at] = seen;
                    reach = may_grow ? reach - 1 : 0;
                }
            }
        }
        for (int n = 0; n < length; ++n)
            if (auto& mark = mask[start + std::size_t(n) * stride]; mark == seen) mark = kept;
    });
}

/// Turns the connected part around `seed` from `from` to `to`; calls visit(index) for each voxel.
template <class Visit>
void flood(Mask& mask, Layout const& layout, std::size_t seed, std::uint8_t from, std::uint8_t to,
           std::vector<std::uint32_t>& stack, Visit const& visit)
{
    stack.assign(1, std::uint32_t(seed));
    mask[seed] = to;
    while (!stack.empty()) {
        std::size_t const at = stack.back();
        stack.pop_back();
        visit(at);
        for (int axis = 0; axis < 3; ++axis) {
            int const place = int(at / layout.stride[axis] % std::size_t(layout.size[axis]));
            if (place > 0 && mask[at - layout.stride[axis]] == from) {
                mask[at - layout.stride[axis]] = to;
                stack.push_back(std::uint32_t(at - layout.stride[axis]));
            }
            if (place + 1 < layout.size[axis] && mask[at + layout.stride[axis]] == from) {
                mask[at + layout.stride[axis]] = to;
                stack.push_back(std::uint32_t(at + layout.stride[axis]));
            }
        }
    }
}

struct Part {
    std::size_t seed = 0, voxels = 0;
    bool is_thick = false;
};

/// Marks as kept the largest connected part of `mask`, and the others that may be limbs.
void keep_body(Mask& mask, Mask const& thick, Layout const& layout)
{
    std::vector<Part> parts;
    std::vector<std::uint32_t> stack;
    for (std::size_t at = 0; at < mask.size(); ++at) {
        if (mask[at] != solid) continue;
        Part part{at, 0, false};
        flood(mask, layout, at, solid, seen, stack, [&](std::size_t voxel) {
            ++part.voxels;
            part.is_thick = part.is_thick || thick[voxel] != empty;
        });
        parts.push_back(part);
    }
    auto const largest =
        std::max_element(parts.begin(), parts.end(), [](auto const& a, auto const& b) { return a.voxels < b.voxels; });
    for (Part const& part : parts)
        if (part.voxels == largest->voxels ||
            (part.is_thick && double(part.voxels) > limb_share * double(largest->voxels)))
            flood(mask, layout, part.seed, seen, kept, stack, [](std::size_t) {});
    for (auto& mark : mask)
        if (mark == seen) mark = empty;
}

/// Keeps whatever cannot reach the edge of its axial slice without crossing kept voxels: lungs, bowel gas, sinuses.
void fill_inside(Mask& mask, Layout const& layout)
{
    auto const [a, b] = layout.within();
    std::vector<std::uint32_t> stack;
    for (int k = 0; k < layout.size[layout.across]; ++k) {
        std::size_t const start = layout.stride[layout.across] * std::size_t(k);
        auto const visit_edge = [&](int u, int v) {
            std::size_t const at = start + layout.stride[a] * std::size_t(u) + layout.stride[b] * std::size_t(v);
            if (mask[at] != empty) return;
            stack.assign(1, std::uint32_t(at));
            mask[at] = seen;
            while (!stack.empty()) {
                std::size_t const here = stack.back();
                stack.pop_back();
                for (int const axis : {a, b}) {
                    int const place = int(here / layout.stride[axis] % std::size_t(layout.size[axis]));
                    for (int const step : {-1, 1}) {
                        if (place + step < 0 || place + step >= layout.size[axis]) continue;
                        std::size_t const next = step < 0 ? here - layout.stride[axis] : here + layout.stride[axis];
                        if (mask[next] != empty) continue;
                        mask[next] = seen;
                        stack.push_back(std::uint32_t(next));
                    }
                }
            }
        };
        for (int u = 0; u < layout.size[a]; ++u) visit_edge(u, 0), visit_edge(u, layout.size[b] - 1);
        for (int v = 0; v < layout.size[b]; ++v) visit_edge(0, v), visit_edge(layout.size[a] - 1, v);
    }
    for (auto& mark : mask) mark = mark == seen ? empty : kept;
}

int voxels_of(double length_mm, double spacing_mm)
{
    return std::max(1, int(std::lround(length_mm / spacing_mm)));
}

} // namespace

std::size_t remove_couch(Volume& ct)
{
    Layout const layout = layout_of(ct.grid);
    Mask all(ct.hu.size());
    for (std::size_t i = 0; i < ct.hu.size(); ++i) all[i] = ct.hu[i] > body_hu ? solid : empty;
    if (std::find(all.begin(), all.end(), solid) == all.end()) return 0;

    auto const within = layout.within();
    auto const eroded_by = [&](double half_mm) {
        Mask mask = all;
        for (int const axis : within) erode_along(mask, layout, axis, voxels_of(half_mm, layout.spacing_mm[axis]));
        return mask;
    };
    Mask body = eroded_by(bridge_mm);
    if (std::find(body.begin(), body.end(), solid) == body.end()) return 0; // nothing is thicker than a bridge
    keep_body(body, eroded_by(limb_mm), layout);
    for (int const axis : within)
        grow_along(body, &all, layout, axis, voxels_of(bridge_mm, layout.spacing_mm[axis]) + 1);
    fill_inside(body, layout);
    for (int const axis : within) grow_along(body, nullptr, layout, axis, 1);

    std::size_t removed = 0;
    for (std::size_t i = 0; i < ct.hu.size(); ++i) {
        if (body[i] == kept) continue;
        removed += ct.hu[i] > visible_hu;
        ct.hu[i] = air_hu;
    }
    return removed;
}

} // namespace fluoro
