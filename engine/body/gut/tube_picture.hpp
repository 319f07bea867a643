#pragma once
#include "tube_fluid.hpp"

#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// How a TubeFluid's filling is drawn: round tubes along its centre line, liquid in the lower part and gas in the upper
/// where both are in a lying piece.
class TubePicture {
public:
    /// From `first_open` to before `last_open` the lumen stands open at rest and the CT may show air in it; elsewhere
    /// it is collapsed.
    TubePicture(TubeFluid const& tube, Volume const& ct, int first_open, int last_open);

    struct Tubes {
        std::vector<ContentTube> in_tissue, in_air; ///< by what the CT has there
    };
    /// Of barium, shares relative to a suspension of `strongest_mg_mm3`.
    Tubes barium(TubeFluid const& tube, double strongest_mg_mm3, Vec3 const& down) const;
    Tubes gas(TubeFluid const& tube, Vec3 const& down) const;

private:
    struct Spot {
        Vec3 at_mm;
        double radius_mm, share; ///< share of that circle which is medium
    };
    struct Filling {
        double liquid_mm2 = 0, gas_mm2 = 0, solids_mg_mm = 0;
    };
    static Filling filling(TubeFluid const& tube, int cell);
    template <typename SpotOf> Tubes draw(TubeFluid const& tube, SpotOf const& spot_of) const;
    Spot spot(TubeFluid const& tube, int cell, double own_mm2, double other_mm2, Vec3 const& towards) const;

    std::vector<char> is_air_; ///< of every cell
};

/// What the CT shows of soft tissue.
BasisDensities soft_tissue();

} // namespace fluoro
