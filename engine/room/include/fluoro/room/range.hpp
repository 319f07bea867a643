#pragma once

namespace fluoro {

/// Both ends belong to it.
struct Range {
    double least = 0, most = 0;
    bool holds(double v) const { return v >= least && v <= most; }
};

} // namespace fluoro
