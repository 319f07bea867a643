#include <fluoro/anatomy/body_plan.hpp>

#include "../heart/heart_form.hpp"
#include "../skeleton/vertebra_pathology.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

/// An adult man of 1760 mm and 73 kg [mm]; others are scaled. Sources in docs/theory/anatomy.md.
struct VertebraRow {
    double posterior_height, anterior_share, width, depth, pedicle_width, pedicle_height, canal_width, canal_depth,
        disc,
        tilt_deg; ///< of the up axis toward the back; minus = toward the front
};
constexpr std::array<VertebraRow, levels> rows{{
    {10, 1.00, 17, 12, 5.5, 7.0, 28, 20, 0.5, 0},            // C1: a ring, its body is the dens of C2
    {20, 1.00, 17, 15, 5.5, 7.0, 24, 17, 5, 2},              // C2
    {13, 0.97, 16.5, 15, 5.2, 6.8, 24, 15, 5, 4},            // C3
    {12.5, 0.97, 16.5, 15, 5.2, 6.8, 24, 15, 5, 4},          // C4
    {12, 0.97, 17, 15, 5.4, 6.8, 25, 15, 5.5, 0},            // C5
    {12.5, 0.97, 18.5, 16, 5.8, 7.0, 25, 15, 5.5, -8},       // C6
    {13.5, 0.98, 21, 16.5, 6.6, 7.4, 24, 15, 5, -16},        // C7
    {16, 0.96, 25, 17, 9.3, 9.6, 21, 16, 4, -24},            // T1
    {17, 0.96, 25, 18, 7.0, 11.0, 18, 15.5, 4, -23},         // T2
    {17.5, 0.95, 25, 20, 5.2, 11.8, 17, 15.5, 4, -20},       // T3
    {18, 0.95, 25, 22, 4.5, 12.0, 16.5, 15.5, 4, -17},       // T4
    {18.5, 0.95, 26, 23.5, 4.7, 11.9, 16.5, 15.5, 4.5, -13}, // T5
    {19, 0.95, 28, 25, 4.9, 12.0, 17, 15.5, 4.5, -9},        // T6
    {19.5, 0.94, 29, 27, 5.1, 12.2, 17, 15.5, 4.5, -4},      // T7
    {20, 0.94, 30, 28.5, 5.4, 12.6, 17, 15.5, 4.5, 1},       // T8
    {20.5, 0.94, 31, 29.5, 5.9, 13.6, 17.5, 15.5, 5.5, 5},   // T9
    {22, 0.94, 33, 30.5, 6.8, 14.8, 17.5, 15.5, 6, 9},       // T10
    {23.5, 0.93, 36, 31.5, 8.1, 16.4, 18, 16, 6.5, 12},      // T11
    {25, 0.94, 39, 33, 8.3, 16.6, 21, 17, 7, 14},            // T12
    {26.5, 0.96, 41, 33, 7.4, 15.6, 22, 17, 8, 14},          // L1
    {27, 0.98, 42.5, 33.5, 8.2, 15.3, 22.6, 16, 9.5, 9},     // L2
    {27, 1.02, 44, 34, 10.2, 14.8, 24, 15.5, 10.5, 0},       // L3
    {26, 1.06, 46, 34.5, 12.6, 14.4, 25.6, 15.5, 11, -10},   // L4
    {25.5, 1.15, 48, 35, 16.1, 12.9, 28.6, 15.6, 10, -22},   // L5
    {30, 1.00, 50, 34, 0, 0, 31, 14, 0, -42},                // sacrum: its first piece
}};

