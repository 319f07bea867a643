#include <fluoro/projection/scatter_veil.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {
namespace {

// Scatter-to-primary ratios on the axis of an ideal detector behind a water slab, 80 kV, 2.5 mm Al, source to detector
// 100 cm, air gap 10 cm, standard error 0.5-1 %: thickness 10, 20, 30 cm; square fields of 10 and 30 cm.
constexpr std::array<double, 3> table_cm{10, 20, 30};
constexpr std::array<double, 2> table_field_cm{10, 30};
constexpr std::array<std::array<double, 3>, 2> table_ratio{{{0.293, 0.564, 0.834}, {1.081, 2.528, 4.229}}};

// Share of scatter over share of primary that a focused 15:1 grid lets through: 0.10 / 0.72, from memory, adjustable.
constexpr double grid_share = 0.10 / 0.72;

double lerp_log(double x, double x0, double x1, double y0, double y1)
{
    return y0 * std::pow(y1 / y0, std::log(x / x0) / std::log(x1 / x0));
}

double ratio_at_thickness(std::array<double, 3> const& ratios, double water_cm)
{
    std::size_t const low = water_cm < table_cm[1] ? 0 : 1;
    return lerp_log(water_cm, table_cm[low], table_cm[low + 1], ratios[low], ratios[low + 1]);
}

} // namespace

double scatter_to_primary(double water_cm, double field_cm, bool has_grid)
{
    double const water = std::clamp(water_cm, 0.1, 60.0);
    double const field = std::clamp(field_cm, 0.5, 60.0);
    double const small = ratio_at_thickness(table_ratio[0], water);
    double const large = ratio_at_thickness(table_ratio[1], water);
    return lerp_log(field, table_field_cm[0], table_field_cm[1], small, large) * (has_grid ? grid_share : 1.0);
}

void add_scatter_veil(Signal& signal, Scene const& scene, bool has_grid)
{
    auto const& r = signal.exposed;
    double log_sum = 0, energy = 0, second = 0;
    long count = 0;
    for (int row = r.row; row < r.row + r.rows; ++row)
        for (int column = r.column; column < r.column + r.columns; ++column) {
            double const primary = signal.primary.at(column, row);
            if (primary <= 0) continue;
            log_sum += std::log(primary);
            energy += primary;
            second += signal.primary_second_moment.at(column, row);
            ++count;
        }
    if (count == 0 || energy <= 0) return;
    double const typical =
        std::exp(log_sum / double(count)); // geometric mean: the mean thickness, not the brightest lung

    // The water that attenuates this beam as much, by halving.
    Spectrum const spectrum = filtered_spectrum(scene.exposure.quality);
    MaterialId const water = find_material("water");
    EnergyBins const bins = condense(spectrum, scene.scintillator, std::array{water});
    double const metres = scene.view.source_to_detector_mm / 1000;
    double const scale = scene.exposure.current_time.value() / (metres * metres);
    auto const behind = [&](double cm) {
        double sum = 0;
        for (std::size_t b = 0; b < bins.energy_kev.size(); ++b)
            sum += double(bins.absorbed_kev_per_mm2_mas_1m[b]) * std::exp(-double(bins.attenuation_cm2_g[0][b]) * cm);
        return scale * sum;
    };
    double thin = 0, thick = 80;
    for (int i = 0; i < 40; ++i) {
        double const middle = (thin + thick) / 2;
        (behind(middle) > typical ? thin : thick) = middle;
    }
    double const field_cm = 0.1 * std::sqrt(std::max(1.0, scene.blades.width_mm() * scene.blades.height_mm()));
    double const veil = typical * scatter_to_primary(thin, field_cm, has_grid);
    double const second_per_energy = second / energy;
    for (int row = r.row; row < r.row + r.rows; ++row)
        for (int column = r.column; column < r.column + r.columns; ++column) {
            signal.scatter.at(column, row) = float(veil);
            signal.scatter_second_moment.at(column, row) = float(veil * second_per_energy);
        }
}

} // namespace fluoro
