#include "heart_form.hpp"
#include "heart_parts.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {

namespace {

// Typical of CT at rest: the long axis 46 degrees to the left of the front, 35 degrees down.
constexpr double axis_left_deg = 46, axis_down_deg = 35;

// Along the patient's axes from the middle of the mitral annulus [mm of the reference man].
constexpr Vec3 superior_junction{-48, -20, 24}, inferior_junction{-45, 10, -38};
constexpr Vec3 vein_ostia[] = {{-44, 2, 17}, {-42, 24, -2}, {17, -2, 36}, {13, 22, 7}};
// Septal, anterior, apical [mm of the reference man].
constexpr Vec3 aortic_middle{26.7, 18.7, -7.5}, pulmonary_middle{25.5, 48.4, 7}, tricuspid_middle{38, -12, 4},
    apex{0, 4, 93};

// Aortic root of a man: annulus 23, sinuses 32 to 34, sinotubular junction 29 mm across, 22 mm high (typical of CT).
constexpr double annulus_radius = 11.5, junction_radius = 14.4, root_height = 22;

} // namespace

HeartFrame heart_frame(BodyPlan const& plan)
{
    PatientParameters const& who = plan.parameters;
    bool const is_female = who.sex == Sex::female;
    // Volumes grow with body surface (Mosteller), lengths with its cube root.
    double const surface = std::sqrt(who.height_mm * who.mass_kg / (is_female ? 1630.0 * 60 : 1760.0 * 73));
    HeartFrame f;
    f.scale = (is_female ? 0.926 : 1.009) * std::cbrt(surface);
    double const left = radians(axis_left_deg), down = radians(axis_down_deg);
    f.apical = {std::sin(left) * std::cos(down), -std::cos(left) * std::cos(down), -std::sin(down)};
    f.septal = {-std::cos(left), -std::sin(left), 0};
    f.anterior = glm::cross(f.septal, f.apical);
    // A larger heart grows to the back: in front is the chest wall.
    double const slim = is_female ? 0.94 : 1;
    double const beyond = 45 * (f.scale - plan.scale * slim);
    f.origin_mm = plan.vertebra(level_at(int(Level::t1) + 6)).frame.origin_mm +
                  plan.scale * Vec3{slim * 21, slim * -53, -4} + Vec3{0, beyond, 0};
    f.root_axis = glm::normalize(Vec3{-0.40, -0.30, 0.866});
    Vec3 const to_right_sinus{-0.17, -0.98, 0};
    f.root_right = glm::normalize(to_right_sinus - glm::dot(to_right_sinus, f.root_axis) * f.root_axis);
    f.root_across = glm::cross(f.root_axis, f.root_right); // from the right sinus on to the left one
    return f;
}

Vec3 HeartFrame::at(Vec3 const& local_mm) const
{
    return origin_mm + scale * (local_mm.x * septal + local_mm.y * anterior + local_mm.z * apical);
}

Vec3 HeartFrame::local(Vec3 const& p) const
{
    Vec3 const d = (p - origin_mm) / scale;
    return {glm::dot(d, septal), glm::dot(d, anterior), glm::dot(d, apical)};
}

HeartFrame::Valve HeartFrame::mitral() const
{
    return {origin_mm, apical, scale * 16};
}

HeartFrame::Valve HeartFrame::tricuspid() const
{
    return {at(tricuspid_middle), apical, scale * 17.5};
}

HeartFrame::Valve HeartFrame::aortic() const
{
    return {at(aortic_middle), root_axis, scale * annulus_radius};
}

HeartFrame::Valve HeartFrame::pulmonary() const
{
    return {at(pulmonary_middle), glm::normalize(Vec3{0.05, 0.45, 0.89}), scale * 12.5};
}

Vec3 HeartFrame::superior_cavoatrial_junction() const
{
    return beside(superior_junction);
}

Vec3 HeartFrame::inferior_cavoatrial_junction() const
{
    return beside(inferior_junction);
}

std::array<Vec3, 4> HeartFrame::pulmonary_vein_ostia() const
{
    return {beside(vein_ostia[0]), beside(vein_ostia[1]), beside(vein_ostia[2]), beside(vein_ostia[3])};
}

double HeartFrame::root_height_mm() const
{
    return scale * root_height;
}

double aortic_root_radius(double height, double cos_thrice)
{
    double const share = std::clamp(height / root_height, 0.0, 1.0);
    double const bulge = std::pow(std::sin(std::min(share * 1.04, 1.0) * std::numbers::pi), 1.3);
    return std::lerp(annulus_radius, junction_radius, share) + bulge * (3.6 + 1.3 * cos_thrice);
}

Vec3 HeartFrame::in_root(double height_mm, double from_right_sinus_deg, double share) const
{
    double const a = radians(from_right_sinus_deg), h = height_mm / scale;
    double const r = share * scale * aortic_root_radius(h, std::cos(3 * a));
    return aortic().middle_mm + height_mm * root_axis + r * (std::cos(a) * root_right + std::sin(a) * root_across);
}

std::map<std::string, Vec3> heart_places(BodyPlan const& plan)
{
    HeartFrame const f = heart_frame(plan);
    return {{"mitral-valve", f.mitral().middle_mm},
            {"tricuspid-valve", f.tricuspid().middle_mm},
            {"aortic-root", f.aortic().middle_mm},
            {"pulmonary-valve", f.pulmonary().middle_mm},
            {"heart-apex", f.at(apex)},
            {"heart-centre", f.at({14, 0, 22})},
            {"cavoatrial-junction", f.superior_cavoatrial_junction()},
            {"inferior-cavoatrial-junction", f.inferior_cavoatrial_junction()}};
}

} // namespace fluoro
