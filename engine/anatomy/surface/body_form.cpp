#include "body_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <memory>
#include <mutex>
#include <numbers>
#include <optional>

#include "../chest/chest_form.hpp"
#include "../chest/distance_lattice.hpp"

namespace fluoro {

namespace {

constexpr double trunk_low = -270, trunk_high = 530; ///< [mm of the reference man] where legs and head take over

enum class Layer { skin, fascia };

/// A hump or (negative) a hollow of the surface [mm of the reference man]: a Gaussian about a point.
struct Relief {
    double x, y, z;                   ///< middle; drawn on both sides
    double reach_x, reach_y, reach_z; ///< standard deviations times sqrt 2
    double height;
    bool is_fat; ///< the fascia below does not follow
};

constexpr double far = 1000; ///< no limit along this axis

// Living anatomy of a lean adult, sizes typical.
constexpr Relief common[] = {
    {0, 105, 130, 16, 60, 190, -6, false},  // groove over the spine, between the erectors
    {38, 100, 40, 22, 40, 90, 4, false},    // the erectors beside it
    {0, 110, -215, 11, 45, 62, -34, true},  // crease between the buttocks
    {0, 112, -235, 13, 40, 45, -14, false}, // and of the muscles below it
    {72, 112, -165, 48, 45, 52, 7, false},  // buttocks
    {80, 104, -262, 60, 30, 9, -8, true},   // the fold below them
    {0, -131, 240, 13, 40, 60, -5, false},  // over the breastbone
    {0, -127, 100, 34, 40, 30, -5, false},  // below it
    {78, -126, 150, 34, 40, 22, 3, false},  // margin of the ribs
    {0, -115, -29, 8, 30, 8, -12, true},    // navel
    {0, -115, 45, 8, 30, 60, -2, false},    // middle line of the belly
    {118, -52, -92, 22, 40, 24, 4, false},  // anterior spine of the ilium
    {140, 0, -52, 30, 50, 16, 3, false},    // its crest
    {86, -90, -170, 38, 50, 12, -6, false}, // groin
    {160, 0, 55, 40, far, 34, -4, false},   // waist
    {182, 30, 262, 26, 24, 34, -13, false}, // armpit
    {152, -78, 285, 20, 28, 24, 6, false},  // its front fold: pectoralis major
    {160, 82, 262, 22, 26, 32, 6, false},   // its hind fold: latissimus
    {64, 112, 275, 36, 30, 48, 5, false},   // shoulder blades
    {0, -83, 338, 14, 26, 12, -7, false},   // above the breastbone
    {62, -76, 352, 26, 26, 14, -8, false},  // above the collar bones
    {0, -85, -268, 12, 60, 26, -26, false}, // between the thighs
};
constexpr Relief of_men[] = {
    {82, -126, 250, 44, 44, 40, 6, false}, // pectoralis
    {80, -127, 210, 48, 40, 9, -3, true},  // its lower edge
    {0, -88, -252, 24, 36, 18, 26, true},  // scrotum
};
// Breasts of 500 g, spread sideways by lying.
constexpr Relief of_women[] = {
    {88, -103, 205, 48, 46, 46, 23, true}, {128, -55, 200, 34, 42, 42, 9, true},
    {80, -113, 150, 52, 40, 7, -6, true}, // fold below the breast
    {80, -124, 262, 44, 40, 32, 3, false}, {150, 20, -150, 44, 60, 60, 4, true},
};
/// Per unit of fat above the reference's.
constexpr Relief of_the_obese[] = {
    {150, 60, -5, 60, 60, 70, 7, true},     // flanks hang aside
    {0, -125, -40, 120, 60, 60, 3, true},   // the apron of the belly
    {178, 20, 62, 60, far, 6, -9, true},    // folds at the flank
    {178, 20, -18, 60, far, 5, -5, true},   // and below
    {70, -118, -142, 110, 46, 7, -9, true}, // fold below the apron
    {85, -113, 225, 44, 40, 36, 4, true},   // male breasts are fat
    {80, -122, 178, 60, 40, 6, -4, true},   // their fold
    {150, 85, 190, 40, 30, 6, -4, true},    // folds of the back
};

/// Sum of all reliefs at a point of the reference man.
double relief_at(std::vector<Relief> const& reliefs, Layer layer, Vec3 const& p)
{
    double sum = 0;
    for (Relief const& r : reliefs) {
        if (layer == Layer::fascia && r.is_fat) continue;
        double const y = (p.y - r.y) / r.reach_y, z = (p.z - r.z) / r.reach_z;
        double const yz = y * y + z * z;
        if (yz > 9) continue;
        double const x = (std::abs(p.x) - r.x) / r.reach_x;
        sum += r.height * std::exp(-yz - x * x);
    }
    return sum;
}

std::vector<Relief> reliefs_of(BodyPlan const& plan)
{
    std::vector<Relief> all{std::begin(common), std::end(common)};
    if (plan.parameters.sex == Sex::male)
        all.insert(all.end(), std::begin(of_men), std::end(of_men));
    else
        all.insert(all.end(), std::begin(of_women), std::end(of_women));
    double const excess = std::clamp((plan.fat - 1.5) / 1.5, 0.0, 2.0);
    if (excess > 0)
        for (Relief r : of_the_obese) {
            r.height *= excess;
            all.push_back(r);
        }
    // The widths follow the patient: reliefs lie on the surface, whatever its size.
    for (Relief& r : all) {
        BodyPlan::Outline const mine = plan.outline(plan.scale * r.z);
        BodyPlan::Outline const reference = reference_outline(r.z);
        double const wide = mine.half_width_mm / plan.scale / reference.half_width_mm;
        r.x *= wide;
        if (r.reach_x < far) r.reach_x *= wide;
        if (r.y < -40) r.y += mine.front_mm / plan.scale - reference.front_mm;
        if (r.y > 40) r.y += mine.back_mm / plan.scale - reference.back_mm;
    }
    return all;
}

/// One height of the superellipse.
struct Section {
    double half_width, half_depth, middle_y, exponent;
};

std::vector<Section> sections_of(BodyPlan const& plan, double low_mm, double high_mm, Layer layer)
{
    std::vector<Section> sections;
    for (double z = low_mm; z <= high_mm + 1; z += 1) {
        BodyPlan::Outline const o = plan.outline(z);
        bool const is_fascia = layer == Layer::fascia;
        double const side = is_fascia ? o.fat_side_mm : 0;
        double const front = o.front_mm + (is_fascia ? o.fat_front_mm : 0);
        double const back = o.back_mm - (is_fascia ? o.fat_back_mm : 0);
        sections.push_back({o.half_width_mm - side, (back - front) / 2, (back + front) / 2, o.exponent});
    }
    return sections;
}

double smooth_greatest(double a, double b, double blend)
{
    double const h = std::max(blend - std::abs(a - b), 0.0) / blend;
    return std::max(a, b) + h * h * h * blend / 6;
}

/// Step of the table of the trunk's forms [mm]: folds are 5 mm and wider.
constexpr double trunk_step_mm = 5;

Shape trunk(BodyPlan const& plan, Layer layer)
{
    double const low = plan.scale * trunk_low, high = plan.scale * trunk_high;
    auto const sections = std::make_shared<std::vector<Section> const>(sections_of(plan, low, high, layer));
    Box box{Vec3{0, 0, low}, Vec3{0, 0, high}};
    for (Section const& s : *sections) {
        box.low = glm::min(box.low, Vec3{-s.half_width - 25, s.middle_y - s.half_depth - 30, low});
        box.high = glm::max(box.high, Vec3{s.half_width + 25, s.middle_y + s.half_depth + 14, high});
    }
    std::vector<Relief> const reliefs = reliefs_of(plan);
    double const table = table_y(plan), scale = plan.scale;
    double const lying = layer == Layer::skin ? table : table - 6 * scale * std::min(plan.fat, 2.0);
    auto const seed = unsigned(plan.parameters.seed);
    Shape const exact{box, [=](Vec3 const& p) {
                          double const at = std::clamp(p.z - low, 0.0, high - low - 0.001);
                          auto const i = std::size_t(at);
                          double const share = at - double(i);
                          Section const &a = (*sections)[i], &b = (*sections)[i + 1];
                          double const w = std::lerp(a.half_width, b.half_width, share);
                          double const d = std::lerp(a.half_depth, b.half_depth, share);
                          double const before = std::lerp(a.middle_y, b.middle_y, share) - p.y;
                          // Over the upper ribs the front is rounder than the back.
                          double const chest = std::clamp(1 - std::abs(p.z / scale - 265) / 85, 0.0, 1.0);
                          double const n = a.exponent - (before > 0 ? 0.5 * chest * chest * (3 - 2 * chest) : 0);
                          double const x = std::abs(p.x) / w;
                          double const y = std::abs(before) / d;
                          double const k = std::pow(std::pow(x, n) + std::pow(y, n), 1 / n);
                          double rim = -std::min(w, d);
                          if (k > 1e-6)
                              rim = std::max(
                                  rim, (k - 1) / std::hypot(std::pow(x / k, n - 1) / w, std::pow(y / k, n - 1) / d));
                          // Nobody is the same on both sides: 2 mm and a little tilt.
                          double const uneven = 1.4 * noise(p, 95, seed) + 0.007 * p.x * std::sin(p.z / 130 + seed);
                          rim -= scale * relief_at(reliefs, layer, p / scale) + uneven;
                          rim = smooth_greatest(rim, p.y - lying, 14);
                          return std::max({rim, low - p.z, p.z - high});
                      }};
    return sampled(exact, trunk_step_mm);
}

/// The wall of the belly's cavity in the reference man: what is inside the fascia on each side, down to the pelvis.
struct Wall {
    double z, side, front, back_y; ///< thickness of the muscles beside and in front; y of the hind wall
};
constexpr std::array<Wall, 12> walls{{{-232, 130, 70, 44},
                                      {-205, 108, 36, 66},
                                      {-180, 96, 22, 84},
                                      {-150, 84, 15, 92},
                                      {-120, 62, 13, 84},
                                      {-90, 32, 12, 62},
                                      {-60, 24, 12, 54},
                                      {-30, 21, 12, 50},
                                      {20, 19, 12, 48},
                                      {70, 15, 12, 52},
                                      {110, 12, 13, 60},
                                      {200, 14, 14, 70}}};

Wall wall_at(double z)
{
    auto const after = std::ranges::find_if(walls, [z](Wall const& w) { return w.z >= z; });
    if (after == walls.begin()) return walls.front();
    if (after == walls.end()) return walls.back();
    Wall const &low = *(after - 1), &high = *after;
    double const share = (z - low.z) / (high.z - low.z);
    return {z, std::lerp(low.side, high.side, share), std::lerp(low.front, high.front, share),
            std::lerp(low.back_y, high.back_y, share)};
}

} // namespace

namespace {

Shape sampled_now(Shape const& shape, double step_mm, double margin_mm)
{
    Box const box = grown(shape.bounds(), 2 * step_mm + margin_mm);
    // Distances on a coarse lattice first: a cell whose corners are all further from the surface than the cell is long
    // lies on one side, and on_lattice needs no more of it than the side.
    double const coarse = 3 * step_mm;
    glm::ivec3 const n = glm::ivec3{glm::ceil((box.high - box.low) / coarse)} + 3;
    auto const index = [n](int i, int j, int k) {
        return (std::size_t(k) * std::size_t(n.y) + std::size_t(j)) * std::size_t(n.x) + std::size_t(i);
    };
    std::vector<float> corners(index(0, 0, n.z));
    parallel_for(n.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < n.y; ++j)
                for (int i = 0; i < n.x; ++i)
                    corners[index(i, j, k)] = float(shape.distance_mm(box.low + coarse * Vec3{i, j, k}));
    });
    Shape const lattice = on_lattice(box, step_mm, [&](Vec3 const& p) {
        glm::ivec3 const c = glm::min(glm::ivec3{(p - box.low) / coarse}, n - 2);
        double nearest = 1e9;
        for (int corner = 0; corner < 8; ++corner) {
            double const d = corners[index(c.x + (corner & 1), c.y + (corner >> 1 & 1), c.z + (corner >> 2))];
            if (std::abs(d) < std::abs(nearest)) nearest = d;
        }
        return std::abs(nearest) > std::numbers::sqrt3 * coarse ? nearest : shape.distance_mm(p);
    });
    return lattice;
}

} // namespace

