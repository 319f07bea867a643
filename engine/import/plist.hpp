#pragma once
#include <map>
#include <string>
#include <vector>

namespace fluoro {

/// The values of an XML property list by path ("matrix/shape"): one for a scalar, all for an array of scalars.
/// Nothing is expanded: entities stay as they stand. Error (beginning with `where`) for text that is no property list.
std::map<std::string, std::vector<std::string>> read_plist(std::string const& text, std::string const& where);

} // namespace fluoro
