#include "../builders.hpp"
#include "../chest/chest_form.hpp"
#include "body_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/curve.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

constexpr Tissue intermuscular_fat{-95, 0.95, 12, 4};
constexpr Tissue visceral_fat{-103, 0.95, 11, 6};

Shape const& shape_called(Anatomy const& anatomy, std::string_view name)
{
    auto const found = std::ranges::find(anatomy.organs, name, &Organ::name);
    FLUORO_EXPECT(found != anatomy.organs.end());
    return found->shape;
}

class Muscles {
public:
    explicit Muscles(Anatomy& anatomy)
        : anatomy_{anatomy}, plan_{anatomy.plan}, scale_{plan_.scale}, wide_{scale_ *
                                                                             (plan_.parameters.sex == Sex::female ? 0.93
                                                                                                                  : 1)},
          fascia_{shape_called(anatomy, "muscle")}, hu_{plan_.parameters.age_y > 65 ? 46.0 : 56.0}
    {
    }

    void build()
    {
        planes_between_layers();
        fat_spaces();
        glutei();
        erectors();
        cavities();
        psoas_and_iliacus();
        quadratus();
        multifidus();
        pelvic_wall();
    }

private:
    Vec3 at(double x, double y, double z) const { return {wide_ * x, wide_ * y, scale_ * z}; }

    void add(std::string const& name, char const* label, Rank rank, Tissue const& tissue, Shape const& shape)
    {
        anatomy_.organs.push_back({name, label_of(label), rank, tissue, shape});
    }
    Tissue muscle() const { return {hu_, 1.05, 9, 3}; }

    /// A sheet of fat `depth` below the fascia, where `within(p)` [mm, negative inside] has it.
    void plane(std::string const& name, Box const& box, double depth, double half_thick)
    {
        Shape const fascia = fascia_;
        double const d = scale_ * depth, h = scale_ * half_thick;
        unsigned const seed = unsigned(plan_.parameters.seed) + unsigned(anatomy_.organs.size());
        Shape const sheet{box, [=](Vec3 const& p) {
                              // Its depth wanders and it fades out towards its edges, as muscles do.
                              double const wander = 1.6 * noise(p, 40, seed);
                              Vec3 const inside = glm::min(p - box.low, box.high - p);
                              double const edge = std::min({inside.x, inside.y, inside.z});
                              double const thick = h * std::clamp(edge / 12, 0.0, 1.0);
                              return std::max((std::abs(fascia.distance_mm(p) + d + wander) - thick) * 0.85, -edge);
                          }};
        add(name, "intermuscular_fat", Rank::muscle, intermuscular_fat, sheet);
    }

    void both_planes(std::string const& name, Box const& left, double depth, double half_thick)
    {
        plane(name + "-left", left, depth, half_thick);
        plane(name + "-right", {{-left.high.x, left.low.y, left.low.z}, {-left.low.x, left.high.y, left.high.z}}, depth,
              half_thick);
    }

    void planes_between_layers()
    {
        BodyPlan::Outline const waist = plan_.outline(0);
        double const w = waist.half_width_mm, f = waist.front_mm;
        // External oblique, internal oblique, transversus.
        Box const flank{{0.42 * w, f, scale_ * -75}, {w, 0.6 * waist.back_mm, scale_ * 105}};
        both_planes("fat-under-external-oblique", flank, 7, 0.9);
        both_planes("fat-under-internal-oblique", flank, 13, 0.8);
        // Pectoralis major from minor and ribs; latissimus and serratus; trapezius.
        both_planes("fat-under-pectoralis-major", {at(16, -150, 195), at(150, -20, 330)}, 11, 1.3);
        both_planes("fat-under-pectoralis-minor", {at(60, -132, 235), at(150, -15, 330)}, 18, 1.2);
        both_planes("fat-under-latissimus", {at(95, -10, 70), at(190, 125, 265)}, 8, 1.1);
        both_planes("fat-under-serratus", {at(105, -70, 130), at(190, 60, 265)}, 14, 0.9);
        both_planes("fat-under-trapezius", {at(20, 50, 150), at(130, 130, 370)}, 7, 1.1);
        both_planes("fat-under-rhomboids", {at(24, 50, 235), at(100, 130, 345)}, 13, 1.0);
        both_planes("fat-in-the-neck", {at(8, 10, 372), at(70, 110, 470)}, 9, 1.0);
        both_planes("fat-under-sartorius", {at(45, -110, -268), at(180, 30, -165)}, 13, 1.2);
        both_planes("fat-under-rectus-femoris", {at(40, -110, -268), at(170, 10, -190)}, 27, 1.0);
    }

