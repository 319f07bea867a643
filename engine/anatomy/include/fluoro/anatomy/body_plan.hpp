#pragma once
#include <array>
#include <fluoro/anatomy/parameters.hpp>
#include <fluoro/anatomy/shape.hpp>
#include <map>
#include <string>

namespace fluoro {

/// C1 .. C7, T1 .. T12, L1 .. L5, then the sacrum as one.
enum class Level : int { c1 = 0, c7 = 6, t1 = 7, t12 = 18, l1 = 19, l5 = 23, sacrum = 24 };
inline constexpr int levels = 25;
/// "C1" ... "L5", "sacrum".
std::string name_of(Level level);
constexpr Level level_at(int index)
{
    return Level(index);
}

/// One vertebra's place and size. Sources in docs/theory/anatomy.md.
struct VertebraPlan {
    Frame frame; ///< middle of the body; up along the spine
    double anterior_height_mm = 0, posterior_height_mm = 0;
    double endplate_width_mm = 0, endplate_depth_mm = 0;
    double pedicle_width_mm = 0, pedicle_height_mm = 0;
    double canal_width_mm = 0, canal_depth_mm = 0;
    double disc_below_mm = 0; ///< height of the disc below
};

/// The scaffold that every builder hangs its organs on: where things are in this patient, before any shape is drawn.
/// Patient space LPS [mm], supine, arms beside the body are not part of it; x = 0 is the midsagittal plane, z = 0 the
/// middle of L3, y = 0 the middle of L3's body.
struct BodyPlan {
    PatientParameters parameters;
    std::array<VertebraPlan, levels> spine;
    /// How far each level stands from its place in the same patient without fractures: the spine settles, and the trunk
    /// with it.
    std::array<Vec3, levels> settled_mm{};
    double scale = 1; ///< height over 1760 mm
    double fat = 1;   ///< thickness of the subcutaneous fat over the reference man's
    double visceral_mm =
        0; ///< how far the belly's fat pushes its wall out, beside the reference man's; solved for mass

    /// The skin's outline at a height: a superellipse about (0, middle).
    struct Outline {
        double half_width_mm = 0, front_mm = 0, back_mm = 0; ///< front: y of the front (negative), back: y of the back
        double exponent = 2.5;
        double fat_front_mm = 0, fat_side_mm = 0, fat_back_mm = 0; ///< thickness of the subcutaneous fat
    };
    Outline outline(double z_mm) const;

    /// Named places, e.g. "carina", "diaphragm-dome-right", "aortic-root", "cardia", "pylorus", "hip-left",
    /// "shoulder-right", "jugular-notch", "xiphoid", "navel"; all builders use these, so that neighbours fit.
    std::map<std::string, Vec3> places;
    /// Throws Error for a place that the plan does not have (a slip of the program).
    Vec3 const& place(std::string const& name) const;
    VertebraPlan const& vertebra(Level level) const { return spine[std::size_t(level)]; }
};

BodyPlan plan_body(PatientParameters const& parameters);
/// The reference man's outline [mm].
BodyPlan::Outline reference_outline(double z_mm);

} // namespace fluoro
