#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

/// Poisson laws of the means 0, 1, ... 47 as alias tables (Walker 1977; Vose 1991): one 64-bit number picks a value.
/// What the 128 values of a table leave out is less likely than 1e-18.
class PoissonTables {
public:
    static constexpr int means = 48;

    PoissonTables()
    {
        for (int mean = 0; mean < means; ++mean) fill(mean);
    }

    std::uint32_t pick(int mean, std::uint64_t bits) const
    {
        auto const& table = tables_[std::size_t(mean)];
        std::size_t const column = std::size_t(bits >> fraction_bits);
        return (bits & fraction_mask) < table.threshold[column] ? std::uint32_t(column) : table.alias[column];
    }

private:
    static constexpr std::size_t values = 128;
    static constexpr int fraction_bits = 57;
    static constexpr std::uint64_t fraction_mask = (std::uint64_t{1} << fraction_bits) - 1;
    struct Table {
        std::array<std::uint64_t, values> threshold{}; ///< a column keeps its own value below this, else its alias
        std::array<std::uint8_t, values> alias{};
    };

    void fill(int mean)
    {
        // Columns of mean height 1; the low ones are filled up by the high ones.
        std::array<double, values> height{};
        double sum = 0;
        for (std::size_t n = 0; n < values; ++n) {
            double const log_p = n == 0 ? -mean : double(n) * std::log(double(mean)) - mean - log_factorial_slow(n);
            height[n] = mean == 0 ? double(n == 0) : std::exp(log_p);
            sum += height[n];
        }
        std::vector<std::size_t> low, high;
        for (std::size_t n = 0; n < values; ++n) {
            height[n] *= double(values) / sum;
            (height[n] < 1 ? low : high).push_back(n);
        }
        auto& table = tables_[std::size_t(mean)];
        for (std::size_t n = 0; n < values; ++n) {
            table.threshold[n] = fraction_mask + 1;
            table.alias[n] = std::uint8_t(n);
        }
        while (!low.empty() && !high.empty()) {
            std::size_t const poor = low.back(), rich = high.back();
            low.pop_back();
            table.threshold[poor] = std::uint64_t(height[poor] * double(fraction_mask + 1));
            table.alias[poor] = std::uint8_t(rich);
            height[rich] -= 1 - height[poor];
            if (height[rich] < 1) {
                high.pop_back();
                low.push_back(rich);
            }
        }
    }

    static double log_factorial_slow(std::size_t n)
    {
        double sum = 0;
        for (std::size_t i = 2; i <= n; ++i) sum += std::log(double(i));
        return sum;
    }

    std::array<Table, means> tables_;
};

PoissonTables const& poisson_tables()
{
    static PoissonTables const tables;
    return tables;
}

constexpr std::uint32_t multiplier_0 = 0xD2511F53u, multiplier_1 = 0xCD9E8D57u;
constexpr std::uint32_t weyl_0 = 0x9E3779B9u, weyl_1 = 0xBB67AE85u;
constexpr int philox_rounds = 10;

/// The four words of several counters, word by word, so that the compiler makes vector instructions of it.
constexpr std::size_t lanes = 64;
struct PhiloxLanes {
    alignas(16) std::uint32_t words[4][lanes];
};

void philox(PhiloxLanes& c, std::array<std::uint32_t, 2> k)
{
    std::uint32_t* __restrict const w0 = c.words[0], * __restrict const w1 = c.words[1];
    std::uint32_t* __restrict const w2 = c.words[2], * __restrict const w3 = c.words[3];
    for (int round = 0; round < philox_rounds; ++round) {
        std::uint32_t const k0 = k[0], k1 = k[1];
        for (std::size_t i = 0; i < lanes; ++i) {
            std::uint64_t const p0 = std::uint64_t{multiplier_0} * w0[i];
            std::uint64_t const p1 = std::uint64_t{multiplier_1} * w2[i];
            w0[i] = std::uint32_t(p1 >> 32) ^ w1[i] ^ k0;
            w1[i] = std::uint32_t(p1);
            w2[i] = std::uint32_t(p0 >> 32) ^ w3[i] ^ k1;
            w3[i] = std::uint32_t(p0);
        }
        k[0] += weyl_0;
        k[1] += weyl_1;
    }
}

/// A Poisson draw of a mean below PoissonTables::means from two 64-bit numbers. The sum of two Poisson draws is a
/// Poisson draw: the whole part of the mean comes from its table, the rest (below 1) by walking up the cumulative
/// distribution, which takes a step or two.
std::uint32_t small_poisson(PoissonTables const& tables, double mean, std::uint64_t first, std::uint64_t second)
{
    int const whole = int(mean);
    double const rest = mean - whole;
    std::uint32_t n = tables.pick(whole, first);
    // 53 bits, so that the far tail is reached.
    double const u = (double(second >> 11) + 0.5) * 0x1p-53;
    double p = std::exp(-rest);
    double sum = p;
    for (int i = 1; u > sum && i < 32; ++i) {
        p *= rest / i;
        sum += p;
        ++n;
    }
    return n;
}

