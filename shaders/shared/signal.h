// Parameters of the energy sum, read by GLSL (shaders/energy_sum*.comp) and C++ (engine/projection).
#ifndef FLUORO_SHARED_SIGNAL_H
#define FLUORO_SHARED_SIGNAL_H
#include "begin.h"
FLUORO_SHARED_BEGIN

const uint signal_group_x = 32u; // invocations of a work group: wide, since a software device pays for each group
const uint signal_group_y = 32u;
const uint signal_fitted_energies = 8u; // of the fitted table
const uint signal_max_energies = 24u;   // of the binned one
const uint signal_max_slabs = 2u;       // table top and pad; each costs every pixel, used or not
const uint signal_max_wedges = 2u;

// One energy of the sum.
struct EnergyParams {
    vec4 mean;        // absorbed energy: coefficients of 1, t, t^2, t^3 of the heel's place t
    vec4 second;      // its second moment
    vec4 attenuation; // of soft, bone and both slabs [cm2/g]
    vec4 wedge;       // x: of the wedges [cm2/g]
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
    float unused_a;
    float unused_b;
    float unused_c;
    // Share of a wedge's full thickness: x, y times position [mm], plus z, cut to [0, 1]; w: full [g/cm2].
    vec4 wedge_a;
    vec4 wedge_b;
};

FLUORO_SHARED_END
#endif
