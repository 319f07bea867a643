#pragma once
#include "blood/circuit.hpp"

namespace fluoro {

/// What flows through the body at rest by the numbers of this module: 5.9 L/min, a man's 3.1 L/min per square metre.
inline constexpr double reference_output_ml_s = 5.9e3 / 60;

/// Flow at rest [mL/s] out of every one of these ends of systemic arteries. Vessels with a known flow get it, shared
/// by Murray's law (r^3) among their ends; what is left of the output goes to all other ends by the same law.
/// `is_whole`: the aorta comes from the heart, all ends together take the cardiac output.
std::vector<double> rest_flows(LumenGraph const& vessels, std::vector<Part> const& part,
                               std::vector<std::vector<int>> const& in, std::vector<std::vector<int>> const& out,
                               std::vector<int> const& leaves, bool is_whole, double cardiac_output_ml_s);

/// This flow shared by r^3 among these ends.
std::vector<double> by_murray(LumenGraph const& vessels, std::vector<std::vector<int>> const& in,
                              std::vector<int> const& leaves, double ml_s);

} // namespace fluoro
