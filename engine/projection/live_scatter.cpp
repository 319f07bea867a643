#include "coarse_body.hpp"
#include "scatter_kernels.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <numbers>
#include <optional>

namespace fluoro {
namespace {

constexpr int sources = 48; ///< cells along each side of the exposed field
constexpr int nodes = 48;   ///< places along each side of the active field where scatter is computed
constexpr int rays = 32;    ///< through the patient, along each side
constexpr int wide_rays = 24; ///< the same over the field and `wide_margin_mm` on each side: how far the body reaches
constexpr double wide_margin_mm = 200;
constexpr int margin = 1;   ///< nodes and rays beyond the field on each side, for the interpolation

/// How much of a pencil's own attenuation the receiving place's attenuation replaces, by the kernel's width.
static std::array<double,7> receiver_exponent = []{ std::array<double,7> a{}; double v[7]; char const* e=std::getenv("BETA"); if(!e) e="0.05 0.08 0.12 0.18 0.25 0.3 0.3"; sscanf(e,"%lf %lf %lf %lf %lf %lf %lf",v,v+1,v+2,v+3,v+4,v+5,v+6); for(int i=0;i<7;++i)a[i]=v[i]; return a;}();
static_assert(receiver_exponent.size() == scatter_sigmas_cm.size());

/// Evenly spaced places over the field, `margin` of them beyond each side.
struct Lattice {
    int count = 0;
    double first_mm = 0, step_mm = 1;

    Lattice() = default;
    Lattice(int count_, double side_mm)
        : count{count_}, first_mm{-side_mm / 2 - side_mm * margin / (count_ - 1 - 2 * margin)},
          step_mm{side_mm / (count_ - 1 - 2 * margin)}
    {
    }
    double at_mm(int i) const { return first_mm + i * step_mm; }
};

/// Weights of the four neighbours of a place between nodes (Catmull-Rom).
struct Cubic {
    int first = 0;
    std::array<float, 4> weight{};
};

Cubic cubic(Lattice const& lattice, double at_mm)
{
    double const place = (at_mm - lattice.first_mm) / lattice.step_mm;
    int const low = std::clamp(int(std::floor(place)), 1, lattice.count - 3);
    double const s = place - low;
    return {low - 1,
            {float(-0.5 * s * (1 - s) * (1 - s)), float(1 + s * s * (1.5 * s - 2.5)),
             float(s * (0.5 + s * (2 - 1.5 * s))), float(-0.5 * s * s * (1 - s))}};
}

bool is_same(Slab const& a, Slab const& b)
{
    return a.material == b.material && a.density_g_cm3 == b.density_g_cm3 && a.half_extent_mm == b.half_extent_mm &&
           a.patient_from_slab == b.patient_from_slab;
}

/// What decides the rays through the patient.
struct RaysKey {
    View view;
    double width_mm = 0, height_mm = 0;
    std::vector<Slab> slabs;

    bool operator==(RaysKey const& other) const
    {
        return view.source_mm == other.view.source_mm && view.detector_centre_mm == other.view.detector_centre_mm &&
               view.column_direction == other.view.column_direction && view.row_direction == other.view.row_direction &&
               width_mm == other.width_mm && height_mm == other.height_mm &&
               std::ranges::equal(slabs, other.slabs, is_same);
    }
};

/// A plain matrix, row by row.
struct Matrix {
    int rows = 0, columns = 0;
    std::vector<float> values;

