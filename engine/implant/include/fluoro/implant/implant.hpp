#pragma once
#include <fluoro/patient/mesh.hpp>
#include <fluoro/patient/volume.hpp>
#include <fluoro/physics/material.hpp>
#include <string>

namespace fluoro {

/// Throws Error, beginning with `where`, unless the surface encloses something: every edge has two triangles that run
/// along it in opposite directions. A surface that is inside out is turned; says so (true).
bool make_closed(Mesh& mesh, std::string const& where);
/// Of a closed surface [mm3]; negative inside out.
double volume_mm3(Mesh const& mesh);

/// The surface scaled, turned about its middle (degrees about x, then y, then z) and moved so that its middle is at
/// `at_mm`. The middle is that of its bounding box.
Mesh placed(Mesh mesh, double scale, Vec3 const& turn_deg, Vec3 const& at_mm);
Vec3 middle_of(Mesh const& mesh);

/// Replaces what is inside the closed surface by a material: each voxel by the share of it that is inside, labels where
/// that is half or more. Inside is where the winding number is above 0, so parts that overlap count once. Returns the
/// volume that lies inside the grid [mm3]. Throws Error when nothing does. docs/theory/implants.md
double insert(Patient& patient, Mesh const& mesh, MaterialId made_of, int label);

} // namespace fluoro
