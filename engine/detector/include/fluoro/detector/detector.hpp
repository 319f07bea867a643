#pragma once
#include <cstdint>
#include <fluoro/detector/glare.hpp>
#include <fluoro/detector/panel.hpp>
#include <fluoro/detector/panel_memory.hpp>
#include <fluoro/image/image.hpp>
#include <limits>
#include <optional>
#include <vector>

namespace fluoro {

/// A gain stage of the panel's amplifiers.
struct DetectorMode {
    double full_scale_kev_mm2 = 0;   ///< absorbed energy at which the converter is full, above 0
    double electronic_noise_kev = 0; ///< rms per read-out pixel, as absorbed energy
};

/// A flat panel. The defaults are a bare one: light spread and quanta alone; `flat_panel` gives a whole one.
/// docs/theory/detector.md says which figures are measured and which are only usual.
struct DetectorModel {
    double mtf_h_mm2 = 0.5; ///< light spread 1/(1 + H f^2), f in 1/mm, without the pixel's aperture, which comes on
                            ///< top; 0 = neither
    double electronic_noise_kev = 0; ///< rms per read-out pixel of any size (elements are joined before the amplifier),
                                     ///< as absorbed energy [keV]; about 75 on a real panel in fluoroscopy
    double optical_swank = 1.0;      ///< (0, 1]: the light's own spread alone, what photons of one energy leave;
                                     ///< that of their energies is in the second moment already. 1 = none
    double dn_per_kev_mm2 = 1.0 / 64;                                   ///< gain
    std::uint16_t saturation = 65535;                                   ///< where the converter is full
    double full_well_kev_mm2 = std::numeric_limits<double>::infinity(); ///< what a pixel's diode holds
    bool noise = true;                                                  ///< false: the mean, blurred and digitised
    bool is_corrected = true; ///< false: as the converter gave it, pedestal, defects and the beam's shape included
    std::vector<GlareComponent> glare;
    std::vector<LagComponent> lag;
    GhostModel ghost;
    double longest_integration_s = 0.34; ///< slower pulses than 3/s: the idle panel clears itself in between
    PanelModel panel;
};

/// What the panel is read out for.
enum class ReadOut { fluoroscopy, cine, dsa, single };
/// Gain stages of a panel for angiography. From memory, adjustable: docs/theory/detector.md, table 3.
DetectorMode detector_mode(ReadOut read_out);
/// A whole panel of 600 um CsI:Tl on amorphous silicon, 0.154 mm elements.
DetectorModel flat_panel(ReadOut read_out);

/// Signal -> digital numbers: quanta drawn per pixel (compound Poisson with the signal's mean and second moment),
/// light spread near and far, the diode's memory of earlier frames, electronic noise, the amplifiers' gain and the
/// converter's end; then offsets, sensitivities, dead pixels and the open beam's shape corrected. The same (seed,
/// frame) after the same history gives the same frame on any number of threads. Primary outside `exposed` is nothing.
/// An empty scatter image is no scatter. docs/theory/detector.md
class Detector {
public:
    /// Throws Error when a figure of the model is out of its range.
    explicit Detector(DetectorModel const& model);

    /// One frame of a run at `time_s`, which never goes back. Another pixel pitch or picture size is another read-out
    /// format: the panel forgets what it held.
    RawImage read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame, double time_s);
    /// One frame alone, its mean as after many like it: nothing held back, nothing left over.
    RawImage read_out(Signal const& signal, std::uint64_t seed, std::uint32_t frame) const;

    /// Another gain stage; what the panel holds stays. Throws Error as the constructor does.
    void select(DetectorMode const& mode);
    DetectorModel const& model() const { return model_; }

private:
    RawImage expose(Signal const& signal, std::uint64_t seed, std::uint32_t frame, PanelMap const* map,
                    PanelMemory* memory, std::vector<std::vector<float>>& planes) const;

    DetectorModel model_;
    PanelMemory memory_;
    std::optional<PanelMap> map_;            ///< of the last format
    std::vector<std::vector<float>> planes_; ///< scratch: new pages every frame would cost more than a stage
};

} // namespace fluoro
