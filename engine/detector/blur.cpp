#include <fluoro/core/expect.hpp>
#include <fluoro/detector/blur.hpp>
#include <fluoro/detector/mtf.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>

namespace fluoro {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix zeros(std::size_t rows, std::size_t columns)
{
    return Matrix{rows, std::vector<double>(columns)};
}

/// The kernel whose frequency response is noise_transfer at every frequency that the grid can hold: its inverse
/// transform over the Nyquist square, one quadrant.
Matrix kernel_quadrant(double h_mm2, double pitch_mm, std::size_t size)
{
    std::size_t const waves = 128; // the kernel comes back after this many pixels; by then it is nothing
    std::vector<double> cosines(waves);
    for (std::size_t i = 0; i < waves; ++i) cosines[i] = std::cos(2 * std::numbers::pi * double(i) / double(waves));
    auto const cosine = [&](std::size_t i, std::size_t wave) { return cosines[i * wave % waves]; };
    // Even in both frequencies and the same with them exchanged: an eighth of the square says all.
    Matrix response = zeros(waves, waves);
    for (std::size_t v = 0; v <= waves / 2; ++v)
        for (std::size_t u = 0; u <= v; ++u) {
            double const step = 1 / (double(waves) * pitch_mm);
            double const value = noise_transfer(h_mm2, pitch_mm, double(u) * step, double(v) * step);
            for (std::size_t const a : {u, (waves - u) % waves})
                for (std::size_t const b : {v, (waves - v) % waves}) response[a][b] = response[b][a] = value;
        }
    Matrix columns_done = zeros(size, waves);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t v = 0; v < waves; ++v)
            for (std::size_t u = 0; u < waves; ++u) columns_done[i][v] += cosine(i, u) * response[u][v] / double(waves);
    Matrix kernel = zeros(size, size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            for (std::size_t v = 0; v < waves; ++v) kernel[i][j] += columns_done[i][v] * cosine(j, v) / double(waves);
    return kernel;
}

/// Eigenvalues (left on the diagonal of `a`) and eigenvectors (columns) of a small symmetric matrix: Jacobi's
/// rotations.
Matrix diagonalise(Matrix& a)
{
    std::size_t const n = a.size();
    Matrix vectors = zeros(n, n);
    for (std::size_t i = 0; i < n; ++i) vectors[i][i] = 1;
    for (int sweep = 0; sweep < 30; ++sweep)
        for (std::size_t p = 0; p < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                if (std::abs(a[p][q]) < 1e-18) continue;
                double const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
                double const t = std::copysign(1.0, theta) / (std::abs(theta) + std::sqrt(theta * theta + 1));
                double const c = 1 / std::sqrt(t * t + 1), s = t * c;
                for (std::size_t k = 0; k < n; ++k) {
                    double const kp = a[k][p], kq = a[k][q];
                    a[k][p] = c * kp - s * kq;
                    a[k][q] = s * kp + c * kq;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    double const pk = a[p][k], qk = a[q][k];
                    a[p][k] = c * pk - s * qk;
                    a[q][k] = s * pk + c * qk;
                    double const vp = vectors[k][p], vq = vectors[k][q];
                    vectors[k][p] = c * vp - s * vq;
                    vectors[k][q] = s * vp + c * vq;
                }
            }
    return vectors;
}

} // namespace

ScintillatorBlur::ScintillatorBlur(double h_mm2, double pitch_mm) : pitch_mm_{pitch_mm}
{
    FLUORO_EXPECT(h_mm2 > 0 && pitch_mm > 0);
    // The spread function falls as exp(-2 pi r / sqrt(H)): at 1.3 sqrt(H) less than a thousandth is left. Four pixels
    // at least, for the pixel's own width.
    radius_ = std::clamp(int(std::ceil(1.3 * std::sqrt(h_mm2) / pitch_mm)), 4, 24);
    std::size_t const size = std::size_t(radius_) + 1;

    // An even sequence has one number per distance; scaled by sqrt(2) off the middle, the quadrant has the eigenvalues
    // of the full kernel.
    auto const scale = [](std::size_t i) { return i == 0 ? 1.0 : std::numbers::sqrt2; };
    Matrix folded = kernel_quadrant(h_mm2, pitch_mm, size);
    for (std::size_t i = 0; i < folded.size(); ++i)
        for (std::size_t j = 0; j < folded.size(); ++j) folded[i][j] *= scale(i) * scale(j);
    Matrix const vectors = diagonalise(folded);

    std::vector<std::size_t> order(folded.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return std::abs(folded[a][a]) > std::abs(folded[b][b]); });
    // The wider the pixels, the nearer the kernel is to one product of a row and a column filter
    // (docs/theory/detector.md, table 1).
    terms_ = pitch_mm < 0.35 * std::sqrt(h_mm2) ? 3 : 2;
    order.resize(terms_);
    taps_.resize(terms_);
    column_taps_.resize(terms_);
    double total = 0;
    for (std::size_t k : order) {
        double sum = 0;
        for (std::size_t i = 0; i < size; ++i) sum += vectors[i][k] * scale(i);
        total += folded[k][k] * sum * sum;
    }
    for (std::size_t term = 0; term < terms_; ++term) {
        std::size_t const k = order[term];
        double const root = std::sqrt(std::abs(folded[k][k]) / total), sign = folded[k][k] < 0 ? -1 : 1;
        for (std::size_t i = 0; i < size; ++i) {
            double const tap = root * vectors[i][k] / scale(i);
            taps_[term].push_back(float(tap));
            column_taps_[term].push_back(float(sign * tap));
        }
    }
}

