#include "attenuation.hpp"
#include "scintillator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/physics/energy_bins.hpp>
#include <numeric>

namespace fluoro {
namespace {

/// Bins that condense() spends; the energy sum of the ray march costs in proportion to it.
constexpr int bins_wanted = 22; // rounding to segments adds up to two
static_assert(bins_wanted + 2 <= max_energy_bins);

/// First spectral bin above the K edges of iodine 33.17, caesium 35.98, barium 37.44 and gadolinium 50.24 keV.
constexpr std::array edge_bins{33, 36, 37, 50};

/// Depths of water [g/cm2] at which the bins are made to fit: 30 cm and the like of 3 cm of bone.
constexpr int depths = 18;
constexpr double depth_step_g_cm2 = 2;
constexpr double depth_g_cm2(int d)
{
    return (d + 1) * depth_step_g_cm2;
}

/// One 1 keV channel of the spectrum that carries signal.
struct Channel {
    int bin = 0;
    double energy_kev = 0;
    double absorbed_kev = 0;            ///< quanta x absorbed fraction x energy
    double water_cm2_g = 0;             ///< attenuation of water
    std::array<double, depths> share{}; ///< of the signal behind each depth of water
    double importance = 0;              ///< wanted density of bin boundaries
};

std::vector<Channel> channels_of(Spectrum const& spectrum, Scintillator scintillator)
{
    auto const& absorbed = binned_absorbed_fraction(scintillator);
    auto const water = binned_attenuation_cm2_g(find_material("water"));
    std::vector<Channel> channels;
    std::array<double, depths> total{};
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i) {
        Channel channel;
        channel.energy_kev = double(spectrum.energy_kev[i]);
        channel.bin = bin_of(channel.energy_kev);
        channel.water_cm2_g = water[channel.bin];
        channel.absorbed_kev =
            double(spectrum.fluence_per_mm2_kev_mas_1m[i]) * absorbed[channel.bin] * channel.energy_kev;
        if (channel.absorbed_kev <= 0) continue;
        double behind = channel.absorbed_kev;
        double const step = std::exp(-channel.water_cm2_g * depth_step_g_cm2);
        for (int d = 0; d < depths; ++d) total[d] += channel.share[d] = behind *= step;
        channels.push_back(channel);
    }
    FLUORO_EXPECT(!channels.empty());
    for (auto& channel : channels)
        for (int d = 0; d < depths; ++d)
            if (total[d] > 0) channel.share[d] /= total[d];
    return channels;
}

/// The error of one bin of width h behind depth x is share (x dmu/dE h)^2 / 24, so boundaries as dense as the cube root
/// of share (x dmu/dE)^2 make all bins equally wrong; each channel's worst depth decides.
void weigh_channels(std::vector<Channel>& channels)
{
    for (std::size_t i = 0; i < channels.size(); ++i) {
        auto& channel = channels[i];
        auto const& before = channels[i > 0 ? i - 1 : 0];
        auto const& after = channels[std::min(i + 1, channels.size() - 1)];
        double const slope =
            (before.water_cm2_g - after.water_cm2_g) / std::max(after.energy_kev - before.energy_kev, 1.0);
        for (int d = 0; d < depths; ++d) {
            double const bend = depth_g_cm2(d) * slope;
            channel.importance = std::max(channel.importance, std::cbrt(channel.share[d] * bend * bend));
        }
    }
}

/// Index of the first channel of every bin, then the number of channels.
std::vector<std::size_t> boundaries(std::vector<Channel> const& channels)
{
    std::vector<std::size_t> segments{0};
    for (auto const edge : edge_bins) {
        auto const first = std::size_t(std::ranges::lower_bound(channels, edge, {}, &Channel::bin) - channels.begin());
        if (first > segments.back() && first < channels.size()) segments.push_back(first);
    }
    segments.push_back(channels.size());

    auto const importance_of = [&](std::size_t first, std::size_t last) {
        double sum = 0;
        for (auto i = first; i < last; ++i) sum += channels[i].importance;
        return sum;
    };
    double const all = importance_of(0, channels.size());
    auto const spare = bins_wanted - int(segments.size() - 1);

    std::vector<std::size_t> starts;
    for (std::size_t s = 0; s + 1 < segments.size(); ++s) {
        auto const [first, last] = std::pair{segments[s], segments[s + 1]};
        double const segment = importance_of(first, last);
        auto const bins = 1 + std::min(int(last - first) - 1, int(std::lround(spare * segment / all)));
        starts.push_back(first);
        double reached = 0;
        for (auto i = first; i + 1 < last; ++i) {
            auto const bin_before = std::floor(reached / segment * bins);
            reached += channels[i].importance;
            if (std::floor(reached / segment * bins) > bin_before) starts.push_back(i + 1);
        }
    }
    starts.push_back(channels.size());
    return starts;
}

/// Water depth [g/cm2] at which a bin matters most: where its share of the signal times the depth squared peaks.
double decisive_depth_g_cm2(std::span<Channel const> bin)
{
    double largest = 0;
    double decisive = 0;
    for (int d = 0; d < depths; ++d) {
        double share = 0;
        for (auto const& channel : bin) share += channel.share[d];
        double const weight = share * depth_g_cm2(d) * depth_g_cm2(d);
        if (weight > largest) {
            largest = weight;
            decisive = depth_g_cm2(d);
        }
    }
    return decisive;
}

} // namespace

