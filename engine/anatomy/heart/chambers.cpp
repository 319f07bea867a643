#include "heart_build.hpp"
#include "heart_parts.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace fluoro {

namespace {

constexpr Tissue blood{40, 1.06, 4, 3}, muscle{48, 1.05, 5, 3}, fat{-100, 0.95, 8, 4}, fibrous{40, 1.03};
constexpr double sac_mm = 1.2; ///< pericardium 1 to 2 mm (CT); a distance of the form is a tenth short

/// A shape by its distance; the box is found by asking.
Shape shape_of(Box const& within, std::function<double(Vec3 const&)> distance)
{
    constexpr double step = 7;
    Box box{within.high, within.low};
    for (double x = within.low.x; x <= within.high.x; x += step)
        for (double y = within.low.y; y <= within.high.y; y += step)
            for (double z = within.low.z; z <= within.high.z; z += step)
                if (Vec3 const p{x, y, z}; distance(p) < step) box = {glm::min(box.low, p), glm::max(box.high, p)};
    // A surface point is within half a cell's diagonal of a point asked.
    return {grown(box, 1), std::move(distance)};
}

/// Leaflets as a thin funnel from the annulus to the open tips; `cusps` of them.
Shape leaflets(HeartFrame::Valve const& valve, double tip_radius_mm, double deep_mm, int cusps, Vec3 const& first)
{
    constexpr double half_thickness_mm = 0.5;
    Vec3 const flow = valve.flow;
    Vec3 const x = glm::normalize(first - glm::dot(first, flow) * flow), y = glm::cross(flow, x);
    double const wide = valve.radius_mm;
    double const slope = std::hypot(1.0, 2.2 * (wide - tip_radius_mm) / deep_mm);
    double const reach = std::hypot(wide, deep_mm) + 1;
    return {{valve.middle_mm - reach, valve.middle_mm + reach}, [=](Vec3 const& p) {
                Vec3 const d = p - valve.middle_mm;
                double const h = glm::dot(d, flow), along = glm::dot(d, x), across = glm::dot(d, y);
                double const r = std::hypot(along, across);
                double const share = std::clamp(h / deep_mm, 0.0, 1.0);
                double const petal = 0.8 * std::cos(cusps * std::atan2(across, along)) * share;
                double const surface = std::lerp(wide, tip_radius_mm, share * share * (3 - 2 * share)) + petal;
                return std::max({std::abs(r - surface) / slope - half_thickness_mm, -h, h - deep_mm}) * 0.85;
            }};
}

void add_valves(Anatomy& anatomy, HeartFrame const& f)
{
    double const s = f.scale;
    Organ organ{"", label_of("valve"), Rank::content, {45, 1.05}, ball({}, 1)};
    auto const add = [&](char const* name, Shape const& shape) {
        organ.name = name;
        organ.shape = shape;
        anatomy.organs.push_back(organ);
    };
    add("mitral-leaflets", leaflets(f.mitral(), s * 8, s * 15, 2, f.septal));
    add("tricuspid-leaflets", leaflets(f.tricuspid(), s * 9.5, s * 14, 3, f.septal));
    add("aortic-cusps", leaflets(f.aortic(), s * 7, s * 9, 3, f.root_right));
    add("pulmonary-cusps", leaflets(f.pulmonary(), s * 7.5, s * 9, 3, f.septal));
}

void add_papillary_muscles(Anatomy& anatomy, HeartFrame const& f)
{
    double const s = f.scale;
    // From the wall toward the valve, each with two heads. Directions about the long axis; 90 anterior, 180 lateral.
    auto const muscle_at = [&](double angle_deg, double foot, double foot_out, double head_out) {
        double const a = radians(angle_deg), b = radians(angle_deg + 9);
        auto const at = [&](double angle, double out, double apical) {
            return f.at({out * std::cos(angle), out * std::sin(angle), apical});
        };
        Vec3 const base = at(a, foot_out, foot);
        return unite(rounded_cone(base, s * 6.5, at(a, head_out, foot - 27), s * 3.6),
                     rounded_cone(base, s * 5.5, at(b, head_out + 1, foot - 24), s * 3.2), 3);
    };
    Organ organ{"papillary-anterolateral", label_of("myocardium"), Rank::content, muscle, muscle_at(128, 61, 22, 14)};
    organ.only_inside = label_of("left_ventricle");
    anatomy.organs.push_back(organ);
    organ.name = "papillary-posteromedial";
    organ.shape = muscle_at(238, 60, 22, 14);
    anatomy.organs.push_back(organ);
    // Moderator band from the septum to the anterior papillary muscle of the right ventricle.
    organ.name = "moderator-band";
    organ.only_inside = label_of("right_ventricle");
    Vec3 const foot = f.at({66, -4, 48});
    organ.shape = unite(rounded_cone(f.at({34, 8, 46}), s * 2.6, foot, s * 4),
                        rounded_cone(foot, s * 5.5, f.at({53, -8, 26}), s * 2.6), 3);
    anatomy.organs.push_back(organ);
}

} // namespace

