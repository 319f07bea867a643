// The march, once for each width of the processor's vectors: host_march.cpp includes it where `Floats`, `Ints` and
// their few operations that a compiler does not find by itself are known. Every lane is a ray and computes what it
// would alone, so the bits do not depend on the width.

constexpr int lanes = int(sizeof(Floats) / sizeof(float));

inline Floats floats(Ints v)
{
    return __builtin_convertvector(v, Floats);
}
inline Ints whole(Floats v)
{
    return __builtin_convertvector(v, Ints);
}
inline Floats size_of(Floats v)
{
    return most(v, -v);
}
inline Floats chosen(Ints where, Floats yes, Floats no)
{
    return where ? yes : no;
}
inline Floats all(float value)
{
    return value - Floats{};
}
inline Ints all(int value)
{
    return value - Ints{};
}
/// Away from zero, so that it can be divided by.
inline Floats divisor(Floats v, float least)
{
    return chosen(size_of(v) < least, all(least), v);
}

/// Where a ray is at rest [voxels], and the density of lung there over that at rest.
struct Place {
    Floats u, v, main, density;
};

/// Mass along some of the way: HU above air, what of it thins out with the lungs, and bone density, each times its share
/// of the way.
struct Sums {
    Floats above_air, lung, bone;
};

/// A ray in each lane, and how far it has come.
struct alignas(sizeof(Floats)) Rays {
    Floats u, v, main;     ///< way from source to detector [voxels]
    float enter, leave;    ///< fractions of the way between which one of them may be inside the voxels' box
    Ints is_main;          ///< those that go along the march's axis
    int first_node;        ///< column of nodes to the left of the first ray
    Ints node;             ///< of the others, from there on
    bool are_nodes_wide;   ///< no more columns of nodes between them than there are rays
    Floats share;          ///< of the way to the next column
    bool has_come = false; ///< `here` is known
    Place here;
    Sums sums;
};

inline Floats between_nodes(float const* columns, Rays const& rays)
{
    float const* const first = columns + rays.first_node;
    Floats const left = rays.are_nodes_wide ? picked(first, rays.node) : floats_at(first, rays.node);
    Floats const right = rays.are_nodes_wide ? picked(first + 1, rays.node) : floats_at(first + 1, rays.node);
    return left + rays.share * (right - left);
}

/// `nodes`: of the plane at t, where the body has moved.
inline Place place_at(Work const& w, Rays const& rays, float const* nodes, float t)
{
    auto const& p = w.params;
    Place place{p.source.x + t * rays.u, p.source.y + t * rays.v, p.source.z + t * rays.main, all(1.0f)};
    if (!nodes) return place;
    place.u += between_nodes(nodes, rays);
    place.v += between_nodes(nodes + w.node_columns, rays);
    place.main += between_nodes(nodes + 2 * w.node_columns, rays);
    place.density = between_nodes(nodes + 3 * w.node_columns, rays);
    return place;
}

/// Narrows [low, high] to where start + k step lies in [-1/2, size - 1/2].
inline void clip(Floats start, Floats step, float size, Floats& low, Floats& high)
{
    Floats const safe = divisor(step, 1e-12f);
    Floats const a = (-0.5f - start) / safe, b = (size - 0.5f - start) / safe;
    low = most(low, least(a, b));
    high = least(high, most(a, b));
}

/// Bone density before what air has is taken away.
inline Floats hinged(HostCurve const& curve, Floats above_air)
{
    constexpr int metal = HostCurve::metal;
    Floats sum = curve.slope[0] * most(above_air, all(curve.above_air[0]));
    for (int i = 1; i < metal; ++i) sum += curve.slope[i] * most(above_air, all(curve.above_air[i]));
    if (any(above_air > curve.above_air[metal]))
        sum += curve.slope[metal] * most(above_air - curve.above_air[metal], Floats{});
    return sum;
}

/// A straight piece in the voxels: where its line crosses plane 0, and its steps from plane to plane.
struct Line {
    Floats start_u, start_v, step_u, step_v, low, high; ///< it goes from `low` to `high` along the main axis
};

