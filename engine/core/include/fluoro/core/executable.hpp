#pragma once
#include <filesystem>

namespace fluoro {

/// Folder of the running program: its worker stands beside it.
std::filesystem::path executable_folder();
/// Where this user's caches go: $XDG_CACHE_HOME/fluorolab or $HOME/.cache/fluorolab; where neither can be written,
/// `cache/` beside the program. Created if missing.
std::filesystem::path cache_folder();

} // namespace fluoro
