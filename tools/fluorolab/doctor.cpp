#include "commands.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fluoro/core/executable.hpp>
#include <fluoro/gpu/device.hpp>
#include <fluoro/patient/importer.hpp>
#include <fluoro/projection/projector.hpp>
#include <thread>
#include <unistd.h>

namespace fluoro {
namespace {

void line(bool good, std::string const& what, std::string const& remedy = {})
{
    std::printf("[%s] %s%s\n", good ? " ok " : "miss", what.c_str(),
                good || remedy.empty() ? "" : (" -> " + remedy).c_str());
}

bool report_devices()
{
    bool any = false;
    for (auto const& device : gpu::list_devices()) {
        if (!device.is_usable) {
            line(false, "Vulkan device " + device.name + ": " + device.unusable_because, "update its driver");
            continue;
        }
        any = true;
        double const voxels = double(working_voxels(device));
        char text[400];
        std::snprintf(text, sizeof text,
                      "Vulkan device %s (%s, Vulkan %s, %s): %.1f GiB, CTs up to %.0f million voxels at full detail (a "
                      "cube of %.0f); "
                      "larger ones are halved",
                      device.name.c_str(), device.driver.c_str(), device.api_version.c_str(),
                      device.is_software ? "software: Joseph's method" : "GPU: texture march",
                      double(device.memory_bytes) / 1073741824.0, voxels / 1e6, std::cbrt(voxels));
        line(true, text);
    }
    if (!any) line(false, "no usable Vulkan device", "apt-get install mesa-vulkan-drivers (software device)");
    return any;
}

} // namespace

int run_doctor()
{
    std::printf("fluorolab %s on %u processor cores\n", FLUORO_VERSION, std::thread::hardware_concurrency());
    bool good = report_devices();
    auto const worker = executable_folder() / "fluorolab-import";
    bool const has_worker = ::access(worker.c_str(), X_OK) == 0;
    line(has_worker, "import worker " + worker.string(), "build it: tools/run");
    good = good && has_worker;
    char const* const x11 = std::getenv("DISPLAY");
    char const* const wayland = std::getenv("WAYLAND_DISPLAY");
    bool const has_display = (x11 && *x11) || (wayland && *wayland);
    line(has_display, has_display ? "a display for the window" : "no display: runs are headless",
         "set DISPLAY, or run xvfb-run");
    auto const cache = cache_folder();
    line(::access(cache.c_str(), W_OK) == 0, "cache folder " + cache.string(), "make it writable");
    auto const head = find_example_head();
    line(!head.empty(), head.empty() ? "example head CT" : "example head CT " + head.string(), "tools/run fetches it");
    return good ? 0 : 1;
}

} // namespace fluoro
