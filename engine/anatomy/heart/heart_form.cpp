#include "heart_form.hpp"

#include "../chest/chest_form.hpp"
#include "heart_parts.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/shape.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {

namespace {

// Everything here is in mm of the reference man's heart. In the heart's own axes: septal, anterior, apical.
constexpr double front_room = 3.5;  ///< fat and sac between ventricles and chest wall
constexpr double left_wall = 9.5;   ///< kept where the chest wall flattens the heart
constexpr double right_wall = 3.8;  ///< RV free wall 3 to 4 mm (typical)
constexpr double atrial_wall = 2.4; ///< typical
constexpr double septum_gap = 2.5;  ///< between the atria
constexpr double groove_gap = 3.5;  ///< from the atrial cavity to the ventricles' outside: fat and vessels
constexpr double root_wall = 1.8;
constexpr double tricuspid_radius = 17, mitral_radius = 15.5; ///< of the way through

constexpr double sac_reach = 2.0;                 ///< of the pericardium's outer face over the smoothed heart
constexpr double papillary_ml = 7, band_ml = 3.5; ///< with leaflets, that take room in the ventricles
constexpr double lattice_mm = 2;

/// A safety on distances of blended and sheared parts, so that none is larger than the true one.
constexpr double safe = 0.88;

} // namespace

struct HeartForm::Sample {
    Vec3 still;         ///< patient's axes from the origin
    Vec3 w, q;          ///< the same with the person's irregularity; in the heart's axes
    double wall = -100; ///< to the inner face of the chest wall, negative inside
};

ChamberVolumes chamber_volumes(PatientParameters const& who)
{
    // Ventricles: Hudsmith 2005 (women 2.5 % less, so that heart and blood stay within ICRP 89's mass). Atria are at
    // their least at end-diastole; what ICRP 89's blood leaves for them.
    bool const is_female = who.sex == Sex::female;
    double const surface = std::sqrt(who.height_mm * who.mass_kg / (is_female ? 1630.0 * 60 : 1760.0 * 73));
    ChamberVolumes v = is_female ? ChamberVolumes{131.5, 144.5, 44, 50} : ChamberVolumes{158, 187, 63, 71};
    for (double* one : {&v.left_ventricle, &v.right_ventricle, &v.left_atrium, &v.right_atrium}) *one *= surface;
    return v;
}

namespace {

/// What flattens the heart's front: the chest wall below; higher up the sac and the lungs' edges, which lie between it
/// and a breastbone that rises forward.
Shape bed_of_the_heart(BodyPlan const& plan)
{
    BodyPlan bed = plan;
    bed.places.at("xiphoid").y += 3.5 * plan.scale;
    bed.places.at("sternal-angle").y += 13.5 * plan.scale;
    bed.places.at("jugular-notch").y += 12 * plan.scale;
    return thoracic_cavity(bed);
}

} // namespace

HeartForm::HeartForm(BodyPlan const& plan)
    : frame_{heart_frame(plan)}, seed_{unsigned(plan.parameters.seed)}, chest_{bed_of_the_heart(plan)}
{
    RandomSequence random{plan.parameters.seed, RandomStream::body, 51, 0};
    for (Vec3& wave : wave_) {
        Vec3 const along{random.next_normal(), random.next_normal(), random.next_normal()};
        wave = glm::normalize(along) * (2 * std::numbers::pi / (55 + 25 * random.next_uniform()));
    }
    phase_ = 2 * std::numbers::pi * Vec3{random.next_uniform(), random.next_uniform(), random.next_uniform()};
    auto const own = [this](Vec3 const& p) { return (p - frame_.origin_mm) / frame_.scale; };
    places_.aortic = own(frame_.aortic().middle_mm);
    places_.pulmonary = own(frame_.pulmonary().middle_mm);
    places_.pulmonary_flow = frame_.pulmonary().flow;
    places_.superior = own(frame_.superior_cavoatrial_junction());
    places_.inferior = own(frame_.inferior_cavoatrial_junction());
    places_.tricuspid = frame_.local(frame_.tricuspid().middle_mm);
    for (std::size_t i = 0; i < 4; ++i) places_.vein_ostia[i] = own(frame_.pulmonary_vein_ostia()[i]);
    fit_cavities(chamber_volumes(plan.parameters));
    draw_lattice();
    map_epicardium();
}

