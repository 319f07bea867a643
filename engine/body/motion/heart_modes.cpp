#include "heart_systole.hpp"
#include "inner_map.hpp"

#include <algorithm>
#include <cmath>

// The modes of the beating heart from labels and landmarks. docs/theory/organ-motion.md
namespace fluoro::motion {

namespace {

constexpr double fine_mm = 2.5;    // distances to the cavities are found at
constexpr double margin_mm = 36;   // of the lattice about the heart
constexpr double reach_mm = 28;    // over which the heart's neighbours give way
constexpr double round_mm = 12;    // along the axis, where descent turns over at the valves' plane
constexpr double atria_mm = 55;    // from the valves' plane to where the atria hold still
constexpr double wall_mm = 9;      // of the left ventricle
constexpr double unit_mm = 25;     // radius at which a mode of amplitude 1 mm is 1 mm
constexpr double septal_mm = 7;    // from the left ventricle's axis to where its walls draw together, at the base
constexpr double horn_share = 0.3; // of the right ventricle's narrowing: along its crescent over across it
constexpr double root_still = 0.3, root_mm = 40; // share by which the aortic root descends less, and how far about it
// A first guess of what full systole is made of [mm]; shaped_systole() makes the volumes right.
constexpr double left_squeeze_mm = 8, right_squeeze_mm = 12;
constexpr std::array<double, 2> atrial_swell_mm{6, 5};
constexpr double base_turn = -0.35, apex_turn = 0.65; // of the twist between them

/// The heart's own axes, from the middle of the mitral valve.
struct HeartAxes {
    Vec3 origin{0}, septal{0}, apical{0};
    double length = 0, tricuspid = 0; ///< to the apex; of the tricuspid valve's middle, toward the septum
};

std::optional<HeartAxes> axes_of(Tissue const& tissue)
{
    auto const mitral = tissue.place({"mitral-valve"}), apex = tissue.place({"heart-apex"});
    auto const tricuspid = tissue.place({"tricuspid-valve"});
    if (!mitral || !apex || !tricuspid) return std::nullopt;
    HeartAxes a;
    a.origin = *mitral;
    a.length = glm::length(*apex - *mitral);
    if (a.length < 20) return std::nullopt;
    a.apical = (*apex - *mitral) / a.length;
    Vec3 const across = *tricuspid - *mitral;
    Vec3 const septal = across - glm::dot(across, a.apical) * a.apical;
    a.tricuspid = glm::length(septal);
    if (a.tricuspid < 5) return std::nullopt;
    a.septal = septal / a.tricuspid;
    return a;
}

/// 0 at the valves' plane, 1 at `end` and beyond it; begins without a kink.
double along(double s, double end)
{
    double const round = std::min(round_mm, end / 2);
    if (s >= end) return 1;
    return (s < round ? s * s / (2 * round) : s - round / 2) / (end - round / 2);
}

/// Labels of the heart's surroundings on a fine lattice, as distances.
struct HeartFields {
    Field ventricle[2], atrium[2], heart, bone;
    Vec3 ventricle_middle[2]{Vec3{0}, Vec3{0}}, atrium_middle[2]{Vec3{0}, Vec3{0}};
    bool has_ventricle[2]{}, has_atrium[2]{};
};

HeartFields fields_of(Tissue const& tissue, FieldGrid const& fine)
{
    HeartFields f;
    Mask is_heart{fine, std::vector<std::uint8_t>(points_of(fine))}, is_bone = is_heart;
    std::array<Mask, 4> cavity{is_heart, is_heart, is_heart, is_heart};
    std::array<Vec3, 4> sum{};
    std::array<int, 4> count{};
    for_each_point(fine, [&](glm::ivec3 const& at, std::size_t n) {
        Vec3 const p = fine.at(at);
        unsigned const kinds = tissue.kinds_at(p);
        is_heart.is[n] = (kinds & Kind::heart) != 0;
        is_bone.is[n] = (kinds & bone) != 0;
        int const label = tissue.label_at(p) - 1050;
        if (label < 0 || label > 3) return;
        cavity[std::size_t(label)].is[n] = 1;
        sum[std::size_t(label)] += p;
        ++count[std::size_t(label)];
    });
    for (int side = 0; side < 2; ++side) {
        auto const ventricle = std::size_t(side), atrium = std::size_t(side + 2);
        f.ventricle[side] = distance_to(cavity[ventricle]);
        f.atrium[side] = distance_to(cavity[atrium]);
        f.has_ventricle[side] = count[ventricle] > 0;
        f.has_atrium[side] = count[atrium] > 0;
        if (f.has_ventricle[side]) f.ventricle_middle[side] = sum[ventricle] / double(count[ventricle]);
        if (f.has_atrium[side]) f.atrium_middle[side] = sum[atrium] / double(count[atrium]);
    }
    f.heart = distance_to(is_heart);
    f.bone = distance_to(is_bone);
    return f;
}

/// A weight made of distances on the fine lattice, smoothed so that the coarse one can carry it.
template <class Weight> Field weight(FieldGrid const& fine, double blur_mm, Weight const& of)
{
    Field field{fine, std::vector<float>(points_of(fine))};
    for (std::size_t n = 0; n < field.value.size(); ++n) field.value[n] = float(of(n));
    blur(field, blur_mm, blur_mm);
    return field;
}

} // namespace

ModeBox heart_box(Tissue const& tissue, double spacing_mm)
{
    ModeBox box;
    auto const axes = axes_of(tissue);
    if (!axes) return box;
    // All of the heart lies within this of its long axis' middle.
    Vec3 const middle = axes->origin + 0.4 * axes->length * axes->apical;
    double const half = 1.15 * axes->length;
    Vec3 low{1e30}, high{-1e30};
    FieldGrid const rough = lattice_around(middle - half, middle + half, 5);
    bool has_left = false;
    for_each_point(rough, [&](glm::ivec3 const& at, std::size_t) {
        Vec3 const p = rough.at(at);
        if ((tissue.kinds_at(p) & Kind::heart) == 0) return;
        has_left = has_left || tissue.label_at(p) == 1050;
        low = glm::min(low, p);
        high = glm::max(high, p);
    });
    if (!has_left) return box;
    box.grid = lattice_around(low - margin_mm, high + margin_mm, spacing_mm);
    FieldGrid const fine = lattice_around(low - margin_mm, high + margin_mm, fine_mm);
    HeartFields const f = fields_of(tissue, fine);

    double const smooth_mm = 0.55 * spacing_mm;
    auto const free = [&](std::size_t n, double over_mm) { return ramp(double(f.bone.value[n]), 0, over_mm); };
    Field const carried = weight(fine, 1.6 * smooth_mm, [&](std::size_t n) {
        return ramp(double(f.heart.value[n]), 4 + reach_mm, 4) * free(n, 26);
    });
    // Incompressible muscle: what a ring of radius r gives way by goes with 1 / r, more steeply while it is shortened.
    Field const left = weight(fine, smooth_mm, [&](std::size_t n) {
        double const d = std::max(0.0, double(f.ventricle[0].value[n]) - smooth_mm / 2), r = 24;
        return std::pow(r / (r + d), 3.6) * ramp(d, 34, 14) * free(n, 8);
    });
    Field const right = weight(fine, 1.6 * smooth_mm, [&](std::size_t n) {
        return ramp(double(f.ventricle[1].value[n]), 34, 4) * free(n, 16) *
               std::clamp((double(f.ventricle[0].value[n]) - wall_mm + 2) / unit_mm, 0.0, 1.5);
    });
    std::array<Field, 2> atrium;
    for (int side = 0; side < 2; ++side)
        atrium[std::size_t(side)] = weight(fine, 1.6 * smooth_mm, [&](std::size_t n) {
            return ramp(double(f.atrium[side].value[n]), 24, 1) * free(n, 8) *
                   ramp(double(f.ventricle[side].value[n]), 5, 20);
        });
    Field const twisted = weight(
        fine, smooth_mm, [&](std::size_t n) { return ramp(double(f.ventricle[0].value[n]), 38, 12) * free(n, 8); });

    Field const right_free = weight(fine, 1.6 * smooth_mm, [&](std::size_t n) {
        return ramp(double(f.ventricle[1].value[n]), 34, 4) * free(n, 16) *
               ramp(double(f.ventricle[0].value[n]), wall_mm - 2, wall_mm + 13);
    });
    Vec3 const anterior = glm::cross(axes->septal, axes->apical);
    Vec3 const right_across = f.ventricle_middle[1] - axes->origin;
    auto const aortic = tissue.place({"aortic-valve", "aortic-root"});
    box.modes = heart_modes;
    std::size_t const points = points_of(box.grid);
    box.mode.assign(points * heart_modes, {});
    std::vector<Mode> draft(points), turned(points); // all of systole but its twist, and that
    double const size = axes->length / reference_length_mm;
    for_each_point(box.grid, [&](glm::ivec3 const& at, std::size_t n) {
        if (glm::any(glm::equal(at, glm::ivec3{0})) || glm::any(glm::equal(at, box.grid.size - 1))) return;
        Vec3 const p = box.grid.at(at), from = p - axes->origin;
        double const s = glm::dot(from, axes->apical), t = glm::dot(from, axes->septal);
        Vec3 const across = from - s * axes->apical;
        double const r = glm::length(across);
        auto const set = [&](HeartMode mode, Vec3 const& d) {
            box.mode[n * heart_modes + std::size_t(mode)] = Mode{d};
        };
        double const by_root = aortic ? smooth_ramp(glm::length(p - *aortic), root_mm, 0) : 0;
        double const descent =
            (1 - (s > 0 ? along(s, axes->length) : along(-s, atria_mm))) * carried.at(p) * (1 - root_still * by_root);
        // From the mitral annulus, which goes down as the left ventricle shortens, to the tricuspid's far side.
        double const to_right = smooth_ramp(t, 0, 1.3 * axes->tricuspid);
        Vec3 way = size * std::lerp(left_descent_mm, right_descent_mm, to_right) * descent * axes->apical;
        double const turn =
            s > 0 ? std::lerp(base_turn, apex_turn, std::min(s / axes->length, 1.1)) : base_turn * ramp(s, -30, 0);
        Vec3 const twisting = turn * twisted.at(p) * glm::cross(axes->apical, across);
        set(twist, twisting);
        turned[n] = Mode{full_twist_rad * twisting};
        // The annulus narrows less than the cavity, the side wall comes nearer than the septum.
        double const base = std::lerp(0.6, 1.0, smooth_ramp(s, -10, 15)),
                     to_septum = septal_mm * ramp(s, axes->length, 0);
        way -= left_squeeze_mm * base * left.at(p) / unit_mm * (across - to_septum * axes->septal);
        // The free wall comes to the septum, and the crescent's horns nearer to each other.
        double const inflow = smooth_ramp(s, -24, 26); // the inlet keeps near its valve
        double const horn = glm::dot(across - right_across, anterior);
        if (f.has_ventricle[1] && r > 1) {
            Vec3 const squeeze =
                -inflow * (right.at(p) / r * across + horn_share * right_free.at(p) / unit_mm * horn * anterior);
            set(squeeze_right, squeeze);
            way += right_squeeze_mm * squeeze;
        }
        for (int side = 0; side < 2; ++side) {
            if (!f.has_atrium[side]) continue;
            Vec3 const swell = atrium[std::size_t(side)].at(p) / unit_mm * (p - f.atrium_middle[side]);
            set(side == 0 ? swell_left : swell_right, swell);
            way += atrial_swell_mm[std::size_t(side)] * swell;
        }
        draft[n] = Mode{way};
    });
    std::vector<Mode> const full = shaped_systole(tissue, box.grid, std::move(draft), std::move(turned));
    for (std::size_t n = 0; n < points; ++n) box.mode[n * heart_modes + systole] = full[n];
    return box;
}

} // namespace fluoro::motion
