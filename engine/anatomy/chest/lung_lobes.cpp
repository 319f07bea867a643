#include "lung_lobes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <limits>

namespace fluoro {

namespace {

struct LobeRow {
    char const* name;
    char const* label;
};
constexpr std::array<LobeRow, lobes> lobe_rows{{{"left-upper", "lung_upper_lobe_left"},
                                                {"left-lower", "lung_lower_lobe_left"},
                                                {"right-upper", "lung_upper_lobe_right"},
                                                {"right-middle", "lung_middle_lobe_right"},
                                                {"right-lower", "lung_lower_lobe_right"}}};

// Places of the segments after Boyden's scheme (typical); each takes the points of its lobe that are nearest to it.
constexpr std::array<SegmentPlan, 18> segment_rows{{
    {"right-apical", Lobe::right_upper, {0.45, 0.50, 0.93}, "right-upper-bronchus", "right-anterior-trunk"},
    {"right-posterior", Lobe::right_upper, {0.62, 0.78, 0.75}, "right-upper-bronchus", "right-anterior-trunk"},
    {"right-anterior", Lobe::right_upper, {0.60, 0.25, 0.66}, "right-upper-bronchus", "right-anterior-trunk"},
    {"right-lateral", Lobe::right_middle, {0.75, 0.28, 0.42}, "right-middle-bronchus", "right-interlobar-upper"},
    {"right-medial", Lobe::right_middle, {0.32, 0.18, 0.36}, "right-middle-bronchus", "right-interlobar-upper"},
    {"right-superior", Lobe::right_lower, {0.50, 0.85, 0.60}, "right-lower-bronchus", "right-interlobar-lower"},
    {"right-medial-basal", Lobe::right_lower, {0.22, 0.50, 0.26}, "right-basal-trunk", "right-basal-artery"},
    {"right-anterior-basal", Lobe::right_lower, {0.65, 0.42, 0.22}, "right-basal-trunk", "right-basal-artery"},
    {"right-lateral-basal", Lobe::right_lower, {0.85, 0.62, 0.20}, "right-basal-trunk", "right-basal-artery"},
    {"right-posterior-basal", Lobe::right_lower, {0.48, 0.86, 0.20}, "right-basal-trunk", "right-basal-artery"},
    {"left-apicoposterior", Lobe::left_upper, {0.50, 0.62, 0.86}, "left-upper-division", "left-arch"},
    {"left-anterior", Lobe::left_upper, {0.60, 0.25, 0.66}, "left-upper-division", "left-arch"},
    {"left-superior-lingular", Lobe::left_upper, {0.72, 0.22, 0.46}, "left-lingular-bronchus", "left-interlobar"},
    {"left-inferior-lingular", Lobe::left_upper, {0.58, 0.14, 0.30}, "left-lingular-bronchus", "left-interlobar"},
    {"left-superior", Lobe::left_lower, {0.50, 0.85, 0.60}, "left-lower-bronchus", "left-interlobar"},
    {"left-anteromedial-basal", Lobe::left_lower, {0.52, 0.44, 0.24}, "left-basal-trunk", "left-basal-artery"},
    {"left-lateral-basal", Lobe::left_lower, {0.85, 0.62, 0.20}, "left-basal-trunk", "left-basal-artery"},
    {"left-posterior-basal", Lobe::left_lower, {0.48, 0.86, 0.20}, "left-basal-trunk", "left-basal-artery"},
}};

/// Slow waves, so that a fissure is edge-on to a beam here and there only.
double waves(Vec3 const& p, unsigned seed)
{
    return 2.8 * noise({p.x, p.y, 0}, 58, seed) + 1.2 * noise({p.x, p.y, 0}, 25, seed + 9);
}

/// The share of a voxel that a sheet fills: a tent whose sum over voxels across is the thickness.
double share_of_sheet(double off_mm, double thick_mm, double side_mm)
{
    if (thick_mm >= side_mm) return std::clamp(0.5 - (off_mm - thick_mm / 2) / side_mm, 0.0, 1.0);
    return thick_mm / side_mm * std::max(0.0, 1 - off_mm / side_mm);
}

} // namespace

char const* name_of(Lobe lobe)
{
    return lobe_rows[std::size_t(lobe)].name;
}

int label_of(Lobe lobe)
{
    return label_of(lobe_rows[std::size_t(lobe)].label);
}

std::span<SegmentPlan const> segments()
{
    return segment_rows;
}

Fissures::Fissures(BodyPlan const& plan)
    : carina_{plan.place("carina")}, scale_{plan.scale}, seed_{unsigned(plan.parameters.seed * 31)}
{
}

double Fissures::oblique(Side side, Vec3 const& p) const
{
    Vec3 const q = (p - carina_) / scale_;
    double const out = (side == Side::left ? q.x : -q.x) - 60; // from the middle of the lung outward
    // From T4 (left) or T5 (right) behind, through the hilum, down to the front of the diaphragm; the left one is
    // steeper. A propeller: outside it stands steeper and further forward than inside.
    double const slope = (side == Side::left ? 1.12 : 0.98) + 0.0012 * out;
    double const through = (side == Side::left ? -24.0 : -32.0) - 0.10 * out;
    double const rise = slope * (q.y - 6) + 0.0016 * (q.y - 6) * (q.y - 6);
    double const z = through + rise + waves(q, seed_ + unsigned(side));
    return scale_ * (q.z - z) * 0.6; // the slope and the waves' own
}

double Fissures::horizontal(Vec3 const& p) const
{
    Vec3 const q = (p - carina_) / scale_;
    // At the height of the hilum; falls a little to the front and to the side, a shallow dome.
    double const out = -q.x - 65;
    double const z = -24 + 0.14 * (q.y + 30) - 0.0016 * (q.y + 30) * (q.y + 30) - 0.05 * out - 0.0014 * out * out +
                     0.8 * waves(q, seed_ + 2);
    return scale_ * (q.z - z) * 0.9;
}

Lobe Fissures::lobe_at(Side side, Vec3 const& p) const
{
    bool const is_lower = oblique(side, p) < 0;
    if (side == Side::left) return is_lower ? Lobe::left_lower : Lobe::left_upper;
    if (is_lower) return Lobe::right_lower;
    return horizontal(p) < 0 ? Lobe::right_middle : Lobe::right_upper;
}

double Fissures::outside(Lobe lobe, Vec3 const& p, double below_others_mm) const
{
    double const oblique_mm = oblique(side_of(lobe), p);
    switch (lobe) {
    case Lobe::left_lower:
    case Lobe::right_lower:
        return oblique_mm - below_others_mm;
    case Lobe::left_upper:
        return -oblique_mm;
    case Lobe::right_upper:
        return std::max(-oblique_mm, -horizontal(p));
    case Lobe::right_middle:
        return std::max(-oblique_mm, horizontal(p) - below_others_mm);
    }
    return oblique_mm;
}

LungCloud sample(Shape const& lung, Fissures const& fissures, Side side, double spacing_mm, unsigned seed)
{
    LungCloud cloud;
    cloud.cell_mm3 = spacing_mm * spacing_mm * spacing_mm;
    Box const& box = lung.bounds();
    glm::ivec3 const count{glm::ceil((box.high - box.low) / spacing_mm)};
    RandomSequence random{seed, RandomStream::body, 1, std::uint32_t(side)};
    Box solid{Vec3{std::numeric_limits<double>::max()}, Vec3{std::numeric_limits<double>::lowest()}};
    for (int k = 0; k < count.z; ++k)
        for (int j = 0; j < count.y; ++j)
            for (int i = 0; i < count.x; ++i) {
                double const x = random.next_uniform(), y = random.next_uniform(), z = random.next_uniform();
                Vec3 const p = box.low + spacing_mm * (Vec3{i, j, k} + Vec3{x, y, z});
                double const d = lung.distance_mm(p);
                if (d >= 0) continue;
                cloud.points.push_back({p, -d, fissures.lobe_at(side, p), -1});
                cloud.middle += p;
                solid = around(solid, {p, p});
            }
    cloud.middle /= double(std::max<std::size_t>(1, cloud.points.size()));
    Vec3 const size = solid.high - solid.low;
    for (LungCloud::Point& point : cloud.points) {
        double best = std::numeric_limits<double>::max();
        for (std::size_t s = 0; s < segment_rows.size(); ++s) {
            SegmentPlan const& segment = segment_rows[s];
            if (segment.lobe != point.lobe) continue;
            Vec3 share = segment.centre;
            if (side == Side::right) share.x = 1 - share.x;
            Vec3 const off = point.at - solid.low - share * size;
            if (glm::dot(off, off) < best) {
                best = glm::dot(off, off);
                point.segment = int(s);
            }
        }
    }
    return cloud;
}

Shape lobe_shape(Shape const& lung, Fissures const& fissures, Lobe lobe, double below_others_mm)
{
    return {lung.bounds(), [=](Vec3 const& p) {
                double const out = fissures.outside(lobe, p, below_others_mm);
                // Far on the other side of a fissure the lung need not be asked.
                return out > 4 ? out : std::max(out, lung.distance_mm(p));
            }};
}

Shape fissure_sheet(Shape const& lung, Fissures const& fissures, Side side, bool is_horizontal, double thick_mm)
{
    // How far from the sheet, and negative where it stops: the horizontal fissure ends at the oblique one.
    auto const off = [=](Vec3 const& p) {
        if (!is_horizontal) return std::abs(fissures.oblique(side, p));
        return std::max(std::abs(fissures.horizontal(p)), -fissures.oblique(side, p));
    };
    return {lung.bounds(),
            [=](Vec3 const& p) {
                double const sheet = off(p) - thick_mm / 2;
                return sheet > 4 ? sheet : std::max(sheet, lung.distance_mm(p));
            },
            [=](Vec3 const& p, double side_mm) {
                double const share = share_of_sheet(off(p), thick_mm, side_mm);
                return share <= 0 || lung.distance_mm(p) > 0 ? 0 : share;
            }};
}

} // namespace fluoro
