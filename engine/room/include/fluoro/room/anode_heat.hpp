#pragma once
#include <fluoro/physics/tube.hpp>

namespace fluoro {

/// Heat that the anode stores: pulses add all of their electrical energy, cooling is proportional to what is stored.
/// docs/theory/exposure-control.md, section 6
class AnodeHeat {
public:
    explicit AnodeHeat(TubeModel const& tube);
    void add(double kj);       ///< at least 0
    void cool(double seconds); ///< at least 0
    double stored_kj() const { return stored_kj_; }
    double share() const; ///< of the capacity
    /// Mean power [kW] at which the anode would need `reserve_s` to fill, and that it stands without end when full.
    double allowed_kw(double reserve_s) const;

private:
    double capacity_kj_, cooling_kw_, continuous_kw_;
    double stored_kj_ = 0;
};

} // namespace fluoro
