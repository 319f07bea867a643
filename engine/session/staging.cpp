#include <algorithm>
#include <cmath>
#include <fluoro/physics/basis.hpp>
#include <fluoro/physics/material.hpp>
#include <fluoro/session/staging.hpp>
#include <numbers>
#include <vector>

namespace fluoro {

namespace {

/// Body seen along the long axis: how many voxels lie in each square of the transverse plane.
class Outline {
public:
    Outline(Vec3 const& low, Vec3 const& high)
        : low_{low}, columns_{int((high.x - low.x) / square_mm) + 1}, rows_{int((high.y - low.y) / square_mm) + 1},
          counts_(std::size_t(columns_) * std::size_t(rows_))
    {
    }
    void add(Vec3 const& p)
    {
        int const x = std::clamp(int((p.x - low_.x) / square_mm), 0, columns_ - 1);
        int const y = std::clamp(int((p.y - low_.y) / square_mm), 0, rows_ - 1);
        ++counts_[std::size_t(y) * std::size_t(columns_) + std::size_t(x)];
    }
    /// Farthest from `from` along a direction [mm]; squares with next to nothing in them (a sheet) do not count.
    double reach_mm(Vec2 const& from, Vec2 const& along) const
    {
        double farthest = 0;
        for (int y = 0; y < rows_; ++y)
            for (int x = 0; x < columns_; ++x)
                if (counts_[std::size_t(y) * std::size_t(columns_) + std::size_t(x)] >= least_voxels) {
                    Vec2 const middle{low_.x + (x + 0.5) * square_mm, low_.y + (y + 0.5) * square_mm};
                    farthest = std::max(farthest, glm::dot(middle - from, along) + square_mm / 2);
                }
        return farthest;
    }

private:
    static constexpr double square_mm = 4;
    static constexpr int least_voxels = 8;
    Vec3 low_;
    int columns_, rows_;
    std::vector<int> counts_;
};

} // namespace

PatientOnTable lie_down(Volume const& ct)
{
    Grid const& grid = ct.grid;
    glm::ivec3 const n = grid.size;
    Mat4 const to_patient = grid.patient_from_index();
    // Mass of body below each height: a few stray voxels (a sheet, a couch's edge) must not lift the patient.
    Vec3 low{1e9}, high{-1e9};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const p =
            map_point(to_patient, {(corner & 1) * (n.x - 1), (corner >> 1 & 1) * (n.y - 1), (corner >> 2) * (n.z - 1)});
        low = glm::min(low, p);
        high = glm::max(high, p);
    }
    int const bins = std::max(1, int(high.y - low.y) + 1);
    std::vector<long> counts(std::size_t(bins), 0);
    Outline outline{low, high};
    long all = 0;
    for (int k = 0; k < n.z; k += 2)
        for (int j = 0; j < n.y; j += 2)
            for (int i = 0; i < n.x; i += 2) {
                auto const at =
                    (std::size_t(k) * std::size_t(n.y) + std::size_t(j)) * std::size_t(n.x) + std::size_t(i);
                if (ct.hu[at] <= -300) continue;
                Vec3 const p = map_point(to_patient, {i, j, k});
                ++counts[std::size_t(std::clamp(int(p.y - low.y), 0, bins - 1))];
                outline.add(p);
                ++all;
            }
    PatientOnTable lying{high.y, {0.5 * (low.x + high.x), 0.5 * (low.z + high.z)}, 0.5 * (low.y + high.y)};
    if (all == 0) return lying;
    long above = 0;
    for (int bin = 0; bin < bins; ++bin) {
        above += counts[std::size_t(bin)];
        if (double(above) >= 0.998 * double(all)) {
            lying.back_mm = low.y + bin + 1;
            break;
        }
    }
    constexpr int turns = 36;
    for (int i = 0; i < turns; ++i) {
        double const turn = 2 * std::numbers::pi * i / turns;
        lying.reach_mm.push_back(
            outline.reach_mm({lying.middle_mm.x, lying.middle_y_mm}, {-std::sin(turn), std::cos(turn)}));
    }
    return lying;
}

PlacedObjects place(std::span<ScenarioObject const> objects, Tick tick)
{
    // The energy at which a CT's numbers say how much a material attenuates.
    PhotonEnergy const ct_energy{70};
    double const water = mass_attenuation_cm2_g(find_material("water"), ct_energy);
    PlacedObjects placed;
    for (ScenarioObject const& object : objects) {
        if (tick < object.from || (object.until && tick >= *object.until)) continue;
        double const relative =
            mass_attenuation_cm2_g(object.displaces, ct_energy) * material(object.displaces).density_g_cm3 / water;
        placed.fillings.push_back({object.content, basis_densities(1000 * (relative - 1))});
        auto const pieces = tube_along(object.path_mm, object.radii_mm, int(placed.fillings.size()) - 1);
        placed.tubes.insert(placed.tubes.end(), pieces.begin(), pieces.end());
    }
    return placed;
}

} // namespace fluoro
