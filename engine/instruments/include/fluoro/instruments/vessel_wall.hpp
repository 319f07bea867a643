#pragma once
#include <fluoro/body/displacement.hpp>
#include <fluoro/body/local_motion.hpp>
#include <fluoro/instruments/wall.hpp>
#include <fluoro/lumen/distance.hpp>
#include <memory>
#include <optional>

namespace fluoro {

/// What a class of wall is to a tool. Typical figures; docs/theory/rods.md
struct WallKind {
    double stiffness = 0.4;   ///< N/mm per mm of tool: 1 mm/N over 2.5 mm
    double strength_n_mm = 6; ///< force of a tip per its diameter
    double friction = 1;      ///< times the tool's own
};
WallKind wall_kind(WallClass wall);

/// The walls of one patient's vessels, carried along by his breath and heartbeat: distances at rest, found back through
/// the displacement of the moment; directions and speeds by its derivatives. For one thread.
class VesselWall final : public Wall {
public:
    /// These vessels of a patient, in limbs beyond his CT too. Walls are found where a tool first
    /// comes near them; the patient must outlive this.
    VesselWall(LumenGraph const& graph, Patient const& patient);
    VesselWall(LumenGraph const& graph, std::shared_ptr<LumenDistance const> distance);
    /// Where the body's tissue stands now, `dt_s` after the last call. None = at rest.
    void stand(std::shared_ptr<Displacement const> displacement, double dt_s);
    /// The same from the body's pose, found only where the walls are felt. The motion must outlive the wall.
    void stand(OrganMotion const& motion, BodyPose const& pose, double dt_s);
    WallTouch touch(Vec3 const& at_mm) const override;
    /// A place of the moved body -> where its tissue lies at rest.
    Vec3 rest_of(Vec3 const& at_mm) const;
    /// Class of the nearest wall; a chamber where none is known near.
    WallClass wall_class(Vec3 const& rest_mm) const;

private:
    std::shared_ptr<LumenDistance const> distance_;
    DrawnBricks<std::uint8_t> classes_; ///< where none is known: a chamber
    /// One of both moves them: a displacement, or the motion near the tools.
    struct Tissue {
        std::shared_ptr<Displacement const> all;
        std::optional<LocalMotion> near;
        bool is_moving() const { return all || near; }
        Vec3 backward_mm(Vec3 const& at) const;
        Vec3 forward_mm(Vec3 const& rest) const;
    };
    Tissue now_, before_;
    double dt_s_ = 0;
};

} // namespace fluoro
