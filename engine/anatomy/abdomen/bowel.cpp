#include "abdomen_parts.hpp"

#include "../plan/reference_masses.hpp"
#include "../surface/body_form.hpp"
#include "../surface/volume_fit.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

constexpr Tissue wall_tissue{35, 1.04, 8, 3};
constexpr double stool_density = 0.95; ///< with its bubbles
constexpr Tissue gas_tissue{-1000, 0.0012};

/// A semilunar fold of the large bowel: a curved leaf across the way, thick at its root on one side of the wall, with a
/// free edge within.
struct Fold {
    Vec3 at{0}, along{0, 0, 1}, toward{1, 0, 0}; ///< middle of the way, its direction, that of the leaf's root
    double radius = 1, free = 0;                 ///< of the way; of the leaf's free edge from the middle [mm]
    double bend = 0;                             ///< of the leaf [1/mm]

    double distance_mm(Vec3 const& p) const
    {
        Vec3 const d = p - at;
        double const far = 1.5 * radius, out = glm::length(d) - far;
        if (out > 0) return out;
        double const in = glm::dot(d, toward) - free;
        // Two layers of mucous membrane.
        double const half_thick = std::clamp(1.1 + 0.09 * in, 0.8, 3.0);
        double const off = std::abs(glm::dot(d, along) + bend * glm::dot(d, d) / 2) - half_thick;
        return std::max({0.6 * off, -in, out});
    }
};

/// A hollow way: its centre line and outer radii, a point every 3 mm.
struct Way {
    std::vector<Vec3> points;
    std::vector<double> radii;

    Way part(double from, double to, double thinner_mm) const
    {
        auto const n = double(points.size() - 1);
        auto const first = std::size_t(from * n), last = std::max(first + 1, std::size_t(to * n));
        Way result;
        for (std::size_t i = first; i <= last; ++i) {
            result.points.push_back(points[i]);
            result.radii.push_back(std::max(1.0, radii[i] - thinner_mm));
        }
        return result;
    }
    Shape shape() const { return tube(points, radii); }
};

class BowelBuilder {
public:
    BowelBuilder(BodyPlan const& plan, AbdomenFrame const& frame, Shape const& cavity)
        : plan_{plan}, frame_{frame}, cavity_{cavity}
    {
        std::string const gas = plan.parameters.word("bowel-gas", {"little", "usual", "much"}, "usual");
        gas_ = gas == "little" ? 0.5 : gas == "much" ? 1.5 : 1;
        calibre_ = frame.scale();
    }

    Bowel build()
    {
        colon();
        small_bowel();
        Bowel bowel;
        bowel.outer = {small_outer_.front(), colon_outer_.front()};
        bowel.organs = small_;
        bowel.organs.insert(bowel.organs.end(), large_.begin(), large_.end());
        return bowel;
    }

private:
    double random(int index, int salt) const
    {
        return std::clamp(noise(Vec3{index * 5.31 + 0.5, salt * 3.77 + 0.5, 0.5}, 1, frame_.seed(40)), -2.0, 2.0);
    }

    double mass(std::string_view organ) const { return reference_mass_g(plan_.parameters, organ); }

    /// Wall and content of these masses around a way that is right but for its calibre.
    struct Fitted {
        Shape wall, content;
    };
    Fitted fitted(Shape const& way, Shape const& gas, double wall_g, double content_cm3,
                  std::function<bool(Vec3 const&)> const& counts) const
    {
        Shape const base = sampled(way, 3, 16);
        double const count_mm = 3.5;
        double const inner = offset_for_volume(base, content_cm3, count_mm,
                                               [&](Vec3 const& p) { return counts(p) && gas.distance_mm(p) > 0; });
        double const outer = offset_for_volume(base, wall_g / 1.04, count_mm, [&](Vec3 const& p) {
            return counts(p) && base.distance_mm(p) > inner && gas.distance_mm(p) > 0;
        });
        return {offset(base, outer), offset(base, inner)};
    }

    /// Gas on top of what a piece of bowel holds: the patient lies on the back, so it is in front of a level.
    Shape gas_in(Way const& way, double from, double to, double thinner_mm, double level) const
    {
        std::vector<Shape> pieces;
        constexpr double length = 8; // points of a piece
        auto const n = double(way.points.size() - 1);
        for (double at = from * n; at < to * n; at += length) {
            double const end = std::min(at + length + 1, to * n);
            if (end - at < 1) break;
            Shape const piece = way.part(at / n, end / n, thinner_mm).shape();
            auto const middle = std::size_t((at + end) / 2);
            double const y = way.points[middle].y + level * way.radii[middle];
            Box box = piece.bounds();
            box.high.y = std::min(box.high.y, y);
            if (is_empty(box)) continue;
            box.high.y = std::min(piece.bounds().high.y, y + 8);
            // What lies below is lumpy, and some of it sticks to the walls.
            pieces.push_back({box, [piece, y, seed = frame_.seed(44)](Vec3 const& p) {
                                  double const wall = piece.distance_mm(p);
                                  double const lump = 0.7 * (p.y - y + 3.5 * std::clamp(noise(p, 13, seed), -2.0, 2.0));
                                  if (std::max(wall, lump) > 4) return std::max(wall, lump);
                                  double const stuck = 0.9 + 1.1 * std::clamp(noise(p, 6, seed + 1), -1.0, 2.0);
                                  return std::max(0.75 * (wall + std::max(0.0, stuck)), lump);
                              }});
        }
        return unite(pieces, 1.5);
    }

