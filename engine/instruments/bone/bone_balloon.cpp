#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/instruments/bone_balloon.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// Apparent density of spongy bone by its HU [g/cm3], and its yield stress 32.6 density^1.6 MPa (Kopperdahl and Keaveny
/// 1998); the first line typical.
constexpr double density_at_0 = 0.05, density_per_hu = 0.0009, yield_mpa = 32.6, yield_power = 1.6;
constexpr double atm_per_mpa = 9.869;
/// Where a body has collapsed its trabeculae are broken: packed, and dense in the CT, but they hold so much less.
/// Typical.
constexpr double broken_share = 0.5, collapsed_mm = 2;
/// What a shell of compact bone holds [atm]: more than any balloon.
constexpr double shell_atm = 150;
/// The balloon's own skin at its full volume, and the end-plate's way up [atm, atm/mm]. Typical.
constexpr double skin_atm = 2, plate_atm_mm = 1.2;
/// Bone between the balloon and the end-plate that is pressed to so much [mm].
constexpr double packed_mm = 1;
/// Lost again when the balloon lets go: a seventh (typical of 10 to 20 %).
constexpr double recoil = 0.15;
/// How far around its middle the end-plate goes along, over what length it does so before the back wall, and what of
/// the disc above makes room [mm]. Typical.
constexpr double around_mm = 22, hinge_mm = 12, plate_thick_mm = 2, disc_mm = 8;
/// The hand's turns at the inflator.
constexpr double inflation_atm_s = 3, deflation_atm_s = 8, inflow_ml_s = 0.2, outflow_ml_s = 0.6;
constexpr double step_ml = 0.05, default_most_ml = 6;
/// A balloon stands this over its rated pressure, at least. Typical.
constexpr double burst_mean = 1.3, burst_deviation = 0.06, burst_least = 1.02;
constexpr int inversions = 12;

double most_ml_of(BalloonForm const& form)
{
    return form.most_ml > 0 ? form.most_ml : default_most_ml;
}

} // namespace

double crush_strength_atm(double hu)
{
    return atm_per_mpa * yield_mpa * std::pow(density_at_0 + density_per_hu * std::max(0.0, hu), yield_power);
}

double Hollow::volume_mm3() const
{
    return 4 * std::numbers::pi / 3 * half_length_mm * radius_mm * radius_mm;
}

double Hollow::reach(Vec3 const& p_mm) const
{
    if (radius_mm <= 0) return 1e9;
    Vec3 const way = p_mm - middle_mm;
    double const along = glm::dot(way, axis), aside2 = std::max(0.0, glm::dot(way, way) - along * along);
    return std::sqrt(along * along / (half_length_mm * half_length_mm) + aside2 / (radius_mm * radius_mm));
}

double Lift::share(Vec3 const& p_mm) const
{
    Vec3 const way = p_mm - middle_mm;
    double const up = way.z, across = std::hypot(way.x, way.y);
    if (up <= 0 || across >= around_mm || plate_mm <= 0) return 0;
    double const over = up - plate_mm - plate_thick_mm;
    double const height = up < plate_mm ? up / plate_mm : std::clamp(1 - over / disc_mm, 0.0, 1.0);
    double const half = std::cos(std::numbers::pi / 2 * across / around_mm);
    double const before_wall = back_wall_mm - glm::dot(way, posterior);
    return height * half * half * std::clamp(before_wall / hinge_mm, 0.0, 1.0);
}

Vec3 Lift::before(Vec3 const& p_mm) const
{
    if (height_mm <= 0) return p_mm;
    // The height of what comes here, by halves: what is higher before is higher now.
    double low = p_mm.z - height_mm, high = p_mm.z;
    for (int n = 0; n < inversions; ++n) {
        double const z = 0.5 * (low + high);
        (z + height_mm * share({p_mm.x, p_mm.y, z}) > p_mm.z ? high : low) = z;
    }
    return {p_mm.x, p_mm.y, 0.5 * (low + high)};
}

Hollow BoneBalloon::of_volume(double ml) const
{
    // As long as it is made, then round.
    double const half = form_.length_mm / 2, ball = std::cbrt(3000 * ml / (4 * std::numbers::pi));
    if (ball > half) return {middle_mm_, axis_, ball, ball};
    return {middle_mm_, axis_, half, std::sqrt(3000 * ml / (4 * std::numbers::pi * half))};
}

double BoneBalloon::height_at(double ml) const
{
    return std::clamp(of_volume(ml).radius_mm + packed_mm - lift_.plate_mm, 0.0, lift_.most_mm);
}

Lift BoneBalloon::lift() const
{
    Lift lift = lift_;
    double const most = height_at(widest_ml_), now = height_at(volume_ml_);
    lift.height_mm = std::max(now, (1 - recoil) * most);
    return lift;
}

