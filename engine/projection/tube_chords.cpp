#include "tube_chords.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <numbers>

namespace fluoro {
namespace {

/// Rays that meet a tube at less than this sine of its axis see it end-on: its ends then decide the picture.
constexpr double end_on_sine = 0.4;
constexpr int end_on_samples = 16;
/// Fewer in the middle of a longer tube that both ends go on in: its neighbours are sampled at the same places.
constexpr int passing_samples = 4;
/// A bend of less than 10 degrees (the cut takes half of it) goes on straight as far as a pixel can tell.
constexpr double straight_cosine = 0.9962;
/// Where a tube's end crosses a pixel: along the side that the tube follows and along the other; on a slant, as many
/// along both. Those of neighbouring lines lie staggered along the tube.
constexpr int end_samples = 8, end_samples_aside = 2, end_samples_aslant = 4;
/// Up to this slope a tube follows one side.
constexpr double most_slope = 0.4;
/// Fewer at a bend: the piece that goes on there is sampled at the same places, so that both together miss nothing.
constexpr int bend_samples = 2;
/// Of a bend less of whose corner than this share of a pixel sticks out, the pixel cannot tell either.
constexpr double least_corner = 0.35;

/// Integral of sqrt(radius^2 - u^2) from the axis to u.
double half_disc(double radius, double u)
{
    u = std::clamp(u, -radius, radius);
    return 0.5 * (u * std::sqrt(std::max(0.0, radius * radius - u * u)) + radius * radius * std::asin(u / radius));
}

/// Mean of sqrt(radius^2 - u^2), nothing beyond the radius, over a window of `half` to either side of u.
double window_mean(double radius, double u, double half)
{
    if (std::abs(u) + half > 0.9 * radius)
        return (half_disc(radius, u + half) - half_disc(radius, u - half)) / (2 * half);
    // Away from the rim three points do, to 1e-4 and for most pixels far better, without an arc sine.
    double const aside = half * 0.77459666924148338; // sqrt(3 / 5), Gauss
    auto const root = [&](double v) { return std::sqrt(radius * radius - v * v); };
    return (5 * root(u - aside) + 8 * root(u) + 5 * root(u + aside)) / 18;
}

/// A stretch of a ray [mm] from its point nearest to a piece's middle.
struct Stretch {
    double from = 0, to = 0;
};

/// Inside the endless cone, averaged over a pixel; empty where the ray passes by. Across the tube a pixel is the fold
/// of two even windows, its two sides as they project: the mean over `wide` is exact, that over `narrow` is its
/// two-point Gauss rule. Both widths per mm of depth; `depth` is that of the ray's point `at`.
Stretch in_smooth_cone(TubePiece const& piece, Vec3 const& at, Vec3 const& d, double depth, double wide_per_mm,
                       double narrow_per_mm)
{
    double const c = glm::dot(d, piece.axis), z = glm::dot(at, piece.axis);
    Vec3 const across = d - c * piece.axis, off = at - z * piece.axis;
    double const sine2 = glm::dot(across, across);
    double const a = sine2 - piece.taper * piece.taper * c * c;
    // From the ray's point nearest to the axis; the tube's radius there.
    double const nearest = -glm::dot(off, across) / sine2;
    double const radius = piece.radius + piece.taper * (z + c * nearest);
    if (radius <= 0) return {};
    double const u = std::sqrt(std::max(0.0, glm::dot(off, off) - nearest * nearest * sine2));
    double const reach = radius * std::sqrt(sine2 / a);
    double const wide = wide_per_mm * (depth + nearest), half = wide / 2;
    double const aside = narrow_per_mm * (depth + nearest) / (2 * std::numbers::sqrt3);
    if (u >= reach + half + aside) return {};
    double root = 0;
    for (double const v : {u - aside, u + aside}) root += window_mean(reach, v, half) / 2;
    double const middle = nearest + radius * piece.taper * c / a;
    return {middle - root / std::sqrt(a), middle + root / std::sqrt(a)};
}

/// Inside the endless cone, of the bare ray.
Stretch in_cone(TubePiece const& piece, Vec3 const& at, Vec3 const& d)
{
    constexpr double far = std::numeric_limits<double>::infinity();
    double const c = glm::dot(d, piece.axis), z = glm::dot(at, piece.axis);
    Vec3 const across = d - c * piece.axis, off = at - z * piece.axis;
    double const radius = piece.radius + piece.taper * z;
    double const slope = piece.taper * c;
    // (radius + slope t)^2 - |off + across t|^2 = -a t^2 + 2 b t + c0 must be positive, and the radius too.
    double a = glm::dot(across, across) - slope * slope;
    double const b = slope * radius - glm::dot(off, across);
    double const c0 = radius * radius - glm::dot(off, off);
    if (std::abs(a) < 1e-12) a = std::copysign(1e-12, a);
    double const root2 = b * b + a * c0;
    if (root2 <= 0) return {};
    double const root = std::sqrt(root2);
    double const low = std::min((b - root) / a, (b + root) / a), high = std::max((b - root) / a, (b + root) / a);
    if (a > 0) return radius + slope * (low + high) / 2 > 0 ? Stretch{low, high} : Stretch{};
    return slope > 0 ? Stretch{high, far} : Stretch{-far, low}; // steeper than the cone: in to its open end
}

struct Chord {
    double mm = 0;
    int samples = 0; ///< along each side that the pixel needs; 0 = this one does
};

/// A part of a pixel: its middle [pixel coordinates] and its sides.
struct Aperture {
    double column = 0, row = 0, columns = 1, rows = 1;
};

/// Length inside the piece of the ray to an aperture's middle, averaged across the tube over the aperture.
Chord chord_of(TubePiece const& piece, PixelRays const& rays, Aperture const& over)
{
    Vec3 const way = rays.way(over.column, over.row);
    double const length = glm::length(way);
    Vec3 const d = way / length;
    Vec3 const to_middle = piece.middle - rays.source;
    double const reached = glm::dot(to_middle, d);
    Vec3 const at = reached * d - to_middle;
    Stretch inside;
    double margin = 0; // half a pixel's diagonal, and a little, at the tube's depth [mm]
    if (piece.is_end_on) {
        inside = in_cone(piece, at, d);
    } else {
        // The aperture's sides across the tube, at the depth where the ray comes nearest to its axis. The wider one
        // tiles the tube's width without gaps from pixel to pixel of a row (or column), so that its area is kept.
        double const c = glm::dot(d, piece.axis), per_length = 1 / (length * std::sqrt(1 - c * c));
        double const along_row = over.columns * per_length * std::abs(glm::dot(d, piece.across_column));
        double const along_column = over.rows * per_length * std::abs(glm::dot(d, piece.across_row));
        margin = reached / length * rays.side_mm;
        inside =
            in_smooth_cone(piece, at, d, reached, std::max(along_row, along_column), std::min(along_row, along_column));
    }
    inside.from = std::max(inside.from, -reached);
    inside.to = std::min(inside.to, length - reached);
    if (inside.to <= inside.from) return {};
    Stretch const whole = inside;
    int samples = 0;
    auto const cut = [&](Vec3 const& normal, double offset, double sense, int end) {
        double const distance = sense * (glm::dot(normal, at) - offset), speed = sense * glm::dot(normal, d);
        auto const [nearest, farthest] = std::minmax({distance + speed * whole.from, distance + speed * whole.to});
        if (nearest < margin && farthest > -margin) samples = std::max(samples, end);
        if (speed > 0)
            inside.from = std::max(inside.from, -distance / speed);
        else if (speed < 0)
            inside.to = std::min(inside.to, -distance / speed);
        else if (distance < 0)
            inside.to = inside.from;
    };
    cut(piece.from_normal, piece.from_offset, 1, piece.from_samples);
    cut(piece.to_normal, piece.to_offset, -1, piece.to_samples);
    return {std::max(0.0, inside.to - inside.from), samples};
}

/// Does the ray to this pixel pass the piece by, with a pixel to spare? Cheap, for the many that do.
bool passes_by(TubePiece const& piece, PixelRays const& rays, int column, int row)
{
    Vec3 const way = rays.way(column, row);
    Vec3 const to_middle = piece.middle - rays.source;
    double const share = glm::dot(to_middle, way) / glm::dot(way, way);
    Vec3 const at = share * way - to_middle;
    double const pixel = share * rays.pixel_mm, reach = piece.reach + pixel;
    double const c = glm::dot(way, piece.axis), z = glm::dot(at, piece.axis);
    Vec3 const across = way - c * piece.axis, off = at - z * piece.axis;
    double const sine2 = glm::dot(across, across), nearest = -glm::dot(off, across) / sine2;
    double const u2 = glm::dot(off, off) - nearest * nearest * sine2, rest2 = reach * reach - u2;
    if (rest2 <= 0) return true;
    // Along the axis: where the ray comes nearest, and as far as it moves on within the wall's reach.
    double const beside = std::abs(z + c * nearest) - piece.half_length - pixel;
    return beside > 0 && beside * beside * sine2 > c * c * rest2;
}

} // namespace

double pixel_chord_mm(TubePiece const& piece, PixelRays const& rays, int column, int row)
{
    double sum = 0;
    if (passes_by(piece, rays, column, row)) return 0;
    if (piece.is_end_on) {
        int const n = piece.goes_on ? passing_samples : end_on_samples;
        for (int i = 0; i < n; ++i) { // Hammersley's points: all columns and all rows of the pixel differ
            int const reversed = ((i & 1) << 3 | (i & 2) << 1 | (i & 4) >> 1 | (i & 8) >> 3) * n / end_on_samples;
            sum += chord_of(piece, rays, {column + (i + 0.5) / n - 0.5, row + (reversed + 0.5) / n - 0.5}).mm;
        }
        return sum / n;
    }
    Chord const chord = chord_of(piece, rays, {double(column), double(row)});
    if (chord.samples == 0) return chord.mm;
    int columns = chord.samples, rows = chord.samples;
    if (chord.samples == end_samples) {
        double const along_row = std::abs(glm::dot(piece.axis, rays.column)),
                     along_column = std::abs(glm::dot(piece.axis, rays.row));
        columns = along_column < most_slope * along_row   ? end_samples
                  : along_row < most_slope * along_column ? end_samples_aside
                                                          : end_samples_aslant;
        rows = end_samples * end_samples_aside / columns;
    }
    for (int j = 0; j < rows; ++j)
        for (int i = 0; i < columns; ++i)
            sum +=
                chord_of(piece, rays,
                         {column + (i + 0.5) / columns - 0.5, row + (j + 0.5) / rows - 0.5, 1.0 / columns, 1.0 / rows})
                    .mm;
    return sum / (columns * rows);
}

TubePiece make_piece(FilledTube const& tube, Scene const& scene)
{
    TubePiece piece;
    Vec3 const along = tube.to_mm - tube.from_mm;
    double const length = glm::length(along);
    FLUORO_EXPECT(length > 0 && tube.from_radius_mm > 0 && tube.to_radius_mm > 0);
    piece.middle = (tube.from_mm + tube.to_mm) / 2.0;
    piece.axis = along / length;
    piece.radius = (tube.from_radius_mm + tube.to_radius_mm) / 2;
    piece.taper = (tube.to_radius_mm - tube.from_radius_mm) / length;
    piece.filling = tube.filling;
    piece.share = tube.share;
    auto const normal = [&](Vec3 const& cut) {
        if (cut == Vec3{0}) return piece.axis;
        return glm::dot(cut, piece.axis) < 0 ? -glm::normalize(cut) : glm::normalize(cut);
    };
    piece.from_normal = normal(tube.from_cut);
    piece.to_normal = normal(tube.to_cut);
    double const isocentre_pixel =
        scene.pixels.pitch_mm() * scene.view.source_to_isocentre_mm / scene.view.source_to_detector_mm;
    auto const samples = [&](Vec3 const& cut_, Vec3 const& normal_) {
        if (cut_ == Vec3{0}) return end_samples;
        double const cosine = glm::dot(normal_, piece.axis), sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
        bool const shows = cosine < straight_cosine && piece.radius * sine > least_corner * isocentre_pixel;
        return shows ? bend_samples : 0;
    };
    piece.goes_on = tube.from_cut != Vec3{0} && tube.to_cut != Vec3{0};
    piece.from_samples = samples(tube.from_cut, piece.from_normal);
    piece.to_samples = samples(tube.to_cut, piece.to_normal);
    piece.from_offset = glm::dot(piece.from_normal, tube.from_mm - piece.middle);
    piece.to_offset = glm::dot(piece.to_normal, tube.to_mm - piece.middle);

    View const& view = scene.view;
    piece.across_column = glm::cross(piece.axis, view.column_direction * scene.pixels.pitch_mm());
    piece.across_row = glm::cross(piece.axis, view.row_direction * scene.pixels.pitch_mm());
    Vec3 const beam = view.beam_direction();
    double const pitch = scene.pixels.pitch_mm();
    Vec2 const first = scene.pixels.position_mm(0, 0);
    double low_x = 1e30, high_x = -1e30, low_y = 1e30, high_y = -1e30;
    for (auto const& [end, radius, cut] : {std::tuple{tube.from_mm, tube.from_radius_mm, piece.from_normal},
                                           std::tuple{tube.to_mm, tube.to_radius_mm, piece.to_normal}}) {
        // A ball around the end that holds its slanting cut, and its shadow.
        double const slant = std::clamp(glm::dot(cut, piece.axis), 0.1, 1.0);
        double const ball = (radius + std::abs(piece.taper) * radius / slant) / slant;
        piece.reach = std::max(piece.reach, 1.05 * ball);
        piece.half_length = std::max(piece.half_length, length / 2 + ball * std::sqrt(1 - slant * slant));
        double const depth = glm::dot(end - view.source_mm, beam);
        if (depth - ball < 1) return piece;
        double const scale = view.source_to_detector_mm / pitch;
        double const x =
            (glm::dot(end - view.source_mm, view.column_direction) / depth * view.source_to_detector_mm - first.x) /
            pitch;
        double const y =
            (glm::dot(end - view.source_mm, view.row_direction) / depth * view.source_to_detector_mm - first.y) / pitch;
        double const reach = 1.3 * ball / (depth - ball) * scale + 1.5;
        low_x = std::min(low_x, x - reach);
        high_x = std::max(high_x, x + reach);
        low_y = std::min(low_y, y - reach);
        high_y = std::max(high_y, y + reach);
    }
    auto const whole = [](double value, int most) { return int(std::clamp(value, 0.0, double(most))); };
    piece.box.left = whole(std::floor(low_x), scene.pixels.columns);
    piece.box.right = whole(std::ceil(high_x) + 1, scene.pixels.columns);
    piece.box.top = whole(std::floor(low_y), scene.pixels.rows);
    piece.box.bottom = whole(std::ceil(high_y) + 1, scene.pixels.rows);
    Vec3 const d = glm::normalize(piece.middle - view.source_mm);
    double const sine = glm::length(glm::cross(d, piece.axis));
    piece.is_end_on = sine < std::max(end_on_sine, 2 * std::abs(piece.taper));
    return piece;
}

} // namespace fluoro
