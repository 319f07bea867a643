#pragma once
#include <string>

namespace fluoro {

/// Whether a capillary bed is a kidney's, by the artery that feeds it.
inline bool is_renal(std::string const& territory)
{
    auto const has = [&](char const* word) { return territory.find(word) != std::string::npos; };
    return has("renal") && !has("adrenal") && !has("suprarenal");
}

} // namespace fluoro
