#include "rle.hpp"

#include <algorithm>

namespace fluoro {
namespace {

constexpr std::size_t header_bytes = 64; // the number of segments, then fifteen offsets

std::size_t word_at(std::span<std::uint8_t const> bytes, std::size_t at)
{
    return std::size_t(bytes[at]) | std::size_t(bytes[at + 1]) << 8 | std::size_t(bytes[at + 2]) << 16 |
           std::size_t(bytes[at + 3]) << 24;
}

/// Shifts one byte per sample of `segment` into `raw` from below; false if it ends before the last sample.
bool unpack(std::span<std::uint8_t const> segment, std::vector<std::uint32_t>& raw)
{
    std::size_t at = 0;
    std::size_t sample = 0;
    while (sample < raw.size()) {
        if (at >= segment.size()) return false;
        std::uint8_t const control = segment[at++];
        if (control == 128) continue; // by definition no output
        bool const is_run = control > 128;
        std::size_t const length = is_run ? 257u - control : 1u + control;
        std::size_t const needed = is_run ? 1 : length;
        if (needed > segment.size() - at) return false;
        // Rows end a run, so the last one never passes the frame; what would is padding of a careless writer.
        std::size_t const end = std::min(raw.size(), sample + length);
        for (std::size_t i = 0; sample < end; ++i, ++sample)
            raw[sample] = raw[sample] << 8 | segment[at + (is_run ? 0 : i)];
        at += needed;
    }
    return true;
}

} // namespace

std::vector<std::uint32_t> decode_rle(std::span<std::uint8_t const> bytes, std::size_t count, int sample_bytes,
                                      std::string& problem)
{
    if (bytes.size() < header_bytes || word_at(bytes, 0) != std::size_t(sample_bytes)) {
        problem = "its run-length header does not fit its bits per pixel";
        return {};
    }
    std::vector<std::uint32_t> raw(count, 0);
    // One segment per byte of a sample, the most significant first.
    for (int segment = 0; segment < sample_bytes; ++segment) {
        std::size_t const entry = 4 + 4 * std::size_t(segment);
        std::size_t const first = word_at(bytes, entry);
        std::size_t const last = segment + 1 < sample_bytes ? word_at(bytes, entry + 4) : bytes.size();
        if (first < header_bytes || first > last || last > bytes.size()) {
            problem = "its run-length segments lie outside its data";
            return {};
        }
        if (!unpack(bytes.subspan(first, last - first), raw)) {
            problem = "its run-length data break off";
            return {};
        }
    }
    return raw;
}

} // namespace fluoro
