#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fluoro {

/// What is uneven in one panel, fixed for its life. The figures are usual ones from memory, adjustable.
struct PanelModel {
    std::uint64_t seed = 1;         ///< the panel's own: never the run's
    double native_pitch_mm = 0.154; ///< of one element
    double side_mm = 400;           ///< of the whole panel; zoom formats lie in its middle
    double sensitivity_spread = 0;  ///< standard deviation from element to element, relative; 0.015 on a real panel
    double pedestal_dn = 0;         ///< digital number of no charge, so that noise below it is read too
    double column_offset_dn = 0;    ///< standard deviation of the amplifiers' offsets
    double row_offset_dn = 0;       ///< and of the gate lines'
    double dead_elements = 0;       ///< share of all elements; 1e-4 on a real panel
    double dead_lines = 0;          ///< share of all lines, each way; 1e-3 on a real panel
};

/// A pixel that reads nothing of use, and the good ones around it that stand in.
struct PixelRepair {
    std::size_t pixel = 0;
    std::vector<std::size_t> from;
    std::vector<float> weights; ///< sum 1
};

/// The panel's maps in one read-out format, as a calibration over many frames knows them: exactly. An element's charge
/// is joined with its neighbours' before the amplifier, so a dead one in a large pixel lowers its sensitivity only; a
/// pixel that lost half of its area or more is repaired instead. docs/theory/detector.md
struct PanelMap {
    int columns = 0, rows = 0;
    double pitch_mm = 0;
    std::vector<float> sensitivity;   ///< per pixel, 1 on average; 0 = dead
    std::vector<float> column_offset; ///< [DN]
    std::vector<float> row_offset;    ///< [DN], pedestal included
    std::vector<PixelRepair> repairs;
};

PanelMap panel_map(PanelModel const& panel, int columns, int rows, double pitch_mm);

} // namespace fluoro
