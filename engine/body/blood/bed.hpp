#pragma once
#include "blood/circuit.hpp"

namespace fluoro {

/// All vessels too small for the graph behind one artery: artery - R1 - C1 - R2 - C2 - R3 - vein; C1 may be squeezed
/// from outside. Its two pressures go in at their old values (they change slowly), its flows count on both sides.
struct Bed {
    int from = 0, to = 0; ///< places of the artery and the vein
    BedKind kind = BedKind::systemic;
    double left_squeeze = 0, right_squeeze = 0;
    double rest_flow = 0;
    double designed[3] = {0, 0, 0}; ///< conductances [mL/s/mmHg] at tone 1

    double conductance[3] = {0, 0, 0};
    double stiffness[2] = {1, 1}; ///< 1 / compliance
    double pressure[2] = {0, 0};  ///< across the wall [mmHg]
    double outside = 0;           ///< pressure there now
    double flow_in = 0, flow_out = 0;

    void advance(double dt_s, double artery_mmhg, double vein_mmhg)
    {
        double const inside = pressure[0] + outside;
        flow_in = conductance[0] * (artery_mmhg - inside);
        double const through = conductance[1] * (inside - pressure[1]);
        flow_out = conductance[2] * (pressure[1] - vein_mmhg);
        pressure[0] += dt_s * stiffness[0] * (flow_in - through);
        pressure[1] += dt_s * stiffness[1] * (through - flow_out);
    }
};

} // namespace fluoro
