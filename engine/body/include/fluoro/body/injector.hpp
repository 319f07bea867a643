#pragma once

namespace fluoro {

/// What stands between syringe and blood.
struct InjectionLine {
    double inner_diameter_mm = 1.2; ///< catheter, 5 F diagnostic
    double length_mm = 1100;
};

/// A wish to inject, by hand or by a power injector.
struct InjectionWish {
    double volume_ml = 8;
    double rate_ml_s = 4;
    double rise_s = 0.2;              ///< from standstill to the full rate
    double pressure_limit_psi = 1200; ///< at the syringe; a hand: about 150
    double viscosity_mpa_s = 10.4;    ///< of the medium in the line (iohexol 350 mgI/mL at 37 degrees C)
    double density_g_ml = 1.38;
};

/// Pushes the wished volume through the line: never above the pressure limit, where the flow falls to what the line
/// lets through. docs/theory/contrast-flow.md
class Injector {
public:
    /// A new push; what was left of the one before is given up.
    void start(InjectionWish const& wish, InjectionLine const& line);
    void stop();
    /// Mean flow at the tip over the step [mL/s].
    double advance(double dt_s);
    double delivered_ml() const { return delivered_ml_; }
    double pressure_psi() const { return pressure_psi_; } ///< at the syringe
    bool is_running() const { return is_running_; }

private:
    InjectionWish wish_;
    InjectionLine line_;
    double delivered_ml_ = 0, since_start_s_ = 0, pressure_psi_ = 0;
    bool is_running_ = false;
};
/// What drives `rate_ml_s` through the line [psi]: Hagen-Poiseuille, turbulent friction above Re 2300.
double line_pressure_psi(InjectionWish const& wish, InjectionLine const& line, double rate_ml_s);

} // namespace fluoro
