#include "../chest/chest_form.hpp"
#include "gut_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

constexpr double wall_density = 1.04, content_density = 1.04;  // ICRP 110
constexpr double male_wall_g = 150, female_wall_g = 140;       // ICRP 89
constexpr double male_content_g = 250, female_content_g = 230; // ICRP 89
constexpr double clear_of_diaphragm_mm = 4;
constexpr double meal_ml = 450; ///< what a barium meal with gas fills it to, typical

struct Station {
    double x, y, z, across, other; ///< [mm of the reference man]; half axes front-back and left-right
};
/// J-shaped, lying: fundus, body, incisura, antrum, up and back to the pylorus.
constexpr Station stations[] = {{54, -18, 146, 20, 21}, {59, -29, 126, 26, 28},  {61, -43, 102, 25, 28},
                                {57, -54, 78, 24, 25},  {43, -61, 56, 22, 21},   {22, -68, 47, 16, 18},
                                {3, -71, 50, 13, 16},   {-13, -68, 57, 10.5, 11}};

class StomachBuilder {
public:
    StomachBuilder(Anatomy& anatomy, GulletProfile const& gullet, GutPathology const& pathology)
        : anatomy_{anatomy}, gullet_{gullet}, pathology_{pathology}, n_{anatomy.plan.scale},
          is_female_{anatomy.plan.parameters.sex == Sex::female}
    {
        PatientParameters const& who = anatomy.plan.parameters;
        double const size = who.height_mm / (is_female_ ? 1630 : 1760);
        wall_mm3_ = (is_female_ ? female_wall_g : male_wall_g) * size / wall_density * 1000;
        double const usual = (is_female_ ? female_content_g : male_content_g) * size / content_density;
        content_mm3_ = 1000 * checked("stomach-content_ml", usual, 10, 1500);
        gas_mm3_ = 1000 * checked("stomach-gas_ml", 40, 0, 1000);
        seed_ = unsigned(who.seed) + 61;
    }

    void build()
    {
        fit_lumen();
        Shape const hollow = lumen(scale_);
        // The wall lies around the lumen without its folds; the folds are part of it.
        double const inside = volumes_mm3(hollow, {0}, 2)[0];
        double const wall = growth_for_volume(smooth(scale_), inside + wall_mm3_, 1, 9, 2.5);
        Organ outer{"stomach-wall",
                    label_of("stomach"),
                    Rank::wall,
                    {42, wall_density, 6, 3},
                    clipped(offset(smooth(scale_), wall), clear_of_diaphragm_mm)};
        anatomy_.organs.push_back(outer);
        Shape const room = clipped(hollow, clear_of_diaphragm_mm + std::min(4.0, wall));
        double const level = gas_level(room);
        Vec3 const up = gas_rises(anatomy_.plan.parameters);
        double const held = content_mm3_ + gas_mm3_;
        Organ inner{
            "stomach-lumen", label_of("gastric_lumen"), Rank::lumen, {30, content_density * content_mm3_ / held}, room};
        inner.hu = [up, level, seed = seed_](Vec3 const& p, double) {
            return glm::dot(up, p) > level ? -1000.0 : 28 + 22 * noise(p, 5, seed);
        };
        anatomy_.organs.push_back(inner);
        add_graph();
    }

private:
    double checked(char const* option, double usual, double least, double most) const
    {
        double const value = anatomy_.plan.parameters.number(option, usual);
        if (value < least || value > most)
            throw Error{std::string{option} + "=" + std::to_string(std::lround(value)) + " is outside " +
                        std::to_string(std::lround(least)) + " to " + std::to_string(std::lround(most)) + " mL"};
        return value;
    }

    Vec3 cardia() const { return gullet_.middle_mm.back(); }

    std::vector<SweepSection> sections(double scale) const
    {
        std::vector<SweepSection> all;
        double const slim = is_female_ ? 0.94 : 1;
        for (Station const& s : stations)
            all.push_back({{n_ * slim * s.x, n_ * slim * s.y, n_ * s.z}, scale * s.across, scale * s.other});
        all.push_back({anatomy_.plan.place("pylorus"), 3.2 * n_, 3.2 * n_});
        return all;
    }

