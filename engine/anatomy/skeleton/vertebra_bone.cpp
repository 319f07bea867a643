#include "vertebra_form.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {

double cancellous_hu(Level level, double bone_density)
{
    // Falls down the spine. The lumbar figure is that of men and women of 40 in abdominal CTs (L1 about 190 HU at 120
    // kV), the neck's about a third more. Marrow without bone is about -20 HU: half red, half yellow.
    constexpr double marrow_hu = -20;
    double const i = double(level);
    double const young = level <= Level::c7    ? 265 - 6 * i
                         : level <= Level::t12 ? std::lerp(225.0, 180.0, (i - 7) / 11)
                         : level <= Level::l5  ? std::lerp(178.0, 165.0, (i - 19) / 4)
                                               : 115;
    return marrow_hu + bone_density * (young - marrow_hu);
}

double trabeculae_hu(Vec3 const& local, double core_hu, double bone_density, unsigned seed)
{
    // Upright plates and struts in rows along the body's own axes and its diagonals, so that a picture of the whole
    // thickness still shows them as stripes; thinned bone loses the ties first, and what stays is coarser, further
    // apart and taller. Rows whose spacing wanders have no mean of their own, however small the bone.
    double const porous = std::clamp(1 - bone_density, 0.0, 0.8);
    double const pitch = std::lerp(2.5, 3.6, porous), up = local.z / std::lerp(2.2, 2.6, porous);
    auto const rows = [&](double across, double along, unsigned family) {
        double const wander = noise(Vec3{across, along / 2.5, up}, 5, seed + family);
        return std::numbers::sqrt2 * std::sin(2 * std::numbers::pi * across / pitch + 2.0 * wander);
    };
    double const x = local.x, y = local.y, a = (x + y) * 0.707, b = (x - y) * 0.707;
    double const plates = rows(x, y, 0) + rows(y, x, 2) + 0.8 * rows(a, b, 3) + 0.8 * rows(b, a, 4);
    double const ties = noise(Vec3{x / 3, y / 3, local.z}, 1.3, seed + 1);
    double const patches = noise(local, 5, seed + 5);
    double const strength = std::lerp(18.0, 36.0, porous) + 0.1 * std::max(core_hu, 0.0);
    return strength * (plates + (0.8 - 0.7 * porous) * ties + 0.3 * patches);
}

bool VertebraForm::is_facet(Vec3 const& q) const
{
    for (FacetJoint const& joint : facets_) {
        Vec3 const d = Vec3{std::abs(q.x), q.y, q.z} - joint.centre_mm;
        double const off = joint.off_mm(Vec3{std::abs(q.x), q.y, q.z}), aside = glm::dot(d, joint.across);
        double const up = glm::dot(d, glm::cross(joint.normal, joint.across));
        if (std::abs(off) < joint.gap_mm / 2 + 2.5 && std::abs(aside) < joint.width_mm / 2 &&
            std::abs(up) < joint.height_mm / 2)
            return true;
    }
    return false;
}