    Matrix() = default;
    Matrix(int rows_, int columns_)
        : rows{rows_}, columns{columns_}, values(std::size_t(rows_) * std::size_t(columns_), 0.0f)
    {
    }
    float* row(int r) { return &values[std::size_t(r) * std::size_t(columns)]; }
    float const* row(int r) const { return &values[std::size_t(r) * std::size_t(columns)]; }
};

/// sum += a b
void add_product(Matrix& sum, Matrix const& a, Matrix const& b)
{
    for (int i = 0; i < a.rows; ++i) {
        float* const to = sum.row(i);
        for (int k = 0; k < a.columns; ++k) {
            float const factor = a.row(i)[k];
            float const* const from = b.row(k);
            for (int j = 0; j < b.columns; ++j) to[j] += factor * from[j];
        }
    }
}

/// Share of a Gaussian about a source that falls on a node, per source cell: [node][cell], or the other way about.
/// Sources stand `closer` to the central ray than the pencils meet the detector.
Matrix spread(Lattice const& lattice, std::vector<double> const& edges_mm, double sigma_cm, double closer,
              bool transposed)
{
    int const cells = int(edges_mm.size()) - 1;
    Matrix matrix = transposed ? Matrix{cells, lattice.count} : Matrix{lattice.count, cells};
    double const root = std::numbers::sqrt2 * 10 * sigma_cm;
    for (int n = 0; n < lattice.count; ++n)
        for (int c = 0; c < cells; ++c) {
            double const at = lattice.at_mm(n);
            double const share = (std::erf((closer * edges_mm[std::size_t(c) + 1] - at) / root) -
                                  std::erf((closer * edges_mm[std::size_t(c)] - at) / root)) /
                                 (2 * closer);
            (transposed ? matrix.row(c)[n] : matrix.row(n)[c]) = float(share);
        }
    return matrix;
}

/// Cells of whole pixels that divide the exposed pixels of one direction.
std::vector<int> cell_edges(int first, int count)
{
    int const cells = std::min(sources, count);
    std::vector<int> edges;
    for (int c = 0; c <= cells; ++c) edges.push_back(first + count * c / cells);
    return edges;
}

} // namespace

struct LiveScatter::Impl {
    std::shared_ptr<Patient const> patient;
    std::optional<CoarseBody> body;
    std::optional<ScatterKernels> kernels;
    RaysKey key;
    Lattice ray_columns, ray_rows;
    std::vector<CoarseBody::Ray> ray;
    Lattice wide_columns, wide_rows;
    std::vector<double> enclosed; ///< share of the scatter in the body that it keeps, on the wide lattice
    PixelRect spread_exposed;
    double spread_width_mm = 0, spread_height_mm = 0;
    double mean_distance_cm = 0;
    std::array<double, scatter_widths> lost{}; ///< share of the pencil's direction that a width has lost
    std::vector<Matrix> across, along; ///< by width: [cell][node] of columns, [node][cell] of rows