/// Outline of the trunk without arms: height over the middle of L3, half width, front and back, fat in front, at the
/// side and at the back.
struct OutlineRow {
    double z, half_width, front, back, fat_front, fat_side, fat_back;
};
constexpr OutlineRow male_outline[] = {
    {-270, 168, -78, 92, 12, 16, 22},   {-230, 174, -92, 110, 14, 18, 30}, {-180, 175, -104, 114, 16, 18, 32},
    {-130, 170, -110, 109, 18, 17, 24}, {-80, 159, -111, 100, 18, 16, 16}, {-30, 150, -110, 93, 17, 15, 13},
    {20, 147, -109, 90, 16, 14, 12},    {70, 148, -112, 92, 15, 12, 11},   {120, 152, -124, 98, 13, 10, 10},
    {170, 158, -131, 107, 10, 9, 10},   {220, 162, -131, 115, 9, 9, 10},   {270, 164, -122, 121, 9, 9, 10},
    {310, 165, -107, 122, 8, 9, 10},    {340, 150, -91, 119, 7, 9, 10},    {365, 112, -72, 106, 6, 8, 10},
    {390, 76, -68, 86, 5, 6, 9},        {415, 62, -75, 66, 4, 5, 7},       {450, 59, -79, 58, 4, 5, 6},
    {490, 60, -84, 58, 4, 5, 6},        {530, 66, -80, 75, 4, 4, 5},
};

constexpr Level middle = Level(int(Level::l1) + 2); // L3

Frame tilted(Vec3 const& at, double tilt_deg)
{
    double const a = radians(tilt_deg);
    return {at, {1, 0, 0}, {0, std::cos(a), -std::sin(a)}, {0, std::sin(a), std::cos(a)}};
}

/// How a level is turned: its up axis toward the back, toward the left, and about itself (back toward the left) [deg].
struct Attitude {
    double tilt = 0, lean = 0, turn = 0;

    Frame frame(Vec3 const& at) const
    {
        Frame f = tilted(at, tilt);
        double const c = std::cos(radians(lean)), s = std::sin(radians(lean));
        for (Vec3* axis : {&f.left, &f.back, &f.up})
            *axis = {c * axis->x + s * axis->z, axis->y, c * axis->z - s * axis->x};
        double const ct = std::cos(radians(turn)), st = std::sin(radians(turn));
        Vec3 const left = f.left, back = f.back;
        f.left = ct * left - st * back;
        f.back = ct * back + st * left;
        return f;
    }
};

/// A single thoracic curve with its apex at T8, compensated below; the bodies turn into it. `cobb_deg` is the angle
/// between T5 and T12.
void add_scoliosis(std::array<Attitude, levels>& attitudes, double cobb_deg)
{
    struct Knot {
        double level, lean, turn; ///< shares of the Cobb angle
    };
    constexpr std::array<Knot, 7> knots{
        {{0, 0, 0}, {7, 0, 0}, {11, 0.5, 0.12}, {14, 0, 0.3}, {18, -0.5, 0.12}, {22, 0, -0.06}, {24, 0, 0}}};
    for (std::size_t k = 0; k + 1 < knots.size(); ++k)
        for (int i = int(knots[k].level); i <= int(knots[k + 1].level); ++i) {
            double const t = (i - knots[k].level) / (knots[k + 1].level - knots[k].level), s = t * t * (3 - 2 * t);
            attitudes[std::size_t(i)].lean = cobb_deg * std::lerp(knots[k].lean, knots[k + 1].lean, s);
            attitudes[std::size_t(i)].turn = cobb_deg * std::lerp(knots[k].turn, knots[k + 1].turn, s);
        }
}

/// Sizes of a collapsed body; what is above leans forward by the angle that its end-plates close. Most of that is taken
/// back by the discs and curves of the next levels, as people do to look ahead.
void collapse(BodyPlan& plan, std::array<Attitude, levels>& attitudes, Fracture const& fracture)
{
    VertebraPlan& v = plan.spine[std::size_t(fracture.level)];
    double const before = v.posterior_height_mm - v.anterior_height_mm;
    v.anterior_height_mm *= fracture.anterior_left();
    v.posterior_height_mm *= fracture.posterior_left();
    double const closed =
        degrees(std::atan((v.posterior_height_mm - v.anterior_height_mm - before) / v.endplate_depth_mm));
    constexpr double kept = 0.35, recovery_levels = 2.5;
    int const at = int(fracture.level), anchor = int(middle);
    auto const share = [&](int apart) { return kept + (1 - kept) * std::exp(-(apart - 1) / recovery_levels); };
    // L3 stays where it is: above it the upper part leans forward, below it the lower part is turned the other way.
    for (int i = 0; i < levels; ++i) {
        double& tilt = attitudes[std::size_t(i)].tilt;
        if (at <= anchor && i <= at) tilt -= closed * (i == at ? 0.5 : share(at - i));
        if (at > anchor && i >= at) tilt += closed * (i == at ? 0.5 : share(i - at));
    }
}

