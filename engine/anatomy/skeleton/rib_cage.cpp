#include "../builders.hpp"
#include "rib_path.hpp"
#include "sternum.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double diaphragm_mm = 3; ///< typical thickness of the relaxed muscle

/// Costal cartilage calcifies with age: in men from its rim, in women from its core (typical), in patches.
std::function<double(Vec3 const&, Depth const&)> cartilage_hu(PatientParameters const& who, int rib, unsigned seed,
                                                              Vec3 const& bone_end)
{
    double const aged = std::clamp((who.age_y - 20) / 60, 0.0, 1.0);
    // The first begins early and goes far.
    double const least_noise = std::lerp(rib == 1 ? 1.0 : 2.4, rib == 1 ? -0.6 : 0.35, aged);
    bool const is_core = who.sex == Sex::female && rib != 1;
    return [=](Vec3 const& p, Depth const& depth) {
        // Nearest to the bone it is densest (the growth plate's calcified zone).
        double const soft = 108 + 10 * noise(p, 3, seed) + 110 * std::exp(-glm::length(p - bone_end) / 9);
        double const place =
            is_core ? depth.share_below(2.6, 0.8) : std::max(1 - depth.share_below(1.3, 0.6), rib == 1 ? 0.4 : 0.0);
        double const patch = std::clamp((noise(p, 6, seed + 1) - least_noise) / 0.5, 0.0, 1.0);
        return soft + place * patch * (330 + 120 * noise(p, 2, seed + 2));
    };
}

/// The cortex thins and loses density toward the end in front, so that bone passes into cartilage without an edge.
std::function<double(Vec3 const&, Depth const&)> rib_hu(BoneTissue const& tissue, Vec3 const& end, double fade_mm)
{
    BoneTissue porous = tissue;
    porous.cortical_hu *= 0.4;
    porous.cortical_mm *= 0.6;
    return [=, shaft = bone_hu(tissue), tip = bone_hu(porous)](Vec3 const& p, Depth const& depth) {
        double const share = glm::length(p - end) / fade_mm;
        return share >= 1 ? shaft(p, depth) : std::lerp(tip(p, depth), shaft(p, depth), share);
    };
}

void add_ribs(Anatomy& anatomy, RibPaths const& paths)
{
    PatientParameters const& who = anatomy.plan.parameters;
    for (Side const side : {Side::left, Side::right}) {
        std::string const name = side == Side::left ? "left" : "right";
        bool const is_right = side == Side::right;
        for (int rib = 1; rib <= 12; ++rib) {
            unsigned const seed = unsigned(who.seed) * 31 + unsigned(rib) * 2 + (is_right ? 1u : 0u);
            double const s = anatomy.plan.scale;
            std::vector<BoneStation> const stations = paths.rib(rib, side);
            Shape bone = swept_bone(stations, is_right);
            if (rib <= 10) {
                Vec3 const joint = paths.tubercle(rib, side);
                BoneStation const& neck = *std::ranges::min_element(
                    stations, {}, [&](BoneStation const& b) { return glm::length(b.at - joint); });
                bone = unite(bone, ball(neck.at + s * Vec3{is_right ? -1.5 : 1.5, 2.0, 0.5}, s * 4.2), 3);
            }
            // Hollow where the cartilage joins.
            BoneStation const& end = stations.back();
            if (rib >= 2 && rib <= 10)
                bone = without(
                    bone, ball(end.at + 2.0 * s * glm::normalize(end.at - stations[stations.size() - 2].at), 5.2 * s),
                    1);
            BoneTissue tissue;
            tissue.cortical_hu = 1300;
            tissue.cortical_mm = 0.54;
            tissue.cancellous_hu = 80;
            tissue.uneven = 0.45;
            tissue.uneven_mm = 13;
            tissue.seed = seed;
            tissue = thinned(tissue, who.bone_density);
            // ICRP 110: ribs with their marrow 1.165 g/cm3.
            anatomy.organs.push_back({"rib-" + name + "-" + std::to_string(rib),
                                      label_of("rib_" + name + "_" + std::to_string(rib)),
                                      Rank::bone,
                                      {tissue.cancellous_hu, 1.165},
                                      roughened(bone, 0.25, 7, seed),
                                      rib_hu(tissue, end.at, rib <= 10 ? 24 * s : 6 * s)});
        }
    }
}

void add_cartilages(Anatomy& anatomy, RibPaths const& paths)
{
    PatientParameters const& who = anatomy.plan.parameters;
    for (Side const side : {Side::left, Side::right})
        for (int rib = 1; rib <= 10; ++rib) {
            unsigned const seed = unsigned(who.seed) * 53 + unsigned(rib) * 2 + (side == Side::left ? 0u : 1u);
            std::vector<BoneStation> const stations = paths.cartilage(rib, side);
            Shape const gristle = roughened(swept_bone(stations), 0.4, 9, seed);
            anatomy.organs.push_back(
                {"costal-cartilage-" + std::string(side == Side::left ? "left-" : "right-") + std::to_string(rib),
                 label_of("costal_cartilages"),
                 Rank::bone,
                 {108, 1.10},
                 gristle,
                 cartilage_hu(who, rib, seed, stations.front().at)});
        }
}

/// The muscle under the lungs; its height is the chest form's.
void add_diaphragm(Anatomy& anatomy)
{
    Shape const above = above_diaphragm(anatomy.plan), wall = thoracic_cavity(anatomy.plan);
    double const thick = diaphragm_mm * anatomy.plan.scale;
    Box box = above.bounds();
    box.high.z = std::max(anatomy.plan.place("diaphragm-dome-right").z, anatomy.plan.place("diaphragm-dome-left").z) +
                 3 * anatomy.plan.scale;
    Shape const sheet{box, [=](Vec3 const& p) {
                          double const under = above.distance_mm(p);
                          return std::max({-under, under - thick, wall.distance_mm(p)});
                      }};
    anatomy.organs.push_back({"diaphragm", label_of("muscle"), Rank::cavity, {50, 1.05, 8, 3}, sheet});
}

} // namespace

std::vector<PatientOption> rib_cage_options()
{
    return {};
}

void build_rib_cage(Anatomy& anatomy)
{
    RibPaths const paths{anatomy.plan};
    add_diaphragm(anatomy);
    // Bone covers the ends of its cartilage.
    add_cartilages(anatomy, paths);
    add_sternum(anatomy, paths);
    add_ribs(anatomy, paths);
}

} // namespace fluoro
