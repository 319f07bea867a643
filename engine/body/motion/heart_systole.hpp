#pragma once
#include "modes.hpp"
#include "tissue.hpp"

namespace fluoro::motion {

/// Displacement at the end of a full systole: the draft, changed by as little as lets the cavities have their volumes,
/// muscle keep its own and nothing fold. `twist` goes along with it.
std::vector<Mode> shaped_systole(Tissue const& tissue, FieldGrid const& grid, std::vector<Mode> draft,
                                 std::vector<Mode> twist);

} // namespace fluoro::motion