HeartForm::Sample HeartForm::sample(Vec3 const& p) const
{
    Sample s;
    s.still = (p - frame_.origin_mm) / frame_.scale;
    constexpr double height = 0.8; // no ellipsoid is perfect
    for (int i = 0; i < 3; ++i)
        s.w[i] = s.still[i] + height * std::sin(glm::dot(wave_[std::size_t(i)], s.still) + phase_[i]);
    s.q = {glm::dot(s.w, frame_.septal), glm::dot(s.w, frame_.anterior), glm::dot(s.w, frame_.apical)};
    // Only what is in front meets it.
    if (s.still.y < -25) s.wall = chest_.distance_mm(p) / frame_.scale;
    return s;
}

double HeartForm::left_outer(Sample const& s) const
{
    Vec3 p = s.q - Vec3{0, 0, 18};
    // The apex points a little to the front.
    if (p.z > 0) p.y -= 4 * (p.z / 79) * (p.z / 79);
    double const body = to_ellipsoid(p, {38.2, 40.1, p.z > 0 ? 75.5 : 43.0});
    double const cut = rounded_cut(body, -7 - s.q.z, 9);
    return rounded_cut(blended(cut, to_cone(s.q, {9, 8, 14}, 23, {26.7, 18.7, -5.5}, 14), 8), s.wall + front_room, 10);
}

double HeartForm::right_outer(Sample const& s) const
{
    double const a = s.q.z - 24;
    Vec3 const p{s.q.x - 31 + 0.2 * a, s.q.y + 9 - 0.05 * a, a};
    double const body = rounded_cut(to_ellipsoid(p, {41.9, 54.7, a > 0 ? 66.8 : 29.5}), -7 - s.q.z, 8);
    double const conus = to_cone(s.q, {35, 15, 26}, 25, {26, 50.4, 6}, 14.8);
    // Up to just beyond the pulmonary valve.
    double const beyond = glm::dot(s.still - places_.pulmonary, places_.pulmonary_flow) - 3;
    // Flattened behind the breastbone.
    return rounded_cut(rounded_cut(blended(body, conus, 12), beyond, 2), s.wall + front_room, 10);
}

double HeartForm::root(Sample const& s, double wall) const
{
    Vec3 const d = s.still - places_.aortic;
    double const h = glm::dot(d, frame_.root_axis);
    Vec3 const off = d - h * frame_.root_axis;
    double const r = glm::length(off);
    if (r > 40 || std::abs(h - 11) > 40) return std::max(r - 22, std::abs(h - 11) - 16); // a cylinder around all
    double const angle = std::atan2(glm::dot(off, frame_.root_across), glm::dot(off, frame_.root_right));
    double const rim = 0.75 * (r - aortic_root_radius(h, std::cos(3 * angle)) - wall);
    return std::max({rim, -2 - h, h - 23});
}

double HeartForm::left_cavity(Sample const& s) const
{
    Vec3 p = s.q - Vec3{0, 0, 18};
    if (p.z > 0) p.y -= 4 * (p.z / 79) * (p.z / 79);
    double const body = rounded_cut(to_ellipsoid(p, {27.5, 28.6, p.z > 0 ? 66.5 : 45.0}), -s.q.z, 4);
    double const outflow = to_cone(s.q, {9, 8, 14}, 13, {26.7, 18.7, -7.5}, 11.3);
    double const inflow = to_disc(s.q, {0, 0, 0}, {0, 0, 1}, mitral_radius, 0, 14);
    double const beyond = glm::dot(s.still - places_.aortic, frame_.root_axis);
    double const inner =
        rounded_cut(std::min(blended(body, outflow, 6), inflow) + left_inset_, s.wall + front_room + left_wall, 10);
    return std::max(inner, beyond);
}

double HeartForm::right_cavity(Sample const& s, double left, double right) const
{
    double const inner = rounded_cut(std::max(right + right_wall + right_inset_, 0.4 - s.q.z), -left, 5);
    double const inflow = to_disc(s.q, places_.tricuspid, {0, 0, 1}, tricuspid_radius, 0, 12);
    double const beyond = glm::dot(s.still - places_.pulmonary, places_.pulmonary_flow);
    return std::max({std::min(inner, std::max(inflow, -left)), beyond, -root(s, root_wall)});
}

double HeartForm::left_atrial_cavity(Sample const& s, double left) const
{
    constexpr Vec3 middle{-15, 8, 10};
    double d = to_ellipsoid(s.w - middle, {25, 16, 20.5});
    for (int i = 0; i < 4; ++i) {
        Vec3 const& ostium = places_.vein_ostia[std::size_t(i)];
        d = blended(d, to_cone(s.w, glm::mix(middle, ostium, 0.55), i == 2 ? 8.5 : 10, ostium, i == 3 ? 6.5 : 7.2), 7);
    }
    d = std::max(d + left_atrial_inset_, groove_gap - left);
    double const inflow = to_disc(s.q, {0, 0, 0}, {0, 0, 1}, mitral_radius, -12, 0);
    return std::max(blended(d, inflow, 3), 2.0 - root(s, root_wall));
}

