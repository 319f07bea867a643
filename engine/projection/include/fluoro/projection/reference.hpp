#pragma once
#include <fluoro/image/image.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

// The slow version in double precision that tests trust: trilinear samples at a tenth of a voxel, one ray per pixel,
// nothing shared with the kernels but the meaning of the inputs. Filled tubes by halving along each of 16 rays per
// pixel, heel, wedges and grid at every pixel and energy. The focal spot is a point and there is no extra-focal
// radiation; open_beam stays empty.

enum class EnergySum {
    bins,     ///< physics' condensed bins
    every_kev ///< the spectrum's own 1 keV bins
};

/// Mass thickness [g/cm2] of the ray to the middle of one pixel.
struct RayThickness {
    double soft = 0;
    double bone = 0;
};
RayThickness reference_ray(Scene const& scene, double column, double row, double samples_per_voxel = 10);

ThicknessMap reference_thickness(Scene const& scene, double samples_per_voxel = 10);
Signal reference_project(Scene const& scene, EnergySum sum, double samples_per_voxel = 10);

} // namespace fluoro
