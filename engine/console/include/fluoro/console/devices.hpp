#pragma once
#include <fluoro/console/inputs.hpp>
#include <map>
#include <string>
#include <vector>

namespace fluoro {

/// What a device says of itself at one moment. A gamepad's buttons and axes are in the standard layout's order.
struct DeviceState {
    int slot = 0; ///< where it is plugged in
    std::string name;
    bool is_gamepad = false;
    std::vector<bool> buttons;
    std::vector<float> axes; ///< [-1, 1]
};

/// An input that has moved.
struct DeviceChange {
    Input input;
    double level = 0; ///< share of its way [0, 1]; 0 = let go
};

/// Turns what devices are into what has changed. An axis rests where it stood when its device was first seen, at an end
/// or in the middle: a pedal has one direction then, a stick two. A dead zone around that place counts as rest.
class DeviceReader {
public:
    /// All devices that are there now; inputs of those that are gone are let go.
    std::vector<DeviceChange> read(std::vector<DeviceState> const& devices);

private:
    struct Known {
        std::string name;
        bool is_gamepad = false;
        std::vector<float> rest;
        std::map<Input, double> levels; ///< of what is not at rest
    };
    static Input input_of(Known const& device, bool is_axis, int code, int sign);
    static std::map<Input, double> levels_of(Known const& known, DeviceState const& now);
    std::map<int, Known> known_; ///< by slot
};

} // namespace fluoro
