#include "vertebra_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

double smooth_least(double a, double b, double blend_mm)
{
    double const h = std::max(blend_mm - std::abs(a - b), 0.0) / blend_mm;
    return std::min(a, b) - h * h * h * blend_mm / 6;
}

double smooth_most(double a, double b, double blend_mm)
{
    return -smooth_least(-a, -b, blend_mm);
}

double Plate::distance_mm(Vec3 const& q) const
{
    Vec3 const d = q - a;
    Vec3 const along = u - w * glm::dot(u, w), flat = d - w * glm::dot(d, w);
    double const length2 = glm::dot(along, along);
    double const t = length2 > 1e-12 ? std::clamp(glm::dot(flat, along) / length2, 0.0, 1.0) : 0.0;
    Vec3 const rest = d - u * t;
    double const up = glm::dot(rest, w);
    Vec3 const side = rest - w * up;
    double const beyond = std::max(std::abs(up) - std::lerp(h0, h1, t), 0.0);
    return std::sqrt(glm::dot(side, side) + beyond * beyond) - std::lerp(r0, r1, t);
}

Box Plate::bounds() const
{
    Box box{Vec3{1e9}, Vec3{-1e9}};
    for (double t : {0.0, 1.0})
        for (double side : {-1.0, 1.0}) {
            Vec3 const p = a + t * u + side * std::lerp(h0, h1, t) * w;
            box = around(box, grown({p, p}, std::lerp(r0, r1, t)));
        }
    return box;
}

double HalfSpace::distance_mm(Vec3 const& q) const
{
    double const flat = glm::dot(n, q) - c;
    if (bend_per_mm == 0) return flat;
    double const t = std::clamp(glm::dot(across, q) - from_mm, -reach_mm, 0.0);
    return (flat - bend_per_mm * t * t / 2) / std::hypot(1.0, bend_per_mm * reach_mm);
}

double FacetJoint::off_mm(Vec3 const& q) const
{
    HalfSpace const lower = room(-1);
    return lower.distance_mm(q) - gap_mm / 2;
}

double FacetJoint::rise_mm(double across_mm) const
{
    double const t = std::min(across_mm - bend_from_mm, 0.0);
    return bend_per_mm * t * t / 2;
}

HalfSpace FacetJoint::room(double side) const
{
    Vec3 const n = -side * normal;
    return {n,
            glm::dot(n, centre_mm) - gap_mm / 2,
            across,
            glm::dot(across, centre_mm) + bend_from_mm,
            -side * bend_per_mm,
            0.55 * width_mm + bend_from_mm};
}

double BonePart::distance_mm(Vec3 const& q) const
{
    double d = plate.distance_mm(q);
    for (HalfSpace const& half : cuts) d = smooth_most(d, half.distance_mm(q), 0.6);
    return d;
}

FacetJoint upper_facet(BodyPlan const& plan, Level level)
{
    LevelForm const& form = level_form(level);
    VertebraPlan const& v = plan.vertebra(level);
    double const s = plan.scale;
    double const rim = (v.anterior_height_mm + v.posterior_height_mm) / 4;
    double const turn = radians(form.facet_turn_deg), rise = radians(form.facet_rise_deg);
    double const age = std::clamp((plan.parameters.age_y - 45) / 40, 0.0, 1.0);
    FacetJoint joint;
    joint.centre_mm = {s * form.facet_x, v.endplate_depth_mm / 2 + s * form.facet_back, rim + s * form.facet_up};
    joint.normal = {std::sin(turn) * std::cos(rise), std::cos(turn) * std::cos(rise), std::sin(rise)};
    joint.across = glm::normalize(Vec3{std::cos(turn), -std::sin(turn), 0});
    joint.width_mm = s * form.facet_width;
    joint.height_mm = s * form.facet_height;
    // Lumbar facets are hooks, sagittal behind and nearly coronal in front; the lowest are flatter.
    joint.bend_per_mm = level == Level::sacrum ? 1 / (10 * s) : level >= Level::l1 ? 1 / (8 * s) : 0;
    joint.bend_from_mm = 0.05 * joint.width_mm;
    // Cartilage of 1 mm on either side in the lumbar spine, 0.7-0.8 mm above; worn with age.
    joint.gap_mm = (level == Level::sacrum ? 2.2 : level >= Level(int(Level::l1) + 1) ? 2.0 : 1.7) - 0.25 * age;
    return joint;
}