    /// From the cardia into the stomach; after a sliding hernia, by the pouch above the hiatus.
    std::vector<SweepSection> entrance() const
    {
        Vec3 const into = sections(scale_)[1].at_mm;
        Vec3 const end = cardia();
        if (pathology_.hernia != GutPathology::Hernia::sliding)
            return {{end, 3 * n_, 2.2}, {glm::mix(end, into, 0.45), 6 * n_, 6 * n_}, {into, 12 * n_, 12 * n_}};
        Vec3 const hiatus = anatomy_.plan.place("hiatus"), below = anatomy_.plan.place("cardia");
        // As wide as two fifths of its height, off the spine.
        double const wide = std::clamp(0.42 * pathology_.hernia_mm, 7.0, 34.0), deep = 0.8 * wide;
        Vec3 const pouch = glm::mix(end, hiatus, 0.5) - Vec3{0, std::max(0.0, deep - 9 * n_), 0};
        return {{end, 3 * n_, 3 * n_},    {glm::mix(end, pouch, 0.6), 0.85 * wide, 0.85 * deep},
                {pouch, wide, deep},      {glm::mix(pouch, hiatus, 0.6), 0.9 * wide, 0.9 * deep},
                {hiatus, 9 * n_, 8 * n_}, {below, 10 * n_, 9 * n_},
                {into, 12 * n_, 12 * n_}};
    }

    Shape smooth(double scale) const
    {
        Vec3 const back{0, 1, 0}, left{1, 0, 0};
        std::vector<Shape> parts{Sweep{sections(scale), back, 4}.solid(), Sweep{entrance(), left, 3}.solid()};
        if (pathology_.hernia == GutPathology::Hernia::paraoesophageal) parts.push_back(beside_gullet());
        return unite(parts, 6 * n_);
    }

    std::vector<SweepSection> beside_sections() const
    {
        // The fundus goes up through the hiatus to the left of the gullet.
        Vec3 const hiatus = anatomy_.plan.place("hiatus") + n_ * Vec3{15, -1, 0};
        double const wide = std::clamp(0.4 * pathology_.hernia_mm, 7.0, 34.0), height = pathology_.hernia_mm;
        double const rest = std::max(2.0, height - 0.8 * wide);
        return {{sections(scale_)[0].at_mm, 12 * n_, 12 * n_},
                {hiatus, 9 * n_, 9 * n_},
                {hiatus + Vec3{0.3 * wide, -3, 0.5 * rest}, 0.9 * wide, 0.8 * wide},
                {hiatus + Vec3{0.35 * wide, -3, rest}, 0.9 * wide, 0.8 * wide}};
    }
    Shape beside_gullet() const { return Sweep{beside_sections(), {1, 0, 0}, 3}.solid(); }

    /// With its folds: long ridges in body and fundus, lower in the antrum.
    Shape lumen(double scale) const
    {
        Sweep const sweep{sections(scale), {0, 1, 0}, 4};
        double const whole = sweep.length_mm();
        Shape const folded = sweep.shaped(
            [whole, seed = seed_](Sweep::Spot const& s, Vec3 const& p) {
                double const d = s.cut_distance_mm();
                if (std::abs(d) > 6) return d * 0.85 + (d > 0 ? -0.5 : 0.5);
                double const angle = std::atan2(s.q.y, s.q.x);
                double const high = 2.4 * std::clamp(1.35 - 1.2 * s.along_mm / whole, 0.15, 1.0);
                double const ridge = 0.5 + 0.5 * std::cos(11 * angle + 1.6 * noise(p, 22, seed));
                return 0.8 * (d + 0.75 * high * ridge);
            },
            0);
        std::vector<Shape> parts{folded, Sweep{entrance(), {1, 0, 0}, 3}.cut_solid()};
        if (pathology_.hernia == GutPathology::Hernia::paraoesophageal) parts.push_back(beside_gullet());
        return unite(parts, 6 * n_);
    }

    /// Below the left dome, but where a hernia has gone through it.
    Shape clipped(Shape const& shape, double clear_mm) const
    {
        BodyPlan const& plan = anatomy_.plan;
        double const gate_x = plan.place("hiatus").x + 26 * n_;
        return {shape.bounds(), [shape, plan, clear_mm, gate_x](Vec3 const& p) {
                    double const d = shape.distance_mm(p);
                    if (p.x < gate_x) return d;
                    return std::max(d, 0.5 * (p.z - diaphragm_top(plan, p.x, p.y) + clear_mm));
                }};
    }

