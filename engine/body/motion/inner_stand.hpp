#pragma once
#include "organ_motion_impl.hpp"

#include <algorithm>

// What heart, aorta and throat do together under one pose.
namespace fluoro::motion {

/// The modes of a box under one pose, point by point.
struct Combined {
    ModeBox const* box = nullptr; ///< null: does not move
    glm::ivec3 place{0};          ///< of its first point in the lattice at hand
    std::vector<Mode> mode;
};

/// Sum of the boxes' displacements.
struct Inner {
    std::array<Combined, boxes> box;

    Mode at_point(glm::ivec3 const& at) const
    {
        Mode sum;
        for (Combined const& b : box) {
            if (!b.box) continue;
            glm::ivec3 const place = at - b.place, size = b.box->grid.size;
            if (place.x < 0 || place.y < 0 || place.z < 0 || place.x >= size.x || place.y >= size.y ||
                place.z >= size.z)
                continue;
            sum = sum + b.mode.data()[number_of(b.box->grid, place)];
        }
        return sum;
    }
    bool moves_near(Vec3 const& p) const
    {
        Cell cell;
        return std::ranges::any_of(box, [&](Combined const& b) { return b.box && b.box->find(cell, p); });
    }
    Slope slope_at(Vec3 const& p) const
    {
        Slope sum;
        for (Combined const& b : box) {
            Cell cell;
            if (!b.box || !b.box->find(cell, p)) continue;
            Mode const* const mode = b.mode.data();
            sum += linear_with_slope(cell, b.box->grid.spacing_mm, [&](std::size_t n) { return mode[n]; });
        }
        return sum;
    }
};

/// Under this pose, for points of this lattice.
inline void take(Combined& combined_box, ModeBox const& box, FieldGrid const& lattice, Amplitudes const& amplitude)
{
    combined_box.box = &box;
    combined_box.place = place_in(lattice, box.grid);
    combined_box.mode.resize(points_of(box.grid));
    for (std::size_t n = 0; n < combined_box.mode.size(); ++n)
        combined_box.mode.data()[n] = combined(box.at(n), box.modes, amplitude);
}

} // namespace fluoro::motion
