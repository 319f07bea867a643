#include "coronary_courses.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>

namespace fluoro {

namespace {

/// Keeps twigs apart from everything that is there already.
class Room {
public:
    explicit Room(std::vector<CoronaryVessel> const& vessels)
    {
        for (int i = 0; i < int(vessels.size()); ++i) take(vessels[std::size_t(i)], i);
    }
    void take(CoronaryVessel const& vessel, int index)
    {
        for (std::size_t i = 0; i < vessel.points.size(); i += 3) taken_.push_back({vessel.points[i], index});
    }
    bool is_free(Vec3 const& p, double apart_mm, int parent, double from_parent_mm) const
    {
        return std::ranges::none_of(taken_, [&](auto const& other) {
            double const least = other.second == parent ? from_parent_mm : apart_mm;
            return glm::dot(other.first - p, other.first - p) < least * least;
        });
    }

private:
    std::vector<std::pair<Vec3, int>> taken_;
};

/// Turns by more than 50 degrees within two millimetres.
bool is_kinked(std::vector<Vec3> const& points)
{
    for (std::size_t i = 2; i + 2 < points.size(); ++i) {
        Vec3 const before = glm::normalize(points[i] - points[i - 2]);
        if (glm::dot(before, glm::normalize(points[i + 2] - points[i])) < 0.64) return true;
    }
    return false;
}

/// Within 3 mm of the muscle all along: not across a hollow, nor down to the leaflets of the pulmonary valve.
bool is_on_heart(HeartForm const& heart, std::vector<Vec3> const& points)
{
    HeartFrame::Valve const valve = heart.frame().pulmonary();
    return std::ranges::all_of(points, [&](Vec3 const& p) {
        if (glm::length(p - valve.middle_mm) < valve.radius_mm + 1.5) return false;
        double const whole = heart.distance_mm(HeartPart::epicardium, p);
        double const ventricles =
            std::min(heart.distance_mm(HeartPart::left_outer, p), heart.distance_mm(HeartPart::right_outer, p));
        return std::min(std::abs(whole), std::abs(ventricles)) < 3;
    });
}

/// A walk over the epicardium, turning a little at every step and drawn toward the apex.
std::vector<Vec3> walk(HeartForm const& heart, Vec3 p, Vec3 direction, double length_mm, RandomSequence& random)
{
    constexpr double step = 4;
    std::vector<Vec3> through{p};
    for (double gone = 0; gone < length_mm; gone += step) {
        Vec3 const out = heart.outward(p);
        direction += 0.25 * random.next_normal() * glm::cross(out, direction) + 0.08 * heart.frame().apical;
        direction = glm::normalize(direction - glm::dot(direction, out) * out);
        p = heart.onto_epicardium(p + step * direction, 1.0);
        through.push_back(p);
    }
    return through;
}

} // namespace

void add_twigs(CoronaryPlan& plan, HeartForm const& heart, std::uint64_t seed)
{
    RandomSequence random{seed, RandomStream::body, 1056, 0};
    double const s = heart.frame().scale;
    Room room{plan.vessels};
    int const named = int(plan.vessels.size());
    auto const grow = [&](int parent, double at_mm, double aside, double length_mm, double radius_mm,
                          std::string const& name) {
        CoronaryVessel const& from = plan.vessels[std::size_t(parent)];
        Vec3 const start = from.at(at_mm), along = from.direction(at_mm), out = heart.outward(start);
        Vec3 const direction = glm::normalize(0.55 * along + aside * glm::cross(out, along));
        Course course;
        course.through = walk(heart, start, direction, length_mm, random);
        course.leaves_along = along;
        course.least_bend_mm = 2.8;
        for (std::size_t i = 2; i < course.through.size(); ++i)
            if (!room.is_free(course.through[i], 4 * s, parent, 3.5 * s) ||
                heart.distance_mm(HeartPart::left_appendage, course.through[i]) < 5)
                return -1;
        course.first_radius_mm = radius_mm;
        course.last_radius_mm = 0.42;
        course.dive_mm = 2.5 * s;
        course.wander_mm = 0.4 * s;
        course.seed = unsigned(plan.vessels.size()) * 31 + unsigned(seed);
        CoronaryVessel twig;
        twig.points = lay_on_heart(heart, course);
        if (is_kinked(twig.points) || !is_on_heart(heart, twig.points)) return -1;
        twig.marks = {{0, name}};
        twig.knots = {{0, radius_mm}, {twig.length_mm(), 0.42}};
        int const index = int(plan.vessels.size());
        room.take(twig, index);
        plan.vessels.push_back(std::move(twig));
        plan.vessels[std::size_t(parent)].forks.push_back({at_mm, index});
        return index;
    };
    for (int parent = 0; parent < named; ++parent) {
        std::string const segment = plan.vessels[std::size_t(parent)].marks.front().segment;
        if (segment == "left-main" || segment.starts_with("septal") || segment.starts_with("sinus")) continue;
        double const length = plan.vessels[std::size_t(parent)].length_mm();
        double side = random.next_uniform() < 0.5 ? 1 : -1;
        int number = 0;
        for (double at = (9 + 6 * random.next_uniform()) * s; at < length - 7 * s;
             at += (5 + 6 * random.next_uniform()) * s) {
            CoronaryVessel const& vessel = plan.vessels[std::size_t(parent)];
            bool const is_near_fork = std::ranges::any_of(
                vessel.forks, [&](CoronaryVessel::Fork const& f) { return std::abs(f.at_mm - at) < 3.5 * s; });
            bool const is_near_mark = std::ranges::any_of(
                vessel.marks, [&](CoronaryVessel::Mark const& m) { return std::abs(m.at_mm - at) < 2 * s; });
            if (is_near_fork || is_near_mark) continue;
            double const thick = vessel.radius_mm(at);
            double const radius = std::min(0.75 * thick, 0.5 + 0.25 * random.next_uniform());
            if (radius < 0.45) continue;
            // Vessels in the atrioventricular groove supply the ventricle on its side of it.
            Vec3 const across = glm::cross(heart.outward(vessel.at(at)), vessel.direction(at));
            double const toward_apex = glm::dot(across, heart.frame().apical);
            if (std::abs(toward_apex) > 0.6) side = toward_apex > 0 ? 1 : -1;
            std::string const name = segment + "-twig-" + std::to_string(number + 1);
            double const long_mm = (12 + 20 * random.next_uniform()) * s * std::min(1.0, thick + 0.3);
            int twig = -1;
            for (double share : {1.0, 0.7, 0.45})
                for (double const way : {side, -side})
                    if (twig < 0) twig = grow(parent, at, way, share * long_mm, radius, name);
            side = -side;
            if (twig < 0) continue;
            ++number;
            if (radius > 0.58 && long_mm > 18)
                grow(twig, 0.45 * plan.vessels[std::size_t(twig)].length_mm(), side, 0.5 * long_mm, 0.48, name + "a");
        }
    }
}

} // namespace fluoro
