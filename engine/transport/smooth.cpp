#include "smooth.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// cos(pi k (i + 1/2) / places) scaled to unit rows over `bins` places: one row of `orders` values per place.
std::vector<double> cosines(int places, int orders)
{
    std::vector<double> table(std::size_t(places) * std::size_t(orders));
    for (int i = 0; i < places; ++i)
        for (int k = 0; k < orders; ++k)
            table[std::size_t(i) * std::size_t(orders) + std::size_t(k)] =
                std::sqrt((k == 0 ? 1.0 : 2.0) / orders) * std::cos(std::numbers::pi * k * (i + 0.5) / places);
    return table;
}

Image<double> transformed(Image<double> const& bins)
{
    auto const along = cosines(bins.columns, bins.columns), across = cosines(bins.rows, bins.rows);
    Image<double> half{bins.columns, bins.rows}, whole{bins.columns, bins.rows};
    for (int row = 0; row < bins.rows; ++row)
        for (int k = 0; k < bins.columns; ++k)
            for (int i = 0; i < bins.columns; ++i)
                half.at(k, row) += along[std::size_t(i * bins.columns + k)] * bins.at(i, row);
    for (int k = 0; k < bins.rows; ++k)
        for (int row = 0; row < bins.rows; ++row)
            for (int column = 0; column < bins.columns; ++column)
                whole.at(column, k) += across[std::size_t(row * bins.rows + k)] * half.at(column, row);
    return whole;
}

/// Bending of a cosine, squared: the penalty's weight.
double bending2(Image<double> const& size, int column, int row)
{
    double const bending = 2 * (std::cos(std::numbers::pi * column / size.columns) - 1) +
                           2 * (std::cos(std::numbers::pi * row / size.rows) - 1);
    return bending * bending;
}

/// Generalised cross-validation: what a bin left out would be missed by.
double validation(Image<double> const& coefficients, double stiffness)
{
    double residual = 0, trace = 0;
    for (int row = 0; row < coefficients.rows; ++row)
        for (int column = 0; column < coefficients.columns; ++column) {
            double const kept = 1 / (1 + stiffness * bending2(coefficients, column, row));
            double const lost = (1 - kept) * coefficients.at(column, row);
            residual += lost * lost;
            trace += kept;
        }
    double const free = double(coefficients.values.size()) - trace;
    return residual / (free * free);
}

double best_stiffness(Image<double> const& coefficients)
{
    double best = 1, best_value = validation(coefficients, best);
    for (int step = -16; step <= 56; ++step) {
        double const stiffness = std::pow(10.0, 0.125 * step);
        double const value = validation(coefficients, stiffness);
        if (value < best_value) {
            best = stiffness;
            best_value = value;
        }
    }
    return best;
}

void stiffen(Image<double>& coefficients, double stiffness)
{
    for (int row = 0; row < coefficients.rows; ++row)
        for (int column = 0; column < coefficients.columns; ++column)
            coefficients.at(column, row) /= 1 + stiffness * bending2(coefficients, column, row);
}

} // namespace

SmoothSurface::SmoothSurface(Image<double> const& bins)
    : coefficients_{transformed(bins)}, stiffness_{best_stiffness(coefficients_)}
{
    stiffen(coefficients_, stiffness_);
}

SmoothSurface::SmoothSurface(Image<double> const& bins, double stiffness)
    : coefficients_{transformed(bins)}, stiffness_{stiffness}
{
    stiffen(coefficients_, stiffness_);
}

Image<double> SmoothSurface::values(int columns, int rows) const
{
    int const k_columns = coefficients_.columns, k_rows = coefficients_.rows;
    auto const along = cosines(columns, k_columns), across = cosines(rows, k_rows);
    Image<double> picture{columns, rows};
    parallel_for(rows, [&](int first, int last) {
        std::vector<double> line(static_cast<std::size_t>(k_columns));
        for (int row = first; row < last; ++row) {
            std::fill(line.begin(), line.end(), 0.0);
            for (int k = 0; k < k_rows; ++k)
                for (int column = 0; column < k_columns; ++column)
                    line[std::size_t(column)] += across[std::size_t(row * k_rows + k)] * coefficients_.at(column, k);
            for (int column = 0; column < columns; ++column)
                for (int k = 0; k < k_columns; ++k)
                    picture.at(column, row) += along[std::size_t(column * k_columns + k)] * line[std::size_t(k)];
        }
    });
    return picture;
}

Image<float> SmoothSurface::on_pixels(int columns, int rows) const
{
    auto const surface = values(columns, rows);
    Image<float> picture{columns, rows};
    for (std::size_t i = 0; i < picture.values.size(); ++i) picture.values[i] = float(std::max(0.0, surface.values[i]));
    return picture;
}

Image<double> SmoothSurface::on_bins() const
{
    return values(coefficients_.columns, coefficients_.rows);
}

} // namespace fluoro
