#pragma once
// Inside the transport module: a noisy coarse picture as a smooth fine one.
#include <fluoro/image/image.hpp>
#include <vector>

namespace fluoro {

/// A smooth surface through noisy bins: penalised least squares in cosine series, as stiff as generalised
/// cross-validation says (Craven and Wahba 1979; Garcia 2010). docs/theory/photon-transport.md
class SmoothSurface {
public:
    explicit SmoothSurface(Image<double> const& bins);
    /// With a stiffness found elsewhere.
    SmoothSurface(Image<double> const& bins, double stiffness);

    double stiffness() const { return stiffness_; }
    /// The surface on finer pixels over the same area; never below zero.
    Image<float> on_pixels(int columns, int rows) const;
    /// The surface at the bins' own places.
    Image<double> on_bins() const;

private:
    Image<double> values(int columns, int rows) const;

    Image<double> coefficients_;
    double stiffness_ = 0;
};

} // namespace fluoro
