#pragma once
#include <fluoro/console/devices.hpp>

namespace fluoro {

/// Gamepads, joysticks, pedals and the like as GLFW sees them now. On the main thread, with GLFW up.
std::vector<DeviceState> devices_now();

} // namespace fluoro
