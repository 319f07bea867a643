#include "../builders.hpp"
#include "../plan/reference_masses.hpp"
#include "body_form.hpp"
#include "volume_fit.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double skin_mm = 2; ///< ICRP 89: 1.3 to 2 mm

/// Subcutaneous fat: lobules of a centimetre between thin sheets of connective tissue.
double fat_hu(Vec3 const& p, unsigned seed)
{
    double const lobules = noise(p, 11, seed), fine = noise(p, 4, seed + 1);
    double const sheet = std::max(0.0, 1 - std::abs(lobules + 0.25 * fine) / 0.13);
    return -106 + 5 * fine + 55 * sheet;
}

/// Gland, spread under the skin of a lying woman, with fat between its lobes (ICRP 89: 500 g with its fat).
Organ breast(Anatomy const& anatomy, Shape const& skin, Shape const& fascia, double sign)
{
    BodyPlan const& plan = anatomy.plan;
    BodyPlan::Outline const o = plan.outline(plan.scale * 205);
    Vec3 const middle = on_the_skin(skin, {sign * 0.54 * o.half_width_mm, o.front_mm * 0.5, plan.scale * 204},
                                    {sign * 0.35, -1, 0}, 15);
    Frame const frame{middle, {0.88, 0.47 * sign, 0}, {-0.47 * sign, 0.88, 0}, {0, 0, 1}};
    Shape const disc = ellipsoid(frame, plan.scale * Vec3{62, 26, 56});
    double const by =
        offset_for_volume(disc, reference_mass_g(plan.parameters, "breast") / 0.98, 3,
                          [&](Vec3 const& p) { return skin.distance_mm(p) < -3 && fascia.distance_mm(p) > 0; });
    Shape const gland = intersect(offset(disc, by), offset(skin, -3));
    // Only the fat takes part: the muscle's fascia bounds it behind.
    Organ organ{sign > 0 ? "breast-left" : "breast-right", label_of("breast"), Rank::fat, {-20, 0.98}, gland};
    auto const seed = unsigned(plan.parameters.seed) * 31 + (sign > 0 ? 5 : 6);
    double const dense = std::clamp(1.1 - plan.parameters.age_y / 100, 0.3, 0.9);
    organ.hu = [seed, dense](Vec3 const& p, double depth_mm) {
        double const lobes = noise(p, 9, seed) + 0.5 * noise(p, 4, seed + 7);
        double const glandular = std::clamp(0.5 + lobes + 2 * (dense - 0.6) + (depth_mm - 8) / 14, 0.0, 1.0);
        return std::lerp(-100.0, 38.0, glandular);
    };
    return organ;
}

} // namespace

void build_surface(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    auto const seed = unsigned(plan.parameters.seed) * 31;
    Shape const skin = trunk_skin(plan);
    anatomy.organs.push_back({"skin", label_of("skin"), Rank::skin, {40, 1.09}, skin});
    Organ fat{"subcutaneous-fat", label_of("subcutaneous_fat"), Rank::fat, {-100, 0.95}, offset(skin, -skin_mm)};
    fat.hu = [seed](Vec3 const& p, double) { return fat_hu(p, seed); };
    anatomy.organs.push_back(fat);
    // The muscle bed: fat planes and the muscles that have names are drawn into it.
    double const hu = plan.parameters.age_y > 65 ? 47 : 55; // fat between the fibres of old age
    Shape const fascia = intersect(trunk_fascia(plan), offset(skin, -skin_mm - 1.5));
    if (plan.parameters.sex == Sex::female)
        for (double const sign : {-1.0, 1.0}) anatomy.organs.push_back(breast(anatomy, skin, fascia, sign));
    anatomy.organs.push_back({"muscle", label_of("muscle"), Rank::muscle, {hu, 1.05, 9, 3}, fascia});
}

} // namespace fluoro
