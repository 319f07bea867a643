#include <fluoro/detector/aperture.hpp>
#include <fluoro/detector/mtf.hpp>

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

constexpr double h_mm2 = 0.5;

// With the blur behind it, along rows and columns, up to nine tenths of the Nyquist frequency: the tolerance of a
// measured MTF.
TEST(ApertureFilter, makes_the_blur_the_panels_mtf)
{
    for (double pitch_mm : {0.1, 0.154, 0.2, 0.31, 0.39, 0.586}) {
        ApertureFilter const aperture{h_mm2, pitch_mm};
        EXPECT_NEAR(aperture.response(0, 0), 1, 1e-6);
        for (double f = 0; f < 0.45 / pitch_mm; f += 0.01 / pitch_mm) {
            double const found = aperture.response(f, 0) * noise_transfer(h_mm2, pitch_mm, f, 0);
            EXPECT_NEAR(found, presampled_mtf(h_mm2, pitch_mm, f, 0), 0.02) << pitch_mm << ' ' << f;
            EXPECT_EQ(aperture.response(f, 0), aperture.response(0, f));
        }
    }
}

TEST(ApertureFilter, a_wave_comes_out_at_its_response)
{
    double const pitch_mm = 0.39;
    ApertureFilter const aperture{h_mm2, pitch_mm};
    int const columns = 40;
    auto const wave = [](int x, int y) { return float(2 + std::cos(0.9 * x + 1.7 * y)); };
    std::vector<std::vector<float>> rows(7);
    std::array<float const*, 7> starts{};
    for (int y = -3; y <= 3; ++y) {
        for (int x = -3; x < columns + 3; ++x) rows[std::size_t(y + 3)].push_back(wave(x, y));
        starts[std::size_t(y + 3)] = rows[std::size_t(y + 3)].data();
    }
    std::vector<float> column_done(columns + 6), out(columns);
    aperture.filter_column(starts, columns + 6, column_done.data());
    aperture.filter_row(column_done.data() + 3, rows[3].data() + 3, columns, out.data());
    double const per_mm = 1 / (2 * std::numbers::pi * pitch_mm),
                 response = aperture.response(0.9 * per_mm, 1.7 * per_mm);
    for (int x = 0; x < columns; ++x) EXPECT_NEAR(out[std::size_t(x)], 2 + response * (wave(x, 0) - 2), 1e-5);
}

// Beside a beam 200 times as bright a negative tap would reach below nothing.
TEST(ApertureFilter, digs_no_trench_beside_the_direct_beam)
{
    ApertureFilter const aperture{h_mm2, 0.39};
    std::vector<float> row(46, 1.0f), out(40);
    std::fill(row.begin() + 20, row.end(), 200.0f);
    aperture.filter_row(row.data() + 3, row.data() + 3, 40, out.data());
    for (float v : out) EXPECT_GE(v, 0.5f);
    EXPECT_NEAR(out[2], 1, 1e-6);
}

} // namespace
} // namespace fluoro
