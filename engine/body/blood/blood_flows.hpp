#pragma once
#include <array>
#include <fluoro/body/circulation.hpp>
#include <span>

namespace fluoro {

/// What the circulation says of one moment, as the transport of contrast medium wants it; see Circulation.
struct BloodFlows {
    std::span<double const> in_ml_s, out_ml_s;         ///< of every edge
    std::span<double const> bed_in_ml_s, bed_out_ml_s; ///< of every capillary bed
    std::array<double, chamber_count> chamber_ml{};
};

/// What of it never changes.
struct BloodVessels {
    std::span<CapillaryBed const> beds;
    std::array<std::span<int const>, chamber_count> chamber_edges;
};

} // namespace fluoro
