#include <algorithm>
#include <cmath>
#include <fluoro/console/devices.hpp>
#include <set>

namespace fluoro {
namespace {

/// Share of an axis's way that counts as rest, and in how many steps the rest of it is told: sticks tremble, and every
/// change is a command on the record.
constexpr double dead_zone = 0.12, steps = 32;

/// Ends and middle are where axes rest; anything between was a hand on it.
float rest_of(float first_seen)
{
    return std::abs(first_seen) > 0.75f ? std::copysign(1.0f, first_seen) : 0.0f;
}

} // namespace

Input DeviceReader::input_of(Known const& device, bool is_axis, int code, int sign)
{
    Input input;
    if (device.is_gamepad)
        input.kind = is_axis ? InputKind::pad_axis : InputKind::pad_button;
    else
        input.kind = is_axis ? InputKind::device_axis : InputKind::device_button;
    input.code = code;
    input.sign = is_axis ? sign : 0;
    if (!device.is_gamepad) input.device = device.name;
    return input;
}

std::map<Input, double> DeviceReader::levels_of(Known const& known, DeviceState const& now)
{
    std::map<Input, double> levels;
    for (std::size_t i = 0; i < now.buttons.size(); ++i)
        if (now.buttons[i]) levels[input_of(known, false, int(i), 0)] = 1;
    for (std::size_t i = 0; i < std::min(now.axes.size(), known.rest.size()); ++i) {
        double const rest = double(known.rest[i]), away = double(now.axes[i]) - rest;
        if (!std::isfinite(away)) continue;
        double const way = away > 0 ? 1 - rest : 1 + rest; // that there is in this direction
        if (way <= 0) continue;
        double const share = (std::abs(away) / way - dead_zone) / (1 - dead_zone);
        double const level = std::min(1.0, std::ceil(share * steps) / steps);
        if (level > 0) levels[input_of(known, true, int(i), away > 0 ? 1 : -1)] = level;
    }
    return levels;
}

std::vector<DeviceChange> DeviceReader::read(std::vector<DeviceState> const& devices)
{
    std::vector<DeviceChange> changes;
    auto const follow = [&](Known& known, std::map<Input, double> now) {
        for (auto const& [input, level] : known.levels)
            if (!now.contains(input)) changes.push_back({input, 0});
        for (auto const& [input, level] : now) {
            auto const before = known.levels.find(input);
            if (before == known.levels.end() || before->second != level) changes.push_back({input, level});
        }
        known.levels = std::move(now);
    };
    std::set<int> here;
    for (DeviceState const& device : devices) {
        here.insert(device.slot);
        auto const [found, is_new] = known_.try_emplace(device.slot);
        Known& known = found->second;
        if (is_new || known.name != device.name || known.rest.size() != device.axes.size()) {
            follow(known, {});
            known = {device.name, device.is_gamepad, {}, {}};
            for (float const axis : device.axes) known.rest.push_back(rest_of(axis));
        }
        follow(known, levels_of(known, device));
    }
    for (auto& [slot, known] : known_)
        if (!here.contains(slot)) follow(known, {});
    std::erase_if(known_, [&](auto const& entry) { return !here.contains(entry.first); });
    return changes;
}

} // namespace fluoro
