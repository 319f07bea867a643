#pragma once
// Inside the projection module: filled clouds, parcel by parcel, at the detector's resolution.
#include "pixel_box.hpp"

#include <fluoro/image/image.hpp>
#include <fluoro/scene/scene.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// A parcel's shadow: a tent along columns and one along rows.
struct CloudShadow {
    float column = 0, row = 0; ///< pixel coordinates of its middle
    glm::vec2 reach{1};        ///< half widths of the tents along columns and rows [pixels]
    float mm = 0;              ///< of filling, summed over all its pixels; 0: not in the picture
};

/// Lengths of filling in a picture of clouds, drawn in bands of rows. What all pixels of a parcel get together is
/// exactly its volume over a pixel's area. Memory is kept for the next picture. docs/theory/filled-clouds.md
class CloudBands {
public:
    static constexpr int rows = 32; ///< of a band; the first begins at the rectangle's top

    /// The parcels of all clouds between source and detector whose shadows fall into `rect`. The same on any number of
    /// threads.
    void draw(Scene const& scene, PixelRect const& rect);
    /// Whether anything of that cloud may fall into these pixels, which lie in one band.
    bool meets(std::size_t cloud, PixelBox const& pixels) const;
    /// Adds the lengths [mm] of that cloud to `pixels` of one band, whose rows are `stride` apart in `mm`.
    void add(std::size_t cloud, PixelBox const& pixels, int stride, std::span<float> mm) const;

    /// What a stretch of a cloud's parcels throws into a band, in their order.
    struct Heap {
        std::vector<CloudShadow> shadows;
        int left = 0, right = 0; ///< columns that they may cover
    };
    static constexpr int stretches = 16; ///< that a cloud is sorted in, whatever cores there are
    /// A band of one cloud.
    struct Band {
        PixelRect rect;          ///< of the picture
        int top = 0;             ///< first row
        bool is_empty = true;    ///< nothing falls into it
        int left = 0, right = 0; ///< columns that they may cover
        std::vector<float> mm;   ///< `margin` columns more on both sides
        std::size_t stride() const { return std::size_t(rect.columns + 2 * margin); }
    };
    /// As far beyond the picture as a shadow that falls into it may reach, and one width of vectors.
    static constexpr int margin = 72;

private:
    Band const& band_of(std::size_t cloud, PixelBox const& pixels) const
    {
        return bands_[cloud * std::size_t(down_) + std::size_t((pixels.top - top_) / rows)];
    }

    int top_ = 0, down_ = 0;  ///< first row; bands of one cloud
    std::vector<Heap> heaps_; ///< by cloud, stretch of its parcels and band
    std::vector<Band> bands_; ///< by cloud, from the top
};

} // namespace fluoro
