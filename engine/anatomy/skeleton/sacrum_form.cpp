#include "sacrum_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

/// S1 .. S5, then the coccyx; the reference man [mm, degrees]. Tilt of the up axis toward the back. Bodies, lateral
/// parts (middle, half breadth of the flat middle part, half thickness, behind the body's middle), canal (width,
/// depth).
struct Segment {
    double height, tilt_deg, width, depth, lateral_x, lateral_half, lateral_thick, lateral_back, canal_width,
        canal_depth;
};
constexpr Segment rows[] = {
    {30, 0, 50, 32, 33, 8.8, 12.5, 6, 31, 14},  {24.5, 5, 39, 23, 28.5, 9.8, 10, 7.5, 26, 12},
    {20.5, 15, 31, 17, 22, 9.3, 7.8, 6, 20, 9}, {17.5, 34, 27, 13, 17.5, 8.5, 5.5, 4, 14, 7},
    {15, 58, 24, 11, 11, 7, 4.5, 1, 11, 6},     {11.5, 78, 17, 9, 0, 0, 0, 0, 0, 0},
    {8.5, 96, 11, 7.5, 0, 0, 0, 0, 0, 0},       {7, 110, 8, 6.5, 0, 0, 0, 0, 0, 0},
    {5.5, 120, 6, 5.5, 0, 0, 0, 0, 0, 0},
};
constexpr int sacral = 5, pieces = int(std::size(rows));

double outside_mm(Box const& box, Vec3 const& p)
{
    return glm::length(glm::max(glm::max(box.low - p, p - box.high), Vec3{0}));
}

} // namespace

