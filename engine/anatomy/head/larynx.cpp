#include "../gut/sweep.hpp"
#include "head_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {

namespace {

constexpr Vec3 left{1, 0, 0}, back{0, 1, 0}, up{0, 0, 1};

/// The larger of both, the edge rounded.
double most(double a, double b, double blend_mm)
{
    double const h = std::max(blend_mm - std::abs(a - b), 0.0) / blend_mm;
    return std::max(a, b) + h * h * h * blend_mm / 6;
}

/// Rows of share and value, smooth between them.
double eased(std::span<Vec2 const> rows, double share)
{
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (share <= rows[i].x || i + 1 == rows.size()) {
            double const t = std::clamp((share - rows[i - 1].x) / (rows[i].x - rows[i - 1].x), 0.0, 1.0);
            return std::lerp(rows[i - 1].y, rows[i].y, t * t * (3 - 2 * t));
        }
    return rows.front().y;
}

/// One half of the thyroid cartilage's laminae from above, from the prominence to the rear border.
class LaminaCourse {
public:
    /// `front` and `rear` on the left, seen from above; between them it bulges outward by `bulge_mm`.
    LaminaCourse(Vec2 front, Vec2 rear, double bulge_mm)
    {
        Vec2 const along = rear - front, out = glm::normalize(Vec2{along.y, -along.x});
        for (std::size_t i = 0; i < points_.size(); ++i) {
            double const t = double(i) / double(points_.size() - 1);
            points_[i] = front + t * along + 4 * t * (1 - t) * bulge_mm * out;
        }
    }
    struct Spot {
        double away_mm, share; ///< from the middle of the lamina; 0 in front, 1 behind
    };
    Spot nearest(Vec2 const& p) const
    {
        Spot best{1e9, 0};
        for (std::size_t i = 0; i + 1 < points_.size(); ++i) {
            Vec2 const way = points_[i + 1] - points_[i];
            double const t = std::clamp(glm::dot(p - points_[i], way) / glm::dot(way, way), 0.0, 1.0);
            double const away = glm::length(p - points_[i] - t * way);
            if (away < best.away_mm) best = {away, (double(i) + t) / double(points_.size() - 1)};
        }
        return best;
    }

private:
    std::array<Vec2, 7> points_;
};

class LarynxBuilder {
public:
    LarynxBuilder(Anatomy& anatomy, NeckForm const& neck) : anatomy_{anatomy}, neck_{neck}, n_{neck.scale} {}

    void build()
    {
        add_thyroid_cartilage();
        add_cricoid_and_arytenoids();
        add_hyoid();
        add_thyroid_gland();
    }

private:
    Vec3 at(double level, double x, double ahead) const { return neck_.at(level, x, ahead); }

    /// Cartilage of a grown man or woman: grey, with bone in it that grows with age. `early` says where bone comes
    /// first, 0 to 1: cortex around marrow, while the rest stays cartilage with islands (Keen and Wainwright 1958).
    void cartilage(char const* name, char const* label, Shape const& shape, unsigned seed,
                   std::function<double(Vec3 const&)> const& early)
    {
        double const ossified = std::clamp((anatomy_.plan.parameters.age_y - 20) / 60, 0.0, 1.0);
        Organ organ{name, label_of(label), Rank::bone, {130, 1.1}, shape};
        organ.hu = [ossified, seed, early](Vec3 const& p, double depth) {
            double const bony = 0.8 * noise(p, 7, seed) + 1.8 * ossified - 0.9 + 1.6 * early(p);
            double const rim = depth < 1.3 ? 1000 : 220;
            return 110 + std::clamp(bony, 0.0, 1.0) * rim;
        };
        anatomy_.organs.push_back(organ);
        cartilages_.push_back(shape);
    }

