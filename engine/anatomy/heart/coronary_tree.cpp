#include "coronary_tree.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/curve.hpp>
#include <fluoro/core/expect.hpp>
#include <map>
#include <set>

namespace fluoro {

namespace {

constexpr double step_mm = 0.5;
constexpr double least_radius_mm = 0.4; ///< where the tree is cut off
constexpr double least_shrink = 0.75;   ///< twigs with less room than that are left out
constexpr double exponent = 3;          ///< Murray: Dodge's left main, descending and circumflex fit 3

/// Outward or inward along the spoke from the hub to where the muscle is `over` away.
Vec3 settled(HeartForm const& heart, Vec3 p, Vec3 const& hub, double over, Bed bed)
{
    auto const muscle = [&](Vec3 const& at) {
        if (bed == Bed::epicardium) return heart.distance_mm(HeartPart::epicardium, at);
        double const ventricles =
            std::min(heart.distance_mm(HeartPart::left_outer, at), heart.distance_mm(HeartPart::right_outer, at));
        if (bed == Bed::ventricles) return ventricles;
        return std::min(ventricles, heart.distance_mm(HeartPart::left_atrium, at) - 2.2);
    };
    Vec3 const spoke = glm::normalize(p - hub);
    for (int i = 0; i < 60; ++i) {
        double const d = muscle(p) - over;
        if (std::abs(d) < 0.03) break;
        p -= std::clamp(d, -1.5, 1.5) * spoke;
    }
    return p;
}

void smooth(std::vector<Vec3>& points, int rounds)
{
    for (int round = 0; round < rounds; ++round) {
        std::vector<Vec3> const before = points;
        for (std::size_t i = 1; i + 1 < points.size(); ++i)
            points[i] = 0.25 * before[i - 1] + 0.5 * before[i] + 0.25 * before[i + 1];
    }
}

double length_of(std::vector<Vec3> const& points)
{
    double sum = 0;
    for (std::size_t i = 1; i < points.size(); ++i) sum += glm::length(points[i] - points[i - 1]);
    return sum;
}

/// Points `step` apart along the line, no further than `longest`.
std::vector<Vec3> evenly(std::vector<Vec3> const& line, double step, double longest)
{
    double const length = std::min(length_of(line), longest);
    int const pieces = std::max(2, int(std::lround(length / step)));
    std::vector<Vec3> out{line.front()};
    double gone = 0;
    std::size_t i = 0;
    for (int k = 1; k <= pieces; ++k) {
        double const want = length * k / pieces;
        double piece = glm::length(line[i + 1] - line[i]);
        while (gone + piece < want && i + 2 < line.size()) {
            gone += piece;
            ++i;
            piece = glm::length(line[i + 1] - line[i]);
        }
        out.push_back(glm::mix(line[i], line[i + 1], std::min(1.0, (want - gone) / std::max(piece, 1e-9))));
    }
    return out;
}

/// Leaves along `direction` and turns toward the course, never tighter than `least_mm`, until it runs on it.
std::vector<Vec3> lead_in(std::vector<Vec3> const& course, Vec3 direction, double least_mm)
{
    constexpr std::size_t ahead = 8; // what is steered for: 4 mm
    std::vector<Vec3> line{course.front()};
    std::size_t beside = 0;
    while (beside + ahead < course.size() && line.size() < 2 * course.size()) {
        Vec3 const& p = line.back();
        while (beside + 1 < course.size() && glm::length(course[beside + 1] - p) <= glm::length(course[beside] - p))
            ++beside;
        std::size_t const target = std::min(beside + ahead, course.size() - 1);
        Vec3 const wanted = glm::normalize(course[target] - p);
        double const cosine = std::clamp(glm::dot(direction, wanted), -1.0, 1.0), most = step_mm / least_mm;
        Vec3 const aside = wanted - cosine * direction;
        if (std::acos(cosine) <= most)
            direction = wanted;
        else if (glm::length(aside) > 1e-9)
            direction = glm::normalize(std::cos(most) * direction + std::sin(most) * glm::normalize(aside));
        line.push_back(p + step_mm * direction);
        Vec3 const along = glm::normalize(course[std::min(beside + 1, course.size() - 1)] - course[beside]);
        if (glm::length(line.back() - course[beside]) < step_mm && glm::dot(along, direction) > 0.996) break;
    }
    line.insert(line.end(), course.begin() + std::ptrdiff_t(std::min(beside + 2, course.size())), course.end());
    return line;
}

/// Smooths points `step_mm` apart where their line turns tighter than `least_mm`, and only there, until it does so
/// nowhere. Both ends stay.
void ease_bends(std::vector<Vec3>& points, double least_mm)
{
    constexpr int reach = 4, rounds = 600; // bends are seen over 4 mm, which windings of the vessel's own width pass
    int const n = int(points.size());
    std::vector<double> share(points.size());
    for (int round = 0; round < rounds; ++round) {
        std::ranges::fill(share, 0.0);
        for (int i = reach; i + reach < n; ++i) {
            Vec3 const to = points[std::size_t(i)] - points[std::size_t(i - reach)];
            Vec3 const on = points[std::size_t(i + reach)] - points[std::size_t(i)];
            double const twice_area = glm::length(glm::cross(to, on));
            double const radius = glm::length(to) * glm::length(on) * glm::length(to + on) / (2 * twice_area + 1e-9);
            if (radius >= least_mm && glm::dot(to, on) > 0) continue;
            for (int k = std::max(0, i - 2 * reach); k <= std::min(n - 1, i + 2 * reach); ++k)
                share[std::size_t(k)] = std::max(share[std::size_t(k)], 1 - std::abs(k - i) / double(2 * reach + 1));
        }
        if (std::ranges::none_of(share, [](double one) { return one > 0; })) return;
        std::vector<Vec3> const before = points;
        for (int i = 1; i + 1 < n; ++i) {
            Vec3 const middle = 0.5 * (before[std::size_t(i - 1)] + before[std::size_t(i + 1)]);
            points[std::size_t(i)] += 0.5 * share[std::size_t(i)] * (middle - before[std::size_t(i)]);
        }
    }
}

} // namespace

double CoronaryVessel::length_mm() const
{
    return length_of(points);
}

Vec3 CoronaryVessel::at(double at_mm) const
{
    double const x = std::clamp(at_mm / length_mm(), 0.0, 1.0) * double(points.size() - 1);
    auto const i = std::min(std::size_t(x), points.size() - 2);
    return glm::mix(points[i], points[i + 1], x - double(i));
}

Vec3 CoronaryVessel::direction(double at_mm) const
{
    return glm::normalize(at(at_mm + 1.5) - at(at_mm - 1.5));
}

double CoronaryVessel::radius_mm(double at_mm) const
{
    auto const after = std::ranges::find_if(knots, [&](Knot const& k) { return k.at_mm > at_mm; });
    if (after == knots.begin()) return knots.front().radius_mm;
    if (after == knots.end()) return knots.back().radius_mm;
    Knot const& before = *(after - 1);
    return std::lerp(before.radius_mm, after->radius_mm, (at_mm - before.at_mm) / (after->at_mm - before.at_mm));
}

std::vector<Vec3> lay_on_heart(HeartForm const& heart, Course const& course)
{
    std::vector<Vec3> through = course.through, hubs = course.hubs;
    Vec3 const middle = heart.middle_mm();
    if (hubs.empty()) hubs.assign(through.size(), middle);
    FLUORO_EXPECT(hubs.size() == through.size());
    // Hubs travel along the curve beside the points.
    std::vector<Vec3> points, spokes;
    {
        std::vector<double> place(through.size()), places;
        for (std::size_t i = 0; i < place.size(); ++i) place[i] = double(i);
        points = curve(through, step_mm, place, places);
        for (double const at : places) {
            auto const i = std::min(std::size_t(at), hubs.size() - 2);
            spokes.push_back(glm::mix(hubs[i], hubs[i + 1], at - double(i)));
        }
    }
    auto const last = points.size() - 1;
    auto const lay = [&] {
        double gone = 0;
        for (std::size_t i = 1; i <= last; ++i) {
            gone += glm::length(points[i] - points[i - 1]);
            double const share = double(i) / double(last);
            double const radius = std::lerp(course.first_radius_mm, course.last_radius_mm, share);
            double const deep = course.dive_mm * std::pow(std::max(0.0, (share - 0.35) / 0.65), 1.5);
            double const hold = std::clamp((gone - course.free_mm) / 10, 0.0, 1.0);
            if (hold > 0)
                points[i] =
                    glm::mix(points[i], settled(heart, points[i], spokes[i], radius + 0.5 - deep, course.bed), hold);
        }
    };
    lay();
    smooth(points, 12);
    // Windings, in the surface and across the course; none at the start, where the parent is.
    std::vector<Vec3> const straight = points;
    double gone = 0;
    for (std::size_t i = 1; i < last; ++i) {
        gone += glm::length(straight[i] - straight[i - 1]);
        Vec3 const along = glm::normalize(straight[i + 1] - straight[i - 1]);
        Vec3 const aside = glm::normalize(glm::cross(along, straight[i] - spokes[i]));
        double const waves = noise({gone, 0, 0}, 9, course.seed) + 0.35 * noise({gone, 7, 0}, 4.5, course.seed + 77);
        points[i] += aside * course.wander_mm * std::clamp(waves, -2.0, 2.0) * std::min(1.0, gone / 8);
    }
    lay();
    smooth(points, 5);
    // Smoothing draws points together, which bends are seen by, and pulls at the beginning: in turns.
    for (int turn = 0; turn < 4; ++turn) {
        points = evenly(points, step_mm, course.longest_mm);
        ease_bends(points, course.least_bend_mm);
        if (glm::dot(course.leaves_along, course.leaves_along) > 0)
            points = lead_in(points, course.leaves_along, 1.1 * course.least_bend_mm);
    }
    return evenly(points, step_mm, course.longest_mm);
}

namespace {

class Grower {
public:
    Grower(LumenGraph& graph, std::vector<CoronaryVessel>& vessels, WallClass wall, int label)
        : graph_{graph}, vessels_{vessels}, wall_{wall}, label_{label}
    {
    }

