#include "abdomen_parts.hpp"

#include "../plan/reference_masses.hpp"
#include "../surface/body_form.hpp"
#include "../surface/volume_fit.hpp"

#include <cmath>

namespace fluoro {

namespace {

/// Radii times this give an ellipsoid another volume.
double swelling(Vec3 const& radii, double volume_cm3)
{
    return std::cbrt(volume_cm3 * 1000 / (4.0 / 3 * std::numbers::pi * radii.x * radii.y * radii.z));
}

} // namespace

void build_pelvic_organs(Anatomy& anatomy, AbdomenFrame const& frame)
{
    PatientParameters const& who = anatomy.plan.parameters;
    double const s = frame.scale();
    bool const is_male = who.sex == Sex::male;
    auto const add = [&](std::string const& name, char const* label, Rank rank, Tissue const& tissue,
                         Shape const& shape) {
        anatomy.organs.push_back({name, label_of(label), rank, tissue, shape});
    };

    // ICRP 89: wall 50 and 40 g; urine 200 mL in the usual bladder.
    std::string const full = who.word("bladder", {"empty", "usual", "full"}, "usual");
    double const urine_cm3 = full == "empty" ? 30 : full == "full" ? 420 : 190;
    double const wall_g = reference_mass_g(who, "bladder-wall");
    Vec3 const radii = is_male ? Vec3{46, 36, 32} : Vec3{42, 36, 35};
    double const outer = swelling(radii, urine_cm3 + wall_g / 1.04);
    double const floor_z = -212; // its neck stays, the dome rises
    Shape const bladder = roughened(ellipsoid(frame.frame(2, -21, floor_z + radii.z * outer / s), radii * outer), 1.5,
                                    45, frame.seed(60));
    add("bladder", "urinary_bladder", Rank::organ, {35, 1.04, 6, 3}, bladder);
    add("urine", "urine", Rank::organ, {8, 1.02, 4, 5}, offset(bladder, offset_for_volume(bladder, urine_cm3, 2)));

    if (is_male) {
        Vec3 const prostate{22, 15, 14};
        add("prostate", "prostate", Rank::organ, {40, 1.03, 7, 3},
            ellipsoid(frame.frame(0, -10, -222),
                      prostate * swelling(prostate, reference_mass_g(who, "prostate") / 1.03)));
        for (double const side : {-1.0, 1.0}) {
            std::string const end = side > 0 ? "-left" : "-right";
            add("seminal-vesicle" + end, "seminal_vesicle", Rank::organ, {30, 1.03, 7, 3},
                rounded_cone(frame.at(side * 8, 14, -206), 4.5 * s, frame.at(side * 30, 18, -198), 3.5 * s));
            Vec3 const testis{11, 14, 20};
            add("testis" + end, "gonad", Rank::organ, {30, 1.04, 5, 3},
                ellipsoid(frame.frame(side * 14, -84, side > 0 ? -258 : -255),
                          testis * swelling(testis, reference_mass_g(who, "testis") / 1.04)));
        }
        return;
    }
    double const age = who.age_y > 60 ? 0.55 : 1; // old ovaries are small
    Shape const corpus =
        ellipsoid({frame.at(4, 15, -140), {1, 0, 0}, {0, 0.8, -0.6}, {0, 0.6, 0.8}}, s * Vec3{24, 19, 27});
    Shape const cervix = rounded_cone(frame.at(3, 25, -166), 12 * s, frame.at(0, 29, -192), 10 * s);
    Shape const uterus = sampled(unite(corpus, cervix, 14 * s), 2, 16);
    add("uterus", "uterus", Rank::organ, {45, 1.03, 8, 4},
        offset(uterus, offset_for_volume(uterus, reference_mass_g(who, "uterus") / 1.03, 1.5)));
    for (double const side : {-1.0, 1.0})
        add(side > 0 ? "ovary-left" : "ovary-right", "gonad", Rank::organ, {30, 1.04, 8, 4},
            ellipsoid(frame.frame(side * 46, 12, side > 0 ? -150 : -154), std::cbrt(age) * s * Vec3{9, 8, 17}));
}

} // namespace fluoro
