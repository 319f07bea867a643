#include "body_rays.hpp"
#include "scatter_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <numbers>
#include <numeric>
#include <optional>

namespace fluoro {
namespace {

constexpr int sources = 48; ///< cells along each side of the exposed field
constexpr int nodes = 48;   ///< places along each side of the active field where scatter is computed

// Figures that are not in the kernels, as two in body_rays.cpp; chosen so that the mean over phantom and chest CT
// agrees with the Monte Carlo (docs/theory/live-scatter.md, section 4).
/// Tangent of the angle at which scatter has lost half of its pencil's own direction.
constexpr double half_lost_tangent = 0.25;
/// Power to which a pencil's own transmission gives way to the receiving place's.
constexpr double receiver_exponent = 0.1;

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
    for (int n = 0; n < lattice.count; ++n) {
        double before = std::erf((closer * edges_mm[0] - lattice.at_mm(n)) / root);
        for (int c = 0; c < cells; ++c) {
            double const after = std::erf((closer * edges_mm[std::size_t(c) + 1] - lattice.at_mm(n)) / root);
            (transposed ? matrix.row(c)[n] : matrix.row(n)[c]) = float((after - before) / (2 * closer));
            before = after;
        }
    }
    return matrix;
}

/// Cells of whole pixels that divide the exposed pixels: where one begins, and after the last.
struct Cells {
    std::vector<int> column_edges, row_edges;
    int columns() const { return int(column_edges.size()) - 1; }
    int rows() const { return int(row_edges.size()) - 1; }
    friend bool operator==(Cells const&, Cells const&) = default;
};

std::vector<int> cell_edges(int first, int count)
{
    int const cells = std::min(sources, count);
    std::vector<int> edges;
    for (int c = 0; c <= cells; ++c) edges.push_back(first + count * c / cells);
    return edges;
}

/// Smoothly between the nodes to every pixel: along the rows, then along the columns.
void draw_between(Matrix const& coarse, Lattice const& columns, Lattice const& rows, PixelGrid const& pixels,
                  Image<float>& image)
{
    int const width = image.columns;
    Matrix wide{coarse.rows, width};
    for (int column = 0; column < width; ++column) {
        Cubic const k = cubic(columns, pixels.position_mm(column, 0).x);
        for (int r = 0; r < coarse.rows; ++r) {
            float const* const from = coarse.row(r) + k.first;
            wide.row(r)[column] =
                k.weight[0] * from[0] + k.weight[1] * from[1] + k.weight[2] * from[2] + k.weight[3] * from[3];
        }
    }
    parallel_for(image.rows, [&](int first, int last) {
        for (int row = first; row < last; ++row) {
            Cubic const k = cubic(rows, pixels.position_mm(0, row).y);
            float const *const a = wide.row(k.first), *const b = a + width, *const c = b + width, *const d = c + width;
            float* const to = &image.at(0, row);
            for (int column = 0; column < width; ++column)
                to[column] = std::max(0.0f, k.weight[0] * a[column] + k.weight[1] * b[column] +
                                                k.weight[2] * c[column] + k.weight[3] * d[column]);
        }
    });
}

} // namespace

struct LiveScatter::Impl {
    BodyRays rays;
    std::optional<ScatterKernels> kernels;
    Cells cells;
    Lattice columns, rows;
    std::array<double, scatter_widths> lost{}; ///< share of the pencil's direction that a width has lost
    std::vector<Matrix> across, along;         ///< by width: [cell][node] of columns, [node][cell] of rows

    void prepare(Scene const& scene, PixelRect const& exposed);
    std::vector<Matrix> given(Signal const& signal, Scene const& scene) const;
    Matrix received(std::vector<Matrix> const& given) const;
};

void LiveScatter::Impl::prepare(Scene const& scene, PixelRect const& exposed)
{
    if (!kernels || !kernels->is_for(scene)) kernels.emplace(scene.exposure.quality, scene.scintillator, scene.grid);
    bool const has_moved = rays.prepare(scene);
    Cells wanted{cell_edges(exposed.column, exposed.columns), cell_edges(exposed.row, exposed.rows)};
    if (!has_moved && wanted == cells) return;
    cells = std::move(wanted);
    PixelGrid const& p = scene.pixels;
    columns = Lattice{nodes, p.field_mm};
    rows = Lattice{nodes, p.pitch_mm() * p.rows};
    std::vector<double> column_edges_mm, row_edges_mm;
    for (int const edge : cells.column_edges) column_edges_mm.push_back(p.position_mm(edge - 0.5, 0).x);
    for (int const edge : cells.row_edges) row_edges_mm.push_back(p.position_mm(0, edge - 0.5).y);
    across.clear();
    along.clear();
    double const distance_cm = rays.mean_distance_cm();
    for (std::size_t w = 0; w < scatter_sigmas_cm.size(); ++w) {
        double const tangent = scatter_sigmas_cm[w] / distance_cm;
        double const power = std::pow(tangent / half_lost_tangent, 4);
        lost[w] = power / (1 + power);
        double const closer = 1 - lost[w] * 10 * distance_cm / scene.view.source_to_detector_mm;
        across.push_back(spread(columns, column_edges_mm, scatter_sigmas_cm[w], closer, true));
        along.push_back(spread(rows, row_edges_mm, scatter_sigmas_cm[w], closer, false));
    }
}

