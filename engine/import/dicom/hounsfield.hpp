#pragma once
#include "ct_plane.hpp"
#include <cstdint>
#include <span>
#include <vector>

namespace fluoro {

inline constexpr std::int16_t air_hu = -1000;

/// How many pixels were not taken as they stood.
struct Mended {
    std::int64_t air = 0;       ///< padding, or at or below -1500 HU: set to air
    std::int64_t saturated = 0; ///< above 32767 HU: set to 32767
    Mended& operator+=(Mended const& other)
    {
        air += other.air;
        saturated += other.saturated;
        return *this;
    }
};

/// Turns the stored samples of one plane into HU. Keeps the table of the last plane: slices mostly share one.
class HounsfieldConverter {
public:
    /// `raw`: bits of each sample as stored, columns * rows of them; `format` overrides the plane's own (a codestream
    /// may know better). `hu` holds as many.
    Mended convert(CtPlane const& plane, SampleFormat const& format, std::span<std::uint32_t const> raw,
                   std::span<std::int16_t> hu);

private:
    enum Mark : std::uint8_t { plain = 0, air = 1, saturated = 2, padding_in_tissue = 4 };
    struct Entry {
        std::int16_t hu;
        Mark mark;
    };
    static Entry entry_of(CtPlane const& plane, SampleFormat const& format, std::uint32_t raw);

    std::vector<Entry> table_;
    SampleFormat table_format_;
    double table_slope_ = 0;
    double table_intercept_ = 0;
};

} // namespace fluoro