    void prepare_rays(Scene const& scene);
    void prepare_spread(Scene const& scene, PixelRect const& exposed, Lattice const& columns, Lattice const& rows);
    CoarseBody::Ray ray_at(Vec2 at_mm) const;
    void prepare_enclosed(Scene const& scene);
    double enclosed_at(Vec2 at_mm) const;
};

void LiveScatter::Impl::prepare_rays(Scene const& scene)
{
    if (scene.patient != patient || !body) {
        patient = scene.patient;
        body.emplace(patient->ct);
        ray.clear();
    }
    PixelGrid const& p = scene.pixels;
    RaysKey wanted{scene.view, p.field_mm, p.pitch_mm() * p.rows, scene.slabs};
    if (!ray.empty() && wanted == key) return;
    key = std::move(wanted);
    ray_columns = Lattice{rays, key.width_mm};
    ray_rows = Lattice{rays, key.height_mm};
    ray.resize(std::size_t(rays) * rays);
    std::vector<Slab> const slabs = in_water(scene.slabs);
    parallel_for(rays, [&](int first, int last) {
        for (int r = first; r < last; ++r)
            for (int c = 0; c < rays; ++c) {
                Vec2 const at{ray_columns.at_mm(c), ray_rows.at_mm(r)};
                CoarseBody::Ray& one = ray[std::size_t(r) * rays + std::size_t(c)];
                one = body->ray(scene.view, at);
                add_slabs(one, slabs, scene.view, at);
            }
    });
    prepare_enclosed(scene);
}

void LiveScatter::Impl::prepare_enclosed(Scene const& scene)
{
    static double const reach_per_depth = std::getenv("REACH") ? std::atof(std::getenv("REACH")) : 0.3;
    wide_columns = Lattice{wide_rays, key.width_mm + 2 * wide_margin_mm};
    wide_rows = Lattice{wide_rays, key.height_mm + 2 * wide_margin_mm};
    std::vector<CoarseBody::Ray> wide(std::size_t(wide_rays) * wide_rays);
    parallel_for(wide_rays, [&](int first, int last) {
        for (int r = first; r < last; ++r)
            for (int c = 0; c < wide_rays; ++c)
                wide[std::size_t(r) * wide_rays + std::size_t(c)] =
                    body->ray(scene.view, {wide_columns.at_mm(c), wide_rows.at_mm(r)});
    });
    enclosed.assign(wide.size(), 1.0);
    parallel_for(wide_rays, [&](int first, int last) {
        for (int r = first; r < last; ++r)
            for (int c = 0; c < wide_rays; ++c) {
                CoarseBody::Ray const& here = wide[std::size_t(r) * wide_rays + std::size_t(c)];
                if (here.depth_cm <= 0) continue;
                double const magnification =
                    scene.view.source_to_detector_mm / (scene.view.source_to_detector_mm - 10 * here.distance_cm);
                double const reach_mm = 10 * magnification * reach_per_depth * here.depth_cm;
                std::array<double, wide_rays> x, y;
                for (int i = 0; i < wide_rays; ++i) {
                    x[std::size_t(i)] = std::exp(-0.5 * std::pow((i - c) * wide_columns.step_mm / reach_mm, 2));
                    y[std::size_t(i)] = std::exp(-0.5 * std::pow((i - r) * wide_rows.step_mm / reach_mm, 2));
                }
                double all = 0, in_body = 0;
                for (std::size_t j = 0; j < wide_rays; ++j)
                    for (std::size_t i = 0; i < wide_rays; ++i) {
                        all += x[i] * y[j];
                        in_body += x[i] * y[j] * std::min(1.0, wide[j * wide_rays + i].depth_cm / here.depth_cm);
                    }
                enclosed[std::size_t(r) * wide_rays + std::size_t(c)] = in_body / all;
            }
    });
}

double LiveScatter::Impl::enclosed_at(Vec2 at_mm) const
{
    double const x = std::clamp((at_mm.x - wide_columns.first_mm) / wide_columns.step_mm, 0.0, wide_rays - 1.001);
    double const y = std::clamp((at_mm.y - wide_rows.first_mm) / wide_rows.step_mm, 0.0, wide_rays - 1.001);
    auto const c = std::size_t(x), r = std::size_t(y);
    double const u = x - double(c), v = y - double(r);
    double const* const at = &enclosed[r * wide_rays + c];
    return (1 - v) * ((1 - u) * at[0] + u * at[1]) + v * ((1 - u) * at[wide_rays] + u * at[wide_rays + 1]);
}

CoarseBody::Ray LiveScatter::Impl::ray_at(Vec2 at_mm) const
{
    double const x = std::clamp((at_mm.x - ray_columns.first_mm) / ray_columns.step_mm, 0.0, rays - 1.001);
    double const y = std::clamp((at_mm.y - ray_rows.first_mm) / ray_rows.step_mm, 0.0, rays - 1.001);
    auto const c = std::size_t(x), r = std::size_t(y);
    double const u = x - double(c), v = y - double(r);
    CoarseBody::Ray sum{0, 0};
    double moment = 0;
    for (std::size_t corner = 0; corner < 4; ++corner) {
        CoarseBody::Ray const& one = ray[(r + corner / 2) * rays + c + corner % 2];
        double const weight = (corner % 2 ? u : 1 - u) * (corner / 2 ? v : 1 - v);
        sum.water_cm += weight * one.water_cm;
        sum.distance_cm += weight * one.distance_cm;
        moment += weight * one.water_cm * one.distance_cm;
    }
    if (sum.water_cm > 0) sum.distance_cm = moment / sum.water_cm;
    return sum;
}

void LiveScatter::Impl::prepare_spread(Scene const& scene, PixelRect const& exposed, Lattice const& columns,
                                       Lattice const& rows)
{
    PixelGrid const& p = scene.pixels;
    if (!across.empty() && exposed == spread_exposed && key.width_mm == spread_width_mm &&
        key.height_mm == spread_height_mm)
        return;
    spread_exposed = exposed;
    spread_width_mm = key.width_mm;
    spread_height_mm = key.height_mm;
    double water = 0, moment = 0;
    for (auto const& one : ray) {
        water += one.water_cm;
        moment += one.water_cm * one.distance_cm;
    }
    mean_distance_cm = water > 0 ? moment / water : 1;
    static double const lost_direction = std::atof(std::getenv("LOST"));
    std::vector<double> column_edges_mm, row_edges_mm;
    for (int const edge : cell_edges(exposed.column, exposed.columns))
        column_edges_mm.push_back(p.position_mm(edge - 0.5, 0).x);
    for (int const edge : cell_edges(exposed.row, exposed.rows)) row_edges_mm.push_back(p.position_mm(0, edge - 0.5).y);
    across.clear();
    along.clear();
    for (double const sigma : scatter_sigmas_cm) {
        double const angle = sigma / mean_distance_cm;
        double const lost_share = angle * angle / (angle * angle + lost_direction * lost_direction);
        lost[across.size()] = lost_share;
        double const closer = 1 - lost_share * 10 * mean_distance_cm / scene.view.source_to_detector_mm;
        across.push_back(spread(columns, column_edges_mm, sigma, closer, true));
        along.push_back(spread(rows, row_edges_mm, sigma, closer, false));
    }
}

LiveScatter::LiveScatter() : impl_{std::make_unique<Impl>()}
{
}
LiveScatter::~LiveScatter() = default;
LiveScatter::LiveScatter(LiveScatter&&) noexcept = default;
LiveScatter& LiveScatter::operator=(LiveScatter&&) noexcept = default;

void LiveScatter::add(Signal& signal, Scene const& scene)
{
    std::ranges::fill(signal.scatter.values, 0.0f);
    std::ranges::fill(signal.scatter_second_moment.values, 0.0f);
    PixelRect const& exposed = signal.exposed;
    if (exposed.columns <= 0 || exposed.rows <= 0) return;
    Impl& my = *impl_;
    my.prepare_rays(scene);
    Lattice const columns{nodes, my.key.width_mm}, rows{nodes, my.key.height_mm};
    my.prepare_spread(scene, exposed, columns, rows);
    if (!my.kernels || !my.kernels->is_for(scene))
        my.kernels.emplace(scene.exposure.quality, scene.scintillator, scene.grid);
    ScatterKernels const& kernels = *my.kernels;

    // What every cell of the exposed field gives to each component.
    std::vector<int> const column_edges = cell_edges(exposed.column, exposed.columns);
    std::vector<int> const row_edges = cell_edges(exposed.row, exposed.rows);
    int const cell_columns = int(column_edges.size()) - 1, cell_rows = int(row_edges.size()) - 1;
    std::vector<Matrix> given(scatter_components);
    for (int const c : kernels.used()) given[std::size_t(c)] = Matrix{cell_rows, cell_columns};
    parallel_for(cell_rows, [&](int first_row, int last_row) {
        for (int r = first_row; r < last_row; ++r) {
            std::vector<double> primary(std::size_t(cell_columns), 0.0);
            for (int row = row_edges[std::size_t(r)]; row < row_edges[std::size_t(r) + 1]; ++row)
                for (int c = 0; c < cell_columns; ++c) {
                    float sum = 0;
                    float const* const pixels = &signal.primary.at(0, row);
                    for (int column = column_edges[std::size_t(c)]; column < column_edges[std::size_t(c) + 1]; ++column)
                        sum += pixels[column];
                    primary[std::size_t(c)] += double(sum);
                }
            int const height = row_edges[std::size_t(r) + 1] - row_edges[std::size_t(r)];
            for (int c = 0; c < cell_columns; ++c) {
                int const width = column_edges[std::size_t(c) + 1] - column_edges[std::size_t(c)];
                Vec2 const middle = scene.pixels.position_mm(column_edges[std::size_t(c)] + (width - 1) / 2.0,
                                                             row_edges[std::size_t(r)] + (height - 1) / 2.0);
                CoarseBody::Ray const ray = my.ray_at(middle);
                double const mean = primary[std::size_t(c)] / (double(width) * height);
                if (ray.water_cm <= 0 || !(mean > 0)) continue;
                ScatterKernel const kernel = kernels.at(ray.water_cm, ray.distance_cm - ray.water_cm / 2);
                double const depth = -kernels.log_transmission(ray.water_cm);
                std::array<float, scatter_widths> factor;
                static double const kappa = std::getenv("KAPPA") ? std::atof(std::getenv("KAPPA")) : 1;
                double const kept = std::log(my.enclosed_at(middle)) * kappa;
                for (std::size_t w = 0; w < factor.size(); ++w)
                    factor[w] = float(mean * std::exp(receiver_exponent[w] * depth + kept * my.lost[w]));
                for (int const component : kernels.used())
                    given[std::size_t(component)].row(r)[c] =
                        kernel.share[std::size_t(component)] * factor[std::size_t(scatter_component(component).along)];
            }
        }
    });

    // Spread it: first across, then along, then through what stands before the receiving place.
    std::vector<Matrix> received(scatter_widths);
    parallel_for(scatter_widths, [&](int first, int last) {
        for (int w = first; w < last; ++w) {
            Matrix gathered{cell_rows, nodes};
            for (int const c : kernels.used())
                if (scatter_component(c).along == w)
                    add_product(gathered, given[std::size_t(c)],
                                my.across[std::size_t(scatter_component(c).across)]);
            received[std::size_t(w)] = Matrix{nodes, nodes};
            add_product(received[std::size_t(w)], my.along[std::size_t(w)], gathered);
        }
    });
    Matrix scatter{nodes, nodes}, second{nodes, nodes};
    for (int r = 0; r < nodes; ++r)
        for (int c = 0; c < nodes; ++c) {
            CoarseBody::Ray const ray = my.ray_at({columns.at_mm(c), rows.at_mm(r)});
            double const depth = -kernels.log_transmission(ray.water_cm);
            float sum = 0;
            for (int w = 0; w < scatter_widths; ++w)
                sum += float(std::exp(-receiver_exponent[std::size_t(w)] * depth)) * received[std::size_t(w)].row(r)[c];
            scatter.row(r)[c] = sum;
            second.row(r)[c] =
                sum * kernels.at(ray.water_cm, ray.distance_cm - ray.water_cm / 2).mean_absorbed_kev;
        }

    // Smoothly between the nodes: along the rows, then along the columns.
    int const width = signal.primary.columns, height = signal.primary.rows;
    std::vector<Cubic> at_column;
    for (int column = 0; column < width; ++column)
        at_column.push_back(cubic(columns, scene.pixels.position_mm(column, 0).x));
    auto const widen = [&](Matrix const& coarse) {
        Matrix wide{nodes, width};
        for (int r = 0; r < nodes; ++r)
            for (int column = 0; column < width; ++column) {
                Cubic const& k = at_column[std::size_t(column)];
                float const* const from = coarse.row(r) + k.first;
                wide.row(r)[column] = k.weight[0] * from[0] + k.weight[1] * from[1] + k.weight[2] * from[2] +
                                      k.weight[3] * from[3];
            }
        return wide;
    };
    Matrix const wide_scatter = widen(scatter), wide_second = widen(second);
    parallel_for(height, [&](int first, int last) {
        for (int row = first; row < last; ++row) {
            Cubic const k = cubic(rows, scene.pixels.position_mm(0, row).y);
            auto const fill = [&](Matrix const& wide, float* to) {
                float const *const a = wide.row(k.first), *const b = a + width, *const c = b + width,
                                   *const d = c + width;
                for (int column = 0; column < width; ++column)
                    to[column] = std::max(0.0f, k.weight[0] * a[column] + k.weight[1] * b[column] +
                                                    k.weight[2] * c[column] + k.weight[3] * d[column]);
            };
            fill(wide_scatter, &signal.scatter.at(0, row));
            fill(wide_second, &signal.scatter_second_moment.at(0, row));
        }
    });
}

} // namespace fluoro
