#include "chest_form.hpp"

#include "distance_lattice.hpp"
#include "mediastinum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <mutex>
#include <numbers>
#include <optional>

namespace fluoro {

namespace {

constexpr double lattice_mm = 5;
constexpr double costal_margin_z = 14, cavity_low_z = 84, apex_z = 372; ///< over the middle of L3 [mm of 1760 mm]
constexpr double pleura_mm = 1.5; ///< pleura and the fascia behind it, between chest wall and lung

double slim_of(BodyPlan const& plan)
{
    return plan.parameters.sex == Sex::female ? 0.94 : 1;
}

double smooth_most(double a, double b, double blend)
{
    double const h = std::max(blend - std::abs(a - b), 0.0) / blend;
    return std::max(a, b) + h * h * h * blend / 6;
}

/// A value by height, smooth between the rows (Catmull-Rom), constant beyond them.
struct Row {
    double z, value;
};
template <std::size_t N> double at_height(std::array<Row, N> const& rows, double z)
{
    if (z <= rows.front().z) return rows.front().value;
    if (z >= rows.back().z) return rows.back().value;
    std::size_t i = 0;
    while (rows[i + 1].z < z) ++i;
    auto const slope = [&](std::size_t k) {
        std::size_t const a = k == 0 ? 0 : k - 1, b = std::min(k + 1, N - 1);
        return (rows[b].value - rows[a].value) / (rows[b].z - rows[a].z);
    };
    double const step = rows[i + 1].z - rows[i].z, t = (z - rows[i].z) / step;
    double const a = rows[i].value, b = rows[i + 1].value, sa = slope(i) * step, sb = slope(i + 1) * step;
    return a + t * (sa + t * (3 * (b - a) - 2 * sa - sb + t * (2 * (a - b) + sa + sb)));
}

// The reference man's inner chest wall [mm].
constexpr std::array<Row, 16> half_widths{{{14, 113},
                                           {40, 117},
                                           {70, 122},
                                           {100, 127.5},
                                           {130, 132},
                                           {160, 134.5},
                                           {190, 135.8},
                                           {220, 129.5},
                                           {245, 122.5},
                                           {265, 115},
                                           {285, 106},
                                           {300, 100.5},
                                           {312, 94},
                                           {322, 83},
                                           {332, 67},
                                           {343, 43}}};
/// How far the gutters reach behind the middle of the vertebral body.
constexpr std::array<Row, 11> gutters{{{60, 42},
                                       {100, 44},
                                       {150, 44},
                                       {190, 44},
                                       {230, 43.5},
                                       {252, 42},
                                       {272, 40.5},
                                       {290, 39},
                                       {318, 27},
                                       {345, 15},
                                       {368, 8}}};

/// What shapes the wall at one height [mm].
struct Section {
    double half_width, front, back;                   ///< back: of the gutters
    double spine_y, body_half_width, body_half_depth; ///< of the spinal column
};

class Wall {
public:
    explicit Wall(BodyPlan const& plan) : plan_{plan}, scale_{plan.scale}, slim_{slim_of(plan)}
    {
        double const inside = 6.5 * scale_; // half the sternum's thickness and the tissue behind it
        notch_ = plan.place("jugular-notch") + Vec3{0, inside, 0};
        angle_ = plan.place("sternal-angle") + Vec3{0, inside, 0};
        xiphoid_ = plan.place("xiphoid") + Vec3{0, inside, 0};
    }

    /// Keeps the sections of all heights, for many questions.
    void tabulate()
    {
        for (double z = lowest_z; z <= highest_z; z += 1) sections_.push_back(section(scale_ * z));
    }

    Section at(double z) const
    {
        if (sections_.empty()) return section(z);
        double const q = std::clamp(z / scale_ - lowest_z, 0.0, highest_z - lowest_z - 1e-6);
        auto const i = std::size_t(q);
        Section const &a = sections_[i], &b = sections_[i + 1];
        double const t = q - double(i);
        return {std::lerp(a.half_width, b.half_width, t),
                std::lerp(a.front, b.front, t),
                std::lerp(a.back, b.back, t),
                std::lerp(a.spine_y, b.spine_y, t),
                std::lerp(a.body_half_width, b.body_half_width, t),
                std::lerp(a.body_half_depth, b.body_half_depth, t)};
    }

