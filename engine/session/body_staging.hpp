#pragma once
// Inside the session: the living body into the scene.
#include <fluoro/body/body.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Where all tissue of `body` stands now, and what its hollow places hold, added to the scene. The clouds of a scene
/// that nobody wants any more give their memory.
void stage_body(Body const& body, std::vector<FilledCloud>& spare, Scene& scene);

} // namespace fluoro
