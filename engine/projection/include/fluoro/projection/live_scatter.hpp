#pragma once
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <memory>

namespace fluoro {

/// Scatter fast enough for every pulse: each pencil of the beam spreads a kernel over the detector that was fitted to
/// photons in water, by water-equivalent thickness, distance to the detector, beam, grid and scintillator.
/// Valid for 40-150 kV, 0-42 cm of water, 1-60 cm from the patient to the detector, the grid of AntiScatterGrid's
/// defaults; beyond, the edges carry on. docs/theory/live-scatter.md
class LiveScatter {
public:
    LiveScatter();
    ~LiveScatter();
    LiveScatter(LiveScatter&&) noexcept;
    LiveScatter& operator=(LiveScatter&&) noexcept;

    /// Makes of a patient what his first picture would have to wait for.
    void prepare(std::shared_ptr<Patient const> const& patient);
    /// Fills the scatter images of `signal`, the primary of this scene, over the whole active field: behind the blades
    /// scatter arrives too. What the patient and the view decide is kept between calls.
    void add(Signal& signal, Scene const& scene);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
