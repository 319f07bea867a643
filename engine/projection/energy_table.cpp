#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/projection/energy_table.hpp>
#include <map>
#include <mutex>
#include <numbers>
#include <utility>

namespace fluoro {
namespace {

constexpr int terms = EnergyTable::heel_terms;

/// Attenuation at the centres of the 1 keV channels, n + 0.5 keV, looked up once for each material.
std::vector<double> const& channel_attenuation(MaterialId id)
{
    static std::map<MaterialId, std::vector<double>> known;
    static std::mutex guard;
    std::scoped_lock const lock{guard};
    auto& curve = known[id];
    if (curve.empty())
        for (int channel = 0; channel < 150; ++channel)
            curve.push_back(mass_attenuation_cm2_g(id, PhotonEnergy{std::max(1, channel) + 0.5}));
    return curve;
}

double at_channel(MaterialId id, double energy_kev)
{
    return channel_attenuation(id)[std::size_t(energy_kev)];
}

/// The spectrum as the detector meets it with an open grid: quanta times the grid's primary transmission.
Spectrum behind_grid(BeamDescription const& beam)
{
    Spectrum spectrum = filtered_spectrum(beam.quality);
    if (beam.grid)
        for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i)
            spectrum.fluence_per_mm2_kev_mas_1m[i] *=
                float(grid_transmission(*beam.grid, PhotonEnergy{spectrum.energy_kev[i]}, 0, 0));
    return spectrum;
}

EnergyTable empty_table(BeamDescription const& beam)
{
    FLUORO_EXPECT(beam.materials.size() >= 2 && beam.most_g_cm2.size() == beam.materials.size());
    EnergyTable table;
    table.attenuation_cm2_g.resize(beam.materials.size());
    table.heel_middle_g_cm2 = (beam.most_heel_g_cm2 + beam.least_heel_g_cm2) / 2;
    table.heel_half_range_g_cm2 = (beam.most_heel_g_cm2 - beam.least_heel_g_cm2) / 2;
    return table;
}

/// Chebyshev points of the heel's range, and the matrix from values there to coefficients of 1, t, t^2, t^3.
constexpr std::array<double, terms> heel_points{-0.92387953251128674, -0.38268343236508977, 0.38268343236508977,
                                                0.92387953251128674};

std::array<double, terms> powers(double t)
{
    return {1, t, t * t, t * t * t};
}

std::array<double, terms> coefficients_through(std::array<double, terms> const& values)
{
    std::array<double, terms> sum{};
    for (int k = 0; k < terms; ++k) {
        // Lagrange's polynomial of point k, multiplied out.
        std::array<double, terms> basis{1, 0, 0, 0};
        for (int other = 0, degree = 0; other < terms; ++other) {
            if (other == k) continue;
            double const below = heel_points[k] - heel_points[other];
            for (int d = ++degree; d >= 0; --d)
                basis[d] = ((d > 0 ? basis[d - 1] : 0) - heel_points[other] * basis[d]) / below;
        }
        for (int d = 0; d < terms; ++d) sum[d] += values[k] * basis[d];
    }
    return sum;
}

/// Fills the weights of entry after entry, given the values without heel and tungsten's attenuation there.
void add_entry(EnergyTable& table, double energy_kev, double mean, double second, double tungsten_cm2_g)
{
    std::array<double, terms> through{};
    for (int k = 0; k < terms; ++k)
        through[k] =
            std::exp(-tungsten_cm2_g * (table.heel_middle_g_cm2 + heel_points[k] * table.heel_half_range_g_cm2));
    auto const heel = coefficients_through(through);
    table.energy_kev.push_back(energy_kev);
    for (int k = 0; k < terms; ++k) {
        table.mean[k].push_back(mean * heel[k]);
        table.second[k].push_back(second * heel[k]);
    }
}

/// Places the few energies: as dense as the fifth root of (share of the signal) x (change of the depth with energy)^2
/// at the depth where that is largest. Physics' bins, whose weights are not fitted, want the cube root; the gentler law
/// leaves more energies to the soft end, where a fit needs them (tried from 0.2 to 0.4).
std::vector<std::size_t> places(EnergyTable const& exact, std::size_t count)
{
    auto const& soft = exact.attenuation_cm2_g[0];
    auto const& bone = exact.attenuation_cm2_g[1];
    std::size_t const n = exact.size();
    std::vector<double> density(n, 0.0);
    for (auto const& [s, b] : {std::pair{1.0, 0.0},
                               {2.0, 0.0},
                               {4.0, 0.0},
                               {8.0, 0.0},
                               {12.0, 0.0},
                               {16.0, 0.0},
                               {20.0, 0.0},
                               {25.0, 0.0},
                               {30.0, 0.0},
                               {36.0, 0.0},
                               {44.0, 0.0},
                               {0.0, 1.0},
                               {0.0, 3.0},
                               {0.0, 10.0},
                               {20.0, 5.0},
                               {44.0, 12.0}}) {
        std::vector<double> share(n);
        double all = 0;
        for (std::size_t i = 0; i < n; ++i)
            all += share[i] = exact.mean[0][i] * std::exp(-s * (soft[i] - soft[n - 1]) - b * (bone[i] - bone[n - 1]));
        for (std::size_t i = 0; i < n; ++i) {
            std::size_t const low = i > 0 ? i - 1 : 0, high = std::min(i + 1, n - 1);
            double const change = (s * (soft[low] - soft[high]) + b * (bone[low] - bone[high])) / double(high - low);
            density[i] = std::max(density[i], std::pow(share[i] / all * change * change, 0.2));
        }
    }
    double all = 0;
    for (double const d : density) all += d;
    std::vector<std::size_t> chosen;
    double reached = 0;
    for (std::size_t i = 0; i < n && chosen.size() < count; ++i) {
        reached += density[i];
        bool const must = n - i <= count - chosen.size(); // no channel to spare
        if (must || reached / all * double(count) > double(chosen.size()) + 0.5) chosen.push_back(i);
    }
    return chosen;
}

/// One place of the range to be right for: a mass thickness per material.
using Way = std::vector<double>;

/// Every combination of `steps_soft` x `steps_bone`; the further materials at nothing, and at shares of their most.
std::vector<Way> ways(BeamDescription const& beam, std::span<double const> soft_steps,
                      std::span<double const> bone_steps, std::span<double const> added_steps)
{
    std::vector<Way> all;
    for (double const soft : soft_steps)
        for (double const bone : bone_steps) {
            Way way(beam.materials.size(), 0.0);
            way[0] = soft * beam.most_g_cm2[0];
            // Fat is soft with a negative share of bone: at most that of pure adipose.
            way[1] = bone < 0 ? -0.075 * way[0] : bone * beam.most_g_cm2[1];
            all.push_back(way);
        }
    for (std::size_t m = 2; m < beam.materials.size(); ++m)
        for (std::size_t i = 0; i < soft_steps.size(); i += 2)
            for (double const share : added_steps) {
                Way way(beam.materials.size(), 0.0);
                way[0] = soft_steps[i] * beam.most_g_cm2[0] / 2;
                way[m] = share * beam.most_g_cm2[m];
                all.push_back(way);
            }
    return all;
}

/// Least squares by Householder reflections: the columns of `a` against each of `targets`. Rows are ways.
std::vector<std::vector<double>> solve(std::vector<std::vector<double>> a, std::vector<std::vector<double>> targets)
{
    std::size_t const n = a.size(), rows = a[0].size();
    for (std::size_t j = 0; j < n; ++j) {
        double norm = 0;
        for (std::size_t r = j; r < rows; ++r) norm += a[j][r] * a[j][r];
        norm = a[j][j] > 0 ? -std::sqrt(norm) : std::sqrt(norm);
        std::vector<double> v(a[j].begin() + std::ptrdiff_t(j), a[j].end());
        v[0] -= norm;
        double length = 0;
        for (double const x : v) length += x * x;
        auto const reflect = [&](std::vector<double>& column) {
            double dot = 0;
            for (std::size_t r = j; r < rows; ++r) dot += v[r - j] * column[r];
            for (std::size_t r = j; r < rows; ++r) column[r] -= 2 * dot / length * v[r - j];
        };
        if (length > 0) {
            for (std::size_t k = j; k < n; ++k) reflect(a[k]);
            for (auto& target : targets) reflect(target);
        }
    }
    std::vector<std::vector<double>> solutions;
    for (auto const& target : targets) {
        std::vector<double> x(n, 0.0);
        for (std::size_t j = n; j-- > 0;) {
            double rest = target[j];
            for (std::size_t k = j + 1; k < n; ++k) rest -= a[k][j] * x[k];
            x[j] = a[j][j] != 0 ? rest / a[j][j] : 0;
        }
        solutions.push_back(std::move(x));
    }
    return solutions;
}

/// Below this share of the open beam an error counts relative to it: nothing can be seen there.
constexpr double faintest = 1e-6;

/// Exact sums behind many ways, at four places of the heel's range.
struct Truth {
    std::array<std::vector<double>, terms> mean, second;
    double open_mean = 0, open_second = 0;
};

Truth truth_behind(EnergyTable const& exact, std::vector<double> const& tungsten, std::vector<Way> const& all,
                   std::array<double, terms> const& heel_places)
{
    std::size_t const n = exact.size();
    Truth truth;
    std::array<std::vector<double>, terms> heel;
    for (int k = 0; k < terms; ++k)
        for (double const mu : tungsten)
            heel[k].push_back(std::exp(-mu * (exact.heel_middle_g_cm2 + heel_places[k] * exact.heel_half_range_g_cm2)));
    std::vector<double> passed(n);
    // exact.mean[0] holds the weights without heel here.
    for (std::size_t i = 0; i < n; ++i) {
        truth.open_mean += exact.mean[0][i];
        truth.open_second += exact.second[0][i];
    }
    for (auto const& way : all) {
        for (std::size_t i = 0; i < n; ++i) {
            double depth = 0;
            for (std::size_t m = 0; m < way.size(); ++m) depth += exact.attenuation_cm2_g[m][i] * way[m];
            passed[i] = std::exp(-depth);
        }
        for (int k = 0; k < terms; ++k) {
            double mean = 0, second = 0;
            for (std::size_t i = 0; i < n; ++i) {
                double const share = passed[i] * heel[k][i];
                mean += exact.mean[0][i] * share;
                second += exact.second[0][i] * share;
            }
            truth.mean[k].push_back(mean);
            truth.second[k].push_back(second);
        }
    }
    return truth;
}

/// Channels of the spectrum that carry signal, without heel: mean[0] and second[0] alone are filled.
EnergyTable channels(BeamDescription const& beam, std::vector<double>& tungsten)
{
    EnergyTable table = empty_table(beam);
    Spectrum const spectrum = behind_grid(beam);
    MaterialId const target = find_material("tungsten");
    for (std::size_t i = 0; i < spectrum.energy_kev.size(); ++i) {
        double const energy = double(spectrum.energy_kev[i]);
        double const mean = double(spectrum.fluence_per_mm2_kev_mas_1m[i]) *
                            absorbed_fraction(beam.scintillator, PhotonEnergy{energy}) * energy;
        if (mean <= 0) continue;
        table.energy_kev.push_back(energy);
        table.mean[0].push_back(mean);
        table.second[0].push_back(mean * energy);
        for (std::size_t m = 0; m < beam.materials.size(); ++m)
            table.attenuation_cm2_g[m].push_back(at_channel(beam.materials[m], energy));
        tungsten.push_back(at_channel(target, energy));
    }
    FLUORO_EXPECT(!table.energy_kev.empty());
    return table;
}

} // namespace

