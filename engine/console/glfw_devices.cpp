#include "glfw_devices.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace fluoro {

std::vector<DeviceState> devices_now()
{
    std::vector<DeviceState> devices;
    for (int slot = GLFW_JOYSTICK_1; slot <= GLFW_JOYSTICK_LAST; ++slot) {
        if (!glfwJoystickPresent(slot)) continue;
        DeviceState device;
        device.slot = slot;
        GLFWgamepadstate pad;
        device.is_gamepad = glfwGetGamepadState(slot, &pad) == GLFW_TRUE;
        char const* const name = device.is_gamepad ? glfwGetGamepadName(slot) : glfwGetJoystickName(slot);
        device.name = name ? name : "device";
        if (device.is_gamepad) {
            for (unsigned char const button : pad.buttons) device.buttons.push_back(button == GLFW_PRESS);
            device.axes.assign(std::begin(pad.axes), std::end(pad.axes));
        } else {
            int count = 0;
            unsigned char const* const buttons = glfwGetJoystickButtons(slot, &count);
            for (int i = 0; i < count; ++i) device.buttons.push_back(buttons[i] == GLFW_PRESS);
            float const* const axes = glfwGetJoystickAxes(slot, &count);
            device.axes.assign(axes, axes + count);
        }
        devices.push_back(std::move(device));
    }
    return devices;
}

} // namespace fluoro
