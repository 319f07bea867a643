#pragma once
#include "lane_profile.hpp"

#include <span>
#include <vector>

namespace fluoro {

/// Something pushed into one cell of an edge while it is advanced, or drawn from it.
struct EdgeSource {
    int cell;         ///< within the edge
    double ml_s;      ///< of whatever is pushed; negative: blood is drawn
    double medium;    ///< share of what is pushed that is medium
    double drawn = 0; ///< medium that was drawn during a step [mL]
};

/// What left an edge during a step, volumes of medium [mL].
struct EdgeOutflow {
    Lanes from{}, to{}; ///< through its ends, by lane
};

/// Carries medium along one edge: a limited second-order finite volume scheme (minmod), by lane, with as many sub-steps
/// as the fastest lane wants; then exchange between the lanes. Positive, and never above what it was given.
class EdgeTransport {
public:
    explicit EdgeTransport(int most_cells);
    /// `cells_ml`: volumes of the edge's cells, which become `cells_to_ml` during the step (the same, or as many, while
    /// something narrows or widens them); `shares`: its medium by cell and lane (6 per cell), advanced in place;
    /// `enters_from`, `enters_to`: of what comes in at the ends.
    /// Flows [mL/s], + from the first cell to the last, at both ends of the edge; they differ by what sources push
    /// and by what the cells lose of their volume.
    EdgeOutflow advance(std::span<double const> cells_ml, std::span<double const> cells_to_ml, std::span<double> shares,
                        Lanes const& flow_share, double flow_in_ml_s, double flow_out_ml_s, Lanes const& enters_from,
                        Lanes const& enters_to, std::span<EdgeSource> sources, LaneExchange const& exchange,
                        double dt_s);

    /// Whether medium that enters an edge of this many cells may leave it within the step.
    static bool reaches(int cells, double least_cell_ml, Lanes const& flow_share, double ml_s, double dt_s);

private:
    int substeps(double fastest, double dt_s) const;
    void find_flows(std::span<double const> cells_ml, double flow_in_ml_s, double flow_out_ml_s,
                    std::span<EdgeSource const> sources, double dt_s);
    void resize(double share);
    void step(std::size_t cells, Lanes const& flow_share, double dt_s, EdgeOutflow& out);
    void push(EdgeSource& source, Lanes const& flow_share, double dt_s);

    std::vector<double> padded_; ///< shares with one more cell at each end
    std::vector<double> slopes_; ///< of each of them along the edge; none at the ends
    std::vector<double> fluxes_; ///< through every face, by lane [mL]
    std::vector<double> flows_;  ///< through every face [mL/s]
    std::vector<double> ml_;     ///< volume of every cell at the end of the sub-step
    std::vector<double> to_ml_;  ///< and at the end of the step
};

} // namespace fluoro
