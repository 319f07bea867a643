#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <fluoro/core/geometry.hpp>
#include <vector>

namespace fluoro {

inline constexpr std::size_t max_mesh_triangles = 4'000'000;

/// A surface of triangles. Corners of neighbours are one vertex; a triangle's corners run counter-clockwise as seen
/// from outside.
struct Mesh {
    std::vector<Vec3> vertices_mm;
    std::vector<std::array<std::uint32_t, 3>> triangles;
};

/// What the import worker hands back: magic, counts, vertices (float64), triangles (uint32), XXH3 checksum.
/// write throws Error (failed); read checks everything (counts, numbers finite, corners that exist) and throws Error.
void write_mesh(std::filesystem::path const& file, Mesh const& mesh);
Mesh read_mesh(std::filesystem::path const& file);

} // namespace fluoro
