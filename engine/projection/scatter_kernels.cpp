#include "scatter_kernels.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro_assets/scatter_kernels.hpp>
#include <string_view>

namespace fluoro {
namespace {

constexpr double log_transmission_step_cm = 1;
constexpr int log_transmission_steps = 80;
constexpr double gap_offset_cm = 4; ///< kernels change evenly with the logarithm of gap + this

double number_at(std::string_view& text, char until)
{
    auto const end = std::min(text.find(until), text.size());
    double value = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + end, value);
    FLUORO_EXPECT(error == std::errc{} && stop == text.data() + end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return value;
}

std::string_view word_at(std::string_view& text, char until)
{
    auto const end = std::min(text.find(until), text.size());
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

int component_of(int across, int along)
{
    return across * scatter_widths - across * (across - 1) / 2 + along - across;
}

/// The asset: kernels [scintillator][grid][energy][thickness][gap] on regular axes.
struct BakedKernels {
    std::vector<double> energies_kev, thicknesses_cm, gaps_cm;
    std::array<std::array<std::vector<ScatterKernel>, 2>, 2> kernels;

    BakedKernels()
    {
        auto const add_to = [](std::vector<double>& axis, double value) {
            if (axis.empty() || std::ranges::find(axis, value) == axis.end()) axis.push_back(value);
        };
        std::string_view text = assets::scatter_kernels;
        while (!text.empty()) {
            std::string_view line = word_at(text, '\n');
            if (line.empty() || line[0] == '#' || line[0] == 'e') continue; // remarks and the heading
            add_to(energies_kev, number_at(line, ','));
            add_to(thicknesses_cm, number_at(line, ','));
            add_to(gaps_cm, number_at(line, ','));
            std::size_t const scintillator = word_at(line, ',') == "ideal" ? 1 : 0;
            std::size_t const grid = word_at(line, ',') == "in" ? 1 : 0;
            ScatterKernel kernel;
            kernel.mean_absorbed_kev = float(number_at(line, ','));
            while (!line.empty()) {
                int const pair = int(number_at(line, ':'));
                int const component = component_of(pair / 10, pair % 10);
                FLUORO_EXPECT(component >= 0 && component < scatter_components);
                kernel.share[std::size_t(component)] = float(number_at(line, ' '));
            }
            kernels[scintillator][grid].push_back(kernel);
        }
        for (auto const& of_scintillator : kernels)
            for (auto const& of_grid : of_scintillator)
                FLUORO_EXPECT(of_grid.size() == energies_kev.size() * thicknesses_cm.size() * gaps_cm.size());
    }
};

BakedKernels const& baked_kernels()
{
    static BakedKernels const instance;
    return instance;
}

struct Between {
    std::size_t low = 0;
    double share = 0; ///< of the node above `low`
};

Between between(std::vector<double> const& nodes, double value)
{
    auto const above = std::size_t(std::upper_bound(nodes.begin() + 1, nodes.end() - 1, value) - nodes.begin());
    return {above - 1, std::clamp((value - nodes[above - 1]) / (nodes[above] - nodes[above - 1]), 0.0, 1.0)};
}

void add_weighted(ScatterKernel& sum, ScatterKernel const& kernel, double weight)
{
    for (std::size_t c = 0; c < sum.share.size(); ++c) sum.share[c] += float(weight) * kernel.share[c];
}

float total(ScatterKernel const& kernel)
{
    float sum = 0;
    for (float const share : kernel.share) sum += share;
    return sum;
}

double water_attenuation_cm2_g(float energy_kev)
{
    static std::vector<double> const by_half_kev = [] {
        std::vector<double> values(151);
        for (std::size_t kev = 1; kev < values.size(); ++kev)
            values[kev] = mass_attenuation_cm2_g(find_material("water"), PhotonEnergy{double(kev) + 0.5});
        return values;
    }();
    return by_half_kev[std::size_t(energy_kev)];
}

} // namespace

ScatterComponent scatter_component(int index)
{
    int across = 0;
    while (index >= scatter_widths - across) index -= scatter_widths - across++;
    return {across, across + index};
}

ScatterKernels::ScatterKernels(BeamQuality const& quality, Scintillator scintillator,
                               std::optional<AntiScatterGrid> const& grid)
    : quality_{quality}, scintillator_{scintillator}, grid_{grid}
{
    BakedKernels const& baked = baked_kernels();
    auto const& source = baked.kernels[scintillator == Scintillator::ideal ? 1 : 0][grid ? 1 : 0];
    Spectrum const spectrum = filtered_spectrum(quality);
    std::size_t const energies = spectrum.energy_kev.size();
    std::vector<double> absorbed(energies), attenuation(energies);
    for (std::size_t e = 0; e < energies; ++e) {
        PhotonEnergy const energy{spectrum.energy_kev[e]};
        absorbed[e] = double(spectrum.fluence_per_mm2_kev_mas_1m[e]) * energy.value() *
                      absorbed_fraction(scintillator, energy) * (grid ? grid_transmission(*grid, energy, 0, 0) : 1.0);
        attenuation[e] = water_attenuation_cm2_g(spectrum.energy_kev[e]);
    }
    double open = 0;
    for (int step = 0; step < log_transmission_steps; ++step) {
        double sum = 0;
        for (std::size_t e = 0; e < energies; ++e)
            sum += absorbed[e] * std::exp(-attenuation[e] * step * log_transmission_step_cm);
        if (step == 0) open = sum;
        log_transmission_.push_back(std::log(sum / open));
    }
    std::size_t const gaps = baked.gaps_cm.size(), thicknesses = baked.thicknesses_cm.size();
    kernels_.resize(thicknesses * gaps);
    for (std::size_t t = 0; t < thicknesses; ++t) {
        // Share of each of the baked energies in the primary behind this water.
        std::vector<double> weight(baked.energies_kev.size(), 0.0);
        double all = 0;
        for (std::size_t e = 0; e < energies; ++e) {
            double const passed = absorbed[e] * std::exp(-attenuation[e] * baked.thicknesses_cm[t]);
            auto const [low, share] = between(baked.energies_kev, double(spectrum.energy_kev[e]));
            weight[low] += passed * (1 - share);
            weight[low + 1] += passed * share;
            all += passed;
        }
        for (std::size_t g = 0; g < gaps; ++g) {
            ScatterKernel& kernel = kernels_[t * gaps + g];
            double energy = 0;
            for (std::size_t e = 0; e < weight.size(); ++e) {
                ScatterKernel const& one = source[(e * thicknesses + t) * gaps + g];
                add_weighted(kernel, one, weight[e] / all);
                energy += weight[e] / all * double(total(one)) * double(one.mean_absorbed_kev);
            }
            kernel.mean_absorbed_kev = float(energy / double(total(kernel)));
        }
    }
    for (int c = 0; c < scatter_components; ++c)
        if (std::ranges::any_of(kernels_, [&](auto const& kernel) { return kernel.share[std::size_t(c)] > 0; }))
            used_.push_back(c);
}

bool ScatterKernels::is_for(Scene const& scene) const
{
    return scene.exposure.quality == quality_ && scene.scintillator == scintillator_ && scene.grid == grid_;
}

ScatterKernel ScatterKernels::at(double water_cm, double gap_cm) const
{
    BakedKernels const& baked = baked_kernels();
    static std::vector<double> const log_gaps = [&] {
        std::vector<double> logs;
        for (double const gap : baked.gaps_cm) logs.push_back(std::log(gap + gap_offset_cm));
        return logs;
    }();
    // Below the thinnest slab and beyond the thickest, scatter per primary is in proportion to the water.
    double const thinnest = baked.thicknesses_cm.front(), thickest = baked.thicknesses_cm.back();
    double const scale = water_cm < thinnest ? std::max(0.0, water_cm / thinnest) : std::max(1.0, water_cm / thickest);
    Between const t = between(baked.thicknesses_cm, water_cm);
    Between const g = between(log_gaps, std::log(std::max(gap_cm, 0.0) + gap_offset_cm));
    ScatterKernel sum;
    std::size_t const gaps = baked.gaps_cm.size();
    for (std::size_t corner = 0; corner < 4; ++corner) {
        ScatterKernel const& kernel = kernels_[(t.low + corner / 2) * gaps + g.low + corner % 2];
        double const weight = (corner / 2 ? t.share : 1 - t.share) * (corner % 2 ? g.share : 1 - g.share);
        add_weighted(sum, kernel, scale * weight);
        sum.mean_absorbed_kev += float(weight) * kernel.mean_absorbed_kev;
    }
    return sum;
}

double ScatterKernels::log_transmission(double water_cm) const
{
    double const place = std::clamp(water_cm / log_transmission_step_cm, 0.0, double(log_transmission_steps - 1.001));
    auto const low = std::size_t(place);
    double const share = place - double(low);
    return log_transmission_[low] * (1 - share) + log_transmission_[low + 1] * share;
}

} // namespace fluoro