double VertebraForm::hu(Vec3 const& patient, Depth const& depth) const
{
    Vec3 const q = warped(frame_.local(patient));
    double const rim = (size_.anterior_height_mm + size_.posterior_height_mm) / 4;
    BodyDepths const at = has_body_ ? body_depths(q) : BodyDepths{9, 9, 9};
    double const end_depth = -std::max(at.upper, at.lower);
    bool const in_body = at.side < 0.6 && end_depth > -0.6;

    // Cortex of 0.4 (wall), 0.7 (end-plate), 1.0 (pedicle, lamina) and 0.5 mm (processes) that goes over into the
    // cancellous bone, which the arch has little of; the plates under the cartilage of joints are thicker.
    bool const lumbar = level_ >= Level::l1, cervical = level_ <= Level::c7;
    double const spinous = std::clamp((q.y - canal_y_ - canal_half_depth_ - 6 * scale_) / (5 * scale_), 0.0, 1.0);
    double const transverse =
        std::clamp((std::abs(q.x) - pedicle_.x - size_.pedicle_width_mm / 2 - 4 * scale_) / (5 * scale_), 0.0, 1.0);
    double const tip = std::max(spinous, transverse);
    double const thin = transverse > spinous ? (cervical ? 0.8 : 0.5) : cervical ? 1.0 : 0.65;
    // The neck's pillars bear nearly as much as its bodies: dense inside.
    double const pillar = cervical ? std::clamp((q.y - half_depth_ - 2 * scale_) / (2 * scale_), 0.0, 1.0) : 0;
    double peak = std::lerp(1550.0 - 200 * pillar,
                            cervical                         ? 1300.0
                            : lumbar && transverse > spinous ? 1200.0
                                                             : 1150.0,
                            tip);
    double spread = std::lerp(lumbar ? 1.15 : cervical ? 0.94 - 0.06 * pillar : 1.0, thin, tip);
    double core = core_hu_ + (cervical ? 35 + 75 * pillar : -10) * (1 - tip) - 30 * tip;
    if (cervical && level_ >= Level(2)) {
        // The costal bar before the artery is the slightest part.
        double const beside = std::clamp((std::abs(q.x) - half_width_) / (2 * scale_), 0.0, 1.0);
        double const ahead = std::clamp((half_depth_ - 6 * scale_ - q.y) / (2 * scale_), 0.0, 1.0);
        peak = std::lerp(peak, 600.0, beside * ahead);
        core = std::lerp(core, 60.0, beside * ahead);
    }
    if (level_ == Level(1) && q.z > rim && std::abs(q.x) < 6.5 * scale_) {
        // The dens is the densest part of the axis.
        spread *= 1.6;
        core += 240;
    }
    if (level_ == Level::c1 && std::abs(q.x) > 11 * scale_) {
        // The atlas bears the head on its rims; its lateral masses are loose inside.
        spread *= 0.85;
        core -= 120;
    }
    if (in_body) {
        core = core_hu_;
        bool const is_end_plate = end_depth < depth.mm + 0.9;
        peak = is_end_plate ? 1400 : 1350;
        spread = is_end_plate ? (cervical ? 0.89 : 0.72) : 0.52;
        // Denser under the end-plates and toward the pedicles, sparser in the middle and in front.
        core *= 0.88 + 0.35 * std::exp(-end_depth / 4) + 0.15 * std::clamp(q.y / half_depth_, -1.0, 1.0);
    }
    if (cervical) {
        // Thin laminae are two tables of bone with pores in them.
        if (q.y > canal_y_ && std::abs(q.x) > 4 * scale_ && std::abs(q.x) < pedicle_.x)
            peak = std::lerp(950.0, peak, tip);
        // The short pedicles of the neck have the thickest walls of all.
        if (!in_body && q.y < half_depth_ + 3.5 * scale_ && std::abs(std::abs(q.x) - pedicle_.x) < 3.5 * scale_)
            spread *= 1.3;
    } else if (!in_body) {
        // The isthmus is the densest piece of the arch; within, marrow and bone lie in patches.
        Vec3 const off = Vec3{std::abs(q.x), q.y, q.z} - isthmus_;
        spread *= 1 + 0.5 * std::exp(-glm::dot(off, off) / (40 * scale_ * scale_));
        if (lumbar) spread *= 1 + 0.25 * (1 - tip);
        core *= 1 + 0.3 * std::clamp(noise(q, 7, seed_ + 11), -1.5, 1.5);
    }
    if (!in_body && is_facet(q)) spread *= cervical ? 1.4 : 1.7;
    core = dense_ * core + trabeculae_hu(q, core_hu_, density_, seed_);
    // Cortex is thick here and thin there, and pierced by small vessels.
    double const grain = noise(q, 5, seed_ + 7) + 0.7 * noise(q, 2.2, seed_ + 8);
    double const regions = cervical ? 0 : noise(q, 13, seed_ + 10);
    spread *= in_body ? std::clamp(1 + 0.24 * grain + (cervical ? 0 : 0.32) * regions, 0.4, 1.6)
                      : std::clamp(1.06 + (cervical ? 0.24 : 0.3) * grain + 0.15 * regions, 0.45, 1.8);
    double const shell = depth.mean_bell(spread);
    double hu = core + shell * (peak * shell_ - core);

    if (in_body && pathology_.fracture) {
        // Crushed bone is packed under the end-plate that gave way.
        double const under = std::exp(-std::max(0.0, -at.upper) / 5);
        hu += 420 * pathology_.fracture->height_loss * under * (1 - shell);
        if (pathology_.fracture->is_posterior_wall_broken && q.y > 0.8 * half_depth_ && std::abs(q.z - 0.1 * rim) < 1.3)
            hu = std::min(hu, 70.0);
    }
    // Worn joints and rims harden.
    if (sclerosis_ > 0 && !in_body) hu += 160 * sclerosis_ * std::exp(-depth.mm / 3);
    // Basivertebral vein: a channel from the middle of the back wall, wide behind, lost toward the middle.
    if (in_body && q.y > -0.1 * half_depth_ && level_ > Level(1)) {
        double const behind = std::clamp(q.y / half_depth_, 0.0, 1.1);
        double const radius = scale_ * (0.7 + 1.6 * behind * behind);
        double const off2 = (0.1 * q.x * q.x + q.z * q.z) / (radius * radius);
        hu = std::lerp(hu, 40.0, 0.85 * behind * std::exp(-off2));
    }
    for (Metastasis const& m : pathology_.metastases) {
        bool const is_body = m.site == LesionSite::body;
        double const side = m.site == LesionSite::pedicle_right ? -1 : 1;
        Vec3 const centre = is_body ? Vec3{0.25 * half_width_, -0.1 * half_depth_, 0.1 * rim}
                                    : Vec3{side * pedicle_.x, pedicle_.y, pedicle_.z};
        Vec3 const radii =
            is_body ? Vec3{0.62 * half_width_, 0.7 * half_depth_, 0.75 * rim}
                    : Vec3{0.9 * size_.pedicle_width_mm + 3, 10 * scale_, 0.75 * size_.pedicle_height_mm + 3};
        double const k = glm::length((q - centre) / radii) + 0.08 * noise(q, 4, seed_ + 5);
        double const inside = std::clamp((1.05 - k) / 0.1, 0.0, 1.0);
        hu = m.kind == LesionKind::lytic ? std::lerp(hu, 45.0, inside)
                                         : std::lerp(hu, std::max(hu, 720 + 130 * noise(q, 2.5, seed_ + 6)), inside);
    }
    return hu;
}

