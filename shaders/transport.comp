#version 450
// Photon Monte Carlo: every invocation follows histories one after the other, each with random numbers of its own, so
// that it does not matter which invocation follows which. engine/transport/follow.cpp is the CPU's twin.
#extension GL_GOOGLE_include_directive : require
#include "shared/transport.h"

layout(local_size_x = transport_group) in;
// Not a uniform block: Mesa's software device builds a kernel anew for every set of uniforms that branches depend on.
layout(std430, binding = transport_params_binding) readonly restrict buffer Params { TransportParams p; };
layout(std430, binding = transport_energy_binding) readonly restrict buffer Energy { vec4 energy_table[]; };
layout(std430, binding = transport_angle_binding) readonly restrict buffer Angle { vec4 angle_table[]; };
layout(std430, binding = transport_momentum_binding) readonly restrict buffer Momentum { vec4 momentum_table[]; };
layout(std430, binding = transport_majorant_binding) readonly restrict buffer Majorants { float majorants[]; };
layout(std430, binding = transport_codes_binding) readonly restrict buffer Codes { MediumCode codes[]; };
layout(std430, binding = transport_cells_binding) readonly restrict buffer Cells { uint cells[]; };
layout(std430, binding = transport_regions_binding) readonly restrict buffer Regions { uint regions[]; };
layout(std430, binding = transport_boxes_binding) readonly restrict buffer Boxes { TransportBox boxes[]; };
layout(std430, binding = transport_tubes_binding) readonly restrict buffer Tubes { TransportTube tubes[]; };
layout(std430, binding = transport_tally_boxes_binding) readonly restrict buffer TallyBoxes { TallyBox tally_boxes[]; };
layout(std430, binding = transport_source_binding) readonly restrict buffer Source { SourceLine lines[]; };
layout(std430, binding = transport_heel_binding) readonly restrict buffer Heel { float heel[]; };
layout(std430, binding = transport_response_binding) readonly restrict buffer Response { float response[]; };
layout(std430, binding = transport_grid_binding) readonly restrict buffer Grid { float grid_table[]; };
layout(std430, binding = transport_wanted_binding) readonly restrict buffer Wanted { float wanted_weights[]; };
layout(std430, binding = transport_totals_binding) buffer Totals { uint totals[]; };
layout(std430, binding = transport_deposits_binding) buffer Deposits { uint deposits[]; };
layout(std430, binding = transport_detector_binding) buffer Detector { uint detector[]; };
layout(binding = transport_voxels_binding) uniform usampler3D voxels;
layout(push_constant) uniform Batch { TransportBatch b; };

const float pi = 3.14159265;
const float beyond = 1e9;
// Forced flights are dealt denser places than the medium needs, so that a homogeneous body does not make their
// transmission a yes or no.
const float forced_thickening = 2.0;

// Adds a 64-bit number to a sum of two words. The upper word is touched only where there is something for it, so one
// atomic operation does nearly always, and no device needs 64-bit atomics.
#define ADD_TO(sums, index, amount)                                                                                    \
    {                                                                                                                  \
        uvec2 added = amount;                                                                                          \
        uint before = atomicAdd(sums[2u * (index)], added.x);                                                          \
        uint upper = added.y + (before + added.x < before ? 1u : 0u);                                                  \
        if (upper != 0u) atomicAdd(sums[2u * (index) + 1u], upper);                                                    \
    }

uvec2 added(uvec2 sum, uint amount)
{
    uint low = sum.x + amount;
    return uvec2(low, sum.y + (low < sum.x ? 1u : 0u));
}

uvec2 rounded(float amount)
{
    float whole = floor(amount + 0.5);
    float upper = floor(whole * (1.0 / 4294967296.0));
    return uvec2(uint(whole - upper * 4294967296.0), uint(upper));
}

uint energy_units(float energy_kev, float weight)
{
    return uint(weight * energy_kev * energy_units_per_kev + 0.5);
}

// ---- Random numbers
uvec4 random_state;

float draw()
{
    uint word = xoshiro_word(random_state);
    random_state = xoshiro_next(random_state);
    return uniform_of(word);
}

/// Philox4x32-10 (Salmon et al., SC'11).
uvec4 philox(uvec4 counter, uvec2 key)
{
    for (int round = 0; round < 10; ++round) {
        uint high_a, low_a, high_b, low_b;
        umulExtended(0xD2511F53u, counter.x, high_a, low_a);
        umulExtended(0xCD9E8D57u, counter.z, high_b, low_b);
        counter = uvec4(high_b ^ counter.y ^ key.x, low_b, high_a ^ counter.w ^ key.y, low_a);
        key += uvec2(0x9E3779B9u, 0xBB67AE85u);
    }
    return counter;
}

