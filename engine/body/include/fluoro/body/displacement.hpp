#pragma once
#include <algorithm>
#include <fluoro/lumen/bricks.hpp>
#include <optional>
#include <vector>

namespace fluoro {

/// Where the body's tissue stands at one instant, against the volume at rest, on a lattice; nothing moves outside it
/// (its outermost points are zero).
struct Displacement {
    FieldGrid grid;
    /// A place of the moved body -> where its tissue lies at rest: X = x + backward(x). x fastest.
    std::vector<glm::vec3> backward_mm;
    /// A place at rest -> where it has moved: x = X + forward(X).
    std::vector<glm::vec3> forward_mm;
    /// Where heart and breath move at once, the two ways that it is made of: within the body, and then with the breath.
    /// Empty otherwise.
    std::vector<glm::vec3> inner_mm, breath_mm;
    /// Density of lung tissue over that at rest, at a place of the moved body; 1 where nothing changes.
    std::vector<float> density;
    /// What alone decides this displacement, when that is so: a picture may be kept under it.
    struct Cycle {
        double heart = 0;   ///< place in the beat [0, 1)
        double dome_mm = 0; ///< of the diaphragm
    };
    std::optional<Cycle> cycle;
};

/// Lungs thin out as they fill, the blood and the walls in them do not: a sample of less than `lung_whole` above air
/// [HU] is lung, one of `lung_none` and more (a vessel, the heart beside it) is not, and one between is in part.
constexpr double lung_whole = 500, lung_none = 800, lung_slope = lung_whole / (lung_none - lung_whole);
/// A sample [HU above air] where the density over that at rest is `density`.
inline double thinned(double above_air, double density)
{
    return above_air + (density - 1) * std::min(std::max(lung_slope * (lung_none - above_air), 0.0), above_air);
}

/// Trilinear; zero outside the lattice.
Vec3 sampled(FieldGrid const& grid, std::vector<glm::vec3> const& field, Vec3 const& p);
/// The same, and how much the field stretches each axis there: 1 + its own slope, never below 0.5.
struct Stretched {
    glm::vec3 way_mm{0}, stretch{1};
};
Stretched stretched(FieldGrid const& grid, std::vector<glm::vec3> const& field, glm::vec3 const& p);

/// Where the tissue of a place lies at rest: from backward_mm on, until the way forward leads back to the place.
Vec3 rest_of(Displacement const& displacement, Vec3 const& place);

} // namespace fluoro
