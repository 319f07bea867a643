#pragma once
#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

/// The vessels of a patient with arteries between the territories of his coronary arteries, appended at the end;
/// `grown`: 0 none, 1 as wide as behind an artery closed for long. docs/theory/circulation.md
LumenGraph with_collaterals(LumenGraph vessels, double grown);
bool is_collateral(LumenEdge const& edge);

} // namespace fluoro