double EnergyTable::heel_place(double heel_g_cm2) const
{
    return heel_half_range_g_cm2 > 0 ? (heel_g_cm2 - heel_middle_g_cm2) / heel_half_range_g_cm2 : 0;
}

EnergyTable::Sums EnergyTable::behind(std::span<double const> g_cm2, double place) const
{
    auto const t = powers(place);
    Sums sums;
    for (std::size_t i = 0; i < size(); ++i) {
        double depth = 0;
        for (std::size_t m = 0; m < g_cm2.size(); ++m) depth += attenuation_cm2_g[m][i] * g_cm2[m];
        double const passed = std::exp(-depth);
        double weight = 0, second_weight = 0;
        for (int k = 0; k < heel_terms; ++k) {
            weight += mean[k][i] * t[k];
            second_weight += second[k][i] * t[k];
        }
        sums.mean += weight * passed;
        sums.second += second_weight * passed;
    }
    return sums;
}

EnergyTable every_kev_table(BeamDescription const& beam)
{
    std::vector<double> tungsten;
    EnergyTable const plain = channels(beam, tungsten);
    EnergyTable table = empty_table(beam);
    table.attenuation_cm2_g = plain.attenuation_cm2_g;
    for (std::size_t i = 0; i < plain.size(); ++i)
        add_entry(table, plain.energy_kev[i], plain.mean[0][i], plain.second[0][i], tungsten[i]);
    return table;
}

