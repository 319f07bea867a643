#pragma once
#include <array>
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>

// The forms that skull, face, throat and gullet share.
namespace fluoro {

/// Places of the head by the Frankfurt plane (lower orbital rim to ear canal): left, back and up from between the
/// occipital condyles [mm of the reference man].
struct HeadForm {
    Frame frame;
    double size = 1; ///< heads vary less than heights
    Vec3 at(double left, double back, double up) const { return frame.at(size * left, size * back, size * up); }
    /// The head's axes, moved there.
    Frame frame_at(double left, double back, double up) const
    {
        return {at(left, back, up), frame.left, frame.back, frame.up};
    }
};
HeadForm head_form(BodyPlan const& plan);

/// Inside of the skull: vault, the three fossae, sella.
Shape cranial_cavity(HeadForm const& head);
/// The bone around it: `vault_mm` thick above, `base_mm` below. Closed.
Shape brain_case(HeadForm const& head, double vault_mm, double base_mm);
/// Head and face inside the skin.
Shape head_outline(HeadForm const& head);

/// Places of the neck by the spine: `level` 3 is the middle of C3's front face, 3.5 the disc below; `ahead` [mm of the
/// reference man] of that line.
struct NeckForm {
    std::array<Vec3, 11> fronts; ///< C1 .. T4
    double scale = 1;
    Vec3 at(double level, double left, double ahead) const;
};
NeckForm neck_form(BodyPlan const& plan);

} // namespace fluoro
