#pragma once
#include "rib_path.hpp"

namespace fluoro {

/// Manubrium, body and xiphoid process with the joints between them.
void add_sternum(Anatomy& anatomy, RibPaths const& paths);

} // namespace fluoro
