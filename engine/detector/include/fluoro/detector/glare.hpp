#pragma once
#include <span>
#include <vector>

namespace fluoro {

/// Light that travels far in the panel (between scintillator, its carrier and the glass), as part of a Gaussian.
struct GlareComponent {
    double share = 0;    ///< of all light, [0, 1)
    double sigma_mm = 0; ///< of the Gaussian, above 0
};

/// Where the far light of one frame goes: the picture is gathered in cells, spread there and read back by bilinear
/// interpolation. All energy is kept where the cells fill the picture; the panel is mirrored at the border.
/// docs/theory/detector.md, eq. 9
class VeilingGlare {
public:
    VeilingGlare(std::span<GlareComponent const> components, double pitch_mm, int columns, int rows);

    /// Side of a cell in pixels: rows r of the same r / cell() must be added by one thread, in order.
    int cell() const { return cell_; }
    int cell_rows() const { return cell_rows_; }
    /// Sum of all shares.
    double share() const { return share_; }

    void add_row(int row, float const* energy);
    /// Once, after every row was added.
    void spread();
    /// energy = (1 - share) energy + the glare of this row.
    void apply(int row, float* energy) const;

private:
    std::vector<float> smoothed(double sigma_cells) const;

    std::vector<GlareComponent> components_;
    int columns_, rows_;
    int cell_ = 1, cell_columns_ = 0, cell_rows_ = 0;
    double pitch_mm_ = 0, share_ = 0;
    std::vector<float> cells_; ///< mean energy of a pixel in the cell; after spread() the glare
};

} // namespace fluoro