SacrumForm::SacrumForm(BodyPlan const& plan)
    : scale_{plan.scale}, density_{plan.parameters.bone_density},
      shell_{std::lerp(0.72, 1.0, std::clamp(density_, 0.0, 1.0))}, core_hu_{cancellous_hu(Level::sacrum, density_)},
      seed_{unsigned(plan.parameters.seed * 101 + 77)}, size_{plan.vertebra(Level::sacrum)}, frame_{size_.frame}
{
    double const s = scale_;
    // In the frame of S1, where everything below is laid out: z up along S1, y back.
    std::vector<Vec3> middle;
    std::vector<Vec3> ups, backs;
    for (int i = 0; i < pieces; ++i) {
        double const a = radians(rows[i].tilt_deg);
        Vec3 const up{0, std::sin(a), std::cos(a)};
        heights_.push_back(s * rows[i].height);
        middle.push_back(i == 0 ? Vec3{0}
                                : middle.back() - heights_[std::size_t(i - 1)] / 2 * ups.back() -
                                      heights_.back() / 2 * up);
        ups.push_back(up);
        backs.push_back({0, std::cos(a), -std::sin(a)});
        Frame f;
        f.left = frame_.left;
        f.up = frame_.back * up.y + frame_.up * up.z;
        f.back = frame_.back * backs.back().y + frame_.up * backs.back().z;
        f.origin_mm = frame_.at(0, middle.back().y, middle.back().z);
        segments_.push_back(f);
    }
    Vec3 const x{1, 0, 0};
    auto const link = [&](std::vector<BonePart>& into, int i, auto const& point, auto const& half, auto const& radius,
                          Vec3 const& w, std::vector<HalfSpace> cuts = {}) {
        Vec3 const a = point(i), b = point(i + 1);
        into.push_back({{a, b - a, w, half(i), half(i + 1), radius(i), radius(i + 1)}, std::move(cuts)});
    };
    HalfSpace const end_plate{{0, 0, 1}, heights_[0] / 2};
    for (int i = 0; i + 1 < pieces; ++i) {
        // Bodies: each plate runs from the middle of one to the middle of the next; the first starts at the promontory.
        auto const point = [&](int k) { return k == 0 ? Vec3{0, 0, 0.2 * heights_[0]} : middle[std::size_t(k)]; };
        auto const radius = [&](int k) { return s * rows[k].depth / 2; };
        auto const half = [&](int k) { return std::max(s * (rows[k].width - rows[k].depth) / 2, 0.2); };
        link(middle_, i, point, half, radius, x, i == 0 ? std::vector<HalfSpace>{end_plate} : std::vector<HalfSpace>{});
    }
    auto const behind = [&](int k, double left, double back) {
        return middle[std::size_t(k)] + backs[std::size_t(k)] * back + Vec3{left, 0, 0};
    };
    for (int i = 0; i + 1 < sacral; ++i) {
        auto const lateral = [&](int k) {
            Vec3 const p = behind(k, s * rows[k].lateral_x, s * rows[k].lateral_back);
            return k == 0 ? p + 1.5 * s * ups[0] : p;
        };
        // The ear-shaped face is flat and nearly upright, so that a beam from the front finds the joint.
        Vec3 const out = glm::normalize(Vec3{1, 0.17, -0.2});
        std::vector<HalfSpace> face;
        if (i < 2) face.push_back({out, glm::dot(out, s * Vec3{51, 10, -8})});
        link(
            paired_, i, lateral, [&](int k) { return s * (rows[k].lateral_half + (k < 2 ? 1.5 : 0)); },
            [&](int k) { return s * rows[k].lateral_thick; }, glm::normalize(Vec3{1, 0.28, 0}), face);
        auto const roof = [&](int k) { return s * (rows[k].depth / 2 + rows[k].canal_depth); };
        if (i < 3) // the roof of the canal, open below S4
            link(
                middle_, i, [&](int k) { return behind(k, 0, roof(k) + 2.2 * s) - (k == 0 ? 4 * s : 0) * ups[0]; },
                [&](int k) { return s * rows[k].canal_width * 0.42; }, [&](int) { return 2.4 * s; }, x);
        // Beside the canal: the intermediate crest, fused articular processes.
        link(
            paired_, i,
            [&](int k) {
                return behind(k, s * (rows[k].canal_width / 2 + 3),
                              s * (rows[k].depth / 2 + 0.75 * rows[k].canal_depth));
            },
            [&](int) { return 1.0 * s; }, [&](int k) { return (k == 0 ? 5.5 : 4.0 - 0.4 * k) * s; }, x);
        // Canal.
        link(
            canal_, i,
            [&](int k) {
                return behind(k, 0, s * (rows[k].depth + rows[k].canal_depth) / 2) + (k == 0 ? 22 * s : 0) * ups[0];
            },
            [&](int k) { return s * (rows[k].canal_width - rows[k].canal_depth) / 2; },
            [&](int k) { return s * rows[k].canal_depth / 2; }, x);
        // Foramina between the segments, wide in front, narrow behind.
        Vec3 const between = middle[std::size_t(i)] - heights_[std::size_t(i)] / 2 * ups[std::size_t(i)];
        // Their axis lies half way between the bone's own and the patient's, so that a beam a little from the feet
        // looks through them.
        Vec3 const patient_back{0, frame_.back.y, frame_.up.y};
        Vec3 const back =
            glm::normalize(glm::normalize(backs[std::size_t(i)] + backs[std::size_t(i + 1)]) + patient_back);
        // Ovals that fall outwards. The upper wall runs along that axis, so that its cortex is seen end-on, an arc; the
        // lower one flares forward and is lost.
        double const fx[] = {18.5, 16, 14.5, 13}, wide[] = {6.4, 5.6, 4.5, 3.6}, half[] = {3.0, 2.4, 1.8, 1.2};
        double const front = s * wide[i], behind_mm = 0.5 * front;
        Vec3 const oval = glm::normalize(Vec3{1, 0, -0.5 + 0.12 * i});
        Vec3 const down = glm::normalize(glm::cross(x, back)) * (front - behind_mm);
        Vec3 const from = between + Vec3{s * (fx[i] + 3), 0, 0} - back * (14 * s) + (down.z < 0 ? down : -down),
                   to = between + Vec3{s * (fx[i] - 1), 0, 0} + back * (26 * s);
        foramina_.push_back(
            {from, to - from, oval, s * half[i], 0.4 * s * half[i], front - 0.6 * s * half[i], behind_mm});
        // Median crest: what is left of the spinous processes.
        if (i < 3) {
            Vec3 const root = behind(i, 0, roof(i) + 3 * s) + (i == 0 ? -5 * s : 0) * ups[0];
            Vec3 const tip = root + s * ((7.5 - 1.5 * i) * backs[std::size_t(i)] - 4.0 * ups[std::size_t(i)]);
            middle_.push_back(
                {{root, tip - root, ups[std::size_t(i)], s * (6 - i), s * (3.5 - 0.7 * i), 2.2 * s, 2.0 * s}, {}});
        }
    }
    // Facets for L5.
    FacetJoint const above = upper_facet(plan, Level::sacrum);
    double const bearing = 6.5 * s;
    paired_.push_back(lower_side(above, bearing));
    paired_.push_back(lower_lip(above));
    Vec3 const root = above.centre_mm - above.normal * (bearing / 2 + 1);
    Vec3 const stand{root.x, size_.endplate_depth_mm / 2 + 5 * s, -2 * s};
    paired_.push_back({{stand, root - stand, x, 2 * s, 1.5 * s, 5 * s, 3 * s}, {above.room(-1)}});
    kept_off_.push_back({upper_side(above, bearing), above.gap_mm});

    Box local{Vec3{1e9}, Vec3{-1e9}};
    for (auto const* parts : {&paired_, &middle_})
        for (BonePart const& part : *parts) local = around(local, part.plate.bounds());
    for (BonePart const& part : paired_) paired_boxes_.push_back(part.plate.bounds());
    local.low.x = -local.high.x;
    local = grown(local, 1.5);
    box_ = {Vec3{1e9}, Vec3{-1e9}};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const p = frame_.at(corner & 1 ? local.high.x : local.low.x, corner & 2 ? local.high.y : local.low.y,
                                 corner & 4 ? local.high.z : local.low.z);
        box_ = around(box_, {p, p});
    }
}

