#include "projector_impl.hpp"

#include "filled_pixels.hpp"
#include "host_sum.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro_shaders/energy_sum.hpp>
#include <fluoro_shaders/energy_sum_bins.hpp>
#include <fluoro_shaders/march_texture.hpp>
#include <shared/march.h>
#include <shared/signal.h>

namespace fluoro {

static_assert(sizeof(shared::SignalParams) == 12 * 4 + 2 * 16);
static_assert(offsetof(shared::SignalParams, wedge_a) == 12 * 4);
static_assert(sizeof(shared::SlabParams) == 5 * 16);
static_assert(sizeof(shared::EnergyParams) == 4 * 16);
static_assert(shared::signal_fitted_energies == fitted_energies && shared::signal_max_energies == max_energy_bins);

namespace {

/// The beam of a scene for its energy sum: soft and bone, each slab, then the wedges' material.
BeamDescription describe_beam(Scene const& scene, BeamShape const& shape)
{
    FLUORO_EXPECT(scene.slabs.size() <= shared::signal_max_slabs && scene.wedges.size() <= shared::signal_max_wedges);
    BeamDescription beam;
    beam.quality = scene.exposure.quality;
    beam.scintillator = scene.scintillator;
    beam.grid = scene.grid;
    beam.least_heel_g_cm2 = shape.least_heel_g_cm2;
    beam.most_heel_g_cm2 = shape.most_heel_g_cm2;
    beam.materials = {find_material("water"), find_material("bone")};
    for (auto const& slab : scene.slabs) {
        beam.materials.push_back(slab.material);
        // A ray 60 degrees off its normal.
        double const thinnest_mm = 2 * std::min({slab.half_extent_mm.x, slab.half_extent_mm.y, slab.half_extent_mm.z});
        beam.most_g_cm2.push_back(2 * 0.1 * thinnest_mm * slab.density_g_cm3);
    }
    if (!scene.wedges.empty()) {
        double full = 0;
        for (auto const& wedge : scene.wedges) {
            FLUORO_EXPECT(wedge.material == scene.wedges.front().material);
            full += wedge.full_g_cm2;
        }
        beam.materials.push_back(scene.wedges.front().material);
        beam.most_g_cm2.push_back(full);
    }
    return beam;
}

/// What table and pad put in the way of a pixel's ray, in the order of describe_beam().
class SlabRays {
public:
    explicit SlabRays(Scene const& scene)
    {
        double const pitch = scene.pixels.pitch_mm();
        for (Slab const& slab : scene.slabs) {
            Mat4 const slab_from_patient = glm::inverse(slab.patient_from_slab);
            ways_.push_back({map_point(slab_from_patient, scene.view.source_mm),
                             map_direction(slab_from_patient, detector_point(scene, 0, 0) - scene.view.source_mm),
                             map_direction(slab_from_patient, pitch * scene.view.column_direction),
                             map_direction(slab_from_patient, pitch * scene.view.row_direction), slab.half_extent_mm,
                             0.1 * slab.density_g_cm3});
        }
    }
    double g_cm2(std::size_t slab, int column, int row) const
    {
        Ways const& w = ways_[slab];
        Vec3 const way = w.to_origin + double(column) * w.column + double(row) * w.row;
        double enter = 0, leave = 1;
        for (int axis = 0; axis < 3; ++axis) {
            double const inverse = 1 / (std::abs(way[axis]) < 1e-9 ? 1e-9 : way[axis]);
            double const a = (-w.half_extent[axis] - w.source[axis]) * inverse,
                         b = (w.half_extent[axis] - w.source[axis]) * inverse;
            enter = std::max(enter, std::min(a, b));
            leave = std::min(leave, std::max(a, b));
        }
        return w.g_cm2_per_mm * std::max(0.0, leave - enter) * glm::length(way);
    }

private:
    struct Ways {
        Vec3 source, to_origin, column, row, half_extent;
        double g_cm2_per_mm = 0;
    };
    std::vector<Ways> ways_;
};

} // namespace

Projector::Impl::Impl(ProjectorSettings const& s)
    : settings{s}, device{s.device, s.validation}, uses_texture{s.method == MarchMethod::texture ||
                                                                (s.method == MarchMethod::by_device &&
                                                                 prefers_texture(device.info()))},
      sums_on_host{s.energy_sum == EnergySumPlace::host ||
                   (s.energy_sum == EnergySumPlace::by_device && device.info().is_software)},
      energy_sum{device, energy_sum_spv, {3, 3, 0, 0}}, energy_sum_bins{device, energy_sum_bins_spv, {3, 3, 0, 0}},
      commands{device}, march_params{device, sizeof(shared::MarchParams)}, warp_params{device,
                                                                                       sizeof(shared::MarchWarp)},
      signal_params{device, sizeof(shared::SignalParams)}, slab_params{device, sizeof(shared::SlabParams) *
                                                                                   shared::signal_max_slabs},
      energy_params{device, sizeof(shared::EnergyParams) * shared::signal_max_energies}
{
    if (uses_texture) march.emplace(device, march_texture_spv, gpu::KernelLayout{1, 1, 2, sizeof(shared::MarchChunk)});
}

BeamShape const& Projector::Impl::shape_of(Scene const& scene)
{
    BeamShapeKey const key = beam_shape_key(scene);
    if (!shape || shape->first != key) shape.emplace(key, beam_shape(scene));
    return shape->second;
}

EnergyTable const& Projector::Impl::table_of(BeamDescription const& beam)
{
    for (auto const& [known, table] : tables)
        if (known == beam) return table;
    if (tables.size() > 64) tables.clear();
    return tables.emplace_back(beam, energy_table(beam)).second;
}

void Projector::Impl::fill_signal_params(Scene const& scene, PixelRect const& rect, EnergyTable const& energy)
{
    FLUORO_EXPECT(energy.size() <= shared::signal_max_energies);
    auto const table = energy_params.mapped_as<shared::EnergyParams>();
    std::fill(table.begin(), table.end(), shared::EnergyParams{});
    std::size_t const wedge_channel = 2 + scene.slabs.size();
    for (std::size_t e = 0; e < energy.size(); ++e) {
        for (int k = 0; k < EnergyTable::heel_terms; ++k) {
            table[e].mean[k] = float(energy.mean[std::size_t(k)][e]);
            table[e].second[k] = float(energy.second[std::size_t(k)][e]);
        }
        for (std::size_t m = 0; m < wedge_channel; ++m)
            table[e].attenuation[int(m)] = float(energy.attenuation_cm2_g[m][e]);
        if (!scene.wedges.empty()) table[e].wedge.x = float(energy.attenuation_cm2_g[wedge_channel][e]);
    }
    auto const& heel = shape_of(scene).heel_g_cm2;
    if (!heel_places || heel_places->bytes() != heel.size() * sizeof(float))
        heel_places.emplace(device, heel.size() * sizeof(float));
    std::transform(heel.begin(), heel.end(), heel_places->mapped_as<float>().begin(),
                   [&](double g_cm2) { return float(energy.heel_place(g_cm2)); });

    auto const slabs = slab_params.mapped_as<shared::SlabParams>();
    std::fill(slabs.begin(), slabs.end(), shared::SlabParams{}); // a slab without extent or density has no chord
    Vec3 const first = detector_point(scene, 0, 0);
    for (std::size_t s = 0; s < scene.slabs.size(); ++s) {
        Slab const& slab = scene.slabs[s];
        Mat4 const slab_from_patient = glm::inverse(slab.patient_from_slab);
        double const pitch = scene.pixels.pitch_mm();
        slabs[s].source = vec(map_point(slab_from_patient, scene.view.source_mm), slab.density_g_cm3);
        slabs[s].to_origin = vec(map_direction(slab_from_patient, first - scene.view.source_mm));
        slabs[s].column = vec(map_direction(slab_from_patient, pitch * scene.view.column_direction));
        slabs[s].row = vec(map_direction(slab_from_patient, pitch * scene.view.row_direction));
        slabs[s].half_extent = vec(slab.half_extent_mm);
    }

    shared::SignalParams p{};
    p.columns = std::uint32_t(scene.pixels.columns);
    p.rows = std::uint32_t(scene.pixels.rows);
    p.first_column = std::uint32_t(rect.column);
    p.first_row = std::uint32_t(rect.row);
    p.rect_columns = std::uint32_t(rect.columns);
    p.rect_rows = std::uint32_t(rect.rows);
    Vec2 const origin = scene.pixels.position_mm(0, 0);
    p.pitch_mm = float(scene.pixels.pitch_mm());
    p.origin_x_mm = float(origin.x);
    p.origin_y_mm = float(origin.y);
    auto const wedge = [&](std::size_t index) {
        if (index >= scene.wedges.size()) return glm::vec4{0};
        Wedge const& w = scene.wedges[index];
        double const ramp = std::max(w.ramp_mm, 1e-3);
        return glm::vec4{std::cos(w.angle_rad) / ramp, std::sin(w.angle_rad) / ramp, -w.edge_mm / ramp, w.full_g_cm2};
    };
    p.wedge_a = wedge(0);
    p.wedge_b = wedge(1);
    std::memcpy(signal_params.mapped().data(), &p, sizeof p);
}

/// Fills the primary images over the exposed rectangle with what every pixel absorbs per mAs at 1 m, no blades.
void Projector::Impl::sum_energies(Scene const& scene, BeamDescription const& beam, Signal& sums)
{
    PixelRect const& rect = sums.exposed;
    EnergyTable const& table = table_of(beam);
    fill_signal_params(scene, rect, table);
    if (sums_on_host) {
        auto const start = std::chrono::steady_clock::now();
        host_energy_sum(signal_params.mapped_as<shared::SignalParams>().front(),
                        slab_params.mapped_as<shared::SlabParams>().first(scene.slabs.size()),
                        energy_params.mapped_as<shared::EnergyParams>().first(table.size()), read_thickness(),
                        heel_places->mapped_as<float>(), sums.primary.values, sums.primary_second_moment.values);
        times.energy_sum_ms = ms_since(start);
        return;
    }
    make_room(signal, scene.pixels.columns, scene.pixels.rows);
    auto const& kernel = table.size() <= std::size_t(fitted_energies) ? energy_sum : energy_sum_bins;
    commands.mark();
    commands.dispatch(kernel, {&signal_params, &slab_params, &energy_params, &thickness(), &*heel_places, &*signal}, {},
                      {}, groups(rect.columns, shared::signal_group_x), groups(rect.rows, shared::signal_group_y));
    commands.mark();
    auto const stages = commands.run("summing the energies");
    times.energy_sum_ms = stages.empty() ? 0 : stages.front();
    auto const values = signal->mapped_as<glm::vec2>();
    parallel_for(rect.rows, [&](int first, int last) {
        for (int row = rect.row + first; row < rect.row + last; ++row) {
            glm::vec2 const* const from =
                values.data() + std::size_t(row) * std::size_t(scene.pixels.columns) + std::size_t(rect.column);
            float* const mean = &sums.primary.at(rect.column, row);
            float* const second = &sums.primary_second_moment.at(rect.column, row);
            for (int x = 0; x < rect.columns; ++x) {
                mean[x] = from[x].x;
                second[x] = from[x].y;
            }
        }
    });
}

/// Where fillings cover the picture, the sum changes by the factor between with and without them that a table made for
/// their materials gives: K edges are beyond the few energies that do for the rest.
void Projector::Impl::add_fillings(Scene const& scene, BeamDescription beam, Signal& sums)
{
    auto const covered = filled_pixels(scene, sums.exposed);
    if (covered.empty()) return;
    std::size_t const before = beam.materials.size();
    for (auto const id : added_materials(scene)) {
        // Up to the next power of two, so that a filling vessel does not ask for a new table each frame.
        double most = 1e-3;
        std::size_t const channel = beam.materials.size() - before;
        for (auto const& pixel : covered)
            while (most < pixel.added[channel]) most *= 2;
        beam.materials.push_back(id);
        beam.most_g_cm2.push_back(most);
    }
    EnergyTable const& table = table_of(beam);
    auto const& heel = shape_of(scene).heel_g_cm2;
    auto const patient_g_cm2 = read_thickness();
    auto const index_of = [&](FilledPixel const& pixel) {
        return std::size_t(pixel.row) * std::size_t(scene.pixels.columns) + std::size_t(pixel.column);
    };
    std::vector<std::vector<float>> channels(beam.materials.size(), std::vector<float>(covered.size()));
    std::vector<float> place(covered.size());
    SlabRays const slabs{scene};
    parallel_for(int(covered.size()), [&](int first, int last) {
        for (auto i = std::size_t(first); i < std::size_t(last); ++i) {
            FilledPixel const& pixel = covered[i];
            auto const& patient_here = patient_g_cm2[index_of(pixel)];
            channels[0][i] = patient_here.x;
            channels[1][i] = patient_here.y;
            for (std::size_t m = 0; m < scene.slabs.size(); ++m)
                channels[2 + m][i] = float(slabs.g_cm2(m, pixel.column, pixel.row));
            double in_wedges = 0;
            for (auto const& wedge : scene.wedges)
                in_wedges += wedge.mass_thickness_g_cm2(scene.pixels.position_mm(pixel.column, pixel.row));
            if (!scene.wedges.empty()) channels[before - 1][i] = float(in_wedges);
            place[i] = float(table.heel_place(heel[std::size_t(pixel.row)]));
        }
    });
    struct Sums {
        std::vector<float> mean, second;
    };
    auto const sum = [&] {
        Sums both{std::vector<float>(covered.size()), std::vector<float>(covered.size())};
        host_list_sum(table, channels, place, both.mean, both.second);
        return both;
    };
    auto const for_each_covered = [&](auto const& work) {
        parallel_for(int(covered.size()), [&](int first, int last) {
            for (auto i = std::size_t(first); i < std::size_t(last); ++i) work(i);
        });
    };
    Sums const without = sum();
    for_each_covered([&](std::size_t i) {
        channels[0][i] += float(covered[i].soft);
        channels[1][i] += float(covered[i].bone);
        for (std::size_t m = before; m < channels.size(); ++m) channels[m][i] = float(covered[i].added[m - before]);
    });
    Sums const with = sum();
    for_each_covered([&](std::size_t i) {
        auto const at = index_of(covered[i]);
        sums.primary.values[at] *= with.mean[i] / without.mean[i];
        sums.primary_second_moment.values[at] *= with.second[i] / without.second[i];
    });
}

Projector::Projector(ProjectorSettings const& settings) : impl_{std::make_unique<Impl>(settings)} {}
Projector::~Projector() = default;
Projector::Projector(Projector&&) noexcept = default;
Projector& Projector::operator=(Projector&&) noexcept = default;

void Projector::prepare(std::shared_ptr<Patient const> const& patient)
{
    impl_->prepare(patient);
}

Signal Projector::project(Scene const& scene)
{
    Impl& i = *impl_;
    i.times = {};
    auto const& p = scene.pixels;
    Signal signal;
    signal.pixel_pitch_mm = p.pitch_mm();
    signal.exposed = exposed_pixels(scene);
    signal.primary = signal.primary_second_moment = signal.scatter = signal.scatter_second_moment =
        Image<float>{p.columns, p.rows};
    PixelRect const rect = signal.exposed;
    if (rect.columns == 0 || rect.rows == 0 || scene.exposure.current_time.value() <= 0) return signal;

    i.make_thickness(scene, rect, i.settings.every_pixel);
    BeamShape const& shape = i.shape_of(scene);
    signal.open_beam = shape.open_beam;
    BeamDescription const beam = describe_beam(scene, shape);
    i.sum_energies(scene, beam, signal);

    auto start = std::chrono::steady_clock::now();
    i.add_fillings(scene, beam, signal);
    i.times.fillings_ms = ms_since(start);
    start = std::chrono::steady_clock::now();
    i.finisher.finish(scene, shape.geometry, signal);
    i.times.finish_ms = ms_since(start);
    return signal;
}

ThicknessMap Projector::thickness(Scene const& scene)
{
    Impl& i = *impl_;
    auto const& p = scene.pixels;
    i.make_thickness(scene, {0, 0, p.columns, p.rows}, true);
    ThicknessMap map;
    map.materials = {find_material("water"), find_material("bone")};
    map.names = {"soft", "bone"};
    map.g_cm2.assign(2, Image<float>{p.columns, p.rows});
    auto const values = i.read_thickness();
    for (std::size_t pixel = 0; pixel < map.g_cm2[0].values.size(); ++pixel) {
        map.g_cm2[0].values[pixel] = values[pixel].x;
        map.g_cm2[1].values[pixel] = values[pixel].y;
    }
    add_filling_thickness(scene, map);
    add_slab_thickness(scene, map);
    return map;
}

MarchWork Projector::march_work(Scene const& scene)
{
    Impl& i = *impl_;
    MarchWork work;
    if (!i.uses_texture) return work;
    auto const& p = scene.pixels;
    i.prepare(scene.patient);
    i.marched.reset(); // the counts stand where thicknesses did
    i.rays = one_ray_per_pixel(p);
    i.make_room(i.ray_thickness, p.columns, p.rows, gpu::Placement::device);
    i.march_rays(scene, {0, 0, p.columns, p.rows}, i.settings.cells, true);
    i.run_march();
    auto const counts = i.read_thickness();
    for (auto const& count : counts) {
        work.samples_per_ray += count.x / double(counts.size());
        work.cells_crossed_per_ray += count.y / double(counts.size());
    }
    return work;
}

std::size_t working_voxels(gpu::DeviceInfo const& device)
{
    return working_voxels(device, prefers_texture(device));
}

ProjectionTimes const& Projector::last_times() const
{
    return impl_->times;
}
KeptPictureCounts const& Projector::kept_pictures() const
{
    return impl_->kept_counts;
}
std::string Projector::device_name() const
{
    return impl_->device.info().name;
}
bool Projector::uses_texture() const
{
    return impl_->uses_texture;
}
std::vector<std::string> Projector::validation_messages() const
{
    return impl_->device.validation_messages();
}
int Projector::level_of_detail() const
{
    return impl_->level;
}
double Projector::rays_per_pixel() const
{
    return impl_->rays.rays_per_pixel;
}

} // namespace fluoro
