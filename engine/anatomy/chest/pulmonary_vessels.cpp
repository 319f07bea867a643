#include "lung_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>

namespace fluoro {

namespace {

constexpr double trunk_radius_mm = 13.5;     ///< 25 to 29 mm wide
constexpr double vein_unit_radius_mm = 10.4; ///< gives ostia of 12 to 15 mm

/// A piece of the central tree before its width is known.
struct Way {
    char const *name, *from, *to;
    std::vector<Vec3> through_mm;
    double taper; ///< radius at its start over that at its end
};

/// What leaves from a node, in units of a vessel that supplies everything.
using Loads = std::map<std::string, double>;

double powered(double radius)
{
    return std::pow(radius, murray_exponent);
}

/// Lays the ways with radii that follow Murray's law at every fork. `loads`: sum of r^2.9 of the twigs that leave from
/// a node. `root_radius_mm` fixes the unit when above 0; else `unit_mm` is taken as it is.
Tree lay_by_load(std::span<Way const> ways, Loads loads, std::function<Vec3(std::string const&)> const& root_at,
                 double root_radius_mm, double& unit_mm)
{
    std::vector<std::pair<double, double>> radii(ways.size());
    for (std::size_t i = ways.size(); i-- > 0;) { // children stand behind their parents
        double const end = std::pow(loads[ways[i].to], 1 / murray_exponent);
        radii[i] = {end * ways[i].taper, end};
        loads[ways[i].from] += powered(radii[i].first);
    }
    if (root_radius_mm > 0) unit_mm = root_radius_mm / radii.front().first;
    Tree tree;
    for (std::size_t i = 0; i < ways.size(); ++i) {
        int const before = ending_at(tree, ways[i].from);
        Vec3 const from = before < 0 ? root_at(ways[i].from) : tree[std::size_t(before)].points_mm.back();
        lay(tree,
            {ways[i].name, ways[i].from, ways[i].to, ways[i].through_mm, unit_mm * radii[i].first,
             unit_mm * radii[i].second},
            from);
    }
    return tree;
}

double bronchus_radius(double artery_radius)
{
    return 0.85 * artery_radius;
}

constexpr double join_mm = 9;           ///< in this length an artery comes three fifths of the way to its bronchus
constexpr double least_bronchus_mm = 1; ///< radius; bronchi of less than 2 mm are part of the lung's mean density

} // namespace

Tree central_arteries(BodyPlan const& plan, Vec3 const& valve_mm, std::span<double const> shares,
                      double& unit_radius_mm)
{
    double const s = plan.scale;
    auto const at = [&](double x, double y, double z) { return near_hilum(plan, x, y, z); };
    Vec3 const fork = at(25, -24, -6);
    // The trunk rises to the left of the ascending aorta. The right artery passes behind aorta and superior vena cava,
    // before the right main bronchus; the left one rides over the left main bronchus and descends behind it.
    Way const ways[] = {
        {"pulmonary-trunk",
         "pulmonary-valve",
         "pulmonary-bifurcation",
         {glm::mix(valve_mm, fork, 0.5) + s * Vec3{5, -6, 7}, fork},
         1.06},
        {"pulmonary-artery-right",
         "pulmonary-bifurcation",
         "right-hilar-artery",
         {at(9, -16.5, -14.5), at(-7, -11.2, -19.5), at(-26, -11.5, -20)},
         1.26},
        {"truncus-anterior",
         "right-hilar-artery",
         "right-anterior-trunk",
         {at(-31, -13, -19), at(-37, -10, -11)},
         1.12},
        {"interlobar-artery-right",
         "right-hilar-artery",
         "right-interlobar-upper",
         {at(-40, -10, -30), at(-49, -2, -43)},
         1.1},
        {"interlobar-artery-right-lower",
         "right-interlobar-upper",
         "right-interlobar-lower",
         {at(-53.5, 0, -51), at(-56, 2, -57)},
         1.05},
        {"basal-artery-right",
         "right-interlobar-lower",
         "right-basal-artery",
         {at(-59, 5, -65), at(-62, 7, -74)},
         1.07},
        {"pulmonary-artery-left",
         "pulmonary-bifurcation",
         "left-arch",
         {at(31.5, -13, -4.8), at(40, -1, -5.4), at(48, 12, -15.5)},
         1.26},
        {"interlobar-artery-left", "left-arch", "left-interlobar", {at(56, 18, -25), at(62.5, 17, -40)}, 1.1},
        {"basal-artery-left", "left-interlobar", "left-basal-artery", {at(68, 16, -52), at(73, 17, -66)}, 1.1},
    };
    Loads loads;
    for (std::size_t i = 0; i < shares.size(); ++i) loads[segments()[i].artery] += shares[i]; // (share^(1/2.9))^2.9
    return lay_by_load(
        ways, loads, [&](std::string const&) { return valve_mm; }, trunk_radius_mm * calibre_of(plan), unit_radius_mm);
}

std::vector<VeinRoot> vein_roots()
{
    return {{"right-upper", "right-upper-vein", {0, 1, 2}},      {"right-middle", "right-middle-vein", {3, 4}},
            {"right-superior-segment", "right-lower-vein", {5}}, {"right-basal", "right-basal-vein", {6, 7, 8, 9}},
            {"left-upper", "left-upper-vein", {10, 11}},         {"left-lingular", "left-lingular-vein", {12, 13}},
            {"left-superior-segment", "left-lower-vein", {14}},  {"left-basal", "left-basal-vein", {15, 16, 17}}};
}

Tree central_veins(BodyPlan const& plan, LumenGraph& vessels, std::span<double const> shares, double& unit_radius_mm)
{
    auto const at = [&](double x, double y, double z) { return near_hilum(plan, x, y, z); };
    // The upper veins run before the bronchi and arteries, the lower ones behind and below, nearly level.
    Way const ways[] = {
        {"pulmonary-vein-right-superior",
         "pulmonary-vein-right-superior",
         "right-superior-vein",
         {at(-32, -14, -49), at(-42, -23, -48)},
         1.08},
        {"vein-right-upper", "right-superior-vein", "right-upper-vein", {at(-47, -23, -31), at(-54, -22, -22)}, 1.08},
        {"vein-right-middle", "right-superior-vein", "right-middle-vein", {at(-45, -25, -46), at(-51, -28, -54)}, 1.05},
        {"pulmonary-vein-right-inferior",
         "pulmonary-vein-right-inferior",
         "right-lower-vein",
         {at(-28, 17, -78), at(-36, 25, -82)},
         1.08},
        {"vein-right-basal", "right-lower-vein", "right-basal-vein", {at(-41, 28, -86), at(-46, 29, -91)}, 1.06},
        {"pulmonary-vein-left-superior",
         "pulmonary-vein-left-superior",
         "left-superior-vein",
         {at(46, -13.4, -20.8), at(52, -17, -21)},
         1.08},
        {"vein-left-upper", "left-superior-vein", "left-upper-vein", {at(57, -17, -19), at(60, -16, -13)}, 1.08},
        {"vein-left-lingular", "left-superior-vein", "left-lingular-vein", {at(59, -21, -30), at(66, -24, -39)}, 1.05},
        {"pulmonary-vein-left-inferior",
         "pulmonary-vein-left-inferior",
         "left-lower-vein",
         {at(39, 14, -74), at(46, 20, -80)},
         1.08},
        {"vein-left-basal", "left-lower-vein", "left-basal-vein", {at(50, 25, -86), at(55, 28, -91)}, 1.06},
    };
    // Where no heart has been drawn, its plan's places serve.
    std::map<std::string, Vec3> const roots{{"pulmonary-vein-right-superior", at(-22, -3, -33)},
                                            {"pulmonary-vein-right-inferior", at(-20, 7, -58)},
                                            {"pulmonary-vein-left-superior", at(38, -2, -33)},
                                            {"pulmonary-vein-left-inferior", at(33, 12, -53)}};
    Loads loads;
    for (VeinRoot const& root : vein_roots())
        for (int const segment : root.segments) loads[root.node] += shares[std::size_t(segment)];
    unit_radius_mm = vein_unit_radius_mm * calibre_of(plan);
    return lay_by_load(
        ways, loads,
        [&](std::string const& name) {
            auto const node = vessels.find_node(name);
            return node ? vessels.nodes_mm[std::size_t(*node)] : roots.at(name);
        },
        0, unit_radius_mm);
}

void grow_beside(Bronchovascular& trees, BodyPlan const& plan, std::vector<std::vector<Vec3>> const& clouds,
                 double unit_radius_mm)
{
    std::size_t total = 0;
    for (auto const& cloud : clouds) total += cloud.size();
    Tree ways;
    for (std::size_t i = 0; i < clouds.size(); ++i) {
        SegmentPlan const& segment = segments()[i];
        Branch const& bronchus = trees.airways[std::size_t(ending_at(trees.airways, segment.bronchus))];
        Vec3 const from = bronchus.points_mm.back();
        Vec3 const heading = glm::normalize(from - bronchus.points_mm[bronchus.points_mm.size() - 2]);
        double const share = double(clouds[i].size()) / double(total);
        Growth growth;
        growth.stop_radius_mm = 0.5 * plan.scale;
        grow(ways, -1, segment.bronchus, from, heading, unit_radius_mm * std::pow(share, 1 / murray_exponent),
             clouds[i], segment.name, int(i), growth);
    }
    // Each way is a bronchus as long as that is wide enough, and an artery at its side.
    std::vector<int> airway_of(ways.size(), -1), artery_of(ways.size(), -1);
    std::vector<Vec3> off_at_end(ways.size(), Vec3{0});
    for (std::size_t i = 0; i < ways.size(); ++i) {
        Branch const& way = ways[i];
        SegmentPlan const& segment = segments()[std::size_t(way.segment)];
        bool const is_first = way.parent < 0;
        int const parent_airway =
            is_first ? ending_at(trees.airways, segment.bronchus) : airway_of[std::size_t(way.parent)];
        int const parent_artery =
            is_first ? ending_at(trees.arteries, segment.artery) : artery_of[std::size_t(way.parent)];
        double const start_radius = bronchus_radius(way.radii_mm.front());
        bool const has_bronchus = parent_airway >= 0 && start_radius >= least_bronchus_mm;
        if (has_bronchus) {
            Branch bronchus = way;
            bronchus.name = "bronchus-" + way.name;
            bronchus.parent = parent_airway;
            double const most = trees.airways[std::size_t(parent_airway)].radii_mm.back();
            for (double& radius : bronchus.radii_mm) radius = std::min(most, bronchus_radius(radius));
            airway_of[i] = int(trees.airways.size());
            trees.airways.push_back(std::move(bronchus));
        }
        Branch artery = way;
        artery.name = "pulmonary-artery-" + way.name;
        artery.from = is_first ? segment.artery : "";
        artery.parent = parent_artery;
        std::size_t const last = way.points_mm.size() - 1;
        Vec3 const tangent = glm::normalize(way.points_mm[last] - way.points_mm[last - 1]);
        Vec3 const off = is_first ? trees.arteries[std::size_t(parent_artery)].points_mm.back() - way.points_mm.front()
                                  : off_at_end[std::size_t(way.parent)];
        Vec3 beside{0};
        if (has_bronchus) {
            double const radius = bronchus_radius(way.radii_mm.back());
            Vec3 const across = off - glm::dot(off, tangent) * tangent;
            if (glm::length(across) > 1e-3)
                beside = glm::normalize(across) * (radius + airway_wall_mm(radius) + way.radii_mm.back() + 0.3);
        }
        double gone_mm = 0;
        for (std::size_t k = 0; k <= last; ++k) {
            if (k > 0) gone_mm += glm::length(way.points_mm[k] - way.points_mm[k - 1]);
            off_at_end[i] = glm::mix(beside, off, std::exp(-gone_mm / (join_mm * plan.scale)));
            artery.points_mm[k] += off_at_end[i];
        }
        artery_of[i] = int(trees.arteries.size());
        trees.arteries.push_back(std::move(artery));
    }
}

void grow_veins(Tree& veins, BodyPlan const& plan, std::vector<std::vector<Vec3>> const& clouds, double unit_radius_mm,
                std::function<bool(Vec3 const&)> const& is_free)
{
    std::size_t total = 0;
    for (auto const& cloud : clouds) total += cloud.size();
    for (VeinRoot const& root : vein_roots()) {
        std::vector<Vec3> cloud;
        for (int const segment : root.segments) {
            auto const& part = clouds[std::size_t(segment)];
            std::ranges::copy_if(part, std::back_inserter(cloud), is_free);
        }
        int const before = ending_at(veins, root.node);
        Branch const& stem = veins[std::size_t(before)];
        Vec3 const from = stem.points_mm.back();
        Vec3 const heading = glm::normalize(from - stem.points_mm[stem.points_mm.size() - 2]);
        double const share = double(cloud.size()) / double(total);
        Growth growth;
        growth.stop_radius_mm = 0.5 * plan.scale;
        grow(veins, before, root.node, from, heading, unit_radius_mm * std::pow(share, 1 / murray_exponent), cloud,
             std::string{"pulmonary-vein-"} + root.name, -1, growth);
    }
}

} // namespace fluoro
