#include "../head/head_form.hpp"
#include "gut_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr Vec3 left{1, 0, 0};

/// A pouch through the back wall just above the upper sphincter, hanging to the left behind the gullet.
void add_pouch(Anatomy& anatomy, double size_mm)
{
    NeckForm const neck = neck_form(anatomy.plan);
    double const n = neck.scale;
    Vec3 const top = anatomy.plan.place("upper-sphincter");
    double const wide = std::max(3.0, 0.3 * size_mm), deep = std::min(wide, 5.5 * n);
    // Levels are about 18 mm apart; the pouch is measured from its neck to its floor.
    double const neck_level = 6.3, floor_level = neck_level + (size_mm - deep) / (17.5 * n);
    double const x = wide / n + 3.5, ahead = deep / n + 3.4;
    std::vector<SweepSection> const sections{
        {top, 2.2 * n, 1.2 * n},
        {neck.at(neck_level, 2, 6), std::min(3 * n, wide), 1.8 * n},
        {neck.at(std::lerp(neck_level, floor_level, 0.25), 0.7 * x, ahead), 0.75 * wide, 0.8 * deep},
        {neck.at(std::lerp(neck_level, floor_level, 0.65), x, ahead), wide, deep},
        {neck.at(floor_level, x, ahead), 0.8 * wide, 0.9 * deep},
    };
    Sweep const pouch{sections, left, 2};
    anatomy.organs.push_back({"zenker-wall", label_of("pharynx"), Rank::wall, {45, 1.05}, pouch.solid(1.5)});
    Organ lumen{"zenker-lumen", label_of("pharynx"), Rank::lumen, {20, 1.0}, pouch.solid()};
    Vec3 const up = gas_rises(anatomy.plan.parameters);
    double const level = glm::dot(up, sections[3].at_mm) + 0.3 * (up.z > 0 ? size_mm / 2 : deep);
    lumen.hu = [up, level](Vec3 const& p, double) { return glm::dot(up, p) > level ? -1000.0 : 25.0; };
    anatomy.organs.push_back(lumen);
    LumenGraph& gut = anatomy.lumens.gut;
    std::vector<Vec3> through;
    std::vector<double> radii{2.2 * n};
    for (std::size_t i = 1; i < sections.size(); ++i) {
        through.push_back(sections[i].at_mm);
        radii.push_back(std::sqrt(sections[i].side_mm * sections[i].other_mm));
    }
    gut.add_edge("zenker-diverticulum", *gut.find_node("upper-sphincter"), through, radii, WallClass::gut,
                 label_of("pharynx"));
    anatomy.lumens.landmarks["zenker-floor"] = sections.back().at_mm - Vec3{0, 0, 0.9 * deep};
}

void add_varices(Anatomy& anatomy, GulletProfile const& p, int grade)
{
    // Widths by grade: below 5 mm, 5 to 10, large and touching each other (typical).
    double const thick = 1.0 + 2.0 * grade, reach = 40.0 * grade + 20;
    std::vector<Shape> veins;
    auto const last = int(p.middle_mm.size()) - 1;
    for (int vein = 0; vein < 4; ++vein) {
        std::vector<Vec3> way;
        std::vector<double> radii;
        for (int i = last; i > std::max(5.0, last - reach); i -= 2) {
            auto const at = std::size_t(i);
            double const s = last - i;
            double const angle = vein * 1.55 + 0.55 * std::sin(s / 7.0 + vein) + 0.3 * std::sin(s / 3.1);
            double const a = p.open_side_mm[at] + thick / 2, b = p.open_other_mm[at] + thick / 2;
            way.push_back(p.middle_mm[at] + Vec3{a * std::cos(angle), b * std::sin(angle), 0});
            double const fade = std::min({1.0, (reach - s) / 25, (s + 8) / 12});
            radii.push_back(std::max(0.5, thick / 2 * fade));
        }
        veins.push_back(tube(way, radii));
    }
    Shape const all = unite(veins);
    Organ organ{"varices", label_of("varix"), Rank::wall, {42, 1.06}, all};
    organ.only_inside = label_of("esophagus");
    anatomy.organs.push_back(organ);
}

void add_tumour(Anatomy& anatomy, GulletProfile const& p, GutPathology::Carcinoma const& tumour)
{
    std::vector<SweepSection> sections;
    auto const last = p.middle_mm.size() - 1;
    auto const first = std::size_t(std::max(0.0, tumour.at_mm - tumour.length_mm / 2 + 1));
    auto const end = std::min(last, std::size_t(tumour.at_mm + tumour.length_mm / 2 - 1));
    for (std::size_t i = first; i <= end; i += 2)
        sections.push_back(
            {p.middle_mm[i], p.open_side_mm[i] + p.wall_mm[i] - 1, p.open_other_mm[i] + p.wall_mm[i] - 1});
    Organ organ{"oesophageal-carcinoma",
                label_of("tumour"),
                Rank::wall,
                {58, 1.05, 10, 3},
                roughened(Sweep{sections, left, 3}.cut_solid(), 1.2, 6, unsigned(anatomy.plan.parameters.seed) + 41)};
    anatomy.organs.push_back(organ);
}

void add_leak(Anatomy& anatomy, GulletProfile const& p, double at_mm)
{
    double const n = anatomy.plan.scale;
    auto const at = std::size_t(std::lround(at_mm));
    Vec3 const hole = p.middle_mm[at];
    // To the left and down, where most ruptures go.
    std::vector<Vec3> const through{hole + n * Vec3{9, 1, -2}, hole + n * Vec3{17, -2, -7},
                                    hole + n * Vec3{25, -1, -15}};
    std::vector<double> const radii{1.6, 1.6, 3.5, 7.0};
    LumenGraph& gut = anatomy.lumens.gut;
    gut.add_edge("leak", *gut.find_node("leak"), through, radii, WallClass::duct, label_of("gut_leak"));
    LumenEdge const& edge = gut.edges.back();
    Organ organ{"leak", label_of("gut_leak"), Rank::lumen, {-700, 0.3}, tube(edge.points_mm, edge.radii_mm)};
    organ.hu = [](Vec3 const& q, double) { return std::clamp(-600 + 350 * noise(q, 5, 51), -1000.0, 20.0); };
    anatomy.organs.push_back(organ);
    anatomy.lumens.landmarks["leak"] = hole;
}

} // namespace

void add_gullet_lesions(Anatomy& anatomy, GulletProfile const& profile, GutPathology const& pathology)
{
    if (pathology.zenker_mm > 0) add_pouch(anatomy, pathology.zenker_mm);
    if (pathology.varices > 0) add_varices(anatomy, profile, pathology.varices);
    for (auto const& tumour : pathology.carcinomas) add_tumour(anatomy, profile, tumour);
    if (pathology.leak_mm) add_leak(anatomy, profile, *pathology.leak_mm);
}

} // namespace fluoro
