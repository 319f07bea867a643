#include "vertebra_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

void shape_atlas(VertebraForm& form, BodyPlan const& plan);
void shape_axis(VertebraForm& form, BodyPlan const& plan);

namespace {

bool is_cervical(Level level)
{
    return level <= Level::c7;
}
bool is_lumbar(Level level)
{
    return level >= Level::l1;
}

/// The box of a plate and its mirror image, all of it on the left.
double outside_mm(Box const& box, Vec3 const& p)
{
    return glm::length(glm::max(glm::max(box.low - p, p - box.high), Vec3{0}));
}

} // namespace

VertebraForm::VertebraForm(BodyPlan const& plan, Level level)
    : level_{level}, frame_{plan.vertebra(level).frame}, size_{plan.vertebra(level)}, scale_{plan.scale},
      pathology_{pathology_of(plan.parameters, level)}, seed_{unsigned(plan.parameters.seed * 101 + unsigned(level))},
      density_{plan.parameters.bone_density}, wave_mm_{0.55 * plan.scale}, wave_phase_{0.7 *
                                                                                       double(plan.parameters.seed % 9)}
{
    double const age = std::clamp((plan.parameters.age_y - 45) / 40, 0.0, 1.0);
    double const porous = std::max(0.0, 1 - density_);
    // The plan's width in the neck is that of the end-plate between the uncinate processes; the body with them is 21 mm
    // (C3) to 24 mm (C6) wide.
    half_width_ =
        size_.endplate_width_mm / 2 * (is_cervical(level) && level >= Level(2) ? level == Level::c7 ? 1.13 : 1.2 : 1);
    half_depth_ = size_.endplate_depth_mm / 2;
    core_hu_ = cancellous_hu(level, density_);
    shell_ = std::lerp(0.72, 1.0, std::clamp(density_, 0.0, 1.0));
    sclerosis_ = age;
    lean_back_ =
        0.006 * std::clamp(noise(Vec3{level_ == Level::c1 ? 0.3 : double(level_) * 3.7, 0, 0}, 1, seed_), -1.5, 1.5);
    lean_up_ = 0.006 * std::clamp(noise(Vec3{0, double(level_) * 3.7, 0}, 1, seed_), -1.5, 1.5);
    // Spurs grow where the spine wears most: no two levels alike.
    double const spur = 0.75 + 0.25 * std::clamp(noise(Vec3{1.5, double(level_) * 3.1, 7}, 1, seed_), -2.0, 1.0);
    double const dished = 1 + (is_lumbar(level)     ? 0.16
                               : is_cervical(level) ? 0.05
                                                    : 0.07) *
                                  random(3),
                 drawn_in = 1 + 0.2 * random(5);
    lift_ = is_lumbar(level) ? 0.05 * random(7) : is_cervical(level) ? 0.15 * random(7) : 0;
    dense_ = 1 + (is_cervical(level) ? 0.03 : 0.05) * random(9);
    if (is_cervical(level)) {
        waist_ = 0.06;
        upper_dish_ = 0.3;
        lower_dish_ = 1.2;
        uncinate_ = level >= Level(2) ? (5.2 + 0.3 * random(19)) * scale_ : 0;
        saddle_ = 0.8 * scale_;
        osteophyte_ = level >= Level(4) ? 1.2 * age : 0.4 * age;
    } else if (is_lumbar(level)) {
        waist_ = 0.085;
        upper_dish_ = 1.2 * scale_;
        lower_dish_ = 1.9 * scale_;
        osteophyte_ = 5.2 * age * spur;
    } else {
        waist_ = 0.07;
        upper_dish_ = 0.9 * scale_;
        lower_dish_ = 1.2 * scale_;
        osteophyte_ = 3.0 * age * spur;
    }
    if (!is_cervical(level)) {
        waist_ *= drawn_in;
        one_sided_ = 0.3 * random(21);
        roll_up_ = 0.014 * random(23);
        roll_low_ = 0.014 * random(25);
    }
    // Porous end-plates give way to the nucleus.
    upper_dish_ *= dished * (1 + 1.3 * porous);
    lower_dish_ *= (2 - dished) * (1 + 1.0 * porous);
    if (pathology_.fracture) {
        Fracture const& f = *pathology_.fracture;
        double const rims = (size_.anterior_height_mm + size_.posterior_height_mm) / 2;
        double const intact = 2 * rims / (f.anterior_left() + f.posterior_left());
        // The middle keeps its share of what it was between its natural dishes.
        double const sunk = rims - f.middle_left() * (intact - upper_dish_ - lower_dish_);
        if (f.collapse == Collapse::biconcave) {
            upper_dish_ = 0.52 * sunk;
            lower_dish_ = 0.48 * sunk;
        } else {
            lower_dish_ = std::min(0.6 * lower_dish_, 1.2);
            upper_dish_ = std::max(0.3, sunk - lower_dish_);
        }
    }
    canal_half_width_ = size_.canal_width_mm / 2;
    canal_half_depth_ = size_.canal_depth_mm / 2;
    canal_y_ = half_depth_ + canal_half_depth_;
    if (level == Level::c1)
        shape_atlas(*this, plan);
    else if (level == Level(1))
        shape_axis(*this, plan);
    else
        shape_typical(plan);
    arch_box_ = {Vec3{1e9}, Vec3{-1e9}};
    for (auto const* parts : {&paired_, &middle_})
        for (BonePart const& part : *parts) arch_box_ = around(arch_box_, part.plate.bounds());
    arch_box_ = grown(arch_box_, 3.2); // blends and the lift of the transverse processes
}