double HeartForm::appendage(Sample const& s, double left, double right) const
{
    // From beside the left superior vein forward along the pulmonary trunk, hooked and lobed.
    double d = to_cone(s.w, {9, -7, 29}, 8, {22, -14, 32}, 7.5);
    d = blended(d, to_cone(s.w, {22, -14, 32}, 7.5, {31, -28, 29}, 6), 3);
    d = blended(d, to_cone(s.w, {29, -22, 30}, 6, {37, -24, 21}, 4.5), 2.5);
    d = blended(d, to_cone(s.w, {31, -28, 29}, 5, {29, -38, 24}, 3.4), 2);
    return std::max({d, 5.5 - left, 4 - right});
}

double HeartForm::right_atrial_cavity(Sample const& s, double left, double right, double left_atrium) const
{
    Vec3 const &superior = places_.superior, &inferior = places_.inferior;
    Vec3 const middle = glm::mix(superior, inferior, 0.5) + Vec3{0, -3, 0};
    double d = to_ellipsoid(s.w - Vec3{-33.5, -17, -5}, {18.5, 26, 28});
    d = blended(d, std::min(to_cone(s.w, superior, 10, middle, 15), to_cone(s.w, middle, 15, inferior, 11.5)), 8);
    // Appendage: a broad triangle over the groove, in front of the aortic root.
    double const ear = blended(to_cone(s.w, {-38, -28, 14}, 12, {-30, -42, 22}, 7.5),
                               to_cone(s.w, {-30, -42, 22}, 7, {-20, -49, 25}, 4), 4);
    d = blended(d, ear, 6);
    d = std::max(d + right_atrial_inset_, groove_gap - blended(left, right, 9));
    double const inflow = to_disc(s.q, places_.tricuspid, {0, 0, 1}, tricuspid_radius, -14, 0);
    d = std::max(blended(d, inflow, 3), -left);
    return std::max({d, septum_gap - left_atrium, 2.0 - root(s, root_wall)});
}

std::array<float, heart_parts> HeartForm::all_parts(Vec3 const& p) const
{
    Sample const s = sample(p);
    double const left = left_outer(s), right = right_outer(s), stem = root(s, root_wall);
    double const left_atrium = left_atrial_cavity(s, left), ear = appendage(s, left, right);
    double const right_atrium = right_atrial_cavity(s, left, right, left_atrium);
    double const atria = blended(blended(left_atrium, ear, 3), right_atrium, 3) - atrial_wall;
    double const muscle = blended(blended(left, right, 9), atria, 5);
    // The sac is smooth where the heart has grooves; fat fills what is between.
    double const round = blended(blended(blended(left, right, 34), atria, 30), stem, 24);
    std::array<double, heart_parts> const all{left,
                                              right,
                                              atria,
                                              blended(muscle, stem, 3),
                                              rounded_cut(round - sac_reach, s.wall + 0.8, 6),
                                              left_cavity(s),
                                              right_cavity(s, left, right),
                                              left_atrium,
                                              ear,
                                              right_atrium};
    std::array<float, heart_parts> mm;
    for (std::size_t i = 0; i < mm.size(); ++i) mm[i] = float(frame_.scale * safe * all[i]);
    return mm;
}

void HeartForm::draw_lattice()
{
    bounds_ = {frame_.beside({-72, -86, -88}), frame_.beside({84, 46, 66})};
    lattice_ = glm::ivec3{glm::ceil((bounds_.high - bounds_.low) / lattice_mm)} + 1;
    parts_mm_.resize(std::size_t(lattice_.x) * std::size_t(lattice_.y) * std::size_t(lattice_.z));
    parallel_for(lattice_.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < lattice_.y; ++j)
                for (int i = 0; i < lattice_.x; ++i)
                    parts_mm_[std::size_t((k * lattice_.y + j) * lattice_.x + i)] =
                        all_parts(bounds_.low + lattice_mm * Vec3{i, j, k});
    });
}