    void fat_spaces()
    {
        for (double const s : {-1.0, 1.0}) {
            std::string const side = s > 0 ? "-left" : "-right";
            auto const blob = [&](std::string const& name, Vec3 const& at_mm, Vec3 const& radii) {
                Shape const rough = roughened(ellipsoid(Frame{at(s * at_mm.x, at_mm.y, at_mm.z)}, scale_ * radii), 4,
                                              22, unsigned(at_mm.z) + (s > 0 ? 1u : 2u));
                add(name + side, "intermuscular_fat", Rank::muscle, {-88, 0.96, 22, 5}, rough);
            };
            blob("axillary-fat", {143, 12, 282}, {17, 30, 40});
            blob("femoral-triangle-fat", {58, -66, -205}, {24, 17, 48});
            blob("ischioanal-fat", {26, 62, -222}, {17, 28, 26});
            blob("subgluteal-fat", {74, 66, -205}, {26, 7, 44});
            blob("supraclavicular-fat", {64, 8, 372}, {22, 22, 14});
            blob("posterior-cervical-fat", {36, 34, 415}, {12, 18, 34});
        }
    }

    /// Gluteal muscles: slabs between the ilium's outer face and the fascia.
    void glutei()
    {
        for (double const s : {-1.0, 1.0}) {
            std::string const side = s > 0 ? "left" : "right";
            auto const slab = [&](std::string const& name, std::string const& label, std::vector<Vec3> const& through,
                                  std::vector<double> const& wide, std::vector<double> const& thin,
                                  Vec3 const& across) {
                std::vector<Vec3> points;
                for (Vec3 const& p : through) points.push_back(at(s * p.x, p.y, p.z));
                std::vector<Vec3> const sides(points.size(), glm::normalize(Vec3{s * across.x, across.y, across.z}));
                std::vector<double> w = wide, t = thin;
                for (double& v : w) v *= scale_;
                for (double& v : t) v *= scale_;
                Shape const shape = intersect(strap(points, sides, w, t), offset(fascia_, -1), 5);
                add(name + "-fat-" + side, "intermuscular_fat", Rank::muscle, intermuscular_fat, offset(shape, 1.6));
                add(name + "-" + side, (label + "_" + side).c_str(), Rank::muscle, muscle(), shape);
            };
            slab("gluteus-minimus", "gluteus_minimus", {{112, 6, -96}, {120, 8, -130}, {128, 10, -168}}, {22, 30, 14},
                 {7, 9, 6}, {0.25, 1, 0});
            slab("gluteus-medius", "gluteus_medius",
                 {{122, 14, -62}, {134, 20, -100}, {140, 18, -140}, {140, 14, -178}}, {28, 44, 40, 16}, {9, 14, 13, 8},
                 {0.35, 1, 0});
            slab("gluteus-maximus", "gluteus_maximus", {{44, 88, -92}, {70, 88, -130}, {98, 78, -170}, {122, 60, -215}},
                 {26, 44, 50, 34}, {12, 20, 21, 13}, {1, -0.3, 0.75});
        }
    }

    /// From a vertebra's middle to the side and back, and a muscle's half-widths there [mm].
    struct SpineRow {
        Level level;
        double out, back, wide, thin;
    };
    /// A muscle along the spine, on the left (`side` 1) or the right (-1); its inner border lies further back.
    Shape beside_spine(std::span<SpineRow const> rows, double side, double tilt) const
    {
        std::vector<Vec3> points, sides;
        std::vector<double> wide, thin;
        for (SpineRow const& r : rows) {
            Vec3 const o = plan_.vertebra(r.level).frame.origin_mm;
            points.push_back(o + Vec3{side * wide_ * r.out, wide_ * r.back, 0});
            sides.push_back(glm::normalize(Vec3{1, -tilt * side, 0}));
            wide.push_back(wide_ * r.wide);
            thin.push_back(wide_ * r.thin);
        }
        return strap(points, sides, wide, thin);
    }

