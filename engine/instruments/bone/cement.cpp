#include <algorithm>
#include <cmath>
#include <cstring>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/instruments/cement.hpp>
#include <limits>
#include <numbers>
#include <optional>

namespace fluoro {
namespace {

/// Pore to pore the way is easier or harder by up to this share, the more the thinner the cement: a thick one keeps an
/// even front, a thin one runs ahead in fingers (Trivedi 2023).
constexpr double least_noise = 0.05, most_noise = 0.3, fingering_pa_s = 100;
/// A vein of 0.7 mm radius takes cement thinner than this; wider ones thicker cement, in proportion. Typical.
constexpr double vein_pa_s = 150, vein_radius_mm = 0.7;
/// Permeability [1e-8 m2] where there are no trabeculae, typical: a vein's blood gives way.
constexpr double cleft_permeability = 100, vein_permeability = 100, disc_permeability = 1, fat_permeability = 15;
/// Of the thinnest cement this share of what goes in leaves through a vein that is filled to its end. Typical.
constexpr double vein_share = 0.15;
constexpr float unreached = std::numeric_limits<float>::infinity();

} // namespace

CementMix low_viscosity_cement()
{
    return {};
}

CementMix high_viscosity_cement()
{
    return {105, 200, 1500, 0.6, 0.3};
}

double viscosity_pa_s(CementMix const& mix, double age_s)
{
    return mix.start_pa_s * std::exp(age_s / mix.rise_s);
}

double cannula_pressure_mpa(CementMix const& mix, double age_s, double flow_ml_s, double inner_mm, double length_mm)
{
    if (flow_ml_s <= 0) return 0;
    // Metzner and Reed: the wall's shear rate of a power-law fluid; the mix' viscosity is that at 1 1/s.
    double const radius = inner_mm / 2, n = mix.thinning;
    double const shear = (3 * n + 1) / n * flow_ml_s * 1000 / (std::numbers::pi * radius * radius * radius);
    double const wall_pa = viscosity_pa_s(mix, age_s) * std::pow(shear, n);
    return 1e-6 * 2 * wall_pa * length_mm / radius;
}

std::string_view name_of(CementPlace place)
{
    constexpr std::array<std::string_view, cement_places> names = {
        "wall", "marrow", "cleft", "disc", "spinal canal", "foramen", "vein", "lungs", "tissue beside", "hollow"};
    return names[std::size_t(place)];
}

bool is_leak(CementPlace place)
{
    return place != CementPlace::wall && place != CementPlace::marrow && place != CementPlace::cleft &&
           place != CementPlace::hollow;
}

Cement::Cement(std::shared_ptr<BoneSpace const> space, CementMix const& mix, std::uint64_t seed)
    : space_{std::move(space)}, mix_{mix}, seed_{seed}, cost_(space_->place.size(), unreached),
      parcel_of_(space_->place.size(), -1)
{
    auto const& size = space_->grid.size;
    FLUORO_EXPECT(space_->place.size() == std::size_t(size.x) * std::size_t(size.y) * std::size_t(size.z));
    FLUORO_EXPECT(space_->vein_mm.size() == space_->place.size());
    leaks_.reserve(cement_places);
}

void Cement::note_leak(CementPlace into, Vec3 const& at_mm)
{
    if (!is_leak(into) || std::ranges::any_of(leaks_, [&](Leak const& one) { return one.into == into; })) return;
    leaks_.push_back({into, at_mm, total_ml()});
}

double Cement::capacity_mm3(std::uint32_t voxel) const
{
    double const side = space_->grid.spacing_mm;
    double const share = space_->place[voxel] == CementPlace::marrow ? space_->pores : 1;
    return double(float(share * side * side * side)); // as parcels keep it
}

/// Uniform in -1 .. 1, the voxel's own.
double Cement::noise(std::uint32_t voxel) const
{
    return 2 * RandomSequence{seed_, RandomStream::body, 0xce3e27, voxel}.next_uniform() - 1;
}

bool Cement::lets_in(std::uint32_t voxel, double viscosity) const
{
    if (double const radius = space_->vein_mm[voxel]; radius > 0)
        return viscosity < vein_pa_s * radius / vein_radius_mm;
    return space_->place[voxel] != CementPlace::wall;
}

/// A voxel's middle, or the point of its vein's line.
Vec3 Cement::place_of(std::uint32_t voxel) const
{
    auto const& lines = space_->vein_lines;
    auto const on = std::ranges::lower_bound(lines, voxel, {}, &std::pair<std::uint32_t, glm::vec3>::first);
    if (on != lines.end() && on->first == voxel) return Vec3{on->second};
    FieldGrid const& grid = space_->grid;
    int const at = int(voxel);
    return grid.at({at % grid.size.x, at / grid.size.x % grid.size.y, at / (grid.size.x * grid.size.y)});
}

void Cement::reach(std::uint32_t voxel, double cost)
{
    if (cost >= cost_[voxel]) return;
    cost_[voxel] = float(cost);
    front_.push_back({cost, voxel});
    std::push_heap(front_.begin(), front_.end(), Dearer{});
}

void Cement::spread_from(std::uint32_t voxel, double cost, double viscosity)
{
    glm::ivec3 const size = space_->grid.size;
    int const at = int(voxel);
    glm::ivec3 const here{at % size.x, at / size.x % size.y, at / (size.x * size.y)};
    bool const in_vein = space_->vein_mm[voxel] > 0;
    double const amplitude = least_noise + (most_noise - least_noise) * std::min(1.0, fingering_pa_s / viscosity);
    for (int k = -1; k <= 1; ++k)
        for (int j = -1; j <= 1; ++j)
            for (int i = -1; i <= 1; ++i) {
                glm::ivec3 const next = here + glm::ivec3{i, j, k};
                if (glm::any(glm::lessThan(next, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(next, size)))
                    continue;
                auto const n = std::uint32_t((next.z * size.y + next.y) * size.x + next.x);
                if (n == voxel || parcel_of_[n] >= 0 || !lets_in(n, viscosity)) continue;
                // A vein's own wall keeps cement in it, but in the bone and in the plexus of the canal.
                CementPlace const there = space_->place[n];
                bool const is_open =
                    there == CementPlace::marrow || there == CementPlace::hollow || there == CementPlace::canal;
                if (in_vein && space_->vein_mm[n] == 0 && !is_open) continue;
                Vec3 const way = space_->grid.spacing_mm * Vec3{i, j, k};
                Vec3 permeability = space_->permeability;
                if (space_->vein_mm[n] > 0)
                    permeability = Vec3{vein_permeability};
                else if (there == CementPlace::cleft || there == CementPlace::hollow)
                    permeability = Vec3{cleft_permeability};
                else if (there == CementPlace::disc)
                    permeability = Vec3{disc_permeability};
                else if (there != CementPlace::marrow)
                    permeability = Vec3{fat_permeability};
                double const step = std::sqrt(glm::dot(way * way, 1.0 / permeability));
                reach(n, cost + step * (1 + amplitude * noise(n)));
            }
}

/// What the veins that are filled to their ends take of it.
double Cement::carry_off(double volume_mm3, double viscosity)
{
    double gone = 0;
    for (std::uint32_t const voxel : open_veins_) {
        double const limit = vein_pa_s * double(space_->vein_mm[voxel]) / vein_radius_mm;
        gone += vein_share * std::max(0.0, 1 - viscosity / limit) * volume_mm3;
    }
    gone = std::min(gone, volume_mm3);
    if (gone > 0) note_leak(CementPlace::lungs, place_of(open_veins_.front()));
    volume_ml_[std::size_t(CementPlace::lungs)] += gone / 1000;
    return gone;
}

double Cement::inject(Vec3 const& tip_mm, double flow_ml_s, double age_s, double dt_s)
{
    double const viscosity = viscosity_pa_s(mix_, age_s);
    if (viscosity >= mix_.set_pa_s || flow_ml_s <= 0) return 0;
    FieldGrid const& grid = space_->grid;
    glm::ivec3 const tip{glm::round((tip_mm - grid.origin_mm) / grid.spacing_mm)};
    if (glm::any(glm::lessThan(tip, glm::ivec3{0})) || glm::any(glm::greaterThanEqual(tip, grid.size))) return 0;
    auto const source = std::uint32_t((tip.z * grid.size.y + tip.y) * grid.size.x + tip.x);
    if (space_->place[source] == CementPlace::wall) return 0;
    // A new place of the tip begins where the front stands.
    if (parcel_of_[source] < 0) reach(source, front_.empty() ? 0 : front_.front().cost);
    double left_mm3 = 1000 * flow_ml_s * dt_s;
    double const wished = left_mm3;
    left_mm3 -= carry_off(left_mm3, viscosity);
    while (left_mm3 > 0 && !front_.empty()) {
        auto const [cost, voxel] = front_.front();
        std::int32_t& parcel = parcel_of_[voxel];
        double const capacity = capacity_mm3(voxel);
        bool const is_full = parcel >= 0 && double(parcels_[std::size_t(parcel)].volume_mm3) >= capacity;
        // Cement that has become too thick for a vein leaves it alone from now on.
        if (is_full || !lets_in(voxel, viscosity)) {
            std::pop_heap(front_.begin(), front_.end(), Dearer{});
            front_.pop_back();
            continue;
        }
        if (parcel < 0) {
            parcel = std::int32_t(parcels_.size());
            Vec3 const at = place_of(voxel);
            parcels_.push_back({glm::vec3{at}, 0, float(capacity), voxel});
            note_leak(space_->place[voxel], at);
            if (space_->place[voxel] == CementPlace::lungs) open_veins_.push_back(voxel);
            spread_from(voxel, cost, viscosity);
        }
        Parcel& filled = parcels_[std::size_t(parcel)];
        double const room = capacity - filled.volume_mm3, taken = std::min(left_mm3, room);
        filled.volume_mm3 = taken == room ? float(capacity) : float(filled.volume_mm3 + taken);
        volume_ml_[std::size_t(space_->place[voxel])] += taken / 1000;
        left_mm3 -= taken;
        // A voxel that is full leaves the front when it comes up next.
    }
    return (wished - left_mm3) / 1000;
}

double Cement::total_ml() const
{
    double total = 0;
    for (double const ml : volume_ml_) total += ml;
    return total;
}

std::uint64_t Cement::state_hash() const
{
    std::uint64_t hash = 0xcbf29ce484222325;
    auto const mix = [&](void const* bytes, std::size_t count) {
        for (std::size_t n = 0; n < count; ++n)
            hash = (hash ^ static_cast<unsigned char const*>(bytes)[n]) * 0x100000001b3;
    };
    static_assert(sizeof(Parcel) == 24, "hashed by its bytes: no padding");
    for (Parcel const& parcel : parcels_) mix(&parcel, sizeof parcel);
    mix(volume_ml_.data(), sizeof volume_ml_);
    return hash;
}

} // namespace fluoro
