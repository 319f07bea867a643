#pragma once
#include <cstddef>
#include <cstdint>
#include <fluoro/patient/lumen_graph.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// The bundle's section of centre lines and landmarks (CBOR; docs/patient-bundle.md), and back. What is read is
/// checked: throws std::runtime_error with the reason.
std::vector<std::uint8_t> packed(Lumens const& lumens);
Lumens unpacked_lumens(std::span<std::uint8_t const> section);

} // namespace fluoro
