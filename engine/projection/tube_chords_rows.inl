// Chords of a piece, once for each width of the processor's vectors: tube_chords.cpp includes it where `Reals` and the
// operations that a compiler does not find by itself are known. Every lane computes what it would alone.

constexpr int lanes = int(sizeof(Reals) / sizeof(double));
using Floats = float __attribute__((vector_size(sizeof(Reals) / 2)));
using Where = std::int64_t __attribute__((vector_size(sizeof(Reals))));
using FloatsWhere = std::int32_t __attribute__((vector_size(sizeof(Reals) / 2)));

inline Reals all(double value)
{
    return value - Reals{};
}
inline Floats all_floats(float value)
{
    return value - Floats{};
}
inline Reals chosen(Where where, Reals yes, Reals no)
{
    return where ? yes : no;
}
inline Reals least(Reals a, Reals b)
{
    return a < b ? a : b;
}
inline Reals most(Reals a, Reals b)
{
    return a > b ? a : b;
}
inline Reals size_of(Reals v)
{
    return most(v, -v);
}
inline bool any(Where where)
{
    std::int64_t found = 0;
    for (int i = 0; i < lanes; ++i) found |= where[i];
    return found != 0;
}
inline Reals counted()
{
    Reals v{};
    for (int i = 0; i < lanes; ++i) v[i] = i;
    return v;
}
inline Reals along(AlongWay const& what, Reals column, Reals row)
{
    return what.at + what.column * column + what.row * row;
}

/// The ray to an aperture's middle in each lane.
struct Seen {
    Reals column, row;
    Reals per_length;    ///< 1 / the way's length [1/mm]
    Reals length;        ///< of the way from source to detector
    Reals reached;       ///< from the source to where the ray comes nearest to the piece's middle
    Reals cosine, sine2; ///< between ray and axis
    Reals per_sine2;
    Reals z;  ///< of the point nearest to the middle, along the axis
    Reals u2; ///< square of the distance between ray and axis
};

inline Seen seen(TubePiece const& piece, PixelRays const& rays, Reals column, Reals row)
{
    Seen s;
    s.column = column;
    s.row = row;
    Reals length2{};
    for (int axis = 0; axis < 3; ++axis) {
        Reals const way = rays.to_origin[axis] + column * rays.column[axis] + row * rays.row[axis];
        length2 += way * way;
    }
    s.length = root(length2);
    s.per_length = 1.0 / s.length;
    s.reached = along(piece.to_middle, column, row) * s.per_length;
    s.cosine = along(piece.along_axis, column, row) * s.per_length;
    s.sine2 = most(1.0 - s.cosine * s.cosine, all(1e-12));
    s.per_sine2 = 1.0 / s.sine2;
    s.z = s.reached * s.cosine - piece.middle_along;
    s.u2 = most(piece.middle2 - s.reached * s.reached - s.z * s.z * s.per_sine2, Reals{});
    return s;
}

/// Does the ray come near the piece, with a pixel to spare?
inline Where comes_near(TubePiece const& piece, PixelRays const& rays, Seen const& s)
{
    Reals const pixel = s.reached * s.per_length * rays.pixel_mm, reach = piece.reach + pixel;
    Reals const rest2 = reach * reach - s.u2;
    // Along the axis: where the ray comes nearest, and as far as it moves on within the wall's reach.
    Reals const beside = size_of(s.z * s.per_sine2) - piece.half_length - pixel;
    Where const is_beyond = (beside > 0.0) & (beside * beside * s.sine2 > s.cosine * s.cosine * rest2);
    return (rest2 > 0.0) & ~is_beyond;
}

/// A stretch of a ray [mm] from its point nearest to a piece's middle.
struct Stretches {
    Reals from, to;
    Where is_any;
};

/// Area of a half disc of radius 1 from the axis to x.
inline Floats half_disc(Floats x)
{
    FloatsWhere const is_below = x < 0.0f;
    Floats const size = is_below ? -x : x, left = 1.0f - size, t = left > 0.0f ? left : Floats{};
    // What is missing to a quarter of the disc goes as the root of t^3: what is left of it is smooth. Least largest
    // error, 2e-8.
    Floats const smooth =
        0.942809028f +
        t * (-0.141420043f +
             t * (-0.0126470317f +
                  t * (-0.00234140367f + t * (-0.00092628639f + t * (0.000195470814f + t * -0.000271552989f)))));
    Floats const area = 0.785398163f - t * root(t) * smooth;
    return is_below ? -area : area;
}