void stack_spine(BodyPlan& plan, bool with_fractures)
{
    double const s = plan.scale * (plan.parameters.sex == Sex::female ? 0.985 : 1);
    double const wide = plan.parameters.sex == Sex::female ? 0.92 : 1; // cross-sections of women are slimmer yet
    std::array<Attitude, levels> attitudes;
    for (int i = 0; i < levels; ++i) {
        VertebraRow const& row = rows[std::size_t(i)];
        VertebraPlan& v = plan.spine[std::size_t(i)];
        v.posterior_height_mm = s * row.posterior_height;
        v.anterior_height_mm = s * row.posterior_height * row.anterior_share;
        v.endplate_width_mm = s * wide * row.width;
        v.endplate_depth_mm = s * wide * row.depth;
        v.pedicle_width_mm = s * wide * row.pedicle_width;
        v.pedicle_height_mm = s * wide * row.pedicle_height;
        v.canal_width_mm = s * row.canal_width;
        v.canal_depth_mm = s * row.canal_depth;
        v.disc_below_mm = s * row.disc;
        attitudes[std::size_t(i)].tilt = row.tilt_deg;
    }
    add_scoliosis(attitudes, scoliosis_deg(plan.parameters));
    if (with_fractures)
        for (Fracture const& fracture : fractures_of(plan.parameters)) collapse(plan, attitudes, fracture);
    auto const height = [&](int i) {
        VertebraPlan const& v = plan.spine[std::size_t(i)];
        return (v.anterior_height_mm + v.posterior_height_mm) / 2;
    };
    auto const up_of = [&](int i) { return attitudes[std::size_t(i)].frame({}).up; };
    // From one middle to the next: half a body along its own axis, the disc along the axis between, half a body again.
    auto const step = [&](int upper) {
        int const lower = upper + 1;
        return height(upper) / 2 * up_of(upper) +
               plan.spine[std::size_t(upper)].disc_below_mm * glm::normalize(up_of(upper) + up_of(lower)) +
               height(lower) / 2 * up_of(lower);
    };
    int const start = int(middle);
    auto const place = [&](int i, Vec3 const& at) {
        plan.spine[std::size_t(i)].frame = attitudes[std::size_t(i)].frame(at);
    };
    place(start, Vec3{0});
    for (int i = start - 1; i >= 0; --i) place(i, plan.spine[std::size_t(i + 1)].frame.origin_mm + step(i));
    for (int i = start + 1; i < levels; ++i) place(i, plan.spine[std::size_t(i - 1)].frame.origin_mm - step(i - 1));
}

