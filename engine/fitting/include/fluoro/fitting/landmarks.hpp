#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>
#include <map>
#include <string>
#include <vector>

namespace fluoro {

/// Landmarks that an instructor has placed: name -> patient space [mm, LPS]. docs/fitting.md has the file's format.
/// `names`: those that the model has. Throws Error with file, line and reason for an unknown name (with the nearest
/// one), a place outside the CT, two at the same place, left and right swapped.
std::map<std::string, Vec3> read_landmarks(std::filesystem::path const& file, std::vector<std::string> const& names,
                                           Grid const& ct);

/// The same as such a file.
std::string landmarks_as_yaml(std::map<std::string, Vec3> const& landmarks);

/// "hip-left" -> "hip-right" and back; empty for a name without a side.
std::string other_side(std::string const& name);

} // namespace fluoro
