#include "attenuation.hpp"

#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <memory>
#include <mutex>
#include <xraylib/xraylib.h>

namespace fluoro {
namespace {

constexpr double lowest_kev = 1;
constexpr double highest_kev = 200;

using BinnedValues = std::array<double, spectral_bins>;

} // namespace

int bin_of(double energy_kev)
{
    auto const bin = int(energy_kev);
    FLUORO_EXPECT(bin >= 0 && bin < spectral_bins && std::abs(bin_centre_kev(bin) - energy_kev) < 1e-3);
    return bin;
}

double mass_attenuation_cm2_g(MaterialId id, PhotonEnergy energy)
{
    double const kev = energy.value();
    FLUORO_EXPECT(kev >= lowest_kev && kev <= highest_kev);
    // xraylib's tables are constant data and each shell has its own spline, so this is safe from any thread and never
    // smooths an edge away.
    double sum = 0;
    for (auto const& element : material(id).elements)
        sum += element.fraction * CS_Total(element.atomic_number, kev, nullptr);
    return sum;
}

std::span<double const> binned_attenuation_cm2_g(MaterialId id)
{
    struct Slot {
        std::once_flag filled;
        BinnedValues values{};
    };
    static std::size_t const count = materials().size();
    static std::unique_ptr<Slot[]> const slots = std::make_unique<Slot[]>(count);

    auto const index = std::size_t(id);
    FLUORO_EXPECT(index < count);
    auto& slot = slots[index];
    std::call_once(slot.filled, [&] {
        for (int bin = 1; bin < spectral_bins; ++bin)
            slot.values[bin] = mass_attenuation_cm2_g(id, PhotonEnergy{bin_centre_kev(bin)});
        slot.values[0] = slot.values[1];
    });
    return slot.values;
}

} // namespace fluoro
