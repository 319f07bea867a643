#pragma once

namespace fluoro {

/// A chamber of the heart: pressure by volume, stiffer the more its muscle is activated. The relaxed wall stiffens
/// exponentially (ventricles) or is a straight line (atria).
struct Pump {
    double unstressed_ml = 10;
    double strongest = 2.5;                           ///< mmHg/mL at full activation
    double passive_mmhg = 0.7, passive_per_ml = 0.02; ///< p (exp(k (V - V0)) - 1); straight when k = 0
    double passive_slope = 0;
    double volume_ml = 100;
    double pressure_mmhg = 8;

    struct Line {
        double at_volume, slope; ///< pressure now, and per millilitre more
    };
    Line line(double activation) const;
};

/// A valve of the heart: lets blood through one way, with the head its jet loses and the inertia of what moves in it.
struct Valve {
    int from = 0, to = 0; ///< places in the equations
    double loss = 0;      ///< mmHg / (mL/s)^2, open
    double inertance = 2e-4;
    double opening = 0; ///< 0 closed .. 1
    double flow_ml_s = 0;
    double conductance = 0, push = 0; ///< of this step: flow = conductance * pressure difference + push
    bool is_open = false;
    bool has_closed = false; ///< in this step

    void prepare(double dt_s);
    void move(double dt_s); ///< the leaflets, after a step
};

} // namespace fluoro