/// Mean of sqrt(1 - v^2), nothing beyond 1, over a window of `half` to either side of x.
inline Floats window_mean(Floats x, Floats half)
{
    FloatsWhere const is_rim = (x < 0.0f ? -x : x) + half > 0.9f;
    // Away from the rim three points do, to 1e-4 and for most pixels far better, and lose no digits.
    Floats const aside = half * 0.774596669f; // sqrt(3 / 5), Gauss
    auto const height = [](Floats v) {
        Floats const rest = 1.0f - v * v;
        return root(rest > 0.0f ? rest : Floats{});
    };
    Floats const inside = (5.0f * height(x - aside) + 8.0f * height(x) + 5.0f * height(x + aside)) / 18.0f;
    if (!any(__builtin_convertvector(is_rim, Where))) return inside;
    Floats const rim = (half_disc(x + half) - half_disc(x - half)) / (2.0f * half);
    return is_rim ? rim : inside;
}

/// Inside the endless cone, averaged over an aperture `columns` x `rows` pixels wide. Across the tube an aperture is
/// the fold of two even windows, its two sides as they project: the mean over the wider is exact and tiles the tube's
/// width without gaps from pixel to pixel of a row (or column), so that its area is kept; that over the narrower is its
/// two-point Gauss rule.
inline Stretches in_smooth_cone(TubePiece const& piece, Seen const& s, double columns, double rows)
{
    Reals const a = s.sine2 - piece.taper * piece.taper * s.cosine * s.cosine, per_a = 1.0 / a;
    Reals const sine = root(s.sine2), per_root_a = root(per_a);
    Reals const on_axis = s.z * s.per_sine2, nearest = s.cosine * on_axis;
    Reals const radius = piece.radius + piece.taper * on_axis; // where the ray comes nearest
    Reals const reach = radius * sine * per_root_a;
    Reals const at_depth = (s.reached + nearest) * s.per_length * s.per_length * sine * s.per_sine2;
    Reals const along_row = columns * at_depth * size_of(piece.across_column + piece.across_column_per_row * s.row);
    Reals const along_column = rows * at_depth * size_of(piece.across_row + piece.across_row_per_column * s.column);
    Reals const half = most(along_row, along_column) / 2.0;
    Reals const aside = least(along_row, along_column) * (0.5 / std::numbers::sqrt3);
    Reals const u = root(s.u2);
    Stretches inside;
    inside.is_any = (radius > 0.0) & (u < reach + half + aside);
    if (!any(inside.is_any)) return inside;
    Reals const per_reach = 1.0 / chosen(reach > 1e-9, reach, all(1e-9));
    auto const floats = [](Reals v) { return __builtin_convertvector(v, Floats); };
    Floats const h = floats(half * per_reach), x = floats(u * per_reach), g = floats(aside * per_reach);
    Floats const mean = 0.5f * (window_mean(x - g, h) + window_mean(x + g, h));
    Reals const reaches = reach * __builtin_convertvector(mean, Reals) * per_root_a;
    Reals const middle = nearest + radius * piece.taper * s.cosine * per_a;
    inside.from = middle - reaches;
    inside.to = middle + reaches;
    return inside;
}

/// Inside the endless cone, of the bare ray.
inline Stretches in_cone(TubePiece const& piece, Seen const& s)
{
    constexpr double far = 1e9;
    Reals const radius = piece.radius + piece.taper * s.z, slope = piece.taper * s.cosine;
    // (radius + slope t)^2 - |off + across t|^2 = -a t^2 + 2 b t + c must be positive, and the radius too.
    Reals a = s.sine2 - slope * slope;
    a = chosen(size_of(a) < 1e-12, all(1e-12), a);
    Reals const b = slope * radius + s.cosine * s.z;
    Reals const off2 = piece.middle2 - s.reached * s.reached - s.z * s.z;
    Reals const root2 = b * b + a * (radius * radius - off2);
    Reals const reach = root(most(root2, Reals{}));
    Reals const one = (b - reach) / a, other = (b + reach) / a;
    Reals const low = least(one, other), high = most(one, other);
    Where const is_closed = a > 0.0;
    Stretches inside;
    inside.is_any = (root2 > 0.0) & (~is_closed | (radius + slope * (low + high) / 2.0 > 0.0));
    // Steeper than the cone: in to its open end.
    inside.from = chosen(is_closed, low, chosen(slope > 0.0, high, all(-far)));
    inside.to = chosen(is_closed, high, chosen(slope > 0.0, all(far), low));
    return inside;
}

struct Chords {
    Reals mm;
    Reals samples; ///< along each side that the pixel needs; 0 = this one does
};

