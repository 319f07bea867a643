#pragma once
#include "tube_fluid.hpp"
#include "wide_places.hpp"

#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// How a TubeFluid's filling is drawn: as parcels that hold just what the cells hold. Where the wall lies on the
/// filling, rings about the centre line, as wide as the filling; where it stands open, places of the hollow, filled
/// from below to level surfaces. docs/theory/gullet.md
class TubePicture {
public:
    /// From `first_open` to before `last_open` the lumen stands open at rest and the CT may show air in it; elsewhere
    /// it is collapsed. `place_mm`: side of the places where the wall stands open. Before the cell `flat_before` the
    /// lumen is wide from side to side and half as deep, beyond it becomes round.
    TubePicture(TubeFluid const& tube, Volume const& ct, int first_open, int last_open, double place_mm,
                int flat_before = 0);

    struct Parcels {
        std::vector<ContentParcels> in_tissue, in_air; ///< by what the CT has there
    };
    /// Of barium, volumes relative to a suspension of `strongest_mg_mm3`.
    Parcels barium(TubeFluid const& tube, double strongest_mg_mm3, Vec3 const& down) const;
    Parcels gas(TubeFluid const& tube, Vec3 const& down) const;

private:
    /// Per length [mm2].
    struct Filling {
        double liquid_mm2 = 0, gas_mm2 = 0, solids_mg_mm = 0;
    };
    /// One medium in a cell: its own area, all that is in the cross-section, and what of it is drawn.
    struct Share {
        double own_mm2 = 0, whole_mm2 = 0, drawn_mm3 = 0;
    };
    struct Stack {
        ContentParcels *tissue, *air;
    };
    Filling filling(TubeFluid const& tube, int cell) const;
    bool is_beside(int cell, int other) const;
    double slant(TubeCells const& cells, int cell, Vec3 const& down) const;
    void sweep(TubeCells const& cells, std::span<Share const> shares, Vec3 const& towards, Stack const& to) const;
    void sweep_cell(TubeCells const& cells, std::span<Share const> shares, int cell, Vec3 const& towards,
                    ContentParcels& to) const;

    struct Frame {
        Vec3 along, side, up, bend; ///< bend: towards the centre of curvature, 1 over its radius [1/mm]
        double widening = 1;        ///< of a circle, along `side`; as much less along `up`
    };
    std::vector<Frame> frames_; ///< of every cell
    std::vector<char> is_air_;  ///< of every cell
    std::vector<char> is_wide_; ///< of every cell: stands open
    WidePlaces wide_;
};

/// What the CT shows of soft tissue.
BasisDensities soft_tissue();

} // namespace fluoro
