#include "ray_grid.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>
#include <fluoro/physics/basis.hpp>
#include <fluoro/projection/reference.hpp>
#include <fluoro/room/chord.hpp>

namespace fluoro {
namespace {

Vec3 pixel_point(Scene const& scene, double column, double row)
{
    Vec2 const at = scene.pixels.position_mm(column, row);
    return scene.view.detector_centre_mm + at.x * scene.view.column_direction + at.y * scene.view.row_direction;
}

/// HU at a continuous voxel index: trilinear between voxel centres, constant from the outermost centre to the edge of
/// its voxel; nothing (air) outside the voxels' box.
double sample(Volume const& volume, Vec3 const& index)
{
    glm::ivec3 const n = volume.grid.size;
    int low[3];
    double share[3];
    for (int axis = 0; axis < 3; ++axis) {
        if (index[axis] < -0.5 || index[axis] > n[axis] - 0.5) return -1000;
        double const inside = std::clamp(index[axis], 0.0, double(n[axis] - 1));
        low[axis] = std::min(int(inside), std::max(0, n[axis] - 2));
        share[axis] = inside - low[axis];
    }
    double value = 0;
    for (int corner = 0; corner < 8; ++corner) {
        double weight = 1;
        std::size_t at[3];
        for (int axis = 0; axis < 3; ++axis) {
            int const bit = corner >> axis & 1;
            weight *= bit ? share[axis] : 1 - share[axis];
            at[axis] = std::size_t(std::min(low[axis] + bit, n[axis] - 1));
        }
        value += weight * volume.hu[(at[2] * std::size_t(n.y) + at[1]) * std::size_t(n.x) + at[0]];
    }
    return value;
}

/// Where the tissue of a place lies at rest, and how dense it is over that.
struct Rest {
    Vec3 shift_mm{0};
    double density = 1;
};
Rest tissue_at(Displacement const& d, Vec3 const& place)
{
    Rest rest{rest_of(d, place) - place, 0};
    Vec3 const at = (place - d.grid.origin_mm) / d.grid.spacing_mm;
    for (int axis = 0; axis < 3; ++axis)
        if (at[axis] < 0 || at[axis] > d.grid.size[axis] - 1) return {};
    for (int corner = 0; corner < 8; ++corner) {
        double weight = 1;
        std::size_t index = 0;
        for (int axis = 2; axis >= 0; --axis) {
            int const low = std::min(int(at[axis]), d.grid.size[axis] - 2), bit = corner >> axis & 1;
            weight *= bit ? at[axis] - low : 1 - (at[axis] - low);
            index = index * std::size_t(d.grid.size[axis]) + std::size_t(low + bit);
        }
        rest.density += weight * double(d.density[index]);
    }
    return rest;
}

double open_share(double inside_mm, double penumbra)
{
    return std::clamp(inside_mm / penumbra + 0.5, 0.0, 1.0);
}

/// Is the point within the straight piece, its conical wall and both cuts?
bool is_inside(FilledTube const& tube, Vec3 const& point)
{
    Vec3 const along = tube.to_mm - tube.from_mm;
    double const length = glm::length(along);
    Vec3 const axis = along / length;
    auto const beyond = [&](Vec3 const& cut, Vec3 const& end) {
        Vec3 const normal = cut == Vec3{0} ? axis : cut * (glm::dot(cut, axis) < 0 ? -1.0 : 1.0);
        return glm::dot(point - end, normal) > 0;
    };
    if (!beyond(tube.from_cut, tube.from_mm) || beyond(tube.to_cut, tube.to_mm)) return false;
    double const way = glm::dot(point - tube.from_mm, axis);
    double const radius = tube.from_radius_mm + (tube.to_radius_mm - tube.from_radius_mm) * way / length;
    return radius > 0 && glm::length(point - tube.from_mm - way * axis) < radius;
}

/// Length of the ray inside the piece, which is convex: a point inside is looked for in even steps, then both ends of
/// the stretch are closed in on by halving.
double tube_chord_mm(FilledTube const& tube, Vec3 const& source, Vec3 const& end)
{
    Vec3 const direction = glm::normalize(end - source);
    // A ball that holds the piece, slanting cuts included.
    auto const ball = [&](Vec3 const& cut, double radius) {
        Vec3 const axis = glm::normalize(tube.to_mm - tube.from_mm);
        return 1.2 * radius / (cut == Vec3{0} ? 1.0 : std::max(0.1, std::abs(glm::dot(glm::normalize(cut), axis))));
    };
    double const reach = glm::length(tube.to_mm - tube.from_mm) / 2 +
                         std::max(ball(tube.from_cut, tube.from_radius_mm), ball(tube.to_cut, tube.to_radius_mm));
    Vec3 const middle = (tube.from_mm + tube.to_mm) / 2.0;
    double const nearest = glm::dot(middle - source, direction);
    if (glm::length(source + nearest * direction - middle) > reach) return 0;
    double const low = std::max(0.0, nearest - reach), high = std::min(glm::length(end - source), nearest + reach);
    constexpr int steps = 400;
    auto const at = [&](double t) { return is_inside(tube, source + t * direction); };
    for (int i = 0; i < steps; ++i) {
        double const found = low + (i + 0.5) / steps * (high - low);
        if (!at(found)) continue;
        auto const edge = [&](double inside, double outside) {
            if (at(outside)) return outside;
            for (int halving = 0; halving < 50; ++halving) {
                double const t = (inside + outside) / 2;
                (at(t) ? inside : outside) = t;
            }
            return inside;
        };
        return edge(found, high) - edge(found, low);
    }
    return 0;
}

/// Adds the fillings' masses over the mean chord of 4 x 4 rays of a pixel, what they displace taken away.
void reference_tubes(Scene const& scene, ThicknessMap& map)
{
    auto const channel_of = [&](MaterialId id) {
        auto const found = std::find(map.materials.begin(), map.materials.end(), id);
        auto const channel = std::size_t(found - map.materials.begin());
        if (found == map.materials.end()) {
            map.materials.push_back(id);
            map.names.push_back(material(id).name);
            map.g_cm2.emplace_back(scene.pixels.columns, scene.pixels.rows);
        }
        return channel;
    };
    for (auto const& tube : scene.tubes) {
        Filling const& filling = scene.fillings.at(std::size_t(tube.filling));
        std::vector<std::pair<std::size_t, double>> masses{{0, -filling.displaced.soft_g_cm3},
                                                           {1, -filling.displaced.bone_g_cm3}};
        for (auto const& [id, g_cm3] : filling.content.g_cm3) masses.emplace_back(channel_of(id), g_cm3);
        parallel_for(scene.pixels.rows, [&](int first, int last) {
            for (int row = first; row < last; ++row)
                for (int column = 0; column < scene.pixels.columns; ++column) {
                    double chord_cm = 0;
                    for (int i = 0; i < 16; ++i)
                        chord_cm +=
                            0.1 / 16 *
                            tube_chord_mm(tube, scene.view.source_mm,
                                          pixel_point(scene, column + (i % 4 - 1.5) / 4, row + (i / 4 - 1.5) / 4));
                    if (chord_cm > 0)
                        for (auto const& [channel, g_cm3] : masses)
                            map.g_cm2[channel].at(column, row) += float(chord_cm * g_cm3);
                }
        });
    }
}

/// Largest shift of the index along each axis.
Vec3 largest_shift(Scene const& scene)
{
    Vec3 largest{0};
    if (!scene.displacement) return largest;
    Mat4 const index_from_patient = scene.patient->ct.grid.index_from_patient();
    for (auto const& shift : scene.displacement->backward_mm)
        largest = glm::max(largest, glm::abs(map_direction(index_from_patient, Vec3{shift})));
    return largest;
}

RayThickness ray_thickness(Scene const& scene, double column, double row, double samples_per_voxel, Vec3 const& largest)
{
    Volume const& volume = scene.patient->ct;
    Mat4 const index_from_patient = volume.grid.index_from_patient();
    Vec3 const start = map_point(index_from_patient, scene.view.source_mm);
    Vec3 const end_mm = pixel_point(scene, column, row);
    Vec3 const way = map_point(index_from_patient, end_mm) - start;
    double enter = 0, leave = 1;
    for (int axis = 0; axis < 3; ++axis) {
        double const low = -0.5 - largest[axis], high = volume.grid.size[axis] - 0.5 + largest[axis];
        if (way[axis] == 0) {
            if (start[axis] < low || start[axis] > high) return {};
            continue;
        }
        enter = std::max(enter, std::min((low - start[axis]) / way[axis], (high - start[axis]) / way[axis]));
        leave = std::min(leave, std::max((low - start[axis]) / way[axis], (high - start[axis]) / way[axis]));
    }
    if (leave <= enter) return {};
    double const fastest = std::max({std::abs(way.x), std::abs(way.y), std::abs(way.z)}) * (leave - enter);
    int const steps = std::max(1, int(std::ceil(samples_per_voxel * fastest)));
    double const dt = (leave - enter) / steps;
    Vec3 const way_mm = end_mm - scene.view.source_mm;
    auto const rest_at = [&](double t) {
        return scene.displacement ? tissue_at(*scene.displacement, scene.view.source_mm + t * way_mm) : Rest{};
    };
    auto const index_at = [&](double t, Rest const& rest) {
        return start + t * way + map_direction(index_from_patient, rest.shift_mm);
    };
    auto const is_in_box = [&](double t) {
        Vec3 const index = index_at(t, rest_at(t));
        return glm::all(glm::greaterThanEqual(index, Vec3{-0.5})) &&
               glm::all(glm::lessThanEqual(index, Vec3{volume.grid.size} - 0.5));
    };
    RayThickness sum;
    for (int i = 0; i < steps; ++i) {
        double low = enter + i * dt, high = low + dt;
        // The shifted ray may leave the box anywhere: the step ends there, found by halving.
        if (scene.displacement) {
            bool const from_inside = is_in_box(low), to_inside = is_in_box(high);
            if (from_inside != to_inside) {
                double in = from_inside ? low : high, out = from_inside ? high : low;
                for (int halving = 0; halving < 30; ++halving) {
                    double const t = (in + out) / 2;
                    (is_in_box(t) ? in : out) = t;
                }
                (from_inside ? high : low) = in;
            }
        }
        double const middle = (low + high) / 2;
        Rest const rest = rest_at(middle);
        double const hu = sample(volume, index_at(middle, rest));
        BasisDensities const density = basis_densities(hu);
        double const more_hu = thinned(hu + 1000, rest.density) - (hu + 1000);
        sum.soft += (high - low) * (density.soft_g_cm3 + hu_curve().soft_per_hu * more_hu);
        sum.bone += (high - low) * density.bone_g_cm3;
    }
    double const length_cm = 0.1 * glm::length(way_mm);
    return {sum.soft * length_cm, sum.bone * length_cm};
}

} // namespace

RayThickness reference_ray(Scene const& scene, double column, double row, double samples_per_voxel)
{
    return ray_thickness(scene, column, row, samples_per_voxel, largest_shift(scene));
}

void add_slab_thickness(Scene const& scene, ThicknessMap& map)
{
    for (auto const& slab : scene.slabs) {
        auto const found = std::find(map.materials.begin(), map.materials.end(), slab.material);
        auto const channel = std::size_t(found - map.materials.begin());
        if (found == map.materials.end()) {
            map.materials.push_back(slab.material);
            map.names.push_back(material(slab.material).name);
            map.g_cm2.emplace_back(scene.pixels.columns, scene.pixels.rows);
        }
        for (int row = 0; row < scene.pixels.rows; ++row)
            for (int column = 0; column < scene.pixels.columns; ++column) {
                Vec3 const way = pixel_point(scene, column, row) - scene.view.source_mm;
                double const length = glm::length(way);
                map.g_cm2[channel].at(column, row) +=
                    float(0.1 * slab.density_g_cm3 * chord_mm(slab, scene.view.source_mm, way / length, length));
            }
    }
}

ThicknessMap reference_thickness(Scene const& scene, double samples_per_voxel)
{
    auto const& p = scene.pixels;
    ThicknessMap map;
    map.materials = {find_material("water"), find_material("bone")};
    map.names = {"soft", "bone"};
    map.g_cm2.assign(2, Image<float>{p.columns, p.rows});
    Vec3 const largest = largest_shift(scene);
    parallel_for(p.rows, [&](int first, int last) {
        for (int row = first; row < last; ++row)
            for (int column = 0; column < p.columns; ++column) {
                RayThickness const ray = ray_thickness(scene, column, row, samples_per_voxel, largest);
                map.g_cm2[0].at(column, row) = float(ray.soft);
                map.g_cm2[1].at(column, row) = float(ray.bone);
            }
    });
    reference_tubes(scene, map);
    add_slab_thickness(scene, map);
    return map;
}

Signal reference_project(Scene const& scene, EnergySum sum, double samples_per_voxel)
{
    auto const& p = scene.pixels;
    Signal signal;
    signal.pixel_pitch_mm = p.pitch_mm();
    signal.exposed = exposed_pixels(scene);
    signal.primary = signal.primary_second_moment = signal.scatter = signal.scatter_second_moment =
        Image<float>{p.columns, p.rows};
    Spectrum const spectrum = filtered_spectrum(scene.exposure.quality);
    ThicknessMap const map = reference_thickness(scene, samples_per_voxel);
    // Behind the patient's materials: the target's own tungsten, then each wedge.
    std::vector<MaterialId> in_the_way = map.materials;
    in_the_way.push_back(find_material("tungsten"));
    for (auto const& wedge : scene.wedges) in_the_way.push_back(wedge.material);

    // One row per energy: weight of the mean, of the second moment, attenuation of each material and of the grid.
    struct Energy {
        double mean = 0, second = 0;
        std::vector<double> attenuation;
        GridAttenuation grid;
    };
    std::vector<Energy> energies;
    auto const grid_at = [&](PhotonEnergy energy) {
        return scene.grid ? grid_attenuation(*scene.grid, energy) : GridAttenuation{};
    };
    if (sum == EnergySum::bins) {
        EnergyBins const bins = condense(spectrum, scene.scintillator, in_the_way);
        for (std::size_t b = 0; b < bins.energy_kev.size(); ++b) {
            Energy e{bins.absorbed_kev_per_mm2_mas_1m[b],
                     bins.absorbed_kev2_per_mm2_mas_1m[b],
                     {},
                     grid_at(PhotonEnergy{bins.energy_kev[b]})};
            for (auto const& curve : bins.attenuation_cm2_g) e.attenuation.push_back(curve[b]);
            energies.push_back(std::move(e));
        }
    } else {
        for (std::size_t b = 0; b < spectrum.energy_kev.size(); ++b) {
            PhotonEnergy const energy{spectrum.energy_kev[b]};
            double const absorbed =
                spectrum.fluence_per_mm2_kev_mas_1m[b] * absorbed_fraction(scene.scintillator, energy);
            Energy e{absorbed * energy.value(), absorbed * energy.value() * energy.value(), {}, grid_at(energy)};
            for (auto const id : in_the_way) e.attenuation.push_back(mass_attenuation_cm2_g(id, energy));
            energies.push_back(std::move(e));
        }
    }

    double const sid = scene.view.source_to_detector_mm;
    double const penumbra = penumbra_mm(scene);
    parallel_for(p.rows, [&](int first, int last) {
        for (int row = first; row < last; ++row)
            for (int column = 0; column < p.columns; ++column) {
                Vec2 const at = p.position_mm(column, row);
                double const share = open_share(at.x - scene.blades.left_mm, penumbra) *
                                     open_share(scene.blades.right_mm - at.x, penumbra) *
                                     open_share(at.y - scene.blades.top_mm, penumbra) *
                                     open_share(scene.blades.bottom_mm - at.y, penumbra);
                double const distance = std::hypot(sid, at.x, at.y);
                double const scale = share * scene.exposure.current_time.value() * scene.tube.output_factor *
                                     (1000 / distance) * (1000 / distance) * (sid / distance);
                std::vector<double> g_cm2;
                for (auto const& image : map.g_cm2) g_cm2.push_back(image.at(column, row));
                g_cm2.push_back(heel_tungsten_g_cm2(scene.tube, scene.exposure.quality.voltage,
                                                    -scene.tube.anode_along_rows * at.y / sid));
                for (auto const& wedge : scene.wedges) g_cm2.push_back(wedge.mass_thickness_g_cm2(at));
                double mean = 0, second = 0;
                for (auto const& e : energies) {
                    double depth = 0;
                    for (std::size_t m = 0; m < g_cm2.size(); ++m) depth += e.attenuation[m] * g_cm2[m];
                    double passed = std::exp(-depth);
                    if (scene.grid)
                        passed *=
                            grid_transmission(*scene.grid, e.grid, defocus_tangent(*scene.grid, sid, at.x), at.y / sid);
                    mean += e.mean * passed;
                    second += e.second * passed;
                }
                signal.primary.at(column, row) = float(scale * mean);
                signal.primary_second_moment.at(column, row) = float(scale * second);
            }
    });
    return signal;
}

} // namespace fluoro