    /// Negative inside the wall at a height; right near it.
    double inside(Section const& s, Vec3 const& p) const
    {
        double const x = std::abs(p.x), w = s.half_width * (p.x < 0 ? 1.003 : 0.997);
        double const middle = (s.front + s.back) / 2;
        // The gutters are the back of the superellipse at half the width, so its middle reaches further.
        double const depth = p.y < middle ? middle - s.front : (s.back - middle) / 0.93;
        // The front is flat over the heart and pointed above it.
        double const pointed = std::clamp((p.z / scale_ - 190) / 60, 0.0, 1.0);
        double const n = p.y < middle ? std::lerp(2.25, 2.1, pointed) : 2.4;
        double const u = x / w, v = std::abs(p.y - middle) / depth;
        double const k = std::pow(std::pow(u, n) + std::pow(v, n), 1 / n);
        double rim = -std::min(w, depth);
        if (k > 1e-3)
            rim = std::max(rim, (k - 1) / std::hypot(std::pow(u / k, n - 1) / w, std::pow(v / k, n - 1) / depth));
        double const column = std::hypot(x / s.body_half_width, (p.y - s.spine_y) / s.body_half_depth);
        double const beside = (1 - column) * std::min(s.body_half_width, s.body_half_depth);
        return smooth_most(smooth_most(rim, behind(s, p), 26 * scale_), beside, 5 * scale_);
    }

    double inside(Vec3 const& p) const
    {
        double const below = inside(at(p.z), p);
        // Above the first ribs' ring each lung has a dome of its own.
        double const lean = radians(8.0);
        Vec3 const d = p / scale_ - Vec3{std::copysign(37.0, p.x), -2, 312};
        Vec3 const q{d.x, d.y * std::cos(lean) + d.z * -std::sin(lean), d.y * std::sin(lean) + d.z * std::cos(lean)};
        Vec3 const radii{34, 37, 57};
        double const dome = scale_ * (glm::length(q / radii) - 1) * 36;
        Section const s = at(p.z);
        double const apex = std::max({dome, -inside_of_column(s, p), behind(s, p)});
        return -smooth_most(-below, -apex, 26 * scale_);
    }

    double front(double z) const
    {
        auto const between = [z](Vec3 const& low, Vec3 const& high) {
            return std::lerp(low.y, high.y, (z - low.z) / (high.z - low.z));
        };
        if (z > notch_.z) return notch_.y + 1.5 * (z - notch_.z); // over the first rib and the inlet
        if (z > angle_.z) return between(angle_, notch_);
        if (z > xiphoid_.z) return between(xiphoid_, angle_);
        return xiphoid_.y + 0.02 * (xiphoid_.z - z);
    }

private:
    Section section(double z) const
    {
        Section s;
        double const q = z / scale_;
        s.half_width = scale_ * slim_ * at_height(half_widths, q);
        int upper = int(Level::c7);
        while (upper < int(Level::l5) && plan_.spine[std::size_t(upper + 1)].frame.origin_mm.z > z) ++upper;
        VertebraPlan const &a = plan_.spine[std::size_t(upper)], &b = plan_.spine[std::size_t(upper + 1)];
        double const share =
            std::clamp((a.frame.origin_mm.z - z) / (a.frame.origin_mm.z - b.frame.origin_mm.z), 0.0, 1.0);
        s.spine_y = std::lerp(a.frame.origin_mm.y, b.frame.origin_mm.y, share);
        s.body_half_width = std::lerp(a.endplate_width_mm, b.endplate_width_mm, share) / 2 + 1.5;
        s.body_half_depth = std::lerp(a.endplate_depth_mm, b.endplate_depth_mm, share) / 2 + 1.5;
        s.back = s.spine_y + scale_ * slim_ * at_height(gutters, q);
        s.front = front(z);
        return s;
    }