/// Adds the samples on planes `first` to `last`. `is_whole` says that each stands for a whole plane's distance on
/// every ray, `is_deep` that every sample has neighbours on all sides.
template <bool is_whole, bool is_deep>
inline void add_planes(Work const& w, Line const& line, int first, int last, Sums& sums)
{
    auto const& p = w.params;
    Floats const most_u = all(float(p.size_u) - 1), most_v = all(float(p.size_v) - 1), zero{};
    Ints const most_iu = all(std::max(0, int(p.size_u) - 2)), most_iv = all(std::max(0, int(p.size_v) - 2));
    Ints const v_stride = all(w.voxels.v_stride);
    std::uint16_t const* plane = w.voxels.biased_hu.data() + std::ptrdiff_t(first) * w.voxels.main_stride;
    Floats above_air_sum = sums.above_air, lung_sum = sums.lung, bone_sum = sums.bone;
    for (int k = first; k <= last; ++k, plane += w.voxels.main_stride) {
        auto const at = float(k);
        Floats u = line.start_u + at * line.step_u, v = line.start_v + at * line.step_v;
        if constexpr (!is_deep) {
            u = least(most(u, zero), most_u);
            v = least(most(v, zero), most_v);
        }
        Ints iu = whole(u), iv = whole(v);
        if constexpr (!is_deep) {
            iu = least(iu, most_iu);
            iv = least(iv, most_iv);
        }
        Floats const fu = u - floats(iu), fv = v - floats(iv);
        Ints const index = iv * v_stride + iu;
        Words const near = pairs_at(plane, index), beside = pairs_at(plane + w.next_row, index);
        Floats const near_left = floats(Ints(near & 0xffff)), beside_left = floats(Ints(beside & 0xffff));
        Floats const near_right = floats(Ints(near >> 16)), beside_right = floats(Ints(beside >> 16));
        Floats const near_value = near_left + fu * (near_right - near_left);
        Floats const beside_value = beside_left + fu * (beside_right - beside_left);
        Floats const above_air = near_value + fv * (beside_value - near_value) - (float(shared::hu_bias) - 1000.0f);
        Floats const bone = hinged(w.curve, above_air) - w.curve.of_air;
        Floats const lung = least(most(w.warp.lung_slope * (w.warp.lung_none - above_air), Floats{}), above_air);
        if constexpr (is_whole) {
            above_air_sum += above_air;
            lung_sum += lung;
            bone_sum += bone;
        } else {
            Floats const share = most(least(all(at + 0.5f), line.high) - most(all(at - 0.5f), line.low), zero);
            above_air_sum += share * above_air;
            lung_sum += share * lung;
            bone_sum += share * bone;
        }
    }
    sums = {above_air_sum, lung_sum, bone_sum};
}

/// A piece that is cut by the box, or whose rays begin and end planes apart.
inline Sums along_cut_line(Work const& w, Line line, Place const& here, Place const& there)
{
    auto const& p = w.params;
    float const size_u = float(p.size_u), size_v = float(p.size_v), size_main = float(p.size_main);
    line.low = most(line.low, all(-0.5f));
    line.high = least(line.high, all(size_main - 0.5f));
    // Both ends inside: nothing to cut.
    Ints const is_inside = (least(here.u, there.u) > -0.5f) & (least(here.v, there.v) > -0.5f) &
                           (most(here.u, there.u) < size_u - 0.5f) & (most(here.v, there.v) < size_v - 0.5f);
    if (any(~is_inside)) {
        clip(line.start_u, line.step_u, size_u, line.low, line.high);
        clip(line.start_v, line.step_v, size_v, line.low, line.high);
    }
    Sums sums{};
    Ints const meets = line.low < line.high;
    if (!any(meets)) return sums;
    constexpr float far = 1e6f;
    line.low = chosen(meets, line.low, all(far));
    line.high = chosen(meets, line.high, all(-far));
    int const first = std::max(0, int(std::floor(least_of(line.low) + 0.5f)));
    int const last = std::min(int(p.size_main) - 1, int(std::floor(most_of(line.high) + 0.5f)));
    add_planes<false, false>(w, line, first, last, sums);
    return sums;
}

/// Joseph's sum over the planes of voxels that a piece crosses. `inverse`: of its way along the main axis.
inline Sums along_piece(Work const& w, Place const& here, Place const& there, Floats inverse)
{
    auto const& p = w.params;
    Line line;
    line.step_u = (there.u - here.u) * inverse;
    line.step_v = (there.v - here.v) * inverse;
    line.start_u = here.u - here.main * line.step_u;
    line.start_v = here.v - here.main * line.step_v;
    line.low = least(here.main, there.main);
    line.high = most(here.main, there.main);
    // Most pieces are far from the box' faces by more than they can go astray on the planes of their neighbours, ...
    constexpr float margin = 3;
    Ints const is_easy = (least(here.u, there.u) > margin) & (most(here.u, there.u) < float(p.size_u) - 1 - margin) &
                         (least(here.v, there.v) > margin) & (most(here.v, there.v) < float(p.size_v) - 1 - margin) &
                         (line.low > margin) & (line.high < float(p.size_main) - 1 - margin) &
                         (size_of(line.step_u) <= 1.0f) & (size_of(line.step_v) <= 1.0f);
    int const first = int(least_of(line.low) + 0.5f), last = int(most_of(line.high) + 0.5f);
    // ... and all of their rays begin within two planes, and end.
    if (any(~(is_easy & (line.low <= float(first) + 1.5f) & (line.high >= float(last) - 1.5f))) || last - first < 4)
        return along_cut_line(w, line, here, there);
    Sums sums{};
    add_planes<false, true>(w, line, first, first + 1, sums);
    add_planes<true, true>(w, line, first + 2, last - 2, sums);
    add_planes<false, true>(w, line, last - 1, last, sums);
    return sums;
}

