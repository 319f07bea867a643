#include "breath_map.hpp"
#include "shaped.hpp"

#include <algorithm>
#include <cmath>

// The mode of breathing from labels and landmarks.
namespace fluoro::motion {

namespace {

constexpr double kidney_share = 0.65;             // of the dome's way (Song 2011: 0.6 to 0.7)
constexpr double belly_per_mm = 0.6;              // forward way of the belly's wall: 12 mm at 20 mm (Segars 2001)
constexpr double chest_per_mm = 0.15;             // of the sternum (pump handle), typical of quiet breath
constexpr double chest_up_per_mm = 0.12;          // of the ribs' front ends
constexpr double lateral_per_mm = 0.15;           // of the side of the lower ribs (bucket handle)
constexpr double side_up = 0.6;                   // of the ribs' sides, over their front ends (bucket handle)
constexpr double heart_turn_per_mm = 0.0262 / 19; // 1.5 degrees at 19 mm (Shechter 2004)

// From bone inward: still, then more and more with the dome; the spine keeps more about it still.
constexpr double slide_from_mm = 8, slide_from_spine_mm = 16, slide_mm = 30;
constexpr double solid_share = 1;    // of how far liver, spleen and kidneys go, even beside the wall
constexpr double heart_fade_mm = 32; // from the heart outward, along z twice that
constexpr double blur_mm = 10, blur_along_mm = 28;
constexpr double margin_mm = 30, front_margin_mm = 42; // of the lattice about what moves
constexpr double lung_reach_mm = 8;                    // beyond the lungs where their density is still told

// keep_volumes(): the breath it is done at [mm], and what holds the mode as it was drawn.
constexpr double volume_dome_mm = 30;
constexpr float hold_weight = 0.002F, held_weight = 1, smooth_weight = 0.002F;
constexpr float wall_weight = 0.03F, soft_weight = 0.1F, lung_weight = 0.001F, least_volume = 0.6F;
enum Kept : std::uint8_t { nothing, organs_kept, heart_kept, belly_kept };

/// Heights that the breath is laid out along.
struct Heights {
    double apex = 0, dome = 0, xiphoid = 0, kidney = 0, pelvis = 0, heart = 0;
    bool is_known = false;
};

struct Bounds {
    Vec3 low{1e30}, high{-1e30};
    void take(Vec3 const& p)
    {
        low = glm::min(low, p);
        high = glm::max(high, p);
    }
    bool is_empty() const { return low.x > high.x; }
};
Bounds bounds_of(Mask const& mask)
{
    Bounds bounds;
    for_each_point(mask.grid, [&](glm::ivec3 const& at, std::size_t n) {
        if (mask.is[n]) bounds.take(mask.grid.at(at));
    });
    return bounds;
}

Heights heights_of(Tissue const& tissue, Bounds const& lungs)
{
    Heights h;
    auto const dome = tissue.place("diaphragm-dome-right");
    if (!dome || lungs.is_empty()) return h;
    auto const height = [&](std::initializer_list<char const*> names, double otherwise) {
        auto const found = tissue.place(names);
        return found ? found->z : otherwise;
    };
    h.dome = dome->z;
    h.apex = lungs.high.z;
    double const lung = h.apex - h.dome;
    if (lung < 40) return h; // no lung in the picture to stretch
    h.xiphoid = height({"xiphoid"}, h.dome - 0.13 * lung);
    h.kidney = 0.5 * (height({"kidney-left"}, h.dome - 0.68 * lung) + height({"kidney-right"}, h.dome - 0.8 * lung));
    h.pelvis = height({"S1", "promontory", "L5"}, h.dome - 1.75 * lung);
    h.heart = height({"heart-centre"}, h.dome + 0.17 * lung);
    h.is_known = h.kidney < h.dome - 20 && h.pelvis < h.kidney - 20;
    return h;
}

/// Share of the dome's way that organs at this height go with it.
double share_at(Heights const& h, double z)
{
    if (z > h.dome) return smooth_ramp(z, h.apex, h.dome);
    if (z > h.kidney) return std::lerp(kidney_share, 1.0, smooth_ramp(z, h.kidney, h.dome));
    return kidney_share * smooth_ramp(z, h.pelvis, h.kidney);
}

/// Nothing goes farther than the dome but by a little: what is free all round would, and domes would tilt and flatten.
double no_farther(double share)
{
    constexpr double most = 1.06, round = 0.06;
    double const h = std::max(round - std::abs(share - most), 0.0) / round;
    return std::min(share, most) - h * h * h * round / 6;
}

/// Front of the spine by height, from the vertebrae's middles.
class SpineFront {
public:
    explicit SpineFront(Tissue const& tissue, double otherwise) : otherwise_{otherwise}
    {
        for (char const region : {'T', 'L'})
            for (int n = 1; n <= (region == 'T' ? 12 : 5); ++n)
                if (auto const p = tissue.place(std::string{region} + std::to_string(n)))
                    points_.push_back({p->z, p->y});
        std::ranges::sort(points_, {}, &Vec2::x);
    }
    double at(double z) const
    {
        constexpr double half_body_mm = 15;
        if (points_.empty()) return otherwise_;
        if (z <= points_.front().x) return points_.front().y - half_body_mm;
        for (std::size_t n = 1; n < points_.size(); ++n)
            if (z <= points_[n].x)
                return std::lerp(points_[n - 1].y, points_[n].y, ramp(z, points_[n - 1].x, points_[n].x)) -
                       half_body_mm;
        return points_.back().y - half_body_mm;
    }

private:
    std::vector<Vec2> points_; ///< height, y
    double otherwise_;
};

/// What lies among the organs, with the gaps between them closed.
Mask closed(Mask mask, double gap_mm)
{
    Field const near = distance_to(mask);
    Mask outside{mask.grid, std::vector<std::uint8_t>(mask.is.size())};
    for (std::size_t n = 0; n < mask.is.size(); ++n) outside.is[n] = double(near.value[n]) > gap_mm;
    Field const deep = distance_to(outside);
    for (std::size_t n = 0; n < mask.is.size(); ++n) mask.is[n] = mask.is[n] || double(deep.value[n]) > gap_mm;
    return mask;
}

Mask either(Mask a, Mask const& b)
{
    for (std::size_t n = 0; n < a.is.size(); ++n) a.is[n] = a.is[n] || b.is[n];
    return a;
}

} // namespace

BreathMap::BreathMap(Tissue const& tissue, OrganMotionSettings const& settings)
{
    double const spacing = settings.lattice_mm;
    // First a rough look at the whole volume, then the lattice around what moves.
    Census const rough = tissue.census(lattice_around(tissue.low_mm(), tissue.high_mm(), 12));
    Heights const h = heights_of(tissue, bounds_of(rough.of(Kind::lung)));
    if (!h.is_known) return;
    Bounds organs, skin;
    Mask const is_organ = rough.of(Kind::lung | solid | bowel | Kind::heart), is_body = rough.of(body);
    for_each_point(rough.grid, [&](glm::ivec3 const& at, std::size_t n) {
        Vec3 const p = rough.grid.at(at);
        if (p.z < h.pelvis || p.z > h.apex) return;
        if (is_organ.is[n]) organs.take(p);
        if (is_body.is[n] && std::abs(p.x) < 80) skin.take(p);
    });
    Vec3 const low{organs.low.x - margin_mm, std::min(skin.low.y, organs.low.y) - front_margin_mm, h.pelvis - spacing};
    Vec3 const high{organs.high.x + margin_mm, organs.high.y + margin_mm, h.apex + 2 * spacing};
    grid_ = lattice_around(low, high, spacing);

    Census const census = tissue.census(grid_);
    Mask const cavity = closed(census.of(Kind::lung | solid | bowel | fat | Kind::heart | great), 15);
    Field const from_cavity = distance_to(cavity);
    Mask still = census.of(bone | cartilage, 0.1);
    Field const from_bone = distance_to(still), from_spine = distance_to(census.of(spine, 0.1));
    for (std::size_t n = 0; n < still.is.size(); ++n) still.is[n] = still.is[n] || double(from_cavity.value[n]) > 16;
    Field const from_still = distance_to(still);
    Mask const is_solid = census.of(solid);
    Mask chest_way = census.of(great);
    for_each_point(grid_, [&](glm::ivec3 const& at, std::size_t n) {
        if (grid_.at(at).z < h.dome) chest_way.is[n] = 0;
    });
    Field const from_heart = distance_to(either(census.of(Kind::heart), chest_way), 0.5);

    // Two parts, each blurred: what goes with the dome, and the heart with the ways about it.
    Field organ_part{grid_, std::vector<float>(points_of(grid_))}, heart_part = organ_part, near_heart = organ_part,
                                                                   wall = organ_part;
    for_each_point(grid_, [&](glm::ivec3 const& at, std::size_t n) {
        double const z = grid_.at(at).z;
        double const heart_share = ramp(double(from_heart.value[n]), heart_fade_mm, 0);
        double const slide =
            std::min(ramp(double(from_still.value[n]), slide_from_mm, slide_from_mm + slide_mm),
                     ramp(double(from_spine.value[n]), slide_from_spine_mm, slide_from_spine_mm + slide_mm));
        double const goes = std::max(slide, is_solid.is[n] ? solid_share : 0);
        organ_part.value[n] = float((1 - heart_share) * goes * share_at(h, z));
        near_heart.value[n] = float(heart_share * ramp(double(from_bone.value[n]), 6, 24));
        wall.value[n] = float(ramp(double(from_cavity.value[n]), 0, 8)); // rises; what slides along it does not
        heart_part.value[n] = near_heart.value[n] * float(ramp(z, h.apex, h.heart + 0.3 * (h.apex - h.heart)));
    });
    for (Field* part : {&organ_part, &heart_part, &near_heart, &wall}) blur(*part, blur_mm, blur_along_mm);

    // So much of each that the dome and the heart go as far as they should.
    Vec3 const dome = *tissue.place("diaphragm-dome-right");
    auto const centre = tissue.place({"heart-centre"});
    double const d1 = organ_part.at(dome), d2 = heart_part.at(dome);
    double const h1 = centre ? organ_part.at(*centre) : 0, h2 = centre ? heart_part.at(*centre) : 0;
    double const det = d1 * h2 - h1 * d2;
    double organs_by = d1 > 0.2 ? 1 / d1 : 0, heart_by = 0;
    if (det > 0.1) {
        organs_by = (h2 - settings.heart_dome_factor * d2) / det;
        heart_by = (settings.heart_dome_factor * d1 - h1) / det;
    }
    if (organs_by == 0) return;

    SpineFront const spine_front{tissue, organs.high.y - 40};
    double const half_width = 0.5 * (organs.high.x - organs.low.x), middle = 0.5 * (organs.high.x + organs.low.x);
    Vec3 const first = grid_.origin_mm, last = grid_.at(grid_.size - 1);
    Field const from_lung = distance_to(census.of(Kind::lung, 0.1));
    mode_.resize(points_of(grid_));
    for_each_point(grid_, [&](glm::ivec3 const& at, std::size_t n) {
        // The heart goes as one: pump and bucket handle shift it as they do its middle.
        Vec3 const at_point = grid_.at(at);
        Vec3 const p =
            centre ? glm::mix(at_point, *centre, std::min(1.0, 1.3 * double(near_heart.value[n]))) : at_point;
        double const down =
            no_farther(organs_by * double(organ_part.value[n])) + heart_by * double(heart_part.value[n]);
        // Pump and bucket handle of the ribs, and the belly's wall: nothing at the spine, most at the front.
        double const back = spine_front.at(p.z), front = skin.low.y;
        double const forth = back > front ? std::max(0.0, (back - p.y) / (back - front)) : 0;
        double const chest = smooth_ramp(p.z, h.apex, h.xiphoid) * smooth_ramp(p.z, h.pelvis, h.xiphoid);
        double const belly = smooth_ramp(p.z, h.xiphoid + 30, h.kidney) * smooth_ramp(p.z, h.pelvis, h.kidney - 30);
        // Nothing at the lattice's border.
        double const border = ramp(std::abs(at_point.x - middle), half_width + margin_mm, half_width) *
                              ramp(at_point.y, first.y, skin.low.y) * ramp(at_point.y, last.y, last.y - margin_mm) *
                              ramp(at_point.z, first.z, first.z + grid_.spacing_mm) *
                              ramp(at_point.z, last.z, last.z - grid_.spacing_mm);
        double const side = (p.x - middle) / half_width;
        Vec3 d{lateral_per_mm * chest * side, -(chest_per_mm * chest + belly_per_mm * belly) * forth,
               chest_up_per_mm * chest * (forth + side_up * side * side) * double(wall.value[n]) - down};
        if (centre) {
            double const turn = heart_turn_per_mm * double(near_heart.value[n]);
            d.y += turn * (at_point.z - centre->z);
            d.z -= turn * (at_point.y - centre->y);
        }
        mode_[n] = Mode{border * d, ramp(double(from_lung.value[n]), 2 * lung_reach_mm, lung_reach_mm)};
    });
    keep_volumes(tissue, from_spine, dome, centre);
    make_tables();
}

/// Organs that are full of water keep their volume: a smooth change of the mode, found on points twice as far apart.
void BreathMap::keep_volumes(Tissue const& tissue, Field const& from_spine, Vec3 const& dome,
                             std::optional<Vec3> const& centre)
{
    FieldGrid const coarse = lattice_around(grid_.origin_mm, grid_.at(grid_.size - 1), 2 * grid_.spacing_mm);
    std::size_t const points = points_of(coarse);
    ShapeWishes w{coarse, std::vector<Mode>(points), std::vector<Mode>(points), {}, {}, {}};
    w.wish.resize(points * ShapeWishes::places);
    w.hold.assign(points, hold_weight);
    w.smooth.assign(points, smooth_weight);
    Mask const is_bone = tissue.census(coarse).of(bone, 0.2);
    std::vector<Vec3> held{dome};
    if (centre) held.push_back(*centre);
    for (char const* name : {"kidney-left", "kidney-right"})
        if (auto const place = tissue.place(name)) held.push_back(*place);
    for_each_point(coarse, [&](glm::ivec3 const& at, std::size_t n) {
        Vec3 const p = coarse.at(at);
        Cell cell;
        if (cell.find(grid_, p))
            w.start[n] = float(volume_dome_mm) * linear(cell, [&](std::size_t m) { return mode_[m]; });
        bool const is_border = glm::any(glm::equal(at, glm::ivec3{0})) || glm::any(glm::equal(at, coarse.size - 1));
        if (is_border) w.smooth[n] = 0;
        if (is_border || is_bone.is[n] || w.start[n].is_still()) {
            w.hold[n] = -1;
        } else {
            for (Vec3 const& place : held)
                if (glm::length(p - place) < 2 * coarse.spacing_mm) w.hold[n] = held_weight;
        }
        if (glm::any(glm::equal(at, coarse.size - 1))) return;
        for (int place = 0; place < ShapeWishes::places; ++place) {
            Vec3 const share{place & 1 ? 0.75 : 0.25, place & 2 ? 0.75 : 0.25, place & 4 ? 0.75 : 0.25};
            std::uint16_t const kinds = tissue.kinds_at(p + coarse.spacing_mm * share);
            VolumeWish& wish = w.wish[n * ShapeWishes::places + std::size_t(place)];
            if (kinds & solid)
                wish = {1, 1, least_volume, organs_kept};
            else if (kinds & Kind::heart)
                wish = {1, 1, least_volume, heart_kept};
            else if (kinds & Kind::lung)
                wish = {1, lung_weight, least_volume, nothing};
            else if (kinds & (bowel | fat))
                wish = {1, soft_weight, least_volume, belly_kept};
            else if (kinds != 0)
                wish = {1, wall_weight, least_volume, nothing};
        }
    });
    w.mean_weight = {0, 5, 5, 1, 0, 0};
    w.steps = 4; // it is all but linear
    std::vector<Mode> const kept = shaped(w);
    Field change[3];
    for (int axis = 0; axis < 3; ++axis) {
        Field rough{coarse, std::vector<float>(points)};
        for (std::size_t n = 0; n < points; ++n)
            rough.value[n] = (kept[n].v[axis] - w.start[n].v[axis]) / float(volume_dome_mm);
        change[axis] = {grid_, std::vector<float>(mode_.size())};
        for_each_point(
            grid_, [&](glm::ivec3 const& at, std::size_t n) { change[axis].value[n] = float(rough.at(grid_.at(at))); });
        blur(change[axis], 0.8 * grid_.spacing_mm, 0.8 * grid_.spacing_mm);
    }
    for_each_point(grid_, [&](glm::ivec3 const& at, std::size_t n) {
        if (mode_[n].is_still() || glm::any(glm::equal(at, glm::ivec3{0})) || glm::any(glm::equal(at, grid_.size - 1)))
            return;
        auto const free = float(ramp(double(from_spine.value[n]), 0, slide_from_spine_mm));
        for (int axis = 0; axis < 3; ++axis) mode_[n].v[axis] += free * change[axis].value[n];
    });
}

} // namespace fluoro::motion
