#pragma once
#include "coronary_tree.hpp"

#include <string>

// Where the coronary arteries of this patient run, before forks are made of them.
namespace fluoro {

enum class Dominance { right, left, balanced };
enum class CoronaryOrigin { normal, right_from_left_sinus, circumflex_from_right_sinus };

struct CoronaryPlan {
    std::vector<CoronaryVessel> vessels;
    int left = -1, right = -1, circumflex = -1; ///< vessels that leave the aorta; circumflex: only when it does
};
CoronaryPlan plan_coronaries(HeartForm const& heart, BodyPlan const& body, Dominance dominance, CoronaryOrigin origin);

/// Small branches at natural distances along every vessel, down to half a millimetre of radius and less.
void add_twigs(CoronaryPlan& plan, HeartForm const& heart, std::uint64_t seed);

} // namespace fluoro
