#pragma once
#include <cmath>
#include <fluoro/physics/beam.hpp>
#include <fluoro/transport/transport.hpp>

namespace fluoro::test {

/// A point source over a slab of one material with the detector behind it; the beam goes along +z, the slab's middle is
/// the origin. The opening is square, `field_mm` wide on the detector's plane.
struct SlabGeometry {
    double thickness_mm = 200;
    double half_width_mm = 250;
    double field_mm = 300;
    double source_to_detector_mm = 1000;
    double gap_mm = 100; ///< from the slab to the detector
};

inline TransportProblem slab_problem(SlabGeometry const& geometry, Mixture const& material)
{
    TransportProblem problem;
    problem.materials = {material};
    problem.codes = {{0, density_g_cm3(material), -1, 0}};
    problem.boxes = {
        {{geometry.half_width_mm, geometry.half_width_mm, geometry.thickness_mm / 2}, Mat4{1.0}, /*code*/ 0}};
    double const plane = geometry.thickness_mm / 2 + geometry.gap_mm;
    auto& view = problem.source.view;
    view.source_mm = {0, 0, plane - geometry.source_to_detector_mm};
    view.detector_centre_mm = {0, 0, plane};
    view.column_direction = {1, 0, 0};
    view.row_direction = {0, 1, 0};
    view.source_to_detector_mm = geometry.source_to_detector_mm;
    double const half = geometry.field_mm / 2;
    problem.source.opening = {-half, half, -half, half};
    problem.source.lines = {{60, 1}};
    return problem;
}

/// The tube's photons as lines of a source.
inline std::vector<SourceLine> lines_of(Spectrum const& spectrum)
{
    std::vector<SourceLine> lines;
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i)
        if (spectrum.energy_kev[i] >= 1 && spectrum.fluence_per_mm2_kev_mas_1m[i] > 0)
            lines.push_back({spectrum.energy_kev[i], spectrum.fluence_per_mm2_kev_mas_1m[i]});
    return lines;
}

/// A mean per history and its standard error, from the spread between batches.
struct Estimate {
    double mean = 0;
    double error = 0;
};

/// Energy [keV] per history in one bin of the detector, or in all of them.
inline Estimate detector_kev(TransportTables const& tables, TransportTallies const& tallies, std::uint32_t plane,
                             int only_bin = -1)
{
    auto const& p = tables.params;
    std::size_t const bins = std::size_t(p.bins_x) * p.bins_y;
    double const units = plane == shared::plane_scatter_second ? double(shared::detector_units_per_kev2)
                                                               : double(shared::detector_units_per_kev);
    double sum = 0, sum2 = 0;
    for (std::size_t batch = 0; batch < p.batches; ++batch) {
        double of_batch = 0;
        for (std::size_t bin = 0; bin < bins; ++bin)
            if (only_bin < 0 || bin == std::size_t(only_bin))
                of_batch += double(tallies.detector[(plane * std::size_t(p.batches) + batch) * bins + bin]);
        of_batch *= p.batches / units / double(tallies.histories);
        sum += of_batch;
        sum2 += of_batch * of_batch;
    }
    double const n = p.batches;
    return {sum / n, std::sqrt(std::max(0.0, sum2 / n - sum / n * sum / n) / (n - 1))};
}

} // namespace fluoro::test
