#pragma once
#include <cstdint>
#include <functional>

namespace fluoro {

/// A scattered photon as it leaves the slab's far face, relative to the pencil that it belonged to.
struct ExitPhoton {
    double x_cm = 0, y_cm = 0;           ///< place on the face, the pencil is the axis
    double x_tangent = 0, y_tangent = 0; ///< of its direction
    double energy_kev = 0, weight = 0;
};

/// Photons of one energy fall on the middle of a water slab of 1 x 1 m, along its normal, in vacuum. Calls `seen` for
/// every scattered photon that leaves through the far face. Photo-electric absorption, Compton scattering with the
/// incoherent scattering function, Rayleigh scattering with atomic form factors (xraylib). Absorption by weight.
void shoot_pencil(double energy_kev, double thickness_cm, std::int64_t histories, std::uint64_t seed,
                  std::function<void(ExitPhoton const&)> const& seen);

/// Linear attenuation of water as the photons meet it [1/cm].
double slab_attenuation_per_cm(double energy_kev);

} // namespace fluoro
