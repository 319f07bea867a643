#include "../morphology.hpp"
#include "../section.hpp"
#include "findings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace fluoro {

namespace {

constexpr float least_hu = 130, most_hu = 650;             ///< blood with contrast in a CT's arterial phase
constexpr double least_radius_mm = 7, most_radius_mm = 24; ///< of an aorta that is followed
constexpr double step_mm = 3;

/// Bright ways as depth below their own surface.
class BrightWays {
public:
    BrightWays(Lattice const& lattice, Mask const& mask) : lattice_{lattice}, depth_{depth_in(lattice, mask)} {}
    /// 0 outside of the mask.
    double depth(Vec3 const& p) const
    {
        glm::ivec3 const at = lattice_.nearest(p);
        return lattice_.holds(at) ? std::max(0.0, double(depth_[lattice_.index(at)])) : 0;
    }
    /// The deepest place near `p` in the plane across `along`, as the mean of the deep ones.
    Vec3 centred(Vec3 const& p, Vec3 const& along, double reach_mm) const
    {
        Vec3 const any = std::abs(along.z) < 0.9 ? Vec3{0, 0, 1} : Vec3{1, 0, 0};
        Vec3 const a = glm::normalize(glm::cross(along, any)), b = glm::cross(along, a);
        double most = 0;
        for (double u = -reach_mm; u <= reach_mm; u += 1)
            for (double v = -reach_mm; v <= reach_mm; v += 1) most = std::max(most, depth(p + u * a + v * b));
        Vec3 sum{0};
        double weight = 0;
        for (double u = -reach_mm; u <= reach_mm; u += 1)
            for (double v = -reach_mm; v <= reach_mm; v += 1)
                if (double const d = depth(p + u * a + v * b); d > most - 2) {
                    sum += d * (p + u * a + v * b);
                    weight += d;
                }
        return weight > 0 ? sum / weight : p;
    }