double HeartForm::distance_mm(HeartPart part, Vec3 const& p) const
{
    Vec3 const inside = glm::clamp(p, bounds_.low, bounds_.high);
    Vec3 const q = (inside - bounds_.low) / lattice_mm;
    glm::ivec3 const low = glm::min(glm::ivec3{q}, lattice_ - 2);
    Vec3 const f = q - Vec3{low};
    auto const at = [&](int i, int j, int k) {
        return double(
            parts_mm_[std::size_t(((low.z + k) * lattice_.y + low.y + j) * lattice_.x + low.x + i)][std::size_t(part)]);
    };
    double const d = std::lerp(
        std::lerp(std::lerp(at(0, 0, 0), at(1, 0, 0), f.x), std::lerp(at(0, 1, 0), at(1, 1, 0), f.x), f.y),
        std::lerp(std::lerp(at(0, 0, 1), at(1, 0, 1), f.x), std::lerp(at(0, 1, 1), at(1, 1, 1), f.x), f.y), f.z);
    double const beyond = glm::length(p - inside);
    return beyond > 0 ? std::max(beyond, d - beyond) : d;
}

double HeartForm::myocardium_mm(Vec3 const& p) const
{
    return std::min({distance_mm(HeartPart::left_outer, p), distance_mm(HeartPart::right_outer, p),
                     distance_mm(HeartPart::atria, p)});
}

double HeartForm::root_mm(Vec3 const& p, double wall_mm) const
{
    return frame_.scale * root(sample(p), wall_mm / frame_.scale);
}

double HeartForm::left_ventricle_mm(Vec3 const& p) const
{
    double const d = distance_mm(HeartPart::left_ventricle, p), near = 2;
    if (std::abs(d) > near) return d - std::copysign(0.7, d);
    double const toward_apex = std::clamp((frame_.local(p).z - 25) / 30, 0.0, 1.0);
    return 0.7 * (d + 0.5 * toward_apex * std::clamp(noise(p, 5, seed_), -1.6, 1.6));
}

double HeartForm::right_ventricle_mm(Vec3 const& p) const
{
    double const d = distance_mm(HeartPart::right_ventricle, p), near = 2.5;
    if (std::abs(d) > near) return d - std::copysign(1.2, d);
    double const toward_apex = std::clamp((frame_.local(p).z - 15) / 25, 0.0, 1.0);
    return 0.55 * (d + 0.8 * toward_apex * std::clamp(noise(p, 6, seed_ + 1), -1.6, 1.6));
}

void HeartForm::fit_cavities(ChamberVolumes const& volumes)
{
    // A cavity grown by d holds every point nearer than d: the volume wanted is a rank among the distances. Where a
    // neighbour cuts the cavity it does not grow, so the rank is taken again.
    constexpr double side = 3;
    auto const fit = [&](double& inset, double millilitres, Box const& box, auto const& distance) {
        std::vector<Sample> near;
        for (double x = box.low.x; x < box.high.x; x += side)
            for (double y = box.low.y; y < box.high.y; y += side)
                for (double z = box.low.z; z < box.high.z; z += side) {
                    Sample const s = sample(frame_.beside({x, y, z}));
                    if (distance(s) < 8) near.push_back(s);
                }
        double const cubic = millilitres * 1000 / std::pow(frame_.scale, 3);
        auto const rank = std::min(std::size_t(cubic / (side * side * side)), near.size() - 1);
        std::vector<double> distances(near.size());
        for (int round = 0; round < 4; ++round) {
            std::ranges::transform(near, distances.begin(), distance);
            std::ranges::nth_element(distances, distances.begin() + std::ptrdiff_t(rank));
            inset -= distances[rank];
        }
    };
    fit(left_inset_, volumes.left_ventricle + papillary_ml * std::pow(frame_.scale, 3), {{-45, -95, -70}, {80, 40, 45}},
        [this](Sample const& s) { return left_cavity(s); });
    fit(right_inset_, volumes.right_ventricle + band_ml * std::pow(frame_.scale, 3), {{-55, -90, -85}, {75, 15, 60}},
        [this](Sample const& s) { return right_cavity(s, left_outer(s), right_outer(s)); });
    fit(left_atrial_inset_, volumes.left_atrium, {{-60, -45, -25}, {50, 45, 50}}, [this](Sample const& s) {
        double const left = left_outer(s);
        return std::min(left_atrial_cavity(s, left), appendage(s, left, right_outer(s)));
    });
    fit(right_atrial_inset_, volumes.right_atrium, {{-80, -70, -65}, {5, 30, 50}}, [this](Sample const& s) {
        double const left = left_outer(s);
        return right_atrial_cavity(s, left, right_outer(s), left_atrial_cavity(s, left));
    });
}

} // namespace fluoro
