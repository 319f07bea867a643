#pragma once
#include "../plan/placement.hpp"

#include <fluoro/anatomy/anatomy.hpp>

namespace fluoro {

/// Bends of a vessel about the way that it is given, out of line with it and back at its ends.
struct Bends {
    double height_mm = 0; ///< largest distance from the straight way
    double waves = 1;     ///< from end to end
    double turn_deg = 0;  ///< of the plane that the first bend lies in
};

/// Adds vessels to the graph by name and draws them: wall, blood, and the fat that they lie in.
class VesselTree {
public:
    explicit VesselTree(Anatomy& anatomy);

    BodyPlan const& plan() const { return anatomy_.plan; }
    LumenGraph& graph() { return anatomy_.lumens.vessels; }
    /// Throws Error when no node is called this.
    int node(std::string const& name) const;
    Vec3 const& node_mm(std::string const& name) const;

    /// An artery from node `from` along patient points; its end is the node `to`, new or known ("" = a new one without
    /// a name). Radii of the blood at both ends [mm].
    void artery(std::string const& name, std::string const& from, std::string const& to,
                std::vector<Vec3> const& through_mm, double from_radius_mm, double to_radius_mm,
                std::string const& label = "artery", Bends const& bends = {});
    /// A vein: the points go from the node nearer to the heart outward; blood flows the other way.
    void vein(std::string const& name, std::string const& heartward, std::string const& outer,
              std::vector<Vec3> const& outward_mm, double heartward_radius_mm, double outer_radius_mm,
              std::string const& label = "vein");
    /// One curve through all points with a radius at each, cut at given points into named pieces: pieces[i] ends at
    /// points[ends[i]], a node called nodes[i].
    struct Piece {
        std::string name, end_node;
        std::size_t end_point;
    };
    void trunk(std::string const& from, std::vector<Vec3> const& through_mm, std::vector<double> const& radii_mm,
               std::vector<Piece> const& pieces, std::string const& label);
    /// A new node on an edge, which is cut in two there: the piece that blood reaches first keeps the name, the other
    /// is called `rest`. `at_mm` need not be on the line.
    void cut(std::string const& edge, Vec3 const& at_mm, std::string const& node, std::string const& rest);

    /// Where one vessel becomes the next under another name, takes the corner out of the way and the step out of the
    /// lumen: tools pass there. Forks stay as they are.
    void ease_joins();
    /// Shapes for all edges since construction, thick ones over thin ones.
    void draw();

private:
    void add(LumenEdge edge, int from, std::string const& to);

    Anatomy& anatomy_;
    std::size_t first_edge_;
};

/// Thickness of a vessel's wall [mm] by what it is and the radius of its blood.
double wall_mm(WallClass wall, double radius_mm);
/// The blood of an edge, or all within `beyond_mm` of it.
Shape vessel_shape(LumenEdge const& edge, double beyond_mm = 0);

} // namespace fluoro