constexpr std::uint64_t joined(std::uint32_t high, std::uint32_t low)
{
    return std::uint64_t{high} << 32 | low;
}

/// ln k!. A table for small k; above, Stirling's series, whose first term left out is below 1e-12 from 64 on.
/// (std::lgamma writes a global and so is not for several threads.)
double log_factorial(double k)
{
    static std::array<double, 64> const table = [] {
        std::array<double, 64> sums{};
        for (std::size_t i = 2; i < sums.size(); ++i) sums[i] = sums[i - 1] + std::log(double(i));
        return sums;
    }();
    if (k < double(table.size())) return table[std::size_t(k)];
    double const x = k + 1, inverse = 1 / x, square = inverse * inverse;
    double const tail = inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
    return (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) + tail;
}

/// Largest mean whose draws surely fit 32 bits.
constexpr double largest_poisson_mean = 4.0e9;

} // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k)
{
    for (int round = 0; round < philox_rounds; ++round) {
        std::uint64_t const p0 = std::uint64_t{multiplier_0} * c[0];
        std::uint64_t const p1 = std::uint64_t{multiplier_1} * c[2];
        c = {std::uint32_t(p1 >> 32) ^ c[1] ^ k[0], std::uint32_t(p1), std::uint32_t(p0 >> 32) ^ c[3] ^ k[1],
             std::uint32_t(p0)};
        k[0] += weyl_0;
        k[1] += weyl_1;
    }
    return c;
}

RandomSequence::RandomSequence(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t item)
    : key_{std::uint32_t(seed), std::uint32_t(seed >> 32)}, counter_{0, item, frame, std::uint32_t(stream)}
{
}

void RandomSequence::refill()
{
    words_ = philox(counter_, key_);
    ++counter_[0];
    left_ = 4;
}

double RandomSequence::next_normal()
{
    if (has_spare_) {
        has_spare_ = false;
        return spare_normal_;
    }
    double const radius = std::sqrt(-2.0 * std::log(next_uniform()));
    double const angle = 2.0 * std::numbers::pi * next_uniform();
    spare_normal_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

std::uint32_t RandomSequence::next_poisson(double mean)
{
    if (!(mean > 0)) return 0;
    if (mean >= PoissonTables::means) return large_poisson(mean);
    std::array<std::uint32_t, 4> words;
    for (auto& word : words) word = next_word();
    return small_poisson(poisson_tables(), mean, joined(words[0], words[1]), joined(words[2], words[3]));
}

std::uint32_t RandomSequence::large_poisson(double mean)
{
    FLUORO_EXPECT(mean < largest_poisson_mean);
    // PTRS, transformed rejection with squeeze (Hörmann 1993).
    double const b = 0.931 + 2.53 * std::sqrt(mean);
    double const a = -0.059 + 0.02483 * b;
    double const v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double const u = next_uniform() - 0.5;
        double const v = next_uniform();
        double const us = 0.5 - std::abs(u);
        double const k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return std::uint32_t(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        double const inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * std::log(mean) - mean - log_factorial(k))
            return std::uint32_t(k);
    }
}

void poisson_row(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t first_item,
                 std::span<double const> means, std::span<std::uint32_t> draws)
{
    FLUORO_EXPECT(means.size() == draws.size());
    PoissonTables const& tables = poisson_tables();
    std::array<std::uint32_t, 2> const key{std::uint32_t(seed), std::uint32_t(seed >> 32)};
    PhiloxLanes block;
    for (std::size_t first = 0; first < means.size(); first += lanes) {
        std::uint32_t const item = first_item + std::uint32_t(first);
        for (std::size_t i = 0; i < lanes; ++i) {
            block.words[0][i] = 0;
            block.words[1][i] = item + std::uint32_t(i);
            block.words[2][i] = frame;
            block.words[3][i] = std::uint32_t(stream);
        }
        philox(block, key);
        for (std::size_t i = 0; i < std::min(lanes, means.size() - first); ++i) {
            double const mean = means[first + i];
            std::array<std::uint32_t, 4> const w{block.words[0][i], block.words[1][i], block.words[2][i],
                                                 block.words[3][i]};
            std::uint32_t& draw = draws[first + i];
            if (!(mean > 0))
                draw = 0;
            else if (mean < PoissonTables::means)
                draw = small_poisson(tables, mean, joined(w[0], w[1]), joined(w[2], w[3]));
            else
                draw = RandomSequence{{0, item + std::uint32_t(i), frame, std::uint32_t(stream)}, key, w}.large_poisson(
                    mean);
        }
    }
}

} // namespace fluoro
