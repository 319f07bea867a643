#pragma once
// Inside the projection module: the fitted kernels of assets/physics/scatter_kernels.csv.
#include <array>
#include <fluoro/scene/scene.hpp>
#include <optional>
#include <vector>

namespace fluoro {

/// Widths of the Gaussians [cm], the same for every kernel.
inline constexpr std::array scatter_sigmas_cm{0.4, 0.9, 1.8, 3.4, 6.4, 12., 23.};
inline constexpr int scatter_widths = int(scatter_sigmas_cm.size());

/// A Gaussian with its widths across and along the grid's lines, by index; across <= along.
struct ScatterComponent {
    int across = 0, along = 0;
};
inline constexpr int scatter_components = scatter_widths * (scatter_widths + 1) / 2;
ScatterComponent scatter_component(int index);

/// What a pencil spreads: shares of its absorbed primary energy, one per component, and what noise needs.
struct ScatterKernel {
    std::array<float, scatter_components> share{};
    float mean_absorbed_kev = 0; ///< of scatter, weighted with the energy: second moment over mean
};

/// The kernels of one beam, detector and grid, by thickness and gap.
class ScatterKernels {
public:
    ScatterKernels(BeamQuality const& quality, Scintillator scintillator, std::optional<AntiScatterGrid> const& grid);

    bool is_for(Scene const& scene) const;
    /// Of a pencil through `water_cm` whose slab of water would end `gap_cm` before the detector.
    ScatterKernel at(double water_cm, double gap_cm) const;
    /// Natural logarithm of the share of the absorbed energy that passes the water.
    double log_transmission(double water_cm) const;
    /// Components that any of the kernels has.
    std::vector<int> const& used() const { return used_; }

private:
    BeamQuality quality_;
    Scintillator scintillator_;
    std::optional<AntiScatterGrid> grid_;
    std::vector<ScatterKernel> kernels_; ///< [thickness][gap]
    std::vector<double> log_transmission_;
    std::vector<int> used_;
};

} // namespace fluoro