    /// Erector spinae and multifidus, from the sacrum to the neck, in their own sheath.
    void erectors()
    {
        for (double const s : {-1.0, 1.0}) {
            std::string const side = s > 0 ? "left" : "right";
            // Beside the spinous processes: half-widths of the CT-like cross-section [mm], typical.
            constexpr SpineRow rows[] = {
                {Level::sacrum, 20, 34, 17, 10}, {Level::l5, 28, 46, 25, 17}, {Level(22), 33, 46, 31, 20},
                {Level(21), 35, 46, 33, 21},     {Level(20), 36, 45, 33, 21}, {Level::l1, 35, 43, 31, 19},
                {Level::t12, 33, 43, 29, 17},    {Level(16), 31, 42, 26, 14}, {Level(14), 29, 43, 24, 12},
                {Level(12), 28, 43, 23, 11},     {Level(10), 26, 44, 22, 11}, {Level(8), 24, 43, 20, 11},
                {Level::c7, 20, 38, 17, 11},     {Level(4), 18, 34, 15, 11},
            };
            Shape const shape = intersect(beside_spine(rows, s, 0.18), offset(fascia_, -2), 4);
            add("autochthon-fat-" + side, "intermuscular_fat", Rank::muscle, intermuscular_fat, offset(shape, 1.5));
            add("autochthon-" + side, ("autochthon_" + side).c_str(), Rank::muscle, muscle(), shape);
        }
    }

    void cavities()
    {
        add("mediastinal-fat", "visceral_fat", Rank::cavity, {-92, 0.95, 14, 5}, thoracic_cavity(plan_));
        add("visceral-fat", "visceral_fat", Rank::cavity, visceral_fat, abdominal_cavity(plan_));
    }

    void tube_muscle(std::string const& name, std::string const& label, std::vector<Vec3> const& through,
                     std::vector<double> const& radii)
    {
        std::vector<double> out;
        std::vector<Vec3> const line = curve(through, 6, radii, out);
        std::vector<Vec3> const sides(line.size(), Vec3{1, 0, 0});
        std::vector<double> wide = out, thin = out;
        for (double& w : wide) w *= 0.9;
        for (double& t : thin) t *= 0.72;
        // Two bellies, one before the other: the side of both is nearly flat.
        std::vector<Shape> bellies;
        for (double const way : {-0.46, 0.46}) {
            std::vector<Vec3> belly = line;
            for (std::size_t i = 0; i < belly.size(); ++i) belly[i].y += way * out[i];
            bellies.push_back(strap(belly, sides, wide, thin));
        }
        Shape const shape =
            roughened(unite(bellies, 6 * scale_), 0.8, 25, unsigned(plan_.parameters.seed) + unsigned(line.size()));
        // Retroperitoneal fat along its whole edge: what a picture shows it by.
        add(name + "-fat", "visceral_fat", Rank::cavity, visceral_fat, offset(shape, 4.5 * scale_));
        add(name, label.c_str(), Rank::cavity, muscle(), shape);
    }

