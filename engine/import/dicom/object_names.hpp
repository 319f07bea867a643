#pragma once
#include <string>

namespace fluoro {

/// Whether this SOP class is a CT image (single-frame, enhanced, legacy converted).
bool is_ct_class(std::string const& sop_class);
/// A key for what this object is, from its SOP class, else its Modality; empty if it may be a CT.
std::string object_key(std::string const& sop_class, std::string const& modality);
/// "an MR image" for one, "3 MR images" for more.
std::string object_name(std::string const& key, int count);

} // namespace fluoro