Shape sampled(Shape const& shape, double step_mm, double margin_mm)
{
    // When it is first asked: a body has many such shapes, and a picture of its chest never asks the hip bones.
    struct Later {
        std::once_flag once;
        std::optional<Shape> lattice;
    };
    auto const later = std::make_shared<Later>();
    return {shape.bounds(), [=](Vec3 const& p) {
                std::call_once(later->once, [&] { later->lattice.emplace(sampled_now(shape, step_mm, margin_mm)); });
                return later->lattice->distance_mm(p);
            }};
}

double table_y(BodyPlan const& plan)
{
    double hindmost = 0;
    for (double z = -200; z <= 330; z += 5) hindmost = std::max(hindmost, plan.outline(plan.scale * z).back_mm);
    return hindmost - 7 * plan.scale;
}

Shape trunk_skin(BodyPlan const& plan)
{
    return trunk(plan, Layer::skin);
}

Shape trunk_fascia(BodyPlan const& plan)
{
    return trunk(plan, Layer::fascia);
}

Shape abdominal_cavity(BodyPlan const& plan)
{
    double const s = plan.scale, floor = s * walls.front().z;
    double const top = 4 + std::max(plan.place("diaphragm-dome-right").z, plan.place("diaphragm-dome-left").z);
    Shape const chest = chest_wall(plan);
    auto const diaphragm = diaphragm_tops(plan);
    double widest = 0, foremost = 0;
    for (double z = floor; z < top; z += 5) {
        BodyPlan::Outline const o = plan.outline(z);
        widest = std::max(widest, o.half_width_mm - o.fat_side_mm);
        foremost = std::min(foremost, o.front_mm + o.fat_front_mm);
    }
    Box const box{{-widest, foremost, floor}, {widest, 100 * s, top}};
    Shape const exact{box, [=](Vec3 const& p) {
                          BodyPlan::Outline const o = plan.outline(p.z);
                          Wall const wall = wall_at(p.z / s);
                          double const w = std::max(20 * s, o.half_width_mm - o.fat_side_mm - s * wall.side);
                          double const front = o.front_mm + o.fat_front_mm + s * wall.front, back = s * wall.back_y;
                          double const d = (back - front) / 2, middle = (back + front) / 2, n = 2.6;
                          double const x = std::abs(p.x) / w, y = std::abs(p.y - middle) / d;
                          double const k = std::pow(std::pow(x, n) + std::pow(y, n), 1 / n);
                          double rim = -std::min(w, d);
                          if (k > 1e-6)
                              rim = std::max(
                                  rim, (k - 1) / std::hypot(std::pow(x / k, n - 1) / w, std::pow(y / k, n - 1) / d));
                          // Under the ribs the chest's inner face is the wall.
                          double const under_ribs = std::clamp((p.z / s - 80) / 40, 0.0, 1.0);
                          if (under_ribs > 0) rim = std::lerp(rim, chest.distance_mm(p) + 1, under_ribs);
                          double const above = (p.z - diaphragm(p.x, p.y) + 3) * 0.6;
                          return std::max({rim, above, floor - p.z});
                      }};
    return sampled(exact, 4);
}

Vec3 on_the_skin(Shape const& skin, Vec3 const& from, Vec3 const& towards, double under_mm)
{
    // Half a millimetre at a time from inside: distances below folds are not monotone.
    Vec3 const step = glm::normalize(towards) * 0.5;
    Vec3 p = from;
    for (int i = 0; i < 1200 && skin.distance_mm(p) < -under_mm; ++i) p += step;
    return p;
}

} // namespace fluoro