#include "transport_medium.glsl"
#include "transport_scattering.glsl"

// ---- The photon on its way, and what its invocation has summed up
struct Photon {
    vec3 place;
    vec3 along;
    float energy_kev;
    float weight;
    bool has_scattered;
    uint units_left;
};

/// Copies of a photon that was split where it collides; they collide one after the other.
struct Copies {
    Photon photon;
    int code;
    uint left;
};
// Each level halves the weight at least. Where there is no room, a photon goes on whole: that is as right.
const uint most_waiting = 8u;
Copies waiting[most_waiting];
uint waiting_count = 0u;

uint batch;
uvec2 emitted = uvec2(0u);
uvec2 escaped = uvec2(0u);
uvec2 absorbed = uvec2(0u);
uint collisions = 0u;
uint photons = 0u;

float heel_at(float tangent)
{
    if (p.heel_along_row == 0.0) return 0.0;
    float last = float(heel_nodes - 1u);
    float at = clamp((tangent / heel_reach + 1.0) * 0.5 * last, 0.0, last - 0.001);
    uint node = uint(at);
    return mix(heel[node], heel[node + 1u], at - float(node));
}

float wedge_at(vec4 wedge, float full_g_cm2, vec2 at)
{
    if (full_g_cm2 == 0.0) return 0.0;
    return full_g_cm2 * clamp((dot(wedge.xy, at) - wedge.z) / wedge.w, 0.0, 1.0);
}

/// Starts a history; false where heel, wedges or the fall-off toward the edge took the photon.
bool emit(uint number, out Photon photon)
{
    uint low = b.first_history_low + number;
    uint high = b.first_history_high + (low < number ? 1u : 0u);
    random_state = philox(uvec4(low, high, 0u, transport_stream), uvec2(b.seed_low, b.seed_high));
    uint per_word = (0xffffffffu % p.batches + 1u) % p.batches; // 2^32 modulo batches
    batch = (high % p.batches * per_word + low % p.batches) % p.batches;

    float drawn = draw() * float(p.source_lines);
    uint index = min(uint(drawn), p.source_lines - 1u);
    if (drawn - float(index) > lines[index].keep) index = lines[index].alias;
    SourceLine line = lines[index];

    vec2 at;
    at.x = mix(p.column.w, p.row.w, draw());
    at.y = mix(p.opening_top, p.opening_bottom, draw());
    vec3 to_place = p.to_plane.xyz + at.x * p.column.xyz + at.y * p.row.xyz;
    float distance_mm = length(to_place);
    float cosine = p.to_plane.w / distance_mm;
    float weight = cosine * cosine * cosine;
    if (p.follows_heel_and_wedges != 0u)
        weight *= exp(-line.heel_cm2_g * heel_at(p.heel_along_row * at.y / p.to_plane.w) -
                      line.wedge_a_cm2_g * wedge_at(p.wedge_a, p.wedge_a_g_cm2, at) -
                      line.wedge_b_cm2_g * wedge_at(p.wedge_b, p.wedge_b_g_cm2, at));
    if (draw() >= weight) return false;

    photon.place = p.source.xyz;
    photon.along = to_place / distance_mm;
    if (p.source.w > 0.0) {
        float right = p.source.w * (draw() - 0.5);
        float down = p.source.w * (draw() - 0.5);
        vec3 through = photon.place + p.blades_share * to_place;
        photon.place += right * p.column.xyz + down * p.row.xyz;
        photon.along = normalize(through - photon.place);
    }
    photon.energy_kev = line.energy_kev;
    photon.weight = max(1.0, weight);
    photon.has_scattered = false;
    photon.units_left = energy_units(photon.energy_kev, photon.weight);
    emitted = added(emitted, photon.units_left);
    ++photons;
    return true;
}

/// Way to the detector's face, or `beyond` where the photon flies past it.
float way_to_detector(vec3 place, vec3 along)
{
    if (p.has_detector == 0u) return beyond;
    vec3 normal = p.to_plane.xyz / p.to_plane.w;
    float facing = dot(along, normal);
    if (facing <= 1e-4) return beyond;
    vec3 foot = p.source.xyz + p.to_plane.xyz;
    float way = dot(foot - place, normal) / facing;
    vec3 off = place + way * along - foot;
    bool hits = way > 0.0 && abs(dot(off, p.column.xyz)) <= p.detector_half_column_mm &&
                abs(dot(off, p.row.xyz)) <= p.detector_half_row_mm;
    return hits ? way : beyond;
}

