#include "../plan/placement.hpp"
#include "../surface/body_form.hpp"
#include "object_parts.hpp"

#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// A ring about `up` through `centre`.
Shape torus(Frame const& frame, double radius_mm, double wire_mm)
{
    double const r = radius_mm + wire_mm;
    return {{frame.origin_mm - r, frame.origin_mm + r}, [=](Vec3 const& p) {
                Vec3 const q = frame.local(p);
                return std::hypot(std::hypot(q.x, q.y) - radius_mm, q.z) - wire_mm;
            }};
}

Shape wire(std::vector<Vec3> const& points, double radius_mm)
{
    return tube(points, std::vector<double>(points.size(), radius_mm));
}

/// A frame whose `up` is this way.
Frame facing(Vec3 const& at, Vec3 const& towards)
{
    Vec3 const up = glm::normalize(towards);
    Vec3 const left = glm::normalize(glm::cross(std::abs(up.z) < 0.9 ? Vec3{0, 0, 1} : Vec3{0, 1, 0}, up));
    return {at, left, glm::cross(up, left), up};
}

} // namespace

void ObjectBench::add(std::string const& name, Tissue const& material, Shape const& shape) const
{
    anatomy.organs.push_back({name, label_of("object"), Rank::object, material, shape});
}

std::vector<Vec3> ObjectBench::over_the_skin(std::span<Vec3 const> centres, std::span<Vec3 const> directions,
                                             double above_mm) const
{
    std::vector<Vec3> points;
    for (std::size_t i = 0; i < centres.size(); ++i)
        points.push_back(on_the_skin(skin, centres[i], directions[i]) + above_mm * glm::normalize(directions[i]));
    return curve(points, 2);
}

/// From the nape over the shoulders to a pendant below the jugular notch.
void build_necklace(ObjectBench const& bench)
{
    double const s = bench.scale();
    Vec3 const notch = bench.place("jugular-notch"), nape = bench.anatomy.plan.vertebra(Level::c7).frame.origin_mm;
    std::vector<Vec3> centres, directions;
    for (int i = 0; i <= 40; ++i) {
        double const a = radians(9.0 * i); // 0 = front
        double const forwards = 0.5 + 0.5 * std::cos(a);
        double const z = std::lerp(nape.z + 4 * s, notch.z - 26 * s, std::pow(forwards, 1.4));
        centres.emplace_back(0, std::lerp(nape.y + 18 * s, notch.y + 44 * s, forwards), z);
        directions.emplace_back(std::sin(a), -std::cos(a), 0.25 * std::abs(std::sin(a)));
    }
    std::vector<Vec3> const chain = bench.over_the_skin(centres, directions, 1);
    std::vector<double> links;
    for (std::size_t i = 0; i < chain.size(); ++i) links.push_back(i % 2 == 0 ? 1.25 : 0.6);
    bench.add("necklace-chain", gold, tube(chain, links));
    Vec3 const lowest =
        on_the_skin(bench.skin, {0, centres.front().y, chain.front().z - 13}, {0, -1, 0}) + Vec3{0, -2, 0};
    bench.add("necklace-pendant", gold, ellipsoid(facing(lowest, {0, -1, 0.3}), {8, 11, 1.3}));
    bench.add("necklace-eye", gold, torus(facing(chain.front() + Vec3{0, -0.5, -2}, {1, 0, 0}), 2.4, 0.8));
}

/// On the fourth finger of the left hand.
void build_ring(ObjectBench const& bench)
{
    LimbAxis const arm = forearm(bench.anatomy.plan, 1);
    bench.add("ring", gold, torus(facing(arm.at(384, -10.2, 2), arm.along), 9.6, 1.3));
}

/// Limb electrodes on the trunk with snaps; wires run to the patient's left.
void build_ecg_leads(ObjectBench const& bench)
{
    double const s = bench.scale();
    BodyPlan const& plan = bench.anatomy.plan;
    struct Lead {
        char const* name;
        double across, z, wire_z; ///< share of the half-width; heights [mm of the reference man]
    };
    constexpr Lead leads[] = {
        {"right-arm", -0.62, 292, 250}, {"left-arm", 0.62, 292, 262}, {"left-leg", 0.72, 96, 130}};
    for (Lead const& lead : leads) {
        double const wide = plan.outline(s * lead.z).half_width_mm;
        Vec3 const from{lead.across * wide, 0, s * lead.z};
        Vec3 const outwards = glm::normalize(Vec3{0.45 * lead.across, -1, 0});
        Vec3 const on_skin = on_the_skin(bench.skin, from, outwards);
        std::string const name = std::string{"ecg-"} + lead.name;
        bench.add(name + "-pad", gel, elliptic_cylinder(facing(on_skin + 0.8 * outwards, outwards), 17, 17, 1.4));
        bench.add(name + "-snap", steel, elliptic_cylinder(facing(on_skin + 3.0 * outwards, outwards), 4, 4, 1.6, 0.5));
        bench.add(name + "-clip", polymer, elliptic_cylinder(facing(on_skin + 6.0 * outwards, outwards), 8, 8, 2.4, 1));
        // Over the chest to the left and off the body at the side.
        std::vector<Vec3> centres, directions;
        double const side = plan.outline(s * lead.wire_z).half_width_mm;
        for (int i = 0; i <= 14; ++i) {
            double const t = i / 14.0, x = std::lerp(lead.across * wide, 0.93 * side, t);
            double const sag = 14 * std::sin(std::numbers::pi * t) * (lead.across < 0 ? 1 : 0.4);
            centres.emplace_back(x, 0, s * (std::lerp(lead.z, lead.wire_z, t) - sag));
            directions.emplace_back(std::lerp(outwards.x, 0.8, t * t), -1, 0);
        }
        std::vector<Vec3> line = bench.over_the_skin(centres, directions, 4);
        line.push_back(line.back() + Vec3{50, 22, -18});
        bench.add(name + "-wire", copper, wire(curve(line, 3), 0.75));
    }
}

