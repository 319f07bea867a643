#include "gut_form.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double density = 1.03;                       // ICRP 110
constexpr double male_mass_g = 40, female_mass_g = 35; // ICRP 89
constexpr double arm_mm = 1.1, arm_reach_mm = 1.5;     ///< the star's shorter arms

Vec3 before_spine(BodyPlan const& plan, Level level, double left_mm, double ahead_mm, double up_mm = 0)
{
    VertebraPlan const& v = plan.vertebra(level);
    return v.frame.at(0, -v.endplate_depth_mm / 2, 0) + plan.scale * Vec3{left_mm, -ahead_mm, up_mm};
}

constexpr Level t(int n)
{
    return Level(int(Level::t1) + n - 1);
}

/// The lumen at rest: flat from side to side, with a fold to the front and back; once open, an ellipse.
double star(Sweep::Spot const& spot)
{
    double const flat = spot.cut_distance_mm();
    if (spot.radii.y > 3) return flat;
    Sweep::Spot arm = spot;
    arm.radii = {arm_mm, spot.radii.y + arm_reach_mm};
    return std::min(flat, arm.cut_distance_mm());
}

/// Area of the star [mm2].
double star_area(double side, double other)
{
    double area = 0;
    constexpr double h = 0.1;
    for (double x = h / 2; x < side + 1; x += h)
        for (double y = h / 2; y < other + 2; y += h) {
            Sweep::Spot const spot{0, {x, y}, {side, other}, 0, 0, 1e9};
            if (star(spot) < 0) area += 4 * h * h;
        }
    return area;
}

} // namespace

GulletProfile gullet_profile(BodyPlan const& plan, GutPathology::Hernia hernia, double hernia_mm, bool has_pouch)
{
    double const n = plan.scale;
    double const aside = has_pouch ? -7 : 0; // a pouch pushes the gullet to the right
    struct Station {
        Vec3 at;
        double filled; ///< [mm of the reference man]
    };
    // Left at the neck, pushed to the right by the arch, before the left atrium, left and forward to the hiatus.
    // Typical; narrow at the sphincters, arch, left main bronchus and hiatus.
    std::vector<Station> stations{
        {plan.place("upper-sphincter"), 4},
        {before_spine(plan, Level::c7, 2.5 + aside, 8, 4), 8},
        {before_spine(plan, Level::t1, 5 + aside, 8.2), 8.5},
        {before_spine(plan, t(2), 5, 8.6), 9},
        {before_spine(plan, t(3), 3, 9), 9.5},
        {before_spine(plan, t(4), -2, 9), 7.2},
        {before_spine(plan, t(5), 0, 8.4, 10), 9},
        {before_spine(plan, t(5), 1.5, 8, -4), 7.4},
        {before_spine(plan, t(6), 1.5, 8.2, 2), 9.5},
        {before_spine(plan, t(7), 0, 8.5), 8},
        {before_spine(plan, t(8), 1.5, 12.5), 9},
        {before_spine(plan, t(9), 7, 22), 11},
        {before_spine(plan, t(10), 13.5, 28.5, 12), 12.5},
        {plan.place("hiatus"), 7},
        {glm::mix(plan.place("hiatus"), plan.place("cardia"), 0.5), 8},
        {plan.place("cardia"), 6.5},
    };
    std::vector<Vec3> through;
    std::vector<double> filled;
    for (Station const& s : stations) {
        through.push_back(s.at);
        filled.push_back(n * s.filled);
    }
    std::vector<double> radii;
    std::vector<Vec3> const way = curve(through, 0.25, filled, radii);
    // Millimetre by millimetre.
    GulletProfile p;
    double along = 0, next = 0;
    for (std::size_t i = 0; i < way.size(); ++i) {
        if (i > 0) along += glm::length(way[i] - way[i - 1]);
        if (way[i].z >= before_spine(plan, t(1), 0, 0, -8).z) p.inlet_mm = along;
        if (glm::length(way[i] - plan.place("hiatus")) < 0.3) p.hiatus_mm = along;
        if (along + 1e-9 < next) continue;
        p.middle_mm.push_back(way[i]);
        p.filled_mm.push_back(radii[i]);
        next += 1;
    }
    p.middle_mm.back() = way.back();
    if (hernia == GutPathology::Hernia::sliding) {
        // The cardia rides up; the gullet is shorter by as much and what was below is stomach.
        auto const keep = std::size_t(std::max(40.0, p.hiatus_mm - hernia_mm)) + 1;
        p.middle_mm.resize(keep);
        p.filled_mm.resize(keep);
        for (std::size_t i = 0; i < keep; ++i) {
            double const from_end = double(keep - 1 - i);
            p.filled_mm[i] = std::min(p.filled_mm[i], n * (7.5 + 0.25 * from_end));
        }
        p.hiatus_mm = double(keep - 1);
    }
    std::size_t const count = p.middle_mm.size();
    double const side = 5.4 * n, other = 1.0;
    p.open_side_mm.assign(count, side);
    p.open_other_mm.assign(count, other);
    // A round channel at the two sphincters.
    for (std::size_t i = 0; i < count; ++i) {
        double const from_end = double(std::min(i, count - 1 - i));
        double const shut = std::clamp(from_end / 15, 0.0, 1.0);
        p.open_side_mm[i] = std::lerp(3.2 * n, side, shut);
        p.open_other_mm[i] = std::lerp(1.3, other, shut);
    }
    // The wall has the mass that the whole gullet should have.
    bool const is_female = plan.parameters.sex == Sex::female;
    double const mass =
        (is_female ? female_mass_g : male_mass_g) * plan.parameters.height_mm / (is_female ? 1630 : 1760);
    double const healthy_mm =
        hernia == GutPathology::Hernia::sliding ? double(count) * along / (double(count) + hernia_mm) : double(count);
    double const area = mass / density * 1000 / along * healthy_mm / double(count);
    double const lumen = star_area(side, other);
    double wall = 1;
    while (std::numbers::pi * (side + wall) * (other + wall) - lumen < area) wall += 0.01;
    p.wall_mm.assign(count, wall);
    return p;
}

