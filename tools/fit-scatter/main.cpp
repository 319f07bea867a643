// Makes assets/physics/scatter_kernels.csv: pencil beams of single energies through slabs of water, and Gaussians
// fitted to what they scatter onto a detector. docs/theory/live-scatter.md
#include "non_negative_fit.hpp"
#include "slab_photons.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fluoro/physics/anti_scatter_grid.hpp>
#include <fluoro/physics/energy_bins.hpp>
#include <numbers>
#include <random>
#include <vector>

namespace {
using namespace fluoro;

constexpr std::array energies_kev{25., 35., 45., 55., 70., 90., 120.};
constexpr std::array thicknesses_cm{2., 5., 10., 15., 20., 25., 30., 36., 42.};
constexpr std::array gaps_cm{1., 3., 7., 13., 22., 36., 60.};
constexpr std::array sigmas_cm{0.4, 0.9, 1.8, 3.4, 6.4, 12., 23.};
/// Sides of the tally's cells, mirrored into one quadrant.
constexpr std::array edges_cm{0., 0.3, 0.6, 1., 1.5, 2., 3., 4., 5.5, 7., 9., 11., 14., 17., 21., 25., 30., 36.};
constexpr std::size_t cells = edges_cm.size() - 1;
constexpr int rotations = 4; ///< times that every photon counts, turned about the pencil
constexpr double source_to_detector_cm = 100;
constexpr std::array scintillators{Scintillator::csi_600um, Scintillator::ideal};
constexpr std::array scintillator_names{"csi", "ideal"};
constexpr double csi_g_cm2 = 0.06 * 0.75 * 4.51;

/// grid_transmission at leisure, read back fast.
class GridTable {
public:
    GridTable()
    {
        AntiScatterGrid const grid;
        for (int e = 0; e < energy_steps; ++e)
            for (int a = 0; a < tangent_steps; ++a)
                for (int l = 0; l < tangent_steps; ++l)
                    values_.push_back(grid_transmission(grid, grid_attenuation(grid, PhotonEnergy{10.0 + 4.0 * e}),
                                                        tangent(a), tangent(l)));
    }
    double at(double kev, double across, double along) const
    {
        auto const e = std::min(std::size_t(std::max(0.0, (kev - 10) / 4)), std::size_t(energy_steps - 2));
        double const share = std::clamp((kev - 10) / 4 - double(e), 0.0, 1.0);
        return (1 - share) * plane(e, across, along) + share * plane(e + 1, across, along);
    }

private:
    static constexpr int energy_steps = 30, tangent_steps = 60;
    // Fine near 0, where the lead opens: tangent = s^2 * 4.
    static double tangent(int step) { return 4.0 * std::pow(double(step) / (tangent_steps - 1), 2); }
    static double step_of(double tangent) { return (tangent_steps - 1) * std::sqrt(std::min(1.0, tangent / 4)); }
    double plane(std::size_t e, double across, double along) const
    {
        double const a = step_of(std::abs(across)), l = step_of(std::abs(along));
        auto const ia = std::min(std::size_t(a), std::size_t(tangent_steps - 2));
        auto const il = std::min(std::size_t(l), std::size_t(tangent_steps - 2));
        auto const value = [&](std::size_t i, std::size_t j) {
            return values_[(e * tangent_steps + i) * tangent_steps + j];
        };
        double const u = a - double(ia), v = l - double(il);
        return (1 - u) * ((1 - v) * value(ia, il) + v * value(ia, il + 1)) +
               u * ((1 - v) * value(ia + 1, il) + v * value(ia + 1, il + 1));
    }
    std::vector<double> values_;
};

struct Tally {
    std::array<double, cells * cells> energy{}, energy_squared{};
    double first = 0, second = 0; ///< over all cells: energy, energy x photon energy
};

/// [scintillator][grid out, in]
using Classes = std::array<std::array<Tally, 2>, 2>;

double absorbed(Scintillator scintillator, double per_g_cm2, double secant)
{
    return scintillator == Scintillator::ideal ? 1 : -std::expm1(-per_g_cm2 * csi_g_cm2 * secant);
}

void fit_and_print(Tally const& tally, double primary, double histories, double kev, double cm, double gap,
                   char const* scintillator, bool has_grid)
{
    // Gaussians of each pair of widths, the wide one along the lines of the grid; without it round.
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t x = 0; x < sigmas_cm.size(); ++x)
        for (std::size_t y = x; y < (has_grid ? sigmas_cm.size() : x + 1); ++y) pairs.emplace_back(x, y);
    auto const share = [](double sigma, std::size_t cell) {
        double const root = std::numbers::sqrt2 * sigma;
        return std::erf(edges_cm[cell + 1] / root) - std::erf(edges_cm[cell] / root);
    };
    // What is fitted: every cell, and the squares about the pencil, because broad fields add the cells up.
    std::vector<double> wanted, noise, columns;
    for (std::size_t i = 0; i < cells; ++i)
        for (std::size_t j = 0; j < cells; ++j) {
            wanted.push_back(tally.energy[i * cells + j] / histories / primary);
            noise.push_back(std::sqrt(rotations * tally.energy_squared[i * cells + j]) / histories / primary);
            for (auto const& [x, y] : pairs) columns.push_back(share(sigmas_cm[x], i) * share(sigmas_cm[y], j));
        }
    for (std::size_t side = 3; side <= cells; ++side) {
        double sum = 0, variance = 0;
        std::vector<double> model(pairs.size(), 0.0);
        for (std::size_t i = 0; i < side; ++i)
            for (std::size_t j = 0; j < side; ++j) {
                sum += wanted[i * cells + j];
                variance += std::pow(noise[i * cells + j], 2);
                for (std::size_t p = 0; p < pairs.size(); ++p) model[p] += columns[(i * cells + j) * pairs.size() + p];
            }
        wanted.push_back(sum);
        noise.push_back(std::sqrt(variance));
        columns.insert(columns.end(), model.begin(), model.end());
    }
    double const total = wanted.back();
    if (total <= 0) { // too thick for this energy: no photon came, and no beam's primary is made of it
        std::printf("%g,%g,%g,%s,%s,%g,\n", kev, cm, gap, scintillator, has_grid ? "in" : "out", kev);
        return;
    }
    // A misfit counts against 3 % (cells) or 0.5 % (squares) of the fitted value, the tally's error and a thousandth of
    // the whole spread over the cells. Against the fitted, not the tallied value: else chance lows would weigh more.
    std::vector<double> model = wanted, amplitudes;
    for (int round = 0; round < 4; ++round) {
        std::vector<double> a = columns, b = wanted;
        for (std::size_t row = 0; row < b.size(); ++row) {
            bool const is_cell = row < cells * cells;
            double const error = (is_cell ? 0.03 : 0.005) * model[row] + noise[row] + 1e-5 * total;
            b[row] /= error;
            for (std::size_t p = 0; p < pairs.size(); ++p) a[row * pairs.size() + p] /= error;
        }
        amplitudes = non_negative_fit(a, b, pairs.size());
        for (std::size_t row = 0; row < b.size(); ++row) {
            model[row] = 0;
            for (std::size_t p = 0; p < pairs.size(); ++p)
                model[row] += columns[row * pairs.size() + p] * amplitudes[p];
        }
    }
    std::printf("%g,%g,%g,%s,%s,%.4g,", kev, cm, gap, scintillator, has_grid ? "in" : "out",
                tally.second / tally.first);
    bool first = true;
    for (std::size_t p = 0; p < pairs.size(); ++p)
        if (amplitudes[p] > 1e-3 * total) {
            std::printf("%s%zu%zu:%.3g", first ? "" : " ", pairs[p].first, pairs[p].second, amplitudes[p]);
            first = false;
        }
    std::printf("\n");
    // How good: mean misfit of the cells by what they hold, and of the squares of 4, 11 and 22 cm.
    double misfit = 0;
    for (std::size_t cell = 0; cell < cells * cells; ++cell) misfit += std::abs(model[cell] - wanted[cell]) / total;
    std::fprintf(stderr, "%g keV %g cm gap %g %s grid %s: %.4g, misfit %.3f, squares", kev, cm, gap, scintillator,
                 has_grid ? "in" : "out", total, misfit);
    for (std::size_t side : {std::size_t(5), std::size_t(8), std::size_t(11)})
        std::fprintf(stderr, " %.3f", model[cells * cells + side - 3] / wanted[cells * cells + side - 3]);
    std::fprintf(stderr, "\n");
}

} // namespace

