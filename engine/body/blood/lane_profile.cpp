#include "lane_profile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fluoro {

namespace {

constexpr double first_decay = 14.682; // 3.8317^2: the slowest even mode of diffusion across a tube, per D / R^2

Lanes calibrated_exchange()
{
    // Between the mean radii of two lanes: conductance per D and length 2 pi r / dr; a lane's area is pi R^2 / 6.
    Lanes conductance{};
    for (int l = 0; l + 1 < lane_count; ++l) {
        double const r = std::sqrt((l + 1.0) / lane_count);
        double const apart = std::sqrt((l + 1.5) / lane_count) - std::sqrt((l + 0.5) / lane_count);
        conductance[std::size_t(l)] = 2 * std::numbers::pi * r / apart;
    }
    // Taylor's dispersion of these lanes against 1 / 48: where the lanes' mean speeds are u (mean 1), what crosses
    // boundary l is the sum of (u - 1) up to it.
    Lanes const share = flow_shares(2);
    double sum = 0, crossing = 0;
    for (int l = 0; l + 1 < lane_count; ++l) {
        crossing += lane_count * share[std::size_t(l)] - 1;
        sum += crossing * crossing / conductance[std::size_t(l)];
    }
    double const taylor = std::numbers::pi / (lane_count * lane_count) * sum;
    Lanes rates{};
    for (int l = 0; l + 1 < lane_count; ++l)
        rates[std::size_t(l)] = conductance[std::size_t(l)] * (taylor * 48) * lane_count / std::numbers::pi;
    return rates;
}

} // namespace

Lanes flow_shares(double g)
{
    auto const up_to = [g](double s) { return (g + 2) / g * (s - std::pow(s, g / 2 + 1) / (g / 2 + 1)); };
    Lanes shares{};
    for (int l = 0; l < lane_count; ++l)
        shares[std::size_t(l)] = up_to((l + 1.0) / lane_count) - up_to(double(l) / lane_count);
    return shares;
}

double profile_of(double radius_mm)
{
    double const omega = 2 * std::numbers::pi * 70 / 60;
    double const womersley = radius_mm * 1e-3 * std::sqrt(omega * 1060 / 3.5e-3);
    return womersley > 4 ? 9 : 2;
}

Lanes const& exchange_rates()
{
    static Lanes const rates = calibrated_exchange();
    return rates;
}

double mixing_time_s(WallClass wall, double radius_mm)
{
    // Pulsation and secondary flow in bends mix far faster than molecules: half a second in the aorta, seconds in small
    // arteries; a straight line between them on logarithmic scales.
    constexpr double small_mm = 2, small_s = 5, large_mm = 8, large_s = 0.5, coronary_s = 0.3;
    if (wall == WallClass::vein) return 2;
    // Arteries that bend over a beating heart: as fast as makes frame counts of the three those that are seen.
    if (wall == WallClass::coronary) return coronary_s;
    double const share = std::clamp(std::log(radius_mm / small_mm) / std::log(large_mm / small_mm), 0.0, 1.0);
    return small_s * std::pow(large_s / small_s, share);
}

double diffusion_rate(double mixing_time_s)
{
    return 1 / (first_decay * mixing_time_s);
}

LaneExchange::LaneExchange(double amount)
{
    Lanes const& rates = exchange_rates();
    double before = 0, carried = 0;
    for (std::size_t l = 0; l < lane_count; ++l) {
        double const after = l + 1 < lane_count ? rates[l] * amount : 0;
        inverse_[l] = 1 / (1 + before + after - before * carried);
        below_[l] = before;
        next_[l] = carried = after * inverse_[l];
        before = after;
    }
}

void LaneExchange::apply(double* lanes) const
{
    lanes[0] *= inverse_[0];
    for (std::size_t l = 1; l < lane_count; ++l) lanes[l] = (lanes[l] + below_[l] * lanes[l - 1]) * inverse_[l];
    for (std::size_t l = lane_count - 1; l-- > 0;) lanes[l] += next_[l] * lanes[l + 1];
}

} // namespace fluoro
