#pragma once
#include <algorithm>
#include <cmath>
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
    /// Of each place in a vessel's section, off the middle of its slot [mm]: by volume, a slot's
    /// add up to nothing. Empty: nothing here leans or gives way.
    std::vector<glm::vec3> off_mm;
    std::vector<float> reach_mm; ///< of every slot: the longest of them
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
        /// Of so many slots each, a cell of a vessel: by how much the share rises per mm off the middle. Empty:
        /// nowhere.
        std::vector<glm::vec3> lean_per_mm = {};
        /// Of each cell: its room now over that of its places, which move apart or together with it. Empty: all 1.
        std::vector<float> room = {};
        int slots_per_cell = 1;
        /// What all places of a slot have in common.
        struct Slot {
            float share;
            float room;         ///< now, over that of its places
            float stretch;      ///< of its section
            glm::vec3 lean{0};  ///< per mm; so that no place holds less than nothing or more than all
            bool is_as_at_rest; ///< neither leans nor has given way
        };
        Slot slot(std::size_t number) const
        {
            if (places->off_mm.empty()) return {share[number], 1, 1, glm::vec3{0}, true};
            std::size_t const cell = number / std::size_t(slots_per_cell);
            float const room_now = room.empty() ? 1.0f : room[cell];
            Slot s{share[number], room_now, std::sqrt(room_now), glm::vec3{0}, room_now == 1};
            if (lean_per_mm.empty() || lean_per_mm[cell] == glm::vec3{0}) return s;
            s.lean = lean_per_mm[cell];
            float const most = std::max(0.0f, std::min(s.share, 1 - s.share)),
                        most_off = glm::length(s.lean) * places->reach_mm[number] * s.stretch;
            if (most_off > most) s.lean *= most / most_off;
            s.is_as_at_rest = s.is_as_at_rest && s.lean == glm::vec3{0};
            return s;
        }
        /// A place of a slot as it stands now: moved with its vessel's wall, apart from its neighbours by `stretch`.
        struct Placed {
            glm::vec3 at_mm;
            float medium_mm3, stretch;
        };
        Placed placed(Slot const& s, std::size_t place) const
        {
            if (s.is_as_at_rest) return {places->at_mm[place], s.share * places->volume_mm3[place], 1};
            glm::vec3 const off = places->off_mm[place];
            return {places->at_mm[place] + (s.stretch - 1) * off,
                    (s.share + s.stretch * glm::dot(s.lean, off)) * s.room * places->volume_mm3[place], s.stretch};
        }
    };
    std::vector<Cloud> clouds;
    std::vector<ContentParcels> parcels = {};
};

} // namespace fluoro
