#pragma once
#include <fluoro/core/measure.hpp>
#include <fluoro/physics/material.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// Total equivalent filtration that the tube always has: the spectra of the asset are behind it.
inline constexpr Thickness inherent_aluminium{2.5};

/// The technique that decides a spectrum's shape.
struct BeamQuality {
    TubeVoltage voltage{80};      ///< 40 .. 150 kV
    Thickness added_copper{0};    ///< 0 .. 1000 mm, on top of the inherent filtration
    Thickness added_aluminium{0}; ///< 0 .. 1000 mm, on top of the inherent filtration
    friend auto operator<=>(BeamQuality const&, BeamQuality const&) = default;
};

/// Photons per mm2, keV and mAs, at 1 m on the central ray, vacuum path.
struct Spectrum {
    std::vector<float> energy_kev;                 ///< bin centres, ascending, 1 keV apart
    std::vector<float> fluence_per_mm2_kev_mas_1m; ///< one per energy
};

/// A layer in the beam: mass thickness of one material.
struct Layer {
    MaterialId material;
    double mass_thickness_g_cm2 = 0;
};

/// Spectrum behind the filters. Interpolated in E/kV between the table's voltages, the characteristic lines apart.
/// Throws Error outside 40-150 kV, for negative filters and for filters that stop every photon. docs/theory/spectrum.md
Spectrum filtered_spectrum(BeamQuality const& quality);
/// The same photons behind further layers (narrow beam). A spectrum's energies are bin centres, n + 0.5 keV.
Spectrum attenuated(Spectrum spectrum, std::span<Layer const> layers);

/// Mean over the photons [keV]; 0 where no photon is left.
double mean_energy_kev(Spectrum const& spectrum);
/// Photons per mm2 and mAs at 1 m.
double fluence_per_mm2_mas_1m(Spectrum const& spectrum);
/// Energy fluence [keV/mm2] per mAs at 1 m.
double energy_fluence_kev_mm2_mas_1m(Spectrum const& spectrum);
/// Air kerma free in air at 1 m per mAs [mGy/mAs]. docs/theory/spectrum.md
double air_kerma_mGy_per_mas_1m(Spectrum const& spectrum);
/// First (fraction 0.5) half-value layer in aluminium; the second is half_value_layer(s, 0.25) - half_value_layer(s,
/// 0.5).
Thickness aluminium_to_transmit(Spectrum const& spectrum, double kerma_fraction);

} // namespace fluoro
