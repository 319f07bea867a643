#include <fluoro/console/console.hpp>

#include "end_signals.hpp"
#include "glfw_devices.hpp"
#include "glfw_window.hpp"
#include "presenter.hpp"
#include "screen.hpp"
#include "style.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fluoro/console/devices.hpp>
#include <fluoro/console/haptic_device.hpp>
#include <fluoro/console/operator_input.hpp>
#include <fluoro/console/readouts.hpp>
#include <fluoro/core/error.hpp>
#include <imgui.h>
#include <memory>
#include <utility>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

namespace fluoro {
namespace {

constexpr double idle_wait_s = 0.1;            ///< the heartbeat's interval where nothing happens
constexpr double shortest_redraw_s = 1.0 / 30; ///< processor time belongs to the simulation
constexpr double message_s = 4;
constexpr double held_over_s = 1;      ///< longer than the delay before a held key begins to repeat
constexpr int redraws_after_input = 3; ///< ImGui needs a few frames to settle hover and click
constexpr double scale_step = 0.25, least_scale = 0.75, most_scale = 2;

struct ShownMessage {
    std::string text;
    double until_s = 0;
};

/// The window's loop and all that it keeps between two redraws. Everything the person holds is let go the moment the
/// window loses the focus, is minimised or fails.
class Console {
public:
    Console(ConsoleSettings const& settings, GLFWwindow* window, Presenter& presenter, LiveSession& live)
        : window_{window}, presenter_{presenter}, live_{live}, input_{settings.session.room, settings.inputs},
          screen_{settings.session.pixels, tool_shelf(settings.session.tools.get(), settings.session.patient.get())},
          haptic_hands_{HapticHand{HandSide::right, settings.haptic_right},
                        HapticHand{HandSide::left, settings.haptic_left}},
          inputs_file_{settings.inputs_file}, scale_{settings.ui_scale}
    {
        has_haptics_ = settings.haptic_right || settings.haptic_left;
        model_.device = live.device_name();
        model_.patient = settings.patient;
    }
    void run();
    void on_key(int code, int what, int modifiers);
    void on_mouse_button(int button, int what, int modifiers);
    void on_scroll(double x, double y);
    void on_mouse_move(double x, double y);
    void on_focus(bool has_focus);
    void on_input() { redraws_due_ = redraws_after_input; }
    void on_exposed()
    {
        presenter_.show_again();
        on_input();
    }

private:
    void let_go();
    void exchange_with_session(double now_s);
    void take_input(Input const& input, double level);
    void step_input(Input const& input, double count);
    void read_devices();
    void keep_inputs(InputMap const& inputs);
    void tell(std::string text, double now_s);
    void draw();
    void apply(Action action);
    void toggle_full_screen();
    double wait_s(double now_s) const;

