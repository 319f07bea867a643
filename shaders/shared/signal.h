// Parameters of the energy sum, read by GLSL (shaders/energy_sum.comp) and C++ (engine/projection).
#ifndef FLUORO_SHARED_SIGNAL_H
#define FLUORO_SHARED_SIGNAL_H
#include "begin.h"
FLUORO_SHARED_BEGIN

const uint signal_group_x = 32u; // invocations of a work group: wide, since a software device pays for each group
const uint signal_group_y = 32u;
const uint signal_max_bins = 24u;
const uint signal_max_slabs = 2u; // table top and pad; each costs every pixel, used or not

// One energy bin.
struct BinParams {
    vec4 weights_and_basis; // absorbed energy, its second moment; attenuation of soft and of bone [cm2/g]
    vec4 slabs;             // attenuation of each slab [cm2/g]; zw unused
};

struct SlabParams {
    vec4 source;    // in the slab's own frame [mm]; w: density [g/cm3]
    vec4 to_origin; // to the centre of pixel (0, 0)
    vec4 column;
    vec4 row;
    vec4 half_extent;
};

struct SignalParams {
    uint columns; // of the picture
    uint rows;
    uint first_column; // rectangle to fill
    uint first_row;
    uint rect_columns;
    uint rect_rows;
    float pitch_mm;
    float origin_x_mm; // centre of pixel (0, 0) from the central ray
    float origin_y_mm;
    float source_to_detector_mm;
    float blade_left_mm; // on the detector plane
    float blade_right_mm;
    float blade_top_mm;
    float blade_bottom_mm;
    float penumbra_mm;  // width of a blade's shadow edge
    float fluence_scale; // mAs x (1 m / SID)^2
};

FLUORO_SHARED_END
#endif
