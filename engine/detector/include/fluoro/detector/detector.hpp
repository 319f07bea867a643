#pragma once
#include <cstdint>
#include <fluoro/image/image.hpp>

namespace fluoro {

/// A flat panel as far as one frame goes. Figures are those of a 600 um CsI panel; docs/theory/detector.md says which
/// are measured and which are only usual.
struct DetectorModel {
    double native_pitch_mm = 0.154;  ///< smallest element of the panel, > 0; a pixel of the signal may hold several
    double mtf_h_mm2 = 0.67;         ///< scintillator blur 1/(1 + H f^2), f in 1/mm; 0 = no blur
    double electronic_noise_kev = 0; ///< rms per read-out pixel of any size (elements are joined before the amplifier),
                                     ///< as absorbed energy [keV]; about 60 on a real panel
    double optical_swank = 1.0;      ///< (0, 1]; 1 = none (energy weighting is already in the second moment)
    double dn_per_kev_mm2 = 1.0 / 64; ///< gain: 30 nGy behind a patient give about 600, full scale is near 3.5 uGy
    std::uint16_t saturation = 65535;
    bool noise = true; ///< false: the mean, blurred and digitised
};

/// Signal -> digital numbers: quanta drawn per pixel (compound Poisson with the signal's mean and second moment),
/// blurred by the scintillator, electronic noise added, gain, saturation. The same (seed, frame) gives the same frame
/// on any number of threads. Outside `exposed` nothing is absorbed; the blur's tails and the electronic noise reach
/// there. An empty scatter image is no scatter. docs/theory/detector.md
class Detector {
public:
    /// Throws Error when a figure of the model is out of its range.
    explicit Detector(DetectorModel const& model);
    RawImage read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame) const;
    DetectorModel const& model() const { return model_; }

private:
    DetectorModel model_;
};

} // namespace fluoro
