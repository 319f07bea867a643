#pragma once
#include <filesystem>
#include <fluoro/patient/volume.hpp>
#include <functional>
#include <optional>
#include <string>

namespace fluoro {

// Patients that took time to import or to draw, under cache_folder()/patients, at most 8 GiB of them: the least
// recently used go first. A patient's file is named after what it was made from.

/// The file that holds the patient made from what `identity` says, whether it exists or not.
std::filesystem::path place_in_cache(std::string const& identity);
/// The patient kept at `place`; nothing when there is none or it is damaged (then it is removed).
std::optional<Patient> find_in_cache(std::filesystem::path const& place);
/// Moves a finished bundle to its place. A cache that cannot be written is no error.
void keep_in_cache(std::filesystem::path const& bundle, std::filesystem::path const& place);
/// The patient kept for `identity`, else the one that `make` returns, which is kept.
Patient cached_patient(std::string const& identity, std::function<Patient()> const& make);

} // namespace fluoro
