#pragma once
#include <fluoro/console/haptic_device.hpp>
#include <fluoro/console/inputs.hpp>
#include <fluoro/console/live_session.hpp>
#include <optional>
#include <string>

namespace fluoro {

struct ConsoleSettings {
    std::string title = "Fluorolab";
    std::string patient = ""; ///< one line shown to the person: which patient this is
    SessionSettings session;
    LiveHooks hooks; ///< on_step for the record, script for a demonstration; on_news is the console's own
    LiveSettings live;
    InputMap inputs;
    std::filesystem::path inputs_file; ///< where changed inputs are kept; empty: for this session only
    std::shared_ptr<HapticDevice> haptic_right, haptic_left; ///< null: none
    double ui_scale = 1;            ///< 0.75 .. 2, on top of the monitor's own scale; Ctrl = and Ctrl - change it
    int width = 1440, height = 900; ///< of the window at scale 1; limited to the monitor
};

enum class ConsoleEnd {
    closed,   ///< the person closed the window; the session has ended in order
    no_window ///< none can be opened here (no display, or no Vulkan device that can show one); the session never began
};

/// Shows a live session in a window until it is closed. Call on the main thread. Throws Error (failed) when the session
/// cannot start, when it stopped of its own accord (the reason), or when the window's device is lost; the pedal is
/// released first in every case. docs/console.md
ConsoleEnd run_console(ConsoleSettings const& settings);

} // namespace fluoro
