#include "findings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

constexpr float bone_hu = 160;
constexpr int rays = 16;
constexpr double reach_mm = 19;    ///< the canal's wall is nearer than this on all sides
constexpr double sideways_mm = 60; ///< canal to the middle of the body's outline, at most

/// How much a place in a slice looks like the middle of the spinal canal, 0 to 1.
struct CanalScore {
    double wall = 0;  ///< share of directions with bone
    double total = 0; ///< with the vertebral body in front
};

CanalScore canal_score(WorkVolume const& work, glm::ivec3 const& at)
{
    Lattice const& lattice = work.lattice;
    double const step = lattice.spacing_mm;
    auto const hu = [&](double x, double y) {
        int const i = at.x + int(std::lround(x / step)), j = at.y + int(std::lround(y / step));
        return i < 0 || j < 0 || i >= lattice.size.x || j >= lattice.size.y ? -1000.f
                                                                            : work.hu[lattice.index(i, j, at.z)];
    };
    CanalScore score;
    // Nerve and fluid inside.
    double inside = 0;
    int count = 0;
    for (double x = -4; x <= 4; x += 2)
        for (double y = -4; y <= 4; y += 2, ++count) inside += std::clamp(double(hu(x, y)), -150.0, 400.0);
    inside /= count;
    if (inside < -60 || inside > 130) return score;
    int hits = 0;
    std::array<double, rays> is_hit{}; // how far [mm]; 0 = not at all
    for (int ray = 0; ray < rays; ++ray) {
        double const a = 2 * std::numbers::pi * ray / rays, dx = std::cos(a), dy = std::sin(a);
        for (double r = 5; r <= reach_mm; r += step)
            if (hu(r * dx, r * dy) > bone_hu) {
                is_hit[std::size_t(ray)] = r;
                ++hits;
                break;
            }
    }
    score.wall = double(hits) / rays;
    int opposite = 0;
    double uneven = 0; // the middle is as far from one wall as from the other
    for (int ray = 0; ray < rays / 2; ++ray) {
        double const there = is_hit[std::size_t(ray)], back = is_hit[std::size_t(ray + rays / 2)];
        if (there == 0 || back == 0) continue;
        ++opposite;
        uneven += std::abs(there - back) / (rays / 2);
    }
    // The vertebral body, or a disc, in front.
    double body = 0;
    count = 0;
    for (double x = -8; x <= 8; x += 2)
        for (double y = -26; y <= -12; y += 2, ++count) body += std::clamp(double(hu(x, y)), -200.0, 400.0);
    body = std::clamp(body / count / 200, -0.5, 1.0);
    score.total = 0.45 * score.wall + 0.25 * opposite / (rays / 2) + 0.3 * body - 0.02 * uneven;
    return score;
}

/// Gaussian smoothing along a line of points; the ends go on as they came.
std::vector<Vec3> smooth_line(std::vector<Vec3> const& points, double sigma)
{
    auto const n = int(points.size());
    int const reach = int(3 * sigma);
    auto const at = [&](int i) {
        if (i < 0) return 2.0 * points.front() - points[std::size_t(std::min(-i, n - 1))];
        if (i >= n) return 2.0 * points.back() - points[std::size_t(std::max(2 * n - 2 - i, 0))];
        return points[std::size_t(i)];
    };
    std::vector<Vec3> result;
    for (int i = 0; i < n; ++i) {
        Vec3 sum{0};
        double weight = 0;
        for (int d = -reach; d <= reach; ++d) {
            double const w = std::exp(-0.5 * d * d / (sigma * sigma));
            sum += w * at(i + d);
            weight += w;
        }
        result.push_back(sum / weight);
    }
    return result;
}

SpinePath with_axes(std::vector<Vec3> const& line)
{
    SpinePath path;
    // Every millimetre.
    double left_over = 0;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        double const length = glm::length(line[i + 1] - line[i]);
        double along = left_over;
        for (; along < length; along += 1) path.points_mm.push_back(glm::mix(line[i], line[i + 1], along / length));
        left_over = along - length;
    }
    auto const n = int(path.points_mm.size());
    for (int i = 0; i < n; ++i) {
        Vec3 const above = path.points_mm[std::size_t(std::max(i - 8, 0))];
        Vec3 const below = path.points_mm[std::size_t(std::min(i + 8, n - 1))];
        Vec3 const up = glm::normalize(above - below);
        Vec3 const front = glm::normalize(Vec3{0, -1, 0} - glm::dot(Vec3{0, -1, 0}, up) * up);
        path.up.push_back(up);
        path.front.push_back(front);
        path.left.push_back(glm::cross(front, up) * (glm::cross(front, up).x < 0 ? -1.0 : 1.0));
    }
    return path;
}

} // namespace

