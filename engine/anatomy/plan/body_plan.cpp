#include <fluoro/anatomy/body_plan.hpp>

#include "../heart/heart_form.hpp"

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
    {27, 0.98, 42.5, 33.5, 8.2, 15.3, 22, 16, 9.5, 9},       // L2
    {27, 1.02, 44, 34, 10.2, 14.8, 22.5, 15.5, 10.5, 0},     // L3
    {26, 1.06, 46, 34.5, 12.6, 14.4, 23.5, 15.5, 11, -10},   // L4
    {24.5, 1.15, 48, 35, 16.1, 12.9, 28, 15.6, 10, -22},     // L5
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
    {20, 147, -109, 90, 16, 14, 12},    {70, 148, -112, 92, 15, 12, 11},   {120, 152, -117, 98, 13, 10, 10},
    {170, 158, -119, 107, 10, 9, 10},   {220, 164, -114, 115, 9, 9, 10},   {270, 168, -101, 121, 9, 9, 10},
    {310, 168, -84, 122, 8, 9, 10},     {340, 150, -68, 119, 7, 9, 10},    {365, 112, -57, 110, 6, 8, 10},
    {390, 76, -58, 96, 5, 6, 9},        {415, 62, -66, 80, 4, 5, 7},       {450, 59, -73, 66, 4, 5, 6},
    {490, 60, -78, 62, 4, 5, 6},        {530, 66, -80, 75, 4, 4, 5},
};

constexpr Level middle = Level(int(Level::l1) + 2); // L3

Frame tilted(Vec3 const& at, double tilt_deg)
{
    double const a = radians(tilt_deg);
    return {at, {1, 0, 0}, {0, std::cos(a), -std::sin(a)}, {0, std::sin(a), std::cos(a)}};
}

void stack_spine(BodyPlan& plan)
{
    double const s = plan.scale * (plan.parameters.sex == Sex::female ? 0.985 : 1);
    double const wide = plan.parameters.sex == Sex::female ? 0.92 : 1; // cross-sections of women are slimmer yet
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
    }
    auto const height = [&](int i) {
        VertebraPlan const& v = plan.spine[std::size_t(i)];
        return (v.anterior_height_mm + v.posterior_height_mm) / 2;
    };
    auto const tilt = [](int i) { return rows[std::size_t(i)].tilt_deg; };
    // From one middle to the next: half a body along its own axis, the disc along the axis between, half a body again.
    auto const step = [&](int upper) {
        int const lower = upper + 1;
        Frame const between = tilted({}, (tilt(upper) + tilt(lower)) / 2);
        return height(upper) / 2 * tilted({}, tilt(upper)).up +
               plan.spine[std::size_t(upper)].disc_below_mm * between.up +
               height(lower) / 2 * tilted({}, tilt(lower)).up;
    };
    int const start = int(middle);
    plan.spine[std::size_t(start)].frame = tilted(Vec3{0}, tilt(start));
    for (int i = start - 1; i >= 0; --i)
        plan.spine[std::size_t(i)].frame = tilted(plan.spine[std::size_t(i + 1)].frame.origin_mm + step(i), tilt(i));
    for (int i = start + 1; i < levels; ++i)
        plan.spine[std::size_t(i)].frame =
            tilted(plan.spine[std::size_t(i - 1)].frame.origin_mm - step(i - 1), tilt(i));
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
    {"larynx", Level(5), 0, -42, 0},
    {"hyoid", Level(2), 0, -48, -4},
    {"oral-cavity", Level(1), 0, -70, 0},
    {"upper-sphincter", Level(5), 0, -17, -8},
    {"trachea-top", Level(6), 0, -30, 4},
    {"carina", t(5), 4, -38, 8},
    {"hilum-right", t(6), -38, -32, 6},
    {"hilum-left", t(6), 40, -28, 12},
    {"hiatus", t(10), 14, -36, 0},
    {"cardia", t(11), 26, -48, 4},
    {"fundus-top", t(10), 62, -30, 14},
    {"pylorus", l(1), -24, -72, -4},
    {"duodenojejunal-flexure", l(2), 26, -46, 4},
    // Great vessels; the heart's own places follow from its form
    {"arch-top", t(3), 12, -44, -6},
    {"descending-aorta-top", t(4), 22, -16, 0},
    {"aortic-hiatus", Level::t12, 6, -26, 0},
    {"aortic-bifurcation", l(4), 4, -30, -4},
    {"brachiocephalic-vein-junction", t(3), -26, -58, 0},
    {"caval-hiatus", t(9), -26, -50, -4},
    // Trunk
    {"jugular-notch", t(2), 0, -72, -12},
    {"sternal-angle", t(4), 0, -98, -10},
    {"xiphoid", t(10), 0, -124, 4},
    {"diaphragm-dome-right", t(9), -72, -72, 2},
    {"diaphragm-dome-left", t(9), 72, -66, -12},
    {"diaphragm-crus", l(2), 0, -22, 0},
    {"navel", l(4), 0, -104, 8},
    {"kidney-left", l(1), 58, 6, 10},
    {"kidney-right", l(2), -60, 6, 16},
    {"liver-centre", Level::t12, -66, -58, 10},
    {"spleen-centre", t(10), 108, 22, -14},
    {"pancreas-head", l(2), -26, -54, 6},
    // Limbs and pelvis
    {"hip-left", l(5), 88, -6, -110},
    {"hip-right", l(5), -88, -6, -110},
    {"shoulder-left", t(3), 172, -6, 4},
    {"shoulder-right", t(3), -172, -6, 4},
    {"symphysis", l(5), 0, -72, -122},
    {"coccyx", l(5), 0, 62, -112},
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

