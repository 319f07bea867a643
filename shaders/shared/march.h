// Parameters of the ray march, read by GLSL (shaders/march_*.comp) and C++ (engine/projection).
#ifndef FLUORO_SHARED_MARCH_H
#define FLUORO_SHARED_MARCH_H
#include "begin.h"
FLUORO_SHARED_BEGIN

const uint march_group_side = 8u;
const uint hu_bias = 1024u; // texels hold HU + bias, clamped to 16 bits

struct MarchParams {
    vec4 source;    // continuous voxel index; for Joseph permuted to (u, v, main axis)
    vec4 to_origin; // from the source to the detector point of ray (0, 0), same coordinates
    vec4 column;    // step from ray to ray along a row
    vec4 row;
    vec4 to_origin_mm; // the same three in mm, for the length of a step
    vec4 column_mm;
    vec4 row_mm;
    vec4 hinge_hu_a; // HU where the bone density bends, and by how much [g/cm3 per HU]
    vec4 hinge_hu_b;
    vec4 hinge_slope_a;
    vec4 hinge_slope_b;
    uint first_column; // rectangle of rays to march
    uint first_row;
    uint columns;
    uint rows;
    uint stride; // rays in a row of the whole ray grid
    uint size_u; // voxels
    uint size_v;
    uint size_main;
    uint strict_u; // 1: this axis is the ray's main axis only if it beats u outright (ties go to one axis)
    uint strict_v;
    float soft_per_hu;   // [g/cm3 per HU]
    float soft_per_bone;
    float cell_u; // texture only: sides of a cell [voxels]
    float cell_v;
    float cell_main;
    uint reports_work; // texture only; 1: writes samples taken and cells crossed instead of thicknesses
};

// How the body has moved: nodes on rays of a lattice that follows the beam, the planes of nodes parallel to the detector.
// t is the fraction of the way from the source to the detector plane.
struct MarchWarp {
    vec4 u_per_mm; // shift of the index along u, v and the main axis [voxels] by a shift in the patient [mm]
    vec4 v_per_mm;
    vec4 main_per_mm;
    vec4 most_voxels;  // largest shift along u, v and the main axis; for the texture along i, j, k
    float first_column; // ray of the first node
    float first_row;
    float nodes_per_column; // nodes from ray to ray
    float nodes_per_row;
    uint columns; // nodes
    uint rows;
    uint planes;
    float first_t; // of the first plane
    float t_step;  // from plane to plane
    float lung_none; // HU above air from which on nothing thins out as lungs fill; and how soon below it does
    float lung_slope;
    float unused;
};

struct MarchChunk { // push constants
    uint first_plane;
    uint planes;
    uint adds; // 0: writes, 1: adds to what is there
    uint first_row; // band of rows, so that one dispatch stays short
};

// A cell that may be crossed in one step: mean HU above air in the low half, mean bone density in the high half.
const uint march_cell_mixed = 0xffffffffu; // must be sampled
const float cell_least_hu = -24.0f;        // above air
const float cell_hu_step = 0.0625f;
const float cell_least_bone_g_cm3 = -1.0f;
const float cell_bone_step_g_cm3 = 0.0000625f;
FLUORO_FN float cell_above_air_hu(uint word) { return cell_least_hu + cell_hu_step * float(word & 0xffffu); }
FLUORO_FN float cell_bone_g_cm3(uint word) { return cell_least_bone_g_cm3 + cell_bone_step_g_cm3 * float(word >> 16); }

FLUORO_SHARED_END
#endif
