#pragma once
#include <fluoro/body/circulation.hpp>
#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>
#include <span>

namespace fluoro {

/// An organ that blushes: its voxels, each with a capillary bed whose artery ends near it.
struct Blush {
    std::shared_ptr<ContentPlaces const> places; ///< slot = bed; null: nothing blushes
    double blood_share = 0;                      ///< of the organ's volume that is blood in its small vessels
};

/// Myocardium behind the coronary arteries' ends, both kidneys behind the renal ones'.
std::vector<Blush> blushes(LumenGraph const& vessels, Patient const& patient, std::span<CapillaryBed const> beds);

/// Places in any order, sorted by slot.
struct SlottedPlace {
    std::uint32_t slot;
    glm::vec3 at_mm;
    float volume_mm3;
};
std::shared_ptr<ContentPlaces> sorted_places(std::span<SlottedPlace const> places, std::size_t slots, double size_mm,
                                             double hu);

} // namespace fluoro
