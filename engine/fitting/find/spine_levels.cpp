#include "findings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace fluoro {

namespace {

// A disc is numbered by the vertebra above it: C2 has the first, L5 the last.
constexpr int first_disc = int(Level::c1) + 1, last_disc = int(Level::l5);
constexpr double spacing_spread = 0.08; ///< of disc to disc between persons, beside their size
constexpr double never = -1e9;
constexpr std::array tilts_deg{-24.0, -16.0, -8.0, 0.0, 8.0, 16.0, 24.0};

/// What is seen from each point of the canal.
struct Profile {
    std::vector<double> disc;   ///< how much it looks like a disc; about 0 elsewhere, 1 and more there
    std::vector<double> beside; ///< share of bone 22 to 38 mm beside: the sacrum's wings
    std::vector<double> ribs;   ///< share of bone 35 to 60 mm beside and behind, over 30 mm of height
    std::vector<double> way;    ///< length of the line of body centres down to here [mm]
};

std::vector<double> smooth(std::vector<double> const& values, double sigma)
{
    auto const n = int(values.size());
    std::vector<double> result(values.size());
    for (int i = 0; i < n; ++i) {
        double sum = 0, weight = 0;
        for (int d = -int(3 * sigma); d <= int(3 * sigma); ++d) {
            if (i + d < 0 || i + d >= n) continue;
            double const w = std::exp(-0.5 * d * d / (sigma * sigma));
            sum += w * values[std::size_t(i + d)];
            weight += w;
        }
        result[std::size_t(i)] = sum / weight;
    }
    return result;
}

Profile profile_of(WorkVolume const& work, SpinePath const& canal)
{
    Profile profile;
    auto const n = canal.points_mm.size();
    std::array<std::vector<double>, tilts_deg.size()> bodies;
    for (std::size_t s = 0; s < n; ++s) {
        Vec3 const c = canal.points_mm[s], front = canal.front[s], left = canal.left[s];
        for (std::size_t tilt = 0; tilt < tilts_deg.size(); ++tilt) {
            double const a = radians(tilts_deg[tilt]);
            Vec3 const middle = c + 19.0 * front, along_disc = std::cos(a) * front + std::sin(a) * canal.up[s];
            double sum = 0;
            int count = 0;
            for (double f = -7; f <= 7; f += 2)
                for (double l = -8; l <= 8; l += 2, ++count)
                    sum += std::clamp(work.at(middle + f * along_disc + l * left), -100.0, 600.0);
            bodies[tilt].push_back(sum / count);
        }
        int wing = 0, rib = 0, wing_count = 0, rib_count = 0;
        for (int const side : {-1, 1}) {
            for (double l = 22; l <= 38; l += 4)
                for (double f = -4; f <= 20; f += 4, ++wing_count)
                    wing += work.at(c + f * front + side * l * left) > 160;
            for (double l = 36; l <= 60; l += 3)
                for (double f = -18; f <= 14; f += 4, ++rib_count)
                    rib += work.at(c + f * front + side * l * left) > 180;
        }
        profile.beside.push_back(double(wing) / wing_count);
        profile.ribs.push_back(double(rib) / rib_count);
    }
    // In a bend the bodies are farther apart, or nearer, than the canal's points.
    for (std::size_t s = 0; s < n; ++s) {
        auto const centre = [&](std::size_t i) { return canal.points_mm[i] + 23.0 * canal.front[i]; };
        double const step = s == 0 ? 0 : glm::dot(centre(s - 1) - centre(s), canal.up[s]);
        profile.way.push_back(s == 0 ? 0 : profile.way.back() + std::max(step, 0.3));
    }
    profile.ribs = smooth(profile.ribs, 12);
    profile.beside = smooth(profile.beside, 5);
    // A disc is a pair of end-plates less than 14 mm apart, bright beside the bodies' insides that begin 11 mm away;
    // the thicker ones are dark between. In thick slices a thin disc is a bright band, and so it must not count as
    // none. End-plates lean against the canal by some degrees, so the best of several tilts counts.
    std::vector<double> look(n, -1e9), size(n);
    for (auto const& raw : bodies) {
        std::vector<double> const body = smooth(raw, 0.7);
        auto const at = [&](int s) { return body[std::size_t(std::clamp(s, 0, int(n) - 1))]; };
        for (int s = 0; s < int(n); ++s) {
            double const here = (at(s - 1) + 2 * at(s) + at(s + 1)) / 4;
            double plates = -1e9, inside = 0;
            for (int half = 3; half <= 7; ++half) plates = std::max(plates, std::min(at(s - half), at(s + half)));
            for (int d = 11; d <= 16; ++d) inside += (at(s - d) + at(s + d)) / 12;
            auto const i = std::size_t(s);
            look[i] = std::max(look[i], plates - inside + 0.7 * std::max(plates - here, -20.0));
        }
    }
    for (std::size_t s = 0; s < n; ++s) size[s] = std::pow(std::max(look[s], 0.0), 2);
    std::vector<double> const around = smooth(size, 30);
    for (std::size_t s = 0; s < n; ++s)
        profile.disc.push_back(std::clamp(look[s] / std::max(1.5 * std::sqrt(around[s]), 15.0), -0.5, 2.0));
    return profile;
}

/// Something whose height is known in vertebrae: 11.0 is the middle of the body of T5, 11.5 the disc below.
struct Evidence {
    char const* what;
    double at;       ///< along the canal [mm]
    double expected; ///< level
    double spread;   ///< of persons [vertebrae]
};

/// Where along the canal something is at the same height.
double along(SpinePath const& canal, double z)
{
    double best = 1e9, s = 0;
    for (std::size_t i = 0; i < canal.points_mm.size(); ++i)
        if (double const d = std::abs(canal.points_mm[i].z - z); d < best) best = d, s = double(i);
    // Beyond the ends, as if the canal went on.
    if (z > canal.points_mm.front().z) return canal.points_mm.front().z - z;
    if (z < canal.points_mm.back().z) return double(canal.points_mm.size() - 1) + canal.points_mm.back().z - z;
    return s;
}

constexpr double t(int n)
{
    return int(Level::t1) + n - 1;
}
constexpr double l(int n)
{
    return int(Level::l1) + n - 1;
}

/// Figures: standard topographic anatomy, supine (typical).
std::vector<Evidence> evidence_of(Findings const& found, Profile const& profile, std::optional<double>& sacrum)
{
    SpinePath const& canal = found.spine.canal;
    std::vector<Evidence> all;
    auto const mean_z = [](Sides const& sides) -> std::optional<double> {
        if (sides.right && sides.left) return (sides.right->z + sides.left->z) / 2;
        if (sides.right) return sides.right->z;
        if (sides.left) return sides.left->z;
        return std::nullopt;
    };
    if (auto const z = mean_z(found.lung_apex)) all.push_back({"lung apices", along(canal, *z), t(1) + 0.2, 0.6});
    if (found.carina) all.push_back({"carina", along(canal, found.carina->z), t(5) + 0.1, 0.8});
    if (found.jugular_notch) all.push_back({"jugular notch", along(canal, found.jugular_notch->z), t(2) + 0.6, 0.7});
    if (auto const z = mean_z(found.iliac_crest)) all.push_back({"iliac crests", along(canal, *z), l(4) + 0.1, 0.5});
    if (found.hip.right && found.hip.left)
        all.push_back({"hips", along(canal, (found.hip.right->z + found.hip.left->z) / 2), l(5) + 3.7, 0.7});
    if (auto const z = mean_z(found.costophrenic))
        all.push_back({"lower end of the lungs", along(canal, *z), t(12) + 0.1, 1.0});
    if (auto const z = mean_z(found.dome)) all.push_back({"diaphragm", along(canal, *z), t(9) + 0.6, 1.0});
    // The sacrum: wings of bone beside the canal that go on to the end of it.
    auto const n = int(profile.beside.size());
    auto const mean_beside = [&](int first, int last) {
        double sum = 0;
        for (int i = first; i < last; ++i) sum += profile.beside[std::size_t(i)];
        return sum / (last - first);
    };
    double best = 0.15;
    for (int s = 40; s + 20 < n; ++s)
        if (double const rise = mean_beside(s, s + 20) - mean_beside(s - 40, s - 10); rise > best) {
            best = rise;
            sacrum = s;
        }
    if (sacrum) all.push_back({"wings of the sacrum", *sacrum, l(5) - 0.3, 0.5});
    // The last rib: where there is none any more beside the spine (it slopes down by about one vertebra).
    std::vector<double> const& ribs = profile.ribs;
    int const end = sacrum ? int(*sacrum) - 30 : n;
    bool const is_ribless_below = end > 40 && ribs[std::size_t(std::max(0, end - 20))] < 0.02;
    if (is_ribless_below)
        for (int i = end - 20; i > 0; --i)
            if (ribs[std::size_t(i)] > 0.03) {
                all.push_back({"last rib", double(i), l(1) - 0.3, 0.7});
                break;
            }
    return all;
}

struct Assignment {
    double score = never;
    int first = 0;
    double scale = 1;
    std::vector<int> discs; ///< along the canal [mm], from disc `first` down
};

/// A level for every millimetre along the canal.
double level_at(Assignment const& a, std::vector<double> const& spacing, double s)
{
    auto const count = int(a.discs.size());
    if (s <= a.discs.front()) {
        double level = a.first + 0.5, at = a.discs.front();
        for (int disc = a.first; disc > first_disc; --disc) {
            double const step = a.scale * spacing[std::size_t(disc)];
            if (s >= at - step) return level - (at - s) / step;
            at -= step;
            level -= 1;
        }
        return level - (at - s) / 20;
    }
    for (int i = 0; i + 1 < count; ++i)
        if (s <= a.discs[std::size_t(i) + 1])
            return a.first + i + 0.5 +
                   (s - a.discs[std::size_t(i)]) / (a.discs[std::size_t(i) + 1] - a.discs[std::size_t(i)]);
    double level = a.first + count - 0.5, at = a.discs.back();
    for (int disc = a.first + count; disc <= last_disc; ++disc) {
        double const step = a.scale * spacing[std::size_t(disc)];
        if (s <= at + step) return level + (s - at) / step;
        at += step;
        level += 1;
    }
    return level + (s - at) / 33; // the sacrum's pieces
}

/// The best discs when the uppermost one is disc `first`.
Assignment best_discs(Profile const& profile, std::vector<double> const& spacing, int first, double scale,
                      std::optional<double> sacrum)
{
    auto const n = int(profile.disc.size());
    int const floor = sacrum ? std::min(n - 1, int(*sacrum) + 45) : n - 1;
    auto const expected = [&](int disc) { return scale * spacing[std::size_t(disc)]; }; // from the disc above
    std::vector<std::vector<double>> best(std::size_t(levels), std::vector<double>(std::size_t(n), never));
    std::vector<std::vector<int>> from(std::size_t(levels), std::vector<int>(std::size_t(n), -1));
    auto const between = [&](int p, int s) { return profile.way[std::size_t(s)] - profile.way[std::size_t(p)]; };
    for (int s = 0; s <= floor && between(0, s) <= 1.15 * expected(first); ++s)
        best[std::size_t(first)][std::size_t(s)] = profile.disc[std::size_t(s)];
    Assignment result;
    for (int disc = first; disc <= last_disc; ++disc) {
        auto& here = best[std::size_t(disc)];
        if (disc > first) {
            double const e = expected(disc);
            for (int s = 0; s <= floor; ++s)
                for (int p = std::max(0, s - int(2 * e)); p < s; ++p) {
                    if (between(p, s) < 0.7 * e || between(p, s) > 1.3 * e) continue;
                    double const before = best[std::size_t(disc) - 1][std::size_t(p)];
                    if (before < -100) continue;
                    double const off = (between(p, s) - e) / (spacing_spread * e);
                    double const value = before + profile.disc[std::size_t(s)] - 0.25 * off * off;
                    if (value > here[std::size_t(s)]) {
                        here[std::size_t(s)] = value;
                        from[std::size_t(disc)][std::size_t(s)] = p;
                    }
                }
        }
        // It may be the last one when no room for another is left, or the sacrum begins.
        for (int s = 0; s <= floor; ++s) {
            double value = here[std::size_t(s)];
            if (value < -100) continue;
            if (disc == last_disc) {
                if (!sacrum) value -= 2; // the sacrum would show
                if (n - 1 - s > 150 * scale) continue;
            } else if (between(s, floor) > 1.15 * expected(disc + 1))
                continue;
            if (disc < last_disc && sacrum) value -= 3;
            if (value <= result.score) continue;
            result.score = value;
            result.first = first;
            result.scale = scale;
            result.discs.clear();
            for (int d = disc, at = s; d >= first; at = from[std::size_t(d)][std::size_t(at)], --d) {
                result.discs.push_back(at);
                if (d == first) break;
            }
            std::ranges::reverse(result.discs);
        }
    }
    return result;
}

/// Middle of the vertebral body seen from the canal's point: the walls of bone in front of it.
Vec3 body_centre(WorkVolume const& work, SpinePath const& canal, int s, VertebraPlan const& plan, double scale)
{
    Vec3 const c = canal.points_mm[std::size_t(s)], front = canal.front[std::size_t(s)], up = canal.up[std::size_t(s)],
               left = canal.left[std::size_t(s)];
    double const depth = scale * plan.endplate_depth_mm, expected = scale * plan.canal_depth_mm / 2 + depth / 2 + 1;
    auto const hu = [&](double f, double side) {
        double sum = 0;
        int count = 0;
        for (double u = -4; u <= 4; u += 2)
            for (double l = -6; l <= 6; l += 3, ++count) {
                double const x = side + l;
                sum += std::min(work.at(c + f * front + u * up + x * left), 500.0);
            }
        return sum / count;
    };
    // Inside the body, and the fall to what is outside: half way to soft tissue. Contrast beside it is no fall, then
    // the expected size holds.
    double const inside = hu(expected, 0);
    double const threshold = (inside + 40) / 2;
    double back = -1, forward = -1;
    for (double f = expected; f > 2; f -= 0.5)
        if (hu(f, 0) < threshold) {
            back = f;
            break;
        }
    for (double f = expected; f < expected + depth; f += 0.5)
        if (hu(f, 0) < threshold) {
            forward = f;
            break;
        }
    double middle = expected;
    if (back > 0 && forward > 0 && std::abs(forward - back - depth) < 0.3 * depth)
        middle = (back + forward) / 2;
    else if (back > 0 && std::abs(back - scale * plan.canal_depth_mm / 2) < 6)
        middle = back + depth / 2;
    middle = std::clamp(middle, 0.75 * expected, 1.3 * expected);
    return c + middle * front;
}

} // namespace

