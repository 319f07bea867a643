#pragma once
// Inside the projection module: the patient as scatter sees him, coarse and in water.
#include <fluoro/scene/scene.hpp>
#include <vector>

namespace fluoro {

/// Mean water-equivalent density over blocks of the CT's voxels [g/cm3]: 1 + HU / 1000, nothing below -950 HU.
class CoarseBody {
public:
    explicit CoarseBody(Volume const& ct);

    /// What a ray meets on its way.
    struct Ray {
        double water_cm = 0;      ///< water-equivalent thickness
        double distance_cm = 100; ///< of its middle (by mass) from the detector plane, along the beam's axis
        double depth_cm = 0;      ///< of the body from where the ray enters it to where it leaves, lungs included
    };
    /// The ray from the source to a place on the detector plane.
    /// `moved`: where the body's tissue stands, sampled by whole points of its lattice; null = at rest.
    Ray ray(View const& view, Vec2 at_mm, Displacement const* moved = nullptr) const;

private:
    glm::ivec3 size_{0};
    double step_mm_ = 5;
    Mat4 index_from_patient_{1.0}; ///< continuous index of the blocks
    std::vector<float> density_;
};

/// Slabs (table, pad) of the water that attenuates as they do at 60 keV.
std::vector<Slab> in_water(std::vector<Slab> slabs);
/// What the ray meets of them, added to what it meets of the patient.
void add_slabs(CoarseBody::Ray& ray, std::vector<Slab> const& water_slabs, View const& view, Vec2 at_mm);

} // namespace fluoro