    /// `shrink`: of all its radii, where the parent has less room than the tables say.
    void grow(int index, int node, double shrink)
    {
        CoronaryVessel const vessel = vessels_[std::size_t(index)];
        double const length = vessel.length_mm();
        std::set<double> stops{length};
        for (auto const& fork : vessel.forks) stops.insert(fork.at_mm);
        for (auto const& mark : vessel.marks)
            if (mark.at_mm > 0) stops.insert(mark.at_mm);
        double from = 0, radius = shrink * vessel.radius_mm(0);
        int at = node;
        for (double const stop : stops) {
            FLUORO_EXPECT(stop > from && stop <= length + 1e-9);
            // Radius just before the stop: what comes behind it together.
            double const behind = std::min(std::max(shrink * vessel.radius_mm(stop), least_radius_mm), radius);
            double children = 0;
            for (auto const& fork : vessel.forks)
                if (fork.at_mm == stop) children += std::pow(vessels_[std::size_t(fork.child)].radius_mm(0), exponent);
            bool const ends_in_fork = stop == length && children > 0;
            double const sum = ends_in_fork ? 0 : std::pow(behind, exponent);
            // A parent never widens on its way: children take what is left.
            double const room = std::max(std::pow(0.995 * radius, exponent) - sum, 1e-3);
            double const child_shrink = children > room ? std::cbrt(room / children) : 1;
            double const before =
                std::cbrt(sum + (child_shrink > least_shrink ? children * std::pow(child_shrink, exponent) : 0));
            int const next = graph_.add_node(vessel.at(stop));
            add(vessel, from, stop, radius, std::min(before, radius), at, next);
            for (auto const& fork : vessel.forks)
                if (fork.at_mm == stop && child_shrink > least_shrink) grow(fork.child, next, child_shrink);
            from = stop;
            radius = behind;
            at = next;
        }
    }

private:
    void add(CoronaryVessel const& vessel, double from, double to, double first, double last, int node, int next)
    {
        auto const mark = std::find_if(vessel.marks.rbegin(), vessel.marks.rend(),
                                       [&](CoronaryVessel::Mark const& m) { return m.at_mm <= from + 1e-9; });
        LumenEdge edge;
        int const piece = ++pieces_[mark->segment];
        edge.name = piece == 1 ? mark->segment : mark->segment + "/" + std::to_string(piece);
        edge.from = node;
        edge.to = next;
        edge.wall = wall_;
        edge.label = label_;
        int const count = std::max(1, int(std::lround((to - from) / step_mm)));
        for (int i = 0; i <= count; ++i) {
            double const share = double(i) / count;
            edge.points_mm.push_back(vessel.at(std::lerp(from, to, share)));
            edge.radii_mm.push_back(std::lerp(first, last, share));
        }
        edge.points_mm.front() = graph_.nodes_mm[std::size_t(node)];
        edge.points_mm.back() = graph_.nodes_mm[std::size_t(next)];
        graph_.edges.push_back(std::move(edge));
    }

