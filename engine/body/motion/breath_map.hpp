#pragma once
#include "modes.hpp"
#include "tissue.hpp"

#include <fluoro/body/organ_motion.hpp>

namespace fluoro::motion {

/// How far a breath has gone: way of the dome from where the CT has it, and the shift of the hysteresis.
struct BreathStand {
    double dome_mm = 0, lag_mm = 0;
};
BreathStand breath_stand(BodyPose const& pose, double reference_dome_mm);

/// Where breathing moves tissue: a mode per millimetre of the dome's way, on a lattice over the trunk; its way back is
/// tabled for some ways of the dome. Hysteresis shifts along y what moves along z. Mode::w: share of lung.
class BreathMap {
public:
    BreathMap() = default;
    BreathMap(Tissue const& tissue, OrganMotionSettings const& settings);

    bool is_still() const { return mode_.empty(); }
    FieldGrid const& grid() const { return grid_; }
    Vec3 moved(Vec3 const& rest, BreathStand const& stand) const;
    Vec3 rest_of(Vec3 const& moved, BreathStand const& stand) const;
    /// Displacement of the points of one plane of the lattice, the first point of row y at [y * row]; `lung` gets the
    /// share of lung that the tissue there is: 1 in the lungs, 0 more than a little way from them.
    struct Plane {
        glm::vec3 *forward, *backward;
        float* lung;
        std::size_t row;
    };
    void draw(int z, BreathStand const& stand, Plane const& plane) const;
    /// The same of one point of the lattice.
    struct Point {
        glm::vec3 forward, backward;
    };
    Point point(glm::ivec3 const& at, BreathStand const& stand) const;

private:
    Slope slope_at(Vec3 const& p, BreathStand const& stand) const;
    /// Changes the mode so that organs full of water keep their volume.
    void keep_volumes(Tissue const& tissue, Field const& from_spine, Vec3 const& dome,
                      std::optional<Vec3> const& centre);
    void make_tables();

    FieldGrid grid_;
    std::vector<Mode> mode_;
    std::vector<std::vector<Mode>> back_; ///< way back at every point, for every tabled way of the dome
};

} // namespace fluoro::motion
