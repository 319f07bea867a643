#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/instruments/balloon.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// An inflator is turned so fast [atm/s]; suction empties a balloon in a few seconds.
constexpr double inflation_atm_s = 3, deflation_atm_s = 8;
/// Above its rated pressure a balloon holds a while: 99.9 % of them hold the rated one (ISO 10555-4), the rest of the
/// spread is typical.
constexpr double burst_mean = 1.35, burst_deviation = 0.08, burst_least = 1.02;
/// Unfolded by this pressure [atm].
constexpr double unfolded_atm = 1;
/// Share of what a plain balloon has won that the vessel takes back. Typical: 15-30 %.
constexpr double vessel_recoil = 0.2;
/// A plaque that has given way lets the balloon go this near to its free size.
constexpr double residual_waist = 0.03;

} // namespace

double free_diameter_mm(BalloonForm const& form, double atm)
{
    double const open = form.nominal_mm * (1 + form.growth_per_atm * (std::max(atm, unfolded_atm) - form.nominal_atm));
    double const share = std::clamp(atm / unfolded_atm, 0.0, 1.0);
    return form.folded_mm + share * (std::max(open, form.folded_mm) - form.folded_mm);
}

double lumen_after_mm(BalloonBed const& bed, double widest_mm, StentForm const* stent)
{
    if (widest_mm <= bed.lumen_mm) return bed.lumen_mm;
    if (stent) return std::max(bed.lumen_mm, widest_mm * (1 - stent->recoil));
    return bed.lumen_mm + (1 - vessel_recoil) * (widest_mm - bed.lumen_mm);
}

double burst_atm(BalloonForm const& form, std::uint64_t seed)
{
    double const strength =
        burst_mean + burst_deviation * RandomSequence{seed, RandomStream::body, 0xba1100, 0}.next_normal();
    return form.rated_atm * std::max(burst_least, strength);
}

Balloon::Balloon(BalloonForm const& form, std::uint64_t seed) : form_{form}, burst_atm_{burst_atm(form, seed)}
{
    diameter_mm_.fill(form.folded_mm);
    widest_mm_.fill(0);
}

void Balloon::forget()
{
    widest_mm_.fill(0);
    has_yielded_.fill(false);
}

void Balloon::advance(std::span<BalloonBed const> beds, double wanted_atm, double resist_atm, double dt_s)
{
    FLUORO_EXPECT(beds.empty() || beds.size() == stations);
    double const wanted = has_burst_ ? 0 : std::max(0.0, wanted_atm);
    double const step = (wanted > pressure_atm_ ? inflation_atm_s : deflation_atm_s) * dt_s;
    pressure_atm_ += std::clamp(wanted - pressure_atm_, -step, step);
    if (pressure_atm_ > burst_atm_) {
        has_burst_ = true;
        pressure_atm_ = 0;
    }
    for (int n = 0; n < stations; ++n) {
        double const open = free_diameter_mm(form_, pressure_atm_);
        double size = open;
        // A stent holds the balloon together but at its ends, which open first: the dog's bone.
        bool const is_end = n == 0 || n == stations - 1;
        if (resist_atm > 0 && !is_end && pressure_atm_ < resist_atm)
            size = form_.folded_mm + (open - form_.folded_mm) * 0.25 * pressure_atm_ / resist_atm;
        if (!beds.empty()) {
            BalloonBed const& bed = beds[std::size_t(n)];
            double const stretched = bed.lumen_mm * (1 + bed.give_per_atm * pressure_atm_);
            bool const has_plaque = bed.lumen_mm < 0.98 * bed.vessel_mm;
            if (size > stretched) {
                has_yielded_[std::size_t(n)] = has_yielded_[std::size_t(n)] || pressure_atm_ >= bed.yield_atm;
                if (has_plaque && !has_yielded_[std::size_t(n)])
                    size = stretched; // the waist
                else if (has_plaque)
                    size = std::max(stretched, size * (1 - residual_waist));
                // A healthy wall follows a balloon that is larger than it, stretched.
            }
            if (pressure_atm_ > 0) widest_mm_[std::size_t(n)] = std::max(widest_mm_[std::size_t(n)], size);
        }
        diameter_mm_[std::size_t(n)] = size;
    }
}

double Balloon::volume_ml() const
{
    // Cylinders between half-spherical shoulders; what is folded holds none.
    double volume = 0;
    double const step = form_.length_mm / stations;
    for (double const d : diameter_mm_)
        volume += std::numbers::pi / 4 * std::max(0.0, d * d - form_.folded_mm * form_.folded_mm) * step;
    return volume / 1000;
}

} // namespace fluoro
