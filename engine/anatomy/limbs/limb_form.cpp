#include "limb_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <memory>

namespace fluoro {

namespace {

constexpr double compact_hu = 1600; ///< compact bone of long bones: 1.94 g/cm3; ICRP 110 has 1.92

/// Cubic through rows (Catmull-Rom in the distance along), for smooth silhouettes.
double through(std::vector<LimbRow> const& rows, double along, double LimbRow::*value)
{
    auto const after = std::ranges::find_if(rows, [along](LimbRow const& r) { return r.along >= along; });
    if (after == rows.begin()) return rows.front().*value;
    if (after == rows.end()) return rows.back().*value;
    auto const i = std::size_t(after - rows.begin()) - 1;
    auto const slope = [&](std::size_t k) {
        std::size_t const a = k == 0 ? 0 : k - 1, b = std::min(k + 1, rows.size() - 1);
        return (rows[b].*value - rows[a].*value) / (rows[b].along - rows[a].along);
    };
    double const step = rows[i + 1].along - rows[i].along, t = (along - rows[i].along) / step;
    double const t2 = t * t, t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * rows[i].*value + (t3 - 2 * t2 + t) * step * slope(i) +
           (3 * t2 - 2 * t3) * rows[i + 1].*value + (t3 - t2) * step * slope(i + 1);
}

struct Section {
    double lateral, back, half_lateral, half_back, steep;
};

} // namespace

LimbBuild::LimbBuild(PatientParameters const& parameters)
    : size{parameters.height_mm / 1760 * (parameters.sex == Sex::female ? 0.93 : 1)},
      fat{(0.4 + 0.6 * parameters.subcutaneous_mm / 15) * (parameters.sex == Sex::female ? 1.35 : 1)}
{
}

double LimbBuild::half_mm(double half, double fat_mm, LimbLayer layer) const
{
    double const inner = size * (half - fat_mm - 1.6);
    if (layer == LimbLayer::muscle) return inner;
    return inner + fat * fat_mm + (layer == LimbLayer::skin ? skin_mm : 0);
}

Shape limb_column(LimbAxis const& axis, std::vector<LimbRow> const& rows, LimbBuild const& build, LimbLayer layer)
{
    FLUORO_EXPECT(rows.size() >= 2);
    double const low = axis.scale * rows.front().along, high = axis.scale * rows.back().along;
    std::vector<Section> sections;
    for (double u = low; u <= high + 0.5; u += 1) {
        double const along = u / axis.scale, fat = through(rows, along, &LimbRow::fat);
        sections.push_back({axis.scale * through(rows, along, &LimbRow::lateral),
                            axis.scale * through(rows, along, &LimbRow::back),
                            build.half_mm(through(rows, along, &LimbRow::half_lateral), fat, layer),
                            build.half_mm(through(rows, along, &LimbRow::half_back), fat, layer), 0});
        FLUORO_EXPECT(sections.back().half_lateral > 0 && sections.back().half_back > 0);
    }
    for (std::size_t i = 1; i < sections.size(); ++i) {
        Section const &a = sections[i - 1], &b = sections[i];
        sections[i].steep = std::hypot(std::abs(b.half_lateral - a.half_lateral) + std::abs(b.lateral - a.lateral),
                                       std::abs(b.half_back - a.half_back) + std::abs(b.back - a.back));
    }
    Vec3 const first = axis.origin_mm + low * axis.along;
    Box box{first, first};
    for (std::size_t i = 0; i < sections.size(); i += 4) {
        Section const& s = sections[i];
        Vec3 const middle =
            axis.origin_mm + (low + double(i)) * axis.along + s.lateral * axis.lateral - s.back * axis.front;
        Vec3 const reach = glm::abs(axis.lateral) * s.half_lateral + glm::abs(axis.front) * s.half_back + 4.0;
        box = around(box, {middle - reach, middle + reach});
    }
    auto const table = std::make_shared<std::vector<Section> const>(std::move(sections));
    return {box, [=](Vec3 const& p) {
                Vec3 const d = p - axis.origin_mm;
                double const along = glm::dot(d, axis.along);
                double const u = std::clamp(along - low, 0.0, double(table->size()) - 1.001);
                auto const i = std::size_t(u);
                double const share = u - double(i);
                Section const &a = (*table)[i], &b = (*table)[i + 1];
                Vec2 const half{std::lerp(a.half_lateral, b.half_lateral, share),
                                std::lerp(a.half_back, b.half_back, share)};
                Vec2 const q{glm::dot(d, axis.lateral) - std::lerp(a.lateral, b.lateral, share),
                             -glm::dot(d, axis.front) - std::lerp(a.back, b.back, share)};
                double const k = glm::length(q / half), least = std::min(half.x, half.y);
                double rim = -least;
                if (k > 1e-6) rim = k * (k - 1) / glm::length(q / (half * half));
                if (k < 1) rim = std::max(rim, -0.72 * least * std::sqrt(1 - k * k));
                rim /= std::hypot(1.0, std::max(a.steep, b.steep));
                double const end = std::max(low - along, along - high);
                return std::hypot(std::max(rim, 0.0), std::max(end, 0.0)) + std::min(std::max(rim, end), 0.0);
            }};
}

void add_bone(Anatomy& anatomy, std::string const& name, std::string const& label, Shape const& shape,
              std::function<BoneStuff(Vec3 const&)> stuff_at, double density_g_cm3)
{
    PatientParameters const& who = anatomy.plan.parameters;
    auto const seed = unsigned(who.seed * 131 + anatomy.organs.size());
    double const density = who.bone_density, thinner = 0.55 + 0.45 * density;
    anatomy.organs.push_back(
        {name, label_of(label), Rank::bone, {500, density_g_cm3}, shape, [=](Vec3 const& p, double depth) {
             BoneStuff const stuff = stuff_at(p);
             double const cortex = thinner * stuff.cortex_mm;
             double const shell = std::clamp((cortex - depth) / 1.2 + 0.5, 0.0, 1.0);
             // Trabeculae: plates and struts of a millimetre or two in coarser patches.
             double const inside =
                 stuff.inside_hu < 0
                     ? stuff.inside_hu
                     : density * stuff.inside_hu * (1 + 0.35 * noise(p, 1.6, seed) + 0.2 * noise(p, 6, seed + 1));
             return std::lerp(inside, compact_hu + 60 * noise(p, 3, seed + 2), shell);
         }});
}

Shape trunk_layer(Anatomy const& anatomy, LimbLayer layer)
{
    std::string const name = layer == LimbLayer::skin  ? "skin"
                             : layer == LimbLayer::fat ? "subcutaneous-fat"
                                                       : "muscle";
    auto const found = std::ranges::find(anatomy.organs, name, &Organ::name);
    if (found == anatomy.organs.end())
        throw Error{"the trunk has no '" + name + "' for the limbs to join", Error::Kind::failed};
    return found->shape;
}

void add_limb_layer(Anatomy& anatomy, std::string const& limb, LimbLayer layer, Shape const& shape)
{
    if (layer == LimbLayer::skin)
        anatomy.organs.push_back({limb + "-skin", label_of("skin"), Rank::skin, {40, 1.09}, shape});
    else if (layer == LimbLayer::fat)
        anatomy.organs.push_back({limb + "-fat", label_of("limb_fat"), Rank::fat, {-100, 0.95, 8, 4}, shape});
    else
        anatomy.organs.push_back({limb + "-muscle", label_of("limb_muscle"), Rank::muscle, {55, 1.05, 8, 3}, shape});
}

} // namespace fluoro
