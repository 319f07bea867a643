#include "coronary_courses.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

/// Longitude and latitude on the heart [deg].
struct Spot {
    double longitude, latitude;
};

class Planner {
public:
    Planner(HeartForm const& heart, BodyPlan const& body, Dominance dominance, CoronaryOrigin origin)
        : heart_{heart}, frame_{heart.frame()}, s_{frame_.scale}, dominance_{dominance}, origin_{origin}
    {
        PatientParameters const& who = body.parameters;
        // Dodge 1992: women's arteries are 9 % narrower.
        width_ = who.sex == Sex::female ? 0.91 : 1;
        double const age = std::clamp((who.age_y - 40) / 40, 0.0, 1.0);
        wander_ = (0.45 + 0.55 * age) * who.number("coronary-tortuosity", 1);
        seed_ = unsigned(who.seed * 131);
    }

    CoronaryPlan plan()
    {
        plan_left();
        plan_right(frame_.in_root(14 * s_, origin_ == CoronaryOrigin::right_from_left_sinus ? 84 : 4, 0.97));
        return std::move(plan_);
    }

private:
    Vec3 on(Spot const& spot) const { return heart_.at({spot.longitude, spot.latitude, 1.5}); }
    /// Beside the mitral annulus, in the groove between left ventricle and atrium; 90 anterior, 180 lateral.
    Vec3 left_groove(double angle_deg, double apical = -3) const
    {
        double const a = radians(angle_deg);
        return frame_.at({35 * std::cos(a), 35 * std::sin(a), apical});
    }
    /// Beside the tricuspid annulus; 0 at the acute margin's side, 90 above.
    Vec3 right_groove(double angle_deg) const
    {
        double const a = radians(angle_deg);
        // Below, where the right atrium leans over the groove, it runs a little toward the apex.
        double const apical = std::lerp(3.0, -2.0, std::clamp((angle_deg + 60) / 60, 0.0, 1.0));
        return frame_.at({39 + 29 * std::cos(a), -12 + 29 * std::sin(a), apical});
    }

    int add(Course course, std::vector<CoronaryVessel::Mark> marks, std::vector<CoronaryVessel::Knot> shares)
    {
        course.wander_mm *= wander_ * s_;
        course.seed = seed_ += 17;
        CoronaryVessel vessel;
        course.first_radius_mm = width_ * shares.front().radius_mm;
        course.last_radius_mm = width_ * shares.back().radius_mm;
        vessel.points = lay_on_heart(heart_, course);
        vessel.marks = std::move(marks);
        // Places of knots and marks come as shares of the length.
        double const length = vessel.length_mm();
        for (auto& mark : vessel.marks) mark.at_mm *= length;
        for (auto& knot : shares) knot = {knot.at_mm * length, knot.radius_mm * width_};
        vessel.knots = std::move(shares);
        plan_.vessels.push_back(std::move(vessel));
        return int(plan_.vessels.size()) - 1;
    }
    CoronaryVessel& vessel(int index) { return plan_.vessels[std::size_t(index)]; }

    /// A branch over the free surface from a place on its parent through the spots.
    int branch(int parent, double at_mm, std::string const& segment, std::vector<Spot> const& spots, double radius,
               double end_radius = 0.5, double longest_mm = 1e9, Bed bed = Bed::under_appendage)
    {
        Course course;
        Vec3 const start = vessel(parent).at(at_mm);
        course.leaves_along = vessel(parent).direction(at_mm);
        course.through = {start};
        for (Spot const& spot : spots) {
            // It leaves with the parent's flow: what lies close and behind is left out.
            Vec3 const to = on(spot) - start;
            bool const is_close = course.through.size() == 1 && glm::length(to) < 16 * s_;
            if (is_close && glm::dot(glm::normalize(to), course.leaves_along) < 0.2) continue;
            course.through.push_back(on(spot));
        }
        course.dive_mm = 3 * s_;
        course.bed = bed;
        course.longest_mm = longest_mm;
        int const child = add(course, {{0, segment}}, {{0, radius}, {1, end_radius}});
        vessel(parent).forks.push_back({at_mm, child});
        return child;
    }
    Vec3 crux() const { return on({heart_.inferior_groove_deg(-34), -36}); }
    double share_of(int parent, double share) { return share * vessel(parent).length_mm(); }
    /// Where the vessel passes nearest to a point [mm along it].
    double nearest(int parent, Vec3 const& p)
    {
        double best = 0, least = 1e9;
        double const length = vessel(parent).length_mm();
        for (double at = 3; at < length - 3; at += 0.5)
            if (double const d = glm::length(vessel(parent).at(at) - p); d < least) {
                least = d;
                best = at;
            }
        return best;
    }

