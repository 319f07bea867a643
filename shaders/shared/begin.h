// Opens and closes what GLSL and C++ both read (FLUORO_SHARED_BEGIN ... FLUORO_SHARED_END).
// Rules: 4-byte scalars and 16-byte vectors only, no vec3; binding numbers; small pure functions.
#ifndef FLUORO_SHARED_BEGIN_H
#define FLUORO_SHARED_BEGIN_H
#ifdef __cplusplus
#include <cmath>
#include <cstdint>
#include <glm/glm.hpp>
#define FLUORO_SHARED_BEGIN namespace fluoro::shared { using uint = std::uint32_t; using vec4 = glm::vec4; using uvec4 = glm::uvec4; using vec2 = glm::vec2; using uvec2 = glm::uvec2;
#define FLUORO_SHARED_END }
#define FLUORO_FN inline
#else
#define FLUORO_SHARED_BEGIN
#define FLUORO_SHARED_END
#define FLUORO_FN
#endif
#endif
