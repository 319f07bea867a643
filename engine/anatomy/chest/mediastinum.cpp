#include "mediastinum.hpp"

#include "chest_form.hpp"
#include "distance_lattice.hpp"

#include <array>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// A tube through places, each with the radius of vessel, wall and fat there.
struct Stop {
    Vec3 at;
    double radius;
};
Shape along(std::initializer_list<Stop> stops)
{
    std::vector<Vec3> points;
    std::vector<double> radii, smooth_radii;
    for (Stop const& stop : stops) {
        points.push_back(stop.at);
        radii.push_back(stop.radius);
    }
    std::vector<Vec3> const smooth = curve(points, 8, radii, smooth_radii);
    return tube(smooth, smooth_radii);
}

Frame toward(Vec3 const& centre, Vec3 const& direction)
{
    Frame f;
    f.origin_mm = centre;
    f.left = glm::normalize(direction);
    f.up = glm::normalize(glm::cross(f.left, Vec3{0, 1, 0}));
    f.back = glm::cross(f.up, f.left);
    return f;
}

} // namespace

Shape shape_of_mediastinum(BodyPlan const& plan)
{
    double const s = plan.scale;
    auto const at = [&](char const* name, double x = 0, double y = 0, double z = 0) {
        return plan.place(name) + s * Vec3{x, y, z};
    };
    auto const before_spine = [&](int thoracic, double x, double y) {
        VertebraPlan const& v = plan.vertebra(Level(int(Level::t1) + thoracic - 1));
        return v.frame.origin_mm + Vec3{s * x, -v.endplate_depth_mm / 2 - s * y, 0};
    };
    // Pericardium: the chambers' outline with the fat on them.
    Vec3 const heart = at("heart-centre"), apex = at("heart-apex");
    Vec3 const axis = glm::normalize(apex - heart);
    std::array<Shape, 4> const chambers{
        ellipsoid(toward(heart + s * Vec3{4.5, -2, -4}, axis), s * Vec3{69, 41, 43}),
        ellipsoid({at("tricuspid-valve", -4, 6, 14)}, s * Vec3{31, 31, 38}),
        ellipsoid({at("mitral-valve", -12, 16, 12)}, s * Vec3{33, 23, 26}),
        ellipsoid({at("pulmonary-valve", 0, 10, -6)}, s * Vec3{27, 24, 28}),
    };
    std::array<Shape, 17> const parts{
        unite(chambers, 22 * s),
        // Fat on the diaphragm below the heart, in both angles beside it, and in the window below the aortic arch.
        ellipsoid({at("heart-centre", 2, -10, -40)}, s * Vec3{58, 33, 24}),
        ellipsoid({at("heart-centre", 8, -16, -58)}, s * Vec3{66, 34, 30}),
        ball(at("descending-aorta-top", -13, -20, -22), s * 13),
        ball(at("descending-aorta-top", -10, -6, -40), s * 12),
        // Right border above the heart: superior vena cava and brachiocephalic veins; azygos arch over the bronchus.
        along({{at("cavoatrial-junction", 0, 0, -14), s * 14},
               {at("cavoatrial-junction", 2, -2, 24), s * 13},
               {at("brachiocephalic-vein-junction"), s * 13},
               {at("brachiocephalic-vein-junction", 0, 8, 24), s * 11},
               {at("brachiocephalic-vein-junction", -6, 18, 60), s * 11}}),
        along({{at("brachiocephalic-vein-junction", 2, 4, -24), s * 9},
               {at("carina", -19, 14, 12), s * 7.5},
               {before_spine(5, -5, 4), s * 6.5},
               {before_spine(9, -3, 3), s * 5.5},
               {before_spine(12, -3, 3), s * 5.5}}),
        along({{at("caval-hiatus", 0, 0, -20), s * 14}, {at("caval-hiatus", 0, 0, 30), s * 15}}),
        // Aorta.
        along({{at("aortic-root"), s * 19},
               {at("aortic-root", -14, 2, 36), s * 18},
               {at("arch-top", -12, -10, -6), s * 16},
               {at("arch-top", 0, 0, -7), s * 15.5},
               {at("arch-top", 8, 20, -7), s * 15},
               {at("descending-aorta-top"), s * 14.5},
               {before_spine(7, 21, -4), s * 14.5},
               {before_spine(9, 16, 3), s * 14},
               {before_spine(10, 11, 8), s * 14},
               {at("aortic-hiatus"), s * 14}}),
        // Trachea and gullet.
        along({{at("trachea-top", 0, 4, 0), s * 14.5},
               {at("trachea-top", -4, 18, -50), s * 13},
               {at("carina", -2, 0, 4), s * 13}}),
        along({{before_spine(1, 3, 9), s * 11},
               {before_spine(4, 4, 8), s * 10},
               {before_spine(7, 5, 9), s * 10},
               {at("hiatus"), s * 12},
               {at("hiatus", 6, 0, -30), s * 14}}),
        // Left carotid and subclavian, and the vein that crosses in front of them.
        along({{at("arch-top", -2, 4, 0), s * 12},
               {at("arch-top", 1, 6, 30), s * 11},
               {at("arch-top", 14, 12, 66), s * 11}}),
        along({{at("brachiocephalic-vein-junction"), s * 11},
               {at("arch-top", -2, -20, 4), s * 10},
               {at("arch-top", 10, -12, 24), s * 9}}),
        // Pulmonary arteries and bronchi up to the pleura; in the hila beyond it lung lies around each of them.
        along({{at("pulmonary-valve", 0, 0, 6), s * 17.5},
               {at("pulmonary-valve", 5, 24, 15), s * 15.5},
               {at("carina", 26, -8, -10), s * 9}}),
        along({{at("pulmonary-valve", -4, 30, 16), s * 15},
               {at("carina", -8, -4, -20), s * 13},
               {at("carina", -21, -5, -22), s * 8}}),
        // Fat on the great vessels (thymus), and the thin sheet between lungs that meet behind the breastbone.
        rounded_box({at("sternal-angle", 1, 46, 22)}, s * Vec3{11, 14, 26}, s * 10),
        rounded_box({at("sternal-angle", 4, 32, -50)}, s * Vec3{1.8, 42, 62}, s * 1.6),
    };
    Shape const all = unite(parts, 8 * s);
    Box box = thoracic_box(plan);
    box = {Vec3{-90 * s, box.low.y, box.low.z}, Vec3{120 * s, box.high.y, box.high.z}};
    return on_lattice(box, 4, [&](Vec3 const& p) { return all.distance_mm(p); });
}

} // namespace fluoro