double VertebraForm::random(int what) const
{
    return std::clamp(noise(Vec3{what + 0.5, double(level_) * 4.3 + 0.5, 2.5}, 1, seed_), -1.5, 1.5);
}

void VertebraForm::shape_typical(BodyPlan const& plan)
{
    LevelForm const& form = level_form(level_);
    double const s = scale_, back = half_depth_;
    double const rim = (size_.anterior_height_mm + size_.posterior_height_mm) / 4;
    // Pedicles keep their height when the body collapses: they stand on its intact back.
    double const pw = size_.pedicle_width_mm, ph = std::min(size_.pedicle_height_mm, 2 * rim - 1);
    bool const cervical = is_cervical(level_), lumbar = is_lumbar(level_);
    double const length = s * (cervical ? 3.5 : lumbar ? 8 : 7.5);
    double const isthmus = back + (cervical ? 0.9 : 4) * s;
    pedicle_ = {canal_half_width_ + pw / 2, isthmus, rim - ph / 2 - (cervical ? 1.2 : 0.8) * s};
    double const lean = std::tan(radians(form.pedicle_angle_deg));
    auto const pedicle_at = [&](double y) { return Vec3{pedicle_.x + lean * (y - isthmus), y, pedicle_.z}; };
    Vec3 const root = pedicle_at(back - 3 * s), end = pedicle_at(back + length);
    double const thin = std::min(pw, ph) / 2;
    // An upright stadium, or a lying one where the pedicle is wider than high (L5).
    paired_.push_back({{root, end - root, pw <= ph ? Vec3{0, 0, 1} : Vec3{1, 0, 0}, std::abs(ph - pw) / 2,
                        std::abs(ph - pw) / 2, thin, thin},
                       {}});
    FacetJoint const above = upper_facet(plan, level_);
    FacetJoint const below =
        in_frame_above(plan, level_at(int(level_) + 1), upper_facet(plan, level_at(int(level_) + 1)));
    facets_ = {above, below};
    double const bearing = s * (cervical ? 6.2 : lumbar ? 9.5 : 6.0);
    BonePart sap = lower_side(above, bearing), iap = upper_side(below, bearing);
    if (cervical)
        for (auto const& [part, joint] : {std::pair{&sap, &above}, std::pair{&iap, &below}}) {
            // Facets are ovals: the plate loses its corners.
            Vec3 const up = glm::normalize(glm::cross(joint->normal, joint->across));
            for (double const x : {-1.0, 1.0})
                for (double const z : {-1.0, 1.0}) {
                    Vec3 const corner = glm::normalize(x * joint->across + z * up);
                    double const reach = 0.26 * (joint->width_mm + joint->height_mm);
                    part->cuts.push_back({corner, glm::dot(corner, joint->centre_mm) + reach});
                }
        }
    paired_.push_back(sap);
    paired_.push_back(iap);
    if (lumbar) paired_.push_back(lower_lip(above));
    Vec3 const sap_root = above.centre_mm - above.normal * (bearing / 2 + 1),
               iap_root = below.centre_mm + below.normal * (bearing / 2 + 0.6);
    std::vector<HalfSpace> const between{above.room(-1), below.room(1)};
    double const lamina_r = s * (level_ == Level::c7 ? 2.2 : cervical ? 1.35 : lumbar ? 4.1 : 3.3);
    double const lamina_up = s * form.lamina_up, lamina_half = s * form.lamina_height / 2 - lamina_r;
    double const roof = canal_y_ + canal_half_depth_ + lamina_r * 0.9;
    if (cervical) {
        // The pillar between both facets.
        Vec3 const waist = glm::mix(sap_root, iap_root, 0.5) - Vec3{0.8, 0, 0} * s;
        for (auto const& [from, width] : {std::pair{sap_root, above.width_mm}, std::pair{iap_root, below.width_mm}})
            paired_.push_back(
                {{from, waist - from, Vec3{1, 0, 0}, width / 2 - 4.6 * s, 0.3 * s, 4.3 * s, 4.0 * s}, between});
        paired_.push_back({{end, sap_root - end, Vec3{0, 0, 1}, 1.5 * s, 1.5 * s, 2.6 * s, 3.2 * s}, {}});
    } else {
        paired_.push_back(
            {{end, sap_root - end, Vec3{1, 0, 0}, (lumbar ? 1.2 : 0.8) * s, 1.5 * s, 3.0 * s, 2.6 * s}, {between[0]}});
        // Pars interarticularis: from behind the pedicle down to the lower facet.
        Vec3 const high = end + Vec3{-0.5, 1, 0} * s, low = iap_root + Vec3{0, 1, 3} * s;
        isthmus_ = glm::mix(high, low, 0.45);
        paired_.push_back({{high, low - high, Vec3{1, 0, 0}, (lumbar ? 2.6 : 1.9) * s, (lumbar ? 3.0 : 2.3) * s,
                            (lumbar ? 3.9 : 3.2) * s, (lumbar ? 3.6 : 2.9) * s},
                           {between[1]}});
    }
    // Lamina: its lower edge further back than its upper one.
    double const tip_back = radians(cervical ? 28 : lumbar ? 16 : 20);
    Vec3 const lamina_w{0, -std::sin(tip_back), std::cos(tip_back)};
    Vec3 const beside =
        cervical ? Vec3{above.centre_mm.x - 3 * s, half_depth_ + 0.55 * size_.canal_depth_mm + lamina_r, lamina_up}
                 : Vec3{std::min(end.x, canal_half_width_ + 2.5 * s),
                        half_depth_ + 0.72 * size_.canal_depth_mm + lamina_r, lamina_up + 2 * s};
    Vec3 const ridge{0, roof + (cervical ? 1.0 : 0.5) * s, lamina_up - (lumbar ? 1.5 : 1) * s};
    paired_.push_back({{beside, ridge - beside, lamina_w, lamina_half, lamina_half, lamina_r, lamina_r}, {}});

    // Spinous process, its tip a little off the midline as most are.
    double const drop = radians(form.spinous_drop_deg + (cervical ? 2.5 * random(23) : 0));
    double const reach = s * form.spinous_length * (cervical ? 1 + 0.06 * random(29) : 1);
    double const r0 = s * (cervical ? 2.3 : lumbar ? 3.5 : 2.9), r1 = s * (cervical ? 2.5 : lumbar ? 4.8 : 3.9);
    Vec3 const spinous_root = ridge + Vec3{0, 0, lumbar ? -4 : 0} * s;
    if (lumbar) {
        // The lower border, thick, falls to the lower facets on both sides: an arch when seen from the front.
        Vec3 const low = ridge + Vec3{0, -1, -lamina_half} * s;
        paired_.push_back(
            {{low, iap_root + Vec3{-1, 0, 1} * s - low, Vec3{0, 0, 1}, 1 * s, 1 * s, 3.2 * s, 3.4 * s}, {between[1]}});
    }
    double const off = 1.5 * std::clamp(noise(Vec3{5.5, double(level_) * 2.3, 1}, 1, seed_), -1.5, 1.5);
    spinous_tip_ = spinous_root + reach * Vec3{0, std::cos(drop), -std::sin(drop)} + Vec3{off, 0, 0};
    Vec3 const sideways{0, std::sin(drop), std::cos(drop)};
    bool const bifid = cervical && level_ < Level::c7;
    Vec3 const stem_end = spinous_tip_;
    double const base = std::max(s * form.spinous_base / 2 - r0, 0.5),
                 end_half = std::max(s * form.spinous_tip / 2 - r1, 0.4);
    if (cervical) {
        // Thick where the laminae meet, thinning to a neck; then two knobs that part, or C7's single one.
        Vec3 const stem = spinous_tip_ - spinous_root, neck = spinous_root + (bifid ? 0.42 : 0.5) * stem;
        double const slender = bifid ? 1.7 * s : 2.0 * s, neck_half = std::max(0.62 * base, 0.5);
        middle_.push_back({{spinous_root, neck - spinous_root, sideways, base, neck_half, 3.1 * s, slender}, {}});
        if (bifid) {
            Vec3 const fork = spinous_root + 0.2 * stem, knob = spinous_tip_ + Vec3{4.0 * s - off, 0, 0};
            Vec3 const from{0, fork.y, fork.z};
            paired_.push_back({{from, knob - from, sideways, neck_half, 0.6 * end_half, 1.5 * s, 2.5 * s}, {}});
        } else
            middle_.push_back({{neck, spinous_tip_ - neck, sideways, neck_half, end_half, slender, 1.25 * r1}, {}});
    } else {
        // A blade with a sharp upper and a thick lower edge, seen from the front a drop: its sides are planes that meet
        // above it.
        double const blade = (lumbar ? 1.0 : 0.9) * r1, sharp = (lumbar ? 0.7 : 1.1) * s;
        double const base_half = std::max(base + r0 - blade, 0.4), tip_half = std::max(end_half + r1 - blade, 0.4);
        double const slope = (blade - sharp) / (2 * base_half + 1.3 * blade);
        Vec3 const stem = stem_end - spinous_root, top = spinous_root + (base_half + blade) * sideways;
        BonePart wedge{{spinous_root, stem * 0.94, sideways, base_half, tip_half, blade, 0.94 * blade}, {}};
        for (double const side : {-1.0, 1.0}) {
            Vec3 const n = glm::normalize(Vec3{side, 0, 0} + slope * sideways);
            wedge.cuts.push_back({n, glm::dot(n, top) + sharp * n.x * side});
        }
        // The upper edge falls backward.
        Vec3 const bevel = glm::normalize(sideways + (lumbar ? 0.24 : 0.1) * glm::normalize(stem));
        wedge.cuts.push_back({bevel, glm::dot(bevel, top)});
        middle_.push_back(wedge);
        Vec3 const edge = stem_end - 0.1 * end_half * sideways - 0.04 * stem, edge_end = stem_end - end_half * sideways;
        middle_.push_back({{edge, edge_end - edge, Vec3{1, 0, 0}, 0, 0, 0.6 * r1, 0.9 * r1}, {}});
    }
    if (bifid) spinous_tip_ -= 0.3 * (spinous_tip_ - spinous_root);

    // Transverse process.
    bool const lowest = level_ == Level::l5;
    Vec3 const jitter = (lumbar && !lowest ? s
                         : cervical        ? 0.5 * s
                                           : 0) *
                        Vec3{1.2 * random(11), random(13), 1.6 * random(17)};
    Vec3 const tip = transverse_tip_ =
        Vec3{s * form.transverse_x, back + s * form.transverse_back, s * form.transverse_up} + jitter;
    if (cervical) {
        // Two bars around the vertebral artery's foramen: the costal one in front, slender, the true one behind, that
        // runs forward as it leaves the pillar; between their tubercles a thin lamella, the nerve's gutter.
        Vec3 const front{half_width_ * 0.85, -0.33 * back, 1.2 * s}, front_tip{tip.x - 6.5 * s, -0.65 * back, -3 * s};
        paired_.push_back({{front, front_tip - front, Vec3{0, 0, 1}, 1.2 * s, 0.6 * s, 0.9 * s, 1.2 * s}, {}});
        Vec3 const behind{above.centre_mm.x - 1 * s, back + 1.6 * s, 0.2 * s};
        paired_.push_back({{behind, tip - behind, Vec3{0, 0, 1}, 1.4 * s, 0.8 * s, 2.0 * s, 2.1 * s}, {}});
        paired_.push_back({{front_tip, tip - front_tip, Vec3{0, 0, 1}, 0.4 * s, 0.4 * s, 1.1 * s, 1.2 * s}, {}});
        double const hole = level_ == Level::c7 ? 1.8 : 2.7;
        // Beside the pedicle, which it must not cut.
        holes_.push_back({{size_.endplate_width_mm / 2 + 6.25, 1.4 * s, 0}, hole * s});
    } else if (lumbar) {
        Vec3 const from = end + Vec3{0.5, -1.5, -0.5} * s;
        // A thin plate that sinks before it rises to its rounded tip, nowhere straight for long; the lowest one is a
        // pyramid.
        double const stout = lowest ? 1.6 : level_ == Level(22) ? 0.85 : 1;
        Vec3 const w = glm::normalize(Vec3{0, 0.25, 1}), rising = lowest ? w : glm::normalize(Vec3{0, -0.2, 1});
        Vec3 const waist = glm::mix(from, tip, 0.36) + Vec3{0, 1.2, lowest ? -0.4 : -1.9} * s,
                   neck = glm::mix(waist, tip, 0.66) + Vec3{0, 0.3, lowest ? 0.3 : -0.7 + 0.5 * random(19)} * s;
        auto const piece = [&](Vec3 const& a, Vec3 const& b, Vec3 const& wide, Vec2 const& half, Vec2 const& radius) {
            paired_.push_back({{a, b - a, wide, half.x * s, half.y * s, radius.x * s, radius.y * s}, {}});
        };
        piece(from, waist, w, stout * Vec2{4.0, 2.6}, stout * Vec2{3.0, 1.8});
        piece(waist, neck, rising, {2.6 * stout, 1.9}, {1.8 * stout, 1.5});
        piece(neck, tip, rising, {1.9, 0.3}, {1.5, 1.7});
        // Mamillary process on the back of the upper facet.
        Vec3 const knob = above.centre_mm - above.normal * (bearing * 0.55) + Vec3{0, 5, -2} * s;
        paired_.push_back({{knob, Vec3{0, 0.1, 0}, Vec3{0, 0, 1}, 2.2 * s, 2.2 * s, 2.2 * s, 2.2 * s}, {}});
    } else if (level_ >= Level(int(Level::t1) + 10)) {
        // The last two have three small tubercles instead: beside, above (mamillary) and below (accessory).
        Vec3 const from = end + Vec3{-0.5, 0.5, 0} * s;
        auto const tubercle = [&](Vec3 const& to, double h, double r) {
            paired_.push_back({{from, to - from, glm::normalize(Vec3{0.3, 0, 1}), 2.6 * s, h * s, 3.2 * s, r * s}, {}});
        };
        tubercle(tip, 2.4, 2.0);
        tubercle(glm::mix(from, tip, 0.55) + Vec3{-1.0, 2.5, 7.0} * s, 0.6, 2.3);
        tubercle(glm::mix(from, tip, 0.6) + Vec3{0, -2.0, -6.5} * s, 0.8, 2.0);
    } else {
        Vec3 const from = end + Vec3{-0.5, 0.5, 0} * s;
        Vec3 const neck = glm::mix(from, tip, 0.55) + Vec3{0, 0, 0.5} * s;
        paired_.push_back({{from, neck - from, Vec3{0, 0, 1}, 2.6 * s, 1.2 * s, 3.9 * s, 3.4 * s}, {}});
        paired_.push_back({{neck, tip - neck, Vec3{0, 0, 1}, 1.2 * s, 1.8 * s, 3.4 * s, 4.2 * s}, {}});
    }
    double const clear = std::min(above.gap_mm, below.gap_mm) + 0.2;
    kept_off_.push_back({upper_side(above, bearing), clear});
    kept_off_.push_back({lower_side(below, bearing), clear});
    if (lumbar) kept_off_.push_back({lower_lip(below), clear});
}

