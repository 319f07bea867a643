#include "../surface/body_form.hpp"
#include "object_parts.hpp"

#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

Shape line(std::vector<Vec3> const& through, double radius_mm)
{
    std::vector<Vec3> const points = curve(through, 2.5);
    return tube(points, std::vector<double>(points.size(), radius_mm));
}

/// Under the skin below the middle of the collar bone.
Frame pocket(ObjectBench const& bench, double side, double z, double under_mm)
{
    BodyPlan const& plan = bench.anatomy.plan;
    double const x = side * 0.5 * plan.outline(bench.scale() * z).half_width_mm;
    Vec3 const out = glm::normalize(Vec3{0.25 * side, -1, 0.15});
    Vec3 const at = on_the_skin(bench.skin, {x, 0, bench.scale() * z}, out, under_mm);
    Vec3 const left = glm::normalize(glm::cross(Vec3{0, 0, 1}, out));
    return {at, left, glm::cross(out, left), out};
}

/// Through the subclavian vein to the upper caval vein: from the pocket under the collar bone.
std::vector<Vec3> way_to_the_caval_vein(ObjectBench const& bench, Vec3 const& from, double side)
{
    double const s = bench.scale();
    Vec3 const junction = bench.place("brachiocephalic-vein-junction"), atrium = bench.place("cavoatrial-junction");
    Vec3 const notch = bench.place("jugular-notch");
    std::vector<Vec3> way{from, glm::mix(from, notch + s * Vec3{side * 62, 40, 24}, 0.5),
                          notch + s * Vec3{side * 56, 36, 18}, notch + s * Vec3{side * 30, 24, 6}};
    if (side > 0) way.push_back(glm::mix(notch + s * Vec3{18, 20, 0}, junction, 0.5)); // along the left innominate vein
    way.push_back(junction + s * Vec3{0, 0, -8});
    way.push_back(glm::mix(junction, atrium, 0.55));
    return way;
}

} // namespace

/// A titanium chamber with a silicone membrane; the catheter ends at the mouth of the upper caval vein.
void build_port(ObjectBench const& bench, double side)
{
    std::string const end = side > 0 ? "-left" : "-right";
    Frame const frame = pocket(bench, side, 296, 11);
    bench.add("port" + end + "-chamber", titanium, elliptic_cylinder(frame, 14, 14, 5.5, 2));
    Frame top = frame;
    top.origin_mm = frame.at(0, 0, 1.5);
    bench.add("port" + end + "-membrane", silicone, elliptic_cylinder(top, 7.5, 7.5, 4.5, 1));
    std::vector<Vec3> way = way_to_the_caval_vein(bench, frame.at(-14 * side, 0, 0), side);
    way.push_back(bench.place("cavoatrial-junction"));
    bench.add("port" + end + "-catheter", {1500, 1.4}, line(way, 1.3)); // barium-filled polyurethane
}

/// A two-chamber pacemaker in the left chest wall.
void build_pacemaker(ObjectBench const& bench)
{
    double const s = bench.scale();
    Frame const frame = pocket(bench, 1, 276, 9);
    Frame battery = frame, head = frame;
    battery.origin_mm = frame.at(-6, -4, 0);
    head.origin_mm = frame.at(0, 19, 0);
    Shape const can = elliptic_cylinder(frame, 24, 21, 3.8, 2);
    bench.add("pacemaker-can", titanium, skin_of(can, 0.8));
    bench.add("pacemaker-filling", polymer, offset(can, -0.8));
    bench.add("pacemaker-battery", {9000, 4}, elliptic_cylinder(battery, 13, 12, 2.6, 1));
    bench.add("pacemaker-circuit", {5000, 3},
              rounded_box({frame.at(11, 1, 0), frame.left, frame.back, frame.up}, {6, 11, 1.8}, 1));
    bench.add("pacemaker-header", polymer, rounded_box(head, {16, 6, 3.4}, 2));
    Vec3 const atrium = bench.place("cavoatrial-junction"), valve = bench.place("tricuspid-valve"),
               apex = bench.place("heart-apex");
    auto const lead = [&](std::string const& name, double plug, std::vector<Vec3> const& inside) {
        std::vector<Vec3> way = way_to_the_caval_vein(bench, head.at(-10, plug, 0), 1);
        // A spare turn beside the can.
        way.insert(way.begin() + 1, {head.at(-26, plug + 4, -3), head.at(-22, plug + 22, -4)});
        for (Vec3& p : way) p += Vec3{0, 0.6 * plug, 0};
        way.insert(way.end(), inside.begin(), inside.end());
        bench.add("pacemaker-lead-" + name, {14000, 5}, line(way, 0.9));
        Vec3 const tip = inside.back(), before = inside[inside.size() - 2];
        Vec3 const along = glm::normalize(tip - before);
        bench.add("pacemaker-tip-" + name, steel, rounded_cone(tip - 3.0 * along, 1.3, tip, 1.1));
        bench.add("pacemaker-ring-" + name, steel, rounded_cone(tip - 13.0 * along, 1.4, tip - 10.0 * along, 1.4));
    };
    // To the tip of the right ventricle; and with a J to the right auricle.
    Vec3 const right_apex = apex + s * Vec3{-26, -2, 0};
    lead("ventricle", -2,
         {atrium + s * Vec3{0, 2, -12}, valve + s * Vec3{-10, 6, 0}, valve + s * Vec3{20, -4, -12},
          glm::mix(valve, right_apex, 0.7) + s * Vec3{0, 0, -7}, right_apex});
    lead("atrium", 2,
         {atrium + s * Vec3{2, 0, -14}, atrium + s * Vec3{3, -6, -34}, atrium + s * Vec3{8, -18, -32},
          atrium + s * Vec3{10, -24, -12}});
}

/// Titanium clips where a gall bladder was taken out.
void build_gallbladder_clips(ObjectBench const& bench)
{
    auto const bile = bench.place("liver-centre") + bench.scale() * Vec3{30, 0, -48};
    for (int i = 0; i < 4; ++i) {
        Vec3 const at = bile + Vec3{6.0 * std::sin(1.9 * i), 5.0 * std::cos(2.6 * i), -5.0 * i};
        Vec3 const along = glm::normalize(Vec3{std::cos(0.9 * i), 0.4, std::sin(0.9 * i)});
        bench.add("gallbladder-clip", titanium, rounded_cone(at - 3.2 * along, 0.8, at + 3.2 * along, 0.8));
    }
}

} // namespace fluoro