    /// Behind a line from the side of the vertebral body along the rib's head and neck to the gutter.
    double behind(Section const& s, Vec3 const& p) const
    {
        Vec2 const from{s.body_half_width + 4 * scale_, s.spine_y - 2 * scale_};
        Vec2 const along = Vec2{std::max(0.42 * s.half_width, 50 * scale_ * slim_), s.back + 2} - from;
        // In front of the column it is the column that bounds the cavity.
        double const beside = std::max(std::abs(p.x), from.x) - from.x;
        double const flat = (along.x * (p.y - from.y) - along.y * beside) / glm::length(along);
        // No plane: full over the rib's head, hollow behind the tubercle, and never quite the same higher up, or a beam
        // along it would see one straight edge from top to bottom.
        double const share = std::clamp(beside / along.x, 0.0, 1.0);
        double const wave = std::sin(2 * std::numbers::pi * (p.z / (46 * scale_) + (p.x < 0 ? 0.37 : 0.0)));
        return flat + scale_ * (3.2 + 1.0 * wave) * std::sin(2 * std::numbers::pi * share);
    }
    double inside_of_column(Section const& s, Vec3 const& p) const
    {
        double const x = std::abs(p.x);
        double const column = std::hypot(x / s.body_half_width, (p.y - s.spine_y) / s.body_half_depth);
        return std::min((column - 1) * std::min(s.body_half_width, s.body_half_depth), s.spine_y + 34 * scale_ - p.y);
    }

    BodyPlan const& plan_;
    double scale_, slim_;
    static constexpr double lowest_z = 0, highest_z = 390; ///< of the reference man
    Vec3 notch_{0}, angle_{0}, xiphoid_{0};
    std::vector<Section> sections_; ///< every millimetre of the reference man
};

Box box_down_to(BodyPlan const& plan, double low_z)
{
    return {plan.scale * Vec3{-146, -128, low_z - 8}, plan.scale * Vec3{146, 96, apex_z + 8}};
}

Shape wall_down_to(BodyPlan const& plan, double low_z)
{
    Wall wall{plan};
    wall.tabulate();
    double const low = plan.scale * low_z;
    Box const box = box_down_to(plan, low_z);
    return on_lattice(box, lattice_mm, [&](Vec3 const& p) { return smooth_most(wall.inside(p), low - p.z, 6); });
}

/// Everything that the diaphragm's height needs, found once.
class Diaphragm {
public:
    explicit Diaphragm(BodyPlan const& plan)
        : wall_{plan}, scale_{plan.scale}, right_{plan.place("diaphragm-dome-right")}, left_{plan.place(
                                                                                           "diaphragm-dome-left")},
          bed_{plan.place("heart-centre") + plan.scale * Vec3{-6, -4, 0}}, section_{wall_.at(scale_ * 140)}
    {
    }
    double top(double x, double y) const
    {
        // Millimetres from the wall, where the diaphragm lies against the ribs.
        double const inward = std::max(0.0, -wall_.inside(section_, {x, y, 0}));
        double const edge = std::clamp(1 - inward / (50 * scale_), 0.0, 1.0);
        return smooth_most(dome(right_, -1, x, y, edge), dome(left_, 1, x, y, edge), 16 * scale_) - bed(x, y);
    }

private:
    /// How far the heart has pressed its bed into the central tendon.
    double bed(double x, double y) const
    {
        double const along = (x - bed_.x) / (70 * scale_), across = (y - bed_.y) / (54 * scale_);
        double const out = std::min(1.0, along * along + across * across);
        return 21 * scale_ * (1 - out) * (1 - out);
    }
    double dome(Vec3 const& summit, double sign, double x, double y, double edge) const
    {
        double const dx = sign * (x - summit.x) / scale_, dy = (y - summit.y) / scale_; // dx: away from the middle
        bool const is_right = sign < 0;
        double const flat = dx * dx / (dx > 0 ? 260 : is_right ? 300 : 310) + dy * dy / (dy > 0 ? 320 : 330);
        // How far it falls along the wall: most behind, least in front.
        double const bx = dx, by = (y / scale_ + 12);
        double const aside = bx * bx / (bx * bx + by * by + 1);
        double const fall = std::lerp(by > 0 ? 77.0 : 18.0, bx < 0 ? 34.0 : is_right ? 44.0 : 38.0, aside);
        return summit.z - scale_ * (flat + fall * edge * edge * edge * edge);
    }

