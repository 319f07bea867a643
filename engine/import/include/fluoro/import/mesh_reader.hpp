#pragma once
#include <filesystem>
#include <fluoro/patient/mesh.hpp>

namespace fluoro {

/// Reads a surface: STL, OBJ, glTF (.glb, or .gltf with its data inside). Corners at the same place become one vertex,
/// triangles without area are left out; units are the file's. One file alone is read: nothing that it names. Runs
/// third-party parsers: called by the worker program (and tests) only. Throws Error: file, reason, what to do.
Mesh read_foreign_mesh(std::filesystem::path const& input);

} // namespace fluoro
