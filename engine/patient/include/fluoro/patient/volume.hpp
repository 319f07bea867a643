#pragma once
#include <cstdint>
#include <fluoro/core/error.hpp>
#include <fluoro/core/geometry.hpp>
#include <fluoro/patient/lumen_graph.hpp>
#include <string>
#include <vector>

namespace fluoro {

/// A regular grid in patient space. Voxel (i, j, k) has its centre at origin + directions * (spacing * (i, j, k)).
struct Grid {
    glm::ivec3 size{0};   ///< voxels along i, j, k
    Vec3 spacing_mm{1.0}; ///< > 0
    Vec3 origin_mm{0.0};  ///< LPS centre of voxel (0,0,0)
    Mat3 directions{1.0}; ///< columns: unit vectors of i, j, k in LPS; right-handed or left-handed, orthogonal

    std::size_t voxels() const { return std::size_t(size.x) * std::size_t(size.y) * std::size_t(size.z); }
    /// Continuous voxel index -> patient mm, and back.
    Mat4 patient_from_index() const;
    Mat4 index_from_patient() const;
    /// Centre of the grid in patient space.
    Vec3 centre_mm() const;
};

/// What this program takes as a volume; asked before memory is.
inline constexpr std::size_t max_voxels = std::size_t{1} << 30; ///< 1024^3
inline constexpr double min_spacing_mm = 0.01;
inline constexpr double max_spacing_mm = 20.0;

/// Throws Error, beginning with `where`, unless the grid has voxels, is within the limits above and its axes are unit
/// vectors at right angles.
void check_grid(Grid const& grid, std::string const& where);
/// "256 x 256 x 100 voxels of 1.8 x 1.8 x 2.5 mm at (-228.4, -219.6, -236.5) mm", for messages.
std::string describe(Grid const& grid);

/// A CT: Hounsfield units on a grid, i fastest. Padding is already air (-1000).
struct Volume {
    Grid grid;
    std::vector<std::int16_t> hu;
};

/// What is known of where a volume came from; shown to people, never computed with.
struct VolumeOrigin {
    std::string description;        ///< one line: format, series, size
    std::vector<std::string> notes; ///< what was chosen or mended on import, one line each
    double tube_voltage_kv = 0;     ///< of the CT; 0 = unknown
    std::string patient_position;   ///< DICOM (0018,5100), e.g. "HFS"; empty = unknown
};

/// A patient as the rest of the program sees one.
struct Patient {
    Volume ct;
    VolumeOrigin origin;
    std::vector<std::uint16_t> labels; ///< empty, or one per voxel of the CT's grid; TotalSegmentator v2 ids
    Lumens lumens;                     ///< empty for a CT that no anatomy was fitted to
};

} // namespace fluoro
