#pragma once
// Inside the transport module: from tallies to a scatter picture, wherever the histories were followed.
#include <fluoro/transport/scatter_picture.hpp>
#include <fluoro/transport/transport.hpp>

namespace fluoro {

/// Photons leave the tube and its blades.
bool is_lit(Scene const& scene);
/// No scatter at all, on the scene's pixels.
ScatterPicture dark_picture(Scene const& scene);
/// The scene as pictures are followed: split photons, cells with majorants of their own.
TransportProblem picture_problem(Scene const& scene, int bins);
/// The smooth picture of what was followed so far, with its error, in the projector's normalisation.
ScatterPicture picture_of(Scene const& scene, TransportTables const& tables, TransportTallies const& tallies);
/// The error alone: a small part of the work.
double relative_error(TransportTables const& tables, TransportTallies const& tallies);

} // namespace fluoro