    void add_thyroid_cartilage()
    {
        double const upper = at(4.15, 0, 0).z, lower = at(5.6, 0, 0).z, high = upper - lower;
        Vec3 const front = at(4.9, 0, 44), rear = at(4.9, 21, 13);
        LaminaCourse const course{{0, front.y}, {rear.x, rear.y}, 1.5 * n_};
        // Edges from front to rear, in shares of the height: above the notch, the arch to the upper horn; below the
        // tubercle and the hollow before the lower horn.
        static constexpr std::array<Vec2, 5> top{{{0, 0.6}, {0.3, 0.98}, {0.5, 1}, {0.82, 0.9}, {1, 1}}};
        static constexpr std::array<Vec2, 5> bottom{{{0, 0.04}, {0.28, 0.09}, {0.6, -0.05}, {0.85, 0.05}, {1, -0.02}}};
        Vec3 const reach{rear.x + 4 * n_, 0, 0};
        Box const box{{-reach.x, front.y - 8 * n_, lower - 4 * n_}, {reach.x, rear.y + 6 * n_, upper + 3 * n_}};
        Shape const laminae{box, [=, n = n_](Vec3 const& p) {
                                // Leaning a little forward at the top.
                                double const lean = 0.12 * (p.z - (upper + lower) / 2);
                                auto const [away, share] = course.nearest({std::abs(p.x), p.y + lean});
                                double const thick = n * std::lerp(1.5, 1.9, share);
                                double const ends = std::max(p.z - lower - high * eased(top, share),
                                                             lower + high * eased(bottom, share) - p.z);
                                return 0.6 * most(away - thick, 0.75 * ends, 1.5 * n);
                            }};
        std::vector<Shape> parts{laminae};
        for (double side : {-1.0, 1.0}) {
            std::vector<Vec3> const upper_horn{at(4.6, side * 20.8, 12.5), at(4.1, side * 20.6, 11.5),
                                               at(3.7, side * 19.8, 10.5), at(3.35, side * 18.6, 11)};
            std::vector<Vec3> const lower_horn{at(5.3, side * 20.5, 13.5), at(5.65, side * 18.8, 12.8),
                                               at(6.0, side * 15.2, 14)};
            parts.push_back(tube(upper_horn, std::vector<double>{2.0 * n_, 1.8 * n_, 1.5 * n_, 1.4 * n_}));
            parts.push_back(tube(lower_horn, std::vector<double>{2.0 * n_, 1.8 * n_, 1.6 * n_}));
        }
        // Bone starts at the lower horns and goes along the lower and the rear borders.
        double const rear_y = at(4.9, 0, 13).y;
        cartilage("thyroid-cartilage", "larynx", unite(parts, 2 * n_), 91, [=, n = n_](Vec3 const& p) {
            double const fore = std::max(rear_y - p.y, 0.0) / (5 * n);
            double const over = std::max(p.z - lower, 0.0) / (4 * n);
            return std::max(std::exp(-fore * fore), std::exp(-over * over));
        });
    }

    void add_cricoid_and_arytenoids()
    {
        Vec3 const centre = at(6.0, 0, 22.5);
        double const low = at(6.25, 0, 0).z, high_back = at(5.05, 0, 0).z, high_front = at(5.85, 0, 0).z;
        double const depth = 11.8 * n_;
        double const wide = 11.4 * n_;
        Box const box{{centre.x - 15 * n_, centre.y - 14 * n_, low - 3},
                      {centre.x + 15 * n_, centre.y + 14 * n_, high_back + 2}};
        // A signet: the plate behind is high and thick, the arch in front low and thin.
        Shape const signet{box, [=, n = n_](Vec3 const& p) {
                               double const x = (p.x - centre.x) / wide, y = (p.y - centre.y) / (depth - 2 * n),
                                            k = std::hypot(x, y);
                               double const share = std::clamp((p.y - centre.y) / depth * 0.5 + 0.5, 0.0, 1.0);
                               double const ring = (k - 1) * 0.9 * std::min(wide, depth - 2 * n);
                               double const top = std::lerp(high_front, high_back, share * share * (1.6 - 0.6 * share));
                               double const bottom = low + n * (1.2 * std::sin(6.28 * share) - 0.8 * share);
                               double const ends = std::max(0.55 * (p.z - top), 0.8 * (bottom - p.z));
                               return 0.9 * most(std::abs(ring) - n * std::lerp(1.5, 2.3, share), ends, 2 * n);
                           }};
        // Of the cricoid the plate's upper border turns to bone first, then the plate.
        cartilage("cricoid", "larynx", signet, 92, [=](Vec3 const& p) {
            double const behind = std::clamp((p.y - centre.y) / depth, 0.0, 1.0);
            return behind * std::clamp(0.5 + 0.5 * (p.z - low) / (high_back - low), 0.0, 1.0);
        });
        for (double side : {-1.0, 1.0})
            cartilage(side > 0 ? "arytenoid-left" : "arytenoid-right", "larynx",
                      rounded_cone(at(5.0, side * 6, 13.5), 2.8 * n_, at(4.35, side * 4, 12.5), 1.1 * n_),
                      side > 0 ? 93 : 94, [](Vec3 const&) { return 0.2; });
    }

