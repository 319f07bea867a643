#pragma once
#include <array>
#include <fluoro/physics/anti_scatter_grid.hpp>
#include <fluoro/physics/energy_bins.hpp>
#include <optional>
#include <span>
#include <vector>

namespace fluoro {

/// What decides the energy sum of a beam, apart from what stands in each ray's way.
struct BeamDescription {
    BeamQuality quality;
    Scintillator scintillator = Scintillator::csi_600um;
    std::optional<AntiScatterGrid> grid;    ///< its primary transmission by energy goes into the weights
    double least_heel_g_cm2 = 0;            ///< range of the target's extra tungsten over the picture's rows
    double most_heel_g_cm2 = 0;             ///<
    std::vector<MaterialId> materials;      ///< soft (water) and bone, then what else can be in the way
    std::vector<double> most_g_cm2{60, 15}; ///< largest mass thickness to be right for, one per material
    friend bool operator==(BeamDescription const&, BeamDescription const&) = default;
};

/// A beam as a short sum of exponentials. With t in [-1, 1] the place of a row's heel in its range,
///     mean = sum over i of (sum over k of mean[k][i] t^k) exp(- sum over m of attenuation_cm2_g[m][i] x_m)
/// in keV/(mm2 mAs) at 1 m, and the second moment likewise [keV2/(mm2 mAs)]. docs/theory/energy-table.md
struct EnergyTable {
    static constexpr int heel_terms = 4;
    std::vector<double> energy_kev;
    std::array<std::vector<double>, heel_terms> mean;
    std::array<std::vector<double>, heel_terms> second;
    std::vector<std::vector<double>> attenuation_cm2_g; ///< [material][entry], in the description's order
    double heel_middle_g_cm2 = 0, heel_half_range_g_cm2 = 0;
    double worst_mean = 0, worst_second = 0; ///< measured against the 1 keV sum; 0 for the plain bins

    std::size_t size() const { return energy_kev.size(); }
    /// Place of a heel in its range.
    double heel_place(double heel_g_cm2) const;
    /// The sums behind these mass thicknesses [g/cm2], one per material.
    struct Sums {
        double mean = 0, second = 0;
    };
    Sums behind(std::span<double const> g_cm2, double heel_place) const;
};

/// Energies that a fit spends on tissue, filters and table; and on K edges in the beam.
inline constexpr int fitted_energies = 8, most_fitted_energies = 20;
/// Largest errors that a fitted table may have: of the mean, of the second moment.
inline constexpr double allowed_mean_error = 1e-3, allowed_second_error = 1e-2;

/// The direct 1 keV sum: one entry per channel of the spectrum. Slow and exact.
EnergyTable every_kev_table(BeamDescription const& beam);
/// physics' condensed bins: right for strongly absorbing contrast media too.
EnergyTable binned_table(BeamDescription const& beam);
/// Few energies of the spectrum with weights fitted to the 1 keV sum over 0 .. most_g_cm2 of all materials. Its errors
/// are measured between the fitted places and stand in worst_mean and worst_second.
EnergyTable fitted_table(BeamDescription const& beam, int energies = fitted_energies);
/// The fitted table; with most_fitted_energies where its errors are beyond what is allowed; the bins where even
/// that does not do.
EnergyTable energy_table(BeamDescription const& beam);

} // namespace fluoro
