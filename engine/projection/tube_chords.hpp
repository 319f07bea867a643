#pragma once
// Inside the projection module: filled tubes as exact chords at the detector's resolution.
#include "pixel_box.hpp"

#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// The rays of a picture.
struct PixelRays {
    Vec3 source, to_origin, column, row;
    double pixel_mm = 0; ///< a pixel's diagonal
    double side_mm = 0;  ///< its side

    explicit PixelRays(Scene const& scene)
        : source{scene.view.source_mm}, column{scene.view.column_direction * scene.pixels.pitch_mm()},
          row{scene.view.row_direction * scene.pixels.pitch_mm()}, pixel_mm{1.5 * scene.pixels.pitch_mm()},
          side_mm{scene.pixels.pitch_mm()}
    {
        Vec2 const first = scene.pixels.position_mm(0, 0);
        to_origin = scene.view.detector_centre_mm + first.x * scene.view.column_direction +
                    first.y * scene.view.row_direction - source;
    }
    Vec3 way(double at_column, double at_row) const { return to_origin + at_column * column + at_row * row; }
};

/// A piece made ready: lengths from the middle of its axis.
struct TubePiece {
    Vec3 middle, axis;
    double radius = 0, taper = 0;   ///< at the middle; change per mm along the axis
    Vec3 from_normal, to_normal;    ///< both along the axis' sense
    Vec3 across_column, across_row; ///< axis x a pixel's side [mm]
    double from_offset = 0, to_offset = 0;
    /// Samples along each side of a pixel that the end crosses; 0 = another piece goes on nearly straight.
    int from_samples = 0, to_samples = 0;
    bool is_end_on = false, goes_on = false; ///< goes_on: at both ends in other pieces
    double reach = 0, half_length = 0;       ///< of the wall from the axis; of the axis with its slanting cuts
    PixelBox box;                            ///< that it can cover
    int filling = 0;
    double share = 1;
};

/// Ready for its pixels; covers none where it does not stand between source and detector.
TubePiece make_piece(FilledTube const& tube, Scene const& scene);
/// Mean length inside the piece over the pixel's aperture. docs/theory/filled-tubes.md
double pixel_chord_mm(TubePiece const& piece, PixelRays const& rays, int column, int row);

} // namespace fluoro