    void psoas_and_iliacus()
    {
        for (double const s : {-1.0, 1.0}) {
            std::string const side = s > 0 ? "left" : "right";
            double const more = s > 0 ? 1.0 : 1.05; // the right one is a little stronger
            std::vector<Vec3> line;
            std::vector<double> radii;
            auto const next = [&](Vec3 const& p, double r) {
                line.push_back(p);
                radii.push_back(scale_ * r * more);
            };
            auto const beside = [&](Level level, double x, double y) {
                Vec3 const o = plan_.vertebra(level).frame.origin_mm;
                return o + Vec3{s * wide_ * x, wide_ * y, 0};
            };
            next(beside(Level::t12, 23, 2), 5);
            next(beside(Level::l1, 28, 4), 10);
            next(beside(Level(20), 34, 6), 16);
            next(beside(Level(21), 41, 5), 20);
            next(beside(Level(22), 48, -2), 22);
            next(beside(Level::l5, 54, -16), 21);
            next(at(s * 63, -18, -110), 20);
            next(at(s * 74, -33, -145), 18);
            next(at(s * 86, -36, -178), 16);
            next(at(s * 93, -22, -212), 12);
            next(at(s * 97, 4, -240), 8);
            tube_muscle("psoas-" + side, "iliopsoas_" + side, line, radii);
            // Iliacus: lines the hollow of the ilium.
            std::vector<Vec3> const fossa{at(s * 104, 6, -58), at(s * 101, -4, -90), at(s * 90, -20, -125),
                                          at(s * 84, -32, -160)};
            std::vector<Vec3> const across(4, glm::normalize(Vec3{s * -0.55, 1, 0.1}));
            std::vector<double> const wide{scale_ * 24, scale_ * 38, scale_ * 32, scale_ * 14};
            std::vector<double> const thin{scale_ * 5, scale_ * 10, scale_ * 12, scale_ * 10};
            add("iliacus-" + side, ("iliopsoas_" + side).c_str(), Rank::cavity, muscle(),
                strap(fossa, across, wide, thin));
        }
    }

    void quadratus()
    {
        for (double const s : {-1.0, 1.0}) {
            std::vector<Vec3> const line{at(s * 76, 46, -46), at(s * 66, 46, -10), at(s * 58, 46, 30),
                                         at(s * 50, 48, 72)};
            std::vector<Vec3> const across(4, glm::normalize(Vec3{s, 0.35, 0}));
            std::vector<double> const wide{scale_ * 25, scale_ * 22, scale_ * 19, scale_ * 14};
            std::vector<double> const thin{scale_ * 8, scale_ * 8, scale_ * 7, scale_ * 5};
            add(s > 0 ? "quadratus-lumborum-left" : "quadratus-lumborum-right", "muscle", Rank::cavity, muscle(),
                strap(line, across, wide, thin));
        }
    }

    /// Fills the gutter between laminae and transverse processes, before the erector's sheath.
    void multifidus()
    {
        for (double const s : {-1.0, 1.0}) {
            std::string const side = s > 0 ? "left" : "right";
            constexpr SpineRow rows[] = {{Level(17), 20, 45, 10, 5},  {Level::t12, 22, 45, 13, 7},
                                         {Level::l1, 24, 46, 15, 9},  {Level(20), 25, 47, 16, 10},
                                         {Level(21), 26, 47, 17, 11}, {Level(22), 27, 46, 17, 11},
                                         {Level::l5, 25, 44, 15, 10}};
            add("multifidus-" + side, ("autochthon_" + side).c_str(), Rank::cavity, muscle(),
                beside_spine(rows, s, 0.25));
        }
    }

    /// Obturator internus on the side wall of the small pelvis, piriformis to the sacrum.
    void pelvic_wall()
    {
        for (double const s : {-1.0, 1.0}) {
            std::string const side = s > 0 ? "-left" : "-right";
            Frame const wall{at(s * 56, 6, -196), {0.96, s * -0.28, 0}, {s * 0.28, 0.96, 0}, {0, 0, 1}};
            add("obturator-internus" + side, "muscle", Rank::cavity, muscle(),
                ellipsoid(wall, scale_ * Vec3{9, 34, 30}));
            add("piriformis" + side, "muscle", Rank::cavity, muscle(),
                rounded_cone(at(s * 30, 74, -138), 11 * scale_, at(s * 74, 58, -160), 8 * scale_));
        }
    }

    Anatomy& anatomy_;
    BodyPlan const& plan_;
    double scale_, wide_;
    Shape fascia_;
    double hu_;
};

} // namespace

std::vector<PatientOption> muscles_options()
{
    return {};
}

void build_muscles(Anatomy& anatomy)
{
    Muscles{anatomy}.build();
}

} // namespace fluoro
