#pragma once

namespace fluoro {

/// How deep below an organ's surface a voxel is [mm]: its middle, and the depths that its part inside spans. Layers
/// thinner than a voxel are asked for their mean over the span, and so keep what they hold at any spacing.
struct Depth {
    double mm = 0, from_mm = 0, to_mm = 0;
    constexpr Depth(double at_mm) : mm{at_mm}, from_mm{at_mm}, to_mm{at_mm} {}
    constexpr Depth(double at_mm, double from, double to) : mm{at_mm}, from_mm{from}, to_mm{to} {}
    constexpr operator double() const { return mm; }

    /// Share of the span that is deeper than `edge_mm`, of an edge that is blurred over `width_mm` > 0.
    double share_below(double edge_mm, double width_mm) const;
    /// Mean over the span of exp(-d^2 / spread^2), spread > 0.
    double mean_bell(double spread_mm) const;
};

} // namespace fluoro
