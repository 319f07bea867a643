#pragma once
#include "controls.hpp"
#include <fluoro/console/tool_readouts.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// What can be taken, and where it can go in.
struct ToolShelf {
    std::vector<std::shared_ptr<Tool const>> along_vessels, needles;
    std::vector<std::string> accesses, landmarks;
};
/// `tools`: null for those that come with the program; `patient`: null for none.
ToolShelf tool_shelf(ToolLibrary const* tools, Patient const* patient);

/// The tab of tools: take, aim, inflate, inject, cement; and what is broken.
class ToolsPanel {
public:
    explicit ToolsPanel(ToolShelf shelf) : shelf_{std::move(shelf)} {}
    void draw(Controls const& controls, Status const& status, OperatorInput& input);

private:
    void draw_take(OperatorInput& input);
    void draw_needles(Controls const& controls, OperatorInput& input);

    ToolShelf shelf_;
    std::size_t tool_ = 0, access_ = 0, needle_ = 0, through_ = 0, to_ = 0; ///< chosen of the shelf
};

/// Both hands under the picture, readable at a glance.
void draw_hands(InstrumentStatus const& status, Hands const& hands, TipWatch const& watch, float left, float top,
                float width);
inline constexpr float hands_lines = 4.9f; ///< their height, in heights of the text

} // namespace fluoro
