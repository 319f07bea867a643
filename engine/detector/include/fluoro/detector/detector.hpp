#pragma once
#include <cstdint>
#include <fluoro/image/image.hpp>

namespace fluoro {

/// A flat panel as far as one frame goes. Values marked as memory in the reference are adjustable here.
struct DetectorModel {
    double native_pitch_mm = 0.154;         ///< smallest detector element; quanta are drawn no finer than the pixel grid given
    double mtf_h_mm2 = 0.67;                ///< scintillator blur 1/(1 + H f^2), f in 1/mm; 0 = no blur
    double electronic_noise_kev = 0;        ///< rms per pixel, as absorbed energy [keV]
    double optical_swank = 1.0;             ///< 1 = none (energy weighting is already in the second moment)
    double dn_per_kev_mm2 = 1.0;            ///< gain
    std::uint16_t saturation = 65535;
    bool noise = true;                      ///< false: the mean, blurred and digitised
};

/// Signal -> digital numbers: quanta drawn per pixel (compound Poisson with the signal's mean and second moment), blurred
/// by the scintillator, electronic noise added, gain, saturation. The same (seed, frame) gives the same frame.
/// docs/theory/detector.md
class Detector {
public:
    explicit Detector(DetectorModel const& model);
    RawImage read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame) const;
    DetectorModel const& model() const { return model_; }

private:
    DetectorModel model_;
};

} // namespace fluoro
