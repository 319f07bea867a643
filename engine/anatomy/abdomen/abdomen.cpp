#include "../builders.hpp"
#include "abdomen_parts.hpp"

#include <algorithm>
#include <fluoro/core/expect.hpp>

namespace fluoro {

AbdomenFrame::AbdomenFrame(BodyPlan const& plan) : scale_{plan.scale}, seed_{unsigned(plan.parameters.seed)}
{
    BodyPlan::Outline const mine = plan.outline(plan.scale * 20), reference = reference_outline(20);
    auto const inner = [](BodyPlan::Outline const& o) { return o.half_width_mm - o.fat_side_mm; };
    auto const front = [](BodyPlan::Outline const& o) { return o.front_mm + o.fat_front_mm; };
    // Organs follow a wider cavity only in part: fat fills the rest.
    wide_ = scale_ * (1 + 0.5 * (inner(mine) / scale_ / inner(reference) - 1));
    deep_ = scale_ * (plan.parameters.sex == Sex::female ? 0.95 : 1);
    forward_ = 0.45 * (front(mine) - scale_ * front(reference));
}

Vec3 AbdomenFrame::at(double x, double y, double z) const
{
    // What lies in front goes forward with the belly's wall; the hind wall stays.
    double const share = std::clamp((10 - y) / 80, 0.0, 1.0) * std::clamp((z + 120) / 60, 0.0, 1.0);
    return {wide_ * x, deep_ * y + share * forward_, scale_ * z};
}

std::vector<PatientOption> abdomen_options()
{
    return {{"bowel-gas", "little, usual or much", "how much gas the bowel holds"},
            {"bladder", "empty, usual or full", "how full the urinary bladder is"}};
}

void build_abdomen(Anatomy& anatomy)
{
    auto const found = std::ranges::find(anatomy.organs, "visceral-fat", &Organ::name);
    FLUORO_EXPECT(found != anatomy.organs.end());
    Shape const cavity = found->shape;
    AbdomenFrame const frame{anatomy.plan};
    Bowel const bowel = bowel_of(anatomy.plan, frame, cavity);
    build_solid_organs(anatomy, frame, cavity, bowel.outer);
    anatomy.organs.insert(anatomy.organs.end(), bowel.organs.begin(), bowel.organs.end());
    build_pelvic_organs(anatomy, frame);
}

} // namespace fluoro
