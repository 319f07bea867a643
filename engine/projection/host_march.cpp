#include "host_march.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/physics/basis.hpp>
#include <vector>

// Vectors as wide as the processor's, chosen while the program runs. Clang spells this otherwise and goes by fours.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FLUORO_WIDE_MARCH
#include <immintrin.h>
#endif

namespace fluoro {
namespace {

/// The HU curve in HU above air. A hinge's max(h - at, 0) is max(h, at) - at, and all those at together are what air
/// has; metal's, the last, is added only where there is some.
struct HostCurve {
    static constexpr int metal = HuCurve::hinges - 1;
    float above_air[HuCurve::hinges], slope[HuCurve::hinges];
    float of_air = 0;

    explicit HostCurve(shared::MarchParams const& p)
    {
        for (int i = 0; i < HuCurve::hinges; ++i) {
            above_air[i] = (i < 4 ? p.hinge_hu_a[i] : p.hinge_hu_b[i - 4]) + 1000;
            slope[i] = i < 4 ? p.hinge_slope_a[i] : p.hinge_slope_b[i - 4];
            if (i != metal) of_air += slope[i] * std::max(0.0f, above_air[i]);
        }
    }
};

struct Work {
    shared::MarchParams const& params;
    shared::MarchWarp const& warp;
    VoxelOrder const& voxels;
    int next_row; ///< to the neighbour along v [voxels]
    HostCurve curve;
    std::span<glm::vec2> thickness;
    int node_columns = 0, planes = 0; ///< of the lattice that follows the beam; no planes: a still body
    /// Row by row of nodes, plane by plane: the shift along u, v and the main axis [voxels] and the density of all
    /// columns.
    std::vector<float> nodes;

