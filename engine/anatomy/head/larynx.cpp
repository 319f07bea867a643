#include "../gut/sweep.hpp"
#include "head_parts.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr Vec3 left{1, 0, 0}, back{0, 1, 0}, up{0, 0, 1};

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
            double const rim = depth < 1.3 ? 760 : 200;
            return 110 + std::clamp(bony, 0.0, 1.0) * rim;
        };
        anatomy_.organs.push_back(organ);
        cartilages_.push_back(shape);
    }

    void add_thyroid_cartilage()
    {
        std::vector<Shape> parts;
        double const upper = at(4.15, 0, 0).z, lower = at(5.6, 0, 0).z;
        for (double side : {-1.0, 1.0}) {
            Vec3 const front = at(4.9, 0, 44), rear = at(4.9, side * 21, 13);
            Vec3 const middle = (front + rear) / 2.0;
            Vec3 const along = glm::normalize(rear - front);
            Frame frame{middle, along, glm::normalize(glm::cross(up, along)), up};
            frame.origin_mm.z = (upper + lower) / 2;
            double const half = glm::length(rear - front) / 2;
            // Leaning a little forward at the top, thicker behind, with its horns.
            parts.push_back(rounded_box(frame, {half, 1.9 * n_, (upper - lower) / 2}, 1.6 * n_));
            parts.push_back(rounded_cone(at(4.3, side * 20.5, 13), 2.4 * n_, at(3.35, side * 19, 11), 1.5 * n_));
            parts.push_back(rounded_cone(at(5.4, side * 20, 13), 2.4 * n_, at(6.0, side * 15, 14), 1.7 * n_));
        }
        // The notch above the prominence.
        Shape const notch = ellipsoid({at(4.15, 0, 46), left, back, up}, n_ * Vec3{6, 14, 8});
        // Bone starts at the lower horns and goes along the lower and the rear borders.
        double const rear_y = at(4.9, 0, 13).y;
        cartilage("thyroid-cartilage", "larynx", without(unite(parts, 3 * n_), notch, 2 * n_), 91,
                  [=, n = n_](Vec3 const& p) {
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
        double const half = (high_back - low) / 2;
        Frame const frame{{centre.x, centre.y, low + half}, left, back, up};
        Shape const outer = elliptic_cylinder(frame, 13.2 * n_, depth, half, 1.5 * n_);
        Shape const inner = elliptic_cylinder(frame, 9.2 * n_, depth - 3.8 * n_, half + 5, 0.1);
        Shape const ring = without(outer, inner, n_);
        // A signet: the plate behind is high, the arch in front low.
        Shape const signet{ring.bounds(), [=](Vec3 const& p) {
                               double const share = std::clamp((p.y - centre.y) / depth * 0.5 + 0.5, 0.0, 1.0);
                               double const top = std::lerp(high_front, high_back, share * share);
                               return std::max(ring.distance_mm(p), 0.55 * (p.z - top));
                           }};
        // Of the cricoid the plate's upper border turns to bone first, then the plate.
        cartilage("cricoid", "larynx", signet, 92, [=](Vec3 const& p) {
            double const behind = std::clamp((p.y - centre.y) / depth, 0.0, 1.0);
            return behind * std::clamp(0.5 + 0.5 * (p.z - low) / (high_back - low), 0.0, 1.0);
        });
        for (double side : {-1.0, 1.0})
            cartilage(side > 0 ? "arytenoid-left" : "arytenoid-right", "larynx",
                      rounded_cone(at(5.0, side * 6, 13.5), 3 * n_, at(4.35, side * 4, 12.5), 1.4 * n_),
                      side > 0 ? 93 : 94, [](Vec3 const&) { return 0.5; });
    }

    void add_hyoid()
    {
        Vec3 const body = anatomy_.plan.place("hyoid");
        std::vector<Vec3> way, across;
        std::vector<double> wide, thin;
        double const horn = body.y - neck_.fronts[2].y;
        for (int i = -6; i <= 6; ++i) {
            double const x = 3.7 * i, share = std::abs(i) / 6.0;
            way.push_back({n_ * x, body.y - 0.66 * horn * std::pow(share, 1.6), body.z + n_ * 8 * share * share});
            across.push_back(up);
            wide.push_back(n_ * std::lerp(6.0, 2.2, std::sqrt(share)));
            thin.push_back(n_ * std::lerp(3.8, 1.6, std::sqrt(share)));
        }
        Organ hyoid{"hyoid", label_of("hyoid"), Rank::bone, {350, 1.4}, strap(way, across, wide, thin)};
        hyoid.hu = bone_hu(anatomy_.plan, {1.2, 900, 300, 60}, 95);
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
