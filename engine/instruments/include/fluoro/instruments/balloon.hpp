#pragma once
#include <array>
#include <cstdint>
#include <fluoro/instruments/tool.hpp>
#include <span>

namespace fluoro {

/// The vessel around one place of a balloon.
struct BalloonBed {
    double lumen_mm = 3;         ///< diameter that is open
    double vessel_mm = 3;        ///< of the healthy vessel there: plaque between the two
    double yield_atm = 6;        ///< at which the plaque gives way: soft 2-6, fibrous 6-10, calcified 12-20 (typical)
    double give_per_atm = 0.002; ///< stretch of lumen before that, and of the healthy wall beyond its own size
};

/// A balloon on its catheter, from its near shoulder to its far one in even stations.
class Balloon {
public:
    static constexpr int stations = 15;

    /// `seed`: of the pressure at which this one bursts.
    Balloon(BalloonForm const& form, std::uint64_t seed);

    /// The hand sets the inflator to `wanted_atm` (0 = deflated); `beds`: one per station, or none in the open.
    /// `resist_atm`: what a stent on it holds against, until it has given way; 0 = none.
    void advance(std::span<BalloonBed const> beds, double wanted_atm, double resist_atm, double dt_s);

    double pressure_atm() const { return pressure_atm_; }
    bool has_burst() const { return has_burst_; }
    std::span<double const> diameters_mm() const { return diameter_mm_; }
    double volume_ml() const; ///< of contrast medium in it
    /// Widest that the place has been since the balloon lay there [mm].
    std::span<double const> widest_mm() const { return widest_mm_; }
    /// It is somewhere else now.
    void forget();
    BalloonForm const& form() const { return form_; }

private:
    BalloonForm form_;
    double burst_atm_ = 0, pressure_atm_ = 0;
    bool has_burst_ = false;
    std::array<double, stations> diameter_mm_{}, widest_mm_{};
    std::array<bool, stations> has_yielded_{};
};

/// At which the balloon of that number bursts [atm]: above its rated pressure.
double burst_atm(BalloonForm const& form, std::uint64_t seed);

/// In the open, [mm] at a pressure [atm]: nominal (1 + growth (P - nominal pressure)) above 1 atm, unfolding below.
double free_diameter_mm(BalloonForm const& form, double atm);

/// What a balloon leaves of a lumen when it is deflated [mm]: the vessel's own recoil takes a part of what was gained,
/// a stent keeps all but its own.
double lumen_after_mm(BalloonBed const& bed, double widest_mm, StentForm const* stent);

/// A stent's wires: rings of peaks joined by links, on a tube that bends and widens.
struct StentShape {
    std::vector<std::vector<Vec3>> wires; ///< polylines
    double wire_mm = 0.08;                ///< diameter of a round wire of the strut's section
};
/// `points_mm` and `diameters_mm`: the tube's axis and width along it, at even steps. `turned_rad` about the axis.
StentShape stent_shape(StentForm const& form, std::span<Vec3 const> points_mm, std::span<double const> diameters_mm,
                       double turned_rad = 0);

} // namespace fluoro