FacetJoint in_frame_above(BodyPlan const& plan, Level level, FacetJoint const& joint)
{
    Frame const &here = plan.vertebra(level).frame, &above = plan.vertebra(level_at(int(level) - 1)).frame;
    auto const direction = [&](Vec3 const& d) {
        Vec3 const patient = here.left * d.x + here.back * d.y + here.up * d.z;
        return Vec3{glm::dot(patient, above.left), glm::dot(patient, above.back), glm::dot(patient, above.up)};
    };
    FacetJoint moved = joint;
    moved.centre_mm = above.local(here.at(joint.centre_mm.x, joint.centre_mm.y, joint.centre_mm.z));
    moved.normal = direction(joint.normal);
    moved.across = direction(joint.across);
    return moved;
}

namespace {

BonePart bearer(FacetJoint const& joint, double thick_mm, double side)
{
    double const r = thick_mm / 2;
    Vec3 const n = side * joint.normal;
    Vec3 const up = glm::normalize(glm::cross(joint.across, joint.normal));
    double const half = std::max(joint.width_mm / 2 - r, 0.3);
    // Sunk a little into the joint's plane, so that the facet is flat and not the round face of the plate.
    auto const middle = [&](double radius) { return joint.centre_mm + n * (joint.gap_mm / 2 + 0.72 * radius); };
    BonePart part;
    if (joint.bend_per_mm > 0) {
        // A process, thinner and narrower toward its tip: the lower vertebra's stands up, the upper one's hangs down.
        Vec3 const toward_tip = -side * up;
        double const tip_r = (side < 0 ? 0.62 : 0.85) * r,
                     tip_half = std::max((side < 0 ? 0.4 : 0.46) * joint.width_mm - tip_r, 0.3);
        Vec3 const base = middle(r) - (joint.height_mm / 2 - r) * toward_tip,
                   tip = middle(tip_r) + (joint.height_mm / 2 - tip_r) * toward_tip;
        part.plate = {base, tip - base, joint.across, half, tip_half, r, tip_r};
    } else {
        double const high = std::max(joint.height_mm / 2 - r, 0.3);
        part.plate = {middle(r) - half * joint.across, 2 * half * joint.across, up, high, high, r, r};
    }
    part.cuts.push_back(joint.room(side));
    return part;
}

} // namespace

BonePart lower_side(FacetJoint const& joint, double thick_mm)
{
    return bearer(joint, thick_mm, -1);
}

BonePart upper_side(FacetJoint const& joint, double thick_mm)
{
    return bearer(joint, thick_mm, 1);
}

BonePart lower_lip(FacetJoint const& joint)
{
    // An upright rod whose face the joint cuts, so that bone stands before the hook as far as the facet reaches.
    double const r = 0.19 * joint.width_mm, at = r - joint.width_mm / 2;
    Vec3 const up = glm::normalize(glm::cross(joint.across, joint.normal));
    Vec3 const middle =
        joint.centre_mm + at * joint.across + (joint.rise_mm(at) - joint.gap_mm / 2 - 0.6 * r) * joint.normal;
    double const half = std::max(joint.height_mm / 2 - r, 0.3);
    BonePart part;
    part.plate = {middle - half * up, 1.55 * half * up, joint.across, 0, 0, r, 0.8 * r};
    part.cuts.push_back(joint.room(-1));
    return part;
}

} // namespace fluoro
