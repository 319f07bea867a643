#pragma once
#include <cstddef>
#include <fluoro/display/road_map.hpp>
#include <fluoro/display/subtraction.hpp>
#include <fluoro/display/temporal_filter.hpp>
#include <optional>
#include <string>

namespace fluoro {

struct DisplaySettings {
    TemporalFilterSettings filter{};  ///< of fluoroscopy; acquisitions are shown frame by frame
    int hold_frames = 4;              ///< last image hold is the mean of this many last frames, >= 1
    double low_frequency_gain = 0.45; ///< compression of the slow part of the logarithmic image, (0, 1]; 1 = none
    double edge_gain = 0.3;           ///< amplification of structures of 4 to 8 pixels, half of it at 8 to 16; [0, 2]
    bool inverted = false;            ///< false: more mass is darker; true: the inverse
    double brightness = 0;            ///< added to the automatic grey scale, as a share of it, [-1, 1]
    double contrast = 1;              ///< steepness about the middle grey, relative to the automatic one, [0.2, 5]
    double zoom = 1;                  ///< of the shown picture, [1, 8]
    std::optional<double> centre_column{}, centre_row{}; ///< of the zoomed part [pixels]; empty = the picture's middle
    SubtractionSettings subtraction{};                   ///< of runs; in fluoroscopy the road map subtracts
    RoadMapSettings road_map{};
    std::size_t run_store_bytes = std::size_t{512} << 20; ///< all stored runs together; read when Display is made
    double fluoro_store_s = 20;                           ///< length of the fluoro store [s]; read when Display is made
    std::size_t fluoro_store_bytes = std::size_t{320} << 20; ///< 20 s at 30 frames of 512 x 512 pixels per second
    std::size_t held_pictures = 64;                          ///< stored last image holds; the oldest goes first
};
/// One line that says what is out of its range, e.g. to refuse a command; empty = nothing.
std::string problem_of(DisplaySettings const& settings);

} // namespace fluoro
