#pragma once
// Inside the projection module: filled tubes as exact chords at the detector's resolution.
#include "most_lanes.hpp"
#include "pixel_box.hpp"

#include <fluoro/scene/scene.hpp>
#include <span>

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
};

/// What a ray's way has along some direction: linear in the pixel's column and row.
struct AlongWay {
    double at = 0, column = 0, row = 0;

    AlongWay() = default;
    AlongWay(Vec3 const& direction, PixelRays const& rays)
        : at{glm::dot(direction, rays.to_origin)}, column{glm::dot(direction, rays.column)}, row{glm::dot(direction,
                                                                                                          rays.row)}
    {
    }
};

/// So many smaller apertures for one pixel.
struct SubPixels {
    int columns = 1, rows = 1;
};

/// A piece made ready: lengths from the middle of its axis.
struct TubePiece {
    AlongWay to_middle, along_axis, along_from, along_to; ///< source to middle; axis; normals of the ends
    double across_column = 0, across_column_per_row = 0;  ///< axis x a pixel's side along columns [mm2]
    double across_row = 0, across_row_per_column = 0;     ///< and along rows
    double middle2 = 0, middle_along = 0;                 ///< square of source to middle; its part along the axis
    double radius = 0, taper = 0;                         ///< at the middle; change per mm along the axis
    double from_at = 0, to_at = 0;                        ///< source to the ends' planes, along their normals
    /// Samples along each side of a pixel that the end crosses; 0 = another piece goes on nearly straight.
    int from_samples = 0, to_samples = 0;
    SubPixels at_end;                        ///< of a pixel that an open end crosses
    bool is_end_on = false, goes_on = false; ///< goes_on: at both ends in other pieces
    double reach = 0, half_length = 0;       ///< of the wall from the axis; of the axis with its slanting cuts
    PixelBox box;                            ///< that it can cover
    int filling = 0;
    double share = 1;
};

/// Ready for its pixels; covers none where it does not stand between source and detector.
TubePiece make_piece(FilledTube const& tube, Scene const& scene, PixelRays const& rays);
/// Adds to the pixels of `within`, whose rows are `stride` apart in `mm`, the piece's share of the mean length inside
/// it over each pixel's aperture. The same bits for any width of vectors. docs/theory/filled-tubes.md
void add_chords(TubePiece const& piece, PixelRays const& rays, PixelBox const& within, int stride, std::span<float> mm,
                MostLanes most = MostLanes::sixteen);

} // namespace fluoro
