#include "../builders.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <memory>

namespace fluoro {

namespace {

constexpr double skin_mm = 2;                        ///< ICRP 89: 1.3 to 2 mm
constexpr double trunk_low = -270, trunk_high = 530; ///< [mm of the reference man] where legs and head take over

/// The outline at every millimetre of height, shrunk by the skin, by the fat too, or not at all.
struct Section {
    double half_width, half_depth, middle_y, exponent, slope;
};

std::vector<Section> sections_of(BodyPlan const& plan, double low_mm, double high_mm, int layer)
{
    std::vector<Section> sections;
    for (double z = low_mm; z <= high_mm; z += 1) {
        BodyPlan::Outline const o = plan.outline(z);
        double const off = layer == 0 ? 0 : skin_mm;
        double const side = off + (layer == 2 ? o.fat_side_mm : 0);
        double const front = o.front_mm + off + (layer == 2 ? o.fat_front_mm : 0);
        double const back = o.back_mm - off - (layer == 2 ? o.fat_back_mm : 0);
        sections.push_back({o.half_width_mm - side, (back - front) / 2, (back + front) / 2, o.exponent, 0});
    }
    for (std::size_t i = 1; i < sections.size(); ++i)
        sections[i].slope = std::max(std::abs(sections[i].half_width - sections[i - 1].half_width),
                                     std::abs(sections[i].half_depth - sections[i - 1].half_depth) +
                                         std::abs(sections[i].middle_y - sections[i - 1].middle_y));
    return sections;
}

/// The trunk and neck inside skin (layer 0), inside the skin (1) or inside the fat (2).
Shape trunk(BodyPlan const& plan, int layer)
{
    double const low = plan.scale * trunk_low, high = plan.scale * trunk_high;
    auto const sections = std::make_shared<std::vector<Section> const>(sections_of(plan, low, high, layer));
    Box box{Vec3{0, 0, low}, Vec3{0, 0, high}};
    for (Section const& s : *sections) {
        box.low = glm::min(box.low, Vec3{-s.half_width, s.middle_y - s.half_depth, low});
        box.high = glm::max(box.high, Vec3{s.half_width, s.middle_y + s.half_depth, high});
    }
    return {box, [sections, low, high](Vec3 const& p) {
                double const z = std::clamp(p.z, low, high - 1.001);
                auto const i = std::size_t(z - low);
                double const share = z - low - double(i);
                Section const &a = (*sections)[i], &b = (*sections)[std::min(i + 1, sections->size() - 1)];
                double const w = std::lerp(a.half_width, b.half_width, share);
                double const d = std::lerp(a.half_depth, b.half_depth, share);
                double const n = a.exponent;
                double const x = std::abs(p.x) / w;
                double const y = std::abs(p.y - std::lerp(a.middle_y, b.middle_y, share)) / d;
                double const k = std::pow(std::pow(x, n) + std::pow(y, n), 1 / n);
                double rim = -std::min(w, d);
                if (k > 1e-6) {
                    double const gx = std::pow(x / k, n - 1) / w, gy = std::pow(y / k, n - 1) / d;
                    rim = std::max(rim, (k - 1) / std::hypot(gx, gy));
                }
                rim /= std::hypot(1.0, std::max(a.slope, b.slope));
                double const end = std::max(low - p.z, p.z - high);
                return std::hypot(std::max(rim, 0.0), std::max(end, 0.0)) + std::min(std::max(rim, end), 0.0);
            }};
}

} // namespace

void build_surface(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    anatomy.organs.push_back({"skin", label_of("skin"), Rank::skin, {40, 1.09}, trunk(plan, 0)});
    anatomy.organs.push_back(
        {"subcutaneous-fat", label_of("subcutaneous_fat"), Rank::fat, {-100, 0.95, 8, 4}, trunk(plan, 1)});
    anatomy.organs.push_back({"muscle", label_of("muscle"), Rank::muscle, {55, 1.05, 8, 3}, trunk(plan, 2)});
}

} // namespace fluoro
