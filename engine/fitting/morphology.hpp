#pragma once
#include "lattice.hpp"

// ITK's morphology on a lattice. Distances are exact and Euclidean, so that opening and closing need no structuring
// element; all sizes in mm.
namespace fluoro {

/// Distance from each cube to the edge of the mask [mm]: positive inside, negative outside.
std::vector<float> depth_in(Lattice const& lattice, Mask const& mask);
Mask eroded(Lattice const& lattice, Mask const& mask, double by_mm);
Mask dilated(Lattice const& lattice, Mask const& mask, double by_mm);

/// Connected parts by shared faces, largest first: numbers 1, 2, ...; 0 = outside the mask.
struct Parts {
    std::vector<std::uint16_t> number;
    std::vector<std::size_t> sizes; ///< sizes[0] is part 1's [cubes]
};
Parts parts_of(Lattice const& lattice, Mask const& mask, double least_mm3);
Mask part(Parts const& parts, int number);
/// The mask and whatever it encloses in each axial slice.
Mask filled_by_slice(Lattice const& lattice, Mask const& mask);
/// Gaussian smoothing.
std::vector<float> smoothed(Lattice const& lattice, std::vector<float> const& values, double sigma_mm);

} // namespace fluoro
