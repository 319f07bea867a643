#pragma once
#include "modes.hpp"
#include "tissue.hpp"

#include <fluoro/body/organ_motion.hpp>

// What moves inside the body before breath takes all of it along: heart, aorta, throat. Each on a lattice of its own,
// with modes whose amplitudes follow from the pose.
namespace fluoro::motion {

/// Modes [mm per unit of amplitude] on one lattice, all of a point side by side.
struct ModeBox {
    FieldGrid grid;
    int modes = 0;
    std::vector<Mode> mode;              ///< point * modes + m
    std::vector<std::uint8_t> is_moving; ///< by a cell's first point: whether any of its corners ever moves
    bool is_still() const { return modes == 0; }
    /// All modes of a point.
    Mode const* at(std::size_t point) const { return mode.data() + point * std::size_t(modes); }
    void find_moving();
    /// The cell of a point; false where nothing ever moves.
    bool find(Cell& cell, Vec3 const& p) const { return cell.find(grid, p) && is_moving.data()[cell.first] != 0; }
};

inline constexpr int most_modes = 8;
using Amplitudes = std::array<float, most_modes>;

/// All modes of a point together.
inline Mode combined(Mode const* modes, int count, Amplitudes const& amplitude)
{
    Mode sum;
    for (int m = 0; m < count; ++m) sum = sum + amplitude[std::size_t(m)] * modes[m];
    return sum;
}

/// Heart: what each of its modes is.
enum HeartMode {
    systole, ///< all but the twist: 0 at the end of diastole, 1 at that of a systole at rest
    twist,
    squeeze_right, ///< this and the atria's: what one cavity does apart from the others
    swell_left,
    swell_right,
    heart_modes
};
// Of a man at rest: volumes at the end of systole over those at rest (Hudsmith 2005), descent of the mitral and of the
// tricuspid annulus and twist then (typical).
inline constexpr std::array<double, chamber_count> systolic_share{0.35, 0.42, 1.7, 1.5};
inline constexpr double left_descent_mm = 14, right_descent_mm = 18, full_twist_rad = 0.28;
inline constexpr double reference_length_mm = 93; ///< mitral valve to apex
ModeBox heart_box(Tissue const& tissue, double spacing_mm);
/// Aorta: one mode, amplitude = pulse.
ModeBox aorta_box(Tissue const& tissue, double spacing_mm);
/// Throat: hyoid forward, up [mm], epiglottis [0, 1].
ModeBox throat_box(Tissue const& tissue, double spacing_mm);

/// Volumes of the heart's cavities as polynomials of the amplitudes: integrals of the determinant of the map over each
/// label, exact for maps that are linear in them.
class HeartVolumes {
public:
    HeartVolumes() = default;
    HeartVolumes(Tissue const& tissue, ModeBox const& box);
    /// Amplitudes under which each cavity has its share of its volume at rest.
    Amplitudes amplitudes(std::array<double, chamber_count> const& share) const;
    /// Share of its rest volume that a cavity has.
    double share(int chamber, Amplitudes const& amplitude) const;

private:
    std::array<std::vector<double>, chamber_count> coefficient_; ///< of every product of up to three amplitudes
    std::array<bool, chamber_count> is_known_{};
};

/// The way back out of a systole with its twist, for some of its amplitudes.
class SystoleTable {
public:
    SystoleTable() = default;
    explicit SystoleTable(ModeBox const& box);
    /// At every point of the box; a parabola between three of the tables.
    void draw(float amplitude, std::vector<Mode>& back) const;

private:
    std::vector<std::vector<Mode>> back_;
};

} // namespace fluoro::motion
