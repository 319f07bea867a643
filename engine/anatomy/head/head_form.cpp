#include "head_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

/// The chin is raised a little, as for a lateral view of the neck: the Frankfurt plane against the body's axis.
constexpr double chin_up_deg = 12;

double along(std::span<Vec2 const> rows, double y)
{
    if (y <= rows.front().x) return rows.front().y;
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (y <= rows[i].x) {
            double const t = (y - rows[i - 1].x) / (rows[i].x - rows[i - 1].x);
            return std::lerp(rows[i - 1].y, rows[i].y, t * t * (3 - 2 * t));
        }
    return rows.back().y;
}

/// Height of the inner floor of the skull: beside the middle (anterior, middle and posterior fossa) and in it
/// (cribriform plate, sella with its dorsum, clivus).
constexpr std::array<Vec2, 11> lateral_floor{
    {{-110, 66}, {-90, 60}, {-66, 58}, {-50, 34}, {-30, 19}, {-12, 22}, {6, 4}, {25, 0}, {45, 4}, {62, 14}, {78, 30}}};
constexpr std::array<Vec2, 13> middle_floor{{{-110, 66},
                                             {-92, 53},
                                             {-62, 52},
                                             {-42, 52},
                                             {-37, 44},
                                             {-32, 43},
                                             {-27, 52},
                                             {-20, 36},
                                             {-4, 6},
                                             {28, 2},
                                             {45, 5},
                                             {62, 14},
                                             {78, 30}}};

double floor_height(double x, double y)
{
    double const t = std::clamp((std::abs(x) - 9) / 14, 0.0, 1.0);
    // The fossae are bowls: their floor rises to the sides.
    double const bowl = 16 * std::pow(std::abs(x) / 62, 2.5);
    return std::lerp(along(middle_floor, y), along(lateral_floor, y) + bowl, t * t * (3 - 2 * t));
}

} // namespace

HeadForm head_form(BodyPlan const& plan)
{
    double const a = radians(chin_up_deg);
    PatientParameters const& who = plan.parameters;
    // Brains of women are 1300 g against 1450 (ICRP 89): lengths by the cube root. Within a sex heads vary with about
    // the cube root of height.
    bool const is_female = who.sex == Sex::female;
    double const size = is_female ? 0.964 * std::cbrt(who.height_mm / 1630) : std::cbrt(who.height_mm / 1760);
    return {{plan.place("skull-base"), {1, 0, 0}, {0, std::cos(a), -std::sin(a)}, {0, std::sin(a), std::cos(a)}}, size};
}

namespace {

Shape vault(HeadForm const& head)
{
    return ellipsoid(head.frame_at(0, -14, 50), head.size * Vec3{67, 85.5, 84});
}

/// A lower bound of the distance to the floor, lowered by `lower_mm`: above is inside. Its steepest part falls two to
/// one.
double above_floor(HeadForm const& head, Vec3 const& p, double lower_mm)
{
    Vec3 const q = head.frame.local(p);
    return 0.45 * (head.size * floor_height(q.x / head.size, q.y / head.size) - lower_mm - q.z);
}

/// The larger of both with the corner between vault and floor rounded.
double rounded(double a, double b)
{
    constexpr double reach = 20;
    double const h = std::max(reach - std::abs(a - b), 0.0) / reach;
    return 0.9 * (std::max(a, b) + h * h * h * reach / 6);
}

} // namespace

Shape cranial_cavity(HeadForm const& head)
{
    Shape const dome = vault(head);
    return {dome.bounds(), [=](Vec3 const& p) { return rounded(dome.distance_mm(p), above_floor(head, p, 0)); }};
}

Shape brain_case(HeadForm const& head, double vault_mm, double base_mm)
{
    Shape const dome = vault(head);
    return {grown(dome.bounds(), vault_mm), [=](Vec3 const& p) {
                double const out = dome.distance_mm(p);
                double const outer = rounded(out - vault_mm, above_floor(head, p, base_mm));
                return std::max(outer, -rounded(out, above_floor(head, p, 0)));
            }};
}

Shape head_outline(HeadForm const& head)
{
    double const s = head.size;
    auto const bulb = [&](double x, double y, double z, double a, double b, double c) {
        return ellipsoid(head.frame_at(x, y, z), s * Vec3{a, b, c});
    };
    std::vector<Shape> parts{
        ellipsoid(head.frame_at(0, -14, 50), s * Vec3{80, 98, 97}), // scalp
        bulb(0, -52, 6, 67, 61, 60),                                // cheeks
        bulb(0, -56, -40, 55, 54, 37),                              // jaws
        bulb(0, -88, -54, 24, 18, 24),                              // chin
        bulb(0, -98, -22, 26, 17, 22),                              // lips
    };
    for (double side : {-1.0, 1.0}) {
        parts.push_back(bulb(44 * side, -27, -22, 16, 24, 30)); // masseter and parotid
        parts.push_back(bulb(52 * side, 3, 4, 18, 20, 30));     // over the mastoid
        parts.push_back(bulb(37 * side, -74, 38, 24, 28, 32));  // temple and brow
    }
    Shape const nose = rounded_cone(head.at(0, -104, 46), 7 * s, head.at(0, -121, 6), 11 * s);
    Shape const whole = unite(parts, 14 * s);
    return unite(whole, nose, 8 * s);
}

NeckForm neck_form(BodyPlan const& plan)
{
    NeckForm neck;
    // As the plan has it for women: slimmer than their height says.
    neck.scale = plan.scale * (plan.parameters.sex == Sex::female ? 0.93 : 1);
    for (std::size_t i = 0; i < neck.fronts.size(); ++i) {
        VertebraPlan const& v = plan.spine[i];
        neck.fronts[i] = v.frame.at(0, -v.endplate_depth_mm / 2, 0);
    }
    return neck;
}

Vec3 NeckForm::at(double level, double left, double ahead) const
{
    double const at = std::clamp(level - 1, 0.0, double(fronts.size() - 1));
    auto const low = std::min(std::size_t(at), fronts.size() - 2);
    Vec3 const front = glm::mix(fronts[low], fronts[low + 1], at - double(low));
    return front + scale * Vec3{left, -ahead, 0};
}

} // namespace fluoro
