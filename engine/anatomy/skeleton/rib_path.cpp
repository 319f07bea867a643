#include "rib_path.hpp"

#include "vertebra_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>

namespace fluoro {

namespace {

/// Of the reference man: end of the bone, heights over L3; cross-section of the shaft. Sizes typical.
struct RibRow {
    WallPoint end;
    double wide, upper, lower; ///< height of the section, radii of its borders [mm]
    double first_angle;        ///< where the path has reached the wall [degrees]
    double steady = 0;         ///< 1 = falls evenly all the way
};
constexpr std::array<RibRow, 12> ribs{{
    {{150, 316}, 16.5, 3.0, 2.7, 72, 0.7},
    {{147, 284}, 13.8, 3.6, 2.2, 54, 0.4},
    {{139.5, 255}, 14.3, 3.8, 2.1, 43},
    {{134.5, 227}, 14.8, 3.9, 2.0, 37},
    {{132, 197}, 15.3, 3.9, 2.0, 35},
    {{125, 165}, 15.3, 4.0, 2.0, 34},
    {{121, 136}, 15.8, 4.0, 2.0, 33.5},
    {{116.5, 108}, 15.8, 4.0, 2.0, 33.5},
    {{114, 83}, 15.3, 3.9, 2.0, 33.5},
    {{111, 60}, 14.8, 3.8, 2.0, 36},
    {{97, 56}, 12.8, 3.9, 2.6, 40, 0.75},
    {{66, 64}, 11.5, 3.7, 2.5, 47, 1},
}};

/// Cartilages on their way to the sternum or to the cartilage above.
struct CartilageRow {
    std::array<WallPoint, 3> way;
    int points;
    double sternal_x, sternal_z; ///< 0 = joins the cartilage above at the last point of the way
};
constexpr std::array<CartilageRow, 10> cartilages{{
    {{{{156, 315}}}, 1, 22, 312},
    {{{{158, 284}}}, 1, 14, 287},
    {{{{153, 255}}}, 1, 13.5, 262},
    {{{{148, 226}}}, 1, 14.5, 239},
    {{{{141, 191}, {155, 200}}}, 2, 15.5, 218},
    {{{{132, 153}, {146, 163}, {160, 187}}}, 3, 16, 201},
    {{{{127, 122}, {136, 120}, {152, 150}}}, 3, 14, 188},
    {{{{121, 97}, {128, 104}, {137, 121}}}, 3, 0, 0},
    {{{{118, 73}, {122, 81}, {128, 102}}}, 3, 0, 0},
    {{{{114.5, 50}, {117.5, 57}, {122, 79}}}, 3, 0, 0},
}};

/// Share of the whole fall that the rib has done at a share of its way from tubercle to end: nearly level behind,
/// steepest in front of the middle.
double fallen(double share)
{
    constexpr std::array<double, 6> at{0, 0.12, 0.3, 0.55, 0.8, 1}, value{0, 0.03, 0.15, 0.47, 0.82, 1};
    std::size_t i = 0;
    while (i + 2 < at.size() && at[i + 1] < share) ++i;
    auto const slope = [&](std::size_t k) {
        std::size_t const a = k == 0 ? 0 : k - 1, b = std::min(k + 1, at.size() - 1);
        return (value[b] - value[a]) / (at[b] - at[a]);
    };
    double const step = at[i + 1] - at[i], t = std::clamp((share - at[i]) / step, 0.0, 1.0);
    double const a = value[i], b = value[i + 1], sa = slope(i) * step, sb = slope(i + 1) * step;
    return a + t * (sa + t * (3 * (b - a) - 2 * sa - sb + t * (2 * (a - b) + sa + sb)));
}

double sign_of(Side side)
{
    return side == Side::left ? 1 : -1;
}

constexpr double axis_y = -3;    ///< of the directions around the chest [mm of 1760 mm]
constexpr double station_mm = 4; ///< between stations
constexpr double clear_mm = 2;   ///< between the wall's inner face and the bone

} // namespace

RibPaths::RibPaths(BodyPlan const& plan)
    : plan_{plan}, wall_{chest_wall(plan)}, scale_{plan.scale}, wide_{plan.scale *
                                                                      (plan.parameters.sex == Sex::female ? 0.92 : 1)}
{
}

Vec3 RibPaths::on_wall(WallPoint const& point, double sign, double outside_mm) const
{
    double const a = radians(point.angle_deg);
    Vec3 const from{0, scale_ * axis_y, scale_ * point.z}, way{sign * std::sin(a), std::cos(a), 0};
    // From outside inward: behind the spine the wall is met more than once.
    double far = 190 * scale_, near = 0;
    for (double r = far; r > 0; r -= 4)
        if (wall_.distance_mm(from + r * way) < outside_mm) {
            near = r;
            break;
        } else
            far = r;
    for (int i = 0; i < 24; ++i) {
        double const r = (near + far) / 2;
        (wall_.distance_mm(from + r * way) < outside_mm ? near : far) = r;
    }
    return from + near * way;
}

Vec3 RibPaths::outward(Vec3 const& p) const
{
    constexpr double h = 3;
    Vec3 g{0};
    for (int axis = 0; axis < 3; ++axis) {
        Vec3 d{0};
        d[axis] = h;
        g[axis] = wall_.distance_mm(p + d) - wall_.distance_mm(p - d);
    }
    return glm::length(g) > 1e-9 ? glm::normalize(g) : Vec3{0, 0, 1};
}

void RibPaths::keep_clear(BoneStation& s, double clear) const
{
    for (int i = 0; i < 3; ++i) {
        Vec3 const n = outward(s.at);
        double const lean = glm::dot(s.up, n);
        double const inner = std::max(s.upper_mm - (s.half_wide_mm - s.upper_mm) * lean,
                                      s.lower_mm + (s.half_wide_mm - s.lower_mm) * lean);
        double const missing = clear + inner - wall_.distance_mm(s.at);
        if (missing <= 0) return;
        s.at += missing * n;
    }
}

void RibPaths::orient(std::vector<BoneStation>& stations, double sign, double flat) const
{
    for (std::size_t i = 0; i < stations.size(); ++i) {
        Vec3 const& a = stations[i == 0 ? 0 : i - 1].at;
        Vec3 const& b = stations[std::min(i + 1, stations.size() - 1)].at;
        Vec3 const ahead = glm::normalize(b - a);
        Vec3 const out = glm::normalize(glm::mix(outward(stations[i].at), Vec3{0, 0, 1}, flat));
        stations[i].up = glm::normalize(sign * glm::cross(ahead, out));
    }
}

Vec3 RibPaths::tubercle(int rib, Side side) const
{
    return costotransverse_joint(plan_, rib, sign_of(side)) + scale_ * Vec3{sign_of(side) * 1.5, -3.5, 0};
}

Vec3 RibPaths::sternum_at(double z) const
{
    Vec3 const &notch = plan_.place("jugular-notch"), &angle = plan_.place("sternal-angle"),
               &xiphoid = plan_.place("xiphoid");
    Vec3 const &high = z > angle.z ? notch : angle, &low = z > angle.z ? angle : xiphoid;
    return {0, std::lerp(low.y, high.y, (z - low.z) / (high.z - low.z)), z};
}

std::vector<BoneStation> RibPaths::rib(int rib, Side side) const
{
    double const sign = sign_of(side);
    RibRow const& row = ribs[std::size_t(rib - 1)];
    unsigned const seed = unsigned(plan_.parameters.seed) * 97 + unsigned(rib) * 2 + (sign > 0 ? 0u : 1u);
    auto const natural = [seed](unsigned which) { return noise(Vec3{0.37 + which, 0.61, 0.23}, 1, seed); };
    // No two ribs are the same: they end some millimetres higher or lower, nearer or farther.
    double const end_z = row.end.z + 1.5 * natural(0), end_angle = row.end.angle_deg + 0.9 * natural(3);

    Vec3 const head = costovertebral_joint(plan_, rib, sign) + scale_ * Vec3{sign * 2.5, -0.5, 0};
    // The last two have no tubercle.
    Vec3 const bump = rib <= 10 ? tubercle(rib, side) : head + scale_ * Vec3{sign * 11, 9, -3};
    std::vector<Vec3> through{head, glm::mix(head, bump, 0.5) + Vec3{0, 0, 0.8}, bump};
    double const top = bump.z / scale_;
    constexpr int steps = 14;
    for (int i = 0; i <= steps; ++i) {
        double const share = double(i) / steps;
        double const angle = std::lerp(row.first_angle, end_angle, share);
        // The way from the tubercle to the wall is a part of the whole as well.
        double const along = std::lerp(rib == 12 ? 0.25 : rib == 11 ? 0.16 : 0.1, 1.0, share);
        double const z = std::lerp(top, end_z, std::lerp(fallen(along), along, row.steady)) +
                         0.5 * noise(Vec3{angle / 14, 0.5, 0.5}, 1, seed + 7);
        through.push_back(on_wall({angle, z}, sign, scale_ * (clear_mm + row.upper)));
    }
    std::vector<Vec3> const line = curve(through, station_mm * scale_);
    std::vector<double> way(line.size(), 0);
    for (std::size_t i = 1; i < line.size(); ++i) way[i] = way[i - 1] + glm::length(line[i] - line[i - 1]);
    double const neck = glm::length(bump - head) / way.back();

    std::vector<BoneStation> stations(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
        double const s = way[i] / way.back();
        BoneStation& b = stations[i];
        b.at = line[i];
        // Neck: nearly round; shaft: flat, thick above, sharp below, deepest groove behind; end: wide and hollow.
        double const shaft = std::clamp((s - neck) / 0.12, 0.0, 1.0), end = std::clamp((s - 0.82) / 0.18, 0.0, 1.0);
        double const size = scale_ * row.wide / 14.5;
        b.half_wide_mm = std::lerp(rib == 1 ? 4.2 : 5.6 * size, scale_ * row.wide / 2 * (1 + 0.04 * end), shaft);
        b.upper_mm = scale_ * std::lerp(rib == 1 ? 3.2 : 4.0, row.upper * (1 - 0.2 * end), shaft);
        b.lower_mm = scale_ * std::lerp(rib == 1 ? 3.0 : 3.4, row.lower * (1 + 0.1 * end), shaft);
        double const swell = std::exp(-std::pow(way[i] / (5 * scale_), 2)); // head
        b.half_wide_mm += 1.2 * swell * size;
        b.upper_mm += 1.0 * swell * size;
        b.lower_mm += 1.2 * swell * size;
        if (rib > 1 && rib < 12)
            b.groove_mm =
                scale_ * 1.5 * std::clamp((s - neck - 0.08) / 0.08, 0.0, 1.0) * std::clamp((0.72 - s) / 0.12, 0.0, 1.0);
        if (rib >= 11) { // taper to a free end
            double const tip = 1 - 0.3 * std::clamp((s - 0.7) / 0.3, 0.0, 1.0);
            b.half_wide_mm *= tip;
            b.upper_mm *= tip;
            b.lower_mm *= std::max(tip, 0.8);
        }
        b.half_wide_mm = std::max({b.half_wide_mm, b.upper_mm, b.lower_mm});
    }
    double const flat = rib == 1 ? 0.72 : rib == 2 ? 0.35 : rib == 3 ? 0.12 : 0;
    orient(stations, sign, flat);
    for (std::size_t i = 0; i < stations.size(); ++i) {
        bool const is_at_spine = way[i] / way.back() < neck;
        keep_clear(stations[i], is_at_spine ? 0.8 : clear_mm * scale_);
    }
    return stations;
}

std::vector<BoneStation> RibPaths::cartilage(int rib, Side side) const
{
    double const sign = sign_of(side);
    CartilageRow const& row = cartilages[std::size_t(rib - 1)];
    std::vector<BoneStation> const bone = this->rib(rib, side);
    double const thick = rib == 1 ? 3.8 : 3.9, outside = scale_ * (clear_mm + thick);
    // Begins inside the bone's hollow end.
    std::vector<Vec3> through{bone[bone.size() - 2].at, bone.back().at};
    for (int i = 0; i < row.points; ++i) through.push_back(on_wall(row.way[std::size_t(i)], sign, outside));
    if (row.sternal_x > 0)
        through.push_back(sternum_at(scale_ * row.sternal_z) + Vec3{sign * wide_ * row.sternal_x, 0, 0});
    std::vector<Vec3> const line = curve(through, station_mm * scale_);
    std::vector<BoneStation> stations(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
        double const s = double(i) / double(line.size() - 1);
        double const wide = scale_ * std::lerp(rib == 1 ? 8.0 : 7.0, rib >= 8 ? 4.2 : 5.8, s);
        stations[i].at = line[i];
        stations[i].half_wide_mm = wide;
        stations[i].upper_mm = stations[i].lower_mm =
            std::min(wide, scale_ * std::lerp(thick, rib >= 8 ? 3.2 : thick, s));
    }
    orient(stations, sign, rib == 1 ? 0.5 : 0);
    for (BoneStation& s : stations) keep_clear(s, 1.6 * scale_);
    return stations;
}

} // namespace fluoro
