#pragma once
#include "edge_path.hpp"

#include <algorithm>
#include <cstdint>
#include <fluoro/body/content.hpp>

namespace fluoro {

/// A pocket of blood beside a hole in a vessel's wall.
class Leak {
public:
    /// `wall`: where the hole is; `out`: unit vector out of the vessel.
    Leak(Vec3 const& wall_mm, Vec3 const& out, std::uint64_t seed, std::uint32_t number);
    void set_hole(double diameter_mm) { hole_mm_ = diameter_mm; }
    /// Breaks through into a cavity: beyond what the pocket holds.
    void open_into_cavity() { holds_ml_ = 0.5; }
    /// `pressure_mmhg`: inside the vessel; `cavity_mmhg`: in what it breaks through into.
    void advance(double dt_s, double pressure_mmhg, double cavity_mmhg);
    /// With the blood that has leaked.
    void bring_medium(double ml) { medium_ml_ += ml; }

    double flow_ml_s() const { return flow_ml_s_; }
    double blood_ml() const { return blood_ml_; }
    double medium_ml() const { return medium_ml_; }
    double in_cavity_ml() const { return std::max(0.0, blood_ml_ - holds_ml_); }
    Content::Cloud cloud() const;

private:
    double pocket_mmhg(double cavity_mmhg) const;

    double hole_mm_ = 0, flow_ml_s_ = 0, blood_ml_ = 0, medium_ml_ = 0;
    double hole_at_first_mm_ = 0;
    double holds_ml_ = 1e9;                       ///< in the pocket; the rest is in the cavity
    std::shared_ptr<ContentPlaces const> places_; ///< slots: shells, from the hole outward
};

} // namespace fluoro
