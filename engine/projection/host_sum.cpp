#include "host_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// Pixels worked on together: their channels stay in the first cache, and every loop over them is one that compilers
/// turn into vector instructions.
constexpr int block = 128;
using Block = float[block]; // bare: a checked index would keep the loops from becoming vector instructions

/// e^x for x in [-87, 87], within 3e-7 of itself: 2^n times a polynomial of the rest. Plain arithmetic, no branch.
[[gnu::always_inline]] inline float fast_exp(float x)
{
    float const in_octaves = std::min(std::max(x, -87.0f), 87.0f) * 1.44269504f;
    constexpr float shift = 12582912.0f; // 1.5 x 2^23: a sum with it has whole numbers in its last bits
    float const shifted = in_octaves + shift;
    float const t = in_octaves - (shifted - shift); // -1/2 .. 1/2
    // 2^t, least largest error.
    float const rest =
        1.0f + t * (0.693147187f +
                    t * (0.240226462f +
                         t * (0.0555032887f + t * (0.00961833261f + t * (0.00133952633f + t * 0.000154696225f)))));
    std::uint32_t const bits = (std::bit_cast<std::uint32_t>(shifted) + 127u) << 23;
    return rest * std::bit_cast<float>(bits);
}

/// What a ray finds of a slab [g/cm2]; `way` from source to pixel in the slab's own directions [mm].
[[gnu::always_inline]] inline float slab_path(shared::SlabParams const& slab, float const (&way)[3])
{
    float enter = 0, leave = 1, length2 = 0;
    for (int axis = 0; axis < 3; ++axis) {
        float const d = way[axis];
        float const inverse = 1 / (std::abs(d) < 1e-6f ? 1e-6f : d);
        float const a = (-slab.half_extent[axis] - slab.source[axis]) * inverse;
        float const b = (slab.half_extent[axis] - slab.source[axis]) * inverse;
        enter = std::max(enter, std::min(a, b));
        leave = std::min(leave, std::max(a, b));
        length2 += d * d;
    }
    return 0.1f * slab.source.w * std::max(0.0f, leave - enter) * std::sqrt(length2);
}

struct Work {
    shared::SignalParams const& p;
    std::span<shared::SlabParams const> slabs;
    std::span<shared::EnergyParams const> energies;
    std::span<glm::vec2 const> thickness;
    std::span<float const> heel_place;
    std::span<float> mean, second;
};

