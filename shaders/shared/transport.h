// Photon transport: what the kernel and its CPU twin both read (engine/transport builds it).
// Lengths in mm, energies in keV, all places in the transport frame: axes along the voxel grid's, origin at the outer
// corner of voxel (0, 0, 0). docs/theory/photon-transport.md
#ifndef FLUORO_SHARED_TRANSPORT_H
#define FLUORO_SHARED_TRANSPORT_H
#include "begin.h"
FLUORO_SHARED_BEGIN

// ---- Tables -----------------------------------------------------------------------------------------------------
// Energy nodes are even in the logarithm, 1 % apart; values between them are linear in the node's number.
const uint energy_nodes = 512u;
const float lowest_energy_kev = 1.0f;
const float energy_nodes_per_octave = 70.0f; // the last node stands at 157 keV
// Nodes of the squared momentum transfer x^2 = (E / 12.398)^2 (1 - cos) / 2 [1/A^2], even in its logarithm.
const uint momentum_nodes = 256u;
const float lowest_momentum2 = 1e-5f;
const float momentum_nodes_per_octave = 10.5f; // the last node stands at 204 / A^2, beyond backscatter at 157 keV
const float kev_angstrom = 12.39842f;          // hc
const float electron_rest_kev = 510.99895f;
const uint max_transport_materials = 64u;

// energy_table[material * energy_nodes + node]: total, incoherent, coherent attenuation per density
// [1/mm per g/cm3]; the photo-electric part is the rest. w: 1 / integral over cos of the Rayleigh shape
// F^2 (1 + cos^2), so that shape times w is the density of cos.
// angle_table, same place: x = 1 / integral over cos of the Compton shape klein_nishina_shape * S;
// y = S at backscatter; z = A (below) at backscatter; w unused.
// momentum_table[material * momentum_nodes + node]: x = S, incoherent scattering function, 1 for free electrons;
// y = F^2, squared form factor over its value forward; z = A, integral of F^2 over x^2 from 0; w = x^2 of the node.
// F^2 is linear in x^2 between nodes and constant below the first, A is its integral. S is linear in x^2 and
// proportional to x^2 below the first node.

// ---- Medium -----------------------------------------------------------------------------------------------------
// What a 16-bit code stands for: one or two materials with signed densities whose sum attenuates (never below 0 in
// total). Processes are chosen by the signed sums, cut at 0; the angle by the constituents of positive density.
struct MediumCode {
    float density_a_g_cm3;
    float density_b_g_cm3;
    uint material_a;
    uint material_b;
};

// A box of one code, in front of the voxels.
struct TransportBox {
    vec4 centre; // w: half extent along x
    vec4 x;      // unit axis; w: half extent along y
    vec4 y;      // unit axis; w: half extent along z
    vec4 z;      // unit axis; w: code, as a number
};

// A straight piece of a round tube of one code, in front of boxes and voxels. A place belongs to it where
// dot(p - from, from_normal) >= 0, dot(p - to, to_normal) <= 0 and its distance from the axis is below the radius,
// which goes evenly from one end to the other along the axis.
struct TransportTube {
    vec4 from;        // w: radius at this end
    vec4 to;          // w: radius at that end
    vec4 from_normal; // unit, along the tube; w: code, as a number
    vec4 to_normal;   // unit, along the tube
};

// A box whose absorbed energy is tallied; sides along the transport frame's axes.
struct TallyBox {
    vec4 low;
    vec4 high;
};

// ---- Source -----------------------------------------------------------------------------------------------------
// One line of the spectrum. Drawn by the alias method: line = floor(u lines), kept if the rest is below keep.
struct SourceLine {
    float energy_kev;
    float keep;
    uint alias;          // line taken otherwise
    float heel_cm2_g;    // attenuation of the target's tungsten at this energy
    float wedge_a_cm2_g; // attenuation of the wedges' materials
    float wedge_b_cm2_g;
    float unused_a;
    float unused_b;
};

const uint heel_nodes = 65u; // extra tungsten [g/cm2] at tangents -0.2 .. 0.2 toward the cathode, even; held beyond
const float heel_reach = 0.2f;