    Wall wall_;
    double scale_;
    Vec3 right_, left_, bed_; ///< summits; the middle of the heart's bed
    Section section_;
};

Shape shape_above_diaphragm(BodyPlan const& plan)
{
    Diaphragm const diaphragm{plan};
    Box const whole = thoracic_box(plan);
    Box box = whole;
    box.high.z = plan.scale * 240;
    Shape const lower = on_lattice(box, lattice_mm, [&](Vec3 const& p) { return diaphragm.top(p.x, p.y) - p.z; });
    // Above its box the lattice's own top layer is a distance to spare.
    return {whole, [lower](Vec3 const& p) { return lower.distance_mm(p); }};
}

/// The lattices of one body. Several builders ask for them in turn, so the last body's are kept.
struct Form {
    Shape cavity, wall, above_diaphragm, between_lungs;
};

std::vector<double> key_of(BodyPlan const& plan)
{
    std::vector<double> key{plan.scale, plan.parameters.sex == Sex::female ? 1.0 : 0.0};
    auto const add = [&](Vec3 const& p) { key.insert(key.end(), {p.x, p.y, p.z}); };
    for (VertebraPlan const& v : plan.spine) {
        add(v.frame.origin_mm);
        add({v.endplate_width_mm, v.endplate_depth_mm, 0});
    }
    for (auto const& [name, place] : plan.places) add(place);
    return key;
}

Form form_of(BodyPlan const& plan)
{
    static std::mutex guard;
    static std::vector<double> kept_key;
    static std::optional<Form> kept;
    std::vector<double> key = key_of(plan);
    std::scoped_lock const lock{guard};
    if (!kept || kept_key != key) {
        kept = Form{wall_down_to(plan, cavity_low_z), wall_down_to(plan, costal_margin_z), shape_above_diaphragm(plan),
                    shape_of_mediastinum(plan)};
        kept_key = std::move(key);
    }
    return *kept;
}

} // namespace

Box thoracic_box(BodyPlan const& plan)
{
    return box_down_to(plan, cavity_low_z);
}

Shape thoracic_cavity(BodyPlan const& plan)
{
    return form_of(plan).cavity;
}

Shape chest_wall(BodyPlan const& plan)
{
    return form_of(plan).wall;
}

double diaphragm_top(BodyPlan const& plan, double x_mm, double y_mm)
{
    return Diaphragm{plan}.top(x_mm, y_mm);
}

std::function<double(double, double)> diaphragm_tops(BodyPlan const& plan)
{
    auto const kept = std::make_shared<BodyPlan const>(plan);
    return [kept, diaphragm = Diaphragm{*kept}](double x, double y) { return diaphragm.top(x, y); };
}

Shape above_diaphragm(BodyPlan const& plan)
{
    return form_of(plan).above_diaphragm;
}

Shape mediastinum(BodyPlan const& plan)
{
    return form_of(plan).between_lungs;
}

Shape lung(BodyPlan const& plan, Side side)
{
    double const sign = side == Side::left ? 1 : -1, scale = plan.scale;
    Form const form = form_of(plan);
    Box box = form.cavity.bounds();
    if (side == Side::left)
        box.low.x = 0;
    else
        box.high.x = 6 * scale;
    return {box, [=](Vec3 const& p) {
                // The right lung reaches behind the heart to the left of the midline.
                double const midline = scale * 6 * std::clamp((320 - p.z / scale) / 60, 0.0, 1.0);
                double const beyond = 0.99 * (0.5 - sign * (p.x - midline));
                // Beside the spine fat lies under the pleura, thicker at the heads of the ribs, or a beam aslant
                // would see one straight edge from top to bottom.
                double const turn = 2 * std::numbers::pi * p.z / scale;
                double const swell = 1 + std::sin(turn / 26) * 0.6 + std::sin(turn / 63 + sign) * 0.4;
                double const beside_spine = std::clamp((48 - std::abs(p.x) / scale) / 22, 0.0, 1.0);
                double const fat = 1.5 * scale * swell * beside_spine * beside_spine * (3 - 2 * beside_spine);
                double const out = std::max(form.cavity.distance_mm(p) + pleura_mm + fat, beyond);
                return std::max({out, form.above_diaphragm.distance_mm(p), -form.between_lungs.distance_mm(p)});
            }};
}

} // namespace fluoro
