#include "lung_tree.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>

namespace fluoro {

namespace {

/// How much of its parent's direction a branch keeps: wide vessels turn little at a time, twigs go straight to what
/// they supply.
double straightness(double radius_mm)
{
    return std::lerp(0.22, 0.6, std::clamp((radius_mm - 0.5) / 0.8, 0.0, 1.0));
}
constexpr double widest_turn_rad = radians(45.0);

Vec3 any_across(Vec3 const& axis)
{
    Vec3 const other = std::abs(axis.x) < 0.8 ? Vec3{1, 0, 0} : Vec3{0, 1, 0};
    return glm::normalize(glm::cross(axis, other));
}

/// `wanted` turned toward `heading` until they are at most `most_rad` apart; all of length 1.
Vec3 turned_within(Vec3 const& wanted, Vec3 const& heading, double most_rad)
{
    double const cosine = std::clamp(glm::dot(wanted, heading), -1.0, 1.0);
    if (std::acos(cosine) <= most_rad) return wanted;
    Vec3 aside = wanted - cosine * heading;
    aside = glm::length(aside) < 1e-6 ? any_across(heading) : glm::normalize(aside);
    return std::cos(most_rad) * heading + std::sin(most_rad) * aside;
}

Vec3 middle_of(std::span<Vec3 const> cloud)
{
    Vec3 sum{0};
    for (Vec3 const& p : cloud) sum += p;
    return sum / double(cloud.size());
}

/// Direction in which the cloud is longest.
Vec3 longest_axis(std::span<Vec3 const> cloud, Vec3 const& middle)
{
    Mat3 spread{0};
    for (Vec3 const& p : cloud) {
        Vec3 const d = p - middle;
        spread += glm::outerProduct(d, d);
    }
    Vec3 axis{0.61, 0.53, 0.59};
    for (int i = 0; i < 12; ++i) {
        axis = spread * axis;
        double const length = glm::length(axis);
        if (length < 1e-9) return {0, 0, 1};
        axis /= length;
    }
    return axis;
}

class Grower {
public:
    Grower(Tree& tree, std::string name, int segment, Growth const& growth, std::string from_node)
        : tree_{tree}, name_{std::move(name)}, from_node_{std::move(from_node)}, segment_{segment}, growth_{growth},
          random_{growth.seed, RandomStream::body, 2, std::uint32_t(tree.size())}
    {
    }

    struct Task {
        int parent;
        Vec3 from, heading;
        double radius;
        std::span<Vec3> cloud;
        int fans;
    };

    void run(Task const& first)
    {
        std::vector<Task> open{first};
        while (!open.empty()) {
            Task const task = open.back();
            open.pop_back();
            if (task.cloud.empty()) continue;
            Vec3 from = task.from, heading = task.heading;
            double radius = task.radius;
            int parent = task.parent;
            if (task.fans <= 0) {
                bool const is_last =
                    radius * growth_.taper * std::pow(0.5, 1 / murray_exponent) < growth_.stop_radius_mm ||
                    task.cloud.size() < 4;
                parent = add_branch(task, is_last);
                if (is_last) continue;
                Branch const& made = tree_[std::size_t(parent)];
                from = made.points_mm.back();
                heading = glm::normalize(made.points_mm.back() - made.points_mm[made.points_mm.size() - 2]);
                radius = made.radii_mm.back();
            }
            auto const [near, far] = split(task.cloud, heading);
            for (std::span<Vec3> const part : {near, far}) {
                double const share = double(part.size()) / double(task.cloud.size());
                double const thin = radius * std::pow(share, 1 / murray_exponent);
                if (thin >= growth_.stop_radius_mm) open.push_back({parent, from, heading, thin, part, task.fans - 1});
            }
        }
    }

private:
    double even(double low, double high) { return std::lerp(low, high, random_.next_uniform()); }