void BoneBalloon::place(BoneSpace const& space, Vec3 const& middle_mm, Vec3 const& axis, Vec3 const& posterior,
                        double back_wall_mm, double lost_mm)
{
    FLUORO_EXPECT(space.hu.size() == space.place.size());
    FieldGrid const& grid = space.grid;
    auto const voxel_at = [&](Vec3 const& p) -> std::optional<std::size_t> {
        glm::ivec3 const i{glm::round((p - grid.origin_mm) / grid.spacing_mm)};
        if (glm::any(glm::lessThan(i, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(i, grid.size))) return {};
        return (std::size_t(i.z) * std::size_t(grid.size.y) + std::size_t(i.y)) * std::size_t(grid.size.x) +
               std::size_t(i.x);
    };
    middle_mm_ = middle_mm;
    axis_ = axis;
    volume_ml_ = widest_ml_ = pressure_atm_ = 0;
    lift_ = {};
    lift_.middle_mm = middle_mm;
    lift_.posterior = posterior;
    lift_.back_wall_mm = back_wall_mm;
    lift_.most_mm = std::min(lost_mm, 0.75 * disc_mm);
    // Up to the shell.
    double up = 0;
    for (; up < 40; up += grid.spacing_mm / 2)
        if (auto const at = voxel_at(middle_mm + Vec3{0, 0, up}); !at || space.place[*at] == CementPlace::wall) break;
    lift_.plate_mm = up;

    // What each further step of volume has to crush: the bone in its skin, where the lift has brought it.
    double const whole = lost_mm > collapsed_mm ? broken_share : 1;
    double const most_ml = most_ml_of(form_);
    int const steps = int(std::ceil(most_ml / step_ml));
    pressure_of_.assign(std::size_t(steps) + 1, 0);
    for (int n = 1; n <= steps; ++n) {
        double const ml = n * step_ml;
        Hollow const inner = of_volume(ml - step_ml), outer = of_volume(ml);
        Lift lift = lift_;
        lift.height_mm = height_at(ml);
        double sum = 0;
        int count = 0;
        double const reach = std::max(outer.half_length_mm, outer.radius_mm) + grid.spacing_mm;
        glm::ivec3 const low{glm::floor((middle_mm - reach - grid.origin_mm) / grid.spacing_mm)},
            high{glm::ceil((middle_mm + reach - grid.origin_mm) / grid.spacing_mm)};
        for (int k = low.z; k <= high.z; ++k)
            for (int j = low.y; j <= high.y; ++j)
                for (int i = low.x; i <= high.x; ++i) {
                    Vec3 const p = grid.at({i, j, k});
                    if (outer.reach(p) > 1 || inner.reach(p) < 1) continue;
                    auto const at = voxel_at(lift.before(p));
                    double const strength =
                        !at || space.place[*at] == CementPlace::wall ? shell_atm
                        : space.place[*at] == CementPlace::hollow || space.place[*at] == CementPlace::cleft
                            ? 0
                            : whole * crush_strength_atm(space.hu[*at]);
                    sum += strength;
                    ++count;
                }
        double const crushing = count > 0 ? sum / count : 0;
        double const needed = crushing + skin_atm * ml / most_ml + plate_atm_mm * lift.height_mm;
        pressure_of_[std::size_t(n)] = std::max(pressure_of_[std::size_t(n) - 1], needed);
    }
}

double BoneBalloon::pressure_at(double volume_ml) const
{
    if (pressure_of_.empty()) return 0;
    double const at = std::clamp(volume_ml / step_ml, 0.0, double(pressure_of_.size() - 1));
    auto const n = std::min(std::size_t(at), pressure_of_.size() - 2);
    return std::lerp(pressure_of_[n], pressure_of_[n + 1], at - double(n));
}

void BoneBalloon::advance(double wanted_atm, double dt_s)
{
    double const wanted = has_burst_ ? 0 : std::max(0.0, wanted_atm);
    double const turn = (wanted > pressure_atm_ ? inflation_atm_s : deflation_atm_s) * dt_s;
    pressure_atm_ += std::clamp(wanted - pressure_atm_, -turn, turn);
    double const strength =
        burst_mean + burst_deviation * RandomSequence{seed_, RandomStream::body, 0xb0eba1, 0}.next_normal();
    if (pressure_atm_ > form_.rated_atm * std::max(burst_least, strength)) {
        has_burst_ = true;
        pressure_atm_ = 0;
    }
    // What this pressure can hold: bone that is crushed does not press back, so only emptying makes it smaller.
    double goal = 0;
    if (pressure_atm_ > 0 && wanted > 0) {
        auto const above = std::ranges::upper_bound(pressure_of_, pressure_atm_);
        auto const n = std::size_t(above - pressure_of_.begin());
        goal = step_ml * double(n == 0 ? 0 : n - 1);
        if (n > 0 && n < pressure_of_.size())
            goal += step_ml * (pressure_atm_ - pressure_of_[n - 1]) / (pressure_of_[n] - pressure_of_[n - 1]);
        goal = std::max(goal, volume_ml_);
    }
    volume_ml_ += std::clamp(goal - volume_ml_, -outflow_ml_s * dt_s, inflow_ml_s * dt_s);
    widest_ml_ = std::max(widest_ml_, volume_ml_);
}

} // namespace fluoro