double ScintillatorBlur::response(double fx, double fy) const
{
    auto const wave_sum = [&](std::vector<float> const& taps, double cycles_per_pixel) {
        double sum = taps[0];
        for (std::size_t i = 1; i < taps.size(); ++i)
            sum += 2 * taps[i] * std::cos(2 * std::numbers::pi * cycles_per_pixel * double(i));
        return sum;
    };
    double sum = 0;
    for (std::size_t term = 0; term < terms_; ++term)
        sum += wave_sum(taps_[term], fx * pitch_mm_) * wave_sum(column_taps_[term], fy * pitch_mm_);
    return sum;
}

double ScintillatorBlur::variance_ratio() const
{
    double sum = 0;
    for (int i = -radius_; i <= radius_; ++i)
        for (int j = -radius_; j <= radius_; ++j) {
            double kernel = 0;
            for (std::size_t term = 0; term < terms_; ++term)
                kernel += taps_[term][std::size_t(std::abs(i))] * double(column_taps_[term][std::size_t(std::abs(j))]);
            sum += kernel * kernel;
        }
    return sum;
}

namespace {

/// Pixels whose sums are kept in registers; what is left at a row's end is done one by one.
constexpr int block = 8;

template <class Work> void for_blocks(int columns, Work const& work)
{
    for (int x = 0; x + block <= columns; x += block) work(x, std::integral_constant<int, block>{});
    for (int x = columns - columns % block; x < columns; ++x) work(x, std::integral_constant<int, 1>{});
}

} // namespace

template <int Terms>
void ScintillatorBlur::filter_row_of(float const* padded, int columns, std::size_t offset,
                                     std::vector<std::vector<float>>& planes) const
{
    float const* taps[Terms];
    float* to[Terms];
    for (std::size_t t = 0; t < Terms; ++t) {
        taps[t] = taps_[t].data();
        to[t] = planes[t].data() + offset;
    }
    for_blocks(columns, [&](int x, auto width) {
        float const* const middle = padded + x;
        float sum[Terms][width];
        for (int t = 0; t < Terms; ++t)
            for (int k = 0; k < width; ++k) sum[t][k] = taps[t][0] * middle[k];
        for (int i = 1; i <= radius_; ++i) {
            float pair[width];
            for (int k = 0; k < width; ++k) pair[k] = middle[k - i] + middle[k + i];
            for (int t = 0; t < Terms; ++t)
                for (int k = 0; k < width; ++k) sum[t][k] += taps[t][i] * pair[k];
        }
        for (int t = 0; t < Terms; ++t)
            for (int k = 0; k < width; ++k) to[t][x + k] = sum[t][k];
    });
}

void ScintillatorBlur::filter_row(float const* padded, int columns, std::size_t offset,
                                  std::vector<std::vector<float>>& planes) const
{
    if (terms_ == 2)
        filter_row_of<2>(padded, columns, offset, planes);
    else
        filter_row_of<3>(padded, columns, offset, planes);
}

void ScintillatorBlur::combine_rows(std::vector<std::vector<float>> const& planes, int row, int rows, int columns,
                                    float* out) const
{
    std::size_t const reach = std::size_t(2 * radius_ + 1);
    std::vector<std::size_t> starts(reach);
    for (int i = -radius_; i <= radius_; ++i)
        starts[std::size_t(i + radius_)] = std::size_t(mirrored(row + i, rows)) * std::size_t(columns);
    for_blocks(columns, [&](int x, auto width) {
        float sum[width] = {};
        for (std::size_t term = 0; term < terms_; ++term) {
            float const *const from = planes[term].data() + x, *const taps = column_taps_[term].data();
            std::size_t const* const middle = starts.data() + radius_;
            for (int k = 0; k < width; ++k) sum[k] += taps[0] * from[middle[0] + std::size_t(k)];
            for (int i = 1; i <= radius_; ++i) {
                float const *const above = from + middle[-i], *const below = from + middle[i];
                for (int k = 0; k < width; ++k) sum[k] += taps[i] * (above[k] + below[k]);
            }
        }
        for (int k = 0; k < width; ++k) out[x + k] = sum[k];
    });
}

} // namespace fluoro
