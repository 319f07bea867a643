#include "leak.hpp"

#include "blush.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <numbers>

namespace fluoro {

namespace {

constexpr double pascal_per_mmhg = 133.322;
constexpr double contraction = 0.6; // of a jet through a sharp hole (typical)
constexpr double blood_kg_m3 = 1060;
constexpr double tissue_mmhg = 3;        // that the pocket has to open against
constexpr double tissue_modulus_kpa = 8; // loose tissue (typical)
constexpr double lattice_mm = 1.5, reach_mm = 26;
constexpr std::size_t shells = 512;
constexpr double tissue_hu = 10; // fat and muscle, mixed

/// How far the pocket reaches in a direction, relative to the mean: it follows what gives way.
class Outline {
public:
    Outline(std::uint64_t seed, std::uint32_t number)
    {
        RandomSequence random{seed, RandomStream::body, number, 1};
        for (Wave& wave : waves_) {
            for (int axis = 0; axis < 3; ++axis) wave.by[axis] = 2 * random.next_normal();
            wave.phase = 2 * std::numbers::pi * random.next_uniform();
        }
    }
    double operator()(Vec3 const& direction) const
    {
        double sum = 0;
        for (Wave const& wave : waves_) sum += std::cos(glm::dot(wave.by, direction) + wave.phase);
        return std::exp(0.14 * sum);
    }

private:
    struct Wave {
        Vec3 by;
        double phase;
    };
    std::array<Wave, 6> waves_;
};

} // namespace

Leak::Leak(Vec3 const& wall_mm, Vec3 const& out, std::uint64_t seed, std::uint32_t number)
{
    // Voxels outside the wall, in the order in which the pocket reaches them.
    struct Voxel {
        double far;
        glm::vec3 at;
    };
    std::vector<Voxel> voxels;
    Outline const outline{seed, number};
    int const n = int(reach_mm / lattice_mm);
    for (int k = -n; k <= n; ++k)
        for (int j = -n; j <= n; ++j)
            for (int i = -n; i <= n; ++i) {
                // Half a voxel off the hole itself.
                Vec3 const offset = lattice_mm * (Vec3{i, j, k} + 0.5 * out);
                double const distance = glm::length(offset);
                if (glm::dot(offset, out) <= 0 || distance > reach_mm) continue;
                voxels.push_back({distance / outline(offset / distance), glm::vec3{wall_mm + offset}});
            }
    std::stable_sort(voxels.begin(), voxels.end(), [](Voxel const& a, Voxel const& b) { return a.far < b.far; });
    // The first shells are small, so that a small pocket grows evenly.
    std::vector<SlottedPlace> places;
    for (std::size_t v = 0; v < voxels.size(); ++v) {
        double const share = std::sqrt(double(v) / double(voxels.size()));
        places.push_back({std::uint32_t(share * double(shells)), voxels[v].at, float(std::pow(lattice_mm, 3))});
    }
    places_ = sorted_places(places, shells, lattice_mm, tissue_hu);
}

double Leak::pocket_mmhg(double cavity_mmhg) const
{
    if (in_cavity_ml() > 0) return cavity_mmhg;
    // A cavity blown up in soft rubber (Gent and Lindley 1959), from the size of the hole.
    double const radius = std::cbrt(3 * blood_ml_ * 1000 / (4 * std::numbers::pi));
    double const stretch = std::max(1.0, radius / (hole_at_first_mm_ / 2));
    double const share = 5.0 / 6 - 2 / (3 * stretch) - 1 / (6 * std::pow(stretch, 4));
    return tissue_mmhg + share * tissue_modulus_kpa * 1000 / pascal_per_mmhg;
}

void Leak::advance(double dt_s, double pressure_mmhg, double cavity_mmhg)
{
    flow_ml_s_ = 0;
    if (hole_mm_ <= 0) return;
    if (hole_at_first_mm_ <= 0) hole_at_first_mm_ = hole_mm_;
    double const drop = pressure_mmhg - pocket_mmhg(cavity_mmhg);
    if (drop <= 0) return; // clot keeps it from running back
    double const area_m2 = std::numbers::pi / 4 * hole_mm_ * hole_mm_ * 1e-6;
    flow_ml_s_ = contraction * area_m2 * std::sqrt(2 * drop * pascal_per_mmhg / blood_kg_m3) * 1e6;
    blood_ml_ += flow_ml_s_ * dt_s;
}

Content::Cloud Leak::cloud() const
{
    Content::Cloud cloud{places_, std::vector<float>(shells, 0.0f)};
    double const share = blood_ml_ > 0 ? medium_ml_ / blood_ml_ : 0;
    double left_mm3 = std::min(blood_ml_, holds_ml_) * 1000;
    for (std::size_t s = 0; s < shells && left_mm3 > 0; ++s) {
        double const shell_mm3 = double(places_->first[s + 1] - places_->first[s]) * std::pow(lattice_mm, 3);
        if (shell_mm3 <= 0) continue;
        cloud.share[s] = float(share * std::min(1.0, left_mm3 / shell_mm3));
        left_mm3 -= shell_mm3;
    }
    return cloud;
}

} // namespace fluoro