[[gnu::always_inline]] inline void sum_rows(Work const& w, int first_row, int last_row)
{
    auto const& p = w.p;
    Block soft, bone, depth, mean, second, wedges; // sums here: nothing else can alias them
    Block slabs[shared::signal_max_slabs];
    bool const has_wedges = p.wedge_a.w > 0 || p.wedge_b.w > 0;
    for (int y = first_row; y < last_row; ++y) {
        auto const row = p.first_row + std::uint32_t(y);
        float const t = w.heel_place[row];
        glm::vec4 const heel{1, t, t * t, t * t * t};
        float const y_mm = p.origin_y_mm + float(row) * p.pitch_mm;
        for (std::uint32_t left = 0; left < p.rect_columns; left += block) {
            int const count = int(std::min<std::uint32_t>(block, p.rect_columns - left));
            std::uint32_t const column = p.first_column + left;
            glm::vec2 const* const from = w.thickness.data() + std::size_t(row) * p.columns + column;
            for (int x = 0; x < count; ++x) {
                soft[x] = from[x].x;
                bone[x] = from[x].y;
            }
            for (std::size_t s = 0; s < w.slabs.size(); ++s) {
                auto const& slab = w.slabs[s];
                glm::vec4 const start = slab.to_origin + float(row) * slab.row + float(column) * slab.column;
                for (int x = 0; x < count; ++x) {
                    float way[3];
                    for (int axis = 0; axis < 3; ++axis) way[axis] = start[axis] + float(x) * slab.column[axis];
                    slabs[s][x] = slab_path(slab, way);
                }
            }
            if (has_wedges)
                for (int x = 0; x < count; ++x) {
                    float const x_mm = p.origin_x_mm + float(column + std::uint32_t(x)) * p.pitch_mm;
                    auto const share = [&](glm::vec4 const& wedge) {
                        return wedge.w * std::min(1.0f, std::max(0.0f, wedge.x * x_mm + wedge.y * y_mm + wedge.z));
                    };
                    wedges[x] = share(p.wedge_a) + share(p.wedge_b);
                }
            std::fill_n(mean, count, 0.0f);
            std::fill_n(second, count, 0.0f);
            for (auto const& energy : w.energies) {
                float const of_soft = energy.attenuation.x, of_bone = energy.attenuation.y;
                for (int x = 0; x < count; ++x) depth[x] = of_soft * soft[x] + of_bone * bone[x];
                for (std::size_t s = 0; s < w.slabs.size(); ++s) {
                    float const of_slab = energy.attenuation[int(2 + s)];
                    for (int x = 0; x < count; ++x) depth[x] += of_slab * slabs[s][x];
                }
                if (has_wedges)
                    for (int x = 0; x < count; ++x) depth[x] += energy.wedge.x * wedges[x];
                float const weight = glm::dot(energy.mean, heel), second_weight = glm::dot(energy.second, heel);
                for (int x = 0; x < count; ++x) {
                    float const passed = fast_exp(-depth[x]);
                    mean[x] += weight * passed;
                    second[x] += second_weight * passed;
                }
            }
            std::size_t const to = std::size_t(row) * p.columns + column;
            std::copy_n(mean, count, w.mean.data() + to);
            std::copy_n(second, count, w.second.data() + to);
        }
    }
}

struct ListWork {
    EnergyTable const& table;
    std::span<float const* const> channels;
    std::span<float const> heel_place;
    std::span<float> mean, second;
};
struct PathWork {
    shared::SlabParams const& slab;
    std::span<float const> column, row;
    std::span<float> g_cm2;
};

[[gnu::always_inline]] inline void slab_paths(PathWork const& w)
{
    auto const& slab = w.slab;
    float const *const column = w.column.data(), *const row = w.row.data();
    float* const to = w.g_cm2.data();
    for (std::size_t i = 0; i < w.g_cm2.size(); ++i) {
        float way[3];
        for (int axis = 0; axis < 3; ++axis)
            way[axis] = slab.to_origin[axis] + row[i] * slab.row[axis] + column[i] * slab.column[axis];
        to[i] = slab_path(slab, way);
    }
}

/// e^x for x in [-700, 700], within 1e-9 of itself.
[[gnu::always_inline]] inline double fine_exp(double x)
{
    double const in_octaves = std::min(std::max(x, -700.0), 700.0) * 1.4426950408889634;
    constexpr double shift = 6755399441055744.0; // 1.5 x 2^52
    double const shifted = in_octaves + shift;
    double const t = in_octaves - (shifted - shift); // -1/2 .. 1/2
    // 2^t, its series.
    double const rest = 1 + t * (0.69314718055994531 +
                                 t * (0.24022650695910071 +
                                      t * (0.055504108664821580 +
                                           t * (0.0096181291076284772 +
                                                t * (0.0013333558146428443 +
                                                     t * (1.5403530393381609e-4 +
                                                          t * (1.5252733804059841e-5 + t * 1.3215486790144309e-6)))))));
    std::uint64_t const bits = (std::bit_cast<std::uint64_t>(shifted) + 1023u) << 52;
    return rest * std::bit_cast<double>(bits);
}

