#pragma once
#include <fluoro/lumen/cells.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// How heavy medium layers in vessels. Where its share changes along a tube its weight drives it on along the dependent
/// wall and blood back above it; what that brings, the section leans towards gravity. One shape of each per cell:
/// drift u = (e . r / R)(1 - r^2 / R^2) along the tube, share c + m . r / R across it. docs/theory/contrast-flow.md
class Layering {
public:
    Layering(LumenGraph const& vessels, LumenCells const& cells);

    /// `pull_mm_s2`: gravity in patient space, times how much denser the medium is than blood, over blood's density.
    void pull(Vec3 const& pull_mm_s2) { pull_mm_s2_ = pull_mm_s2; }
    /// Jets or eddies mix a cell in the coming step, besides what its flow does [mm2/s].
    void stir(int cell, double mm2_s) { stirred_[std::size_t(cell)] = mm2_s; }

    /// One edge in one step, after all that flow does to its shares.
    struct Edge {
        int first_cell, cells, from, to;    ///< from, to: nodes
        std::span<double const> flows_ml_s; ///< through every face; cells + 1
        std::span<double const> share;      ///< of every cell, the mean of its section
        std::span<double> spreads_mm2_s;    ///< taken back: through every inner face, what layers mix along it
    };
    /// Whether anything leans; if so `spreads_mm2_s` are to be applied.
    bool advance(Edge const& edge, double dt_s);
    /// Nothing leans in these cells any more.
    void clear(int first_cell, int cells);
    /// What has come to the nodes goes on in the next step; in_ml_s: all that flows into each.
    void pass_nodes(std::span<double const> in_ml_s);

    /// m of every cell, patient space: never more than the section's mean share, nor than what it lacks to 1.
    std::span<glm::vec3 const> lean() const { return picture_; }
    Vec3 drift_mm_s(int cell) const { return states_[std::size_t(cell)].drift_mm_s; }

private:
    /// What goes along with the blood.
    struct State {
        Vec3 lean{0}, drift_mm_s{0};
    };
    void carry(Edge const& edge, double dt_s);

    std::vector<Vec3> axis_; ///< of every cell
    std::vector<double> radius_mm_, length_mm_, volume_ml_, stirred_;
    std::vector<State> states_, at_nodes_, to_nodes_; ///< to_nodes_: times the flow that brought it
    std::vector<char> leans_;                         ///< edges are told apart by their first cell
    std::vector<glm::vec3> picture_;
    Vec3 pull_mm_s2_{0};
};

} // namespace fluoro
