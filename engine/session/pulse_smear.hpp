#pragma once
// Inside the session: what moves while a pulse lasts is drawn at several moments of it. docs/theory/filled-tubes.md
#include <fluoro/scene/filled_tube.hpp>
#include <span>
#include <vector>

namespace fluoro {

struct SmearLimits {
    int most_moments = 8;
    double least_step_mm = 0.1, most_step_mm = 0.2; ///< between moments: half of a pixel at the patient, a whole one
};

/// A round tube along a polyline whose points have come `moved_mm` over the last tick (empty: it stands), as it is over
/// a pulse of `pulse_s` about now: at moments about a quarter of its diameter apart, each with its part of the
/// `share`. What stands is drawn once; a long tube that is fed along itself smears at its ends only.
void add_smeared(std::span<Vec3 const> points_mm, std::span<double const> radii_mm, std::span<Vec3 const> moved_mm,
                 int filling, double share, double pulse_s, SmearLimits const& limits, std::vector<FilledTube>& tubes);

} // namespace fluoro
