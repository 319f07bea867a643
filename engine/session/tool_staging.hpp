#pragma once
#include <fluoro/instruments/instruments.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Tools, balloons, stents and cement into a scene, where they are now. What is hollow is its outside less its inside.
void stage_tools(InstrumentPicture const& picture, Scene& scene);

} // namespace fluoro
