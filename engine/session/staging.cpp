#include <algorithm>
#include <fluoro/physics/basis.hpp>
#include <fluoro/physics/material.hpp>
#include <fluoro/session/staging.hpp>
#include <vector>

namespace fluoro {

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
    long all = 0;
    for (int k = 0; k < n.z; k += 2)
        for (int j = 0; j < n.y; j += 2)
            for (int i = 0; i < n.x; i += 2) {
                auto const at =
                    (std::size_t(k) * std::size_t(n.y) + std::size_t(j)) * std::size_t(n.x) + std::size_t(i);
                if (ct.hu[at] <= -300) continue;
                Vec3 const p = map_point(to_patient, {i, j, k});
                ++counts[std::size_t(std::clamp(int(p.y - low.y), 0, bins - 1))];
                ++all;
            }
    PatientOnTable lying{high.y, {0.5 * (low.x + high.x), 0.5 * (low.z + high.z)}};
    if (all == 0) return lying;
    long above = 0;
    for (int bin = 0; bin < bins; ++bin) {
        above += counts[std::size_t(bin)];
        if (double(above) >= 0.998 * double(all)) {
            lying.back_mm = low.y + bin + 1;
            break;
        }
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
