#include "../builders.hpp"
#include "../gut/sweep.hpp"
#include "head_parts.hpp"

#include <algorithm>

namespace fluoro {

namespace {

constexpr double skin_mm = 2;
constexpr double brain_density = 1.05;                       // ICRP 110
constexpr double male_brain_g = 1450, female_brain_g = 1300; // ICRP 89

void add_soft_tissue(Anatomy& anatomy, HeadForm const& head)
{
    double const fat = 2 + 2 * anatomy.plan.parameters.subcutaneous_mm / 15;
    Shape const outline = head_outline(head);
    anatomy.organs.push_back({"head-skin", label_of("skin"), Rank::skin, {40, 1.09}, outline});
    anatomy.organs.push_back(
        {"head-fat", label_of("subcutaneous_fat"), Rank::fat, {-100, 0.95, 8, 4}, offset(outline, -skin_mm)});
    anatomy.organs.push_back(
        {"head-muscle", label_of("muscle"), Rank::muscle, {50, 1.05, 8, 3}, offset(outline, -skin_mm - fat)});
}

void add_brain(Anatomy& anatomy, HeadForm const& head)
{
    bool const is_female = anatomy.plan.parameters.sex == Sex::female;
    Shape const cavity = cranial_cavity(head), room = without(cavity, unite(petrous_bones(head), base_bones(head)));
    anatomy.organs.push_back({"cerebrospinal-fluid", label_of("cerebrospinal_fluid"), Rank::cavity, {8, 1.0}, cavity});
    std::vector<Shape> ventricles;
    double const s = head.size;
    for (double side : {-1.0, 1.0}) {
        std::vector<Vec3> const way{head.at(9 * side, -48, 74), head.at(7 * side, -20, 88), head.at(15 * side, 14, 80),
                                    head.at(26 * side, 8, 56)};
        auto const points = curve(way, 4);
        ventricles.push_back(tube(points, std::vector<double>(points.size(), 4 * s)));
    }
    Shape const fluid = unite(ventricles, 2);
    // The gap to the skull is what the brain's mass leaves. The reference brain is scaled with the head.
    double const mass_g =
        (is_female ? female_brain_g : male_brain_g) * anatomy.plan.parameters.height_mm / (is_female ? 1630 : 1760);
    double const volume = mass_g / brain_density * 1000 + volumes_mm3(fluid, {0}, 2)[0];
    double const gap = growth_for_volume(room, volume, -10, 2, 4);
    anatomy.organs.push_back(
        {"brain", label_of("brain"), Rank::organ, {33, brain_density, 4, 5}, without(offset(room, gap), fluid)});
}

} // namespace

std::vector<PatientOption> head_options()
{
    return {};
}

void build_head(Anatomy& anatomy)
{
    HeadForm const head = head_form(anatomy.plan);
    add_soft_tissue(anatomy, head);
    add_brain(anatomy, head);
    add_skull(anatomy, head);
    add_mandible_and_teeth(anatomy, head);
}

} // namespace fluoro
