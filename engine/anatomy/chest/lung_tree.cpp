#include "lung_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fluoro {

namespace {

/// One place of a growing tree.
struct Site {
    Vec3 at{0};
    int parent = -1;
    double way_mm = 0;         ///< from the root
    double load = 1;           ///< points that it supplies, itself among them
    std::vector<int> children; ///< those that are wide enough to be made, the widest last
};

/// Joins every point of a cloud to what has been joined already where wire and way to the root cost least.
class Grower {
public:
    Grower(std::vector<Vec3> cloud, Vec3 const& from, Vec3 const& heading, double radius, Growth const& growth)
        : growth_{growth}, radius_{radius}
    {
        lay_stem(cloud, from, heading);
        join(cloud);
        weigh();
        part_forks();
        straighten();
    }

    /// Cuts the tree into branches from fork to fork.
    void write(Tree& tree, int parent, std::string const& from_node, std::string const& name, int segment)
    {
        struct Task {
            int fork, next, parent;
        };
        std::vector<Task> open{{0, sites_[0].children.empty() ? -1 : sites_[0].children.back(), parent}};
        int made = 0;
        while (!open.empty()) {
            Task const task = open.back();
            open.pop_back();
            if (task.next < 0) continue;
            Branch branch;
            branch.parent = task.parent;
            branch.from = task.parent < 0 || tree[std::size_t(task.parent)].is_laid ? from_node : std::string{};
            branch.segment = segment;
            branch.name = name + (made == 0 ? "" : "-" + std::to_string(made));
            ++made;
            int const end = draw(branch, task.fork, task.next);
            tree.push_back(std::move(branch));
            for (int const child : sites_[std::size_t(end)].children)
                open.push_back({end, child, int(tree.size()) - 1});
        }
    }

private:
    double radius_of(double load) const { return radius_ * std::pow(load / sites_[0].load, 1 / murray_exponent); }
    Site& site(int i) { return sites_[std::size_t(i)]; }

    /// A bend from the way of what comes before to the middle of the cloud.
    void lay_stem(std::vector<Vec3> const& cloud, Vec3 const& from, Vec3 const& heading)
    {
        Vec3 middle{0};
        for (Vec3 const& p : cloud) middle += p / double(cloud.size());
        Vec3 const end = glm::mix(from, middle, growth_.stem);
        double const length = glm::length(end - from);
        int const count = std::max(1, int(length / 5));
        sites_.push_back({from, -1, 0, 0, {}});
        for (int i = 1; i <= count; ++i) {
            double const t = double(i) / count;
            Vec3 const bent = glm::mix(glm::mix(from, from + 0.4 * length * heading, t), end, t);
            sites_.push_back({bent, i - 1, sites_.back().way_mm + glm::length(bent - sites_.back().at), 0, {}});
        }
    }

    void join(std::vector<Vec3> const& cloud)
    {
        struct Open {
            Vec3 at;
            double cost;
            int best;
        };
        std::vector<Open> open;
        for (Vec3 const& p : cloud) open.push_back({p, std::numeric_limits<double>::max(), 0});
        auto const offer = [&](int to) {
            Site const& there = sites_[std::size_t(to)];
            double const far = growth_.balance * there.way_mm;
            for (Open& o : open) {
                // No point can be joined for less than this costs without any wire.
                if (far >= o.cost) continue;
                double const room = (o.cost - far) / (1 + growth_.balance);
                Vec3 const d = o.at - there.at;
                double const square = glm::dot(d, d);
                if (square >= room * room) continue;
                o.cost = (1 + growth_.balance) * std::sqrt(square) + far;
                o.best = to;
            }
        };
        for (std::size_t i = 0; i < sites_.size(); ++i) offer(int(i));
        while (!open.empty()) {
            auto const least = std::ranges::min_element(open, {}, &Open::cost);
            double const way = site(least->best).way_mm + glm::length(least->at - site(least->best).at);
            sites_.push_back({least->at, least->best, way, 1, {}});
            *least = open.back();
            open.pop_back();
            offer(int(sites_.size()) - 1);
        }
    }

    void weigh()
    {
        for (std::size_t i = sites_.size(); i-- > 1;) site(sites_[i].parent).load += sites_[i].load;
        for (std::size_t i = 1; i < sites_.size(); ++i)
            if (radius_of(sites_[i].load) >= growth_.stop_radius_mm) site(sites_[i].parent).children.push_back(int(i));
        for (Site& s : sites_) std::ranges::sort(s.children, {}, [&](int i) { return site(i).load; });
    }