    std::pair<std::span<Vec3>, std::span<Vec3>> split(std::span<Vec3> cloud, Vec3 const& heading)
    {
        Vec3 const middle = middle_of(cloud);
        Vec3 axis = longest_axis(cloud, middle);
        axis -= 0.75 * glm::dot(axis, heading) * heading; // rather beside the branch than before and behind
        Vec3 const jitter{even(-1, 1), even(-1, 1), even(-1, 1)};
        axis = glm::normalize(glm::normalize(axis) + 0.25 * jitter);
        // A stem goes on and gives off a lesser branch; now on this side, now on that.
        double const lesser = even(0.1, 0.42), share = even(0, 1) < 0.5 ? lesser : 1 - lesser;
        auto const cut = std::ptrdiff_t(std::clamp<double>(share * double(cloud.size()), 1, double(cloud.size() - 1)));
        std::nth_element(cloud.begin(), cloud.begin() + cut, cloud.end(),
                         [&](Vec3 const& a, Vec3 const& b) { return glm::dot(a, axis) < glm::dot(b, axis); });
        return {cloud.first(std::size_t(cut)), cloud.subspan(std::size_t(cut))};
    }

    int add_branch(Task const& task, bool is_last)
    {
        Vec3 const to = middle_of(task.cloud) - task.from;
        double const far = std::max(glm::length(to), 1e-3);
        Vec3 const wanted =
            is_last ? to / far : glm::normalize(glm::mix(to / far, task.heading, straightness(task.radius)));
        Vec3 const ahead = turned_within(wanted, task.heading, widest_turn_rad);
        double const length =
            std::max(is_last ? 0.85 * far : growth_.reach * far * even(0.8, 1.2), 1.6 * task.radius + 1.2);
        Vec3 end = task.from + length * ahead;
        if (growth_.clearance && task.radius > 0.6) {
            // Of a few ways the one that keeps furthest from what is there already.
            double best = room(task.from, end, task.radius);
            for (int i = 0; i < 5; ++i) {
                Vec3 const jitter{even(-1, 1), even(-1, 1), even(-1, 1)};
                Vec3 const other = task.from + length * glm::normalize(ahead + 0.28 * jitter);
                double const found = room(task.from, other, task.radius);
                if (found > best) {
                    best = found;
                    end = other;
                }
            }
        }
        Branch branch;
        branch.parent = task.parent;
        branch.from = task.parent < 0 || tree_[std::size_t(task.parent)].is_laid ? from_node_ : std::string{};
        branch.segment = segment_;
        branch.name = name_ + (made_ == 0 ? "" : "-" + std::to_string(made_));
        ++made_;
        draw(branch, task, end);
        tree_.push_back(std::move(branch));
        return int(tree_.size()) - 1;
    }

    double room(Vec3 const& from, Vec3 const& to, double radius) const
    {
        double least = 3; // more room than this is as good
        for (double t : {0.45, 0.75, 1.0}) least = std::min(least, growth_.clearance(glm::mix(from, to, t)) - radius);
        return least;
    }

    /// A bend that leaves half in its parent's direction and ends in its own, with a little sway.
    void draw(Branch& branch, Task const& task, Vec3 const& end)
    {
        Vec3 const chord = end - task.from;
        double const length = glm::length(chord);
        Vec3 const own = chord / length;
        Vec3 const start = glm::normalize(glm::mix(own, task.heading, 0.55));
        Vec3 const side = any_across(own), other = glm::cross(own, side);
        double const angle = even(0, 2 * std::numbers::pi), sway = even(0.01, 0.035) * length;
        Vec3 const bulge = sway * (std::cos(angle) * side + std::sin(angle) * other);
        // Centre lines have a point a millimetre; twigs that are drawn alone need fewer.
        double const step = task.radius > 0.95 ? 1.0 : 2.2;
        int const count = std::max(2, int(std::ceil(length / step)));
        for (int i = 0; i <= count; ++i) {
            double const t = double(i) / count, s = 1 - t;
            Vec3 const straight = s * s * (1 + 2 * t) * task.from + t * t * (3 - 2 * t) * end +
                                  length * (t * s * s * start - t * t * s * own);
            branch.points_mm.push_back(straight + std::sin(std::numbers::pi * t) * t * bulge);
            branch.radii_mm.push_back(task.radius * std::lerp(1.0, growth_.taper, t));
        }
        branch.points_mm.back() = end;
    }

