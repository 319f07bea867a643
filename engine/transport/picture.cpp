#include "picture.hpp"

#include "smooth.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

constexpr double centre_half_mm = 25; // the 5 x 5 cm whose error is watched
/// Measured best between 0.6 and 0.8 behind 20 and 30 cm of water, and flat there.
constexpr double picture_splitting = 0.7;
/// Cells with a majorant of their own: measured on a chest CT.
constexpr double picture_cell_mm = 15;

/// One plane of the detector in one batch [the plane's units].
Image<double> batch_of(TransportTables const& tables, TransportTallies const& tallies, std::uint32_t plane,
                       std::size_t batch)
{
    auto const& p = tables.params;
    Image<double> bins{int(p.bins_x), int(p.bins_y)};
    auto const first = (plane * std::size_t(p.batches) + batch) * bins.values.size();
    for (std::size_t bin = 0; bin < bins.values.size(); ++bin) bins.values[bin] = double(tallies.detector[first + bin]);
    return bins;
}

Image<double> sum_of_batches(TransportTables const& tables, TransportTallies const& tallies, std::uint32_t plane)
{
    auto sum = batch_of(tables, tallies, plane, 0);
    for (std::size_t batch = 1; batch < tables.params.batches; ++batch) {
        auto const more = batch_of(tables, tallies, plane, batch);
        for (std::size_t bin = 0; bin < sum.values.size(); ++bin) sum.values[bin] += more.values[bin];
    }
    return sum;
}

/// Share of each bin in the middle of the detector; sums to 1.
Image<double> centre(shared::TransportParams const& p)
{
    auto const shares = [](std::uint32_t bins, double half_mm) {
        std::vector<double> all;
        double const side = 2 * half_mm / bins, reach = std::min(centre_half_mm, half_mm);
        for (std::uint32_t bin = 0; bin < bins; ++bin) {
            double const low = bin * side - half_mm;
            all.push_back(std::max(0.0, std::min(low + side, reach) - std::max(low, -reach)) / (2 * reach));
        }
        return all;
    };
    auto const along = shares(p.bins_x, double(p.detector_half_column_mm));
    auto const across = shares(p.bins_y, double(p.detector_half_row_mm));
    Image<double> image{int(p.bins_x), int(p.bins_y)};
    for (int row = 0; row < image.rows; ++row)
        for (int column = 0; column < image.columns; ++column)
            image.at(column, row) = along[std::size_t(column)] * across[std::size_t(row)];
    return image;
}

/// Relative standard error of the picture in the middle of the detector, from the spread between batches. The picture
/// is linear in the bins at a given stiffness and its operator symmetric: its mean over the middle is the bins' sum
/// weighted with the smoothed middle.
double central_error(TransportTables const& tables, TransportTallies const& tallies, double stiffness)
{
    auto const weights = SmoothSurface{centre(tables.params), stiffness}.on_bins();
    double sum = 0, sum2 = 0;
    for (std::size_t batch = 0; batch < tables.params.batches; ++batch) {
        auto const bins = batch_of(tables, tallies, shared::plane_scatter, batch);
        double of_batch = 0;
        for (std::size_t i = 0; i < bins.values.size(); ++i) of_batch += weights.values[i] * bins.values[i];
        sum += of_batch;
        sum2 += of_batch * of_batch;
    }
    if (sum == 0) return 0;
    double const n = tables.params.batches;
    double const variance = std::max(0.0, sum2 / n - sum / n * sum / n) / (n - 1);
    return std::sqrt(variance) / (sum / n);
}

/// Millimetres squared of the opening on the detector's plane.
double opening_mm2(Scene const& scene)
{
    return std::max(0.0, scene.blades.width_mm()) * std::max(0.0, scene.blades.height_mm());
}

double stiffness_of(TransportTables const& tables, TransportTallies const& tallies)
{
    return SmoothSurface{sum_of_batches(tables, tallies, shared::plane_scatter)}.stiffness();
}

} // namespace

bool is_lit(Scene const& scene)
{
    return opening_mm2(scene) > 0 && scene.exposure.current_time.value() != 0;
}

ScatterPicture dark_picture(Scene const& scene)
{
    auto const& pixels = scene.pixels;
    return {{pixels.columns, pixels.rows}, {pixels.columns, pixels.rows}, 0, 0};
}

TransportProblem picture_problem(Scene const& scene, int bins)
{
    auto problem = problem_of(scene, bins);
    problem.splitting = picture_splitting;
    problem.cell_mm = picture_cell_mm;
    return problem;
}

double relative_error(TransportTables const& tables, TransportTallies const& tallies)
{
    return central_error(tables, tallies, stiffness_of(tables, tallies));
}

ScatterPicture picture_of(Scene const& scene, TransportTables const& tables, TransportTallies const& tallies)
{
    auto picture = dark_picture(scene);
    double const stiffness = stiffness_of(tables, tallies);
    picture.relative_error = central_error(tables, tallies, stiffness);
    picture.histories = tallies.histories;

    // As many photons as leave the tube through the opening of the blades, in the projector's normalisation.
    double const distance = 1000 / scene.view.source_to_detector_mm;
    double const photons = scene.exposure.current_time.value() * scene.tube.output_factor *
                           fluence_per_mm2_mas_1m(filtered_spectrum(scene.exposure.quality)) * distance * distance *
                           opening_mm2(scene);
    auto const& p = tables.params;
    double const bin_mm2 =
        4.0 * double(p.detector_half_column_mm) * double(p.detector_half_row_mm) / (p.bins_x * p.bins_y);
    auto const on_pixels = [&](std::uint32_t plane, double units) {
        auto bins = sum_of_batches(tables, tallies, plane);
        for (auto& value : bins.values) value *= photons / double(tallies.histories) / bin_mm2 / units;
        return SmoothSurface{bins, stiffness}.on_pixels(scene.pixels.columns, scene.pixels.rows);
    };
    picture.mean_kev_mm2 = on_pixels(shared::plane_scatter, shared::detector_units_per_kev);
    picture.second_kev2_mm2 = on_pixels(shared::plane_scatter_second, shared::detector_units_per_kev2);
    return picture;
}

} // namespace fluoro
