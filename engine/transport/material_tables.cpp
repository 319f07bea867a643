#include "material_tables.hpp"

#include <algorithm>
#include <array>
#include <fluoro/core/parallel.hpp>
#include <fluoro/physics/interaction.hpp>

namespace fluoro {
namespace {

constexpr int energies = int(shared::energy_nodes);
constexpr int momenta = int(shared::momentum_nodes);
constexpr double per_mm = 0.1; // cm2/g times g/cm3 is 1/cm

using MomentumTable = std::array<glm::dvec4, momenta>;

MomentumTable momentum_table(Mixture const& mixture)
{
    MomentumTable table;
    for (int i = 0; i < momenta; ++i) {
        double const x2 = node_momentum2(i);
        auto const atoms = atomic_scattering(mixture, std::sqrt(x2));
        double const shape = atoms.coherent / atoms.squared_electrons;
        double const sum = i == 0 ? shape * x2
                                  : table[std::size_t(i - 1)].z +
                                        (x2 - table[std::size_t(i - 1)].w) * (shape + table[std::size_t(i - 1)].y) / 2;
        table[std::size_t(i)] = {atoms.incoherent / atoms.electrons, shape, sum, x2};
    }
    return table;
}

/// x, y, z of the table at any x^2, as the kernel reads it.
glm::dvec3 at_momentum2(MomentumTable const& table, double x2)
{
    auto const above = std::upper_bound(table.begin(), table.end(), x2,
                                        [](double value, glm::dvec4 const& node) { return value < node.w; });
    if (above == table.begin()) {
        auto const& first = table.front();
        return {first.x * x2 / first.w, first.y, first.y * x2};
    }
    auto const high = above == table.end() ? above - 1 : above;
    auto const low = high - 1;
    double const share = (x2 - low->w) / (high->w - low->w);
    double const shape = low->y + share * (high->y - low->y);
    return {low->x + share * (high->x - low->x), shape, low->z + (x2 - low->w) * (low->y + shape) / 2};
}

/// Integral over cos of S x Klein-Nishina and of F^2 x (1 + cos^2), by Simpson's rule between momentum nodes.
glm::dvec2 angle_integrals(MomentumTable const& table, double energy_kev)
{
    double const k = energy_kev / shared::kev_angstrom;
    double const backscatter = k * k;
    auto const integrand = [&](double x2) {
        double const cosine = 1 - 2 * x2 / backscatter;
        auto const at = at_momentum2(table, x2);
        return glm::dvec2{at.x * double(shared::klein_nishina_shape(float(energy_kev), float(cosine))),
                          at.y * (1 + cosine * cosine)};
    };
    glm::dvec2 sum{0};
    double low = 0;
    for (int i = 0; i < momenta && low < backscatter; ++i) {
        double const high = std::min(table[std::size_t(i)].w, backscatter);
        sum += (high - low) / 6 * (integrand(low) + 4.0 * integrand((low + high) / 2) + integrand(high));
        low = high;
    }
    return sum * (2 / backscatter); // from x^2 to cos
}

} // namespace

void add_material_tables(TransportTables& tables, std::vector<Mixture> const& materials)
{
    auto const first = tables.energy.size();
    tables.energy.resize(first + materials.size() * energies);
    tables.angle.resize(tables.energy.size());
    for (std::size_t m = 0; m < materials.size(); ++m) {
        auto const momentum = momentum_table(materials[m]);
        for (auto const& node : momentum) tables.momentum.emplace_back(node);
        parallel_for(energies, [&](int from, int to) {
            for (int i = from; i < to; ++i) {
                double const kev = node_energy_kev(i);
                auto const part = partial_attenuation_cm2_g(materials[m], PhotonEnergy{kev});
                auto const integrals = angle_integrals(momentum, kev);
                double const k = kev / shared::kev_angstrom;
                auto const back = at_momentum2(momentum, k * k);
                auto const at = first + m * energies + std::size_t(i);
                tables.energy[at] = glm::dvec4{per_mm * (part.photoelectric + part.incoherent + part.coherent),
                                               per_mm * part.incoherent, per_mm * part.coherent, 1 / integrals.y};
                tables.angle[at] = glm::dvec4{1 / integrals.x, back.x, back.z, 0};
            }
        });
    }
}

} // namespace fluoro
