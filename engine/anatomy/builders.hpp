#pragma once
#include <fluoro/anatomy/anatomy.hpp>

namespace fluoro {

// One per file; anatomy.cpp lists them in the order in which they run.

/// Skin, subcutaneous fat, the muscle bed and the body's inner cavity.
void build_surface(Anatomy& anatomy);

} // namespace fluoro