    GLFWwindow* window_;
    Presenter& presenter_;
    LiveSession& live_;
    OperatorInput input_;
    Screen screen_;
    ScreenModel model_;
    DeviceReader devices_;
    std::array<HapticHand, 2> haptic_hands_;
    std::filesystem::path inputs_file_;
    Input held_motion_; ///< of a device: that moved last
    double mouse_x_ = 0, mouse_y_ = 0;
    double wheel_x_ = 0, wheel_y_ = 0; ///< parts of a notch
    std::size_t seen_breaches_ = 0;
    bool has_haptics_ = false; ///< they are asked often too
    double scale_;
    std::vector<ShownMessage> messages_;
    std::uint64_t shown_version_ = 0, shown_picture_ = 0, shown_reference_ = 0;
    bool was_silent_ = false;
    std::uint64_t seen_beam_cuts_ = 0;
    bool has_lost_focus_ = false;
    double focus_back_s_ = 0;
    int acknowledged_alerts_ = 0;
    int redraws_due_ = redraws_after_input;
    double last_exchange_s_ = 0, last_draw_s_ = -1;
    int windowed_x_ = 0, windowed_y_ = 0, windowed_width_ = 0, windowed_height_ = 0;
};

void Console::let_go()
{
    input_.release_all();
    screen_.release();
    live_.send(input_.take(0));
    on_input();
}

void Console::on_focus(bool has_focus)
{
    has_lost_focus_ = !has_focus;
    if (!has_focus) let_go();
    if (has_focus) focus_back_s_ = glfwGetTime();
    on_input();
}

void Console::on_key(int code, int what, int modifiers)
{
    // After the focus is gone GLFW reports releases of its own making; the person's come to another window.
    if (what == GLFW_REPEAT || has_lost_focus_) return;
    on_input();
    Input const input{InputKind::key, code, 0, (modifiers & GLFW_MOD_CONTROL) != 0, (modifiers & GLFW_MOD_ALT) != 0};
    if (what == GLFW_PRESS && screen_.inputs_page().is_waiting()) {
        if (code == GLFW_KEY_ESCAPE)
            screen_.inputs_page().cancel();
        else if (input_from_name(name_of(input))) // Control and Alt go with others
            screen_.inputs_page().offer(input, input_.inputs());
        return;
    }
    if (auto const action = input_.key(code, what == GLFW_PRESS, input.with_control, input.with_alt)) apply(*action);
}

/// What the page of inputs waits for goes there and does nothing else.
void Console::take_input(Input const& input, double level)
{
    on_input();
    if (level >= 0.5 && screen_.inputs_page().is_waiting()) {
        screen_.inputs_page().offer(input, input_.inputs());
        return;
    }
    if (auto const action = input_.set(input, level)) apply(*action);
}

void Console::step_input(Input const& input, double count)
{
    if (screen_.inputs_page().is_waiting() && input.kind == InputKind::wheel) {
        screen_.inputs_page().offer(input, input_.inputs());
        return;
    }
    if (auto const action = input_.step(input, count)) apply(*action);
}

void Console::on_mouse_button(int button, int what, int modifiers)
{
    on_input();
    // The left one is the screen's own. Over the panels others are too, but what was pressed is let go anywhere.
    bool const is_over_panel = ImGui::GetIO().WantCaptureMouse && !screen_.inputs_page().is_waiting();
    if (button == GLFW_MOUSE_BUTTON_LEFT || has_lost_focus_ || (what == GLFW_PRESS && is_over_panel)) return;
    take_input(
        {InputKind::mouse_button, button, 0, (modifiers & GLFW_MOD_CONTROL) != 0, (modifiers & GLFW_MOD_ALT) != 0},
        what == GLFW_PRESS ? 1 : 0);
}

void Console::on_scroll(double x, double y)
{
    on_input();
    if (has_lost_focus_ || (ImGui::GetIO().WantCaptureMouse && !screen_.inputs_page().is_waiting())) return;
    auto const is_down = [&](int left, int right) {
        return glfwGetKey(window_, left) == GLFW_PRESS || glfwGetKey(window_, right) == GLFW_PRESS;
    };
    bool const with_control = is_down(GLFW_KEY_LEFT_CONTROL, GLFW_KEY_RIGHT_CONTROL);
    bool const with_alt = is_down(GLFW_KEY_LEFT_ALT, GLFW_KEY_RIGHT_ALT);
    // Touch pads scroll by parts of a notch.
    wheel_x_ += x;
    wheel_y_ += y;
    auto const notches = [&](double& left, int plus, int minus) {
        double const whole = std::trunc(left);
        left -= whole;
        if (whole != 0)
            step_input({InputKind::wheel, whole > 0 ? plus : minus, 0, with_control, with_alt}, std::abs(whole));
    };
    notches(wheel_y_, 0, 1);
    notches(wheel_x_, 2, 3);
}

void Console::on_mouse_move(double x, double y)
{
    on_input();
    double const right = x - std::exchange(mouse_x_, x), down = y - std::exchange(mouse_y_, y);
    if (has_lost_focus_ || !input_.is_down(Action::grip)) return;
    if (down != 0) step_input({InputKind::drag, down < 0 ? 0 : 1}, std::abs(down));
    if (right != 0) step_input({InputKind::drag, right < 0 ? 2 : 3}, std::abs(right));
}

void Console::read_devices()
{
    std::vector<DeviceState> const now = devices_now();
    std::vector<std::string> names;
    for (DeviceState const& device : now) names.push_back(device.name);
    if (names != model_.devices) on_input();
    model_.devices = std::move(names);
    for (DeviceChange const& change : devices_.read(now)) {
        if (change.level > 0) {
            model_.moving = title_of(change.input);
            held_motion_ = change.input;
        } else if (change.input == held_motion_) {
            model_.moving.clear();
        }
        // While the focus is elsewhere devices move nothing here; what is let go is let go.
        if (change.level == 0 || !has_lost_focus_) take_input(change.input, change.level);
    }
}

void Console::keep_inputs(InputMap const& inputs)
{
    input_.set_inputs(inputs);
    if (inputs_file_.empty()) return;
    try {
        write_inputs(inputs, inputs_file_);
    } catch (Error const& error) {
        tell(error.what(), glfwGetTime());
    }
}

void Console::tell(std::string text, double now_s)
{
    std::fprintf(stderr, "fluorolab: %s\n", text.c_str());
    messages_.push_back({std::move(text), now_s + message_s});
}

void Console::apply(Action action)
{
    switch (action) {
    case Action::acknowledge:
        acknowledged_alerts_ = time_alerts(model_.live.status.totals.fluoroscopy_s);
        break;
    case Action::toggle_help:
        model_.is_help_shown = !model_.is_help_shown;
        break;
    case Action::show_inputs:
        model_.is_inputs_page_shown = !model_.is_inputs_page_shown;
        screen_.inputs_page().cancel();
        break;
    case Action::toggle_text:
        model_.is_text_shown = !model_.is_text_shown;
        break;
    case Action::toggle_reference:
        model_.is_reference_shown = !model_.is_reference_shown;
        break;
    case Action::toggle_pixels:
        model_.is_smooth = !model_.is_smooth;
        break;
    case Action::toggle_full_screen:
        toggle_full_screen();
        break;
    case Action::scale_up:
    case Action::scale_down:
        scale_ = std::clamp(scale_ + (action == Action::scale_up ? scale_step : -scale_step), least_scale, most_scale);
        let_go(); // a button under the mouse moves away from it
        apply_style(scale_);
        presenter_.replace_fonts();
        break;
    default:
        break;
    }
    on_input();
}

void Console::toggle_full_screen()
{
    let_go();
    if (glfwGetWindowMonitor(window_)) {
        glfwSetWindowMonitor(window_, nullptr, windowed_x_, windowed_y_, windowed_width_, windowed_height_,
                             GLFW_DONT_CARE);
        return;
    }
    GLFWmonitor* const monitor = glfwGetPrimaryMonitor();
    GLFWvidmode const* const mode = monitor ? glfwGetVideoMode(monitor) : nullptr;
    if (!mode) return;
    glfwGetWindowPos(window_, &windowed_x_, &windowed_y_);
    glfwGetWindowSize(window_, &windowed_width_, &windowed_height_);
    glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
}

void Console::exchange_with_session(double now_s)
{
    live_.heartbeat();
    model_.live = live_.snapshot();
    if (model_.live.is_silent && !was_silent_ && input_.is_pedal_down())
        messages_.push_back(
            {"Beam off: the simulation stopped answering. Press the pedal again to go on.", now_s + message_s});
    if (model_.live.beam_cuts != seen_beam_cuts_ || (model_.live.is_silent && !was_silent_)) let_go();
    seen_beam_cuts_ = model_.live.beam_cuts;
    was_silent_ = model_.live.is_silent;
    if (!has_lost_focus_ && now_s - focus_back_s_ > held_over_s) input_.forget_held_over();
    input_.update(model_.live.status.room, model_.live.status.picture, model_.live.are_commands_done,
                  model_.live.status.body ? model_.live.status.body->oxygen_l_min : 0, model_.live.status.instruments);
    read_devices();
    InstrumentStatus const& instruments = model_.live.status.instruments;
    model_.tips.follow(instruments, seconds(model_.live.status.tick));
    for (HapticHand& hand : haptic_hands_) hand.exchange(instruments, input_, !has_lost_focus_);
    for (std::string& text : input_.take_refusals()) tell(std::move(text), now_s);
    if (instruments.breaches.size() > seen_breaches_) tell(breach_texts(instruments).back(), now_s);
    seen_breaches_ = instruments.breaches.size();
    if (std::vector<Command> const commands = input_.take(now_s - last_exchange_s_); !commands.empty())
        live_.send(commands);
    last_exchange_s_ = now_s;

    for (std::string& text : live_.take_messages()) tell(std::move(text), now_s);
    std::size_t const before = messages_.size();
    std::erase_if(messages_, [&](ShownMessage const& m) { return m.until_s <= now_s; });
    if (messages_.size() != before) redraws_due_ = std::max(redraws_due_, 1);
    model_.messages.clear();
    for (ShownMessage const& message : messages_) model_.messages.push_back(message.text);
    int const alerts = time_alerts(model_.live.status.totals.fluoroscopy_s);
    model_.alert_minutes = alerts > acknowledged_alerts_ ? 5 * alerts : 0;
    if (model_.live.version != shown_version_) redraws_due_ = std::max(redraws_due_, 1);
}

void Console::draw()
{
    if (model_.live.picture_number != shown_picture_) {
        if (auto const picture = live_.picture()) presenter_.set_picture(picture->grey);
        shown_picture_ = model_.live.picture_number;
    }
    if (model_.live.reference_number != shown_reference_) {
        if (auto const reference = live_.reference()) presenter_.set_reference(reference->grey);
        shown_reference_ = model_.live.reference_number;
    }
    presenter_.begin();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    Screen::Result result = screen_.draw(model_, input_);
    ImGui::Render();
    // ImGui counts in window coordinates, the frame buffer may have more pixels.
    float const pixels = ImGui::GetIO().DisplayFramebufferScale.x;
    for (PictureArea* const area : {&result.picture, &result.reference}) {
        area->left *= pixels;
        area->top *= pixels;
        area->side *= pixels;
    }
    if (presenter_.draw(result.picture, result.reference)) {
        shown_version_ = model_.live.version;
        redraws_due_ = std::max(0, redraws_due_ - 1);
    }
    if (result.changed_inputs) keep_inputs(*result.changed_inputs);
    for (Action const action : result.clicked) apply(action);
    live_.send(input_.take(0)); // what the screen's buttons asked for
}

double Console::wait_s(double now_s) const
{
    if (redraws_due_ > 0) return std::clamp(last_draw_s_ + shortest_redraw_s - now_s, 0.001, shortest_redraw_s);
    // Devices have no events of their own: they are looked at.
    bool const has_devices = !model_.devices.empty();
    return input_.is_anything_held() || has_devices || has_haptics_ ? shortest_redraw_s : idle_wait_s;
}

void Console::run()
{
    while (!glfwWindowShouldClose(window_) && !EndSignals::was_asked()) {
        glfwWaitEventsTimeout(wait_s(glfwGetTime()));
        bool const is_minimised = glfwGetWindowAttrib(window_, GLFW_ICONIFIED) == GLFW_TRUE;
        if (is_minimised && input_.is_anything_held()) let_go();
        double const now_s = glfwGetTime();
        exchange_with_session(now_s);
        if (redraws_due_ > 0 && !is_minimised && now_s - last_draw_s_ >= shortest_redraw_s) {
            last_draw_s_ = now_s;
            draw();
        }
    }
    let_go();
    LiveSnapshot const last = live_.snapshot();
    if (!last.stopped_because.empty()) throw Error{last.stopped_because, Error::Kind::failed};
}

Console& console_of(GLFWwindow* window)
{
    return *static_cast<Console*>(glfwGetWindowUserPointer(window));
}

/// Ours are set before ImGui's, which call them in turn.
void install_callbacks(GLFWwindow* window)
{
    glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int, int what, int modifiers) {
        if (glfwGetWindowUserPointer(w)) console_of(w).on_key(key, what, modifiers);
    });
    glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int has_focus) {
        if (glfwGetWindowUserPointer(w)) console_of(w).on_focus(has_focus == GLFW_TRUE);
    });
    glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int what, int modifiers) {
        if (glfwGetWindowUserPointer(w)) console_of(w).on_mouse_button(button, what, modifiers);
    });
    glfwSetScrollCallback(window, [](GLFWwindow* w, double x, double y) {
        if (glfwGetWindowUserPointer(w)) console_of(w).on_scroll(x, y);
    });
    glfwSetCursorPosCallback(window, [](GLFWwindow* w, double x, double y) {
        if (glfwGetWindowUserPointer(w)) console_of(w).on_mouse_move(x, y);
    });
    glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) {
        if (glfwGetWindowUserPointer(w)) console_of(w).on_exposed();
    });
}

} // namespace

