#pragma once
#include <fluoro/anatomy/shape.hpp>
#include <memory>
#include <string>
#include <vector>

namespace fluoro {

/// A place that is known in the model and in the patient.
struct WarpPair {
    std::string name;
    Vec3 model_mm{0}, patient_mm{0};
    double spread_mm = 1; ///< how far the patient's place may be off; the warp passes about that near
};

/// A smooth, invertible way from model space to patient space: an affine part (least squares over all pairs, close to a
/// similarity) and a thin-plate spline of what is left, smoothed by each pair's spread. The spline is kept on a grid of
/// 5 mm; forward and back are inverse to each other within 0.5 mm. docs/theory/fitting.md
class Warp {
public:
    /// At least four pairs that are not in a plane. `region`: of the patient, where the inverse is wanted. Throws Error
    /// (bad input) where the pairs fold space: with the names of the pairs nearest to the fold.
    Warp(std::vector<WarpPair> const& pairs, Box const& region);
    Vec3 patient_from_model(Vec3 const& p) const;
    Vec3 model_from_patient(Vec3 const& p) const;
    /// Smallest determinant of the Jacobian of the spline part on the grid; above 0: nothing is folded.
    double least_determinant() const;
    /// Factor on the spreads above 2.5 mm that it took to keep space unfolded; 1 = none.
    double softening() const;
    /// Length in the patient over length in the model near a place of the model.
    double local_scale(Vec3 const& model_mm) const;

private:
    struct Impl;
    std::shared_ptr<Impl const> impl_;
};

} // namespace fluoro