    /// The place near `p` in the plane across `along` that looks most like the middle of a disc of this radius: bright
    /// inside, dark around it. A neighbour as bright that touches it on one side moves it little.
    Vec3 disc(Vec3 const& p, Vec3 const& along, double radius_mm) const
    {
        Vec3 const any = std::abs(along.z) < 0.9 ? Vec3{0, 0, 1} : Vec3{1, 0, 0};
        Vec3 const a = glm::normalize(glm::cross(along, any)), b = glm::cross(along, a);
        auto const look = [&](Vec3 const& centre) {
            int score = 0;
            for (int ray = 0; ray < 24; ++ray) {
                double const angle = 2 * std::numbers::pi * ray / 24;
                Vec3 const out = std::cos(angle) * a + std::sin(angle) * b;
                for (double const r : {0.5, 0.8}) score += depth(centre + r * radius_mm * out) > 0;
                for (double const r : {1.25, 1.5}) score -= depth(centre + r * radius_mm * out) > 0;
            }
            return score;
        };
        double const reach = 0.35 * radius_mm;
        std::vector<std::pair<int, Vec3>> looks;
        for (double u = -reach; u <= reach; u += 1)
            for (double v = -reach; v <= reach; v += 1) looks.emplace_back(look(p + u * a + v * b), p + u * a + v * b);
        int const most = std::ranges::max_element(looks, {}, &std::pair<int, Vec3>::first)->first;
        Vec3 sum{0};
        int count = 0;
        for (auto const& [score, at] : looks)
            if (score >= most - 1) sum += at, ++count;
        return sum / double(count);
    }

private:
    Lattice lattice_;
    std::vector<float> depth_;
};

/// The part of a lattice inside a box, with its values.
template <class Value>
std::vector<Value> cropped(Lattice const& from, std::vector<Value> const& values, Lattice const& to)
{
    glm::ivec3 const low = from.nearest(to.origin_mm);
    std::vector<Value> part(to.count());
    for (std::size_t i = 0; i < part.size(); ++i) part[i] = values[from.index(to.cell(i) + low)];
    return part;
}

/// Middle of the vertebral body and the canal at a height.
struct SpineAt {
    Vec3 body{0}, canal{0};
    double half_width_mm = 18, half_depth_mm = 16;
};
SpineAt spine_at(FoundSpine const& spine, BodyPlan const& plan, double z)
{
    auto const& canal = spine.canal;
    auto const nearest =
        std::ranges::min_element(canal.points_mm, {}, [z](Vec3 const& p) { return std::abs(p.z - z); });
    auto const i = std::size_t(nearest - canal.points_mm.begin());
    Vec3 body = *nearest + 24.0 * canal.front[i];
    // Between the two found bodies next to this height.
    FoundVertebra const *above = nullptr, *below = nullptr;
    for (auto const& [level, v] : spine.vertebrae) {
        if (v.centre_mm.z >= z && (!above || v.centre_mm.z < above->centre_mm.z)) above = &v;
        if (v.centre_mm.z < z && (!below || v.centre_mm.z > below->centre_mm.z)) below = &v;
    }
    if (above && below)
        body = glm::mix(below->centre_mm, above->centre_mm,
                        (z - below->centre_mm.z) / (above->centre_mm.z - below->centre_mm.z));
    auto const at_level = std::ranges::min_element(spine.vertebrae, {},
                                                   [z](auto const& v) { return std::abs(v.second.centre_mm.z - z); });
    VertebraPlan const& size = plan.vertebra(at_level->first);
    return {body, *nearest, size.endplate_width_mm / 2 + 1, size.endplate_depth_mm / 2 + 1};
}

struct Track {
    std::vector<Vec3> points;
    std::vector<double> radii;
};

/// Beside the thoracic spine the aorta goes along it, though a left atrium as bright as it may touch it.
struct AlongSpine {
    SpinePath const& canal;
    double below_mm; ///< z of where the arch begins
    std::optional<Vec3> operator()(Vec3 const& p) const
    {
        if (p.z > below_mm) return std::nullopt;
        auto const nearest =
            std::ranges::min_element(canal.points_mm, {}, [&](Vec3 const& c) { return std::abs(c.z - p.z); });
        // The ascending aorta is far in front of it.
        if (p.y < nearest->y - 65) return std::nullopt;
        return canal.up[std::size_t(nearest - canal.points_mm.begin())];
    }
};

/// Follows a bright way from a point; ends where it becomes narrow, wide, or turns too sharply. `rim_mm`: by how much a
/// radius is above the depth.
Track follow(BrightWays const& ways, AlongSpine const& spine, Vec3 start, Vec3 along, double radius, double rim_mm)
{
    Track track;
    Vec3 p = start;
    double usual = radius;
    int wide = 0;
    for (int n = 0; n < 250; ++n) {
        auto const guide = spine(p);
        Vec3 next = guide ? ways.disc(p + step_mm * along, along, usual + rim_mm)
                          : ways.centred(p + step_mm * along, along, 0.5 * usual);
        Vec3 turn = next - p;
        if (glm::length(turn) < 0.5) break;
        turn = glm::normalize(turn);
        // An arch of 20 mm radius turns by 9 degrees in a step.
        if (!guide && glm::dot(turn, along) < std::cos(radians(n < 3 ? 60 : 45))) break;
        along = glm::normalize(along + 0.5 * turn);
        if (guide) {
            // At most 35 degrees off the spine's direction.
            Vec3 const up = along.z > 0 ? *guide : -*guide;
            double const forward = std::max(glm::dot(along, up), 0.0);
            Vec3 const aside = along - glm::dot(along, up) * up;
            double const most = std::tan(radians(35)) * std::max(forward, 0.5);
            if (glm::length(aside) > most) along = glm::normalize(forward * up + most * glm::normalize(aside));
        }
        next = p + step_mm * along;
        next = guide ? ways.disc(next, along, usual + rim_mm) : ways.centred(next, along, 0.35 * usual);
        double const r = ways.depth(next);
        if (r < (guide ? 2.5 : std::max(0.55 * usual, least_radius_mm - 3))) break;
        // Beside the spine what is wide touches another; elsewhere it is another.
        wide = !guide && (r > 1.35 * usual || r > most_radius_mm) ? wide + 1 : 0;
        if (wide >= 3) break;
        if (wide == 0 && (!guide || std::abs(r - usual) < 0.25 * usual)) usual = 0.9 * usual + 0.1 * r;
        p = next;
        track.points.push_back(p);
        track.radii.push_back(std::min(r, 1.35 * usual));
    }
    for (int n = 0; n < wide && track.points.size() > 1; ++n) track.points.pop_back(), track.radii.pop_back();
    return track;
}

} // namespace

