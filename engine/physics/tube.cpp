#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/tube.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// Mean way of the electrons into the target before they make the photons that leave it, and how it grows with the
/// voltage; fitted to SpekPy's kerma off the axis at 40-150 kV. docs/theory/tube.md, eq. 2.
constexpr double depth_at_80_kv_um = 0.89;
constexpr double depth_power = 1.57;
/// Width of the target's shadow edge, as the sine of an angle: photons come from a range of depths, the shallow ones
/// still leave at grazing angles.
constexpr double edge_sine = 0.0085;
constexpr double cm_per_um = 1e-4;

/// A sine that never reaches zero: its own value well above the edge, falling ever more slowly below it.
double softened(double sine)
{
    double const root = std::hypot(sine, 2 * edge_sine);
    return sine > 0 ? (sine + root) / 2 : 2 * edge_sine * edge_sine / (root - sine);
}

} // namespace

double heel_tungsten_g_cm2(TubeModel const& tube, TubeVoltage voltage, double toward_cathode)
{
    FLUORO_EXPECT(std::isfinite(toward_cathode) && tube.anode_angle_deg > 0 && tube.anode_angle_deg < 90);
    static double const tungsten_g_cm3 = material(find_material("tungsten")).density_g_cm3;
    double const anode_rad = tube.anode_angle_deg * std::numbers::pi / 180;
    double const sine = std::sin(anode_rad), cosine = std::cos(anode_rad);
    double const depth_cm = depth_at_80_kv_um * cm_per_um * std::pow(voltage.value() / 80, depth_power);
    // sin(anode angle + angle of the ray), without the angle itself.
    double const leaving = (sine + toward_cathode * cosine) / std::sqrt(1 + toward_cathode * toward_cathode);
    return depth_cm * tungsten_g_cm3 * cosine * (1 / softened(leaving) - 1 / softened(sine));
}

Spectrum off_axis(Spectrum spectrum, TubeModel const& tube, TubeVoltage voltage, double toward_cathode)
{
    Layer const target{find_material("tungsten"), heel_tungsten_g_cm2(tube, voltage, toward_cathode)};
    return attenuated(std::move(spectrum), std::span{&target, 1});
}

} // namespace fluoro
