#include <algorithm>
#include <chrono>
#include <cstring>
#include <fluoro/core/expect.hpp>
#include <fluoro/gpu/kernel.hpp>
#include <fluoro/transport/device_transport.hpp>
#include <fluoro_shaders/transport.hpp>
#include <optional>

namespace fluoro {
namespace {

/// Histories of the first dispatch, before anything is known of the device.
constexpr double first_histories = 2048;
/// Work groups that fill a large GPU some times over, and the histories that keep an invocation busy so that the last
/// ones, which leave their group's others idle, are few among all.
constexpr std::uint32_t most_groups = 2048;
constexpr std::uint32_t histories_per_invocation = 8;

template <class Value> gpu::Buffer upload(gpu::Device& device, std::vector<Value> const& values)
{
    return gpu::on_device(device, std::as_bytes(std::span{values}));
}

} // namespace

struct DeviceTransport::Impl {
    explicit Impl(DeviceTransportSettings const& settings)
        : device{settings.device, settings.validation}, kernel{device,
                                                               transport_spv,
                                                               {0, int(shared::transport_buffers), 1,
                                                                sizeof(shared::TransportBatch)}},
          commands{device}, budget{first_histories, settings.most_dispatch_ms}
    {
    }

    /// What a loaded problem is on the device.
    struct Problem {
        TransportTallies empty;          ///< sized as the problem's tallies are
        std::vector<gpu::Buffer> tables; ///< in the order of their bindings
        gpu::Buffer totals, deposits, detector;
        gpu::Buffer totals_copy, deposits_copy, detector_copy; ///< where the CPU reads them
        gpu::VolumeTexture voxels;
    };

    gpu::Device device;
    gpu::Kernel kernel;
    gpu::CommandList commands;
    gpu::DispatchBudget budget; ///< [histories]
    std::optional<Problem> problem;
    bool is_warm = false;
    double device_ms = 0, longest_ms = 0;

