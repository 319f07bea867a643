#include "beam_shape.hpp"

#include <algorithm>
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
        heel.push_back(heel_tungsten_g_cm2(scene.tube, scene.exposure.quality.voltage,
                                           -scene.tube.anode_along_rows * tangent));
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
    BeamDescription const open{scene.exposure.quality,  scene.scintillator,       scene.grid,
                               shape.least_heel_g_cm2,  shape.most_heel_g_cm2,    {find_material("water"), find_material("bone")},
                               {0, 0}};
    EnergyTable const bins = binned_table(open);
    auto const on_axis = bins.behind({}, bins.heel_place(0));
    std::vector<double> of_row, of_column;
    for (double const heel : shape.heel_g_cm2)
        of_row.push_back(bins.behind({}, bins.heel_place(heel)).mean / on_axis.mean);

    // The grid's cut-off at the signal's mean energy; what depends on energy on the axis is in the energy sum.
    double const energy_kev = on_axis.second / on_axis.mean;
    auto const passed = [&](double across, double along) {
        return scene.grid ? grid_transmission(*scene.grid, PhotonEnergy{energy_kev}, across, along) : 1.0;
    };
    double const straight = passed(0, 0);
    std::vector<double> grid_of_row;
    for (int column = 0; column < pixels.columns; ++column)
        of_column.push_back(
            scene.grid ? passed(defocus_tangent(*scene.grid, sid, pixels.position_mm(column, 0).x), 0) / straight : 1);
    for (int row = 0; row < pixels.rows; ++row)
        grid_of_row.push_back(passed(0, pixels.position_mm(0, row).y / sid) / straight);

    shape.geometry = shape.open_beam = Image<float>{pixels.columns, pixels.rows};
    parallel_for(pixels.rows, [&](int first, int last) {
        for (int row = first; row < last; ++row)
            for (int column = 0; column < pixels.columns; ++column) {
                Vec2 const at = pixels.position_mm(column, row);
                double const cosine = sid / std::hypot(sid, at.x, at.y);
                double const value = cosine * cosine * cosine * of_column[std::size_t(column)] * grid_of_row[std::size_t(row)];
                shape.geometry.at(column, row) = float(value);
                shape.open_beam.at(column, row) = float(value * of_row[std::size_t(row)]);
            }
    });
    return shape;
}

} // namespace fluoro