// ---- Splitting --------------------------------------------------------------------------------------------------
// Where a photon collides, n = weight / wanted weight there (linear between nodes, held beyond). If n >= 2 it goes on as
// floor(n + u) photons and if n < 1/2 it goes on with probability n, each of weight / n. Before the collision is drawn,
// so that every one makes its own. Deposits then balance on average only.
const uint wanted_nodes = 64u;

// ---- Anti-scatter grid ------------------------------------------------------------------------------------------
// grid_table[(energy * grid_along_nodes + along) * grid_across_nodes + across]: share that passes, at squeezed
// tangents t / (t + scale) = node / nodes (so that the last node is still a finite tangent), and at energies even in
// keV. Trilinear, held at the ends.
const uint grid_energy_nodes = 31u; // 5 keV apart from grid_lowest_kev
const uint grid_across_nodes = 64u;
const uint grid_along_nodes = 16u;
const float grid_lowest_kev = 1.0f;
const float grid_energy_step_kev = 5.0f;
const float grid_across_scale = 0.1f;
const float grid_along_scale = 1.0f;

// ---- Tallies ----------------------------------------------------------------------------------------------------
// All sums are 64-bit integers, so that their order does not matter.
const float energy_units_per_kev = 65536.0f;     // deposits, escapes, emission
const float detector_units_per_kev = 1048576.0f; // absorbed energy in a detector bin
const float detector_units_per_kev2 = 16384.0f;  // sum of quanta x energy^2 in a detector bin
// totals[]: emitted, escaped, absorbed energy [energy units]; collisions; photons that left the source.
const uint total_emitted = 0u;
const uint total_escaped = 1u;
const uint total_absorbed = 2u;
const uint total_collisions = 3u;
const uint total_photons = 4u;
const uint total_count = 5u;
// detector[(plane * batches + batch) * bins_x * bins_y + row * bins_x + column]; a history belongs to batch
// history modulo batches. Planes:
const uint plane_scatter = 0u;         // [detector units per keV]
const uint plane_scatter_second = 1u;  // [detector units per keV2]
const uint plane_primary = 2u;         // [detector units per keV]
const uint plane_count = 3u;

const uint scoring_analogue = 0u; // photons that fly into the detector
const uint scoring_forced = 1u;   // from every collision, one photon forced toward a random place of the detector

// ---- Parameters -------------------------------------------------------------------------------------------------
struct TransportParams {
    // Voxels: place / voxel size = continuous index from the corner.
    vec4 voxels_per_mm;
    uvec4 voxels; // counts along x, y, z; w: 1 = there are voxels
    // Cells of the majorant cover the whole world; beyond is vacuum.
    vec4 world_low;
    vec4 world_high;
    vec4 cells_per_mm;
    uvec4 cells; // counts along x, y, z; w: majorant classes (class 0 is vacuum)
    vec4 tubes_low; // box around all tubes
    vec4 tubes_high;
    // Source: a square focal spot, the blades' rectangle given by its shadow of the spot's centre on the plane of the
    // detector. A photon leaves a random place of the spot through a random place of the blades' opening.
    vec4 source;          // centre of the focal spot; w: its side
    vec4 to_plane;        // from the source to where the central ray meets the detector's plane; w: its length (SID)
    vec4 column;          // unit, toward increasing column; w: opening's left edge on the plane
    vec4 row;             // unit, toward increasing row; w: opening's right edge
    float opening_top;    // edges along the row direction
    float opening_bottom;
    float blades_share;   // distance source to blades over SID
    float heel_along_row; // +1: the cathode lies toward increasing row, -1: toward decreasing row; 0: no heel
    vec4 wedge_a;         // unit direction on the plane (column, row), edge [mm], ramp [mm]
    vec4 wedge_b;
    float wedge_a_g_cm2; // full mass thickness, 0 = no wedge
    float wedge_b_g_cm2;
    // Detector: rectangle around the central ray's foot.
    float detector_half_column_mm;
    float detector_half_row_mm;
    uint bins_x;
    uint bins_y;
    uint batches;
    uint scoring;
    uint has_detector;
    uint has_grid;
    float grid_focus_mm;
    uint source_lines;
    uint boxes;
    uint tubes;
    uint tally_boxes;
    uint regions; // 0: no region per voxel; else regions' count, region numbers are 8 bits
    float cutoff_kev; // a photon below is absorbed where it is
    uint follows_heel_and_wedges; // 0: every photon has weight 1
    float wanted_start_mm;     // of the table of wanted weights, along the central ray from the source
    float wanted_nodes_per_mm; // 0: no splitting, every photon keeps its weight
};