/// Where things are, mostly by the vertebra beside which anatomy books put them: left, back, up from its middle [mm of
/// the reference man].
struct PlaceRow {
    char const* name;
    Level level;
    double left, back, up;
};
constexpr Level t(int n)
{
    return Level(int(Level::t1) + n - 1);
}
constexpr Level l(int n)
{
    return Level(int(Level::l1) + n - 1);
}
constexpr PlaceRow place_rows[] = {
    // Airways and gullet
    {"larynx", Level(4), 0, -33, 2},
    {"hyoid", Level(2), 0, -47, -12},
    {"oral-cavity", Level(1), 0, -70, 0},
    {"upper-sphincter", Level(5), 0, -15.5, -11},
    {"trachea-top", Level(6), 0, -30, 4},
    {"carina", t(5), -1, -34, 9},
    {"hilum-right", t(6), -38, -32, 6},
    {"hilum-left", t(6), 40, -28, 12},
    {"hiatus", t(10), 16, -46, 0},
    {"cardia", t(11), 28, -50, 12},
    {"fundus-top", t(10), 62, -30, 14},
    {"pylorus", l(1), -24, -72, -4},
    {"duodenojejunal-flexure", l(2), 26, -46, 4},
    // Great vessels; the heart's own places follow from its form
    {"arch-top", t(3), 23, -37, -6},
    {"descending-aorta-top", t(4), 26, -19, 0},
    {"aortic-hiatus", Level::t12, 6, -29, 0},
    {"aortic-bifurcation", l(4), 4, -32, -4},
    {"brachiocephalic-vein-junction", t(3), -26, -58, 0},
    {"caval-hiatus", t(9), -26, -50, -4},
    // Trunk
    {"jugular-notch", t(2), 0, -90, -12},
    {"sternal-angle", t(4), 0, -122, -10},
    {"xiphoid", t(10), 0, -139, 4},
    {"diaphragm-dome-right", t(9), -72, -72, 2},
    {"diaphragm-dome-left", t(9), 72, -66, -12},
    {"diaphragm-crus", l(2), 0, -22, 0},
    {"navel", l(4), 0, -104, 8},
    {"kidney-left", l(1), 58, 6, 10},
    {"kidney-right", l(2), -60, 6, 16},
    {"liver-centre", Level::t12, -66, -58, 10},
    {"spleen-centre", t(10), 104, 12, -30},
    {"pancreas-head", l(2), -26, -54, 6},
    // Limbs and pelvis
    {"hip-left", l(5), 88, -6, -110},
    {"hip-right", l(5), -88, -6, -110},
    {"shoulder-left", t(3), 172, -6, 4},
    {"shoulder-right", t(3), -172, -6, 4},
    // Legs a little apart.
    {"knee-left", l(5), 102, -2, -567},
    {"knee-right", l(5), -102, -2, -567},
    {"ankle-left", l(5), 114, 16, -967},
    {"ankle-right", l(5), -114, 16, -967},
    {"symphysis", l(5), 0, -72, -122},
    {"coccyx", l(5), 0, 42, -122},
    {"skull-base", Level::c1, 0, 0, 12},
    {"vertex", Level::c1, 0, 10, 158},
};

} // namespace

std::string name_of(Level level)
{
    int const i = int(level);
    FLUORO_EXPECT(i >= 0 && i < levels);
    if (level == Level::sacrum) return "sacrum";
    if (i < int(Level::t1)) return "C" + std::to_string(i + 1);
    if (i < int(Level::l1)) return "T" + std::to_string(i - int(Level::t1) + 1);
    return "L" + std::to_string(i - int(Level::l1) + 1);
}

