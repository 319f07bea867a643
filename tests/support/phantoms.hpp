#pragma once
// Synthetic patients for tests: HU as a function of the place in the patient.
#include <cmath>
#include <fluoro/patient/volume.hpp>
#include <functional>
#include <memory>

namespace fluoro::test {

/// A cube-shaped grid, identity directions, centred on the origin of patient space.
inline Grid centred_grid(glm::ivec3 size, Vec3 spacing_mm)
{
    Grid grid;
    grid.size = size;
    grid.spacing_mm = spacing_mm;
    grid.origin_mm = -0.5 * spacing_mm * (Vec3{size} - 1.0);
    return grid;
}

/// Samples `hu_at` (patient mm -> HU) at every voxel centre.
inline std::shared_ptr<Patient const> make_patient(Grid const& grid, std::function<double(Vec3 const&)> const& hu_at)
{
    auto patient = std::make_shared<Patient>();
    patient->ct.grid = grid;
    patient->ct.hu.reserve(grid.voxels());
    Mat4 const to_patient = grid.patient_from_index();
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i)
                patient->ct.hu.push_back(std::int16_t(std::lround(hu_at(map_point(to_patient, Vec3{i, j, k})))));
    return patient;
}

/// A smooth stand-in for a chest: an ellipse of soft tissue with two lungs, a spine and a fat layer, edges about
/// 4 mm wide, as a body-filter CT of 2-3 mm voxels shows them.
inline double chest_like_hu(Vec3 const& p)
{
    auto const inside = [](Vec3 const& from, Vec3 const& radii, double edge) {
        double const r = glm::length(from / radii);
        return 1 / (1 + std::exp((r - 1) * std::min({radii.x, radii.y, radii.z}) / edge));
    };
    double const body = inside(Vec3{p.x, p.y, 0}, {160, 105, 1}, 0.04);
    double const skin = inside(Vec3{p.x, p.y, 0}, {148, 94, 1}, 0.04);
    double const lungs =
        inside(p - Vec3{75, -5, 10}, {52, 70, 110}, 4) + inside(p - Vec3{-75, -5, 10}, {52, 70, 110}, 4);
    double const spine = inside(Vec3{p.x, p.y - 60, 0}, {20, 18, 1}, 0.2);
    double const tissue = -100 + skin * 145 + spine * 350;
    return -1000 + body * (1000 + tissue + lungs * (-750 - tissue));
}

} // namespace fluoro::test
