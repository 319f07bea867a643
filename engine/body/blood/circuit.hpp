#pragma once
#include <array>
#include <fluoro/body/circulation.hpp>

namespace fluoro {

/// Which part of the circulation an edge belongs to.
enum class Part { systemic_artery, pulmonary_artery, systemic_vein, pulmonary_vein, portal, chamber };

enum class BedKind { systemic, left_coronary, right_coronary, portal, pulmonary };

/// A capillary bed as planned: where it lies and what flows through it at rest.
struct PlannedBed {
    int from_node = 0, to_node = 0; ///< of the graph; to_node -1: straight into the atrium, which the graph lacks
    BedKind kind = BedKind::systemic;
    double rest_flow_ml_s = 0;
    double transit_s = 6;
    /// Of the pressure in each ventricle, that presses on it from outside.
    double left_squeeze = 0, right_squeeze = 0;
    std::string territory;
};

/// What a graph of vessels means for the blood: which edge is what, what drains where, how much flows through it.
struct Circuit {
    std::vector<Part> part;                                    ///< of every edge
    std::array<std::vector<int>, chamber_count> chamber_edges; ///< upstream first
    int aortic_node = -1, pulmonary_node = -1;                 ///< behind the ventricles' valves; -1: not in the graph
    /// Nodes where blood comes from (arteries) or goes to (veins) a place that the graph does not hold.
    std::vector<int> cut_systemic_arteries, cut_pulmonary_arteries, cut_systemic_veins, cut_pulmonary_veins;
    std::vector<PlannedBed> beds;
    double systemic_ml_s = 0, pulmonary_ml_s = 0; ///< through the beds at rest; the rest passes beside the graph
};

Circuit read_circuit(LumenGraph const& vessels, double cardiac_output_ml_s);

/// Name without side, number of a later piece and number of a level: "right-renal/2" -> "renal".
std::string_view plain_name(std::string_view edge);

} // namespace fluoro
