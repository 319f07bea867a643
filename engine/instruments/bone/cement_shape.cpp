#include <algorithm>
#include <array>
#include <fluoro/instruments/cement_shape.hpp>

namespace fluoro {
namespace {

/// Three times binomial: a bell of 1.2 voxels' deviation. Its reach on either side, and one voxel more for neighbours.
constexpr int passes = 3, margin = passes + 2;
/// Fewer cells than this share filled around a voxel: a thread, as cement in a vein, which smoothing would lose.
constexpr float thread_share = 0.3f;
/// Every cell around is filled at least to this: inside.
constexpr float inside_share = 0.8f;
/// Share of cement from which a cell can have a part of the surface's inside.
constexpr float least_share = 0.05f;
/// Half a voxel further out the share falls by so much at an even surface.
constexpr float ramp = 0.17f;
constexpr int halvings = 18;

/// Share of a voxel that lies within the surface, by its eight parts.
float covered(std::array<float, 8> const& shares, float surface)
{
    float sum = 0;
    for (float const share : shares) sum += std::clamp(0.5f + (share - surface) / ramp, 0.0f, 1.0f);
    return sum / 8;
}

} // namespace

std::size_t CementShape::index(glm::ivec3 const& cell) const
{
    return (std::size_t(cell.z) * std::size_t(size_.y) + std::size_t(cell.y)) * std::size_t(size_.x) +
           std::size_t(cell.x);
}

/// (1 2 1) / 4 along each axis, three times; the outermost cells are empty.
void CementShape::smooth(std::vector<float>& field)
{
    std::array<std::size_t, 3> const steps{1, std::size_t(size_.x), std::size_t(size_.x) * std::size_t(size_.y)};
    spare_.resize(field.size());
    for (int pass = 0; pass < passes; ++pass)
        for (std::size_t const step : steps) {
            std::fill_n(spare_.begin(), step, 0.0f);
            std::fill_n(spare_.end() - std::ptrdiff_t(step), step, 0.0f);
            for (std::size_t n = step; n + step < field.size(); ++n)
                spare_[n] = 0.25f * (field[n - step] + field[n + step]) + 0.5f * field[n];
            field.swap(spare_);
        }
}

double CementShape::volume_within(float surface, double voxel_mm3) const
{
    double volume = 0;
    for (Edge const& edge : edge_) volume += double(covered(edge.share, surface) * edge.density);
    return volume * voxel_mm3;
}

void CementShape::update(FieldGrid const& grid, std::span<Cement::Parcel const> parcels)
{
    parcels_.clear();
    edge_.clear();
    if (parcels.empty()) return;
    auto const cell_of = [&](Cement::Parcel const& parcel) {
        int const at = int(parcel.voxel);
        return glm::ivec3{at % grid.size.x, at / grid.size.x % grid.size.y, at / (grid.size.x * grid.size.y)};
    };
    low_ = glm::ivec3{1 << 20};
    glm::ivec3 high{-1};
    for (Cement::Parcel const& parcel : parcels) {
        low_ = glm::min(low_, cell_of(parcel));
        high = glm::max(high, cell_of(parcel));
    }
    low_ -= margin;
    size_ = high - low_ + 1 + margin;
    double const voxel_mm3 = grid.spacing_mm * grid.spacing_mm * grid.spacing_mm;
    auto const cells = std::size_t(size_.x) * std::size_t(size_.y) * std::size_t(size_.z);
    share_.assign(cells, 0);
    for (Cement::Parcel const& parcel : parcels)
        share_[index(cell_of(parcel) - low_)] = parcel.volume_mm3 / parcel.capacity_mm3;
    smooth(share_);
    // Threads stay as they are; the rest is one body.
    density_.assign(cells, 0);
    double body_mm3 = 0;
    for (Cement::Parcel const& parcel : parcels) {
        std::size_t const n = index(cell_of(parcel) - low_);
        if (share_[n] < thread_share) {
            parcels_.push_back({parcel.at_mm, parcel.volume_mm3});
        } else {
            density_[n] = parcel.volume_mm3 / float(voxel_mm3);
            body_mm3 += double(parcel.volume_mm3);
        }
    }
    std::fill(share_.begin(), share_.end(), 0.0f);
    for (Cement::Parcel const& parcel : parcels)
        if (std::size_t const n = index(cell_of(parcel) - low_); density_[n] > 0)
            share_[n] = parcel.volume_mm3 / parcel.capacity_mm3;
    smooth(share_);
    smooth(density_);

    double inner_mm3 = 0;
    for (int k = 1; k + 1 < size_.z; ++k)
        for (int j = 1; j + 1 < size_.y; ++j)
            for (int i = 1; i + 1 < size_.x; ++i) {
                glm::ivec3 const cell{i, j, k};
                std::size_t const n = index(cell);
                if (share_[n] <= 0) continue;
                glm::vec3 const at{grid.at(low_ + cell)};
                float const density = density_[n] / share_[n];
                float least = 1;
                for (int m = 0; m < 27 && least > inside_share; ++m)
                    least = std::min(least, share_[index(cell + glm::ivec3{m % 3 - 1, m / 3 % 3 - 1, m / 9 - 1})]);
                if (least > inside_share) {
                    parcels_.push_back({at, float(double(density) * voxel_mm3)});
                    inner_mm3 += double(parcels_.back().volume_mm3);
                    continue;
                }
                Edge edge{at, density, {}};
                float most = 0;
                for (int corner = 0; corner < 8; ++corner) {
                    glm::ivec3 const way{corner & 1 ? 1 : -1, corner & 2 ? 1 : -1, corner & 4 ? 1 : -1};
                    for (int other = 0; other < 8; ++other) {
                        glm::ivec3 const to{other & 1 ? way.x : 0, other & 2 ? way.y : 0, other & 4 ? way.z : 0};
                        float const weight = (to.x ? 0.25f : 0.75f) * (to.y ? 0.25f : 0.75f) * (to.z ? 0.25f : 0.75f);
                        edge.share[std::size_t(corner)] += weight * share_[index(cell + to)];
                    }
                    most = std::max(most, edge.share[std::size_t(corner)]);
                }
                if (most > least_share) edge_.push_back(edge);
            }
    // The surface stands where the volume is what it is.
    double const wanted_mm3 = std::max(0.0, body_mm3 - inner_mm3);
    float below = -ramp, above = 1 + ramp;
    for (int n = 0; n < halvings; ++n) {
        float const middle = 0.5f * (below + above);
        (volume_within(middle, voxel_mm3) > wanted_mm3 ? below : above) = middle;
    }
    double const there = volume_within(below, voxel_mm3);
    double const scale = there > 0 ? wanted_mm3 / there * voxel_mm3 : 0;
    for (Edge const& edge : edge_)
        if (float const share = covered(edge.share, below); share > 0)
            parcels_.push_back({edge.at_mm, float(double(share * edge.density) * scale)});
}

} // namespace fluoro