    /// Folds spring from half of the wall or so, each from another side than the last.
    Fold fold_at(Way const& way, std::size_t i, int index) const
    {
        Vec3 const along =
            glm::normalize(way.points[i + 1] - way.points[i - 1] +
                           Vec3{0.3 * random(index, 12), 0.3 * random(index, 13), 0.3 * random(index, 14)});
        Vec3 const side = glm::normalize(glm::cross(along, std::abs(along.z) < 0.8 ? Vec3{0, 0, 1} : Vec3{1, 0, 0}));
        double const turn = 2.1 * index + 0.5 * random(index, 15);
        Vec3 const toward = std::cos(turn) * side + std::sin(turn) * glm::cross(along, side);
        return {way.points[i],
                along,
                toward,
                way.radii[i],
                way.radii[i] * (0.05 + 0.2 * random(index, 16)),
                0.028 * (index % 2 ? 1 : -1) + 0.012 * random(index, 17)};
    }

    /// The gas that the folds leave.
    static Shape between(Shape const& gas, std::vector<Fold> const& folds)
    {
        return {gas.bounds(), [gas, folds](Vec3 const& p) {
                    double distance = gas.distance_mm(p);
                    for (Fold const& fold : folds) distance = std::max(distance, -fold.distance_mm(p));
                    return distance;
                }};
    }

    /// Coils in two layers behind the wall of the belly, from the duodenojejunal flexure to the caecum.
    void small_bowel()
    {
        std::vector<Vec3> through{plan_.place("duodenojejunal-flexure")};
        constexpr int rows = 9;
        for (int layer = 0; layer < 2; ++layer)
            for (int row = 0; row < rows; ++row) {
                int const index = layer * rows + row;
                double const z = layer == 0 ? 24 - 19.0 * row : -128 + 17.0 * row;
                // The region narrows into the pelvis.
                double const half = std::lerp(70.0, 40.0, std::clamp((-40 - z) / 90, 0.0, 1.0));
                double const depth = layer == 0 ? -34 : -66;
                double const lower = std::clamp((-90 - z) / 50, 0.0, 1.0); // backwards into the small pelvis
                bool const leftwards = row % 2 == 0;
                for (int step = 0; step < 5; ++step) {
                    double const t = leftwards ? 1 - step / 2.0 : -1 + step / 2.0;
                    int const key = index * 5 + step;
                    through.push_back(frame_.at(6 + half * t + 5 * random(key, 1),
                                                depth + 22 * lower + 9 * random(key, 2), z + 6 * random(key, 3)));
                }
            }
        through.push_back(frame_.at(-40, -50, -70));
        through.push_back(frame_.at(-62, -44, -82));
        std::vector<double> radii;
        for (std::size_t i = 0; i < through.size(); ++i) {
            double const along = double(i) / double(through.size() - 1);
            radii.push_back(calibre_ * (std::lerp(12.0, 10.0, along) + 0.8 * random(int(i), 4)));
        }
        Way way;
        way.points = curve(through, 3, radii, way.radii);
        // Little gas in an adult: some bubbles in the loops in front.
        std::vector<Shape> bubbles;
        auto const pockets = int(9 * gas_);
        for (int i = 0; i < pockets; ++i) {
            double const from = std::clamp(0.06 + 0.9 * (i + 0.4 + 0.3 * random(i, 5)) / pockets, 0.01, 0.95);
            bubbles.push_back(gas_in(way, from, from + 0.006 + 0.006 * std::abs(random(i, 6)), 3, 0.1));
        }
        Shape const gas = unite(bubbles);
        Shape const& colon = colon_outer_.front();
        Fitted const gut = fitted(roughened(way.shape(), 0.8, 7, frame_.seed(41)), gas, mass("small-bowel-wall"),
                                  mass("small-bowel-content") / 1.04, [&](Vec3 const& p) {
                                      return colon.distance_mm(p) > 0 && cavity_.distance_mm(p) < -0.5;
                                  });
        Shape const room = offset(cavity_, -0.5);
        small_outer_.push_back(intersect(gut.wall, room));
        small_.push_back({"small-bowel", label_of("small_bowel"), Rank::organ, wall_tissue, small_outer_.front()});
        small_.push_back({"small-bowel-content",
                          label_of("bowel_content"),
                          Rank::organ,
                          {22, 1.04, 16, 5},
                          intersect(gut.content, room)});
        small_.push_back({"small-bowel-gas", label_of("bowel_gas"), Rank::organ, gas_tissue, gas});
    }