/// Length inside the piece of the ray to an aperture's middle, averaged across the tube over the aperture.
inline Chords chords(TubePiece const& piece, PixelRays const& rays, Seen const& s, double columns, double rows)
{
    Stretches inside = piece.is_end_on ? in_cone(piece, s) : in_smooth_cone(piece, s, columns, rows);
    Chords found{Reals{}, Reals{}};
    if (!any(inside.is_any)) return found;
    inside.from = most(inside.from, -s.reached);
    inside.to = least(inside.to, s.length - s.reached);
    inside.is_any &= inside.to > inside.from;
    Stretches const whole = inside;
    // Half a pixel's diagonal, and a little, at the tube's depth.
    Reals const margin = piece.is_end_on ? Reals{} : s.reached * s.per_length * rays.side_mm;
    auto const cut = [&](AlongWay const& along_normal, double at, bool is_from, int samples) {
        Reals const by_normal = along(along_normal, s.column, s.row) * s.per_length;
        Reals const distance = s.reached * by_normal - at;
        Reals const one = distance + by_normal * whole.from, other = distance + by_normal * whole.to;
        Where const is_met = (least(one, other) < margin) & (most(one, other) > -margin);
        found.samples = most(found.samples, chosen(is_met, all(samples), Reals{}));
        Reals const meets = -distance / chosen(by_normal == 0.0, all(1e-30), by_normal);
        Where const enters = is_from ? by_normal >= 0.0 : by_normal < 0.0;
        inside.from = chosen(enters, most(inside.from, meets), inside.from);
        inside.to = chosen(enters, inside.to, least(inside.to, meets));
    };
    cut(piece.along_from, piece.from_at, true, piece.from_samples);
    cut(piece.along_to, piece.to_at, false, piece.to_samples);
    found.mm = chosen(inside.is_any, most(inside.to - inside.from, Reals{}), Reals{});
    found.samples = chosen(inside.is_any, found.samples, Reals{});
    return found;
}

/// Mean over the smaller apertures of one pixel.
inline double sampled_chord(TubePiece const& piece, PixelRays const& rays, double column, double row,
                            SubPixels const& parts)
{
    int const count = parts.columns * parts.rows;
    double sum = 0;
    for (int first = 0; first < count; first += lanes) {
        Reals at_column{}, at_row{};
        for (int i = 0; i < lanes; ++i) {
            int const n = std::min(first + i, count - 1);
            at_column[i] = column + (n % parts.columns + 0.5) / parts.columns - 0.5;
            at_row[i] = row + (n / parts.columns + 0.5) / parts.rows - 0.5;
        }
        Chords const part =
            chords(piece, rays, seen(piece, rays, at_column, at_row), 1.0 / parts.columns, 1.0 / parts.rows);
        for (int i = 0; i < lanes && first + i < count; ++i) sum += part.mm[i];
    }
    return sum / count;
}

/// Mean over bare rays, for a piece that is seen end-on.
inline Reals end_on_chords(TubePiece const& piece, PixelRays const& rays, Reals column, Reals row)
{
    int const count = piece.goes_on ? passing_samples : end_on_samples;
    Reals sum{};
    for (int i = 0; i < count; ++i) { // Hammersley's points: all columns and all rows of the pixel differ
        int const reversed = ((i & 1) << 3 | (i & 2) << 1 | (i & 4) >> 1 | (i & 8) >> 3) * count / end_on_samples;
        Reals const at_column = column + ((i + 0.5) / count - 0.5), at_row = row + ((reversed + 0.5) / count - 0.5);
        sum += chords(piece, rays, seen(piece, rays, at_column, at_row), 0, 0).mm;
    }
    return sum / double(count);
}

void add_rows(TubePiece const& piece, PixelRays const& rays, PixelBox const& within, int stride, float* mm)
{
    int const left = std::max(within.left, piece.box.left), right = std::min(within.right, piece.box.right);
    int const top = std::max(within.top, piece.box.top), bottom = std::min(within.bottom, piece.box.bottom);
    constexpr SubPixels at_bend{bend_samples, bend_samples};
    for (int row = top; row < bottom; ++row) {
        float* const to = mm + (row - within.top) * stride - within.left;
        for (int first = left; first < right; first += lanes) {
            Reals const columns = first + counted(), rows = all(row);
            Seen const s = seen(piece, rays, columns, rows);
            Where const is_near = comes_near(piece, rays, s) & (columns < double(right));
            if (!any(is_near)) continue;
            Chords here{};
            if (piece.is_end_on)
                here.mm = end_on_chords(piece, rays, columns, rows);
            else
                here = chords(piece, rays, s, 1, 1);
            for (int i = 0; i < lanes; ++i) {
                if (is_near[i] == 0) continue;
                double length = here.mm[i];
                if (int const samples = int(here.samples[i]); samples > 0)
                    length =
                        sampled_chord(piece, rays, first + i, row, samples == end_samples ? piece.at_end : at_bend);
                to[first + i] += float(piece.share * length);
            }
        }
    }
}
