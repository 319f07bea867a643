#pragma once
#include "heart_form.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <string>
#include <vector>

// A tree of vessels on the heart, from their courses to edges of a graph.
namespace fluoro {

/// One vessel from where it leaves its parent to its end.
struct CoronaryVessel {
    struct Mark {
        double at_mm; ///< along the vessel
        std::string segment;
    };
    struct Knot {
        double at_mm, radius_mm; ///< just behind a fork at that place
    };
    struct Fork {
        double at_mm;
        int child;
    };
    std::vector<Vec3> points; ///< about half a millimetre apart
    std::vector<Mark> marks;  ///< where segments begin; the first at 0
    std::vector<Knot> knots;  ///< ascending; straight between
    std::vector<Fork> forks;
    double length_mm() const;
    double radius_mm(double at_mm) const;
    Vec3 at(double at_mm) const;
    Vec3 direction(double at_mm) const;
};

/// What a course lies on: all of the heart; the ventricles, under the atria; ventricles and left atrium, under the left
/// appendage.
enum class Bed { epicardium, ventricles, under_appendage };

/// How a course is laid on the heart.
struct Course {
    std::vector<Vec3> through; ///< rough, patient space
    std::vector<Vec3> hubs;    ///< per point: the side away from it is outside; empty = the heart's middle
    Bed bed = Bed::epicardium;
    double first_radius_mm = 1; ///< at the start and at the end, for the height over the muscle
    double last_radius_mm = 0.5;
    double free_mm = 0;     ///< from the start on, the course is taken as it is and eases onto the heart over 10 mm
    double dive_mm = 0;     ///< how deep in the muscle it ends
    double wander_mm = 0.5; ///< standard deviation of its windings
    double longest_mm = 1e9;
    double least_bend_mm = 4.8; ///< radius that no bend of the course is tighter than
    Vec3 leaves_along{0};       ///< unit, of the parent where it leaves; 0 = it leaves as it will
    unsigned seed = 0;
};

/// Points about half a millimetre apart along the course, which turns gently all along: tools are pushed through it.
std::vector<Vec3> lay_on_heart(HeartForm const& heart, Course const& course);

/// Rewrites the knots of a vessel and all that it carries so that at every fork the cube of the parent's radius is the
/// sum of the children's (Murray): each keeps what it has behind its forks and is wider before them. Where a child is
/// too wide for its parent it is narrowed with all it carries.
void shape_radii(std::vector<CoronaryVessel>& vessels, int index, double shrink = 1);

/// Makes edges of `vessels` (`root_vessel` leaves from `node`) in the graph; forks that were added since
/// shape_radii() take what the taper leaves them.
void add_tree(LumenGraph& graph, std::vector<CoronaryVessel> vessels, int root_vessel, int node, WallClass wall,
              int label);

} // namespace fluoro