    /// Fraction of the way from source to detector. Plane -1 stands for the source, the one after the last for the
    /// detector.
    float way_to(int plane) const
    {
        return plane < 0 ? 0.0f : plane >= planes ? 1.0f : warp.first_t + float(plane) * warp.t_step;
    }
};

std::vector<float> nodes_in_voxels(BeamLattice const& lattice, shared::MarchWarp const& warp)
{
    std::vector<float> nodes(4 * lattice.nodes.size());
    auto const columns = std::size_t(lattice.columns), planes = std::size_t(lattice.planes);
    parallel_for(lattice.rows, [&](int first, int last) {
        for (auto row = std::size_t(first); row < std::size_t(last); ++row)
            for (std::size_t column = 0; column < columns; ++column)
                for (std::size_t plane = 0; plane < planes; ++plane) {
                    glm::vec4 const moved = lattice.nodes[(row * columns + column) * planes + plane];
                    float* const to = nodes.data() + 4 * columns * (row * planes + plane) + column;
                    to[0] = glm::dot(glm::vec3{warp.u_per_mm}, glm::vec3{moved});
                    to[columns] = glm::dot(glm::vec3{warp.v_per_mm}, glm::vec3{moved});
                    to[2 * columns] = glm::dot(glm::vec3{warp.main_per_mm}, glm::vec3{moved});
                    to[3 * columns] = moved.w;
                }
    });
    return nodes;
}

/// The lattice's nodes where one row of rays cuts it.
class NodeRow {
public:
    /// As many values more at the end as are read together.
    NodeRow(Work const& work, int more)
        : work_{work}, size_{std::size_t(4 * work.node_columns * work.planes)}, values_(size_ + std::size_t(more))
    {
    }
    /// Null in a still body. Before the first plane and behind the last nothing has moved.
    float const* plane(int number) const
    {
        if (work_.planes == 0) return nullptr;
        return values_.data() + 4 * work_.node_columns * std::clamp(number, 0, work_.planes - 1);
    }
    void take(float row)
    {
        if (work_.planes == 0) return;
        auto const& warp = work_.warp;
        float const at = (row - warp.first_row) * warp.nodes_per_row;
        int const low = std::min(int(std::max(at, 0.0f)), int(warp.rows) - 2);
        float const share = at - float(low);
        float const* const above = work_.nodes.data() + std::size_t(low) * size_;
        float const* const below = above + size_;
        float* const to = values_.data();
        for (std::size_t i = 0; i < size_; ++i) to[i] = above[i] + share * (below[i] - above[i]);
    }

private:
    Work const& work_;
    std::size_t size_;
    std::vector<float> values_;
};

namespace by_fours {

using Floats = float __attribute__((vector_size(16)));
using Ints = std::int32_t __attribute__((vector_size(16)));
using Words = std::uint32_t __attribute__((vector_size(16)));
inline Floats least(Floats a, Floats b)
{
    return a < b ? a : b;
}
inline Floats most(Floats a, Floats b)
{
    return a > b ? a : b;
}
inline Ints least(Ints a, Ints b)
{
    return a < b ? a : b;
}
inline bool any(Ints v)
{
    return (v[0] | v[1] | v[2] | v[3]) != 0;
}
inline float least_of(Floats v)
{
    return std::min(std::min(v[0], v[1]), std::min(v[2], v[3]));
}
inline float most_of(Floats v)
{
    return std::max(std::max(v[0], v[1]), std::max(v[2], v[3]));
}
/// Each lane's of as many values as there are lanes.
inline Floats picked(float const* from, Ints which)
{
    return Floats{from[which[0]], from[which[1]], from[which[2]], from[which[3]]};
}
inline Floats floats_at(float const* from, Ints at)
{
    return Floats{from[at[0]], from[at[1]], from[at[2]], from[at[3]]};
}
/// A voxel in the low half of a word, its neighbour in the high half.
inline Words pairs_at(std::uint16_t const* from, Ints at)
{
    auto const pair = [&](int i) { return from[at[i]] | std::uint32_t(from[at[i] + 1]) << 16; };
    return Words{pair(0), pair(1), pair(2), pair(3)};
}
#include "host_march_rows.inl"

} // namespace by_fours

#ifdef FLUORO_WIDE_MARCH
#pragma GCC push_options
#pragma GCC target("avx2")
namespace by_eights {

using Floats = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(32)));
using Words = std::uint32_t __attribute__((vector_size(32)));
inline Floats least(Floats a, Floats b)
{
    return _mm256_min_ps(a, b);
}
inline Floats most(Floats a, Floats b)
{
    return _mm256_max_ps(a, b);
}
inline Ints least(Ints a, Ints b)
{
    return Ints(_mm256_min_epi32(__m256i(a), __m256i(b)));
}
inline bool any(Ints v)
{
    return _mm256_testz_si256(__m256i(v), __m256i(v)) == 0;
}
inline float least_of(Floats v)
{
    __m128 const half = _mm_min_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    __m128 const two = _mm_min_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_min_ss(two, _mm_movehdup_ps(two)));
}
inline float most_of(Floats v)
{
    return -least_of(-v);
}
inline Floats picked(float const* from, Ints which)
{
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(from), __m256i(which));
}
inline Floats floats_at(float const* from, Ints at)
{
    return _mm256_i32gather_ps(from, __m256i(at), 4);
}
inline Words pairs_at(std::uint16_t const* from, Ints at)
{
    return Words(_mm256_i32gather_epi32(reinterpret_cast<int const*>(from), __m256i(at), 2));
}
#include "host_march_rows.inl"

} // namespace by_eights
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,prefer-vector-width=512")
namespace by_sixteens {

using Floats = float __attribute__((vector_size(64)));
using Ints = std::int32_t __attribute__((vector_size(64)));
using Words = std::uint32_t __attribute__((vector_size(64)));
inline Floats least(Floats a, Floats b)
{
    return _mm512_min_ps(a, b);
}
inline Floats most(Floats a, Floats b)
{
    return _mm512_max_ps(a, b);
}
inline Ints least(Ints a, Ints b)
{
    return Ints(_mm512_min_epi32(__m512i(a), __m512i(b)));
}
inline bool any(Ints v)
{
    return _mm512_test_epi32_mask(__m512i(v), __m512i(v)) != 0;
}
inline float least_of(Floats v)
{
    return _mm512_reduce_min_ps(v);
}
inline float most_of(Floats v)
{
    return _mm512_reduce_max_ps(v);
}
inline Floats picked(float const* from, Ints which)
{
    return _mm512_permutexvar_ps(__m512i(which), _mm512_loadu_ps(from));
}
inline Floats floats_at(float const* from, Ints at)
{
    return _mm512_i32gather_ps(__m512i(at), from, 4);
}
inline Words pairs_at(std::uint16_t const* from, Ints at)
{
    return Words(_mm512_i32gather_epi32(__m512i(at), from, 2));
}
#include "host_march_rows.inl"

} // namespace by_sixteens
#pragma GCC pop_options
#endif

using MarchRows = void (*)(Work const&, int, int);

MarchRows widest([[maybe_unused]] MostLanes most_lanes)
{
#ifdef FLUORO_WIDE_MARCH
    if (most_lanes >= MostLanes::sixteen && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return by_sixteens::march_rows;
    if (most_lanes >= MostLanes::eight && __builtin_cpu_supports("avx2")) return by_eights::march_rows;
#endif
    return by_fours::march_rows;
}

} // namespace

void host_march(shared::MarchParams const& params, shared::MarchWarp const& warp, BeamLattice const& bent,
                VoxelOrder const& voxels, std::span<glm::vec2> soft_bone_g_cm2, MostLanes most)
{
    FLUORO_EXPECT(soft_bone_g_cm2.size() >= std::size_t(params.first_row + params.rows) * params.stride);
    Work const work{params,
                    warp,
                    voxels,
                    params.size_v > 1 ? voxels.v_stride : 0,
                    HostCurve{params},
                    soft_bone_g_cm2,
                    bent.columns,
                    bent.planes,
                    nodes_in_voxels(bent, warp)};
    MarchRows const march_rows = widest(most);
    // Rows through the body take longest: in turns, so that every thread gets as many of them.
    parallel_for(int(params.rows), [&](int first, int last) { march_rows(work, first, last); });
}

} // namespace fluoro