Vec3 costovertebral_joint(BodyPlan const& plan, int rib, double sign)
{
    Level const level = level_at(int(Level::t1) + rib - 1);
    VertebraPlan const& v = plan.vertebra(level);
    double const rim = (v.anterior_height_mm + v.posterior_height_mm) / 4, s = plan.scale;
    // Ribs 2 to 9 stand on two bodies and the disc between; 1, 10, 11, 12 on their own.
    double const up = rib == 1    ? rim - 5 * s
                      : rib >= 11 ? rim - 4 * s
                      : rib == 10 ? rim - 2 * s
                                  : rim + v.disc_below_mm / 2;
    return v.frame.at(sign * (0.5 * v.endplate_width_mm + 2.0), 0.5 * v.endplate_depth_mm - (rib >= 11 ? 4.5 : 3.5) * s,
                      up);
}

Vec3 costotransverse_joint(BodyPlan const& plan, int rib, double sign)
{
    Level const level = level_at(int(Level::t1) + rib - 1);
    VertebraPlan const& v = plan.vertebra(level);
    LevelForm const& form = level_form(level);
    double const s = plan.scale;
    // The front of the process's club; from rib 7 down nearer to its upper edge.
    return v.frame.at(sign * s * (form.transverse_x - 1.5), v.endplate_depth_mm / 2 + s * (form.transverse_back - 5.5),
                      s * (form.transverse_up + (rib >= 7 ? 2.5 : 0)));
}

} // namespace fluoro
