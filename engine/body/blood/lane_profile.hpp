#pragma once
#include <array>
#include <fluoro/lumen/index.hpp>
#include <fluoro/patient/lumen_graph.hpp>

namespace fluoro {

inline constexpr int lane_count = LumenWord::lanes;
using Lanes = std::array<double, lane_count>; ///< one value per lane, axis first

/// Share of a tube's flow that each lane of equal area carries, for u = U (g + 2) / g (1 - s^(g / 2)), s = (r / R)^2:
/// g = 2 is a parabola, 9 a blunt profile. They add up to 1.
Lanes flow_shares(double g);
/// g of a vessel of this radius: blunt above a Womersley number of 4 at 70 beats a minute.
double profile_of(double radius_mm);

/// Exchange across a tube by a diffusivity D: rates between neighbouring lanes [1/s] per D / R^2 [1/s], the last
/// unused. Calibrated so that dispersion along a tube with a parabolic profile is Taylor's (1 + Pe^2 / 48).
Lanes const& exchange_rates();
/// Time in which differences across a vessel decay by e [s], and D / R^2 [1/s] that it stands for.
double mixing_time_s(WallClass wall, double radius_mm);
double diffusion_rate(double mixing_time_s);

/// Implicit exchange between the lanes of one cell over a time: a tridiagonal matrix, factorised once.
class LaneExchange {
public:
    /// `amount` = D / R^2 x time.
    explicit LaneExchange(double amount);
    void apply(double* lanes) const;

private:
    Lanes below_{}, inverse_{}, next_{};
};

} // namespace fluoro