int main(int count, char** words)
{
    double const photons_wanted = count > 1 ? std::atof(words[1]) : 300'000;
    GridTable const grid;
    std::vector<double> csi(150);
    for (std::size_t kev = 1; kev < csi.size(); ++kev)
        csi[kev] = mass_attenuation_cm2_g(find_material("csi"), PhotonEnergy{double(kev)});
    std::printf("# Scatter of pencil beams in water, per absorbed primary energy, as Gaussians on the detector.\n"
                "# Made by tools/fit-scatter (%g photons per energy and thickness).\n"
                "# kernel: \"xy:share\", widths across and along the grid's lines by index: ",
                photons_wanted);
    for (double sigma : sigmas_cm) std::printf("%g ", sigma);
    std::printf("cm\nenergy_kev,thickness_cm,gap_cm,scintillator,grid,mean_absorbed_kev,kernel\n");
    for (double const kev : energies_kev)
        for (double const cm : thicknesses_cm) {
            std::vector<Classes> tallies(gaps_cm.size());
            std::mt19937_64 turns{std::uint64_t(1000 * kev + cm)};
            std::int64_t seen = 0;
            auto const score = [&](ExitPhoton const& p) {
                ++seen;
                double const secant = std::sqrt(1 + p.x_tangent * p.x_tangent + p.y_tangent * p.y_tangent);
                std::array<double, 2> energy{};
                auto const low = std::size_t(p.energy_kev);
                double const mu =
                    csi[low] + (p.energy_kev - double(low)) * (csi[std::min(low + 1, csi.size() - 1)] - csi[low]);
                for (std::size_t s = 0; s < 2; ++s)
                    energy[s] = p.weight * p.energy_kev * absorbed(scintillators[s], mu, secant);
                for (int r = 0; r < rotations; ++r) {
                    double const angle = 2 * std::numbers::pi * double(turns() >> 11) * 0x1p-53;
                    double const c = std::cos(angle), n = std::sin(angle);
                    double const x0 = c * p.x_cm - n * p.y_cm, y0 = n * p.x_cm + c * p.y_cm;
                    double const tx = c * p.x_tangent - n * p.y_tangent, ty = n * p.x_tangent + c * p.y_tangent;
                    for (std::size_t g = 0; g < gaps_cm.size(); ++g) {
                        double const x = x0 + gaps_cm[g] * tx, y = y0 + gaps_cm[g] * ty;
                        auto const i = std::size_t(std::upper_bound(edges_cm.begin(), edges_cm.end(), std::abs(x)) -
                                                   edges_cm.begin());
                        auto const j = std::size_t(std::upper_bound(edges_cm.begin(), edges_cm.end(), std::abs(y)) -
                                                   edges_cm.begin());
                        if (i > cells || j > cells) continue;
                        double const passes = grid.at(p.energy_kev, tx - x / source_to_detector_cm, ty);
                        for (std::size_t s = 0; s < 2; ++s)
                            for (std::size_t has_grid = 0; has_grid < 2; ++has_grid) {
                                Tally& tally = tallies[g][s][has_grid];
                                double const e = energy[s] * (has_grid ? passes : 1) / rotations;
                                tally.energy[(i - 1) * cells + j - 1] += e;
                                tally.energy_squared[(i - 1) * cells + j - 1] += e * e;
                                tally.first += e;
                                tally.second += e * p.energy_kev;
                            }
                    }
                }
            };
            std::int64_t histories = 0;
            std::int64_t const batch = 100'000, most = std::int64_t(30 * photons_wanted);
            for (std::uint64_t b = 0; double(seen) < photons_wanted && histories < most; ++b, histories += batch)
                shoot_pencil(kev, cm, batch, std::uint64_t(kev * 1e6 + cm * 1e4) + b, score);
            double const passes = std::exp(-slab_attenuation_per_cm(kev) * cm);
            for (std::size_t g = 0; g < gaps_cm.size(); ++g)
                for (std::size_t s = 0; s < 2; ++s)
                    for (std::size_t has_grid = 0; has_grid < 2; ++has_grid) {
                        double const primary = kev * passes * absorbed(scintillators[s], csi[std::size_t(kev)], 1) *
                                               (has_grid ? grid.at(kev, 0, 0) : 1);
                        fit_and_print(tallies[g][s][has_grid], primary, double(histories), kev, cm, gaps_cm[g],
                                      scintillator_names[s], has_grid);
                    }
            std::fflush(stdout);
        }
}
