#include "vertebra_form.hpp"

#include <cmath>

// The two vertebrae that turn the head: a ring without a body (C1) and the one whose tooth it turns about (C2).
namespace fluoro {

/// Thickness of the bone that bears the joint between C1 and C2.
constexpr double atlantoaxial_bearing_mm = 7;

void shape_atlas(VertebraForm& form, BodyPlan const& plan)
{
    double const s = form.scale_;
    form.has_body_ = false;
    FacetJoint const below = in_frame_above(plan, Level(1), upper_facet(plan, Level(1)));
    double const dens_front = 6.6 * s; // and 1.7 mm of joint in front of it
    double const arch_y = -(dens_front + 1.7 + 2.7 * s);
    auto const add = [&](Vec3 const& a, Vec3 const& b, Vec3 const& w, double h0, double h1, double r0, double r1,
                         std::vector<HalfSpace> cuts = {}) {
        form.paired_.push_back({{s * a, s * (b - a), w, s * h0, s * h1, s * r0, s * r1}, std::move(cuts)});
    };
    Vec3 const up{0, 0, 1};
    // Lateral masses, hollow above for the condyles of the skull.
    HalfSpace const on_axis{-below.normal, -glm::dot(below.normal, below.centre_mm) - below.gap_mm / 2};
    Vec3 const condylar = glm::normalize(Vec3{-0.22, -0.05, 0.97});
    HalfSpace const under_skull{condylar, glm::dot(condylar, s * Vec3{17, 0, 5.4})};
    HalfSpace const outer_edge{{0.6, 0, 0.8}, 0.6 * 22.5 * s + 0.8 * 4.5 * s};
    add({17.5, -6, 1}, {18, 5, 1}, up, 4.5, 4.5, 5.6, 5.4, {on_axis, under_skull, outer_edge});
    form.paired_.push_back(upper_side(below, atlantoaxial_bearing_mm * s));
    // Anterior arch with its tubercle.
    add({15, -8, 1}, {9, arch_y / s + 1.2, 1}, up, 2.5, 2.4, 3.2, 2.7);
    add({9, arch_y / s + 1.2, 1}, {0, arch_y / s, 1}, up, 2.4, 2.8, 2.7, 2.7);
    form.middle_.push_back(
        {{{0, arch_y - 2.2 * s, 0.5 * s}, {0, 0.1, -1.5 * s}, up, 0.8 * s, 0.8 * s, 2 * s, 1.6 * s}, {}});
    // Posterior arch, grooved above by the vertebral artery just behind the lateral mass.
    double const roof = (form.canal_y_ + form.canal_half_depth_) / s;
    add({18, 5, 0.5}, {16.5, roof - 9, -0.5}, up, 0.6, 1.6, 3.0, 2.8);
    add({16.5, roof - 9, -0.5}, {8.5, roof + 0.8, 0}, up, 1.6, 2.6, 2.9, 3.1);
    add({8.5, roof + 0.8, 0}, {0, roof + 2.9, 0}, up, 2.6, 2.8, 3.1, 3.2);
    form.spinous_tip_ = s * Vec3{0, roof + 7, 0.5};
    form.middle_.push_back(
        {{s * Vec3{0, roof + 3.5, 0}, s * Vec3{0, 2.2, 0.4}, up, 1.8 * s, 1.0 * s, 3.0 * s, 2.4 * s}, {}});
    // Long transverse processes around the artery's foramen.
    double const tip_x = level_form(Level::c1).transverse_x;
    form.transverse_tip_ = s * Vec3{tip_x, 0, -1};
    add({20, -3, 1}, {31, -4.5, 0}, up, 1.4, 0.8, 2.0, 1.8);
    add({20, 3.5, 1}, {32, 4, 0}, up, 1.6, 1.0, 2.2, 2.2);
    add({31, -4.5, 0}, {32, 4, 0}, up, 0.8, 1.0, 1.8, 2.2);
    add({32, 0, 0}, {tip_x - 1, 0, -1}, up, 1.4, 1.2, 3.2, 2.6);
    form.holes_.push_back({s * Vec3{26.3, -0.3, 0}, 3.1 * s});
    form.pedicle_ = s * Vec3{17.5, 0, 1};
    form.kept_off_.push_back({lower_side(below, atlantoaxial_bearing_mm * s), below.gap_mm});
}

void shape_axis(VertebraForm& form, BodyPlan const& plan)
{
    double const s = form.scale_, back = form.half_depth_;
    double const rim = (form.size_.anterior_height_mm + form.size_.posterior_height_mm) / 4;
    LevelForm const& level = level_form(Level(1));
    FacetJoint const above = upper_facet(plan, Level(1));
    FacetJoint const below = in_frame_above(plan, Level(2), upper_facet(plan, Level(2)));
    double const bearing = 5.5 * s;
    form.upper_dish_ = 0;
    form.saddle_ = 0;
    form.waist_ = 0.02;
    // The dens: 15 mm high, with a neck where the transverse ligament holds it.
    auto const rod = [&](Vec3 const& a, Vec3 const& b, double h, double r0, double r1) {
        form.middle_.push_back({{s * a, s * (b - a), Vec3{1, 0, 0}, s * h, s * h, s * r0, s * r1}, {}});
    };
    double const top = rim / s;
    rod({0, -1, top - 4}, {0, -1.4, top + 3.5}, 1.0, 5.0, 4.3);
    rod({0, -1.4, top + 3.5}, {0, -1.2, top + 10}, 0.9, 4.3, 4.9);
    rod({0, -1.2, top + 10}, {0, -0.4, top + 12.5}, 0.3, 4.6, 3.2);
    BonePart const sap = lower_side(above, atlantoaxial_bearing_mm * s), iap = upper_side(below, bearing);
    form.paired_.push_back(sap);
    form.paired_.push_back(iap);
    Vec3 const sap_root = above.centre_mm - above.normal * (atlantoaxial_bearing_mm * s / 2 + 1.5);
    Vec3 const iap_root = below.centre_mm + below.normal * (bearing / 2 + 0.6);
    HalfSpace const over_c3{-below.normal, -glm::dot(below.normal, below.centre_mm) - below.gap_mm / 2};
    Vec3 const in_body{0.6 * form.half_width_, 0, 0.3 * rim};
    form.paired_.push_back({{in_body, sap_root - in_body, Vec3{0, 1, 0}, 4 * s, 4 * s, 4.5 * s, 4.2 * s}, {}});
    // Pedicle and pars together lead from the upper facet in front to the lower one behind.
    form.pedicle_ = glm::mix(sap_root, iap_root, 0.4);
    form.paired_.push_back(
        {{sap_root, iap_root - sap_root, Vec3{0, 0, 1}, 1.8 * s, 1.5 * s, 3.9 * s, 3.6 * s}, {over_c3}});
    double const lamina_r = 2.7 * s, roof = form.canal_y_ + form.canal_half_depth_ + 0.9 * lamina_r;
    Vec3 const beside{0.8 * iap_root.x, back + 0.6 * form.size_.canal_depth_mm, s * level.lamina_up};
    Vec3 const ridge{0, roof + s, s * (level.lamina_up - 1)};
    double const lamina_half = s * level.lamina_height / 2 - lamina_r;
    form.paired_.push_back(
        {{beside, ridge - beside, glm::normalize(Vec3{0, -0.4, 1}), lamina_half, lamina_half, lamina_r, lamina_r}, {}});
    // The large forked spinous process.
    double const drop = radians(level.spinous_drop_deg);
    form.spinous_tip_ = ridge + s * level.spinous_length * Vec3{0, std::cos(drop), -std::sin(drop)};
    Vec3 const sideways{0, std::sin(drop), std::cos(drop)}, stem = form.spinous_tip_ - ridge;
    form.middle_.push_back({{ridge, 0.5 * stem, sideways, 4.0 * s, 2.8 * s, 3.6 * s, 2.2 * s}, {}});
    Vec3 const fork = ridge + 0.2 * stem;
    form.paired_.push_back(
        {{fork, 0.8 * stem + Vec3{4.6 * s, 0, 0}, sideways, 3.0 * s, 1.2 * s, 2.0 * s, 2.8 * s}, {}});
    form.spinous_tip_ -= 0.2 * stem;
    // Short transverse processes.
    Vec3 const tip = form.transverse_tip_ = {s * level.transverse_x, back + s * (level.transverse_back - 6),
                                             s * level.transverse_up};
    Vec3 const from{0.75 * sap_root.x, 0, 0};
    form.paired_.push_back({{from, tip - from, Vec3{0, 0, 1}, 1.6 * s, 1.0 * s, 3.2 * s, 2.0 * s}, {}});
    form.kept_off_.push_back({upper_side(above, atlantoaxial_bearing_mm * s), above.gap_mm});
    form.kept_off_.push_back({lower_side(below, bearing), below.gap_mm});
}

} // namespace fluoro
