#pragma once
#include "attenuation.hpp"

#include <array>
#include <vector>

namespace fluoro {

/// Photons per mm2, keV and mAs at 1 m in each spectral bin.
using BinnedPhotons = std::array<double, spectral_bins>;

/// The table of tube spectra, taken apart so that each part can be interpolated by the law it follows.
class TubeSpectra {
public:
    /// From the table in the asset's form: bin centres in the first column, then one column a tube voltage ("kV80").
    explicit TubeSpectra(std::string_view table);

    double lowest_kv() const { return columns_.front().kv; }
    double highest_kv() const { return columns_.back().kv; }
    /// The spectrum behind the inherent aluminium at any voltage of the table's range. docs/theory/spectrum.md, eq.
    /// 1-3.
    BinnedPhotons at(double kv) const;
    /// The table without the column at `kv`, which interpolation must then give back.
    TubeSpectra without(double kv) const;

private:
    struct Column {
        double kv = 0;
        BinnedPhotons bremsstrahlung{}; ///< in front of the inherent aluminium
        BinnedPhotons lines{};          ///< characteristic photons over the overvoltage law, in front of the aluminium
    };
    static double bremsstrahlung_at(Column const& column, double fraction_of_peak);

    std::vector<Column> columns_;
    BinnedPhotons inherent_transmission_{};
};

/// The table baked into the program.
TubeSpectra const& tube_spectra();

} // namespace fluoro
