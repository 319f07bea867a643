#pragma once
#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/core/curve.hpp>
#include <functional>
#include <span>

// Trees of tubes: laid by hand near the hilum, grown into the lung beyond it. docs/theory/lungs.md
namespace fluoro {

/// A piece of a tree between two forks.
struct Branch {
    std::string name;
    int parent = -1;      ///< in the tree; -1 = it leaves from `from`
    std::string from, to; ///< nodes with names; empty where they have none
    std::vector<Vec3> points_mm;
    std::vector<double> radii_mm; ///< one per point
    bool is_laid = false;         ///< by hand, not grown
    int segment = -1;
};
using Tree = std::vector<Branch>;

/// Exponent of Murray's law in the lung (Dong et al. 2020: 2.92 +- 1.07).
inline constexpr double murray_exponent = 2.9;

struct Growth {
    double stop_radius_mm = 0.5; ///< thinner branches are not made
    double balance = 0.25;       ///< what a millimetre of way from the root costs over one of wire
    double stem = 0.42;          ///< a first branch's length over the way to the middle of what it supplies
    int pulls = 8;               ///< rounds of straightening
};

/// Adds to `tree` branches from a place to a cloud of points, along ways that are both short and few.
/// `heading`: of what comes before, length 1.
void grow(Tree& tree, int parent, std::string const& from_node, Vec3 const& from_mm, Vec3 const& heading,
          double radius_mm, std::vector<Vec3> const& cloud, std::string const& name, int segment, Growth const& growth);

/// A piece laid by hand: from node to node through points.
struct Laid {
    char const *name, *from, *to;
    std::vector<Vec3> through_mm; ///< the last one is the end
    double start_radius_mm, end_radius_mm;
};
void lay(Tree& tree, Laid const& laid, Vec3 const& from_mm);
/// The branch that ends at a node; -1 when none does.
int ending_at(Tree const& tree, std::string const& node);

/// What is drawn; `more_mm(radius)` is added to every radius (the wall).
std::vector<TubePiece> pieces_of(Tree const& tree, std::function<bool(Branch const&)> const& wanted,
                                 std::function<double(double)> const& more_mm = {});

/// Every branch that starts wider than `least_radius_mm` as an edge of the graph. `toward_root`: flow comes from the
/// twigs, as in veins.
void add_edges(LumenGraph& graph, Tree const& tree, double least_radius_mm, bool toward_root,
               std::function<std::pair<WallClass, int>(Branch const&)> const& wall_and_label);

} // namespace fluoro