EnergyTable binned_table(BeamDescription const& beam)
{
    std::vector<MaterialId> wanted = beam.materials;
    wanted.push_back(find_material("tungsten"));
    EnergyBins const bins = condense(behind_grid(beam), beam.scintillator, wanted);
    EnergyTable table = empty_table(beam);
    for (std::size_t m = 0; m < beam.materials.size(); ++m)
        table.attenuation_cm2_g[m].assign(bins.attenuation_cm2_g[m].begin(), bins.attenuation_cm2_g[m].end());
    for (std::size_t b = 0; b < bins.energy_kev.size(); ++b)
        add_entry(table, bins.energy_kev[b], bins.absorbed_kev_per_mm2_mas_1m[b], bins.absorbed_kev2_per_mm2_mas_1m[b],
                  bins.attenuation_cm2_g.back()[b]);
    return table;
}

EnergyTable fitted_table(BeamDescription const& beam, int energies)
{
    std::vector<double> tungsten;
    EnergyTable const exact = channels(beam, tungsten);
    auto const chosen = places(exact, std::size_t(energies));
    EnergyTable table = empty_table(beam);
    for (std::size_t const i : chosen) {
        table.energy_kev.push_back(exact.energy_kev[i]);
        for (std::size_t m = 0; m < beam.materials.size(); ++m)
            table.attenuation_cm2_g[m].push_back(exact.attenuation_cm2_g[m][i]);
    }

    constexpr std::array soft_fit{0.0, 0.01, 0.02, 0.04, 0.07, 0.12, 0.18, 0.25, 0.33, 0.42, 0.52, 0.64, 0.8, 1.0};
    constexpr std::array bone_fit{-1.0, 0.0, 0.03, 0.08, 0.16, 0.28, 0.45, 0.7, 1.0};
    constexpr std::array added_fit{0.03, 0.1, 0.25, 0.5, 0.75, 1.0};
    auto const fit = ways(beam, soft_fit, bone_fit, added_fit);
    Truth const truth = truth_behind(exact, tungsten, fit, heel_points);
    std::size_t const n = table.size();
    // Columns: what each energy passes; rows are scaled so that relative errors are equal.
    std::vector<std::vector<double>> passed(n, std::vector<double>(fit.size()));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t w = 0; w < fit.size(); ++w) {
            double depth = 0;
            for (std::size_t m = 0; m < fit[w].size(); ++m) depth += table.attenuation_cm2_g[m][i] * fit[w][m];
            passed[i][w] = std::exp(-depth);
        }
    auto const fitted = [&](std::array<std::vector<double>, terms> const& wanted, double open) {
        std::vector<double> weight(fit.size());
        for (std::size_t w = 0; w < fit.size(); ++w) weight[w] = 1 / std::max(wanted[0][w], faintest * open);
        std::vector<std::vector<double>> best;
        // Again with what was worst made weightier: the largest error counts, not the mean one.
        for (int round = 0; round < 6; ++round) {
            auto columns = passed;
            for (auto& column : columns)
                for (std::size_t w = 0; w < fit.size(); ++w) column[w] *= weight[w];
            std::vector<std::vector<double>> targets(wanted.begin(), wanted.end());
            for (auto& target : targets)
                for (std::size_t w = 0; w < fit.size(); ++w) target[w] *= weight[w];
            best = solve(std::move(columns), std::move(targets));
            std::vector<double> error(fit.size());
            double worst = 0;
            for (std::size_t w = 0; w < fit.size(); ++w) {
                double sum = 0;
                for (std::size_t i = 0; i < n; ++i) sum += best[1][i] * passed[i][w];
                error[w] = std::abs(sum - wanted[1][w]) / std::max(wanted[1][w], faintest * open);
                worst = std::max(worst, error[w]);
            }
            if (worst > 0)
                for (std::size_t w = 0; w < fit.size(); ++w) weight[w] *= 0.5 + error[w] / worst;
        }
        std::array<std::vector<double>, terms> coefficients;
        for (std::size_t i = 0; i < n; ++i) {
            auto const c = coefficients_through({best[0][i], best[1][i], best[2][i], best[3][i]});
            for (int k = 0; k < terms; ++k) coefficients[k].push_back(c[k]);
        }
        return coefficients;
    };
    table.mean = fitted(truth.mean, truth.open_mean);
    table.second = fitted(truth.second, truth.open_second);

    constexpr std::array soft_check{0.0, 0.005, 0.03, 0.055, 0.095, 0.15, 0.21, 0.29, 0.375, 0.47, 0.58, 0.72, 0.9};
    constexpr std::array bone_check{-1.0, 0.0, 0.015, 0.055, 0.12, 0.22, 0.36, 0.58, 0.85};
    constexpr std::array added_check{0.06, 0.17, 0.37, 0.63, 0.9};
    auto const check = ways(beam, soft_check, bone_check, added_check);
    constexpr std::array heel_check{-1.0, -0.6, 0.1, 1.0};
    Truth const expected = truth_behind(exact, tungsten, check, heel_check);
    for (std::size_t w = 0; w < check.size(); ++w)
        for (int k = 0; k < terms; ++k) {
            auto const sums = table.behind(check[w], heel_check[k]);
            table.worst_mean =
                std::max(table.worst_mean, std::abs(sums.mean - expected.mean[k][w]) /
                                               std::max(expected.mean[k][w], faintest * expected.open_mean));
            table.worst_second =
                std::max(table.worst_second, std::abs(sums.second - expected.second[k][w]) /
                                                 std::max(expected.second[k][w], faintest * expected.open_second));
        }
    return table;
}

EnergyTable energy_table(BeamDescription const& beam)
{
    for (int const energies : {fitted_energies, most_fitted_energies}) {
        EnergyTable table = fitted_table(beam, energies);
        if (table.worst_mean <= allowed_mean_error && table.worst_second <= allowed_second_error) return table;
    }
    return binned_table(beam);
}

} // namespace fluoro
