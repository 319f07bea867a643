#include "field_kerma.hpp"

#include <fluoro/core/error.hpp>
#include <fluoro/dose/dosimeter.hpp>
#include <fluoro/room/chord.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {
namespace {

constexpr double metre_mm = 1000;
/// The patient entrance reference point of IEC 60601-2-43: this far from the isocentre toward the source.
constexpr double reference_before_isocentre_mm = 150;
/// What is denser than this is patient: between air and fat, so that noise in air and clothes do not count.
constexpr double patient_surface_hu = -300;
constexpr double gray_cm2_per_milligray_mm2 = 1e-5;

bool is_beam_on(Scene const& scene)
{
    return scene.exposure.current_time.value() > 0;
}

bool is_shut(BladeOpening const& blades)
{
    return !(blades.width_mm() > 0 && blades.height_mm() > 0);
}

/// Of the pulse at 1 m on the central ray, before wedges, table and patient [mGy].
double bare_axis_kerma_mGy(Scene const& scene)
{
    return scene.tube.output_factor * kerma_per_mas_1m(scene.exposure.quality) * scene.exposure.current_time.value();
}

/// HU between the voxels' centres, trilinear; air outside the grid.
class Hounsfield {
public:
    explicit Hounsfield(Volume const& volume) : volume_{volume} {}

    double at(Vec3 index) const
    {
        glm::ivec3 const low{glm::floor(index)};
        Vec3 const share = index - Vec3{low};
        double sum = 0;
        for (int corner = 0; corner < 8; ++corner) {
            glm::ivec3 const step{corner & 1, corner >> 1 & 1, corner >> 2};
            double weight = 1;
            for (int axis = 0; axis < 3; ++axis) weight *= step[axis] ? share[axis] : 1 - share[axis];
            if (weight > 0) sum += weight * voxel(low + step);
        }
        return sum;
    }

private:
    double voxel(glm::ivec3 i) const
    {
        glm::ivec3 const n = volume_.grid.size;
        if (i.x < 0 || i.y < 0 || i.z < 0 || i.x >= n.x || i.y >= n.y || i.z >= n.z) return -1000;
        return volume_
            .hu[(std::size_t(i.z) * std::size_t(n.y) + std::size_t(i.y)) * std::size_t(n.x) + std::size_t(i.x)];
    }

    Volume const& volume_;
};

/// Distance from the source to the first patient surface on the central ray [mm].
std::optional<double> distance_to_patient_mm(Scene const& scene)
{
    Volume const& ct = scene.patient->ct;
    // The grid and the half voxel around it as a slab: where the ray runs through it.
    Mat4 const index_from_patient = ct.grid.index_from_patient();
    Vec3 const start = map_point(index_from_patient, scene.view.source_mm);
    Vec3 const along = map_direction(index_from_patient, scene.view.beam_direction());
    double enter = 0, leave = scene.view.source_to_detector_mm;
    for (int axis = 0; axis < 3; ++axis) {
        double near = (-1 - start[axis]) / along[axis], far = (ct.grid.size[axis] - start[axis]) / along[axis];
        if (along[axis] == 0) {
            if (start[axis] < -1 || start[axis] > ct.grid.size[axis]) return std::nullopt;
            continue;
        }
        if (near > far) std::swap(near, far);
        enter = std::max(enter, near);
        leave = std::min(leave, far);
    }
    if (!(enter < leave)) return std::nullopt;

    Hounsfield const hu{ct};
    auto const is_patient = [&](double distance) { return hu.at(start + distance * along) > patient_surface_hu; };
    Vec3 const& spacing = ct.grid.spacing_mm;
    double const step = std::min({spacing.x, spacing.y, spacing.z}) / 4;
    for (double outside = enter, inside; outside < leave; outside = inside) {
        inside = std::min(outside + step, leave);
        if (!is_patient(inside)) continue;
        for (int halving = 0; halving < 30; ++halving) {
            double const middle = (outside + inside) / 2;
            (is_patient(middle) ? inside : outside) = middle;
        }
        return inside;
    }
    return std::nullopt;
}

} // namespace

PulseDose measure_pulse(Scene const& scene)
{
    if (!is_beam_on(scene)) return PulseDose{AirKerma{0}, KermaArea{0}};
    double const at_1m_mGy = bare_axis_kerma_mGy(scene);
    double const reference_mm = scene.view.source_to_isocentre_mm - reference_before_isocentre_mm;
    if (!(reference_mm > 0))
        throw Error{"the source stands " + std::to_string(scene.view.source_to_isocentre_mm) +
                    " mm from the isocentre, but the dose reference point lies 150 mm before it: move the source away"};
    double const reference_mGy = at_1m_mGy * axis_transmission(scene) * std::pow(metre_mm / reference_mm, 2);
    double const sid_mm = scene.view.source_to_detector_mm;
    // The opening shrinks with the square of the distance as kerma grows: the plane it is taken at falls out.
    double const area_mm2 = weighted_area_mm2(scene);
    double const at_detector_mGy = at_1m_mGy * std::pow(metre_mm / sid_mm, 2);
    return {AirKerma{reference_mGy}, KermaArea{at_detector_mGy * area_mm2 * gray_cm2_per_milligray_mm2}};
}

AirKerma entrance_air_kerma(Scene const& scene)
{
    if (!is_beam_on(scene) || !scene.patient) return AirKerma{0};
    auto const surface_mm = distance_to_patient_mm(scene);
    if (!surface_mm) return AirKerma{0};
    std::vector<Layer> layers = wedges_on_the_axis(scene);
    for (Slab const& slab : scene.slabs) {
        double const chord = chord_mm(slab, scene.view.source_mm, scene.view.beam_direction(), *surface_mm);
        if (chord > 0) layers.push_back({slab.material, slab.density_g_cm3 * chord / 10});
    }
    double at_1m_mGy = bare_axis_kerma_mGy(scene);
    if (!layers.empty()) {
        auto const bare = filtered_spectrum(scene.exposure.quality);
        at_1m_mGy *= air_kerma_mGy_per_mas_1m(attenuated(bare, layers)) / air_kerma_mGy_per_mas_1m(bare);
    }
    return AirKerma{at_1m_mGy * std::pow(metre_mm / *surface_mm, 2)};
}

double field_area_cm2(Scene const& scene)
{
    return is_shut(scene.blades) ? 0 : scene.blades.width_mm() * scene.blades.height_mm() / 100;
}

} // namespace fluoro
