#pragma once
#include "inputs_page.hpp"
#include "presenter.hpp"
#include "tools_panel.hpp"
#include <fluoro/console/live_session.hpp>
#include <fluoro/console/operator_input.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

/// All that one redraw of the window shows.
struct ScreenModel {
    LiveSnapshot live;
    std::vector<std::string> messages; ///< those still to be shown, newest last
    std::string device;                ///< that makes the pictures
    std::string patient;
    int alert_minutes = 0; ///< > 0: fluoroscopy time to be acknowledged
    TipWatch tips;
    std::vector<std::string> devices; ///< that are plugged in, by name
    std::string moving;               ///< the input of one of them that moved last
    bool is_help_shown = false;
    bool is_inputs_page_shown = false;
    bool is_text_shown = false;
    bool is_reference_shown = true; ///< where there is one
    bool is_smooth = true;
};

/// Lays out and draws the console with ImGui, between ImGui::NewFrame and ImGui::Render. Screen buttons and dragged
/// blade lines go to the operator's input like keys do.
class Screen {
public:
    /// `picture_pixels`: columns = rows of a picture.
    Screen(int picture_pixels, ToolShelf shelf) : picture_pixels_{picture_pixels}, tools_{std::move(shelf)} {}

    struct Result {
        PictureArea picture;         ///< in ImGui's coordinates
        PictureArea reference;       ///< without extent where none is shown
        std::vector<Action> clicked; ///< buttons of the window's own actions, and acknowledge
        std::optional<InputMap> changed_inputs;
    };
    Result draw(ScreenModel const& model, OperatorInput& input);
    /// Let go of a dragged blade line: focus lost.
    void release() { dragged_ = {}; }
    InputsPage& inputs_page() { return inputs_page_; }
    bool is_dragging() const { return dragged_.left || dragged_.right || dragged_.top || dragged_.bottom; }

private:
    struct Edges {
        bool left = false, right = false, top = false, bottom = false;
    };
    void draw_picture_frame(ScreenModel const& model, PictureArea const& area, InputMap const& inputs);
    void draw_blade_lines(ScreenModel const& model, PictureArea const& area, OperatorInput& input);
    void draw_corner_text(ScreenModel const& model, PictureArea const& area);
    void draw_wedge_lines(ScreenModel const& model, PictureArea const& area, BladeOpening const& opening);
    void draw_help(InputMap const& inputs);

    int picture_pixels_;
    ToolsPanel tools_;
    InputsPage inputs_page_;
    Edges dragged_;
};

/// Left side: lamp, picture, patient, dose, geometry, technique.
/// `has_tilt`: the table can be tilted. `height`: that there is for them; where it is less they scroll.
void draw_readouts(ScreenModel const& model, bool has_tilt, float height);
/// The living patient's monitor among them; its curves share the height to spare.
void draw_patient_card(BodyStatus const& body, float spare);
/// Right side: a button for everything a key does.
void draw_controls(ScreenModel const& model, OperatorInput& input, ToolsPanel& tools, std::vector<Action>& clicked);
/// Below the picture: messages and standing remarks.
void draw_strip(ScreenModel const& model, InputMap const& inputs, std::vector<Action>& clicked);
/// Of keyboard and mouse: "Space / F".
std::string keys_text(InputMap const& inputs, Action action);

} // namespace fluoro
