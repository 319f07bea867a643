#include "tube_chords.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fluoro/core/expect.hpp>
#include <numbers>
#include <tuple>

// Vectors as wide as the processor's, chosen while the program runs. Clang spells this otherwise and takes the
// narrowest.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FLUORO_WIDE_CHORDS
#include <immintrin.h>
#endif

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

namespace by_fours {

using Reals = double __attribute__((vector_size(16)));
using Pair = float __attribute__((vector_size(8)));
inline Reals root(Reals v)
{
    return Reals{std::sqrt(v[0]), std::sqrt(v[1])};
}
inline Pair root(Pair v)
{
    return Pair{std::sqrt(v[0]), std::sqrt(v[1])};
}
#include "tube_chords_rows.inl"

} // namespace by_fours

#ifdef FLUORO_WIDE_CHORDS
#pragma GCC push_options
#pragma GCC target("avx2")
namespace by_eights {

using Reals = double __attribute__((vector_size(32)));
inline Reals root(Reals v)
{
    return _mm256_sqrt_pd(v);
}
inline __m128 root(__m128 v)
{
    return _mm_sqrt_ps(v);
}
#include "tube_chords_rows.inl"

} // namespace by_eights
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,prefer-vector-width=512")
namespace by_sixteens {

using Reals = double __attribute__((vector_size(64)));
inline Reals root(Reals v)
{
    return _mm512_sqrt_pd(v);
}
inline __m256 root(__m256 v)
{
    return _mm256_sqrt_ps(v);
}
#include "tube_chords_rows.inl"

} // namespace by_sixteens
#pragma GCC pop_options
#endif

using AddRows = void (*)(TubePiece const&, PixelRays const&, PixelBox const&, int, float*);

AddRows widest([[maybe_unused]] MostLanes most_lanes)
{
#ifdef FLUORO_WIDE_CHORDS
    if (most_lanes >= MostLanes::sixteen && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return by_sixteens::add_rows;
    if (most_lanes >= MostLanes::eight && __builtin_cpu_supports("avx2")) return by_eights::add_rows;
#endif
    return by_fours::add_rows;
}

} // namespace

TubePiece make_piece(FilledTube const& tube, Scene const& scene, PixelRays const& rays)
{
    TubePiece piece;
    Vec3 const along = tube.to_mm - tube.from_mm;
    double const length = glm::length(along);
    FLUORO_EXPECT(length > 0 && tube.from_radius_mm > 0 && tube.to_radius_mm > 0);
    Vec3 const to_middle = (tube.from_mm + tube.to_mm) / 2.0 - rays.source, axis = along / length;
    piece.radius = (tube.from_radius_mm + tube.to_radius_mm) / 2;
    piece.taper = (tube.to_radius_mm - tube.from_radius_mm) / length;
    piece.filling = tube.filling;
    piece.share = tube.share;
    auto const normal = [&](Vec3 const& cut) {
        if (cut == Vec3{0}) return axis;
        return glm::dot(cut, axis) < 0 ? -glm::normalize(cut) : glm::normalize(cut);
    };
    Vec3 const from_normal = normal(tube.from_cut), to_normal = normal(tube.to_cut);
    double const isocentre_pixel =
        scene.pixels.pitch_mm() * scene.view.source_to_isocentre_mm / scene.view.source_to_detector_mm;
    auto const samples = [&](Vec3 const& cut_, Vec3 const& normal_) {
        if (cut_ == Vec3{0}) return end_samples;
        double const cosine = glm::dot(normal_, axis), sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
        bool const shows = cosine < straight_cosine && piece.radius * sine > least_corner * isocentre_pixel;
        return shows ? bend_samples : 0;
    };
    piece.goes_on = tube.from_cut != Vec3{0} && tube.to_cut != Vec3{0};
    piece.from_samples = samples(tube.from_cut, from_normal);
    piece.to_samples = samples(tube.to_cut, to_normal);
    double const by_columns = std::abs(glm::dot(axis, rays.column)), by_rows = std::abs(glm::dot(axis, rays.row));
    int const by_end = by_rows < most_slope * by_columns   ? end_samples
                       : by_columns < most_slope * by_rows ? end_samples_aside
                                                           : end_samples_aslant;
    piece.at_end = {by_end, end_samples * end_samples_aside / by_end};

    piece.to_middle = {to_middle, rays};
    piece.along_axis = {axis, rays};
    piece.along_from = {from_normal, rays};
    piece.along_to = {to_normal, rays};
    piece.from_at = glm::dot(from_normal, tube.from_mm - rays.source);
    piece.to_at = glm::dot(to_normal, tube.to_mm - rays.source);
    piece.middle2 = glm::dot(to_middle, to_middle);
    piece.middle_along = glm::dot(to_middle, axis);
    // A ray's way goes along a side of the pixels by nothing that is across it.
    Vec3 const across_column = glm::cross(axis, rays.column), across_row = glm::cross(axis, rays.row);
    piece.across_column = glm::dot(across_column, rays.to_origin);
    piece.across_column_per_row = glm::dot(across_column, rays.row);
    piece.across_row = glm::dot(across_row, rays.to_origin);
    piece.across_row_per_column = glm::dot(across_row, rays.column);

    View const& view = scene.view;
    Vec3 const beam = view.beam_direction();
    double const pitch = scene.pixels.pitch_mm();
    Vec2 const first = scene.pixels.position_mm(0, 0);
    double low_x = 1e30, high_x = -1e30, low_y = 1e30, high_y = -1e30;
    for (auto const& [end, radius, cut] : {std::tuple{tube.from_mm, tube.from_radius_mm, from_normal},
                                           std::tuple{tube.to_mm, tube.to_radius_mm, to_normal}}) {
        // A ball around the end that holds its slanting cut, and its shadow.
        double const slant = std::clamp(glm::dot(cut, axis), 0.1, 1.0);
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
    double const sine = glm::length(glm::cross(glm::normalize(to_middle), axis));
    piece.is_end_on = sine < std::max(end_on_sine, 2 * std::abs(piece.taper));
    return piece;
}

void add_chords(TubePiece const& piece, PixelRays const& rays, PixelBox const& within, int stride, std::span<float> mm,
                MostLanes most)
{
    FLUORO_EXPECT(mm.size() >= std::size_t(within.bottom - within.top - 1) * std::size_t(stride) +
                                   std::size_t(within.right - within.left));
    widest(most)(piece, rays, within, stride, mm.data());
}

} // namespace fluoro
