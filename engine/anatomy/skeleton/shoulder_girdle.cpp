#include "../builders.hpp"
#include "shoulder_parts.hpp"

#include <algorithm>

namespace fluoro {

namespace {

void add(Anatomy& anatomy, std::string const& name, double density, BoneTissue tissue, Shape const& shape)
{
    PatientParameters const& who = anatomy.plan.parameters;
    std::string label = name;
    std::ranges::replace(label, '-', '_');
    if (label.starts_with("clavicle")) label.replace(0, 8, "clavicula");
    tissue.seed = unsigned(who.seed) * 17 + unsigned(anatomy.organs.size());
    anatomy.organs.push_back({name,
                              label_of(label),
                              Rank::bone,
                              {tissue.cancellous_hu, density},
                              roughened(shape, 0.3, 8, tissue.seed),
                              bone_hu(thinned(tissue, who.bone_density))});
}

/// Compact bone of the shaft thins to `least` of itself toward both ends of a bone that lies across the body.
void thin_toward_ends(Organ& bone, double least)
{
    double const a = std::abs(bone.shape.bounds().low.x), b = std::abs(bone.shape.bounds().high.x);
    bone.hu = [least, inner = std::min(a, b), outer = std::max(a, b), hu = bone.hu](Vec3 const& p, Depth const& depth) {
        double const share = (std::abs(p.x) - inner) / (outer - inner);
        double const thick = std::lerp(least, 1.0, std::clamp(std::min(share, 1 - share) / 0.25, 0.0, 1.0));
        return hu(p, {depth.mm / thick, depth.from_mm / thick, depth.to_mm / thick});
    };
}

} // namespace

std::vector<PatientOption> shoulder_girdle_options()
{
    return {};
}

void build_shoulder_girdle(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    for (Side const side : {Side::left, Side::right}) {
        std::string const end = side == Side::left ? "-left" : "-right";
        // Densities with marrow: ICRP 110.
        add(anatomy, "clavicle" + end, 1.151, {1300, 2.2, 190, 50, 2.2, 0.25, 14}, clavicle(plan, side));
        thin_toward_ends(anatomy.organs.back(), 0.3);
        add(anatomy, "scapula" + end, 1.183, {1250, 0.95, 260, 80, 2.6, 0.45, 13}, scapula(plan, side));
        add(anatomy, "humerus" + end, 1.205, {1200, 1.1, 130, 55, 2.5}, humerus(plan, side));
        Organ& arm = anatomy.organs.back();
        arm.hu = humerus_hu(plan, side);
    }
}

} // namespace fluoro
