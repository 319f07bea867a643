#pragma once
#include "presenter.hpp"
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
    bool is_help_shown = false;
    bool is_text_shown = false;
    bool is_reference_shown = true; ///< where there is one
    bool is_smooth = true;
};

/// Lays out and draws the console with ImGui, between ImGui::NewFrame and ImGui::Render. Screen buttons and dragged
/// blade lines go to the operator's input like keys do.
class Screen {
public:
    /// `picture_pixels`: columns = rows of a picture.
    Screen(KeyMap const& keys, int picture_pixels) : keys_{keys}, picture_pixels_{picture_pixels} {}

    struct Result {
        PictureArea picture;         ///< in ImGui's coordinates
        PictureArea reference;       ///< without extent where none is shown
        std::vector<Action> clicked; ///< buttons of the window's own actions, and acknowledge
    };
    Result draw(ScreenModel const& model, OperatorInput& input);
    /// Let go of a dragged blade line: focus lost.
    void release() { dragged_ = {}; }
    bool is_dragging() const { return dragged_.left || dragged_.right || dragged_.top || dragged_.bottom; }

private:
    struct Edges {
        bool left = false, right = false, top = false, bottom = false;
    };
    void draw_picture_frame(ScreenModel const& model, PictureArea const& area);
    void draw_blade_lines(ScreenModel const& model, PictureArea const& area, OperatorInput& input);
    void draw_corner_text(ScreenModel const& model, PictureArea const& area);
    void draw_wedge_lines(ScreenModel const& model, PictureArea const& area, BladeOpening const& opening);
    void draw_help();

    KeyMap keys_;
    int picture_pixels_;
    Edges dragged_;
};

/// Left side: lamp, picture, patient, dose, geometry, technique.
/// `has_tilt`: the table can be tilted. `height`: that there is for them; where it is less they scroll.
void draw_readouts(ScreenModel const& model, bool has_tilt, float height);
/// The living patient's monitor among them; its curves share the height to spare.
void draw_patient_card(BodyStatus const& body, float spare);
/// Right side: a button for everything a key does.
void draw_controls(ScreenModel const& model, KeyMap const& keys, OperatorInput& input, std::vector<Action>& clicked);
/// Below the picture: messages and standing remarks.
void draw_strip(ScreenModel const& model, KeyMap const& keys, std::vector<Action>& clicked);
/// "Space / F"
std::string keys_text(KeyMap const& keys, Action action);

} // namespace fluoro