Box VertebraForm::bounds() const
{
    Box local = arch_box_;
    local.low.x = -arch_box_.high.x;
    if (has_body_) {
        double const up = std::max(size_.anterior_height_mm, size_.posterior_height_mm) / 2 + uncinate_ + 1;
        local = around(local, {Vec3{-half_width_ - osteophyte_ - 1, -half_depth_ - osteophyte_ - 2, -up},
                               Vec3{half_width_ + osteophyte_ + 1, half_depth_ + 6, up}});
    }
    local = grown(local, 0.8);
    Box box{Vec3{1e9}, Vec3{-1e9}};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const c{corner & 1 ? local.high.x : local.low.x, corner & 2 ? local.high.y : local.low.y,
                     corner & 4 ? local.high.z : local.low.z};
        Vec3 const p = frame_.at(c.x, c.y, c.z);
        box = around(box, {p, p});
    }
    return box;
}

Vec3 VertebraForm::warped(Vec3 q) const
{
    q.y += lean_back_ * q.x;
    q.z += lean_up_ * q.x;
    return q;
}

/// Processes are never straight: a gentle wave through the patient, the same for neighbours, so that joints stay apart.
Vec3 VertebraForm::wavy(Vec3 const& p) const
{
    double const a = wave_mm_, f = wave_phase_;
    return p + a * Vec3{std::sin(0.31 * p.z + 0.13 * p.y + f), 0.8 * std::sin(0.27 * p.x + 0.19 * p.z + 2 * f),
                        std::sin(0.33 * p.x + 0.23 * p.y + 3 * f)};
}

