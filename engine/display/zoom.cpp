#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/display/zoom.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace fluoro {
namespace {

/// Four samples and their weights for one pixel of the screen.
struct Taps {
    std::array<int, 4> at{};
    std::array<float, 4> weight{};
};

std::vector<Taps> taps_of(int count, double zoom, double centre)
{
    // The part shown is [first, first + count/zoom) in units where pixel i covers [i, i + 1).
    double const part = count / zoom;
    double const first = std::clamp(centre + 0.5 - part / 2, 0.0, count - part);
    std::vector<Taps> taps(std::size_t(count), Taps{});
    for (int i = 0; i < count; ++i) {
        double const position = first + (i + 0.5) / zoom - 0.5;
        double const whole = std::floor(position), t = position - whole;
        Taps& tap = taps[std::size_t(i)];
        tap.weight = {float(((2 - t) * t - 1) * t / 2), float(((3 * t - 5) * t * t + 2) / 2),
                      float(((4 - 3 * t) * t + 1) * t / 2), float((t - 1) * t * t / 2)};
        for (int k = 0; k < 4; ++k) tap.at[std::size_t(k)] = std::clamp(int(whole) - 1 + k, 0, count - 1);
    }
    return taps;
}

} // namespace

Picture zoomed(Picture const& picture, double zoom, double centre_column, double centre_row)
{
    FLUORO_EXPECT(zoom >= 1);
    auto const& grey = picture.grey;
    if (zoom == 1 || grey.values.empty()) return picture;
    auto const across = taps_of(grey.columns, zoom, centre_column), down = taps_of(grey.rows, zoom, centre_row);
    Picture result{Image<std::uint16_t>{grey.columns, grey.rows}};
    parallel_for(grey.rows, [&](int first, int last) {
        std::vector<float> line(std::size_t(grey.columns), 0.0f);
        for (int y = first; y < last; ++y) {
            Taps const& rows = down[std::size_t(y)];
            for (int x = 0; x < grey.columns; ++x) {
                float sum = 0;
                for (std::size_t k = 0; k < 4; ++k) sum += rows.weight[k] * float(grey.at(x, rows.at[k]));
                line[std::size_t(x)] = sum;
            }
            for (int x = 0; x < grey.columns; ++x) {
                Taps const& columns = across[std::size_t(x)];
                float sum = 0;
                for (std::size_t k = 0; k < 4; ++k) sum += columns.weight[k] * line[std::size_t(columns.at[k])];
                result.grey.at(x, y) = std::uint16_t(std::clamp(sum, 0.0f, 4095.0f) + 0.5f);
            }
        }
    });
    return result;
}

} // namespace fluoro