void find_aorta(Findings& found, BodyPlan const& plan)
{
    WorkVolume const& work = found.work;
    if (found.spine.vertebrae.size() < 3) {
        found.not_found.push_back("aorta: no vertebrae to look beside");
        return;
    }
    // The piece of the CT about the spine that an aorta can be in.
    Box reach{Vec3{1e9}, Vec3{-1e9}};
    for (Vec3 const& p : found.spine.canal.points_mm)
        reach = around(reach, {p - Vec3{110, 190, 1e4}, p + Vec3{110, 10, 1e4}});
    Lattice lattice = work.lattice;
    glm::ivec3 const low_cell =
        glm::max(work.lattice.nearest(glm::max(reach.low, work.lattice.box().low)), glm::ivec3{0});
    glm::ivec3 const high_cell =
        glm::min(work.lattice.nearest(glm::min(reach.high, work.lattice.box().high)), work.lattice.size - 1);
    lattice.origin_mm = work.lattice.position(low_cell);
    lattice.size = high_cell - low_cell + 1;
    // A sharp kernel's noise would punch holes into the blood.
    std::vector<float> const hu = smoothed(lattice, cropped(work.lattice, work.hu, lattice), 1.8);
    Mask const body = cropped(work.lattice, found.body, lattice);
    // Bright and no bone of the spine.
    Mask bright(hu.size(), 0);
    for (int k = 0; k < lattice.size.z; ++k) {
        SpineAt const spine = spine_at(found.spine, plan, lattice.position(0, 0, k).z);
        for (int j = 0; j < lattice.size.y; ++j)
            for (int i = 0; i < lattice.size.x; ++i) {
                std::size_t const at = lattice.index(i, j, k);
                if (hu[at] < least_hu || hu[at] > most_hu || body[at] == 0) continue;
                Vec3 const p = lattice.position(i, j, k);
                double const x = (p.x - spine.body.x) / spine.half_width_mm,
                             y = (p.y - spine.body.y) / spine.half_depth_mm;
                bright[at] = p.y < spine.canal.y - 6 && (x * x + y * y > 1);
            }
    }
    BrightWays const ways{lattice, bright};
    // A round bright disc beside the spine on its left, the same in many slices: the best of the lower two thirds.
    double best = 0;
    Vec3 seed{0};
    double radius = 0;
    double const low = lattice.box().low.z + 10;
    double const high = std::min(low + 0.67 * (lattice.box().high.z - low), found.carina ? found.carina->z - 25 : 1e9);
    for (double z = low; z < high; z += 6) {
        SpineAt const spine = spine_at(found.spine, plan, z);
        for (double x = -8; x <= 55; x += 2)
            for (double y = -50; y <= 20; y += 2) {
                Vec3 const p{spine.body.x + x, spine.body.y + y, z};
                double const r = ways.depth(p);
                if (r < least_radius_mm || r > 20) continue;
                // Dark all around at 1.6 radii, bright in the slices above and below.
                int dark = 0;
                for (int ray = 0; ray < 12; ++ray) {
                    double const a = 2 * std::numbers::pi * ray / 12;
                    Vec3 const out = p + 1.7 * r * Vec3{std::cos(a), std::sin(a), 0};
                    dark += work.at(out) < least_hu || ways.depth(out) == 0;
                }
                if (dark < 10 || ways.depth(p + Vec3{0, 0, 8}) < 0.6 * r || ways.depth(p - Vec3{0, 0, 8}) < 0.6 * r)
                    continue;
                // Blood is even, and brighter than the inside of a vertebra.
                double mean = 0, least = 1e9;
                for (int ray = 0; ray < 12; ++ray) {
                    double const a = 2 * std::numbers::pi * ray / 12;
                    double const here = work.at(p + 0.6 * r * Vec3{std::cos(a), std::sin(a), 0});
                    mean += here / 12;
                    least = std::min(least, here);
                }
                if (least < 0.6 * mean) continue;
                if (double const score = r + 0.5 * dark + mean / 25; score > best) best = score, seed = p, radius = r;
            }
    }
    if (best == 0) {
        found.not_found.push_back(
            "aorta: nothing round and brighter than 130 HU beside the spine (a CT without contrast?)");
        return;
    }
    // What is as bright as it, and no brighter: veins with undiluted contrast and bone are not.
    double sum = 0;
    int count = 0;
    for (int z = -4; z <= 4; z += 2)
        for (int y = -4; y <= 4; y += 2)
            for (int x = -4; x <= 4; x += 2, ++count) sum += work.at(seed + Vec3{x, y, z});
    double const mean = sum / count;
    for (std::size_t i = 0; i < bright.size(); ++i)
        bright[i] =
            bright[i] != 0 && hu[i] > mean - std::max(60.0, 0.35 * mean) && hu[i] < mean + std::max(80.0, 0.4 * mean);
    bright = eroded(lattice, dilated(lattice, bright, 3), 3); // no holes of noise
    BrightWays const same{lattice, bright};
    seed = same.centred(seed, {0, 0, 1}, 6);
    radius = same.depth(seed);
    // The arch begins at about the carina's height, in the middle of T5 (typical).
    auto const t5 = found.spine.vertebrae.find(Level(int(Level::t1) + 4));
    double const arch_mm = found.carina                        ? found.carina->z + 3
                           : t5 != found.spine.vertebrae.end() ? t5->second.centre_mm.z + 3
                                                               : lattice.box().low.z;
    AlongSpine const spine{found.spine.canal, arch_mm};
    auto const section = round_section(work, seed, {0, 0, 1}, radius + 2);
    double const rim_mm = section ? std::max(0.0, section->radius_mm - radius) : 2;
    Track const up = follow(same, spine, seed, {0, 0, 1}, radius, rim_mm),
                down = follow(same, spine, seed, {0, 0, -1}, radius, rim_mm);
    FoundAorta aorta;
    aorta.mean_hu = mean;
    aorta.points_mm.assign(up.points.rbegin(), up.points.rend());
    aorta.radii_mm.assign(up.radii.rbegin(), up.radii.rend());
    aorta.points_mm.push_back(seed);
    aorta.radii_mm.push_back(radius);
    aorta.points_mm.insert(aorta.points_mm.end(), down.points.begin(), down.points.end());
    aorta.radii_mm.insert(aorta.radii_mm.end(), down.radii.begin(), down.radii.end());
    if (double(aorta.points_mm.size()) * step_mm < 60) {
        found.not_found.push_back("aorta: the bright disc beside the spine could not be followed for 60 mm");
        return;
    }
    for (std::size_t i = 0; i < aorta.points_mm.size(); ++i) {
        Vec3 const along = glm::normalize(aorta.points_mm[i + 1 < aorta.points_mm.size() ? i + 1 : i] -
                                          aorta.points_mm[i > 0 ? i - 1 : 0]);
        auto const round = round_section(work, aorta.points_mm[i], along, aorta.radii_mm[i] + rim_mm);
        aorta.radii_mm[i] = round ? round->radius_mm : aorta.radii_mm[i] + rim_mm;
    }
    // The arch: what lies within one and a half radii of the highest point's height.
    auto const top = std::ranges::max_element(aorta.points_mm, {}, [](Vec3 const& p) { return p.z; });
    auto const apex = std::size_t(top - aorta.points_mm.begin());
    auto const is_arch = [&](std::size_t i) { return aorta.points_mm[i].z > top->z - 1.5 * aorta.radii_mm[apex]; };
    aorta.ascending_end = aorta.arch_end = apex;
    while (aorta.ascending_end > 0 && is_arch(aorta.ascending_end - 1)) --aorta.ascending_end;
    while (aorta.arch_end + 1 < aorta.points_mm.size() && is_arch(aorta.arch_end + 1)) ++aorta.arch_end;
    Vec3 const upper = aorta.points_mm[0] - aorta.points_mm[3];
    if (apex < 4 && upper.z > 0.6 * glm::length(upper)) {
        // It still goes up where it ends: only what goes down is known.
        aorta.ascending_end = aorta.arch_end = 0;
        found.not_found.push_back("aortic arch: the descending aorta could not be followed up to it");
    } else if (aorta.ascending_end < 5) {
        // It ends at or before the arch: only what goes down is known.
        aorta.ascending_end = 0;
        found.not_found.push_back("ascending aorta: not followed beyond the arch");
    }
    found.aorta = aorta;
}

} // namespace fluoro
