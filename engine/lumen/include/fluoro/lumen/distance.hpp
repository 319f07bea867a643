#pragma once
#include <fluoro/lumen/bricks.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// Signed distance to the walls of lumens near them: negative inside. What an instrument feels.
class LumenDistance {
public:
    /// Tubes from the graph's centre lines, joined smoothly; chambers of the heart from the label map of `patient`.
    /// Known within `band_mm` (> spacing) of a wall. docs/theory/lumens.md
    LumenDistance(LumenGraph const& graph, Patient const& patient, FieldGrid const& grid, double band_mm = 4);

    /// [mm], linear between voxels; beyond the band its limit with the right sign (outside where no lumen is near).
    double distance_mm(Vec3 const& p) const;
    /// Direction of growing distance, from the wall outward; zero beyond the band.
    Vec3 outward(Vec3 const& p) const;
    /// 1/100 mm.
    Bricks<std::int16_t> const& field() const { return field_; }

private:
    Bricks<std::int16_t> field_;
};

} // namespace fluoro