void add_chambers(Anatomy& anatomy, SharedHeart const& heart)
{
    HeartForm const& h = *heart;
    double const s = h.frame().scale;
    Box const all = h.bounds_mm();
    auto const add = [&](char const* name, char const* label, Rank rank, Tissue const& tissue,
                         std::function<double(Vec3 const&)> distance) {
        anatomy.organs.push_back({name, label_of(label), rank, tissue, shape_of(all, std::move(distance))});
    };
    add("pericardium", "pericardium", Rank::wall, fibrous,
        [heart](Vec3 const& p) { return heart->distance_mm(HeartPart::pericardium, p); });
    add("epicardial-fat", "epicardial_fat", Rank::wall, fat,
        [heart](Vec3 const& p) { return heart->distance_mm(HeartPart::pericardium, p) + sac_mm; });
    add("aortic-root-wall", "artery", Rank::wall, fibrous,
        [heart, s](Vec3 const& p) { return heart->root_mm(p, 1.8 * s); });
    add("myocardium", "myocardium", Rank::wall, muscle, [heart](Vec3 const& p) { return heart->myocardium_mm(p); });
    add("right-atrium", "right_atrium", Rank::lumen, blood,
        [heart](Vec3 const& p) { return heart->distance_mm(HeartPart::right_atrium, p); });
    add("left-atrium", "left_atrium", Rank::lumen, blood,
        [heart](Vec3 const& p) { return heart->distance_mm(HeartPart::left_atrium, p); });
    add("left-atrial-appendage", "atrial_appendage_left", Rank::lumen, blood,
        [heart](Vec3 const& p) { return heart->distance_mm(HeartPart::left_appendage, p); });
    add("right-ventricle", "right_ventricle", Rank::lumen, blood,
        [heart](Vec3 const& p) { return heart->right_ventricle_mm(p); });
    add("left-ventricle", "left_ventricle", Rank::lumen, blood,
        [heart](Vec3 const& p) { return heart->left_ventricle_mm(p); });
    add("aortic-root", "aorta", Rank::lumen, blood, [heart](Vec3 const& p) { return heart->root_mm(p, 0); });
    add_valves(anatomy, h.frame());
    add_papillary_muscles(anatomy, h.frame());
}

