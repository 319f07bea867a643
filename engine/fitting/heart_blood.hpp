#pragma once
#include "blood.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/fitting/fit.hpp>

namespace fluoro {

/// The model's heart on the work lattice, through the warp.
struct FittedHeart {
    std::vector<float> outside_mm; ///< distance to the pericardium, negative inside; large far away
    std::vector<float> chamber_mm; ///< to the nearest chamber
    Mask chamber;                  ///< which that is: 1 + its place in `labels`; 0 = none near
    std::vector<int> labels;
    std::vector<std::string> names;
};
FittedHeart fitted_heart(Lattice const& lattice, Anatomy const& anatomy, Warp const& warp);

/// Where the CT's blood is bright, the chambers' labels follow it instead of the model's form: a label per cube of the
/// work lattice, 0 = the model's own. Says per chamber what it holds in `chambers`.
std::vector<std::uint16_t> chamber_labels(Findings const& found, FittedHeart const& heart, EnhancedBlood const& blood,
                                          LumenGraph const& fitted_vessels, std::vector<FittedChamber>& chambers);

} // namespace fluoro
