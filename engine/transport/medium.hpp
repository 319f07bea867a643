#pragma once
// Inside the transport module: what stands where, and how far a photon flies. The kernel does the same.
#include <algorithm>
#include <cmath>
#include <fluoro/transport/tables.hpp>
#include <limits>

namespace fluoro {

/// A history's random numbers.
struct HistoryRandom {
    glm::uvec4 state;

    float next()
    {
        auto const word = shared::xoshiro_word(state);
        state = shared::xoshiro_next(state);
        return shared::uniform_of(word);
    }
};

/// Where an energy lies between two nodes.
struct EnergyPlace {
    std::uint32_t node = 0;
    float share = 0;
};

inline EnergyPlace place_of(float energy_kev)
{
    float const at = std::clamp(std::log2(energy_kev / shared::lowest_energy_kev) * shared::energy_nodes_per_octave,
                                0.0f, float(shared::energy_nodes) - 1.001f);
    auto const node = std::uint32_t(at);
    return {node, at - float(node)};
}

/// The tables, read at places and energies.
class Medium {
public:
    explicit Medium(TransportTables const& tables) : t_{tables}, p_{tables.params} {}

    static constexpr int vacuum = -1;

    int code_at(glm::vec3 const& place) const
    {
        int const code = shape_at(place);
        if (code != vacuum) return code;
        auto const voxel = voxel_at(place);
        return voxel == no_voxel ? vacuum : int(t_.voxels[voxel]);
    }

    /// Code of the tube or box at this place; vacuum where there is none.
    int shape_at(glm::vec3 const& place) const
    {
        if (p_.tubes > 0) {
            int const code = tube_at(place);
            if (code != vacuum) return code;
        }
        for (std::uint32_t i = 0; i < p_.boxes; ++i) {
            auto const& box = t_.boxes[i];
            glm::vec3 const from = place - glm::vec3{box.centre};
            if (std::abs(glm::dot(from, glm::vec3{box.x})) <= box.centre.w &&
                std::abs(glm::dot(from, glm::vec3{box.y})) <= box.x.w &&
                std::abs(glm::dot(from, glm::vec3{box.z})) <= box.y.w)
                return int(box.z.w);
        }
        return vacuum;
    }

    static constexpr std::size_t no_voxel = std::numeric_limits<std::size_t>::max();
    std::size_t voxel_at(glm::vec3 const& place) const
    {
        glm::vec3 const at = place * glm::vec3{p_.voxels_per_mm};
        if (!(at.x >= 0 && at.y >= 0 && at.z >= 0)) return no_voxel;
        auto const x = std::uint32_t(at.x), y = std::uint32_t(at.y), z = std::uint32_t(at.z);
        if (x >= p_.voxels.x || y >= p_.voxels.y || z >= p_.voxels.z) return no_voxel;
        return (std::size_t(z) * p_.voxels.y + y) * p_.voxels.x + x;
    }

    /// Between two energy nodes: total, incoherent, coherent, Rayleigh norm of a material.
    glm::vec4 energy_row(std::uint32_t material, EnergyPlace at) const
    {
        auto const* row = &t_.energy[material * std::size_t(shared::energy_nodes) + at.node];
        return row[0] + at.share * (row[1] - row[0]);
    }
    glm::vec4 angle_row(std::uint32_t material, EnergyPlace at) const
    {
        auto const* row = &t_.angle[material * std::size_t(shared::energy_nodes) + at.node];
        return row[0] + at.share * (row[1] - row[0]);
    }
    float total_per_mm(int code, EnergyPlace at) const
    {
        auto const& c = t_.codes[std::size_t(code)];
        auto const total = [&](std::uint32_t material) {
            auto const* row = &t_.energy[material * std::size_t(shared::energy_nodes) + at.node];
            return row[0].x + at.share * (row[1].x - row[0].x);
        };
        float sum = c.density_a_g_cm3 * total(c.material_a);
        if (c.density_b_g_cm3 != 0) sum += c.density_b_g_cm3 * total(c.material_b);
        return sum;
    }

