#pragma once
#include "modes.hpp"

// A displacement that comes as near as it can to the volumes that tissue should have: muscle keeps its own, a cavity
// gets what it is told, and nothing is bent more than need be.
namespace fluoro::motion {

/// What one place of a cell wants of the volume there, in volumes at rest.
struct VolumeWish {
    float volume = 1, weight = 0;
    float least = 0.4F;     ///< below which it strongly wants more
    std::uint8_t group = 0; ///< whose mean should be met, too; 0: none
};

struct ShapeWishes {
    static constexpr int places = 8; ///< of a cell, at its quarters; x fastest
    static constexpr int groups = 6;

    FieldGrid grid;
    std::vector<Mode> start;      ///< displacement to begin with and not to go far from [mm]
    std::vector<Mode> added;      ///< goes along with it but stays as it is [mm]
    std::vector<VolumeWish> wish; ///< cell's first point * places + place
    std::vector<float> hold;      ///< by point: weight of staying at the start [1/mm^2]; negative: stays there
    std::vector<float> smooth;    ///< by point: weight of second differences [1/mm^2]
    std::array<float, groups> mean_weight{}; ///< of the groups' means, per place
    int steps = 12;                          ///< at most
};

/// Gauss-Newton steps, each solved by conjugate gradients; the same on any number of threads.
std::vector<Mode> shaped(ShapeWishes const& wishes);

} // namespace fluoro::motion
