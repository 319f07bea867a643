#include "tube_spectra.hpp"
#include "baked_table.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/beam.hpp>
#include <fluoro_assets/tube_spectra.hpp>

namespace fluoro {
namespace {

constexpr double tungsten_k_edge_kev = 69.525;
/// Growth of the K lines with the voltage above the edge; close to the table's own, which decides between its columns.
constexpr double overvoltage_power = 1.63;

/// Bins that hold a K line of tungsten (57.98, 59.32, 66.95, 67.24 and 69.1 keV), and the line-free neighbours between
/// which the bremsstrahlung under it runs straight.
struct LineBin {
    int bin, below, above;
};
constexpr std::array<LineBin, 5> line_bins{{{57, 56, 58}, {59, 58, 60}, {66, 65, 68}, {67, 65, 68}, {69, 68, 70}}};

double overvoltage(double kv)
{
    return kv > tungsten_k_edge_kev ? std::pow(kv / tungsten_k_edge_kev - 1, overvoltage_power) : 0;
}

/// Whether a column's lines can be told from its bremsstrahlung: within a kilovolt of the edge they are under 0.2 % of
/// it, and the spectrum itself ends there.
bool shows_lines(double kv)
{
    return kv > tungsten_k_edge_kev + 1;
}

} // namespace

TubeSpectra::TubeSpectra(std::string_view text)
{
    auto const table = read_baked_table(text);
    auto const aluminium = find_material("aluminium");
    auto const attenuation = binned_attenuation_cm2_g(aluminium);
    double const mass_thickness = inherent_aluminium.value() / 10 * material(aluminium).density_g_cm3;
    for (int bin = 0; bin < spectral_bins; ++bin)
        inherent_transmission_[bin] = std::exp(-attenuation[bin] * mass_thickness);

    for (std::size_t c = 1; c < table.heading.size(); ++c) {
        FLUORO_EXPECT(table.heading[c].starts_with("kV"));
        Column column;
        column.kv = number(table.heading[c].substr(2));
        FLUORO_EXPECT(columns_.empty() || column.kv > columns_.back().kv);
        for (auto const& row : table.rows) {
            auto const bin = int(std::floor(number(row[0])));
            FLUORO_EXPECT(bin >= 0 && bin < spectral_bins && bin_centre_kev(bin) == number(row[0]));
            column.bremsstrahlung[bin] = number(row[c]) / inherent_transmission_[bin];
        }
        if (shows_lines(column.kv)) {
            auto const whole = column.bremsstrahlung;
            for (auto const [bin, below, above] : line_bins) {
                double const share = double(bin - below) / (above - below);
                double const smooth = (1 - share) * whole[below] + share * whole[above];
                column.bremsstrahlung[bin] = std::min(smooth, whole[bin]);
                column.lines[bin] = (whole[bin] - column.bremsstrahlung[bin]) / overvoltage(column.kv);
            }
        }
        columns_.push_back(column);
    }
    FLUORO_EXPECT(columns_.size() >= 2);
}

double TubeSpectra::bremsstrahlung_at(Column const& column, double fraction_of_peak)
{
    double const kev = fraction_of_peak * column.kv;
    auto const below = int(std::floor(kev - 0.5));
    if (below < 0 || kev >= column.kv) return 0;
    double const share = kev - bin_centre_kev(below);
    // The last bin's straight line ends at the peak voltage, where the spectrum is zero.
    if (bin_centre_kev(below + 1) > column.kv)
        return column.bremsstrahlung[below] * (1 - share / (column.kv - bin_centre_kev(below)));
    return (1 - share) * column.bremsstrahlung[below] + share * column.bremsstrahlung[below + 1];
}

BinnedPhotons TubeSpectra::at(double kv) const
{
    FLUORO_EXPECT(kv >= lowest_kv() && kv <= highest_kv());
    auto const upper = std::clamp<std::ptrdiff_t>(
        std::ranges::lower_bound(columns_, kv, {}, &Column::kv) - columns_.begin(), 1, std::ssize(columns_) - 1);
    auto const& low = columns_[std::size_t(upper - 1)];
    auto const& high = columns_[std::size_t(upper)];
    double const share = (kv - low.kv) / (high.kv - low.kv);
    double const growth = overvoltage(kv);
    double const lines_share = shows_lines(low.kv) ? share : 1;

    BinnedPhotons photons{};
    for (int bin = 0; bin < spectral_bins && bin_centre_kev(bin) < kv; ++bin) {
        double const fraction = bin_centre_kev(bin) / kv;
        double const smooth =
            (1 - share) * bremsstrahlung_at(low, fraction) + share * bremsstrahlung_at(high, fraction);
        double const line = (1 - lines_share) * low.lines[bin] + lines_share * high.lines[bin];
        photons[bin] = (smooth + line * growth) * inherent_transmission_[bin];
    }
    return photons;
}

TubeSpectra TubeSpectra::without(double kv) const
{
    auto rest = *this;
    std::erase_if(rest.columns_, [kv](Column const& column) { return column.kv == kv; });
    FLUORO_EXPECT(rest.columns_.size() >= 2);
    return rest;
}

TubeSpectra const& tube_spectra()
{
    static TubeSpectra const spectra{assets::tube_spectra};
    return spectra;
}

} // namespace fluoro