    void plan_left();
    void plan_descending(int left_main);
    void plan_septals(int descending, double first_mm);
    void plan_circumflex(int left_main);
    void plan_right(Vec3 const& ostium);
    void add_posterior_descending(int parent, double at_mm, std::string const& segment, double radius);

    HeartForm const& heart_;
    HeartFrame const& frame_;
    double s_, width_ = 1, wander_ = 1;
    Dominance dominance_;
    CoronaryOrigin origin_;
    unsigned seed_ = 0;
    CoronaryPlan plan_;
};

void Planner::plan_left()
{
    bool const is_left = dominance_ == Dominance::left;
    Vec3 const ostium = frame_.in_root(14 * s_, 118, 0.97);
    Vec3 const out = glm::normalize(ostium - frame_.in_root(14 * s_, 118, 0));
    Vec3 const end = ostium + s_ * Vec3{8.6, -1.8, -4.2};
    Course course;
    course.through = {ostium, ostium + 3.2 * s_ * out, end};
    course.free_mm = 1e3;
    course.wander_mm = 0;
    double const radius = is_left ? 2.45 : 2.25;
    plan_.left = add(course, {{0, "left-main"}}, {{0, radius}, {1, radius}});
    plan_descending(plan_.left);
    plan_circumflex(plan_.left);
}

void Planner::plan_descending(int left_main)
{
    auto const groove = [&](double latitude) { return Spot{heart_.anterior_groove_deg(latitude), latitude}; };
    Course course;
    course.through = {vessel(left_main).points.back()};
    course.leaves_along = vessel(left_main).direction(vessel(left_main).length_mm());
    Vec3 const top = on(groove(-12));
    course.through.push_back(glm::mix(course.through[0], top, 0.4) + Vec3{3, 2, 1} * s_);
    for (double latitude : {-12.0, 2.0, 16.0, 30.0, 42.0}) course.through.push_back(on(groove(latitude)));
    // Near the end the course leaves the groove for the apex, then climbs a little on the lower side.
    for (Spot spot : {Spot{78, 52}, Spot{70, 62}, Spot{56, 72}, Spot{30, 82}, Spot{-60, 84}, Spot{-80, 75},
                      Spot{-90, 66}, Spot{-98, 56}})
        course.through.push_back(on(spot));
    course.free_mm = 6 * s_;
    course.wander_mm = 0.8;
    course.longest_mm = 147 * s_;
    double const first = 0.22, second = 0.48;
    int const lad = add(course, {{0, "lad-proximal"}, {first, "lad-mid"}, {second, "lad-distal"}},
                        {{0, 1.9}, {first, 1.5}, {second, 1.13}, {0.8, 0.85}, {1, 0.5}});
    double const length = vessel(lad).length_mm();
    vessel(left_main).forks.push_back({vessel(left_main).length_mm(), lad});
    int const d1 = branch(lad, first * length, "diagonal-1", {{108, 16}, {134, 26}, {152, 40}, {160, 54}, {158, 66}},
                          1.12, 0.5, 74 * s_);
    branch(d1, share_of(d1, 0.42), "diagonal-1a", {{136, 24}, {152, 36}, {160, 48}}, 0.75, 0.45);
    int const d2 = branch(lad, second * length, "diagonal-2", {{96, 46}, {112, 55}, {126, 64}, {132, 74}}, 0.95, 0.45);
    branch(d2, share_of(d2, 0.5), "diagonal-2a", {{126, 56}, {138, 60}}, 0.62, 0.42);
    plan_septals(lad, first * length);
}

void Planner::plan_septals(int descending, double first_mm)
{
    // Between the cavities: septal coordinate at which both are as far.
    auto const in_septum = [&](double anterior, double apical) {
        double best = 1e9, at = 20;
        for (double septal = 5; septal < 45; septal += 0.5) {
            Vec3 const p = frame_.at({septal, anterior, apical});
            double const left = heart_.distance_mm(HeartPart::left_ventricle, p);
            double const right = heart_.distance_mm(HeartPart::right_ventricle, p);
            if (left > 0 && std::abs(left - right) < best) {
                best = std::abs(left - right);
                at = septal;
            }
        }
        return frame_.at({at, anterior, apical});
    };
    struct Septal {
        double at_mm, length_mm, radius;
    };
    double const length = vessel(descending).length_mm();
    Septal const septals[] = {
        {first_mm, 42, 0.8}, {0.34 * length, 34, 0.6}, {0.43 * length, 28, 0.55}, {0.6 * length, 22, 0.5}};
    int number = 0;
    for (Septal const& septal : septals) {
        Vec3 const start = vessel(descending).at(septal.at_mm), local = frame_.local(start);
        Course course;
        course.through = {start};
        course.leaves_along = vessel(descending).direction(septal.at_mm);
        for (double down : {7.0, 16.0, 26.0, 36.0, 46.0})
            course.through.push_back(in_septum(local.y - down, local.z + 2 + 0.3 * down));
        course.free_mm = 1e3;
        course.wander_mm = 0.6;
        course.longest_mm = septal.length_mm * s_;
        int const child = add(course, {{0, "septal-" + std::to_string(++number)}}, {{0, septal.radius}, {1, 0.42}});
        vessel(descending).forks.push_back({septal.at_mm, child});
    }
}

