#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fluoro {

/// Decodes one frame of DICOM's run-length encoding (PS3.5 annex G): `count` samples of `sample_bytes` (1, 2 or 4) into
/// their bits. Our own: DCMTK 3.6.7 follows damaged segment offsets out of its buffer. `problem` says why `raw` is
/// empty.
std::vector<std::uint32_t> decode_rle(std::span<std::uint8_t const> bytes, std::size_t count, int sample_bytes,
                                      std::string& problem);

} // namespace fluoro
