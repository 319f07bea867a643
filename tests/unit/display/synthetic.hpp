#pragma once
#include <cmath>
#include <cstdint>
#include <fluoro/core/random.hpp>
#include <fluoro/display/run_store.hpp>
#include <fluoro/image/image.hpp>
#include <memory>

namespace fluoro {

/// A frame of quanta: one digital number each, so that variance = mean, `mean(column, row)` of them; wholly exposed.
/// The gain is that of 60 keV quanta on 0.4 mm pixels.
template <class Mean> RawImage quanta(int side, Mean const& mean, std::uint32_t frame)
{
    RawImage raw{Image<std::uint16_t>{side, side}, 0.4 * 0.4 / 60, 65535, 0.4, {0, 0, side, side}};
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            raw.digital_numbers.at(x, y) = std::uint16_t(std::min<std::uint32_t>(
                65535,
                RandomSequence{5, RandomStream::quanta, frame, std::uint32_t(y * side + x)}.next_poisson(mean(x, y))));
    return raw;
}

/// The same without noise.
template <class Mean> RawImage even(int side, Mean const& mean)
{
    RawImage raw{Image<std::uint16_t>{side, side}, 0.4 * 0.4 / 60, 65535, 0.4, {0, 0, side, side}};
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) raw.digital_numbers.at(x, y) = std::uint16_t(std::lround(mean(x, y)));
    return raw;
}

inline StoredFrame stored(RawImage raw, double seconds = 0)
{
    return {std::make_shared<RawImage const>(std::move(raw)), seconds};
}

struct Moments {
    double mean = 0, variance = 0;
};

template <class Value> Moments moments(Image<Value> const& image, PixelRect const& rect)
{
    double sum = 0, squares = 0;
    for (int y = rect.row; y < rect.row + rect.rows; ++y)
        for (int x = rect.column; x < rect.column + rect.columns; ++x) {
            double const v = double(image.at(x, y));
            sum += v, squares += v * v;
        }
    double const n = double(rect.columns) * rect.rows;
    return {sum / n, (squares - sum * sum / n) / (n - 1)};
}

template <class Value> Moments moments(Image<Value> const& image)
{
    return moments(image, {0, 0, image.columns, image.rows});
}

} // namespace fluoro
