#pragma once
#include "find/findings.hpp"

#include <fluoro/anatomy/anatomy.hpp>

namespace fluoro {

/// Places by name, measured in the same way in the model and in the CT.
using Places = std::map<std::string, Vec3>;

/// One side's lung as a mask's number on a lattice -> "lung-apex-left", "diaphragm-dome-left", "costophrenic-left" and
/// points of the chest wall, e.g. "lung-wall-lateral-left-3". `middle`: x of the midline.
Places lung_places(Lattice const& lattice, Mask const& lungs, std::function<double(double)> const& middle_x,
                   std::function<double(double)> const& spine_y);
/// The skin at the height of a place: front, back and both sides, e.g. "skin-front-T8".
struct Section {
    std::optional<Vec3> front, back, left, right;
};
Section skin_of_ct(Findings const& found, Vec3 const& middle);
Section skin_of_model(Shape const& skin, Vec3 const& middle);

/// The model's own places: the plan's, those of its lumens, of its lungs.
Places model_places(Anatomy const& anatomy);
/// The CT's: what was found, by the same names.
Places found_places(Findings const& found);

} // namespace fluoro
