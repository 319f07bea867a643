#pragma once
// Inside the session: the living body into the scene.
#include <fluoro/body/body.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

/// Where all tissue of `body` stands now, and what its hollow places hold, added to the scene.
void stage_body(Body const& body, Scene& scene);

} // namespace fluoro
