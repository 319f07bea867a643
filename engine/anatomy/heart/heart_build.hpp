#pragma once
#include "heart_form.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <memory>

// The steps of build_heart(), in their order.
namespace fluoro {

/// Words of the option anomalous-origin.
inline std::vector<std::string> const anomalous_origins{"none", "rca-left-sinus", "lcx-right-sinus"};
using SharedHeart = std::shared_ptr<HeartForm const>;

/// Pericardium, fat, walls, cavities, valves, papillary muscles.
void add_chambers(Anatomy& anatomy, SharedHeart const& heart);
/// Nodes of valves and great vessels, edges through the chambers and the aortic root.
void add_chamber_ways(Anatomy& anatomy, SharedHeart const& heart);
/// Coronary arteries with their pathology.
void add_coronaries(Anatomy& anatomy, SharedHeart const& heart);
/// Coronary sinus and cardiac veins.
void add_cardiac_veins(Anatomy& anatomy, SharedHeart const& heart);

} // namespace fluoro
