#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>
#include <fluoro/detector/panel.hpp>

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

/// What of the panel a draw is for; takes the place of a frame's number.
enum class Feature : std::uint32_t { elements, columns, rows, column_offsets, row_offsets, sensitivity };

/// Takes the dead elements' area off the pixels' sensitivity.
class DeadArea {
public:
    DeadArea(PanelModel const& panel, PanelMap& map)
        : panel_{panel}, map_{map}, elements_{2 * int(0.5 * panel.side_mm / panel.native_pitch_mm)}
    {
    }

    /// A dead element each for the share of all, places drawn.
    void take_elements()
    {
        long const count = std::lround(panel_.dead_elements * double(elements_) * elements_);
        for (long i = 0; i < count; ++i) {
            RandomSequence place{panel_.seed, RandomStream::panel, std::uint32_t(Feature::elements), std::uint32_t(i)};
            double const x = edge_mm(place), y = edge_mm(place), pitch = panel_.native_pitch_mm;
            take({x, x + pitch}, {y, y + pitch});
        }
    }
    void take_lines()
    {
        long const count = std::lround(panel_.dead_lines * elements_);
        double const half = 0.5 * panel_.side_mm;
        for (Feature const way : {Feature::columns, Feature::rows})
            for (long i = 0; i < count; ++i) {
                RandomSequence place{panel_.seed, RandomStream::panel, std::uint32_t(way), std::uint32_t(i)};
                double const at = edge_mm(place);
                Span const across{at, at + panel_.native_pitch_mm}, along{-half, half};
                way == Feature::columns ? take(across, along) : take(along, across);
            }
    }

private:
    struct Span {
        double low, high; ///< [mm] from the panel's middle
    };

    double edge_mm(RandomSequence& place) const
    {
        int const element = std::min(elements_ - 1, int(place.next_uniform() * elements_));
        return (element - 0.5 * elements_) * panel_.native_pitch_mm;
    }
    void take(Span x_mm, Span y_mm)
    {
        auto const pixels = [&](Span s, int count) {
            auto const at = [&](double mm) { return std::clamp(mm / map_.pitch_mm + 0.5 * count, 0.0, double(count)); };
            return Span{at(s.low), at(s.high)};
        };
        Span const x = pixels(x_mm, map_.columns), y = pixels(y_mm, map_.rows);
        auto const overlap = [](Span s, int i) { return std::min(s.high, i + 1.0) - std::max(s.low, double(i)); };
        for (int row = int(y.low); row < y.high; ++row)
            for (int column = int(x.low); column < x.high; ++column) {
                float& left = map_.sensitivity[std::size_t(row) * std::size_t(map_.columns) + std::size_t(column)];
                left = std::max(0.0f, left - float(overlap(x, column) * overlap(y, row)));
            }
    }

    PanelModel const& panel_;
    PanelMap& map_;
    int elements_; ///< along a side; even, so that the panel's middle lies between two as the picture's does
};

std::vector<float> offsets(PanelModel const& panel, Feature feature, int count, double spread_dn)
{
    std::vector<float> values(static_cast<std::size_t>(count));
    normal_row(panel.seed, RandomStream::panel, std::uint32_t(feature), 0, values);
    for (float& value : values) value *= float(spread_dn);
    return values;
}

/// The mean of the good pixels next to it, the corners weighing 1/sqrt(2); where there are none, of the nearest ring
/// that has some.
PixelRepair repair(PanelMap const& map, int column, int row)
{
    PixelRepair repair;
    repair.pixel = std::size_t(row) * std::size_t(map.columns) + std::size_t(column);
    for (int ring = 1; repair.from.empty() && ring < std::max(map.columns, map.rows); ++ring)
        for (int y = std::max(0, row - ring); y <= std::min(map.rows - 1, row + ring); ++y)
            for (int x = std::max(0, column - ring); x <= std::min(map.columns - 1, column + ring); ++x) {
                if (std::max(std::abs(x - column), std::abs(y - row)) != ring) continue;
                std::size_t const pixel = std::size_t(y) * std::size_t(map.columns) + std::size_t(x);
                if (map.sensitivity[pixel] == 0) continue;
                repair.from.push_back(pixel);
                repair.weights.push_back(float(1 / std::hypot(x - column, y - row)));
            }
    float sum = 0;
    for (float weight : repair.weights) sum += weight;
    for (float& weight : repair.weights) weight /= sum;
    return repair;
}

} // namespace

PanelMap panel_map(PanelModel const& panel, int columns, int rows, double pitch_mm)
{
    FLUORO_EXPECT(columns > 0 && rows > 0 && pitch_mm > 0);
    PanelMap map;
    map.columns = columns;
    map.rows = rows;
    map.pitch_mm = pitch_mm;
    map.sensitivity.assign(std::size_t(columns) * std::size_t(rows), 1.0f);
    DeadArea dead{panel, map};
    dead.take_elements();
    dead.take_lines();
    for (float& left : map.sensitivity)
        if (left < 0.5f) left = 0;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column)
            if (map.sensitivity[std::size_t(row) * std::size_t(columns) + std::size_t(column)] == 0)
                map.repairs.push_back(repair(map, column, row));

    // The mean of the elements that a pixel joins is as much less uneven.
    double const joined = std::max(1.0, pitch_mm / panel.native_pitch_mm);
    auto const unevenness = offsets(panel, Feature::sensitivity, columns * rows, panel.sensitivity_spread / joined);
    for (std::size_t i = 0; i < unevenness.size(); ++i) map.sensitivity[i] *= std::max(0.1f, 1 + unevenness[i]);
    map.column_offset = offsets(panel, Feature::column_offsets, columns, panel.column_offset_dn);
    map.row_offset = offsets(panel, Feature::row_offsets, rows, panel.row_offset_dn);
    for (float& offset : map.row_offset) offset += float(panel.pedestal_dn);
    return map;
}

} // namespace fluoro