void Planner::add_posterior_descending(int parent, double at_mm, std::string const& segment, double radius)
{
    std::vector<Spot> spots;
    for (double latitude : {-26.0, -14.0, 0.0, 14.0, 28.0, 40.0})
        spots.push_back({heart_.inferior_groove_deg(latitude) + 2, latitude});
    branch(parent, at_mm, segment, spots, radius);
}

void Planner::plan_circumflex(int left_main)
{
    bool const is_left = dominance_ == Dominance::left, is_balanced = dominance_ == Dominance::balanced;
    Course course;
    if (origin_ == CoronaryOrigin::circumflex_from_right_sinus) {
        // Behind the aortic root, between it and the atria, to the groove on the left.
        course.through = {frame_.in_root(13 * s_, -14, 0.97), frame_.in_root(12 * s_, -45, 1.28),
                          frame_.in_root(12 * s_, -90, 1.3),  frame_.in_root(12 * s_, -135, 1.3),
                          frame_.in_root(12 * s_, -180, 1.4), frame_.in_root(12 * s_, -212, 1.9)};
        course.free_mm = 62 * s_;
    } else {
        course.through = {vessel(left_main).points.back(), vessel(left_main).points.back() + s_ * Vec3{6, 2, -4}};
        course.leaves_along = vessel(left_main).direction(vessel(left_main).length_mm());
        course.free_mm = 5 * s_;
    }
    std::size_t const before = course.through.size();
    for (double angle = 104; angle <= (is_left ? 300 : 250); angle += 14) course.through.push_back(left_groove(angle));
    course.hubs.assign(course.through.size(), frame_.at({0, 0, -2}));
    for (std::size_t i = 0; i < before; ++i) course.hubs[i] = frame_.at({8, 0, 0});
    course.wander_mm = 0.7;
    course.bed = Bed::ventricles;
    if (!is_left) course.longest_mm = (origin_ == CoronaryOrigin::normal ? 93 : 150) * s_;
    double const wide = is_left ? 2.1 : 1.75;
    double const first = is_left ? 0.22 : origin_ == CoronaryOrigin::normal ? 0.3 : 0.55;
    int const lcx = add(course, {{0, "circumflex-proximal"}, {first, "circumflex-distal"}},
                        {{0, wide},
                         {first, is_left ? 1.75 : 1.3},
                         {is_left ? 0.45 : 0.72, is_left ? 1.5 : 0.95},
                         {1, is_left ? 1.1 : 0.5}});
    if (origin_ == CoronaryOrigin::circumflex_from_right_sinus)
        plan_.circumflex = lcx;
    else
        vessel(left_main).forks.push_back({vessel(left_main).length_mm(), lcx});
    double const length = vessel(lcx).length_mm();
    branch(lcx, first * length, "obtuse-marginal-1", {{152, -4}, {162, 14}, {168, 30}, {170, 46}, {164, 60}}, 1.15, 0.5,
           76 * s_, Bed::ventricles);
    branch(lcx, (is_left ? 0.45 : 0.72) * length, "obtuse-marginal-2", {{190, -8}, {196, 8}, {200, 24}, {202, 42}}, 1.0,
           0.48, 66 * s_, Bed::ventricles);
    branch(lcx, 0.14 * length, "left-atrial-branch", {{146, -46}, {162, -52}}, 0.5, 0.42);
    if (is_left || is_balanced) {
        branch(lcx, (is_left ? 0.62 : 0.86) * length, "left-posterolateral", {{214, -14}, {218, 4}, {220, 24}}, 0.95,
               0.48);
        branch(lcx, (is_left ? 0.74 : 0.95) * length, "left-posterolateral-a", {{226, -12}, {230, 8}, {232, 26}}, 0.85,
               0.48);
        if (is_left) branch(lcx, 0.83 * length, "left-posterolateral-b", {{240, -10}, {243, 8}, {244, 24}}, 0.75, 0.48);
    }
    if (is_left) add_posterior_descending(lcx, nearest(lcx, crux()), "posterior-descending-left", 1.05);
}