/// What every cell of the exposed field gives to each component.
std::vector<Matrix> LiveScatter::Impl::given(Signal const& signal, Scene const& scene) const
{
    std::vector<Matrix> given(scatter_components);
    for (int const c : kernels->used()) given[std::size_t(c)] = Matrix{cells.rows(), cells.columns()};
    parallel_for(cells.rows(), [&](int first_row, int last_row) {
        for (int r = first_row; r < last_row; ++r) {
            int const top = cells.row_edges[std::size_t(r)], bottom = cells.row_edges[std::size_t(r) + 1];
            for (int c = 0; c < cells.columns(); ++c) {
                int const left = cells.column_edges[std::size_t(c)], right = cells.column_edges[std::size_t(c) + 1];
                double primary = 0;
                for (int row = top; row < bottom; ++row) {
                    float const* const pixels = &signal.primary.at(0, row);
                    primary += double(std::accumulate(pixels + left, pixels + right, 0.0f));
                }
                Vec2 const middle = scene.pixels.position_mm((left + right - 1) / 2.0, (top + bottom - 1) / 2.0);
                CoarseBody::Ray const ray = rays.at(middle);
                if (ray.water_cm <= 0 || !(primary > 0)) continue;
                double const mean = primary / (double(right - left) * (bottom - top));
                double const exponent = -receiver_exponent * kernels->log_transmission(ray.water_cm);
                double const log_enclosed = std::log(rays.enclosed(middle));
                std::array<float, scatter_widths> factor;
                for (std::size_t w = 0; w < factor.size(); ++w)
                    factor[w] = float(mean * std::exp(exponent + lost[w] * log_enclosed));
                ScatterKernel const kernel = kernels->at(ray.water_cm, ray.distance_cm - ray.water_cm / 2);
                for (int const component : kernels->used())
                    given[std::size_t(component)].row(r)[c] =
                        kernel.share[std::size_t(component)] * factor[std::size_t(scatter_component(component).along)];
            }
        }
    });
    return given;
}

/// Everything given, spread over the nodes: first across, then along.
Matrix LiveScatter::Impl::received(std::vector<Matrix> const& given) const
{
    std::vector<Matrix> of_width(scatter_widths);
    parallel_for(scatter_widths, [&](int first, int last) {
        for (int w = first; w < last; ++w) {
            Matrix gathered{cells.rows(), nodes};
            for (int const c : kernels->used())
                if (scatter_component(c).along == w)
                    add_product(gathered, given[std::size_t(c)], across[std::size_t(scatter_component(c).across)]);
            of_width[std::size_t(w)] = Matrix{nodes, nodes};
            add_product(of_width[std::size_t(w)], along[std::size_t(w)], gathered);
        }
    });
    Matrix sum{nodes, nodes};
    for (Matrix const& one : of_width)
        for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += one.values[i];
    return sum;
}

LiveScatter::LiveScatter() : impl_{std::make_unique<Impl>()} {}
LiveScatter::~LiveScatter() = default;
LiveScatter::LiveScatter(LiveScatter&&) noexcept = default;
LiveScatter& LiveScatter::operator=(LiveScatter&&) noexcept = default;

void LiveScatter::prepare(std::shared_ptr<Patient const> const& patient)
{
    impl_->rays.take(patient);
}

void LiveScatter::add(Signal& signal, Scene const& scene)
{
    if (signal.exposed.columns <= 0 || signal.exposed.rows <= 0) {
        std::ranges::fill(signal.scatter.values, 0.0f);
        std::ranges::fill(signal.scatter_second_moment.values, 0.0f);
        return;
    }
    Impl& my = *impl_;
    my.prepare(scene, signal.exposed);
    Matrix scatter = my.received(my.given(signal, scene)), second{nodes, nodes};
    for (int r = 0; r < nodes; ++r)
        for (int c = 0; c < nodes; ++c) {
            CoarseBody::Ray const ray = my.rays.at({my.columns.at_mm(c), my.rows.at_mm(r)});
            scatter.row(r)[c] *= float(std::exp(receiver_exponent * my.kernels->log_transmission(ray.water_cm)));
            second.row(r)[c] =
                scatter.row(r)[c] * my.kernels->at(ray.water_cm, ray.distance_cm - ray.water_cm / 2).mean_absorbed_kev;
        }
    draw_between(scatter, my.columns, my.rows, scene.pixels, signal.scatter);
    draw_between(second, my.columns, my.rows, scene.pixels, signal.scatter_second_moment);
}

} // namespace fluoro
