#include "../builders.hpp"
#include "sacrum_form.hpp"
#include "spine_soft.hpp"

#include <cmath>
#include <memory>

// docs/theory/spine.md
namespace fluoro {

namespace {

std::string label_name(Level level)
{
    return "vertebrae_" + name_of(level);
}

void add_landmarks(Anatomy& anatomy, VertebraForm const& form, Level level)
{
    VertebraPlan const& v = anatomy.plan.vertebra(level);
    Frame const& f = v.frame;
    auto& marks = anatomy.lumens.landmarks;
    std::string const name = name_of(level);
    auto const pair = [&](char const* what, Vec3 const& left) {
        marks[std::string{what} + "-left-" + name] = f.at(left.x, left.y, left.z);
        marks[std::string{what} + "-right-" + name] = f.at(-left.x, left.y, left.z);
    };
    // The atlas has no body: its anterior arch stands for it.
    marks[name] = level == Level::c1 ? f.at(0, -11 * anatomy.plan.scale, anatomy.plan.scale) : f.origin_mm;
    marks["canal-" + name] = f.at(0, form.canal().y, 0);
    Vec3 const spinous = form.spinous_tip();
    marks["spinous-" + name] = f.at(spinous.x, spinous.y, spinous.z);
    pair("transverse", form.transverse_tip());
    if (level == Level::c1) return;
    pair("pedicle", form.pedicle());
    double const half = (v.anterior_height_mm + v.posterior_height_mm) / 4;
    marks["endplate-upper-" + name] = f.at(0, 0, half);
    marks["endplate-lower-" + name] = f.at(0, 0, -half);
}

void add_lesions(Anatomy& anatomy, VertebraForm const& form, Level level, BodyPathology const& pathology)
{
    VertebraPlan const& v = anatomy.plan.vertebra(level);
    int const label = label_of(label_name(level));
    if (pathology.fracture && pathology.fracture->cleft != CleftContent::none) {
        // Kummell: a flat cleft under the upper end-plate, in front.
        bool const is_gas = pathology.fracture->cleft == CleftContent::gas;
        double const half = (v.anterior_height_mm + v.posterior_height_mm) / 4;
        Frame at = v.frame;
        at.origin_mm = v.frame.at(0, -0.22 * v.endplate_depth_mm, 0.12 * half);
        Shape const lens = roughened(
            ellipsoid(at, {0.34 * v.endplate_width_mm, 0.22 * v.endplate_depth_mm, std::max(1.6, 0.26 * half)}), 0.8, 4,
            9);
        anatomy.organs.push_back({"cleft-" + name_of(level),
                                  label_of("cleft"),
                                  Rank::bone,
                                  {is_gas ? -900.0 : 8.0, is_gas ? 0.1 : 1.01},
                                  lens,
                                  {},
                                  label});
    }
    for (Metastasis const& m : pathology.metastases)
        anatomy.lumens.landmarks["metastasis-" + name_of(level)] =
            m.site == LesionSite::body ? v.frame.origin_mm
                                       : v.frame.at((m.site == LesionSite::pedicle_left ? 1 : -1) * form.pedicle().x,
                                                    form.pedicle().y, form.pedicle().z);
}

/// Of a whole vertebra, cortex and marrow together, as its HU say (docs/theory/spine.md).
double whole_density(Level level, double bone_density)
{
    double const i = double(level);
    double const young = level <= Level::c7 ? 1.4 : level <= Level::t12 ? std::lerp(1.305, 1.235, (i - 7) / 11) : 1.266;
    return 1.06 + (young - 1.06) * (0.72 + 0.28 * bone_density);
}

} // namespace

std::vector<PatientOption> spine_options()
{
    return {{"fracture", "LEVEL:wedge|biconcave|plana:PERCENT[:cleft|cleft-fluid][:posterior-wall]; more after a ;",
             "collapsed vertebral bodies by their loss of height"},
            {"metastasis", "LEVEL:lytic|blastic[:body|pedicle-left|pedicle-right]; more after a ;",
             "bone destroyed or hardened by a tumour"},
            {"scoliosis_deg", "DEGREES", "Cobb angle of the thoracic curve, + = convex to the right"}};
}

void build_spine(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    auto const sacrum = std::make_shared<SacrumForm const>(plan);
    add_canal_content(anatomy, *sacrum);
    add_discs(anatomy);
    for (int i = 0; i < int(Level::sacrum); ++i) {
        Level const level = level_at(i);
        auto const form = std::make_shared<VertebraForm const>(plan, level);
        double const mean = cancellous_hu(level, plan.parameters.bone_density);
        anatomy.organs.push_back({"vertebra-" + name_of(level),
                                  label_of(label_name(level)),
                                  Rank::bone,
                                  {mean, whole_density(level, plan.parameters.bone_density)},
                                  {form->bounds(), [form](Vec3 const& p) { return form->distance_mm(p); }},
                                  [form](Vec3 const& p, Depth const& depth) { return form->hu(p, depth); }});
        add_landmarks(anatomy, *form, level);
        add_lesions(anatomy, *form, level, pathology_of(plan.parameters, level));
    }

    // S1 has a label of its own; both pieces overlap a little, so that no seam is left between them.
    double const mean = cancellous_hu(Level::sacrum, plan.parameters.bone_density);
    Tissue const bone{mean, whole_density(Level::l5, plan.parameters.bone_density) - 0.04};
    // Where they meet is no surface: there the depth is that below the whole bone's.
    auto const hu = [sacrum](Vec3 const& p, Depth const& depth) {
        double const whole = -sacrum->distance_mm(p);
        return sacrum->hu(p, whole > depth.mm + 1.5 ? Depth{whole} : depth);
    };
    anatomy.organs.push_back(
        {"sacrum",
         label_of("sacrum"),
         Rank::bone,
         bone,
         {sacrum->bounds(),
          [sacrum](Vec3 const& p) { return std::max(sacrum->distance_mm(p), sacrum->above_s2_mm(p) - 1.5); }},
         hu});
    anatomy.organs.push_back(
        {"vertebra-S1",
         label_of("vertebrae_S1"),
         Rank::bone,
         bone,
         {sacrum->bounds(),
          [sacrum](Vec3 const& p) { return std::max(sacrum->distance_mm(p), -sacrum->above_s2_mm(p)); }},
         hu});

    auto& marks = anatomy.lumens.landmarks;
    marks["S1"] = sacrum->segments()[0].origin_mm;
    marks["sacrum"] = sacrum->segments()[2].origin_mm;
    marks["promontory"] = sacrum->segments()[0].at(0, -16 * plan.scale, 14 * plan.scale);
    marks["coccyx-tip"] = sacrum->segments().back().origin_mm;
    marks["sacroiliac-left"] = sacrum->auricular_mm(1);
    marks["sacroiliac-right"] = sacrum->auricular_mm(-1);
    for (int rib = 1; rib <= 12; ++rib)
        for (double side : {1.0, -1.0}) {
            std::string const which = (side > 0 ? "left-" : "right-") + std::to_string(rib);
            marks["costovertebral-" + which] = costovertebral_joint(plan, rib, side);
            marks["costotransverse-" + which] = costotransverse_joint(plan, rib, side);
        }
}

} // namespace fluoro
