#include "tube_fluid.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <utility>

namespace fluoro {

namespace {

constexpr double gravity = 9.80665;     ///< [Pa per mm of water]
constexpr double solids_weight = 0.77;  ///< what a mg of barium sulphate adds to the water it takes the place of [mg]
constexpr double gas_mpa_s = 0.02;      ///< viscosity
constexpr double clinging_mm2 = 0.5;    ///< that do not flow
constexpr double least_wetting_mm2 = 3; ///< of liquid in the cross-section that lays down a film

} // namespace

Portion& Portion::operator+=(Portion const& more)
{
    liquid_mm3 += more.liquid_mm3;
    gas_mm3 += more.gas_mm3;
    solids_mg += more.solids_mg;
    thickness += more.thickness;
    return *this;
}

Portion& Portion::operator-=(Portion const& less)
{
    return *this += less * -1;
}

Portion Portion::operator*(double share) const
{
    return {share * liquid_mm3, share * gas_mm3, share * solids_mg, share * thickness};
}

TubeFluid::TubeFluid(TubeCells cells, TubeLaw const& law) : cells_{std::move(cells)}, law_{law}
{
    auto const n = std::size_t(cells_.count());
    opening_.assign(n, 1);
    stands_open_.assign(n, 0);
    for (auto* of_cells : {&liquid_, &gas_, &solids_, &thickness_, &pressure_, &slope_, &before_, &volume_, &density_,
                           &viscosity_, &across_, &diagonal_, &right_})
        of_cells->assign(n, 0);
    for (auto* of_faces : {&drop_, &apart_, &flow_, &conductance_}) of_faces->assign(n + 1, 0);
    film_.assign(n, {});
    moved_.assign(n + 1, {});
    auto const& length = cells_.length_mm;
    apart_[0] = length[0] / 2;
    apart_[n] = length[n - 1] / 2;
    for (std::size_t f = 1; f < n; ++f) apart_[f] = (length[f - 1] + length[f]) / 2;
}

void TubeFluid::set_open_mm2(int cell, double mm2, double narrow_mm2)
{
    FLUORO_EXPECT(mm2 > 0 && narrow_mm2 > 0 && narrow_mm2 <= mm2);
    auto const i = std::size_t(cell);
    cells_.narrow_mm2[i] = narrow_mm2;
    cells_.open_mm2[i] = mm2;
}

void TubeFluid::add(int cell, Portion const& portion)
{
    auto const i = std::size_t(cell);
    liquid_[i] += portion.liquid_mm3;
    gas_[i] += portion.gas_mm3;
    solids_[i] += portion.solids_mg;
    thickness_[i] += portion.thickness;
}

Portion TubeFluid::held(int cell) const
{
    auto const i = std::size_t(cell);
    return {liquid_[i], gas_[i], solids_[i], thickness_[i]};
}

Portion TubeFluid::take(int cell, double share)
{
    Portion const taken = held(cell) * std::clamp(share, 0.0, 1.0);
    add(cell, taken * -1);
    return taken;
}

Portion TubeFluid::all(int from_cell, int to_cell) const
{
    Portion sum;
    for (int i = from_cell; i < to_cell; ++i) {
        sum += held(i);
        sum += film_[std::size_t(i)];
    }
    return sum;
}

void TubeFluid::advance(double dt_s, Vec3 const& down)
{
    prepare(down);
    wet(dt_s);
    // Sub-steps in which nothing passes more than one cell.
    double left = dt_s;
    double const shortest = *std::ranges::min_element(cells_.length_mm);
    while (left > 0) {
        double const most = 0.7 * shortest / std::max(fastest_mm_s_, 1.0);
        double const parts = std::ceil(left / std::clamp(most, dt_s / 16, dt_s / 2) - 1e-9);
        double const step = parts <= 1 ? left : left / parts;
        fastest_mm_s_ = 0;
        while (next_run()) {
            find_flows(step);
            limit_flows(step);
            move(step);
            separate(step);
        }
        left = parts <= 1 ? 0 : left - step;
    }
}

/// The next cells in a row where something flows, with a margin; drops that cling to the wall stay where they are.
bool TubeFluid::next_run()
{
    std::size_t const n = std::size_t(cells_.count());
    constexpr std::size_t margin = 3;
    auto const flows = [&](std::size_t i) {
        if ((i == 0 && inlet.is_open && inlet.offered.total_mm3() > 0) ||
            (i + 1 == n && outlet.is_open && outlet.offered.total_mm3() > 0))
            return true;
        return liquid_[i] + gas_[i] > clinging_mm2 * cells_.length_mm[i];
    };
    std::size_t i = to_ == 0 ? 0 : to_ + margin; // nothing flowed before
    while (i < n && !flows(i)) ++i;
    if (i >= n) {
        to_ = 0;
        return false;
    }
    from_ = std::max(to_, i < margin ? 0 : i - margin);
    std::size_t last = i;
    for (; i < n && i <= last + 2 * margin; ++i)
        if (flows(i)) last = i;
    to_ = std::min(n, last + margin + 1);
    return true;
}

void TubeFluid::prepare(Vec3 const& down)
{
    auto const n = std::size_t(cells_.count());
    for (std::size_t f = 1; f < n; ++f) drop_[f] = glm::dot(down, cells_.middle_mm[f] - cells_.middle_mm[f - 1]);
    drop_[0] = n > 1 ? drop_[1] * apart_[0] / apart_[1] : 0;
    drop_[n] = n > 1 ? drop_[n - 1] * apart_[n] / apart_[n - 1] : 0;
    for (std::size_t i = 0; i < n; ++i) {
        double const along = (drop_[i] / apart_[i] + drop_[i + 1] / apart_[i + 1]) / 2;
        across_[i] = std::sqrt(std::max(0.0, 1 - along * along)); // share of gravity across the tube
    }
}

TubeFluid::Pressure TubeFluid::pressure_of(std::size_t i, double volume_mm3) const
{
    double const room = room_mm3(i), a = volume_mm3 / room;
    Pressure p{0, 0};
    if (stands_open_[i]) {
        // A layer: its depth in a round tube is close to 2R a^0.75.
        double const deep = 2 * std::sqrt(cells_.open_mm2[i] / std::numbers::pi);
        double const weight = gravity * density_[i] * across_[i] * deep, at = std::clamp(a, 0.01, 1.0);
        double const slope = weight * 0.75 / std::sqrt(std::sqrt(at));
        p = {a < 0.01 ? slope * a : weight * std::sqrt(at * std::sqrt(at)), slope / room};
    } else if (a > law_.slack) {
        p = {law_.soft_pa * (a - law_.slack) / (1 - law_.slack), law_.soft_pa / (1 - law_.slack) / room};
    }
    if (a > opening_[i]) {
        p.pa += law_.stiff_pa * (a - opening_[i]);
        p.slope += law_.stiff_pa / room;
    }
    return p;
}

void TubeFluid::flow_of_faces(std::span<double const> volume)
{
    auto const n = std::size_t(cells_.count());
    for (std::size_t f = from_; f <= to_; ++f) {
        flow_[f] = conductance_[f] = 0;
        bool const has_left = f > 0, has_right = f < n;
        if ((f == from_ && has_left) || (f == to_ && has_right)) continue; // the margin
        End const& end = has_left ? outlet : inlet;
        if (!(has_left && has_right) && !end.is_open) continue;
        double const p_left = has_left ? pressure_[f - 1] : end.pressure_pa;
        double const p_right = has_right ? pressure_[f] : end.pressure_pa;
        // Between two filled cells their mean weighs; beside an empty one that of the filled.
        double density = 0;
        int filled = 0;
        if (has_left && volume[f - 1] > 1e-9) density += density_[f - 1], ++filled;
        if (has_right && volume[f] > 1e-9) density += density_[f], ++filled;
        if (filled == 0 && end.offered.total_mm3() <= 0) continue;
        if (filled > 0) density /= filled;
        double const drive = p_left - p_right + gravity * density * drop_[f];
        bool const from_left = drive > 0, from_cell = from_left ? has_left : has_right,
                   into_cell = from_left ? has_right : has_left;
        std::size_t const giver = from_left ? f - 1 : f, taker = from_left ? f : f - 1;
        double const p_giver = from_left ? p_left : p_right;
        double area = 1e300, viscosity = 1;
        if (from_cell) {
            area = std::min(volume[giver] / cells_.length_mm[giver],
                            cells_.narrow_mm2[giver] * std::max(1.0, volume[giver] / room_mm3(giver)));
            viscosity = viscosity_[giver];
        } else {
            if (end.offered.total_mm3() <= 0) continue;
            viscosity =
                end.offered.liquid_mm3 > 0 ? std::exp(end.offered.thickness / end.offered.liquid_mm3) : gas_mpa_s;
        }
        if (into_cell) {
            // As far as what comes can open the next cell.
            double const open = std::max(volume[taker] / room_mm3(taker), opening_[taker] + p_giver / law_.stiff_pa);
            area = std::min(area, cells_.narrow_mm2[taker] * std::max(0.0, open));
        }
        if (!(area > 0)) continue;
        double const free = 1e3 * area * area / (8 * std::numbers::pi * viscosity * apart_[f]);
        conductance_[f] = free / (1 + free * std::abs(drive) / (area * law_.fastest_mm_s));
        flow_[f] = conductance_[f] * drive;
    }
}

/// Newton steps for the volumes after dt whose pressures drive just the flows that lead there.
void TubeFluid::find_flows(double dt_s)
{
    for (std::size_t i = from_; i < to_; ++i) {
        double const total = liquid_[i] + gas_[i];
        before_[i] = volume_[i] = total;
        density_[i] = total > 1e-9 ? (liquid_[i] + solids_weight * solids_[i]) / total : 0;
        viscosity_[i] = total > 1e-9 ? std::exp((thickness_[i] + std::log(gas_mpa_s) * gas_[i]) / total) : 1;
    }
    constexpr int rounds = 5;
    for (int round = 0;; ++round) {
        for (std::size_t i = from_; i < to_; ++i) {
            Pressure const p = pressure_of(i, volume_[i]);
            pressure_[i] = p.pa;
            slope_[i] = p.slope;
        }
        flow_of_faces(volume_);
        if (round == rounds) break;
        // (1 + dt (G p')) d = -(V - V0 + dt div Q), three diagonals.
        double worst = 0;
        for (std::size_t i = from_; i < to_; ++i) {
            right_[i] = before_[i] - volume_[i] - dt_s * (flow_[i + 1] - flow_[i]);
            worst = std::max(worst, std::abs(right_[i]) / room_mm3(i));
        }
        if (worst < 1e-4) break;
        for (std::size_t i = from_; i < to_; ++i) {
            double pivot = 1 + dt_s * (conductance_[i] + conductance_[i + 1]) * slope_[i];
            if (i > from_) {
                double const upper = -dt_s * conductance_[i] * slope_[i];     // row i - 1, column i
                double const lower = -dt_s * conductance_[i] * slope_[i - 1]; // row i, column i - 1
                double const factor = lower / diagonal_[i - 1];
                pivot -= factor * upper;
                right_[i] -= factor * right_[i - 1];
            }
            diagonal_[i] = pivot;
        }
        for (std::size_t i = to_; i-- > from_;) {
            if (i + 1 < to_) right_[i] += dt_s * conductance_[i + 1] * slope_[i + 1] * right_[i + 1];
            right_[i] /= diagonal_[i];
            volume_[i] = std::max(0.0, volume_[i] + right_[i]);
        }
    }
}

/// Nobody gives more than he has.
void TubeFluid::limit_flows(double dt_s)
{
    for (std::size_t i = from_; i < to_; ++i) {
        double const out = dt_s * (std::max(0.0, flow_[i + 1]) + std::max(0.0, -flow_[i]));
        if (out <= before_[i]) continue;
        if (flow_[i + 1] > 0) flow_[i + 1] *= before_[i] / out;
        if (flow_[i] < 0) flow_[i] *= before_[i] / out;
    }
    auto const offered = [dt_s](double& flow, double into, End const& end) {
        if (into * dt_s > end.offered.total_mm3()) flow *= end.offered.total_mm3() / (into * dt_s);
    };
    auto const n = std::size_t(cells_.count());
    if (from_ == 0) offered(flow_[0], flow_[0], inlet);
    if (to_ == n) offered(flow_[n], -flow_[n], outlet);
    for (std::size_t f = from_; f <= to_; ++f) {
        std::size_t const giver = flow_[f] > 0 ? f - 1 : f;
        if (flow_[f] == 0 || giver >= n || before_[giver] < least_wetting_mm2 * cells_.length_mm[giver]) continue;
        fastest_mm_s_ = std::max(fastest_mm_s_, std::abs(flow_[f]) * cells_.length_mm[giver] / before_[giver]);
    }
}

void TubeFluid::move(double dt_s)
{
    auto const n = std::size_t(cells_.count());
    for (std::size_t f = from_; f <= to_; ++f) {
        double const volume = std::abs(flow_[f]) * dt_s;
        moved_[f] = {};
        if (!(volume > 0)) continue;
        bool const from_left = flow_[f] > 0;
        if ((from_left && f == 0) || (!from_left && f == n)) {
            End& end = from_left ? inlet : outlet;
            moved_[f] = end.offered * (volume / end.offered.total_mm3());
            end.offered -= moved_[f];
        } else {
            std::size_t const giver = from_left ? f - 1 : f;
            moved_[f] = held(int(giver)) * (volume / before_[giver]);
        }
    }
    for (std::size_t f = from_; f <= to_; ++f) {
        if (flow_[f] == 0) continue;
        bool const from_left = flow_[f] > 0;
        std::size_t const giver = from_left ? f - 1 : f, taker = from_left ? f : f - 1;
        if (giver < n) add(int(giver), moved_[f] * -1);
        if (taker < n)
            add(int(taker), moved_[f]);
        else
            (from_left ? outlet : inlet).received += moved_[f];
    }
    // What rounding leaves of an emptied cell.
    for (std::size_t i = from_; i < to_; ++i) {
        liquid_[i] = std::max(0.0, liquid_[i]);
        gas_[i] = std::max(0.0, gas_[i]);
        solids_[i] = std::max(0.0, solids_[i]);
        if (liquid_[i] == 0) thickness_[i] = 0;
    }
}

/// Liquid above gas changes places with it, as fast as a long bubble rises: 0.35 sqrt(g D), slower where it is viscous.
void TubeFluid::separate(double dt_s)
{
    for (std::size_t f = from_ + 1; f < to_; ++f) {
        std::size_t const upper = drop_[f] > 0 ? f - 1 : f, lower = drop_[f] > 0 ? f : f - 1;
        if (!(liquid_[upper] > 0 && gas_[lower] > 0)) continue;
        double const steep = std::abs(drop_[f]) / apart_[f];
        double const area = std::min(liquid_[upper] + gas_[upper], liquid_[lower] + gas_[lower]) / apart_[f];
        double const wide = 2 * std::sqrt(area / std::numbers::pi);
        double const free = 0.35 * std::sqrt(9806.65 * wide);
        double const viscosity = std::exp(thickness_[upper] / liquid_[upper]);      // [mPa s]
        double const dragged = 1e-3 * 9.80665 * 1e6 * wide * wide / 96 / viscosity; // Poiseuille at that width [mm/s]
        double const speed = steep * free * dragged / (free + dragged);
        double const volume = std::min({area * speed * dt_s, liquid_[upper], gas_[lower]});
        double const share = volume / liquid_[upper];
        Portion const falls{volume, 0, share * solids_[upper], share * thickness_[upper]};
        Portion const rises{0, volume, 0, 0};
        add(int(upper), falls * -1);
        add(int(lower), falls);
        add(int(lower), rises * -1);
        add(int(upper), rises);
    }
}

/// The film: laid down where liquid stands, given back bit by bit.
void TubeFluid::wet(double dt_s)
{
    if (law_.coat_mm <= 0) return;
    auto const n = std::size_t(cells_.count());
    double const back = -std::expm1(-dt_s / law_.coat_life_s);
    for (std::size_t i = 0; i < n; ++i) {
        double const area = liquid_[i] / cells_.length_mm[i];
        if (area > least_wetting_mm2) {
            double const round = 2 * std::sqrt(std::numbers::pi * cells_.open_mm2[i]);
            double const thick = law_.coat_mm * std::cbrt(std::exp(thickness_[i] / liquid_[i]) / 60);
            double const lacking = thick * round * cells_.length_mm[i] - film_[i].liquid_mm3;
            if (lacking > 0) film_[i] += take_liquid(i, std::min(lacking, 0.1 * liquid_[i]));
        } else if (film_[i].liquid_mm3 > 0) {
            Portion const given = film_[i] * back;
            film_[i] -= given;
            add(int(i), given);
        }
    }
}

Portion TubeFluid::take_liquid(std::size_t cell, double mm3)
{
    double const share = mm3 / liquid_[cell];
    Portion const taken{mm3, 0, share * solids_[cell], share * thickness_[cell]};
    add(int(cell), taken * -1);
    return taken;
}

} // namespace fluoro