float grid_row(uint energy, uint along, float across)
{
    uint node = (energy * grid_along_nodes + along) * grid_across_nodes + uint(across);
    return mix(grid_table[node], grid_table[node + 1u], fract(across));
}

float grid_share(float energy_kev, float across, float along)
{
    float e = clamp((energy_kev - grid_lowest_kev) / grid_energy_step_kev, 0.0, float(grid_energy_nodes) - 1.001);
    float a = clamp(abs(along) / (abs(along) + grid_along_scale) * float(grid_along_nodes), 0.0,
                    float(grid_along_nodes) - 1.001);
    float c = clamp(abs(across) / (abs(across) + grid_across_scale) * float(grid_across_nodes), 0.0,
                    float(grid_across_nodes) - 1.001);
    float low = mix(grid_row(uint(e), uint(a), c), grid_row(uint(e), uint(a) + 1u, c), fract(a));
    float high = mix(grid_row(uint(e) + 1u, uint(a), c), grid_row(uint(e) + 1u, uint(a) + 1u, c), fract(a));
    return mix(low, high, fract(e));
}

void score(bool is_scatter, vec3 place, vec3 along, float energy_kev, EnergyPlace at, float weight)
{
    vec3 off = place - p.source.xyz - p.to_plane.xyz;
    float x = dot(off, p.column.xyz);
    float y = dot(off, p.row.xyz);
    float facing = dot(along, p.to_plane.xyz) / p.to_plane.w;
    float depth = mix(response[at.node], response[at.node + 1u], at.share);
    float passed = weight * (1.0 - exp(-depth / facing));
    if (p.has_grid != 0u) {
        float across = dot(along, p.column.xyz) / facing;
        float line = x / p.grid_focus_mm;
        passed *= grid_share(energy_kev, (across - line) / (1.0 + across * line), dot(along, p.row.xyz) / facing);
    }
    uvec2 last = uvec2(p.bins_x, p.bins_y) - 1u;
    vec2 half_mm = vec2(p.detector_half_column_mm, p.detector_half_row_mm);
    uvec2 bin = min(uvec2(max((vec2(x, y) / half_mm + 1.0) * 0.5 * vec2(p.bins_x, p.bins_y), vec2(0.0))), last);
    uint bins = p.bins_x * p.bins_y;
    uint here = batch * bins + bin.y * p.bins_x + bin.x;
    float energy = passed * energy_kev;
    if (is_scatter) {
        ADD_TO(detector, plane_scatter * p.batches * bins + here, rounded(energy * detector_units_per_kev))
        ADD_TO(detector, plane_scatter_second * p.batches * bins + here,
               rounded(energy * energy_kev * detector_units_per_kev2))
    } else
        ADD_TO(detector, plane_primary * p.batches * bins + here, rounded(energy * detector_units_per_kev))
}

void deposit(vec3 place, uint units)
{
    if (units == 0u) return;
    absorbed = added(absorbed, units);
    for (uint i = 0u; i < p.tally_boxes; ++i)
        if (all(greaterThanEqual(place, tally_boxes[i].low.xyz)) && all(lessThan(place, tally_boxes[i].high.xyz)))
            ADD_TO(deposits, i, uvec2(units, 0u))
    if (p.regions == 0u || shape_at(place) != vacuum) return;
    ivec4 voxel = voxel_at(place);
    if (voxel.w == 0) return;
    uint at = (uint(voxel.z) * p.voxels.y + uint(voxel.y)) * p.voxels.x + uint(voxel.x);
    ADD_TO(deposits, p.tally_boxes + (regions[at >> 2u] >> (8u * (at & 3u)) & 0xffu), uvec2(units, 0u))
}

/// Splits a colliding photon, or plays for its going on, where its weight is not near the wanted one; the number of
/// photons that collide now.
uint split(inout Photon photon, int code)
{
    float along_axis = dot(photon.place - p.source.xyz, p.to_plane.xyz) / p.to_plane.w;
    float node = clamp((along_axis - p.wanted_start_mm) * p.wanted_nodes_per_mm, 0.0, float(wanted_nodes) - 1.001);
    float wanted = mix(wanted_weights[uint(node)], wanted_weights[uint(node) + 1u], fract(node));
    float ratio = photon.weight / wanted;
    bool has_room = waiting_count < most_waiting;
    if (!(ratio >= 2.0 && has_room) && !(ratio < 0.5)) return 1u;
    uint copies = uint(ratio + draw());
    photon.weight = wanted;
    photon.units_left = energy_units(photon.energy_kev, photon.weight);
    if (copies > 1u) waiting[waiting_count++] = Copies(photon, code, copies - 1u);
    return copies;
}

