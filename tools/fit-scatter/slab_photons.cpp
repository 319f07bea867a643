#include "slab_photons.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>
#include <vector>
#include <xraylib.h>

namespace fluoro {
namespace {

constexpr double kev_per_angstrom = 12.398419843; ///< momentum transfer x = E / this * sin(theta / 2) [1/Angstrom]
constexpr double electron_mass_kev = 510.99895;
constexpr int highest_kev = 140;
constexpr double slab_half_side_cm = 50;
constexpr double roulette_weight = 0.05;

/// Cross sections of water and what is needed to draw angles.
struct Water {
    std::array<double, highest_kev + 1> photo{}, compton{}, rayleigh{}; ///< [1/cm] at whole keV
    double x_step = 0.005;
    std::vector<double> incoherent; ///< share of the ten electrons that take part, by x
    double x2_step = 0.002;
    std::vector<double> form_factor_sum; ///< integral of F^2 over x^2

    Water()
    {
        for (int kev = 1; kev <= highest_kev; ++kev) {
            photo[std::size_t(kev)] = CS_Photo_CP("H2O", kev, nullptr);
            compton[std::size_t(kev)] = CS_Compt_CP("H2O", kev, nullptr);
            rayleigh[std::size_t(kev)] = CS_Rayl_CP("H2O", kev, nullptr);
        }
        double const largest_x = highest_kev / kev_per_angstrom;
        for (double x = 0; x < largest_x + 2 * x_step; x += x_step)
            incoherent.push_back(x > 0 ? (2 * SF_Compt(1, x, nullptr) + SF_Compt(8, x, nullptr)) / 10 : 0);
        double sum = 0;
        form_factor_sum.push_back(0);
        for (double x2 = x2_step / 2; x2 < largest_x * largest_x + 2 * x2_step; x2 += x2_step) {
            double const x = std::sqrt(x2), h = FF_Rayl(1, x, nullptr), o = FF_Rayl(8, x, nullptr);
            sum += 2 * h * h + o * o;
            form_factor_sum.push_back(sum);
        }
    }
    static double at(std::array<double, highest_kev + 1> const& table, double kev)
    {
        auto const low = std::size_t(kev);
        double const share = kev - double(low);
        return table[low] * (1 - share) + table[low + 1] * share;
    }
    double incoherent_share(double x) const
    {
        double const place = x / x_step;
        auto const low = std::size_t(place);
        double const share = place - double(low);
        return incoherent[low] * (1 - share) + incoherent[low + 1] * share;
    }
};

Water const& water()
{
    static Water const instance;
    return instance;
}

struct Photon {
    std::array<double, 3> at{}, towards{0, 0, 1};
    double kev = 0, weight = 1;
    bool is_scattered = false;
};

class Draw {
public:
    explicit Draw(std::uint64_t seed) : engine_{seed} {}
    double operator()() { return (double(engine_() >> 11) + 0.5) * 0x1p-53; }

private:
    std::mt19937_64 engine_;
};

void turn(Photon& photon, double cosine, double azimuth)
{
    double const sine = std::sqrt(std::max(0.0, 1 - cosine * cosine));
    double const a = sine * std::cos(azimuth), b = sine * std::sin(azimuth);
    auto const [u, v, w] = photon.towards;
    double const side = std::sqrt(std::max(0.0, 1 - w * w));
    if (side < 1e-7) {
        photon.towards = {a, w > 0 ? b : -b, w > 0 ? cosine : -cosine};
        return;
    }
    photon.towards = {u * cosine + (u * w * a - v * b) / side, v * cosine + (v * w * a + u * b) / side,
                      w * cosine - side * a};
    auto& t = photon.towards;
    double const length = std::sqrt(t[0] * t[0] + t[1] * t[1] + t[2] * t[2]);
    for (double& part : t) part /= length;
}

void scatter_coherently(Photon& photon, Draw& draw)
{
    Water const& w = water();
    double const largest_x2 = std::pow(photon.kev / kev_per_angstrom, 2);
    double const place = largest_x2 / w.x2_step;
    auto const last = std::size_t(place);
    double const total =
        w.form_factor_sum[last] + (place - double(last)) * (w.form_factor_sum[last + 1] - w.form_factor_sum[last]);
    double cosine = 1;
    do {
        double const wanted = draw() * total;
        auto const above =
            std::upper_bound(w.form_factor_sum.begin(), w.form_factor_sum.end(), wanted) - w.form_factor_sum.begin();
        auto const low = std::size_t(above - 1);
        double const x2 = w.x2_step * (double(low) + (wanted - w.form_factor_sum[low]) /
                                                         (w.form_factor_sum[low + 1] - w.form_factor_sum[low]));
        cosine = 1 - 2 * std::min(1.0, x2 / largest_x2);
    } while (2 * draw() > 1 + cosine * cosine);
    turn(photon, cosine, 2 * std::numbers::pi * draw());
}

void scatter_incoherently(Photon& photon, Draw& draw)
{
    Water const& w = water();
    double const k = photon.kev / electron_mass_kev, least = 1 / (1 + 2 * k);
    // e = E'/E from 1/e or e, then Klein-Nishina and the electrons' share by rejection (Butcher and Messel).
    double const log_part = -std::log(least), flat_part = (1 - least * least) / 2;
    for (;;) {
        double const e = draw() * (log_part + flat_part) < log_part
                             ? std::exp(-log_part * draw())
                             : std::sqrt(least * least + (1 - least * least) * draw());
        double const one_less_cosine = (1 - e) / (k * e);
        double const sine2 = one_less_cosine * (2 - one_less_cosine);
        double const x = photon.kev / kev_per_angstrom * std::sqrt(one_less_cosine / 2);
        if (draw() < (1 - e * sine2 / (1 + e * e)) * w.incoherent_share(x)) {
            photon.kev *= e;
            turn(photon, 1 - one_less_cosine, 2 * std::numbers::pi * draw());
            return;
        }
    }
}

} // namespace

double slab_attenuation_per_cm(double energy_kev)
{
    Water const& w = water();
    return Water::at(w.photo, energy_kev) + Water::at(w.compton, energy_kev) + Water::at(w.rayleigh, energy_kev);
}

void shoot_pencil(double energy_kev, double thickness_cm, std::int64_t histories, std::uint64_t seed,
                  std::function<void(ExitPhoton const&)> const& seen)
{
    Water const& w = water();
    Draw draw{seed};
    for (std::int64_t n = 0; n < histories; ++n) {
        Photon photon;
        photon.kev = energy_kev;
        for (;;) {
            double const photo = Water::at(w.photo, photon.kev), compton = Water::at(w.compton, photon.kev),
                         rayleigh = Water::at(w.rayleigh, photon.kev), all = photo + compton + rayleigh;
            double const way = -std::log(draw()) / all;
            auto const& d = photon.towards;
            double const z = photon.at[2] + way * d[2];
            if (z >= thickness_cm) {
                double const rest = (thickness_cm - photon.at[2]) / d[2];
                double const x = photon.at[0] + rest * d[0], y = photon.at[1] + rest * d[1];
                if (photon.is_scattered && std::abs(x) < slab_half_side_cm && std::abs(y) < slab_half_side_cm)
                    seen({x, y, d[0] / d[2], d[1] / d[2], photon.kev, photon.weight});
                break;
            }
            for (std::size_t axis = 0; axis < 3; ++axis) photon.at[axis] += way * d[axis];
            if (z < 0 || std::abs(photon.at[0]) > slab_half_side_cm || std::abs(photon.at[1]) > slab_half_side_cm)
                break;
            photon.weight *= (compton + rayleigh) / all;
            if (photon.weight < roulette_weight) {
                if (draw() * 4 > 1) break;
                photon.weight *= 4;
            }
            photon.is_scattered = true;
            if (draw() * (compton + rayleigh) < rayleigh)
                scatter_coherently(photon, draw);
            else
                scatter_incoherently(photon, draw);
            if (photon.kev < 5) break;
        }
    }
}

} // namespace fluoro