/// Underwires, sliders of the straps, hooks between the shoulder blades.
void build_brassiere(ObjectBench const& bench)
{
    double const s = bench.scale();
    BodyPlan const& plan = bench.anatomy.plan;
    double const middle_x = 0.56 * plan.outline(s * 200).half_width_mm;
    for (double const side : {-1.0, 1.0}) {
        std::string const end = side > 0 ? "-left" : "-right";
        std::vector<Vec3> centres, directions;
        for (int i = 0; i <= 16; ++i) {
            double const a = radians(-5 - 170.0 * i / 16);
            centres.emplace_back(side * (middle_x - 64 * s * std::cos(a)), 0, s * (200 + 50 * std::sin(a)));
            directions.emplace_back(0.004 * centres.back().x, -1, 0);
        }
        bench.add("brassiere-wire" + end, steel, wire(bench.over_the_skin(centres, directions, 1), 1.1));
        Vec3 const strap = on_the_skin(bench.skin, {side * middle_x, 0, 300 * s}, {0, -1, 0});
        bench.add("brassiere-slider" + end, steel,
                  skin_of(rounded_box(facing(strap + Vec3{0, -1.5, 0}, {0, -1, 0.3}), {8, 5, 0.9}, 0.8), 0.9));
    }
    for (int row = 0; row < 3; ++row)
        for (double const x : {-9.0, 9.0}) {
            Vec3 const hook = on_the_skin(bench.skin, {x, 0, s * 188 + 11 * (row - 1)}, {0, 1, 0});
            bench.add("brassiere-hook", steel,
                      wire({hook + Vec3{-4, 1, 2}, hook + Vec3{4, 1, 2}, hook + Vec3{4, 1, -2}, hook + Vec3{-4, 1, -2}},
                           0.8));
        }
}

/// A partial upper denture: a plate with clasps of cobalt-chromium and porcelain teeth.
void build_dentures(ObjectBench const& bench)
{
    double const s = bench.scale();
    Vec3 const mouth = bench.place("oral-cavity");
    std::vector<Vec3> arch;
    for (int i = 0; i <= 16; ++i) {
        double const t = -1 + i / 8.0;
        arch.push_back(mouth + s * Vec3{25 * t, -30 + 36 * t * t, 5});
    }
    bench.add("denture-bar", steel, wire(arch, 1.2));
    for (double const side : {-1.0, 1.0})
        bench.add(side > 0 ? "denture-clasp-left" : "denture-clasp-right", steel,
                  torus(facing(side > 0 ? arch.back() : arch.front(), {0, 0, 1}), 4.6, 0.8));
    std::vector<Shape> teeth;
    for (std::size_t i = 4; i <= 12; i += 2)
        teeth.push_back(rounded_box(facing(arch[i] + s * Vec3{0, -1, -5}, {0, 0, 1}), s * Vec3{3.6, 3, 5}, 1.5));
    bench.add("denture-teeth", {2200, 2.4}, unite(teeth));
}

void build_sternal_wires(ObjectBench const& bench)
{
    Vec3 const top = bench.place("jugular-notch"), low = bench.place("xiphoid"), angle = bench.place("sternal-angle");
    for (int i = 0; i < 6; ++i) {
        double const t = (i + 0.6) / 6.2;
        Vec3 const middle = t < 0.3 ? glm::mix(top, angle, t / 0.3) : glm::mix(angle, low, (t - 0.3) / 0.7);
        Vec3 const lean{1.5 * std::sin(2.3 * i), 0, 0};
        std::vector<Vec3> loop;
        for (int k = 0; k <= 20; ++k) {
            double const a = radians(18.0 * k);
            loop.push_back(middle + lean + Vec3{16 * std::sin(a), -7 * std::cos(a), 1.5 * std::sin(2 * a + i)});
        }
        bench.add("sternal-wire", steel, wire(loop, 0.6));
        // The twisted end lies flat on the bone.
        bench.add("sternal-wire-twist", steel,
                  wire({loop.front(), loop.front() + Vec3{2, -2, -6}, loop.front() + Vec3{5, 0, -9}}, 0.9));
    }
}

} // namespace fluoro