void Planner::plan_right(Vec3 const& ostium)
{
    bool const is_left = dominance_ == Dominance::left, is_right = dominance_ == Dominance::right;
    Course course;
    course.through = {ostium};
    if (origin_ == CoronaryOrigin::right_from_left_sinus) {
        // Between the aorta and the pulmonary trunk.
        course.through.push_back(frame_.in_root(17 * s_, 62, 1.3));
        course.through.push_back(frame_.in_root(17 * s_, 20, 1.32));
        course.through.push_back(frame_.in_root(13 * s_, -18, 1.45));
        course.free_mm = 32 * s_;
    } else {
        Vec3 const out = glm::normalize(ostium - frame_.in_root(14 * s_, 4, 0));
        course.through.push_back(ostium + s_ * (5.0 * out + Vec3{-2, 0, 0}));
        course.free_mm = 7 * s_;
    }
    std::size_t const before = course.through.size();
    double const to = is_left ? -80 : -136;
    for (double angle = 52; angle >= to; angle -= 14) course.through.push_back(right_groove(angle));
    course.hubs.assign(course.through.size(), frame_.at({39, -12, -2}));
    if (is_right) {
        // Beyond the crux along the left groove.
        for (double angle : {284.0, 272.0, 260.0}) {
            course.through.push_back(left_groove(angle));
            course.hubs.push_back(frame_.at({0, 0, 0}));
        }
    }
    for (std::size_t i = 0; i < before; ++i) course.hubs[i] = frame_.at({30, 0, 10});
    course.wander_mm = 1.0;
    course.bed = Bed::ventricles;
    double const r = is_left ? 1.4 : 1.95;
    int const rca = add(course, {{0, "rca-proximal"}}, {{0, r}, {1, is_left ? 0.5 : is_right ? 0.9 : 1.15}});
    plan_.right = rca;
    double const length = vessel(rca).length_mm();
    // Shares of the crux, where the grooves meet, and of the acute margin.
    double const end = is_right ? nearest(rca, crux()) / length : 1;
    double const whole = is_left ? 0.86 : is_right ? 0.72 * end : 0.75;
    vessel(rca).marks.push_back({whole / 2 * length, "rca-mid"});
    vessel(rca).marks.push_back({whole * length, "rca-distal"});
    if (is_right) vessel(rca).marks.push_back({end * length, "posterolateral-trunk"});
    std::vector<CoronaryVessel::Knot> knots{{whole / 2, is_left ? 1.15 : 1.75}, {whole, is_left ? 0.8 : 1.6}};
    if (is_right) knots.push_back({end, 1.2});
    for (auto const& knot : knots)
        vessel(rca).knots.insert(vessel(rca).knots.end() - 1, {knot.at_mm * length, width_ * knot.radius_mm});
    branch(rca, 0.1 * length, "conus-branch", {{60, -30}, {76, -18}, {84, -6}}, 0.6, 0.42, 45 * s_, Bed::ventricles);
    branch(rca, whole * 0.65 * length, "right-ventricular-branch", {{4, -24}, {14, -6}, {22, 12}, {30, 28}}, 0.75, 0.45,
           66 * s_);
    branch(rca, whole * length, "acute-marginal", {{316, -20}, {320, 2}, {326, 24}, {334, 44}}, 0.85, 0.45, 76 * s_);
    // To the sinus node: back between the right appendage and the aorta to the superior cavoatrial junction.
    double const node_at = 0.12 * length;
    Course sinus;
    sinus.leaves_along = vessel(rca).direction(node_at);
    sinus.through = {vessel(rca).at(node_at), frame_.in_root(14 * s_, -36, 1.4), frame_.in_root(15 * s_, -66, 1.45),
                     frame_.beside({-35, -13, 27})};
    sinus.free_mm = 1e3;
    sinus.wander_mm = 0.5;
    int const node = add(sinus, {{0, "sinus-node-branch"}}, {{0, 0.55}, {1, 0.42}});
    vessel(rca).forks.push_back({node_at, node});
    if (is_left) return;
    add_posterior_descending(rca, end * length, "posterior-descending", 1.05);
    if (!is_right) return;
    branch(rca, (end + 0.57 * (1 - end)) * length, "posterolateral-1", {{242, -22}, {240, -4}, {238, 14}, {240, 30}},
           0.75, 0.45);
    branch(rca, length, "posterolateral-2", {{228, -20}, {226, -4}, {224, 14}, {226, 28}}, 0.75, 0.45);
    branch(rca, length, "posterolateral-3", {{216, -24}, {210, -12}, {208, 4}}, 0.6, 0.42);
}

} // namespace

CoronaryPlan plan_coronaries(HeartForm const& heart, BodyPlan const& body, Dominance dominance, CoronaryOrigin origin)
{
    return Planner{heart, body, dominance, origin}.plan();
}

} // namespace fluoro