    void add_hyoid()
    {
        Vec3 const body = anatomy_.plan.place("hyoid");
        // A plate in front, thin horns behind that end in knobs beside the throat.
        struct Row {
            double left, back, up, half_height, half_thick;
        };
        static constexpr std::array<Row, 9> rows{{{0, 0, 0, 5.0, 3.1},
                                                  {5, 0.7, 0.1, 5.1, 3.0},
                                                  {9.5, 3, 0.5, 4.4, 2.6},
                                                  {12.5, 6.5, 1, 2.9, 2.1},
                                                  {15, 11.5, 2, 2.3, 1.7},
                                                  {17.3, 17, 3.4, 2.1, 1.5},
                                                  {19.3, 22.5, 5, 1.9, 1.5},
                                                  {20.6, 27.5, 6.8, 1.9, 1.6},
                                                  {21, 31, 8, 2.2, 2.0}}};
        std::vector<Vec3> way, across;
        std::vector<double> wide, thin;
        double const horn = (body.y - neck_.fronts[2].y) / (47 * n_);
        for (int i = -8; i <= 8; ++i) {
            Row const& row = rows[std::size_t(std::abs(i))];
            way.push_back(body + n_ * Vec3{i < 0 ? -row.left : row.left, -horn * row.back, row.up});
            across.push_back(up);
            wide.push_back(n_ * row.half_height);
            thin.push_back(n_ * row.half_thick);
        }
        Organ hyoid{"hyoid", label_of("hyoid"), Rank::bone, {350, 1.4}, strap(way, across, wide, thin)};
        hyoid.hu = bone_hu(anatomy_.plan, {1.2, 1500, 330, 60}, 95);
        anatomy_.organs.push_back(hyoid);
    }

    void add_thyroid_gland()
    {
        bool const is_female = anatomy_.plan.parameters.sex == Sex::female;
        std::vector<Shape> parts;
        for (double side : {-1.0, 1.0}) {
            std::vector<Vec3> const way{at(5.6, side * 24, 13), at(6.25, side * 20.5, 16), at(7.1, side * 16.5, 18),
                                        at(7.6, side * 13.5, 19)};
            std::vector<SweepSection> sections;
            double const wide[] = {3.5, 7.5, 7.5, 4}, deep[] = {4, 8.5, 9, 5};
            for (std::size_t i = 0; i < way.size(); ++i) sections.push_back({way[i], n_ * wide[i], n_ * deep[i]});
            parts.push_back(Sweep{sections, left, 3}.solid());
        }
        parts.push_back(ellipsoid({at(7.05, 0, 35), left, back, up}, n_ * Vec3{14, 3.4, 8}));
        std::vector<Vec3> const windpipe{at(5.6, 0, 23), at(6.4, 0, 23), at(7.2, 0, 24), at(8, 0, 25)};
        std::vector<Shape> beside = cartilages_;
        beside.push_back(tube(windpipe, std::vector<double>(4, 11.8 * n_)));
        // The gullet passes behind the left lobe.
        beside.push_back(Sweep{
            {{at(6.3, 0, 7.5), 9 * n_, 6 * n_}, {at(7, 2.5, 8), 10.5 * n_, 6 * n_}, {at(8, 5, 8.2), 10.5 * n_, 6 * n_}},
            left,
            3}
                             .solid(0.8));
        Shape const larynx = unite(beside);
        Shape const lobes = unite(parts, 4 * n_);
        // ICRP 89: 20 and 17 g.
        double const volume = (is_female ? 17 : 20) / 1.04 * 1000;
        // What the larynx takes away grows with the lobes: the second round makes up for it.
        double grow = growth_for_volume(lobes, volume, -4, 4, 1.5);
        for (int round = 0; round < 4; ++round) {
            double const have = volumes_mm3(without(offset(lobes, grow), larynx, 1), {0}, 1.5)[0];
            grow = growth_for_volume(lobes, volumes_mm3(lobes, {grow}, 1.5)[0] + volume - have, -4, 6, 1.5);
        }
        anatomy_.organs.push_back({"thyroid-gland",
                                   label_of("thyroid_gland"),
                                   Rank::organ,
                                   {100, 1.04, 8, 3},
                                   without(offset(lobes, grow), larynx, 1)});
    }

    Anatomy& anatomy_;
    NeckForm neck_;
    double n_;
    std::vector<Shape> cartilages_;
};

} // namespace

void add_larynx(Anatomy& anatomy, NeckForm const& neck)
{
    LarynxBuilder{anatomy, neck}.build();
}

} // namespace fluoro
