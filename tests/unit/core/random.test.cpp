#include <fluoro/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace fluoro {
namespace {

using Words = std::array<std::uint32_t, 4>;

struct Moments {
    double mean = 0, variance = 0;
};

Moments moments_of(std::vector<std::uint32_t> const& draws)
{
    double sum = 0, squares = 0;
    for (auto n : draws) sum += n;
    double const mean = sum / double(draws.size());
    for (auto n : draws) squares += (n - mean) * (n - mean);
    return {mean, squares / double(draws.size() - 1)};
}

std::vector<std::uint32_t> poisson_draws(double mean, std::uint32_t count)
{
    std::vector<std::uint32_t> draws(count);
    for (std::uint32_t item = 0; item < count; ++item)
        draws[item] = RandomSequence{7, RandomStream::quanta, 3, item}.next_poisson(mean);
    return draws;
}

/// Chi-square against the Poisson law, over cells that expect at least 20 draws, as standard deviations from its mean.
double chi_square_sigmas(std::vector<std::uint32_t> const& draws, double mean)
{
    std::size_t const top = std::size_t(mean + 12 * std::sqrt(mean) + 20);
    std::vector<double> seen(top + 1), expected(top + 1);
    for (auto n : draws) seen[std::min<std::size_t>(n, top)] += 1;
    for (std::size_t n = 0; n <= top; ++n)
        expected[n] = double(draws.size()) * std::exp(double(n) * std::log(mean) - mean - std::lgamma(double(n) + 1));
    double chi_square = 0, cell_seen = 0, cell_expected = 0;
    int cells = 0;
    for (std::size_t n = 0; n <= top; ++n) {
        cell_seen += seen[n];
        cell_expected += expected[n];
        if (cell_expected < 20 && n != top) continue;
        if (cell_expected > 0) {
            chi_square += (cell_seen - cell_expected) * (cell_seen - cell_expected) / std::max(cell_expected, 1.0);
            ++cells;
        }
        cell_seen = cell_expected = 0;
    }
    double const freedom = cells - 1;
    return (chi_square - freedom) / std::sqrt(2 * freedom);
}

// Known answers of Random123 1.14, file kat_vectors, philox4x32 with 10 rounds.
TEST(Philox, gives_the_known_answers)
{
    std::uint32_t const ones = 0xffffffffu;
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomSequence, seed_stream_frame_and_item_each_change_the_numbers)
{
    auto const first = [](RandomSequence sequence) { return sequence.next_word(); };
    std::vector<std::uint32_t> words{first({1, RandomStream::quanta, 1, 1}),
                                     first({2, RandomStream::quanta, 1, 1}),
                                     first({1ull << 32 | 1, RandomStream::quanta, 1, 1}),
                                     first({1, RandomStream::electronic, 1, 1}),
                                     first({1, RandomStream::quanta, 2, 1}),
                                     first({1, RandomStream::quanta, 1, 2})};
    std::sort(words.begin(), words.end());
    EXPECT_EQ(std::unique(words.begin(), words.end()), words.end());
    EXPECT_EQ(first({1, RandomStream::quanta, 1, 1}), first({1, RandomStream::quanta, 1, 1}));
}

TEST(RandomSequence, a_sequence_goes_on_beyond_four_words_without_repeating)
{
    RandomSequence sequence{1, RandomStream::body, 0, 0};
    std::vector<std::uint32_t> words(64);
    for (auto& word : words) word = sequence.next_word();
    std::sort(words.begin(), words.end());
    EXPECT_EQ(std::unique(words.begin(), words.end()), words.end());
}

// Standard errors over n draws: mean 1/sqrt(12 n); mean and variance of the normal 1/sqrt(n) and sqrt(2/n). Four of
// each.
TEST(RandomSequence, uniform_and_normal_have_their_moments)
{
    int const n = 200'000;
    RandomSequence sequence{5, RandomStream::electronic, 0, 0};
    double uniform = 0, normal = 0, squares = 0, fourth = 0;
    for (int i = 0; i < n; ++i) {
        double const u = sequence.next_uniform();
        ASSERT_TRUE(u > 0 && u < 1);
        uniform += u / n;
        double const g = sequence.next_normal();
        normal += g / n;
        squares += g * g / n;
        fourth += g * g * g * g / n;
    }
    EXPECT_NEAR(uniform, 0.5, 4 / std::sqrt(12.0 * n));
    EXPECT_NEAR(normal, 0, 4 / std::sqrt(n));
    EXPECT_NEAR(squares, 1, 4 * std::sqrt(2.0 / n));
    EXPECT_NEAR(fourth, 3, 4 * std::sqrt(96.0 / n));
}

// Means on both sides of the change of method (16) and of whole numbers. The standard error of the mean is sqrt(m/n),
// of the variance m sqrt((2 + 1/m)/n); five of them, since 28 figures are looked at.
TEST(Poisson, mean_and_variance_equal_the_mean)
{
    std::uint32_t const n = 200'000;
    for (double mean : {0.01, 0.5, 0.999, 3.0, 3.5, 12.0, 15.9, 16.1, 17.3, 25.0, 47.9, 300.0, 3000.0, 1e6}) {
        auto const [found, variance] = moments_of(poisson_draws(mean, n));
        EXPECT_NEAR(found, mean, 5 * std::sqrt(mean / n)) << mean;
        EXPECT_NEAR(variance, mean, 5 * mean * std::sqrt((2 + 1 / mean) / n)) << mean;
    }
}

// A chi-square with f degrees of freedom has the standard deviation sqrt(2 f): four of them.
TEST(Poisson, every_value_comes_as_often_as_the_law_says)
{
    for (double mean : {0.01, 0.5, 3.0, 12.0, 15.99, 16.0, 20.0, 35.0, 300.0, 3000.0})
        EXPECT_LT(std::abs(chi_square_sigmas(poisson_draws(mean, 1'000'000), mean)), 4) << mean;
}

TEST(Poisson, nothing_comes_of_no_mean)
{
    RandomSequence sequence{1, RandomStream::quanta, 0, 0};
    for (double mean : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_EQ(sequence.next_poisson(mean), 0u);
}

// 150 items are two whole blocks and a part; the means cross the change of method and hold nothing in between.
TEST(Poisson, a_row_has_the_same_numbers_as_its_items_one_by_one)
{
    std::vector<float> means(150), row(means.size());
    for (std::size_t i = 0; i < means.size(); ++i) means[i] = i % 7 == 0 ? 0 : 0.3f * float(i);
    poisson_row(5ull << 40 | 9, RandomStream::scatter, 12, 1000, means, row);
    for (std::uint32_t i = 0; i < row.size(); ++i) {
        RandomSequence item{5ull << 40 | 9, RandomStream::scatter, 12, 1000 + i};
        EXPECT_EQ(row[i], float(item.next_poisson(means[i]))) << i;
    }
}

// Item 231421353 of frame 0 has 0xfffffff7 for its first word, which single precision rounds to a uniform number of 1:
// no probability is left beyond it but what rounding leaves. Such a draw is 6 to 8 standard deviations up, not 40 and
// more.
TEST(Poisson, the_last_uniform_number_does_not_run_away)
{
    EXPECT_EQ((RandomSequence{1, RandomStream::quanta, 0, 231421353}.next_word()), 0xfffffff7u);
    for (float mean = 0.05f; mean < 16; mean += 0.05f)
        EXPECT_LT((RandomSequence{1, RandomStream::quanta, 0, 231421353}.next_poisson(mean)),
                  mean + 8 * std::sqrt(mean) + 9)
            << mean;
}

// Standard errors over n draws: of the mean 1/sqrt(n), of the second, third and fourth moment sqrt(2/n), sqrt(15/n) and
// sqrt(96/n); four of each.
TEST(NormalRow, has_the_moments_of_the_normal_law)
{
    std::vector<float> draws(1'000'000);
    normal_row(5, RandomStream::electronic, 2, 77, draws);
    double const n = double(draws.size());
    double moments[5] = {};
    for (double const g : draws)
        for (int k = 1; k <= 4; ++k) moments[k] += std::pow(g, k) / n;
    EXPECT_NEAR(moments[1], 0, 4 / std::sqrt(n));
    EXPECT_NEAR(moments[2], 1, 4 * std::sqrt(2 / n));
    EXPECT_NEAR(moments[3], 0, 4 * std::sqrt(15 / n));
    EXPECT_NEAR(moments[4], 3, 4 * std::sqrt(96 / n));
}

// A cell of the normal law between -4 and 4 in steps of 0.25, the two tails cells as well: 34 cells, so the chi-square
// has 33 degrees of freedom and the standard deviation sqrt(66); four of them.
TEST(NormalRow, every_value_comes_as_often_as_the_law_says)
{
    std::vector<float> draws(1'000'000);
    normal_row(9, RandomStream::electronic, 1, 0, draws);
    std::vector<double> seen(34);
    for (double const g : draws) seen[std::size_t(std::clamp(std::floor(g / 0.25) + 17, 0.0, 33.0))] += 1;
    auto const below = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
    double chi_square = 0;
    for (int cell = 0; cell < 34; ++cell) {
        double const low = cell == 0 ? 0 : below((cell - 17) * 0.25), high = cell == 33 ? 1 : below((cell - 16) * 0.25);
        double const expected = (high - low) * double(draws.size());
        chi_square += std::pow(seen[std::size_t(cell)] - expected, 2) / expected;
    }
    EXPECT_NEAR(chi_square, 33, 4 * std::sqrt(66.0));
}

// Box-Muller by the library's functions in double precision from the same words. 1e-5 is twenty roundings of floats
// near 4.
TEST(NormalRow, is_box_and_mullers_transform_of_philox)
{
    std::vector<float> draws(256);
    normal_row(3ull << 33 | 4, RandomStream::panel, 8, 640, draws);
    for (std::uint32_t i = 0; i < 64; ++i) {
        auto const w = philox({0, 640 + i, 8, std::uint32_t(RandomStream::panel)}, {4, 6});
        for (std::size_t half = 0; half < 2; ++half) {
            double const radius = std::sqrt(-2 * std::log((double(w[2 * half] >> 1) + 0.5) / 0x1p31));
            double const first = draws[i + 128 * half], second = draws[i + 128 * half + 64];
            EXPECT_NEAR(std::hypot(first, second), radius, 1e-5);
        }
    }
}

TEST(NormalRow, a_shorter_row_starts_with_the_same_numbers)
{
    std::vector<float> longer(700), shorter(300);
    normal_row(1, RandomStream::electronic, 4, 10, longer);
    normal_row(1, RandomStream::electronic, 4, 10, shorter);
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin()));
    EXPECT_EQ(items_of_normals(256), 64u);
    EXPECT_EQ(items_of_normals(257), 128u);
    // The next row begins where no number is shared.
    std::vector<float> next(300);
    normal_row(1, RandomStream::electronic, 4, 10 + items_of_normals(300), next);
    EXPECT_EQ(std::find_first_of(shorter.begin(), shorter.end(), next.begin(), next.begin() + 5), shorter.end());
}