inline void enter_box(Work const& w, Rays& rays)
{
    auto const& p = w.params;
    Floats enter{}, leave = all(1.0f);
    auto const narrow = [&](Floats way, float source, float size, float reach) {
        Floats const safe = divisor(way, 1e-9f);
        Floats const a = (-0.5f - reach - source) / safe, b = (size - 0.5f + reach - source) / safe;
        enter = most(enter, least(a, b));
        leave = least(leave, most(a, b));
    };
    narrow(rays.u, p.source.x, float(p.size_u), w.warp.most_voxels.x);
    narrow(rays.v, p.source.y, float(p.size_v), w.warp.most_voxels.y);
    narrow(rays.main, p.source.z, float(p.size_main), w.warp.most_voxels.z);
    rays.enter = least_of(enter);
    rays.leave = any(rays.is_main) ? most_of(leave) : rays.enter;
}

/// The rays of a row from number `left` on; beyond its end the last one again.
inline Rays rays_from(Work const& w, Ints numbers, int left, float row)
{
    auto const& p = w.params;
    Floats const column = floats(least(numbers + left, all(int(p.columns) - 1)) + int(p.first_column));
    Rays rays;
    rays.u = p.to_origin.x + column * p.column.x + row * p.row.x;
    rays.v = p.to_origin.y + column * p.column.y + row * p.row.y;
    rays.main = p.to_origin.z + column * p.column.z + row * p.row.z;
    Floats const of_u = size_of(rays.u), of_v = size_of(rays.v), of_main = size_of(rays.main);
    rays.is_main =
        (p.strict_u != 0 ? of_main > of_u : of_main >= of_u) & (p.strict_v != 0 ? of_main > of_v : of_main >= of_v);
    enter_box(w, rays);
    rays.sums = Sums{};
    if (w.planes == 0) return rays;
    Floats const at = (column - w.warp.first_column) * w.warp.nodes_per_column;
    Ints const node = least(whole(most(at, Floats{})), all(w.node_columns - 2));
    rays.share = at - floats(node);
    rays.first_node = node[0];
    rays.node = node - node[0];
    rays.are_nodes_wide = rays.node[lanes - 1] < lanes;
    return rays;
}

inline void write(Work const& w, Ints numbers, int left, int y, float row, Rays const& rays)
{
    auto const& p = w.params;
    Floats const column = floats(numbers + (left + int(p.first_column)));
    Floats length2{};
    for (int axis = 0; axis < 3; ++axis) {
        Floats const way = p.to_origin_mm[axis] + column * p.column_mm[axis] + row * p.row_mm[axis];
        length2 += way * way;
    }
    glm::vec2* const to =
        w.thickness.data() + std::size_t(int(p.first_row) + y) * p.stride + p.first_column + std::size_t(left);
    for (int i = 0; i < std::min(lanes, int(p.columns) - left); ++i) {
        if (rays.is_main[i] == 0) continue;
        float const way_cm = 0.1f * std::sqrt(length2[i]), bone = rays.sums.bone[i];
        to[i] = way_cm * glm::vec2{p.soft_per_hu * rays.sums.above_air[i] - p.soft_per_bone * bone, bone};
    }
}

/// All rays of a row go on together from plane to plane of the lattice, so that what they read lies side by side.
void march_rows(Work const& w, int first_row, int last_row)
{
    auto const& p = w.params;
    NodeRow nodes{w, lanes};
    std::vector<Rays> all_rays((p.columns + lanes - 1) / lanes);
    Ints numbers;
    for (int i = 0; i < lanes; ++i) numbers[i] = i;
    for (int y = first_row; y < last_row; ++y) {
        auto const row = float(int(p.first_row) + y);
        bool goes = false;
        for (std::size_t i = 0; i < all_rays.size(); ++i) {
            all_rays[i] = rays_from(w, numbers, int(i) * lanes, row);
            goes = goes || any(all_rays[i].is_main);
        }
        if (!goes) continue;
        nodes.take(row);
        // Plane -1 stands for the source, the one after the last for the detector.
        for (int plane = -1; plane < w.planes; ++plane) {
            float const t = w.way_to(plane), next_t = w.way_to(plane + 1);
            float const* const next_nodes = nodes.plane(plane + 1);
            for (Rays& rays : all_rays) {
                if (next_t <= rays.enter || t >= rays.leave) continue;
                if (!rays.has_come) rays.here = place_at(w, rays, nodes.plane(plane), t);
                rays.has_come = true;
                Place const there = place_at(w, rays, next_nodes, next_t);
                Floats const inverse = 1.0f / divisor(there.main - rays.here.main, 1e-6f);
                Sums const piece = along_piece(w, rays.here, there, inverse);
                Floats const weight = (next_t - t) * size_of(inverse);
                Floats const more = 0.5f * (rays.here.density + there.density) - 1.0f;
                rays.sums.above_air += weight * (piece.above_air + more * piece.lung);
                rays.sums.bone += weight * piece.bone;
                rays.here = there;
            }
        }
        for (std::size_t i = 0; i < all_rays.size(); ++i) write(w, numbers, int(i) * lanes, y, row, all_rays[i]);
    }
}
