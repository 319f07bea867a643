#pragma once
#include <cstdint>
#include <fluoro/anatomy/shape.hpp>
#include <fluoro/patient/volume.hpp>
#include <vector>

namespace fluoro {

/// A regular grid of cubes along the patient's axes: x to the left, y to the back, z to the head.
struct Lattice {
    glm::ivec3 size{0};
    Vec3 origin_mm{0}; ///< centre of the first cube
    double spacing_mm = 2;

    std::size_t count() const { return std::size_t(size.x) * std::size_t(size.y) * std::size_t(size.z); }
    std::size_t index(int i, int j, int k) const
    {
        return (std::size_t(k) * std::size_t(size.y) + std::size_t(j)) * std::size_t(size.x) + std::size_t(i);
    }
    std::size_t index(glm::ivec3 const& at) const { return index(at.x, at.y, at.z); }
    glm::ivec3 cell(std::size_t index) const
    {
        auto const nx = std::size_t(size.x), ny = std::size_t(size.y);
        return {int(index % nx), int(index / nx % ny), int(index / (nx * ny))};
    }
    Vec3 position(int i, int j, int k) const { return origin_mm + spacing_mm * Vec3{i, j, k}; }
    Vec3 position(glm::ivec3 const& at) const { return position(at.x, at.y, at.z); }
    glm::ivec3 nearest(Vec3 const& p) const { return glm::ivec3{glm::round((p - origin_mm) / spacing_mm)}; }
    bool holds(glm::ivec3 const& at) const
    {
        return at.x >= 0 && at.y >= 0 && at.z >= 0 && at.x < size.x && at.y < size.y && at.z < size.z;
    }
    /// From the first cube's outer face to the last one's.
    Box box() const { return {origin_mm - spacing_mm / 2, origin_mm + spacing_mm * (Vec3{size} - 0.5)}; }
};

/// One byte per cube of a lattice: 0 = no.
using Mask = std::vector<std::uint8_t>;

/// A CT as the finders look at it: cubes of about 2 mm, each the mean of what the CT has there.
struct WorkVolume {
    Lattice lattice;
    std::vector<float> hu;
    Mask is_seen; ///< the CT measured here: inside its grid and its reconstruction circle

    /// Linear between centres; the border's value outside.
    double at(Vec3 const& p) const;
};

/// The circle in which a CT's rows hold measurements; padding outside of it.
struct ReconstructionCircle {
    bool is_there = false;
    double column = 0, row = 0; ///< its centre [voxels]
    double radius_mm = 0;
    bool holds(Grid const& grid, double column_index, double row_index) const;
};
ReconstructionCircle reconstruction_circle(Volume const& ct);

/// The box around the grid, along the patient's axes.
Box box_of(Grid const& grid);
WorkVolume work_volume(Volume const& ct, double spacing_mm);
/// The label of the nearest voxel of the patient's label map at every cube; the patient has labels.
std::vector<std::uint16_t> work_labels(Patient const& patient, Lattice const& lattice);

} // namespace fluoro
