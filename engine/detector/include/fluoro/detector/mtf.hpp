#pragma once

namespace fluoro {

/// The scintillator's own transfer, 1/(1 + H f^2); `h_mm2` >= 0, f in 1/mm. docs/theory/detector.md, eq. 3
double scintillator_mtf(double h_mm2, double fx, double fy);
/// What the panel does to a wave of the picture that falls on it: the scintillator and the pixel's square aperture.
/// docs/theory/detector.md, eq. 4
double presampled_mtf(double h_mm2, double pitch_mm, double fx, double fy);
/// Square root of the noise power of quanta behind scintillator, aperture and sampling over that of white noise: the
/// aliases of presampled_mtf added in power; 1 at 0. docs/theory/detector.md, eq. 5
double noise_transfer(double h_mm2, double pitch_mm, double fx, double fy);

} // namespace fluoro
