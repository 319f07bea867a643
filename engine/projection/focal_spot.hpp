#pragma once
// Inside the projection module: what a focal spot of finite size does to the picture.
#include <array>
#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <optional>
#include <span>
#include <vector>

namespace fluoro {

/// Weights of a symmetric blur: the middle pixel's first, then those to either side. Their variance is exactly that of
/// an even blur over `width` pixels, width^2 / 12, with a flat top and at most one partial weight at each end. Empty
/// below a quarter of a pixel, where it takes less than 1 % from the finest contrast.
std::vector<float> spot_weights(double width_pixels);

/// Width [mm] on the detector over which the focal spot spreads a point in the isocentre's plane.
double spot_shadow_mm(Scene const& scene);

/// Turns energy sums (mean and second moment per mAs at 1 m, nothing but the object in them) into the primary signal:
/// focal blur, blades with their penumbra, extra-focal radiation, fluence and the open beam's geometry.
/// docs/theory/focal-spot.md
class SignalFinisher {
public:
    /// Works in place on the primary images of `signal` over its exposed rectangle.
    void finish(Scene const& scene, Image<float> const& geometry, Signal& signal);

private:
    /// What decides how much of the extra-focal disc shows between the blades.
    struct SeenKey {
        double field_mm = 0;
        int columns = 0, rows = 0;
        std::array<double, 4> blades{};
        double disc_mm = 0; ///< radius of the disc as the blades' edges throw it on the detector
        PixelRect rect;
        int cell = 0;
        friend bool operator==(SeenKey const&, SeenKey const&) = default;
    };
    void see_disc(Scene const& scene, SeenKey const& key);
    struct Stage;
    static void gather(Stage const& stage, PixelRect const& rect, int cell, int cell_row,
                       std::span<float const> weights);
    void spread_extra_focal(std::vector<float>& cells, int across, int down, double radius_cells, double share);

    std::optional<SeenKey> seen_for_;
    std::vector<float> seen_; ///< share of the disc, for every cell
    // Kept between frames: their memory.
    std::vector<float> blurred_mean_, blurred_second_, mean_cells_, second_cells_, spread_;
};

} // namespace fluoro
