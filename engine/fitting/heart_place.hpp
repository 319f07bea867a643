#pragma once
#include "correspond.hpp"

namespace fluoro {

/// Where the CT's blood is bright: the shift and the size of the fitted heart that lay its chambers into that blood and
/// keep it out of the lungs, as pairs of its centre, apex, valves and sides. Empty without contrast, or where no place
/// is clearly better than none. `first`: the warp without them. Says what it did in `notes`.
std::vector<Correspondence> heart_pairs(Findings const& found, Anatomy const& anatomy, Warp const& first,
                                        std::vector<std::string>& notes);

} // namespace fluoro
