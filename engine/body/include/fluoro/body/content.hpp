#pragma once
#include <algorithm>
#include <cstdint>
#include <fluoro/core/geometry.hpp>
#include <fluoro/physics/basis.hpp>
#include <fluoro/physics/mixture.hpp>
#include <memory>
#include <vector>

namespace fluoro {

// What the body's hollow places hold, as the picture wants it. All positions are those of the patient at rest, as the
// CT shows it; who draws the picture moves them along.

/// Fixed places in groups (slots): voxels of an organ's hollow, its wall, a muscle that blushes.
struct ContentPlaces {
    std::vector<glm::vec3> at_mm;     ///< patient space, at rest
    std::vector<float> volume_mm3;    ///< of each place that can be filled
    std::vector<std::uint32_t> first; ///< places of slot s: first[s] .. first[s + 1]
    double size_mm = 1;               ///< side of the cube that each place stands for
    BasisDensities displaced;         ///< what the CT has there
    /// Of each place in a vessel's section, off the middle of its slot over the vessel's radius: by volume, a slot's
    /// add up to nothing. Empty: nothing here leans.
    std::vector<glm::vec3> off;
    std::vector<float> reach; ///< of every slot: the longest of them
};

/// A round hollow way of changing width, filled to some share: a vessel thinner than the grid, a gullet with a bolus.
struct ContentTube {
    std::vector<Vec3> points_mm;  ///< at rest; at least two, neighbours differ
    std::vector<double> radii_mm; ///< one per point, > 0
    std::vector<float> share;     ///< one per piece (points - 1): volume share that is medium [0, 1]
};

/// Small volumes of a medium wherever it lies at the moment: a bolus, a pool, the film on a wall.
struct ContentParcels {
    std::vector<glm::vec3> at_mm;  ///< at rest
    std::vector<float> volume_mm3; ///< of the medium in each, > 0
    double size_mm = 1;            ///< side of the cube that each stands for
    BasisDensities displaced;      ///< what the CT has there
};

/// One medium, wherever it is.
struct Content {
    Mixture medium;           ///< undiluted
    BasisDensities displaced; ///< by tubes: what the CT has in their place
    std::vector<ContentTube> tubes;
    struct Cloud {
        std::shared_ptr<ContentPlaces const> places;
        std::vector<float> share; ///< one per slot: volume share that is medium [0, 1]
        /// Of so many slots each: by how much the share rises per `off` of its places. Empty: nowhere.
        std::vector<glm::vec3> lean = {};
        int slots_per_lean = 1;
        /// Of one slot, so that no place holds less than nothing or more than all.
        glm::vec3 lean_of(std::size_t slot) const
        {
            if (lean.empty() || places->off.empty()) return glm::vec3{0};
            glm::vec3 const wanted = lean[slot / std::size_t(slots_per_lean)];
            float const most = std::max(0.0f, std::min(share[slot], 1 - share[slot])),
                        most_off = glm::length(wanted) * places->reach[slot];
            return most_off > most ? wanted * (most / most_off) : wanted;
        }
    };
    std::vector<Cloud> clouds;
    std::vector<ContentParcels> parcels = {};
};

} // namespace fluoro