double SacrumForm::distance_mm(Vec3 const& patient) const
{
    Vec3 const q = frame_.local(patient);
    Vec3 const folded{std::abs(q.x), q.y, q.z};
    double d = 1e9;
    for (BonePart const& part : middle_) d = smooth_least(d, part.distance_mm(q), 3.5);
    for (std::size_t i = 0; i < paired_.size(); ++i)
        if (outside_mm(paired_boxes_[i], folded) < d + 3.5) d = smooth_least(d, paired_[i].distance_mm(folded), 3.5);
    if (d < 20) {
        double canal = 1e9;
        for (BonePart const& part : canal_) canal = std::min(canal, part.distance_mm(q));
        d = smooth_most(d, -canal, 1.0);
        for (Plate const& hole : foramina_) d = smooth_most(d, -hole.distance_mm(folded), 1.5);
        for (auto const& [part, clear] : kept_off_) d = std::max(d, clear - part.distance_mm(folded));
    }
    if (std::abs(d) < 2)
        d += (1 - std::abs(d) / 2) *
             (0.2 * std::clamp(noise(q, 5, seed_), -2.0, 2.0) + 0.25 * std::clamp(noise(q, 9, seed_ + 3), -1.5, 1.5));
    return 0.95 * d;
}

double SacrumForm::hu(Vec3 const& patient, Depth const& depth) const
{
    Vec3 const q = frame_.local(patient);
    // Marrow of the wings is mostly fat in adults; the bodies hold more bone.
    double const aside = std::clamp((std::abs(q.x) - 16 * scale_) / (14 * scale_), 0.0, 1.0);
    double core = core_hu_ * (1.25 - 0.9 * aside) - 15 * aside;
    // The fused discs: thin plates with a strip of cartilage between.
    for (int i = 0; i + 1 < sacral; ++i) {
        Frame const& f = segments_[std::size_t(i)];
        double const off = std::abs(f.local(patient).z + heights_[std::size_t(i)] / 2);
        double const half = rows[i].width * scale_ / 2;
        if (off < 4 && std::abs(q.x) < half) core += 260 * shell_ * std::exp(-(off - 1.4) * (off - 1.4) / 0.8);
    }
    core += trabeculae_hu(q, core_hu_, density_, seed_);
    bool const is_end_plate = q.z > heights_[0] / 2 - 3 && std::abs(q.x) < size_.endplate_width_mm / 2;
    double const peak = is_end_plate ? 1400 : 1350;
    double spread = is_end_plate ? 0.85 : 1.0;
    // The roots' foramina have a thick upper rim, the joints for the hip bones a plate under their cartilage.
    Vec3 const folded{std::abs(q.x), q.y, q.z};
    for (Plate const& hole : foramina_) {
        double const t = glm::dot(folded - hole.a, hole.u) / glm::dot(hole.u, hole.u);
        Vec3 const off = folded - hole.a - std::clamp(t, 0.0, 1.0) * hole.u;
        if (off.z > 0 && glm::dot(off, off) < 100 && hole.distance_mm(folded) < 2.5) spread = 1.7;
    }
    if (aside > 0.9 && segments_[0].local(patient).z > -1.5 * heights_[0]) spread = std::max(spread, 1.3);
    spread *= std::clamp(1 + 0.3 * noise(q, 11, seed_ + 4) + 0.2 * noise(q, 4, seed_ + 5), 0.5, 1.6);
    double const shell = depth.mean_bell(spread);
    return core + shell * (peak * shell_ - core);
}

double SacrumForm::above_s2_mm(Vec3 const& patient) const
{
    return segments_[0].local(patient).z + heights_[0] / 2;
}

Vec3 SacrumForm::canal_mm(int segment) const
{
    Segment const& row = rows[segment];
    return segments_[std::size_t(segment)].at(0, scale_ * (row.depth + row.canal_depth) / 2, 0);
}

Vec3 SacrumForm::auricular_mm(double sign) const
{
    return segments_[0].at(sign * scale_ * 51, scale_ * 10, -scale_ * 8);
}

} // namespace fluoro