    /// The frame of the large bowel, with haustra between semilunar folds.
    void colon()
    {
        struct Row {
            double x, y, z, radius;
        };
        constexpr Row rows[] = {
            {-66, -52, -112, 17}, {-76, -46, -92, 25},  {-88, -30, -62, 25}, {-97, -10, -28, 23}, {-98, 2, -4, 22},
            {-90, -18, 16, 21},   {-72, -56, 10, 19},   {-46, -76, -8, 19},  {-8, -84, -20, 18},  {32, -82, -8, 18},
            {66, -66, 28, 18},    {92, -34, 72, 18},    {104, -14, 86, 20},  {113, 14, 62, 15},   {110, 28, 36, 13},
            {107, 24, 0, 12.5},   {102, 14, -36, 12},   {90, -10, -74, 12},  {74, -36, -100, 12}, {44, -50, -112, 14},
            {10, -44, -104, 15},  {-22, -22, -112, 15}, {-30, 10, -128, 14}, {-8, 40, -134, 13},  {4, 56, -152, 16},
            {-3, 62, -178, 19},   {0, 52, -206, 17},    {0, 58, -226, 10},   {0, 68, -240, 6},
        };
        std::vector<Vec3> through;
        std::vector<double> radii;
        int index = 100;
        for (Row const& r : rows) {
            double const loose = r.z > -140 ? 1 : 0.2;
            through.push_back(frame_.at(r.x + 3 * loose * random(index, 1), r.y + 3 * loose * random(index, 2),
                                        r.z + 4 * loose * random(index, 3)));
            radii.push_back(calibre_ * r.radius * (1 + 0.05 * random(index, 4)));
            ++index;
        }
        Way way;
        way.points = curve(through, 2.5, radii, way.radii);
        // Haustra of 20 to 40 mm between semilunar folds, none in the rectum.
        auto const n = double(way.points.size() - 1);
        double phase = 0;
        std::vector<Fold> folds;
        for (std::size_t i = 0; i < way.radii.size(); ++i) {
            double const along = double(i) / n, before = phase;
            phase += 2.5 / (23 + 6 * random(int(i) / 9, 7));
            double const fold = std::sqrt(std::abs(std::sin(std::numbers::pi * phase)));
            double const strength = along < 0.62 ? 0.22 : along < 0.86 ? 0.15 : 0;
            if (strength > 0 && std::floor(phase) > std::floor(before) && i > 0 && i + 1 < way.points.size())
                folds.push_back(fold_at(way, i, int(phase)));
            way.radii[i] *= (1 + 0.06 * random(int(phase), 11)) * (1 + 0.3 * strength - strength * (1 - fold));
        }
        double const thick = 3.0 * calibre_;
        // Where gas stands in a lying person: the front of the caecum, the transverse colon, the sigmoid; the flexures.
        struct Pocket {
            double from, to, level;
        };
        constexpr Pocket pockets[] = {{0.03, 0.10, -0.25}, {0.19, 0.24, 0.1},  {0.27, 0.40, 0.35}, {0.43, 0.47, 0.1},
                                      {0.495, 0.535, 0.3}, {0.70, 0.735, 0.5}, {0.76, 0.82, 0.45}, {0.90, 0.94, -0.1}};
        std::vector<Shape> gases;
        int key = 200;
        for (Pocket const& p : pockets) {
            ++key;
            double const middle = (p.from + p.to) / 2 + 0.008 * random(key, 8);
            double const half = (p.to - p.from) / 2 * gas_ * (1 + 0.25 * random(key, 9));
            gases.push_back(gas_in(way, std::max(0.01, middle - half), std::min(0.97, middle + half), thick,
                                   p.level + 0.12 * random(key, 10) + 0.25 * (gas_ - 1)));
        }
        Shape const gas = between(unite(gases), folds);
        Fitted const gut = fitted(roughened(way.shape(), 2.0, 17, frame_.seed(42)), gas, mass("colon-wall"),
                                  mass("colon-content") / stool_density, [](Vec3 const&) { return true; });
        colon_outer_.push_back(gut.wall);
        Organ content{"colon-content", label_of("colon_content"), Rank::organ, {-60, stool_density}, gut.content};
        content.hu = [seed = frame_.seed(43)](Vec3 const& p, double) {
            // Stool: mash with small bubbles of gas.
            double const bubbles = noise(p, 6, seed) + 0.6 * noise(p, 2.8, seed + 1);
            return 45 + 14 * noise(p, 7, seed + 2) - 520 * std::clamp((bubbles - 0.85) / 0.7, 0.0, 1.0);
        };
        large_.push_back({"colon", label_of("colon"), Rank::organ, wall_tissue, gut.wall});
        large_.push_back(content);
        large_.push_back({"colon-gas", label_of("bowel_gas"), Rank::organ, gas_tissue, gas});
    }

    BodyPlan const& plan_;
    AbdomenFrame frame_;
    Shape cavity_;
    double gas_ = 1, calibre_ = 1;
    std::vector<Organ> small_, large_;
    std::vector<Shape> small_outer_, colon_outer_; ///< one each, once built
};

} // namespace

Bowel bowel_of(BodyPlan const& plan, AbdomenFrame const& frame, Shape const& cavity)
{
    return BowelBuilder{plan, frame, cavity}.build();
}

} // namespace fluoro
