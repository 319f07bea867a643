#include "smooth.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/transport/scatter_picture.hpp>
#include <fluoro/transport/transport.hpp>

namespace fluoro {
namespace {

constexpr std::uint64_t first_histories = 400'000;
constexpr double centre_half_mm = 25; // the 5 x 5 cm whose error is watched

/// Relative standard error of the scatter in the middle of the detector, from the spread between batches.
double central_error(TransportTables const& tables, TransportTallies const& tallies)
{
    auto const& p = tables.params;
    auto const is_central = [](std::uint32_t bin, std::uint32_t bins, double half_mm) {
        double const at = ((bin + 0.5) / bins * 2 - 1) * half_mm;
        return std::abs(at) <= std::max(centre_half_mm, half_mm / bins); // at least one bin
    };
    double sum = 0, sum2 = 0;
    for (std::uint32_t batch = 0; batch < p.batches; ++batch) {
        double of_batch = 0;
        for (std::uint32_t row = 0; row < p.bins_y; ++row)
            for (std::uint32_t column = 0; column < p.bins_x; ++column)
                if (is_central(column, p.bins_x, double(p.detector_half_column_mm)) &&
                    is_central(row, p.bins_y, double(p.detector_half_row_mm)))
                    of_batch += double(
                        tallies.detector[((shared::plane_scatter * std::size_t(p.batches) + batch) * p.bins_y + row) *
                                             p.bins_x +
                                         column]);
        sum += of_batch;
        sum2 += of_batch * of_batch;
    }
    if (sum == 0) return 0;
    double const n = p.batches;
    double const variance = std::max(0.0, sum2 / n - sum / n * sum / n) / (n - 1);
    return std::sqrt(variance) / (sum / n);
}

/// One plane of the detector, all batches, times `scale`.
Image<double> plane(TransportTables const& tables, TransportTallies const& tallies, std::uint32_t plane, double scale)
{
    auto const& p = tables.params;
    Image<double> sum{int(p.bins_x), int(p.bins_y)};
    for (std::size_t batch = 0; batch < p.batches; ++batch)
        for (std::size_t bin = 0; bin < sum.values.size(); ++bin)
            sum.values[bin] +=
                scale * double(tallies.detector[(plane * std::size_t(p.batches) + batch) * sum.values.size() + bin]);
    return sum;
}

} // namespace

ScatterPicture monte_carlo_scatter(Scene const& scene, MonteCarloSettings const& settings)
{
    FLUORO_EXPECT(settings.bins > 0 && settings.precision > 0 && settings.most_histories > 0);
    auto const& pixels = scene.pixels;
    ScatterPicture picture{{pixels.columns, pixels.rows}, {pixels.columns, pixels.rows}, 0, 0};
    double const opening_mm2 = scene.blades.width_mm() * scene.blades.height_mm();
    if (!(opening_mm2 > 0) || scene.exposure.current_time.value() == 0) return picture;

    auto const tables = pack(problem_of(scene, settings.bins));
    TransportTallies tallies{tables};
    std::uint64_t wanted = std::min(first_histories, settings.most_histories);
    for (;;) {
        tallies.add(follow(tables, settings.seed, tallies.histories, wanted - tallies.histories));
        picture.relative_error = central_error(tables, tallies);
        if (picture.relative_error <= settings.precision || wanted >= settings.most_histories) break;
        // The error falls as the root of the histories; a little more, so that one step does mostly.
        double const ratio = picture.relative_error / settings.precision;
        wanted = std::min(settings.most_histories,
                          std::uint64_t(double(wanted) * std::clamp(1.1 * ratio * ratio, 1.2, 20.0)));
    }
    picture.histories = tallies.histories;

    // As many photons as leave the tube through the opening of the blades, in the projector's normalisation.
    double const distance = 1000 / scene.view.source_to_detector_mm;
    double const photons = scene.exposure.current_time.value() * scene.tube.output_factor *
                           fluence_per_mm2_mas_1m(filtered_spectrum(scene.exposure.quality)) * distance * distance *
                           opening_mm2;
    auto const& p = tables.params;
    double const bin_mm2 =
        4.0 * double(p.detector_half_column_mm) * double(p.detector_half_row_mm) / (p.bins_x * p.bins_y);
    double const per_history_mm2 = photons / double(tallies.histories) / bin_mm2;
    auto const mean = plane(tables, tallies, shared::plane_scatter, per_history_mm2 / shared::detector_units_per_kev);
    auto const second =
        plane(tables, tallies, shared::plane_scatter_second, per_history_mm2 / shared::detector_units_per_kev2);
    SmoothSurface const surface{mean};
    picture.mean_kev_mm2 = surface.on_pixels(pixels.columns, pixels.rows);
    picture.second_kev2_mm2 = SmoothSurface{second, surface.stiffness()}.on_pixels(pixels.columns, pixels.rows);
    return picture;
}

} // namespace fluoro