    /// Wide enough to hold what is in it.
    void fit_lumen()
    {
        double const wanted = content_mm3_ + gas_mm3_;
        for (int round = 0; round < 5; ++round) {
            double const now = volumes_mm3(clipped(lumen(scale_), clear_of_diaphragm_mm + 4), {0}, 3)[0];
            scale_ = std::clamp(scale_ * std::sqrt(wanted / now), 0.25 * n_, 2.2 * n_);
        }
    }

    double gas_level(Shape const& room) const
    {
        Vec3 const up = gas_rises(anatomy_.plan.parameters);
        constexpr double step = 2.5;
        std::vector<double> heights;
        Box const& box = room.bounds();
        for (double z = box.low.z; z < box.high.z; z += step)
            for (double y = box.low.y; y < box.high.y; y += step)
                for (double x = box.low.x; x < box.high.x; x += step)
                    if (room.distance_mm({x, y, z}) < 0) heights.push_back(glm::dot(up, Vec3{x, y, z}));
        std::ranges::sort(heights, std::greater<>{});
        auto const above = std::size_t(gas_mm3_ / (step * step * step));
        return above < heights.size() ? heights[above] : heights.back() - 1;
    }

    void add_graph()
    {
        LumenGraph& gut = anatomy_.lumens.gut;
        int const label = label_of("gastric_lumen");
        auto const all = sections(scale_);
        double const swell = std::sqrt(std::max(1.0, meal_ml * 1000 * n_ * n_ * n_ / (content_mm3_ + gas_mm3_)));
        auto const radius = [&](SweepSection const& s) { return swell * std::sqrt(s.side_mm * s.other_mm); };
        int const middle = gut.add_node(all[1].at_mm, "stomach-middle");
        auto const add = [&](char const* name, int from, std::vector<SweepSection> const& way, double start, int to) {
            std::vector<Vec3> through;
            std::vector<double> radii{start};
            for (SweepSection const& s : way) {
                through.push_back(s.at_mm);
                radii.push_back(radius(s));
            }
            return gut.edges[std::size_t(gut.add_edge(name, from, through, radii, WallClass::gut, label, to))].to;
        };
        auto way = entrance();
        way.erase(way.begin());
        bool const is_sliding = pathology_.hernia == GutPathology::Hernia::sliding;
        int from = *gut.find_node("cardia");
        double start = gullet_.filled_mm.back();
        if (is_sliding) {
            std::vector<SweepSection> const pouch{way.begin(), way.begin() + 4};
            from = add("stomach-hernia", from, pouch, start, -1);
            gut.node_names[std::size_t(from)] = "hiatus";
            start = gut.edges.back().radii_mm.back();
            way.erase(way.begin(), way.begin() + 4);
        }
        add("stomach-cardia", from, way, start, middle);
        add("stomach-fundus", middle, {all[0]}, radius(all[1]), -1);
        gut.node_names.back() = "fundus-top";
        if (pathology_.hernia == GutPathology::Hernia::paraoesophageal) {
            auto beside = beside_sections();
            beside.erase(beside.begin());
            add("stomach-hernia", int(gut.nodes_mm.size()) - 1, beside, radius(all[0]), -1);
        }
        int const angle = add("stomach-body", middle, {all[2], all[3], all[4], all[5]}, radius(all[1]), -1);
        gut.node_names[std::size_t(angle)] = "incisura";
        int const pylorus = gut.add_node(anatomy_.plan.place("pylorus"), "pylorus");
        add("stomach-antrum", angle, {all[6], all[7], all[8]}, radius(all[5]), pylorus);
        gut.edges.back().radii_mm.back() = std::min(gut.edges.back().radii_mm.back(), 6 * n_);
        anatomy_.lumens.landmarks["cardia"] = cardia();
        anatomy_.lumens.landmarks["pylorus"] = anatomy_.plan.place("pylorus");
        anatomy_.lumens.landmarks["stomach-incisura"] = all[5].at_mm;
        anatomy_.lumens.landmarks["stomach-fundus"] = all[0].at_mm;
    }

    Anatomy& anatomy_;
    GulletProfile const& gullet_;
    GutPathology const& pathology_;
    double n_;
    bool is_female_;
    double wall_mm3_ = 0, content_mm3_ = 0, gas_mm3_ = 0;
    double scale_ = 1;
    unsigned seed_ = 0;
};

} // namespace

void add_stomach(Anatomy& anatomy, GulletProfile const& gullet, GutPathology const& pathology)
{
    StomachBuilder{anatomy, gullet, pathology}.build();
}

} // namespace fluoro
