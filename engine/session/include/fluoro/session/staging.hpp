#pragma once
#include <fluoro/patient/volume.hpp>
#include <fluoro/scenario/scenario.hpp>
#include <fluoro/scene/filled_tube.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// Where a supine patient touches the table: what the room needs to put its top and pad there.
struct PatientOnTable {
    double back_mm = 0; ///< LPS y of the lowest body surface
    Vec2 middle_mm{0};  ///< LPS x and z of the table's middle
};
/// From the CT: the body is what is denser than -300 HU.
PatientOnTable lie_down(Volume const& ct);

/// The objects that are there at `tick`, as tubes of a scene.
struct PlacedObjects {
    std::vector<Filling> fillings;
    std::vector<FilledTube> tubes;
};
PlacedObjects place(std::span<ScenarioObject const> objects, Tick tick);

} // namespace fluoro