namespace {

/// The reference man's row at a height, rounded between the rows.
OutlineRow row_at(double z)
{
    auto const after = std::ranges::find_if(male_outline, [z](OutlineRow const& r) { return r.z >= z; });
    OutlineRow const* const high = after == std::end(male_outline) ? std::end(male_outline) - 1 : after;
    OutlineRow const* const low = high == std::begin(male_outline) ? high : high - 1;
    double const share = high == low ? 0 : std::clamp((z - low->z) / (high->z - low->z), 0.0, 1.0);
    double const s = share * share * (3 - 2 * share);
    auto const at = [&](double OutlineRow::*value) { return std::lerp(low->*value, high->*value, s); };
    return {z,
            at(&OutlineRow::half_width),
            at(&OutlineRow::front),
            at(&OutlineRow::back),
            at(&OutlineRow::fat_front),
            at(&OutlineRow::fat_side),
            at(&OutlineRow::fat_back)};
}

double exponent_at(double z)
{
    return std::lerp(2.2, 2.7, std::clamp((350 - z) / 150, 0.0, 1.0));
}

/// Area of a superellipse [mm2].
double area(double half_width, double half_depth, double exponent)
{
    double const a = std::tgamma(1 + 1 / exponent);
    return 4 * half_width * half_depth * a * a / std::tgamma(1 + 2 / exponent);
}

/// Adipose tissue of the whole body as it will be drawn [kg]: measured in the voxels of the four built-in patients,
/// within 0.5 kg. docs/theory/body.md
double adipose_kg(BodyPlan const& plan)
{
    bool const is_male = plan.parameters.sex == Sex::male;
    // Limbs and head by the thickness that was asked for; around organs and between muscles of a lean patient.
    double const limbs =
        plan.scale * plan.scale * (is_male ? 1 : 1.25) * (1.85 + 0.296 * plan.parameters.subcutaneous_mm);
    double const inner = (is_male ? 4.8 : 3.1) * std::pow(plan.scale, 3);
    double under_skin = 0, within = 0; // [mm2] summed over heights
    constexpr double step = 5;
    BodyPlan lean = plan;
    lean.visceral_mm = 0;
    for (double z = -270; z <= 415; z += step) {
        BodyPlan::Outline const o = plan.outline(plan.scale * z), thin = lean.outline(plan.scale * z);
        auto const inner_area = [](BodyPlan::Outline const& of) {
            return area(of.half_width_mm - of.fat_side_mm,
                        (of.back_mm - of.fat_back_mm - of.front_mm - of.fat_front_mm) / 2, of.exponent);
        };
        double const inside = inner_area(o);
        under_skin += area(o.half_width_mm, (o.back_mm - o.front_mm) / 2, o.exponent) - inside;
        within += inside - inner_area(thin);
    }
    // Skin, arms and legs take their share of the layer; a stretched wall takes a third of what the belly gains.
    double const kg_per_mm2 = 0.95e-6 * step * plan.scale;
    return kg_per_mm2 * ((0.79 + 0.037 * plan.fat) * under_skin + 0.68 * within) + limbs + inner;
}

/// What is drawn beside adipose tissue [kg], by the square of the height; age and weight change it little, since
/// muscles are drawn for the stature.
double lean_kg(PatientParameters const& p)
{
    bool const is_male = p.sex == Sex::male;
    double const height = p.height_mm / (is_male ? 1760 : 1630);
    double const usual = (is_male ? 73 : 60) * height * height;
    double const age = 1 - 0.025 * std::clamp((p.age_y - 50) / 28, 0.0, 1.0);
    return age * (is_male ? 53.3 : 39.9) * height * height + 0.04 * (p.mass_kg - usual);
}

/// Visceral fat first, within what a belly can hold; the rest under the skin.
void solve_fat(BodyPlan& plan)
{
    plan.fat = plan.parameters.subcutaneous_mm / 15;
    double const wanted = plan.parameters.mass_kg - lean_kg(plan.parameters);
    auto const solve = [&](double& value, double low, double high) {
        for (int i = 0; i < 40; ++i) {
            value = (low + high) / 2;
            (adipose_kg(plan) < wanted ? low : high) = value;
        }
    };
    solve(plan.visceral_mm, -8 * plan.scale, 50 * plan.scale);
    if (std::abs(adipose_kg(plan) - wanted) > 0.05) solve(plan.fat, 0.2, 12);
}

} // namespace

BodyPlan::Outline reference_outline(double z_mm)
{
    OutlineRow const row = row_at(z_mm);
    return {row.half_width, row.front, row.back, exponent_at(z_mm), row.fat_front, row.fat_side, row.fat_back};
}

