#include "attenuation.hpp"
#include "baked_table.hpp"
#include "spline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro_assets/energy_absorption.hpp>
#include <map>
#include <utility>

namespace fluoro {
namespace {

constexpr double lowest_kev = 5;
constexpr double highest_kev = 200;

/// mu_en/rho of an element: one log-log spline between each two absorption edges, so that none is smoothed away.
class Element {
public:
    struct Node {
        double kev, cm2_g;
    };
    explicit Element(std::vector<Node> const& nodes)
    {
        std::vector<double> log_energy, log_absorption;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            log_energy.push_back(std::log(nodes[i].kev));
            log_absorption.push_back(std::log(nodes[i].cm2_g));
            bool const ends = i + 1 == nodes.size() || nodes[i + 1].kev == nodes[i].kev;
            if (!ends) continue;
            up_to_kev_.push_back(nodes[i].kev);
            pieces_.emplace_back(std::exchange(log_energy, {}), std::exchange(log_absorption, {}));
        }
    }

    /// An edge's own energy belongs above it, where the photon has the strength to cross.
    double at(double kev) const
    {
        auto const piece = std::ranges::upper_bound(up_to_kev_, kev) - up_to_kev_.begin();
        return std::exp(pieces_[std::size_t(std::min(piece, std::ssize(pieces_) - 1))](std::log(kev)));
    }

private:
    std::vector<double> up_to_kev_; ///< one per piece, ascending
    std::vector<CubicSpline> pieces_;
};

std::map<int, Element> read_elements()
{
    std::map<int, std::vector<Element::Node>> nodes;
    for (auto const& row : read_baked_table(assets::energy_absorption).rows)
        nodes[int(number(row[0]))].push_back({number(row[1]), number(row[2])});
    std::map<int, Element> elements;
    for (auto const& [atomic_number, values] : nodes) elements.emplace(atomic_number, Element{values});
    return elements;
}

} // namespace

double mass_energy_absorption_cm2_g(MaterialId id, PhotonEnergy energy)
{
    double const kev = energy.value();
    FLUORO_EXPECT(kev >= lowest_kev && kev <= highest_kev);
    static std::map<int, Element> const elements = read_elements();
    double sum = 0;
    for (auto const& element : material(id).elements) {
        auto const found = elements.find(element.atomic_number);
        FLUORO_EXPECT(found != elements.end());
        sum += element.fraction * found->second.at(kev);
    }
    return sum;
}

double air_energy_absorption_cm2_g(PhotonEnergy energy)
{
    static auto const air = find_material("air");
    return mass_energy_absorption_cm2_g(air, energy);
}

std::span<double const> binned_air_energy_absorption_cm2_g()
{
    static std::array<double, spectral_bins> const values = [] {
        std::array<double, spectral_bins> all{};
        for (int bin = int(lowest_kev); bin < spectral_bins; ++bin)
            all[bin] = air_energy_absorption_cm2_g(PhotonEnergy{bin_centre_kev(bin)});
        return all;
    }();
    return values;
}

} // namespace fluoro