    void dispatch(std::uint64_t seed, std::uint64_t first, std::uint32_t count);
};

DeviceTransport::DeviceTransport(DeviceTransportSettings const& settings) : impl_{std::make_unique<Impl>(settings)} {}
DeviceTransport::~DeviceTransport() = default;
DeviceTransport::DeviceTransport(DeviceTransport&&) noexcept = default;
DeviceTransport& DeviceTransport::operator=(DeviceTransport&&) noexcept = default;

void DeviceTransport::load(TransportTables const& t)
{
    auto& device = impl_->device;
    impl_->problem.reset(); // its memory first
    auto const words = [](std::size_t count) { return std::max<std::size_t>(count, 2) * sizeof(std::int64_t); };
    TransportTallies const empty{t};
    auto const totals = words(empty.totals.size()), deposits = words(empty.deposits.size()),
               detector = words(empty.detector.size());

    std::vector<gpu::Buffer> tables;
    tables.push_back(gpu::on_device(device, std::as_bytes(std::span{&t.params, 1})));
    tables.push_back(upload(device, t.energy));
    tables.push_back(upload(device, t.angle));
    tables.push_back(upload(device, t.momentum));
    tables.push_back(upload(device, t.majorants));
    tables.push_back(upload(device, t.codes));
    tables.push_back(upload(device, t.cells));
    tables.push_back(upload(device, t.regions));
    tables.push_back(upload(device, t.boxes));
    tables.push_back(upload(device, t.tubes));
    tables.push_back(upload(device, t.tally_boxes));
    tables.push_back(upload(device, t.lines));
    tables.push_back(upload(device, t.heel));
    tables.push_back(upload(device, t.response));
    tables.push_back(upload(device, t.grid));
    tables.push_back(upload(device, t.wanted));

    glm::ivec3 const size = t.params.voxels.w != 0 ? glm::ivec3{t.params.voxels} : glm::ivec3{1};
    int const longest = device.info().max_texture_side;
    if (std::max({size.x, size.y, size.z}) > longest)
        throw Error{"photon transport: the volume has a side of more than the " + std::to_string(longest) +
                        " voxels that '" + device.info().name + "' takes; follow a coarser one",
                    Error::Kind::failed};
    std::vector<std::uint16_t> const nothing{0};
    auto const voxels = t.params.voxels.w != 0 ? std::span<std::uint16_t const>{t.voxels} : std::span{nothing};
    auto const count = std::size_t(size.x) * std::size_t(size.y) * std::size_t(size.z);
    impl_->problem.emplace(Impl::Problem{empty,
                                         std::move(tables),
                                         {device, totals, gpu::Placement::device},
                                         {device, deposits, gpu::Placement::device},
                                         {device, detector, gpu::Placement::device},
                                         {device, totals},
                                         {device, deposits},
                                         {device, detector},
                                         {device, size.x, size.y, size.z, voxels.first(count), gpu::Texels::fetched}});
}

/// Runs one dispatch and learns from its time.
void DeviceTransport::Impl::dispatch(std::uint64_t seed, std::uint64_t first, std::uint32_t count)
{
    auto& p = *problem;
    shared::TransportBatch const batch{std::uint32_t(seed),
                                       std::uint32_t(seed >> 32),
                                       std::uint32_t(first),
                                       std::uint32_t(first >> 32),
                                       count,
                                       0,
                                       0,
                                       0};
    std::vector<gpu::Buffer const*> buffers;
    for (auto const& table : p.tables) buffers.push_back(&table);
    buffers.insert(buffers.end(), {&p.totals, &p.deposits, &p.detector});
    std::uint32_t const per_group = shared::transport_group * histories_per_invocation;
    std::uint32_t const groups = std::min(most_groups, (count + per_group - 1) / per_group);
    commands.mark();
    commands.dispatch(kernel, buffers, {&p.voxels}, std::as_bytes(std::span{&batch, 1}), groups, 1);
    commands.mark();
    auto const start = std::chrono::steady_clock::now();
    auto const times = commands.run("following photons");
    double const waited = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    double const ms = times.empty() ? waited : times.back();
    // The first dispatch may hold the building of the kernel.
    if (is_warm) budget.learn(count, ms);
    is_warm = true;
    device_ms += ms;
    longest_ms = std::max(longest_ms, ms);
}

TransportTallies DeviceTransport::follow(std::uint64_t seed, std::uint64_t first, std::uint64_t count)
{
    FLUORO_EXPECT(impl_->problem);
    auto& i = *impl_;
    auto& p = *i.problem;
    i.device_ms = i.longest_ms = 0;
    for (auto* const sums : {&p.totals, &p.deposits, &p.detector}) i.commands.fill(*sums, 0);
    for (std::uint64_t done = 0; done < count;) {
        auto const now = std::min(count - done, std::uint64_t(std::min(i.budget.units(), 1e9)));
        i.dispatch(seed, first + done, std::uint32_t(now));
        done += now;
    }
    i.commands.copy(p.totals, p.totals_copy);
    i.commands.copy(p.deposits, p.deposits_copy);
    i.commands.copy(p.detector, p.detector_copy);
    i.commands.run("reading the tallies");
    TransportTallies tallies = p.empty;
    auto const read = [](gpu::Buffer& from, auto& to) {
        if (!to.empty()) std::memcpy(to.data(), from.mapped().data(), to.size() * sizeof(std::int64_t));
    };
    read(p.totals_copy, tallies.totals);
    read(p.deposits_copy, tallies.deposits);
    read(p.detector_copy, tallies.detector);
    tallies.histories = count;
    return tallies;
}

double DeviceTransport::last_device_ms() const
{
    return impl_->device_ms;
}
double DeviceTransport::longest_dispatch_ms() const
{
    return impl_->longest_ms;
}
std::string DeviceTransport::device_name() const
{
    return impl_->device.info().name;
}
std::vector<std::string> DeviceTransport::validation_messages() const
{
    return impl_->device.validation_messages();
}

} // namespace fluoro