/// A flight through the cells: either until something stops the photon, or, forced, to a place on the detector with a
/// weight that falls on the way.
struct Flight {
    vec3 from;
    vec3 along;
    float limit;
    EnergyPlace at;
    bool is_forced;
    float weight;      // of a forced one
    int code;          // where the photon was stopped
    float attenuation; // there [1/mm]
};

/// Way flown, or a negative number where nothing stopped it.
float fly(inout Flight f)
{
    // Into and out of the world's box.
    vec3 inverse = 1.0 / f.along;
    bvec3 still = equal(f.along, vec3(0.0));
    vec3 to_low = p.world_low.xyz - f.from;
    vec3 to_high = p.world_high.xyz - f.from;
    if (any(bvec3(uvec3(still) & uvec3(bvec3(uvec3(greaterThan(to_low, vec3(0.0))) | uvec3(lessThan(to_high, vec3(0.0))))))))
        return -1.0;
    vec3 a = mix(to_low * inverse, vec3(-beyond), still);
    vec3 z = mix(to_high * inverse, vec3(beyond), still);
    vec3 enter = min(a, z);
    vec3 leave = max(a, z);
    float t = max(max(enter.x, enter.y), max(enter.z, 0.0));
    float end = min(min(leave.x, leave.y), min(leave.z, f.limit));
    if (!(t < end)) return -1.0;
    // The cell at the start and the ways to its faces.
    ivec3 last = ivec3(p.cells.xyz) - 1;
    ivec3 cell = clamp(ivec3((f.from + t * f.along - p.world_low.xyz) * p.cells_per_mm.xyz), ivec3(0), last);
    ivec3 move = ivec3(sign(f.along));
    vec3 pitch = mix(1.0 / (p.cells_per_mm.xyz * abs(f.along)), vec3(beyond), still);
    vec3 face = p.world_low.xyz + vec3(cell + max(move, ivec3(0))) / p.cells_per_mm.xyz;
    vec3 next = mix((face - f.from) * inverse, vec3(beyond), still);
    float thickening = f.is_forced ? forced_thickening : 1.0;

    float depth = -log(draw());
    float majorant = thickening * majorant_of((uint(cell.z) * p.cells.y + uint(cell.y)) * p.cells.x + uint(cell.x), f.at);
    for (;;) {
        float nearest = min(next.x, min(next.y, next.z));
        float way = min(nearest, end) - t;
        if (depth >= majorant * way) {
            // On to the next cell.
            depth -= max(0.0, majorant * way);
            t = max(t, min(nearest, end));
            if (nearest >= end) return -1.0;
            ivec3 crossed = next.x < next.y ? (next.x < next.z ? ivec3(1, 0, 0) : ivec3(0, 0, 1))
                                            : (next.y < next.z ? ivec3(0, 1, 0) : ivec3(0, 0, 1));
            cell += crossed * move;
            if (any(lessThan(cell, ivec3(0))) || any(greaterThan(cell, last))) return -1.0;
            next += vec3(crossed) * pitch;
            majorant = thickening *
                       majorant_of((uint(cell.z) * p.cells.y + uint(cell.y)) * p.cells.x + uint(cell.x), f.at);
            continue;
        }
        t += depth / majorant;
        f.code = code_at(f.from + t * f.along);
        if (f.code != vacuum) {
            f.attenuation = total_per_mm(f.code, f.at);
            if (f.is_forced)
                f.weight *= 1.0 - f.attenuation / majorant;
            else if (draw() * majorant < f.attenuation)
                return t;
        }
        depth = -log(draw());
    }
}