    Tree& tree_;
    std::string name_, from_node_;
    int segment_, made_ = 0;
    Growth const& growth_;
    RandomSequence random_;
};

} // namespace

void grow(Tree& tree, int parent, std::string const& from_node, Vec3 const& from_mm, Vec3 const& heading,
          double radius_mm, std::vector<Vec3> cloud, std::string const& name, int segment, int fans,
          Growth const& growth)
{
    Grower{tree, name, segment, growth, from_node}.run({parent, from_mm, heading, radius_mm, cloud, fans});
}

void lay(Tree& tree, Laid const& laid, Vec3 const& from_mm)
{
    Branch branch;
    branch.name = laid.name;
    branch.from = laid.from;
    branch.to = laid.to;
    branch.parent = ending_at(tree, laid.from);
    branch.is_laid = true;
    std::vector<Vec3> through{from_mm};
    through.insert(through.end(), laid.through_mm.begin(), laid.through_mm.end());
    // Radii fall evenly along the way.
    std::vector<double> along{0};
    for (std::size_t i = 1; i < through.size(); ++i)
        along.push_back(along.back() + glm::length(through[i] - through[i - 1]));
    for (double& value : along) value = std::lerp(laid.start_radius_mm, laid.end_radius_mm, value / along.back());
    branch.points_mm = curve(through, 1, along, branch.radii_mm);
    tree.push_back(std::move(branch));
}

int ending_at(Tree const& tree, std::string const& node)
{
    auto const found = std::ranges::find_if(tree, [&](Branch const& b) { return b.to == node; });
    return found == tree.end() ? -1 : int(found - tree.begin());
}

std::vector<TubePiece> pieces_of(Tree const& tree, std::function<bool(Branch const&)> const& wanted,
                                 std::function<double(double)> const& more_mm)
{
    std::vector<TubePiece> pieces;
    for (Branch const& branch : tree) {
        if (!wanted(branch)) continue;
        std::size_t from = 0;
        for (std::size_t i = 1; i < branch.points_mm.size(); ++i) {
            // Wide tubes need no piece for every millimetre of their centre line.
            bool const is_end = i + 1 == branch.points_mm.size();
            if (!is_end && glm::length(branch.points_mm[i] - branch.points_mm[from]) < 0.6 * branch.radii_mm[from])
                continue;
            TubePiece piece{branch.points_mm[from], branch.points_mm[i], branch.radii_mm[from], branch.radii_mm[i]};
            if (more_mm) {
                piece.from_radius_mm += more_mm(piece.from_radius_mm);
                piece.to_radius_mm += more_mm(piece.to_radius_mm);
            }
            pieces.push_back(piece);
            from = i;
        }
    }
    return pieces;
}

void add_edges(LumenGraph& graph, Tree const& tree, double least_radius_mm, bool toward_root,
               std::function<std::pair<WallClass, int>(Branch const&)> const& wall_and_label)
{
    auto const node = [&](std::string const& name, Vec3 const& at) {
        if (!name.empty())
            if (auto const found = graph.find_node(name)) return *found;
        return graph.add_node(at, name);
    };
    std::vector<int> end_of(tree.size(), -1);
    for (std::size_t i = 0; i < tree.size(); ++i) {
        Branch const& branch = tree[i];
        if (branch.radii_mm.front() < least_radius_mm) continue;
        int const from =
            branch.parent >= 0 ? end_of[std::size_t(branch.parent)] : node(branch.from, branch.points_mm.front());
        if (from < 0) continue; // its parent is drawn only
        int const to = node(branch.to, branch.points_mm.back());
        end_of[i] = to;
        LumenEdge edge;
        edge.name = branch.name;
        std::tie(edge.wall, edge.label) = wall_and_label(branch);
        edge.from = toward_root ? to : from;
        edge.to = toward_root ? from : to;
        edge.points_mm = branch.points_mm;
        edge.radii_mm = branch.radii_mm;
        if (toward_root) {
            std::ranges::reverse(edge.points_mm);
            std::ranges::reverse(edge.radii_mm);
        }
        graph.edges.push_back(std::move(edge));
    }
}

} // namespace fluoro