EnergyBins condense(Spectrum const& spectrum, Scintillator scintillator, std::span<MaterialId const> wanted)
{
    auto channels = channels_of(spectrum, scintillator);
    weigh_channels(channels);
    auto const starts = boundaries(channels);
    FLUORO_EXPECT(starts.size() - 1 <= std::size_t(max_energy_bins));

    EnergyBins bins;
    bins.materials.assign(wanted.begin(), wanted.end());
    bins.attenuation_cm2_g.resize(wanted.size());
    for (std::size_t b = 0; b + 1 < starts.size(); ++b) {
        auto const members = std::span{channels}.subspan(starts[b], starts[b + 1] - starts[b]);
        double photons = 0, first = 0, second = 0;
        for (auto const& channel : members) {
            photons += channel.absorbed_kev / channel.energy_kev;
            first += channel.absorbed_kev;
            second += channel.absorbed_kev * channel.energy_kev;
        }
        bins.energy_kev.push_back(float(first / photons));
        bins.absorbed_kev_per_mm2_mas_1m.push_back(float(first));
        bins.absorbed_kev2_per_mm2_mas_1m.push_back(float(second));
        // Weighed at half the decisive depth, a bin is right with nothing in the way and again near the decisive depth.
        double const depth = decisive_depth_g_cm2(members) / 2;
        std::vector<double> weights;
        for (auto const& channel : members)
            weights.push_back(channel.absorbed_kev * std::exp(-channel.water_cm2_g * depth));
        double const weight = std::accumulate(weights.begin(), weights.end(), 0.0);
        for (std::size_t m = 0; m < wanted.size(); ++m) {
            auto const attenuation = binned_attenuation_cm2_g(wanted[m]);
            double weighted = 0;
            for (std::size_t i = 0; i < members.size(); ++i) weighted += weights[i] * attenuation[members[i].bin];
            bins.attenuation_cm2_g[m].push_back(float(weighted / weight));
        }
    }
    return bins;
}

double absorbed_energy_1kev_sum(Spectrum const& spectrum, Scintillator scintillator, std::span<Layer const> layers)
{
    auto const& absorbed = binned_absorbed_fraction(scintillator);
    double sum = 0;
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i) {
        double const energy = double(spectrum.energy_kev[i]);
        auto const bin = bin_of(energy);
        double exponent = 0;
        for (auto const& layer : layers)
            exponent += binned_attenuation_cm2_g(layer.material)[bin] * layer.mass_thickness_g_cm2;
        sum += double(spectrum.fluence_per_mm2_kev_mas_1m[i]) * absorbed[bin] * energy * std::exp(-exponent);
    }
    return sum;
}

} // namespace fluoro