BodyPlan::Outline BodyPlan::outline(double z_mm) const
{
    double const z = z_mm / scale;
    auto const after = std::ranges::find_if(male_outline, [z](OutlineRow const& r) { return r.z >= z; });
    OutlineRow const* const high = after == std::end(male_outline) ? std::end(male_outline) - 1 : after;
    OutlineRow const* const low = high == std::begin(male_outline) ? high : high - 1;
    double const share = high == low ? 0 : std::clamp((z - low->z) / (high->z - low->z), 0.0, 1.0);
    // Rounded between the rows.
    double const s = share * share * (3 - 2 * share);
    auto const at = [&](double OutlineRow::*value) { return std::lerp(low->*value, high->*value, s); };

    bool const is_female = parameters.sex == Sex::female;
    // Women: narrower chest and waist, as wide at the hips.
    double const slim = is_female ? std::lerp(1.02, 0.92, std::clamp((z + 150) / 150, 0.0, 1.0)) : 1;
    Outline o;
    double const fat = parameters.subcutaneous_mm / 15; // of the reference man
    o.fat_front_mm = scale * at(&OutlineRow::fat_front) * fat;
    o.fat_side_mm = scale * at(&OutlineRow::fat_side) * (0.4 + 0.6 * fat);
    o.fat_back_mm = scale * at(&OutlineRow::fat_back) * (0.5 + 0.5 * fat);
    // What is inside the fat is the reference's; visceral fat swells the belly.
    double const belly = std::exp(-std::pow((z - 10) / 110, 2));
    double const visceral = std::max(0.0, fat - 1) * 16 * belly * scale;
    double const inner_width =
        scale * slim * (at(&OutlineRow::half_width) - at(&OutlineRow::fat_side)) + 0.7 * visceral;
    double const inner_front = scale * slim * (at(&OutlineRow::front) + at(&OutlineRow::fat_front)) - visceral;
    double const inner_back = scale * slim * (at(&OutlineRow::back) - at(&OutlineRow::fat_back));
    o.half_width_mm = inner_width + o.fat_side_mm;
    o.front_mm = inner_front - o.fat_front_mm;
    o.back_mm = inner_back + o.fat_back_mm;
    o.exponent = std::lerp(2.2, 2.7, std::clamp((350 - z) / 150, 0.0, 1.0));
    return o;
}

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
    stack_spine(plan);
    double const slim = parameters.sex == Sex::female ? 0.94 : 1;
    for (PlaceRow const& row : place_rows) {
        Vec3 const from = plan.vertebra(row.level).frame.origin_mm;
        // Beside the vertebra along the patient's own axes: organs do not lean with it.
        plan.places[row.name] = from + plan.scale * Vec3{slim * row.left, slim * row.back, row.up};
    }
    plan.places.merge(heart_places(plan));
    return plan;
}

} // namespace fluoro
