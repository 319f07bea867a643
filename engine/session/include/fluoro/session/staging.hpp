#pragma once
#include <fluoro/patient/volume.hpp>
#include <fluoro/room/table.hpp>
#include <fluoro/scenario/scenario.hpp>
#include <fluoro/scene/filled_tube.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// From the CT: the body is what is denser than -300 HU.
PatientOnTable lie_down(Volume const& ct);

/// The objects that are there at `tick`, as tubes of a scene.
struct PlacedObjects {
    std::vector<Filling> fillings;
    std::vector<FilledTube> tubes;
};
PlacedObjects place(std::span<ScenarioObject const> objects, Tick tick);

} // namespace fluoro
