#include "../builders.hpp"
#include "../surface/body_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// The left hip bone. The reference man's measures [mm]: breadth between the crests 280,
/// crest at L4, head of the femur 48 across, symphysis 38 high (typical; Gray's Anatomy gives the relations).
class HipBone {
public:
    explicit HipBone(BodyPlan const& plan) : scale_{plan.scale}
    {
        bool const is_female = plan.parameters.sex == Sex::female;
        // Women's pelvis: as broad as a man's for a smaller stature, the wings lower and more open, the arch wider.
        wide_ = scale_ * (is_female ? 1.02 : 1);
        arch_ = is_female ? 1.22 : 1;
        hip_ = plan.place("hip-left");
        symphysis_ = plan.place("symphysis");
    }

    Shape shape() const
    {
        std::vector<Shape> const column{posterior_column(), anterior_column(), ramus(), pubis()};
        Shape const body = unite(column, 10 * scale_);
        return without(unite(wing(), body, 12 * scale_), socket(), 3);
    }

private:
    Vec3 at(double x, double y, double z) const { return {wide_ * x, wide_ * y, scale_ * z}; }
    Vec3 from_hip(double x, double y, double z) const { return hip_ + Vec3{wide_ * x, wide_ * y, scale_ * z}; }
    static Shape smooth_tube(std::vector<Vec3> const& through, std::vector<double> const& radii)
    {
        std::vector<double> out;
        std::vector<Vec3> const points = curve(through, 6, radii, out);
        return tube(points, out);
    }
    double r(double mm) const { return scale_ * mm; }

    /// The ilium between its crest and the line from the anterior inferior spine over the socket's roof and the great
    /// notch to the joint with the sacrum: tubes from row to row, blended into a plate.
    Shape wing() const
    {
        struct Rib {
            Vec3 crest, base;
            double crest_r, middle_r, base_r, bulge; ///< bulge of the middle, outwards
        };
        // From the front to the back.
        std::vector<Rib> const ribs{
            {at(119, -46, -92), from_hip(8, -42, 26), 5.5, 5, 9, -2},
            {at(127, -40, -74), from_hip(7, -36, 27), 6.5, 5, 10, 2},
            {at(133, -28, -60), from_hip(5, -26, 27), 7, 4.2, 12, 6},
            {at(137, -12, -49), from_hip(3, -14, 27), 7, 3.4, 13, 9},
            {at(137, 6, -42), from_hip(0, 0, 28), 6, 2.8, 13, 10},
            {at(132, 24, -38), from_hip(-5, 13, 29), 5, 2.6, 13, 9},
            {at(122, 40, -37), from_hip(-12, 27, 32), 4.5, 3, 11.5, 6},
            {at(107, 54, -39), from_hip(-21, 39, 38), 4.5, 4, 10.5, 3},
            {at(91, 66, -44), {at(61, 53, -131)}, 5, 6, 9, 0},
            {at(75, 77, -55), {at(57, 60, -127)}, 6, 8, 8.5, 0},
            {at(62, 87, -68), {at(54, 70, -127)}, 7, 8.5, 7.5, 0},
            {at(53, 94, -86), {at(51, 80, -127)}, 7, 7.5, 6.5, 0},
        };
        std::vector<Vec3> crest, base, bulged;
        std::vector<double> crest_r, base_r, middle_r, bulges;
        for (Rib const& rib : ribs) {
            crest.push_back(rib.crest);
            base.push_back(rib.base);
            crest_r.push_back(r(rib.crest_r));
            base_r.push_back(r(rib.base_r));
            middle_r.push_back(r(rib.middle_r));
            bulges.push_back(r(rib.bulge));
        }
        // More ribs between those: 4 mm apart on the crest.
        auto const spread = [](std::vector<Vec3> const& line, std::vector<double> const& values, std::size_t i,
                               double t, double& value) {
            std::size_t const a = i == 0 ? 0 : i - 1, d = std::min(i + 2, line.size() - 1);
            auto const spline = [t](auto const& p0, auto const& p1, auto const& p2, auto const& p3) {
                return 0.5 * ((2.0 * p1) + (p2 - p0) * t + (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3) * (t * t) +
                              (3.0 * p1 - p0 - 3.0 * p2 + p3) * (t * t * t));
            };
            value = std::lerp(values[i], values[i + 1], t);
            return spline(line[a], line[i], line[i + 1], line[d]);
        };
        std::vector<Shape> tubes;
        for (std::size_t i = 0; i + 1 < ribs.size(); ++i)
            for (double t = 0; t < 0.99; t += 0.25) {
                double top_r = 0, low_r = 0;
                Vec3 const top = spread(crest, crest_r, i, t, top_r), low = spread(base, base_r, i, t, low_r);
                double const thin = std::lerp(middle_r[i], middle_r[i + 1], t);
                double const bulge = std::lerp(bulges[i], bulges[i + 1], t);
                Vec3 const outwards = glm::normalize(Vec3{1, -0.45, 0});
                Vec3 const upper = glm::mix(low, top, 0.86) - outwards * (0.6 * bulge),
                           middle = glm::mix(low, top, 0.55) + outwards * bulge, lower = glm::mix(low, top, 0.25);
                tubes.push_back(tube(std::vector{top, upper, middle, lower, low},
                                     std::vector{top_r, 0.5 * (top_r + thin), thin, 0.5 * (thin + low_r), low_r}));
            }
        return unite(tubes, 5 * scale_);
    }

