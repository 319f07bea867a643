#include "beam_shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

BeamShapeKey beam_shape_key(Scene const& scene)
{
    return {scene.view.source_to_detector_mm,
            scene.pixels.field_mm,
            scene.pixels.columns,
            scene.pixels.rows,
            scene.tube.anode_angle_deg,
            scene.tube.anode_along_rows,
            scene.exposure.quality,
            scene.scintillator,
            scene.grid};
}

std::vector<double> heel_of_rows(Scene const& scene)
{
    std::vector<double> heel;
    for (int row = 0; row < scene.pixels.rows; ++row) {
        double const tangent = scene.pixels.position_mm(0, row).y / scene.view.source_to_detector_mm;
        heel.push_back(
            heel_tungsten_g_cm2(scene.tube, scene.exposure.quality.voltage, -scene.tube.anode_along_rows * tangent));
    }
    return heel;
}

BeamShape beam_shape(Scene const& scene)
{
    auto const& pixels = scene.pixels;
    double const sid = scene.view.source_to_detector_mm;
    BeamShape shape;
    shape.heel_g_cm2 = heel_of_rows(scene);
    auto const [least, most] = std::minmax_element(shape.heel_g_cm2.begin(), shape.heel_g_cm2.end());
    shape.least_heel_g_cm2 = *least;
    shape.most_heel_g_cm2 = *most;

    // Heel: the open beam's signal row by row.
    BeamDescription const open{scene.exposure.quality,
                               scene.scintillator,
                               scene.grid,
                               shape.least_heel_g_cm2,
                               shape.most_heel_g_cm2,
                               {find_material("water"), find_material("bone")},
                               {0, 0}};
    EnergyTable const bins = binned_table(open);
    auto const on_axis = bins.behind({}, bins.heel_place(0));
    std::vector<double> heel_of_row;
    for (double const heel : shape.heel_g_cm2)
        heel_of_row.push_back(bins.behind({}, bins.heel_place(heel)).mean / on_axis.mean);

    // The grid's cut-off at the mean energy of the signal, open and behind a patient; what depends on energy on the
    // axis is in the energy sum.
    struct CutOff {
        std::vector<double> of_column, of_row;
    };
    auto const cut_off = [&](double water_cm) {
        CutOff cut{std::vector<double>(std::size_t(pixels.columns), 1.0),
                   std::vector<double>(std::size_t(pixels.rows), 1.0)};
        if (!scene.grid) return cut;
        std::array const way{water_cm, 0.0};
        auto const signal = bins.behind(way, bins.heel_place(0));
        GridAttenuation const lead = grid_attenuation(*scene.grid, PhotonEnergy{signal.second / signal.mean});
        double const straight = grid_transmission(*scene.grid, lead, 0, 0);
        for (int column = 0; column < pixels.columns; ++column)
            cut.of_column[std::size_t(column)] =
                grid_transmission(*scene.grid, lead, defocus_tangent(*scene.grid, sid, pixels.position_mm(column, 0).x),
                                  0) /
                straight;
        for (int row = 0; row < pixels.rows; ++row)
            cut.of_row[std::size_t(row)] =
                grid_transmission(*scene.grid, lead, 0, pixels.position_mm(0, row).y / sid) / straight;
        return cut;
    };
    CutOff const open_cut = cut_off(0), patient_cut = cut_off(20);

    shape.geometry = shape.open_beam = Image<float>{pixels.columns, pixels.rows};
    parallel_for(pixels.rows, [&](int first, int last) {
        for (int row = first; row < last; ++row)
            for (int column = 0; column < pixels.columns; ++column) {
                Vec2 const at = pixels.position_mm(column, row);
                double const cosine = sid / std::sqrt(sid * sid + at.x * at.x + at.y * at.y);
                auto const x = std::size_t(column), y = std::size_t(row);
                double const fluence = cosine * cosine * cosine;
                shape.geometry.at(column, row) = float(fluence * patient_cut.of_column[x] * patient_cut.of_row[y]);
                shape.open_beam.at(column, row) =
                    float(fluence * open_cut.of_column[x] * open_cut.of_row[y] * heel_of_row[y]);
            }
    });
    return shape;
}

} // namespace fluoro
