#pragma once
#include <array>
#include <cstdint>
#include <fluoro/transport/tables.hpp>
#include <vector>

namespace fluoro {

/// What histories left behind. Integers: sums of runs over disjoint histories are the run over all of them.
struct TransportTallies {
    explicit TransportTallies(TransportTables const& tables);

    std::array<std::int64_t, shared::total_count> totals{};
    std::vector<std::int64_t> deposits; ///< tally boxes, then regions [energy units]
    std::vector<std::int64_t> detector; ///< [plane][batch][row][column]
    std::uint64_t histories = 0;

    double emitted_kev() const { return energy_kev(totals[shared::total_emitted]); }
    double escaped_kev() const { return energy_kev(totals[shared::total_escaped]); }
    double absorbed_kev() const { return energy_kev(totals[shared::total_absorbed]); }
    /// Energy absorbed in a tally box [keV].
    double box_kev(std::size_t box) const { return energy_kev(deposits[box]); }
    /// Energy absorbed in a region [keV].
    double region_kev(TransportTables const& tables, std::size_t region) const
    {
        return energy_kev(deposits[tables.params.tally_boxes + region]);
    }

    void add(TransportTallies const& other);
    friend bool operator==(TransportTallies const&, TransportTallies const&) = default;

private:
    static double energy_kev(std::int64_t units) { return double(units) / shared::energy_units_per_kev; }
};

/// Follows histories [first, first + count). Each has its own random numbers, so any split gives the same sums; runs on
/// the machine's cores. docs/theory/photon-transport.md
TransportTallies follow(TransportTables const& tables, std::uint64_t seed, std::uint64_t first, std::uint64_t count);

/// The same on the calling thread alone.
TransportTallies follow_on_one_thread(TransportTables const& tables, std::uint64_t seed, std::uint64_t first,
                                      std::uint64_t count);

} // namespace fluoro