BodyPlan::Outline BodyPlan::outline(double z_mm) const
{
    // Where the spine has settled, the skin has gone with it.
    Vec3 settled{0};
    if (z_mm >= spine.front().frame.origin_mm.z)
        settled = settled_mm.front();
    else if (z_mm <= spine.back().frame.origin_mm.z)
        settled = settled_mm.back();
    else
        for (std::size_t i = 0; i + 1 < spine.size(); ++i) {
            double const high = spine[i].frame.origin_mm.z, low = spine[i + 1].frame.origin_mm.z;
            if (z_mm <= high && z_mm >= low)
                settled = glm::mix(settled_mm[i + 1], settled_mm[i], (z_mm - low) / (high - low));
        }
    double const z = (z_mm - settled.z) / scale;
    OutlineRow const row = row_at(z);
    // Women: narrower chest and waist, as wide at the hips.
    bool const is_female = parameters.sex == Sex::female;
    double const slim = is_female ? std::lerp(1.0, 0.9, std::clamp((z + 150) / 150, 0.0, 1.0)) : 1;
    double const deep = is_female ? std::lerp(0.94, 0.9, std::clamp((z + 150) / 150, 0.0, 1.0)) : 1;
    Outline o;
    // A neck and the upper chest put on less than the belly and the hips.
    double const gain = (fat - 1) * std::lerp(1.0, 0.45, std::clamp((z - 120) / 180, 0.0, 1.0));
    o.fat_front_mm = scale * row.fat_front * std::max(0.15, 1 + gain);
    o.fat_side_mm = scale * row.fat_side * std::max(0.15, 1 + 0.8 * gain);
    o.fat_back_mm = scale * row.fat_back * std::max(0.15, 1 + 0.7 * gain);
    // What is inside the fat is the reference's; visceral fat swells the belly, lying more to the sides.
    double const visceral = visceral_mm * std::exp(-std::pow((z - 10) / (z > 10 ? 85 : 110), 2));
    double const inner_width = scale * slim * (row.half_width - row.fat_side) + 0.75 * visceral;
    double const inner_front = scale * deep * (row.front + row.fat_front) - visceral;
    double const inner_back = scale * deep * (row.back - row.fat_back);
    o.half_width_mm = inner_width + o.fat_side_mm;
    o.front_mm = inner_front - o.fat_front_mm + settled.y;
    o.back_mm = inner_back + o.fat_back_mm + settled.y;
    o.exponent = exponent_at(z);
    return o;
}

namespace {

/// Straight arms with the palms up: raised beside the head and a little in front of it, as for a lateral view of the
/// chest, or out on boards in the plane of the table as for a puncture at the wrist. Below the elbow they turn 8
/// degrees more towards the head.
void place_arms(BodyPlan& plan, double scale)
{
    constexpr double upper_mm = 304, lower_mm = 255, carrying_deg = 8;
    bool const is_raised = plan.parameters.word("arms", {"raised", "out"}, "raised") == "raised";
    double const over_level = is_raised ? 66 : -5; // [deg]
    for (double const sign : {-1.0, 1.0}) {
        std::string const side = sign > 0 ? "-left" : "-right";
        auto const way = [&](double deg) {
            // Nobody holds both arms alike.
            double const up = std::sin(radians(deg)), a = radians(is_raised ? sign > 0 ? 30 : 21 : 0);
            return Vec3{sign * std::cos(radians(deg)), -up * std::sin(a), up * std::cos(a)};
        };
        Vec3& shoulder = plan.places.at("shoulder" + side);
        // The girdle goes up and inwards with the arm.
        if (is_raised) shoulder += plan.scale * Vec3{sign * -14, 0, 24};
        Vec3 const elbow = shoulder + scale * upper_mm * way(over_level);
        plan.places["elbow" + side] = elbow;
        plan.places["wrist" + side] = elbow + scale * lower_mm * way(over_level + carrying_deg);
    }
}

} // namespace

Vec3 const& BodyPlan::place(std::string const& name) const
{
    auto const found = places.find(name);
    if (found == places.end()) throw Error{"the body has no place called '" + name + "'", Error::Kind::failed};
    return found->second;
}

BodyPlan plan_body(PatientParameters const& parameters)
{
    BodyPlan plan;
    plan.parameters = parameters;
    plan.scale = parameters.height_mm / 1760;
    stack_spine(plan, false);
    solve_fat(plan);
    std::array<Vec3, levels> unbroken;
    for (std::size_t i = 0; i < unbroken.size(); ++i) unbroken[i] = plan.spine[i].frame.origin_mm;
    if (!fractures_of(parameters).empty()) stack_spine(plan, true);
    for (std::size_t i = 0; i < unbroken.size(); ++i) plan.settled_mm[i] = plan.spine[i].frame.origin_mm - unbroken[i];
    double const slim = parameters.sex == Sex::female ? 0.94 : 1;
    for (PlaceRow const& row : place_rows) {
        Vec3 const from = plan.vertebra(row.level).frame.origin_mm;
        // Beside the vertebra along the patient's own axes: organs do not lean with it.
        plan.places[row.name] = from + plan.scale * Vec3{slim * row.left, slim * row.back, row.up};
    }
    place_arms(plan, slim * plan.scale);
    plan.places.merge(heart_places(plan));
    return plan;
}

} // namespace fluoro