void main()
{
    uint step_size = gl_NumWorkGroups.x * transport_group;
    uint number = gl_GlobalInvocationID.x;
    Photon photon;
    bool is_alive = false;
    // The collision at hand, while its forced flight is under way.
    bool is_compton;
    uint material;
    EnergyPlace at;
    vec3 target;
    float forced_energy;
    Flight flight;
    flight.is_forced = false;

    // One flight per turn, the photon's own or a forced one, so that invocations with histories of different lengths
    // stay together; one that has finished a history starts its next.
    for (;;) {
        bool is_copy = !is_alive && waiting_count > 0u; // stands where it collides
        if (is_copy) {
            photon = waiting[waiting_count - 1u].photon;
            flight.code = waiting[waiting_count - 1u].code;
            if (--waiting[waiting_count - 1u].left == 0u) --waiting_count;
            at = place_of(photon.energy_kev);
            flight.attenuation = total_per_mm(flight.code, at);
            is_alive = true;
        } else if (!is_alive) {
            if (number >= b.histories) break;
            is_alive = emit(number, photon);
            number += step_size;
            if (!is_alive) continue;
        }
        if (!flight.is_forced && !is_copy) {
            at = place_of(photon.energy_kev);
            flight.from = photon.place;
            flight.along = photon.along;
            flight.limit = way_to_detector(photon.place, photon.along);
            flight.at = at;
        }
        float way = is_copy ? 0.0 : fly(flight);

        if (!flight.is_forced) {
            if (way < 0.0) {
                if (flight.limit < beyond && (!photon.has_scattered || p.scoring == scoring_analogue))
                    score(photon.has_scattered, photon.place + flight.limit * photon.along, photon.along,
                          photon.energy_kev, at, photon.weight);
                escaped = added(escaped, photon.units_left);
                is_alive = false;
                continue;
            }
            if (!is_copy) {
                photon.place += way * photon.along;
                ++collisions;
                if (p.wanted_nodes_per_mm > 0.0 && split(photon, flight.code) == 0u) {
                    is_alive = false;
                    continue;
                }
            }
            MediumCode c = codes[flight.code];
            vec4 of_a = energy_row(c.material_a, at) * c.density_a_g_cm3;
            vec4 of_b = vec4(0.0);
            if (c.density_b_g_cm3 != 0.0) of_b = energy_row(c.material_b, at) * c.density_b_g_cm3;
            float incoherent = max(0.0, of_a.y + of_b.y);
            float elastic = max(0.0, of_a.z + of_b.z);
            float drawn = draw() * flight.attenuation;
            if (drawn >= incoherent + elastic) {
                deposit(photon.place, photon.units_left);
                is_alive = false;
                continue;
            }
            is_compton = drawn < incoherent;
            float share_a = max(0.0, is_compton ? of_a.y : of_a.z);
            float share_b = max(0.0, is_compton ? of_b.y : of_b.z);
            material = share_b > 0.0 && draw() * (share_a + share_b) >= share_a ? c.material_b : c.material_a;
            if (p.scoring == scoring_forced && p.has_detector != 0u) {
                // What this scattering sends to a random place of the detector, on average.
                float x = p.detector_half_column_mm * (2.0 * draw() - 1.0);
                float y = p.detector_half_row_mm * (2.0 * draw() - 1.0);
                target = p.source.xyz + p.to_plane.xyz + x * p.column.xyz + y * p.row.xyz;
                flight.along = target - photon.place;
                flight.limit = length(flight.along);
                flight.along /= flight.limit;
                float facing = dot(flight.along, p.to_plane.xyz) / p.to_plane.w;
                if (facing > 1e-4) {
                    float cosine = clamp(dot(photon.along, flight.along), -1.0, 1.0);
                    float area = 4.0 * p.detector_half_column_mm * p.detector_half_row_mm;
                    flight.weight = photon.weight * cosine_density(is_compton, material, photon.energy_kev, at, cosine) *
                                    area * facing / (2.0 * pi * flight.limit * flight.limit);
                    forced_energy = is_compton ? compton_energy(photon.energy_kev, cosine) : photon.energy_kev;
                    if (forced_energy >= p.cutoff_kev) {
                        flight.from = photon.place;
                        flight.at = place_of(forced_energy);
                        flight.is_forced = true;
                        continue;
                    }
                }
            }
        } else {
            score(true, target, flight.along, forced_energy, flight.at, flight.weight);
            flight.is_forced = false;
        }

        // The scattering itself.
        float cosine = is_compton ? draw_incoherent_cosine(material, photon.energy_kev, at)
                                  : draw_coherent_cosine(material, photon.energy_kev, at);
        photon.along = turned(photon.along, cosine);
        if (is_compton) photon.energy_kev = compton_energy(photon.energy_kev, cosine);
        photon.has_scattered = true;
        uint after = photon.energy_kev < p.cutoff_kev ? 0u : energy_units(photon.energy_kev, photon.weight);
        deposit(photon.place, photon.units_left - after);
        photon.units_left = after;
        is_alive = after != 0u;
    }

    ADD_TO(totals, total_emitted, emitted)
    ADD_TO(totals, total_escaped, escaped)
    ADD_TO(totals, total_absorbed, absorbed)
    ADD_TO(totals, total_collisions, uvec2(collisions, 0u))
    ADD_TO(totals, total_photons, uvec2(photons, 0u))
}
