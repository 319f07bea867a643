#pragma once
#include "lattice.hpp"

#include <optional>

namespace fluoro {

/// A round section of bright blood.
struct RoundSection {
    double radius_mm = 0;
    Vec3 centre_mm{0};
};

/// The section across `along` at a place inside a bright vessel of about this radius: on each of 24 ways out the edge
/// is where the CT falls fastest; the radius is the edges' median. Nothing where the place is darker than 130 HU, or
/// fewer than 16 ways meet an edge (other vessels beside it).
std::optional<RoundSection> round_section(WorkVolume const& work, Vec3 const& place, Vec3 const& along,
                                          double about_mm);

} // namespace fluoro
