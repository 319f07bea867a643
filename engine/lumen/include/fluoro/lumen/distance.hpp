#pragma once
#include <fluoro/lumen/drawn_bricks.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// Signed distance to the walls of lumens near them: negative inside. What an instrument feels. Found where it is first
/// asked for: for one thread.
class LumenDistance {
public:
    /// Tubes from the graph's centre lines, joined smoothly; chambers of the heart from the label map of `patient`,
    /// which must outlive it. Known within `band_mm` (> spacing) of a wall. docs/theory/lumens.md
    LumenDistance(LumenGraph const& graph, Patient const& patient, FieldGrid const& grid, double band_mm = 4);

    /// [mm], linear between voxels; beyond the band its limit with the right sign (outside where no lumen is near).
    double distance_mm(Vec3 const& p) const;
    /// Direction of growing distance, from the wall outward; zero beyond the band.
    Vec3 outward(Vec3 const& p) const;
    FieldGrid const& grid() const { return field_.grid(); }

private:
    DrawnBricks<std::int16_t> field_; ///< 1/100 mm
};

} // namespace fluoro