double VertebraForm::arch_mm(Vec3 const& q, Vec3 const& folded) const
{
    double d = 1e9;
    for (BonePart const& part : paired_) d = smooth_least(d, part.distance_mm(folded), 2.4);
    for (BonePart const& part : middle_) d = smooth_least(d, part.distance_mm(q), 2.4);
    // The canal, an ellipse a little squarer than round, stays open.
    double const x = q.x / canal_half_width_, y = (q.y - canal_y_) / canal_half_depth_;
    double const x2 = x * x, y2 = y * y, k = std::sqrt(std::sqrt(x2 * x2 + y2 * y2 + 1.6 * x2 * y2));
    double const canal = (k - 1) * std::min(canal_half_width_, canal_half_depth_);
    d = smooth_most(d, -canal, 0.8);
    for (auto const& [part, clear] : kept_off_) d = std::max(d, clear - part.distance_mm(folded));
    for (auto const& [at, radius] : holes_) d = smooth_most(d, radius - std::hypot(folded.x - at.x, q.y - at.y), 0.6);
    return d;
}

double VertebraForm::distance_mm(Vec3 const& patient) const
{
    Vec3 const q = warped(frame_.local(patient));
    Vec3 const folded{std::abs(q.x), q.y, q.z};
    double d = has_body_ ? body_mm(q) : 1e9;
    if (outside_mm(arch_box_, folded) < d + 2.4) {
        Vec3 w = warped(frame_.local(wavy(patient)));
        // One transverse process stands a little higher than the other.
        double const out = std::abs(w.x) - pedicle_.x - 10 * scale_;
        if (out > 0) w.z += (w.x > 0 ? lift_ : -lift_) * out;
        double const arch = 0.9 * arch_mm(w, Vec3{std::abs(w.x), w.y, w.z});
        d = has_body_ ? smooth_least(d, arch, 2.4) : arch;
    }
    // Bone is nowhere quite smooth.
    if (std::abs(d) < 2) {
        double bumps = 0.15 * std::clamp(noise(q, 4.5, seed_), -2.0, 2.0);
        if (level_ > Level::c7 && q.y > canal_y_ + canal_half_depth_ + 8 * scale_)
            bumps += 0.35 * std::clamp(noise(q, 8, seed_ + 12), -1.5, 1.5);
        d += (1 - std::abs(d) / 2) * bumps;
    }
    return 0.97 * d;
}

} // namespace fluoro
