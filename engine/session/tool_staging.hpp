#pragma once
#include <fluoro/instruments/instruments.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Tools, balloons, stents and cement into a scene, where they are now; what moves smears over a pulse of
/// `pulse_s` about now. What is hollow is its outside less its inside.
void stage_tools(InstrumentPicture const& picture, double pulse_s, Scene& scene);

} // namespace fluoro
