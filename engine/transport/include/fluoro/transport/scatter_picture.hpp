#pragma once
#include <cstdint>
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>

namespace fluoro {

struct MonteCarloSettings {
    std::uint64_t seed = 1;
    double precision = 0.01; ///< wanted relative standard error of scatter in the central 5 x 5 cm of the detector
    std::uint64_t most_histories = 2'000'000'000;
    int bins = 64; ///< coarse pixels along each side of the active field; the answer is smooth between them
};

/// Scatter as photons make it, on the scene's pixels.
struct ScatterPicture {
    Image<float> mean_kev_mm2;    ///< absorbed energy (grid and scintillator of the scene)
    Image<float> second_kev2_mm2; ///< sum of quanta x energy^2
    double relative_error = 0;    ///< reached in the central 5 x 5 cm
    std::uint64_t histories = 0;
};

/// Photon transport through the scene's patient, table and tubes. The same seed gives the same picture on any number of
/// threads. Runs until the precision or the most histories are reached. docs/theory/photon-transport.md
ScatterPicture monte_carlo_scatter(Scene const& scene, MonteCarloSettings const& settings);

} // namespace fluoro
