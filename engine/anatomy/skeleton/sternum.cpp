#include "sternum.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace fluoro {

namespace {

/// Half width and half thickness by height [mm of 1760 mm], typical: manubrium 50 long and 60 wide, body 100, xiphoid
/// process 30.
struct Row {
    double z, wide, thick;
};
constexpr std::array<Row, 17> rows{{{151, 2.5, 2.2},
                                    {158, 4.5, 2.8},
                                    {170, 6.5, 3.4},
                                    {180, 8.5, 4.0},
                                    {186, 11.5, 5.2},
                                    {194, 15.5, 5.6},
                                    {204, 18.0, 5.8},
                                    {222, 17.0, 5.8},
                                    {242, 15.0, 6.0},
                                    {262, 13.0, 6.3},
                                    {280, 13.0, 6.6},
                                    {288, 14.8, 7.4},
                                    {296, 15.5, 6.9},
                                    {306, 20.0, 6.7},
                                    {315, 27.0, 7.1},
                                    {324, 29.0, 7.6},
                                    {336, 26.0, 6.7}}};
constexpr double joint_z = 287, xiphoid_joint_z = 185, low_z = 150, high_z = 333;

Row row_at(double z)
{
    std::size_t i = 0;
    while (i + 2 < rows.size() && rows[i + 1].z < z) ++i;
    Row const &a = rows[i], &b = rows[i + 1];
    double const t = std::clamp((z - a.z) / (b.z - a.z), 0.0, 1.0), s = t * t * (3 - 2 * t);
    return {z, std::lerp(a.wide, b.wide, s), std::lerp(a.thick, b.thick, s)};
}

} // namespace

void add_sternum(Anatomy& anatomy, RibPaths const& paths)
{
    BodyPlan const& plan = anatomy.plan;
    double const s = plan.scale, wide = s * (plan.parameters.sex == Sex::female ? 0.9 : 1);
    // Heights follow the sternal angle; the middle plane is kept at every millimetre.
    double const base = plan.place("sternal-angle").z - s * (joint_z + 1);
    double const low = base + s * low_z, high = base + s * high_z;
    auto const middle = std::make_shared<std::vector<double>>();
    for (double z = low - 2; z <= high + 3; z += 1) middle->push_back(paths.sternum_at(z).y);
    auto const middle_at = [middle, low](double z) {
        double const q = std::clamp(z - low + 2, 0.0, double(middle->size()) - 1.001);
        auto const i = std::size_t(q);
        return std::lerp((*middle)[i], (*middle)[i + 1], q - double(i));
    };
    double const front = std::min(middle_at(low), middle_at(high)) - 8 * s,
                 back = std::max(middle_at(low), middle_at(high)) + 8 * s;
    Box const box{{-30 * s, front, low}, {30 * s, back, high}};
    Vec3 const notch{0, middle_at(high), base + s * 345}; // of a ball that hollows the upper border
    Shape const plate{box, [=](Vec3 const& p) {
                          Row const r = row_at((p.z - base) / s);
                          double const round = 0.5 * s * r.thick;
                          double const y = 0.97 * (p.y - middle_at(p.z));
                          Vec2 const q{std::abs(p.x) - wide * r.wide + round, std::abs(y) - s * r.thick + round};
                          double const d =
                              glm::length(glm::max(q, Vec2{0})) + std::min(std::max(q.x, q.y), 0.0) - round;
                          double const end = std::max(low - p.z, p.z - high);
                          double const jugular = 18 * s - glm::length(p - notch);
                          // The borders lean by up to 40 degrees.
                          return std::max({0.8 * d, end, jugular});
                      }};
    PatientParameters const& who = plan.parameters;
    BoneTissue tissue;
    tissue.cortical_hu = 800;
    tissue.cortical_mm = 0.65;
    tissue.uneven = 0.45;
    tissue.uneven_mm = 12;
    tissue.cancellous_hu = 20;
    tissue.trabeculae_hu = 40;
    tissue.seed = unsigned(who.seed) * 11 + 3;
    auto const bone = bone_hu(thinned(tissue, who.bone_density));
    // Fibrous cartilage in both joints, bone across them in the old; the tip of the xiphoid process stays cartilage.
    double const open = std::clamp((75 - who.age_y) / 25, 0.15, 1.0);
    auto const hu = [=](Vec3 const& p, Depth const& depth) {
        double const z = (p.z - base) / s;
        double const joint =
            std::max(1 - std::abs(z - joint_z + 0.02 * p.x) / 1.6, 1 - std::abs(z - xiphoid_joint_z) / 1.4);
        double const tip = std::clamp((172 - z) / 6, 0.0, 1.0) * open;
        return std::lerp(bone(p, depth), 110.0, std::max(std::clamp(2 * joint, 0.0, 1.0) * open, tip));
    };
    // ICRP 110: sternum with its marrow 1.041 g/cm3.
    anatomy.organs.push_back({"sternum",
                              label_of("sternum"),
                              Rank::bone,
                              {tissue.cancellous_hu, 1.041},
                              roughened(plate, 0.5, 9, tissue.seed),
                              hu});
}

} // namespace fluoro