    LumenGraph& graph_;
    std::vector<CoronaryVessel>& vessels_;
    WallClass wall_;
    int label_;
    std::map<std::string, int> pieces_;
};

} // namespace

void shape_radii(std::vector<CoronaryVessel>& vessels, int index, double shrink)
{
    CoronaryVessel& vessel = vessels[std::size_t(index)];
    for (auto& knot : vessel.knots) knot.radius_mm *= shrink;
    double const length = vessel.length_mm();
    std::set<double> stops;
    for (auto const& fork : vessel.forks) stops.insert(fork.at_mm);
    std::vector<CoronaryVessel::Knot> knots{{0, vessel.radius_mm(0)}};
    for (double const stop : stops) {
        double const widest = std::pow(0.99 * knots.back().radius_mm, exponent);
        double children = 0;
        for (auto const& fork : vessel.forks)
            if (fork.at_mm == stop) children += std::pow(vessels[std::size_t(fork.child)].radius_mm(0), exponent);
        // A parent never widens on its way: where forks follow closely, it gives way itself before they get too little.
        double const least = std::min(0.5 * children, 0.5 * widest);
        double const behind = std::min(vessel.radius_mm(stop), std::cbrt(widest - least));
        double const sum = stop == length ? 0 : std::pow(behind, exponent), room = widest - sum;
        double const narrowed = children > room ? std::cbrt(room / children) : 1;
        knots.push_back({stop - 1e-3, std::cbrt(sum + children * std::pow(narrowed, exponent))});
        if (stop < length) knots.push_back({stop, behind});
        for (auto const& fork : vessel.forks)
            if (fork.at_mm == stop) shape_radii(vessels, fork.child, narrowed);
    }
    if (knots.back().at_mm < length - 0.01)
        knots.push_back({length, std::min(vessel.radius_mm(length), knots.back().radius_mm)});
    vessels[std::size_t(index)].knots = std::move(knots);
}

void add_tree(LumenGraph& graph, std::vector<CoronaryVessel> vessels, int root_vessel, int node, WallClass wall,
              int label)
{
    Grower{graph, vessels, wall, label}.grow(root_vessel, node, 1);
}

} // namespace fluoro
