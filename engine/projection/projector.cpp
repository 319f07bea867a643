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

/// The pixels of a tile with fillings, ready for their energy sum.
class TileSum {
public:
    static constexpr std::size_t most = std::size_t(FilledTile::side) * FilledTile::side;
    struct Sums {
        std::array<float, most> mean, second;
    };
    Sums without, with;

    /// Room for this many materials; later calls for as many cost nothing.
    void begin(std::size_t materials, std::size_t count)
    {
        count_ = count;
        if (values_.size() < materials) values_.resize(materials);
        channels_.clear();
        for (std::size_t m = 0; m < materials; ++m) channels_.push_back(values_[m].data());
    }
    std::span<float> channel(std::size_t m) { return {values_[m].data(), count_}; }
    std::span<float> column() { return {column_.data(), count_}; }
    std::span<float> row() { return {row_.data(), count_}; }
    std::span<float> place() { return {place_.data(), count_}; }
    void sum(EnergyTable const& table, Sums& sums)
    {
        host_list_sum(table, channels_, place(), {sums.mean.data(), count_}, {sums.second.data(), count_});
    }

private:
    std::size_t count_ = 0;
    std::vector<std::array<float, most>> values_;
    std::vector<float const*> channels_;
    std::array<float, most> column_, row_, place_;
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
    auto const tiles = filled_tiles.draw(scene, sums.exposed);
    if (tiles.empty()) return;
    std::size_t const before = beam.materials.size();
    for (auto const id : added_materials(scene)) {
        // Up to the next power of two, so that a filling vessel does not ask for a new table each frame.
        double most = 1e-3;
        std::size_t const channel = beam.materials.size() - before;
        for (FilledTile const& tile : tiles)
            for (float const g_cm2 : tile.added[channel])
                while (most < double(g_cm2)) most *= 2;
        beam.materials.push_back(id);
        beam.most_g_cm2.push_back(most);
    }
    EnergyTable const& table = table_of(beam);
    auto const& heel = shape_of(scene).heel_g_cm2;
    std::vector<float> heel_place(heel.size());
    std::transform(heel.begin(), heel.end(), heel_place.begin(),
                   [&](double g_cm2) { return float(table.heel_place(g_cm2)); });
    auto const patient_g_cm2 = read_thickness();
    auto const slabs = slab_params.mapped_as<shared::SlabParams>().first(scene.slabs.size());
    parallel_each(int(tiles.size()), [&](int number) {
        thread_local TileSum work;
        FilledTile const& tile = tiles[std::size_t(number)];
        std::size_t const count = tile.count();
        work.begin(beam.materials.size(), count);
        auto const index_of = [&](std::size_t i) {
            return std::size_t(tile.row(i)) * std::size_t(scene.pixels.columns) + std::size_t(tile.column(i));
        };
        auto const soft = work.channel(0), bone = work.channel(1);
        for (std::size_t i = 0; i < count; ++i) {
            glm::vec2 const& here = patient_g_cm2[index_of(i)];
            soft[i] = here.x;
            bone[i] = here.y;
            work.column()[i] = float(tile.column(i));
            work.row()[i] = float(tile.row(i));
            work.place()[i] = heel_place[std::size_t(tile.row(i))];
        }
        for (std::size_t s = 0; s < slabs.size(); ++s)
            host_slab_paths(slabs[s], work.column(), work.row(), work.channel(2 + s));
        if (!scene.wedges.empty()) {
            auto const in_wedges = work.channel(before - 1);
            for (std::size_t i = 0; i < count; ++i) {
                double g_cm2 = 0;
                for (auto const& wedge : scene.wedges)
                    g_cm2 += wedge.mass_thickness_g_cm2(scene.pixels.position_mm(tile.column(i), tile.row(i)));
                in_wedges[i] = float(g_cm2);
            }
        }
        for (std::size_t m = before; m < beam.materials.size(); ++m) std::ranges::fill(work.channel(m), 0.0f);
        work.sum(table, work.without);
        for (std::size_t i = 0; i < count; ++i) {
            soft[i] += tile.soft[i];
            bone[i] += tile.bone[i];
        }
        for (std::size_t m = before; m < beam.materials.size(); ++m)
            std::ranges::copy(tile.added[m - before], work.channel(m).begin());
        work.sum(table, work.with);
        for (std::size_t i = 0; i < count; ++i) {
            auto const at = index_of(i);
            sums.primary.values[at] *= work.with.mean[i] / work.without.mean[i];
            sums.primary_second_moment.values[at] *= work.with.second[i] / work.without.second[i];
        }
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