SpinePath find_canal(Findings const& found)
{
    WorkVolume const& work = found.work;
    Lattice const& lattice = work.lattice;
    double const step = lattice.spacing_mm;
    int const slices = lattice.size.z;
    int const across = 2 * int(sideways_mm / step) + 1, deep = int(130 / step);
    auto const cells = std::size_t(across * deep);

    // A window in each slice: about the middle of the body, from its middle to its back.
    std::vector<glm::ivec2> corner(std::size_t(slices), glm::ivec2{0});
    std::vector<bool> has_body(std::size_t(slices), false);
    for (int k = 0; k < slices; ++k)
        if (auto const middle = body_middle(found, k)) {
            glm::ivec3 const at = lattice.nearest(*middle);
            corner[std::size_t(k)] = {at.x - across / 2, at.y - int(20 / step)};
            has_body[std::size_t(k)] = true;
        }
    // The window must not jump: an arm that comes in, a body cut at one side.
    for (int pass = 0; pass < 2; ++pass) {
        std::vector<glm::ivec2> sorted;
        for (int k = 0; k < slices; ++k)
            if (has_body[std::size_t(k)]) sorted.push_back(corner[std::size_t(k)]);
        if (sorted.empty()) return {};
        auto const middle = sorted.begin() + std::ptrdiff_t(sorted.size() / 2);
        std::ranges::nth_element(sorted, middle, {}, [](auto const& c) { return c.x; });
        int const x = middle->x;
        for (auto& c : corner) c.x = x;
        std::ranges::nth_element(sorted, middle, {}, [](auto const& c) { return c.y; });
        int const y = middle->y;
        for (auto& c : corner) c.y = y;
    }

    std::vector<float> score(cells * std::size_t(slices), 0), wall(score.size(), 0);
    parallel_for(slices, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int v = 0; v < deep; ++v)
                for (int u = 0; u < across; ++u) {
                    glm::ivec3 const at{corner[0].x + u, corner[0].y + v, k};
                    if (!lattice.holds(at) || found.body[lattice.index(at)] == 0) continue;
                    CanalScore const s = canal_score(work, at);
                    std::size_t const cell = std::size_t(k) * cells + std::size_t(v * across + u);
                    // The spine is near the middle; wings of the pelvis and shoulders are not.
                    double const aside = (u - across / 2) * step / 30;
                    score[cell] = float(s.total - 0.15 * aside * aside);
                    wall[cell] = float(s.wall);
                }
    });

    // The best way from the lowest slice to the highest.
    std::vector<float> best(score.begin(), score.begin() + std::ptrdiff_t(cells));
    std::vector<std::int8_t> from(cells * std::size_t(slices), 0);
    constexpr int most_u = 1, most_v = 2;
    for (int k = 1; k < slices; ++k) {
        std::vector<float> next(cells, -1e9f);
        for (int v = 0; v < deep; ++v)
            for (int u = 0; u < across; ++u) {
                auto const cell = std::size_t(v * across + u);
                for (int dv = -most_v; dv <= most_v; ++dv)
                    for (int du = -most_u; du <= most_u; ++du) {
                        int const pu = u - du, pv = v - dv;
                        if (pu < 0 || pv < 0 || pu >= across || pv >= deep) continue;
                        float const value =
                            best[std::size_t(pv * across + pu)] - 0.12f * float(du * du) - 0.03f * float(dv * dv);
                        if (value > next[cell]) {
                            next[cell] = value;
                            from[std::size_t(k) * cells + cell] =
                                std::int8_t((dv + most_v) * (2 * most_u + 1) + du + most_u);
                        }
                    }
                next[cell] += score[std::size_t(k) * cells + cell];
            }
        best = std::move(next);
    }
    auto at = int(std::ranges::max_element(best) - best.begin());
    std::vector<Vec3> line;
    std::vector<double> quality, walls;
    for (int k = slices - 1; k >= 0; --k) {
        int const u = at % across, v = at / across;
        line.push_back(lattice.position(corner[0].x + u, corner[0].y + v, k));
        quality.push_back(score[std::size_t(k) * cells + std::size_t(at)]);
        walls.push_back(wall[std::size_t(k) * cells + std::size_t(at)]);
        int const code = from[std::size_t(k) * cells + std::size_t(at)];
        at = (v - (code / (2 * most_u + 1) - most_v)) * across + u - (code % (2 * most_u + 1) - most_u);
    }

    // The longest stretch that looks like a canal over the length of a vertebra.
    int const reach = std::max(1, int(16 / step));
    auto const n = int(line.size());
    int best_first = 0, best_last = -1, first = -1;
    for (int i = 0; i <= n; ++i) {
        double sum = 0;
        int count = 0;
        for (int d = -reach; i < n && d <= reach; ++d)
            if (i + d >= 0 && i + d < n) sum += quality[std::size_t(i + d)], ++count;
        bool const is_good = i < n && sum / count > 0.45;
        if (is_good && first < 0) first = i;
        if (!is_good && first >= 0) {
            if (i - 1 - first > best_last - best_first) best_first = first, best_last = i - 1;
            first = -1;
        }
    }
    if ((best_last - best_first) * step < 50) return {};
    std::vector<Vec3> const kept(line.begin() + best_first, line.begin() + best_last + 1);
    SpinePath path = with_axes(smooth_line(kept, 6 / step));
    double sum = 0;
    for (int i = best_first; i <= best_last; ++i) sum += walls[std::size_t(i)];
    path.quality = sum / (best_last - best_first + 1);
    return path;
}

} // namespace fluoro