// What differs from dispatch to dispatch.
struct TransportBatch {
    uint seed_low;
    uint seed_high;
    uint first_history_low;
    uint first_history_high;
    uint histories;
    uint unused_a;
    uint unused_b;
    uint unused_c;
};

// Bindings of the kernel: buffers, then the texture.
const uint transport_params_binding = 0u;
const uint transport_energy_binding = 1u;    // vec4
const uint transport_angle_binding = 2u;     // vec4
const uint transport_momentum_binding = 3u;  // vec4
const uint transport_majorant_binding = 4u;  // float [class * energy_nodes + node], 1/mm
const uint transport_codes_binding = 5u;     // MediumCode
const uint transport_cells_binding = 6u;     // uint, four classes each, the lowest byte first
const uint transport_regions_binding = 7u;   // uint, four regions each
const uint transport_boxes_binding = 8u;     // TransportBox
const uint transport_tubes_binding = 9u;     // TransportTube
const uint transport_tally_boxes_binding = 10u;
const uint transport_source_binding = 11u;   // SourceLine
const uint transport_heel_binding = 12u;     // float
const uint transport_response_binding = 13u; // float [energy node]: scintillator's optical depth at normal incidence
const uint transport_grid_binding = 14u;     // float
const uint transport_wanted_binding = 15u;   // float [wanted_nodes]
const uint transport_totals_binding = 16u;   // int64 [total_count], two words each, the lower first
const uint transport_deposits_binding = 17u; // int64 [tally_boxes], then [regions]
const uint transport_detector_binding = 18u; // int64
const uint transport_voxels_binding = 19u;   // texture of 16-bit codes
const uint transport_buffers = 19u;
const uint transport_group = 128u; // invocations of a work group

// ---- Random numbers ---------------------------------------------------------------------------------------------
// A history's numbers: Philox4x32-10 with counter (history low, history high, 0, transport_stream) and key (seed low,
// seed high) fills the four words of a xoshiro128++ generator, which runs on from there.
const uint transport_stream = 6u;
FLUORO_FN uint rotate_left(uint word, uint by) { return (word << by) | (word >> (32u - by)); }
FLUORO_FN uint xoshiro_word(uvec4 s) { return rotate_left(s.x + s.w, 7u) + s.x; }
FLUORO_FN uvec4 xoshiro_next(uvec4 s)
{
    uint t = s.y << 9u;
    s.z ^= s.x;
    s.w ^= s.y;
    s.y ^= s.z;
    s.x ^= s.w;
    s.z ^= t;
    s.w = rotate_left(s.w, 11u);
    return s;
}
// Uniform in (0, 1): never 0, never 1, exact in a float.
FLUORO_FN float uniform_of(uint word) { return (float(word >> 9u) + 0.5f) * (1.0f / 8388608.0f); }

// ---- Physics ----------------------------------------------------------------------------------------------------
// Energy of a photon after Compton scattering off a free electron at rest.
FLUORO_FN float compton_energy(float energy_kev, float cosine)
{
    return energy_kev / (1.0f + energy_kev / electron_rest_kev * (1.0f - cosine));
}
// Klein-Nishina cross section per solid angle over r_e^2 / 2: 2 forward, never more.
FLUORO_FN float klein_nishina_shape(float energy_kev, float cosine)
{
    float kept = 1.0f / (1.0f + energy_kev / electron_rest_kev * (1.0f - cosine));
    return kept * kept * (kept + 1.0f / kept - 1.0f + cosine * cosine);
}
FLUORO_FN float momentum2(float energy_kev, float cosine)
{
    float k = energy_kev / kev_angstrom;
    return 0.5f * k * k * (1.0f - cosine);
}

FLUORO_SHARED_END
#endif