/// In doubles: around K edges a table's terms cancel each other to some thousandths of themselves.
[[gnu::always_inline]] inline void sum_list(ListWork const& w)
{
    double depth[block], mean[block], second[block];
    int const last = int(w.heel_place.size());
    for (int left = 0; left < last; left += block) {
        int const count = std::min(block, last - left);
        float const* const t = w.heel_place.data() + left;
        std::fill_n(mean, count, 0.0);
        std::fill_n(second, count, 0.0);
        for (std::size_t e = 0; e < w.table.size(); ++e) {
            std::fill_n(depth, count, 0.0);
            for (std::size_t m = 0; m < w.channels.size(); ++m) {
                double const attenuation = w.table.attenuation_cm2_g[m][e];
                float const* const g_cm2 = w.channels[m] + left;
                for (int x = 0; x < count; ++x) depth[x] += attenuation * double(g_cm2[x]);
            }
            double a[EnergyTable::heel_terms], b[EnergyTable::heel_terms];
            for (std::size_t k = 0; k < EnergyTable::heel_terms; ++k) {
                a[k] = w.table.mean[k][e];
                b[k] = w.table.second[k][e];
            }
            for (int x = 0; x < count; ++x) {
                double const passed = fine_exp(-depth[x]), at = double(t[x]);
                mean[x] += passed * (a[0] + at * (a[1] + at * (a[2] + at * a[3])));
                second[x] += passed * (b[0] + at * (b[1] + at * (b[2] + at * b[3])));
            }
        }
        for (int x = 0; x < count; ++x) {
            w.mean[std::size_t(left + x)] = float(mean[x]);
            w.second[std::size_t(left + x)] = float(second[x]);
        }
    }
}

void sum_list_plain(ListWork const& work)
{
    sum_list(work);
}

void slab_paths_plain(PathWork const& work)
{
    slab_paths(work);
}

void sum_rows_plain(Work const& work, int first_row, int last_row)
{
    sum_rows(work, first_row, last_row);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The same operations on eight lanes instead of four: the same bits on every machine.
__attribute__((target("avx2"))) void sum_rows_avx2(Work const& work, int first_row, int last_row)
{
    sum_rows(work, first_row, last_row);
}
__attribute__((target("avx512f,avx512dq,prefer-vector-width=512"))) void sum_list_avx512(ListWork const& work)
{
    sum_list(work);
}
__attribute__((target("avx2"))) void sum_list_avx2(ListWork const& work)
{
    sum_list(work);
}
__attribute__((target("avx2"))) void slab_paths_avx2(PathWork const& work)
{
    slab_paths(work);
}
bool has_avx2()
{
    return __builtin_cpu_supports("avx2");
}
bool has_avx512()
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
}
#else
constexpr auto sum_rows_avx2 = sum_rows_plain;
constexpr auto sum_list_avx2 = sum_list_plain;
constexpr auto sum_list_avx512 = sum_list_plain;
constexpr auto slab_paths_avx2 = slab_paths_plain;
bool has_avx2()
{
    return false;
}
bool has_avx512()
{
    return false;
}
#endif

} // namespace

void host_energy_sum(shared::SignalParams const& params, std::span<shared::SlabParams const> slabs,
                     std::span<shared::EnergyParams const> energies, std::span<glm::vec2 const> thickness,
                     std::span<float const> heel_place, std::span<float> mean, std::span<float> second)
{
    Work const work{params, slabs, energies, thickness, heel_place, mean, second};
    parallel_for(int(params.rect_rows), [&, wide = has_avx2()](int first, int last) {
        wide ? sum_rows_avx2(work, first, last) : sum_rows_plain(work, first, last);
    });
}

void host_slab_paths(shared::SlabParams const& slab, std::span<float const> column, std::span<float const> row,
                     std::span<float> g_cm2)
{
    PathWork const work{slab, column, row, g_cm2};
    has_avx2() ? slab_paths_avx2(work) : slab_paths_plain(work);
}

void host_list_sum(EnergyTable const& table, std::span<float const* const> channels, std::span<float const> heel_place,
                   std::span<float> mean, std::span<float> second)
{
    ListWork const work{table, channels, heel_place, mean, second};
    (has_avx512() ? sum_list_avx512 : has_avx2() ? sum_list_avx2 : sum_list_plain)(work);
}

} // namespace fluoro