void add_chamber_ways(Anatomy& anatomy, SharedHeart const& heart)
{
    HeartForm const& h = *heart;
    HeartFrame const& f = h.frame();
    LumenGraph& g = anatomy.lumens.vessels;
    int const mitral = g.add_node(f.mitral().middle_mm, "mitral-valve");
    int const aortic = g.add_node(f.aortic().middle_mm, "aortic-valve");
    int const tricuspid = g.add_node(f.tricuspid().middle_mm, "tricuspid-valve");
    int const pulmonary = g.add_node(f.pulmonary().middle_mm, "pulmonary-valve");
    int const superior = g.add_node(f.superior_cavoatrial_junction(), "superior-cavoatrial-junction");
    int const inferior = g.add_node(f.inferior_cavoatrial_junction(), "inferior-cavoatrial-junction");
    int const left_middle = g.add_node(f.beside({-15, 10, 12}), "left-atrium-middle");
    int const right_middle = g.add_node(f.beside({-46, -10, -6}), "right-atrium-middle");

    // The coronary sinus opens low on the septal side, where the cavity ends.
    Vec3 const toward_sinus = f.beside({-28, 1, -24}) - g.nodes_mm[std::size_t(right_middle)];
    double reach = 1;
    while (reach > 0.1 &&
           h.distance_mm(HeartPart::right_atrium, g.nodes_mm[std::size_t(right_middle)] + reach * toward_sinus) > -2)
        reach -= 0.01;
    int const sinus = g.add_node(g.nodes_mm[std::size_t(right_middle)] + reach * toward_sinus, "coronary-sinus-ostium");

    // The widest ball that fits, at every point of the way.
    auto const add = [&](char const* name, char const* label, int from, int to, std::vector<Vec3> through,
                         HeartPart cavity) {
        through.push_back(g.nodes_mm[std::size_t(to)]);
        std::vector<double> const any(through.size() + 1, 1.0);
        LumenEdge& edge =
            g.edges[std::size_t(g.add_edge(name, from, through, any, WallClass::chamber, label_of(label), to))];
        for (std::size_t i = 0; i < edge.points_mm.size(); ++i)
            edge.radii_mm[i] = std::max(4 * f.scale, -h.distance_mm(cavity, edge.points_mm[i]));
    };
    add("left-ventricle", "left_ventricle", mitral, aortic,
        {f.at({0, -1, 22}), f.at({2, 2, 48}), f.at({9, 8, 32}), f.at({17, 12, 8})}, HeartPart::left_ventricle);
    add("right-ventricle", "right_ventricle", tricuspid, pulmonary,
        {f.at({41, -10, 24}), f.at({46, 1, 34}), f.at({41, 17, 26}), f.at({31, 37, 14})}, HeartPart::right_ventricle);
    add("left-atrium", "left_atrium", left_middle, mitral, {}, HeartPart::left_atrium);
    auto const ostia = f.pulmonary_vein_ostia();
    char const* const sides[] = {"right-superior", "right-inferior", "left-superior", "left-inferior"};
    for (std::size_t i = 0; i < 4; ++i) {
        int const ostium = g.add_node(ostia[i], std::string{"pulmonary-vein-"} + sides[i]);
        add((std::string{"left-atrium-"} + sides[i]).c_str(), "left_atrium", ostium, left_middle, {},
            HeartPart::left_atrium);
    }
    add("right-atrium", "right_atrium", right_middle, tricuspid, {}, HeartPart::right_atrium);
    add("right-atrium-superior", "right_atrium", superior, right_middle, {f.beside({-46, -9, 8})},
        HeartPart::right_atrium);
    add("right-atrium-inferior", "right_atrium", inferior, right_middle, {f.beside({-45, 3, -24})},
        HeartPart::right_atrium);
    add("right-atrium-sinus", "right_atrium", sinus, right_middle, {}, HeartPart::right_atrium);

    // Aortic root, and out of its sinuses to the ostia.
    double const s = f.scale, sinus_height = 14 * s;
    int const sinuses = g.add_node(f.in_root(12 * s, 0, 0), "aortic-sinuses");
    int const junction = g.add_node(f.in_root(f.root_height_mm(), 0, 0), "sinotubular-junction");
    int const aorta = label_of("aorta");
    g.add_edge("aortic-root", aortic, {g.nodes_mm[std::size_t(sinuses)]}, {s * 11.5, s * 14.5},
               WallClass::elastic_artery, aorta, sinuses);
    g.add_edge("aortic-root-upper", sinuses, {g.nodes_mm[std::size_t(junction)]}, {s * 14.5, s * 14.4},
               WallClass::elastic_artery, aorta, junction);
    int const left = g.add_node(f.in_root(sinus_height, 118, 0.97), "left-coronary-ostium");
    std::string const origin = anatomy.plan.parameters.word("anomalous-origin", anomalous_origins, "none");
    int const right =
        g.add_node(f.in_root(sinus_height, origin == "rca-left-sinus" ? 84 : 4, 0.97), "right-coronary-ostium");
    g.add_edge("left-coronary-sinus", sinuses, {g.nodes_mm[std::size_t(left)]}, {s * 6, s * 2.25},
               WallClass::elastic_artery, aorta, left);
    g.add_edge("right-coronary-sinus", sinuses, {g.nodes_mm[std::size_t(right)]}, {s * 6, s * 1.95},
               WallClass::elastic_artery, aorta, right);
    if (origin == "lcx-right-sinus") {
        int const circumflex = g.add_node(f.in_root(13 * s, -14, 0.97), "circumflex-ostium");
        g.add_edge("circumflex-sinus", sinuses, {g.nodes_mm[std::size_t(circumflex)]}, {s * 6, s * 1.75},
                   WallClass::elastic_artery, aorta, circumflex);
    }
    for (char const* name : {"mitral-valve", "aortic-valve", "tricuspid-valve", "pulmonary-valve"})
        anatomy.lumens.landmarks[name] = g.nodes_mm[std::size_t(*g.find_node(name))];
    anatomy.lumens.landmarks["heart-apex"] = anatomy.plan.place("heart-apex");
    anatomy.lumens.landmarks["left-coronary-ostium"] = g.nodes_mm[std::size_t(left)];
    anatomy.lumens.landmarks["right-coronary-ostium"] = g.nodes_mm[std::size_t(right)];
}

} // namespace fluoro