    /// Flies from `from` along the unit vector `along` to at most `limit` mm. At places dealt out as the majorant says,
    /// `stops(place, majorant)` is asked; true ends the flight there. Returns the way flown, or a negative number where
    /// nothing stopped it. `thickening` >= 1 multiplies the majorant.
    template <class Stops>
    float fly(glm::vec3 const& from, glm::vec3 const& along, float limit, EnergyPlace at, HistoryRandom& random,
              float thickening, Stops const& stops) const
    {
        constexpr float infinity = std::numeric_limits<float>::infinity();
        // Into and out of the world's box.
        float t = 0, end = limit;
        for (int axis = 0; axis < 3; ++axis) {
            float const low = p_.world_low[axis] - from[axis], high = p_.world_high[axis] - from[axis];
            if (along[axis] == 0) {
                if (low > 0 || high < 0) return -1;
                continue;
            }
            float const inverse = 1 / along[axis];
            t = std::max(t, std::min(low * inverse, high * inverse));
            end = std::min(end, std::max(low * inverse, high * inverse));
        }
        if (!(t < end)) return -1;
        // The cell at the start and the ways to its faces.
        int cell[3], step[3];
        float next[3], pitch[3];
        for (int axis = 0; axis < 3; ++axis) {
            int const count = int(p_.cells[axis]);
            float const per_mm = p_.cells_per_mm[axis];
            float const index = (from[axis] + t * along[axis] - p_.world_low[axis]) * per_mm;
            cell[axis] = std::clamp(int(index), 0, count - 1);
            if (along[axis] == 0) {
                step[axis] = 0;
                next[axis] = pitch[axis] = infinity;
                continue;
            }
            step[axis] = along[axis] > 0 ? 1 : -1;
            pitch[axis] = 1 / (per_mm * std::abs(along[axis]));
            float const face = p_.world_low[axis] + float(cell[axis] + (along[axis] > 0)) / per_mm;
            next[axis] = (face - from[axis]) / along[axis];
        }
        float depth = -std::log(random.next());
        for (;;) {
            auto const index =
                (std::size_t(cell[2]) * p_.cells.y + std::size_t(cell[1])) * p_.cells.x + std::size_t(cell[0]);
            float const majorant = thickening * majorant_of(t_.cells[index], at);
            int const axis = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : (next[1] < next[2] ? 1 : 2);
            float const leave = std::min(next[axis], end);
            for (;;) {
                float const way = leave - t;
                if (depth >= majorant * way) {
                    depth -= std::max(0.0f, majorant * way);
                    break;
                }
                t += depth / majorant;
                if (stops(from + t * along, majorant)) return t;
                depth = -std::log(random.next());
            }
            t = std::max(t, leave);
            if (next[axis] >= end) return -1;
            cell[axis] += step[axis];
            if (cell[axis] < 0 || cell[axis] >= int(p_.cells[axis])) return -1;
            next[axis] += pitch[axis];
        }
    }

private:
    float majorant_of(std::uint32_t strength, EnergyPlace at) const
    {
        if (strength == 0) return 0;
        auto const* row = &t_.majorants[strength * std::size_t(shared::energy_nodes) + at.node];
        return row[0] + at.share * (row[1] - row[0]);
    }

    int tube_at(glm::vec3 const& place) const
    {
        if (glm::any(glm::lessThan(place, glm::vec3{p_.tubes_low})) ||
            glm::any(glm::greaterThan(place, glm::vec3{p_.tubes_high})))
            return vacuum;
        for (auto const& tube : t_.tubes) {
            glm::vec3 const from = place - glm::vec3{tube.from};
            if (glm::dot(from, glm::vec3{tube.from_normal}) < 0 ||
                glm::dot(place - glm::vec3{tube.to}, glm::vec3{tube.to_normal}) > 0)
                continue;
            glm::vec3 const axis = glm::vec3{tube.to} - glm::vec3{tube.from};
            float const share = glm::dot(from, axis) / glm::dot(axis, axis);
            glm::vec3 const off = from - share * axis;
            float const radius = tube.from.w + share * (tube.to.w - tube.from.w);
            if (radius > 0 && glm::dot(off, off) < radius * radius) return int(tube.from_normal.w);
        }
        return vacuum;
    }

    TransportTables const& t_;
    shared::TransportParams const& p_;
};

} // namespace fluoro
