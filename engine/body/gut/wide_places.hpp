#pragma once
#include "tube_fluid.hpp"

#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// The hollow of the pieces of a tube that stand open, cut into even places; each belongs to the nearest cell.
class WidePlaces {
public:
    WidePlaces() = default;
    WidePlaces(TubeFluid const& tube, Volume const& ct, double place_mm);

    double size_mm() const { return size_mm_; }
    /// Of a cell [mm3], as its places show it.
    double room_mm3(int cell) const { return room_mm3_[std::size_t(cell)]; }
    /// The places of neighbouring cells first .. last filled from below with `liquid_mm3` to one level surface, `drawn`
    /// parts of each of them drawn.
    void fill(int first, int last, double liquid_mm3, double drawn, Vec3 const& down, ContentParcels& in_tissue,
              ContentParcels& in_air) const;
    /// Spread over the places at a cell's wall.
    void coat(int cell, double mm3, ContentParcels& in_tissue, ContentParcels& in_air) const;

private:
    struct Place {
        glm::vec3 at_mm;
        float volume_mm3;
        bool is_wall, is_air;
    };
    double size_mm_ = 1;
    std::vector<Place> places_;      ///< cell by cell
    std::vector<std::size_t> first_; ///< of every cell, and one more
    std::vector<double> room_mm3_;
};

} // namespace fluoro