Vec3 gas_rises(PatientParameters const& parameters)
{
    return parameters.word("posture", {"supine", "upright"}, "supine") == "upright" ? Vec3{0, 0, 1} : Vec3{0, -1, 0};
}

void add_oesophagus(Anatomy& anatomy, GulletProfile const& p, GutPathology const& pathology)
{
    std::vector<SweepSection> outer, inner;
    auto const last = p.middle_mm.size() - 1;
    for (std::size_t i = 0; i <= last; i = i == last ? last + 1 : std::min(i + 3, last)) {
        inner.push_back({p.middle_mm[i], p.open_side_mm[i], p.open_other_mm[i]});
        outer.push_back({p.middle_mm[i], p.open_side_mm[i] + p.wall_mm[i], p.open_other_mm[i] + p.wall_mm[i]});
    }
    Vec3 const left{1, 0, 0};
    anatomy.organs.push_back(
        {"oesophagus-wall", label_of("esophagus"), Rank::wall, {40, density, 5, 3}, Sweep{outer, left, 3}.solid()});
    Organ lumen{"oesophagus-lumen",
                label_of("oesophageal_lumen"),
                Rank::lumen,
                {18, 1.0},
                Sweep{inner, left, 3}.shaped([](Sweep::Spot const& s, Vec3 const&) { return star(s); }, arm_reach_mm)};
    if (pathology.achalasia_mm > 0) {
        // Food stands in it up to a level with air above.
        Vec3 const up = gas_rises(anatomy.plan.parameters);
        double const level = up.z > 0 ? p.middle_mm[std::size_t(0.3 * p.length_mm())].z
                                      : -p.middle_mm[last / 2].y + 0.3 * p.open_other_mm[last / 2];
        lumen.hu = [up, level](Vec3 const& at, double) {
            return glm::dot(up, at) > level ? -1000.0 : 35 + 55 * noise(at, 4, 31);
        };
    } else {
        // Little pockets of swallowed air, as often seen.
        auto const seed = unsigned(anatomy.plan.parameters.seed) + 32;
        lumen.hu = [seed](Vec3 const& at, double) {
            double const air =
                std::clamp(0.9 * (noise({0, 0, at.z}, 16, seed) - 0.5 + 0.2 * noise(at, 3, seed)), 0.0, 1.0);
            return std::lerp(18.0, -900.0, air);
        };
    }
    anatomy.organs.push_back(lumen);

    LumenGraph& gut = anatomy.lumens.gut;
    struct Cut {
        double at_mm;
        char const* edge;
        char const* node;
    };
    bool const ends_above = pathology.hernia == GutPathology::Hernia::sliding;
    std::vector<Cut> cuts{{p.inlet_mm, "oesophagus-cervical", "thoracic-inlet"}};
    if (ends_above)
        cuts.push_back({p.length_mm(), "oesophagus-thoracic", "cardia"});
    else {
        cuts.push_back({p.hiatus_mm, "oesophagus-thoracic", "hiatus"});
        cuts.push_back({p.length_mm(), "oesophagus-abdominal", "cardia"});
    }
    int from = *gut.find_node("upper-sphincter");
    std::size_t start = 0;
    auto const add_piece = [&](std::string const& name, std::size_t to, std::string const& node) {
        std::vector<Vec3> through;
        std::vector<double> radii{p.filled_mm[start]};
        for (std::size_t i = start + 1; i <= to; ++i) {
            through.push_back(p.middle_mm[i]);
            radii.push_back(p.filled_mm[i]);
        }
        int const edge = gut.add_edge(name, from, through, radii, WallClass::gut, label_of("oesophageal_lumen"));
        from = gut.edges[std::size_t(edge)].to;
        gut.node_names[std::size_t(from)] = node;
        start = to;
    };
    for (Cut const& cut : cuts) {
        auto const to = std::min(last, std::size_t(std::lround(cut.at_mm)));
        std::string name = cut.edge;
        if (pathology.leak_mm) {
            auto const leak = std::size_t(std::lround(*pathology.leak_mm));
            if (leak > start && leak < to) {
                add_piece(name, leak, "leak");
                name += "-below-leak";
            }
        }
        add_piece(name, to, cut.node);
    }
    auto& marks = anatomy.lumens.landmarks;
    marks["lower-sphincter"] = p.middle_mm[last];
    marks["oesophageal-hiatus"] = anatomy.plan.place("hiatus");
    auto const narrowest = [&](double from_z, double to_z) {
        std::size_t best = 0;
        for (std::size_t i = 0; i <= last; ++i)
            if (p.middle_mm[i].z < from_z && p.middle_mm[i].z > to_z &&
                (best == 0 || p.filled_mm[i] < p.filled_mm[best]))
                best = i;
        return p.middle_mm[best];
    };
    BodyPlan const& plan = anatomy.plan;
    auto const z = [&](int n) { return plan.vertebra(t(n)).frame.origin_mm.z; };
    marks["arch-impression"] = narrowest(z(4) + 10, z(4) - 10);
    marks["bronchus-impression"] = narrowest(z(5) + 4, z(5) - 12);
    marks["atrium-impression"] = narrowest(z(7) + 10, z(7) - 10);
}

} // namespace fluoro