ConsoleEnd run_console(ConsoleSettings const& settings)
{
    Glfw const glfw;
    if (!glfw.is_up || !glfwVulkanSupported()) return ConsoleEnd::no_window;
    Window const window = open_window(settings.title, settings.width, settings.height);
    if (!window) return ConsoleEnd::no_window;
    install_callbacks(window.get());

    ImGuiContextOwner const imgui;
    ImGui::GetIO().IniFilename = nullptr; // the layout is fixed: nothing to remember, no file left behind
    double const scale = std::clamp(settings.ui_scale, least_scale, most_scale);
    float monitor_scale = 1, ignored = 1;
    glfwGetWindowContentScale(window.get(), &monitor_scale, &ignored);
    ConsoleSettings scaled = settings;
    scaled.ui_scale = std::clamp(scale * double(monitor_scale), least_scale, most_scale);
    apply_style(scaled.ui_scale);
    ImGuiGlfwOwner const imgui_glfw{window.get()};
    std::unique_ptr<Presenter> presenter;
    try {
        presenter = std::make_unique<Presenter>(window.get());
    } catch (Error const& error) {
        std::fprintf(stderr, "fluorolab: %s\n", error.what());
        return ConsoleEnd::no_window;
    }

    LiveHooks hooks = settings.hooks;
    hooks.on_news = [] { glfwPostEmptyEvent(); };
    LiveSession live{settings.session, hooks, settings.live};
    Console console{scaled, window.get(), *presenter, live};
    glfwSetWindowUserPointer(window.get(), &console);
    EndSignals const signals;
    console.run();
    glfwSetWindowUserPointer(window.get(), nullptr);
    return ConsoleEnd::closed;
}

} // namespace fluoro
