#include "hounsfield.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {
namespace {

// CT reaches down to -1024 HU; what lies at or below this is a maker's mark for "outside the scan circle".
constexpr double lowest_hu = -1500;
// A padding value that reads as HU above this could be tissue as well; then only what touches the edge is padding.
constexpr double surely_air_hu = -900;

std::uint32_t mask(int bits)
{
    return bits >= 32 ? 0xffffffffu : (1u << bits) - 1u;
}

/// The lowest `bits` of `raw` as a number.
std::int64_t value_of(std::uint32_t raw, int bits, bool is_signed)
{
    std::uint32_t const kept = raw & mask(bits);
    bool const is_negative = is_signed && (kept >> (bits - 1)) != 0;
    return is_negative ? std::int64_t(kept) - (std::int64_t{1} << bits) : std::int64_t(kept);
}

/// The padding value as the stored samples would show it. Its VR may have the wrong sign (63536 for -2000), and it may
/// be written in all allocated bits or in the stored ones alone: the bits decide. None where no stored sample could
/// equal it.
std::optional<std::int64_t> padding_value(SampleFormat const& format, std::uint32_t raw)
{
    std::uint32_t const bits = raw & mask(format.bits_allocated);
    std::uint32_t const above = bits & ~mask(format.bits_stored);
    bool const is_negative = format.is_signed && ((bits >> (format.bits_stored - 1)) & 1u) != 0;
    bool const is_sign_extended = is_negative && above == (mask(format.bits_allocated) & ~mask(format.bits_stored));
    if (above != 0 && !is_sign_extended) return std::nullopt;
    return value_of(bits, format.bits_stored, format.is_signed);
}

bool is_padding(SampleFormat const& format, std::uint32_t raw, std::int64_t value)
{
    if (!format.padding) return false;
    if (((raw ^ *format.padding) & mask(format.bits_allocated)) == 0 && format.high_bit == format.bits_stored - 1)
        return true;
    auto const one = padding_value(format, *format.padding);
    if (!one) return false;
    auto const other = format.padding_limit ? padding_value(format, *format.padding_limit) : one;
    if (!other) return value == *one;
    return value >= std::min(*one, *other) && value <= std::max(*one, *other);
}

} // namespace

HounsfieldConverter::Entry HounsfieldConverter::entry_of(CtPlane const& plane, SampleFormat const& format,
                                                         std::uint32_t raw)
{
    std::int64_t const value =
        value_of(raw >> (format.high_bit + 1 - format.bits_stored), format.bits_stored, format.is_signed);
    double const hu = std::round(plane.slope * double(value) + plane.intercept);
    if (hu <= lowest_hu) return {air_hu, air};
    bool const is_pad = is_padding(format, raw, value);
    if (is_pad && hu <= surely_air_hu) return {air_hu, air};
    if (hu > 32767) return is_pad ? Entry{air_hu, air} : Entry{32767, saturated};
    return {std::int16_t(hu), is_pad ? padding_in_tissue : plain};
}

Mended HounsfieldConverter::convert(CtPlane const& plane, SampleFormat const& format,
                                    std::span<std::uint32_t const> raw, std::span<std::int16_t> hu)
{
    FLUORO_EXPECT(raw.size() == hu.size() && raw.size() == std::size_t(plane.columns) * std::size_t(plane.rows));
    bool const has_table = format.bits_allocated <= 16;
    if (has_table && (table_.empty() || !(table_format_ == format) || table_slope_ != plane.slope ||
                      table_intercept_ != plane.intercept)) {
        table_.resize(std::size_t{1} << format.bits_allocated);
        for (std::size_t i = 0; i < table_.size(); ++i) table_[i] = entry_of(plane, format, std::uint32_t(i));
        table_format_ = format;
        table_slope_ = plane.slope;
        table_intercept_ = plane.intercept;
    }

    Mended mended;
    std::vector<std::size_t> suspects; // padding by its value, tissue by its HU
    for (std::size_t i = 0; i < raw.size(); ++i) {
        Entry const entry = has_table ? table_[raw[i] & mask(format.bits_allocated)] : entry_of(plane, format, raw[i]);
        hu[i] = entry.hu;
        if (entry.mark == plain) continue;
        if (entry.mark == air)
            ++mended.air;
        else if (entry.mark == saturated)
            ++mended.saturated;
        else
            suspects.push_back(i);
    }
    if (suspects.empty()) return mended;

    // Padding lies around the picture. The same value inside the body is tissue and stays what it is.
    std::vector<std::uint8_t> is_suspect(raw.size(), 0);
    for (std::size_t const i : suspects) is_suspect[i] = 1;
    auto const columns = std::size_t(plane.columns);
    auto const rows = std::size_t(plane.rows);
    std::vector<std::size_t> reached;
    auto const visit = [&](std::size_t i) {
        if (is_suspect[i] == 0) return;
        is_suspect[i] = 0;
        hu[i] = air_hu;
        ++mended.air;
        reached.push_back(i);
    };
    for (std::size_t const i : suspects) {
        std::size_t const column = i % columns;
        std::size_t const row = i / columns;
        if (column == 0 || row == 0 || column == columns - 1 || row == rows - 1) visit(i);
    }
    while (!reached.empty()) {
        std::size_t const i = reached.back();
        reached.pop_back();
        if (i % columns > 0) visit(i - 1);
        if (i % columns < columns - 1) visit(i + 1);
        if (i >= columns) visit(i - columns);
        if (i + columns < raw.size()) visit(i + columns);
    }
    return mended;
}

} // namespace fluoro