    /// No fork has more than two branches: the lesser ones leave one after the other.
    void part_forks()
    {
        for (std::size_t i = 0; i < sites_.size(); ++i) {
            if (sites_[i].children.size() <= (i == 0 ? 1 : 2)) continue;
            // At the root all go on together.
            std::size_t const stay = i == 0 ? 0 : 1;
            Site next{sites_[i].at, int(i), sites_[i].way_mm, 0, {}};
            next.at = glm::mix(sites_[i].at, site(sites_[i].children.back()).at, 0.4);
            next.children.assign(sites_[i].children.begin() + std::ptrdiff_t(stay), sites_[i].children.end());
            for (int const child : next.children) {
                site(child).parent = int(sites_.size());
                next.load += site(child).load;
            }
            sites_[i].children.resize(stay);
            sites_[i].children.push_back(int(sites_.size()));
            sites_.push_back(std::move(next));
        }
    }

    /// Like strings under tension, the wider the stronger: stems straighten and forks find their angles.
    void straighten()
    {
        std::vector<int> order{0};
        for (std::size_t i = 0; i < order.size(); ++i)
            order.insert(order.end(), site(order[i]).children.begin(), site(order[i]).children.end());
        for (int round = 0; round < growth_.pulls; ++round)
            for (int const i : order) {
                Site& here = site(i);
                if (i == 0 || here.children.empty()) continue;
                double sum = here.load;
                Vec3 middle = sum * site(here.parent).at;
                for (int const child : here.children) {
                    double const pull = site(child).load;
                    sum += pull;
                    middle += pull * site(child).at;
                }
                here.at = glm::mix(here.at, middle / sum, 0.6);
            }
    }

    /// From a fork through `next` to the following fork or the end, which is returned.
    int draw(Branch& branch, int fork, int next)
    {
        std::vector<int> way{fork, next};
        while (site(way.back()).children.size() == 1) way.push_back(site(way.back()).children.back());
        // The widest branch goes on in its parent's direction, others leave at an angle.
        bool const is_stem = site(fork).children.back() == next && site(fork).parent >= 0;
        auto const place = [&](std::ptrdiff_t i) {
            auto const last = std::ptrdiff_t(way.size()) - 1;
            if (i < 0) return is_stem ? site(site(fork).parent).at : 2.0 * site(fork).at - site(next).at;
            if (i <= last) return site(way[std::size_t(i)]).at;
            Site& end = site(way.back());
            if (!end.children.empty()) return site(end.children.back()).at;
            return 2.0 * end.at - site(way[std::size_t(last - 1)]).at;
        };
        double const wide = radius_of(site(next).load);
        // Centre lines have a point a millimetre; twigs that are drawn alone need fewer.
        double const step = wide > 0.95 ? 1.0 : 2.2;
        branch.points_mm.push_back(site(fork).at);
        branch.radii_mm.push_back(wide);
        for (std::size_t k = 0; k + 1 < way.size(); ++k) {
            auto const i = std::ptrdiff_t(k);
            Vec3 const a = place(i), b = place(i + 1);
            double const length = glm::length(b - a);
            // Tangents by the neighbours' directions, as long as the piece is.
            auto const along = [&](Vec3 const& before, Vec3 const& after) {
                Vec3 const d = after - before;
                double const far = glm::length(d);
                return far < 1e-9 ? b - a : d * (length / far);
            };
            Vec3 const from = along(place(i - 1), b), to = along(a, place(i + 2));
            double const thick = k == 0 ? wide : radius_of(site(way[k]).load);
            double thin = radius_of(site(way[k + 1]).load);
            if (k + 2 == way.size() && !site(way.back()).children.empty()) {
                double sum = 0;
                for (int const child : site(way.back()).children) sum += site(child).load;
                thin = radius_of(sum);
            }
            int const count = std::max(1, int(std::ceil(length / step)));
            for (int n = 1; n <= count; ++n) {
                double const t = double(n) / count, s = 1 - t;
                branch.points_mm.push_back(s * s * (1 + 2 * t) * a + t * t * (3 - 2 * t) * b +
                                           t * s * (s * from - t * to));
                branch.radii_mm.push_back(std::min(branch.radii_mm.back(), std::lerp(thick, thin, t)));
            }
        }
        return way.back();
    }

    Growth const& growth_;
    double radius_;
    std::vector<Site> sites_;
};

} // namespace

void grow(Tree& tree, int parent, std::string const& from_node, Vec3 const& from_mm, Vec3 const& heading,
          double radius_mm, std::vector<Vec3> const& cloud, std::string const& name, int segment, Growth const& growth)
{
    if (cloud.empty()) return;
    Grower{cloud, from_mm, heading, radius_mm, growth}.write(tree, parent, from_node, name, segment);
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