    /// Ischium: from the wing behind the socket down to the tuberosity, with its spine.
    Shape posterior_column() const
    {
        Shape const column = smooth_tube(std::vector{from_hip(-14, 26, 26), from_hip(-8, 24, 2), from_hip(-12, 28, -26),
                                                     from_hip(-22, 34, -52), from_hip(-27, 30, -66)},
                                         std::vector{r(13), r(14), r(12.5), r(14.5), r(13)});
        Shape const spine = rounded_cone(from_hip(-16, 36, -4), r(8), from_hip(-32, 46, -14), r(3.5));
        Shape const inferior_ramus = smooth_tube(
            std::vector{from_hip(-29, 20, -66), Vec3{arch_ * wide_ * 34, symphysis_.y + r(24), symphysis_.z - r(44)},
                        Vec3{arch_ * wide_ * 15, symphysis_.y + r(6), symphysis_.z - r(27)}},
            std::vector{r(10), r(6.5), r(6)});
        return unite(unite(column, spine, r(8)), inferior_ramus, r(10));
    }

    Shape anterior_column() const
    {
        // The cup around the head, thickest behind and above.
        Shape const cup =
            without(ball(from_hip(-3, 2, 2), r(35)),
                    rounded_box({from_hip(46, -14, -16), glm::normalize(Vec3{0.8, -0.35, -0.45}),
                                 glm::normalize(Vec3{0.4, 0.9, 0}), glm::normalize(Vec3{0.43, -0.18, 0.88})},
                                {r(46), r(70), r(70)}, 4),
                    6);
        return cup;
    }

    Shape ramus() const
    {
        return smooth_tube(std::vector{from_hip(-16, -20, 14), from_hip(-32, -38, 4),
                                       Vec3{wide_ * 34, symphysis_.y + r(2), symphysis_.z + r(9)},
                                       Vec3{wide_ * 20, symphysis_.y - r(3), symphysis_.z + r(8)}},
                           std::vector{r(13), r(9.5), r(7), r(7)});
    }

    Shape pubis() const
    {
        return rounded_box(
            Frame{Vec3{wide_ * 12, symphysis_.y, symphysis_.z - r(6)}, {1, 0, 0}, {0, 0.88, 0.47}, {0, -0.47, 0.88}},
            {r(9.8), r(7.8), r(19)}, r(5.5));
    }

    /// Room for the head of the femur with 3 mm of cartilage, open outwards, and the fossa at its bottom.
    Shape socket() const
    {
        Shape const head = unite(ball(hip_, r(27.5)), rounded_cone(hip_, r(27.5), from_hip(34, -12, -14), r(29)));
        return unite(head, ball(from_hip(-14, -2, -8), r(16)), r(4));
    }

    double scale_, wide_ = 1, arch_ = 1;
    Vec3 hip_{0}, symphysis_{0};
};

/// Cortical shell around spongy bone [HU]; porous bone has a thinner shell and less within.
auto bone_hu(double density, unsigned seed)
{
    return [=](Vec3 const& p, Depth const& depth) {
        double const shell = (1.8 + 0.4 * noise(p, 30, seed) + 0.2 * noise(p, 9, seed + 4)) * (0.55 + 0.45 * density);
        double const cortical = 1400 + 60 * noise(p, 8, seed + 1);
        double const strands = 0.7 * noise(p, 1.9, seed + 2) + 0.5 * noise(p, 4.2, seed + 3);
        double const spongy = 40 + 150 * density + (60 + 55 * density) * strands;
        return std::lerp(cortical, spongy, depth.share_below(shell + 0.45, 0.9));
    };
}

} // namespace

std::vector<PatientOption> pelvis_options()
{
    return {};
}

void build_pelvis(Anatomy& anatomy)
{
    BodyPlan const& plan = anatomy.plan;
    // The joint's gap to the sacrum, where that is drawn: 3 mm.
    std::vector<Shape> sacrum;
    for (Organ const& organ : anatomy.organs)
        if (organ.label == label_of("sacrum") || organ.label == label_of("vertebrae_S1"))
            sacrum.push_back(offset(organ.shape, 3 * plan.scale));
    auto const seed = unsigned(plan.parameters.seed) * 53;
    // The surface is uneven where muscles insert. Both bones have one form: it is costly.
    Shape const left = sampled(roughened(HipBone{plan}.shape(), 0.9, 16, seed + 1), 2 * plan.scale);
    for (bool const is_left : {false, true}) {
        Shape form = is_left ? left : mirrored(left);
        if (!sacrum.empty()) form = without(form, unite(sacrum));
        Organ organ{is_left ? "hip-bone-left" : "hip-bone-right",
                    label_of(is_left ? "hip_left" : "hip_right"),
                    Rank::bone,
                    {300, 1.123},
                    form};
        organ.hu = bone_hu(plan.parameters.bone_density, seed + (is_left ? 10 : 20));
        anatomy.organs.push_back(organ);
    }
    // The disc of the symphysis.
    Vec3 const symphysis = plan.place("symphysis");
    anatomy.organs.push_back(
        {"symphysis-disc",
         label_of("intervertebral_disc"),
         Rank::muscle,
         {85, 1.1, 8, 2},
         ellipsoid(Frame{symphysis + Vec3{0, 0, -6 * plan.scale}, {1, 0, 0}, {0, 0.88, 0.47}, {0, -0.47, 0.88}},
                   plan.scale * Vec3{5, 8, 18})});
}

} // namespace fluoro