void find_vertebrae(Findings& found, BodyPlan const& plan)
{
    SpinePath const& canal = found.spine.canal;
    if (canal.points_mm.empty()) return;
    Profile const profile = profile_of(found.work, canal);
    std::vector<double> spacing(std::size_t(levels), 30);
    for (int disc = first_disc; disc <= last_disc; ++disc) {
        auto const half_disc = [&](int d) { return plan.spine[std::size_t(d)].disc_below_mm / 2; };
        VertebraPlan const& v = plan.spine[std::size_t(disc)];
        spacing[std::size_t(disc)] =
            (v.anterior_height_mm + v.posterior_height_mm) / 2 + half_disc(disc) + half_disc(disc - 1);
    }
    std::optional<double> sacrum;
    auto const evidence = evidence_of(found, profile, sacrum);
    std::vector<Assignment> by_first(spacing.size());
    for (int first = first_disc; first <= last_disc; ++first)
        for (double scale = 0.84; scale < 1.22; scale += 0.03) {
            Assignment a = best_discs(profile, spacing, first, scale, sacrum);
            if (a.score < -100) continue;
            double const unusual = (scale - 1.0) / 0.1;
            a.score -= 0.5 * unusual * unusual;
            for (Evidence const& e : evidence) {
                double const off = (level_at(a, spacing, e.at) - e.expected) / e.spread;
                a.score -= std::min(0.5 * off * off, 8.0); // one odd finding must not outvote all others
            }
            // The neck has no ribs, the chest has them.
            for (std::size_t i = 0; i + 1 < a.discs.size(); ++i) {
                int const vertebra = first + int(i) + 1;
                double const ribs = profile.ribs[std::size_t((a.discs[i] + a.discs[i + 1]) / 2)];
                // Clavicles and first ribs slope into the last neck vertebra's height: a twentieth there is usual.
                if (vertebra < t(1)) a.score -= 5 * std::clamp((ribs - 0.05) / 0.05, 0.0, 1.0);
                if (vertebra > t(1) && vertebra < t(11)) a.score -= 2 * std::clamp((0.02 - ribs) / 0.02, 0.0, 1.0);
            }
            if (a.score > by_first[std::size_t(first)].score) by_first[std::size_t(first)] = a;
        }
    auto const best = std::ranges::max_element(by_first, {}, &Assignment::score);
    if (best->score < -100 || best->discs.empty()) {
        found.not_found.push_back("vertebrae: no row of discs along the spinal canal");
        return;
    }
    double second = never;
    for (auto const& other : by_first)
        if (&other != &*best) second = std::max(second, other.score);
    FoundSpine& spine = found.spine;
    spine.confidence = 1 / (1 + std::exp(std::clamp(second - best->score, -30.0, 30.0)));
    char line[160];
    for (Evidence const& e : evidence) {
        double const at = level_at(*best, spacing, e.at);
        std::snprintf(line, sizeof line, "%s: %.1f vertebrae %s what is usual", e.what, std::abs(at - e.expected),
                      at > e.expected ? "below" : "above");
        spine.reasons.push_back(line);
    }
    std::snprintf(line, sizeof line, "disc to disc: %.2f of a man of 1.76 m, %d discs", best->scale,
                  int(best->discs.size()));
    spine.reasons.push_back(line);

    // Bodies between two discs; above the first and below the last one where there is canal enough.
    auto const add = [&](int index, double s) {
        auto const i = int(std::lround(s));
        if (i < 0 || i >= int(canal.points_mm.size()) || index < 0 || index > last_disc) return;
        Vec3 const centre = body_centre(found.work, canal, i, plan.spine[std::size_t(index)], best->scale * plan.scale);
        Box const box = found.work.lattice.box();
        // Half of the body must be in the CT to say where its middle is.
        if (glm::any(glm::lessThan(centre, box.low)) || glm::any(glm::greaterThan(centre, box.high))) return;
        spine.vertebrae[Level(index)] = {centre, canal.up[std::size_t(i)]};
    };
    auto const count = int(best->discs.size());
    for (int i = 0; i + 1 < count; ++i)
        add(best->first + i + 1, (best->discs[std::size_t(i)] + best->discs[std::size_t(i) + 1]) / 2.0);
    double const above = best->scale * spacing[std::size_t(std::max(best->first, first_disc))] / 2;
    if (best->first > first_disc && best->discs.front() > 1.3 * above) add(best->first, best->discs.front() - above);
    int const next = best->first + count;
    if (next <= last_disc) {
        double const below = best->scale * spacing[std::size_t(next)] / 2;
        if (canal.length_mm() - best->discs.back() > 1.3 * below) add(next, best->discs.back() + below);
    }
}

} // namespace fluoro