// Correlation of neighbours at every distance within a group of 256, whose four numbers of one item stand 64 apart:
// standard error 1/sqrt(n), five of it as seven are looked at.
TEST(NormalRow, neighbours_are_independent)
{
    std::vector<float> draws(1 << 20);
    normal_row(2, RandomStream::electronic, 1, 0, draws);
    for (std::size_t apart : {1u, 2u, 63u, 64u, 65u, 128u, 192u}) {
        double sum = 0;
        for (std::size_t i = 0; i + apart < draws.size(); ++i) sum += double(draws[i]) * draws[i + apart];
        EXPECT_NEAR(sum / double(draws.size()), 0, 5 / std::sqrt(double(draws.size()))) << apart;
    }
}

// Sums of neighbours are as wide as independence makes them: correlation between items, frames and seeds within
// 4/sqrt(n).
TEST(Poisson, neighbouring_items_frames_and_seeds_are_independent)
{
    std::uint32_t const n = 200'000;
    double const mean = 17;
    double items = 0, frames = 0, seeds = 0;
    auto const draw = [&](std::uint64_t seed, std::uint32_t frame, std::uint32_t item) {
        return RandomSequence{seed, RandomStream::quanta, frame, item}.next_poisson(mean) - mean;
    };
    for (std::uint32_t item = 0; item < n; ++item) {
        double const own = draw(1, 1, item);
        items += own * draw(1, 1, item + 1) / (mean * n);
        frames += own * draw(1, 2, item) / (mean * n);
        seeds += own * draw(2, 1, item) / (mean * n);
    }
    for (double correlation : {items, frames, seeds}) EXPECT_NEAR(correlation, 0, 4 / std::sqrt(n));
}

} // namespace
} // namespace fluoro
