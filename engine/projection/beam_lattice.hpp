#pragma once
// Inside the projection module: where the body has moved, on a lattice that follows the beam.
#include "ray_grid.hpp"

#include <fluoro/body/displacement.hpp>
#include <glm/glm.hpp>
#include <vector>

namespace fluoro {

/// The displacement where its tissue lies at rest, on nodes about so many of its lattice's steps apart: across the beam
/// on rays, along it on planes parallel to the detector, from where the first ray enters the lattice to where the last
/// leaves it. Whatever the volume's axes and the view are, a kernel finds a ray's places in it by two shares and a
/// counter.
struct BeamLattice {
    int columns = 2, rows = 2;
    int planes = 0;                         ///< none: no ray meets the displacement
    double first_column = 0, first_row = 0; ///< ray of the first node
    double column_step = 1, row_step = 1;   ///< rays from node to node
    double first_t = 0, t_step = 1;         ///< of the planes, as fractions of the way from source to detector
    Vec3 most_mm{0};                        ///< largest shift of any node along the patient's axes
    std::vector<glm::vec4> nodes; ///< backward displacement [mm] and density of lung; planes fastest, then columns
};

/// Steps of the displacement's lattice from node to node: where pulses have to keep up with the clock, and elsewhere.
inline constexpr double live_node_steps = 1, fine_node_steps = 0.5;

/// For these rays of the grid.
BeamLattice make_beam_lattice(Displacement const& displacement, Scene const& scene, RayGrid const& rays,
                              PixelRect const& rect, double steps_per_node = live_node_steps);

} // namespace fluoro
