#pragma once
// Inside the transport module: a living body's part of what photons are followed through.
#include <fluoro/transport/problem.hpp>

namespace fluoro {

/// The volume as the body has moved it, on the same grid.
Volume moved(Volume const& rest, Displacement const& displacement);

/// The scene's clouds as voxels of the problem: each medium's mass as the cloud has it, the tissue that it displaces
/// taken away.
void add_clouds(TransportProblem& problem, Scene const& scene);

} // namespace fluoro
