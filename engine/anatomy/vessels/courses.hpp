#pragma once
#include "vessel_tree.hpp"

#include <string>

// Courses of the vessels outside heart and lungs, by region. Each begins at nodes that those before it have made.
namespace fluoro {

/// "right-" / "left-"; `sign` +1 = left.
inline std::string side_name(int sign)
{
    return sign > 0 ? "left-" : "right-";
}

void add_aorta(VesselTree& tree);         ///< from the sinotubular junction to "aortic-bifurcation"
void add_arch_branches(VesselTree& tree); ///< neck and subclavian arteries, to "left-axillary", ...
void add_bronchial_arteries(VesselTree& tree);
void add_intercostal_arteries(VesselTree& tree);
void add_abdominal_arteries(VesselTree& tree);
void add_pelvic_arteries(VesselTree& tree); ///< to "left-femoral-head" (common femoral artery), ...
void add_arm_arteries(VesselTree& tree, int sign);
void add_leg_arteries(VesselTree& tree, int sign);
/// Calcified plaques in the walls, seeded; none in the young.
void add_plaques(Anatomy& anatomy);

void add_upper_veins(VesselTree& tree); ///< caval, jugular, azygos
void add_lower_veins(VesselTree& tree); ///< inferior vena cava, iliac, renal, hepatic
void add_portal_veins(VesselTree& tree);
void add_arm_veins(VesselTree& tree, int sign);
void add_leg_veins(VesselTree& tree, int sign);

} // namespace fluoro
