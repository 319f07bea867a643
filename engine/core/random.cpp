#include <fluoro/core/expect.hpp>
#include <fluoro/core/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace fluoro {
namespace {

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

/// Natural logarithm of u in (0, 1]: the exponent apart, the series of atanh for the rest; within 1e-7 of its size.
/// Plain float arithmetic, so that a loop over it becomes vector instructions and gives the same bits everywhere.
inline float log_of(float u)
{
    // Mantissa in [sqrt(1/2), sqrt(2)): subtracting the bits of sqrt(1/2) leaves the exponent on top.
    std::uint32_t const root_half = 0x3F3504F3u;
    std::uint32_t const shifted = std::bit_cast<std::uint32_t>(u) - root_half;
    float const exponent = float(std::int32_t(shifted) >> 23);
    float const mantissa = std::bit_cast<float>((shifted & 0x007FFFFFu) + root_half);
    float const s = (mantissa - 1) / (mantissa + 1), s2 = s * s;
    float const series = 2 * s * (1 + s2 * (1 / 3.0f + s2 * (1 / 5.0f + s2 * (1 / 7.0f + s2 * (1 / 9.0f)))));
    return exponent * std::numbers::ln2_v<float> + series;
}

/// e^-x for x in [0, 16], within 2e-7 of itself: a power of two and Taylor's series.
inline float exp_minus(float x)
{
    float const powers = x * -std::numbers::log2e_v<float>;
    std::int32_t const whole = std::int32_t(powers - 0.5f);
    float const r = (powers - float(whole)) * std::numbers::ln2_v<float>; // -0.35 .. 0.35
    float series = 1 + r * (1 / 7.0f);
    for (float const factor : {1 / 6.0f, 1 / 5.0f, 1 / 4.0f, 1 / 3.0f, 1 / 2.0f, 1.0f})
        series = 1 + r * factor * series;
    return series * std::bit_cast<float>((whole + 127) << 23);
}

/// In (0, 1]; small numbers keep their digits.
inline float uniform(std::uint32_t word)
{
    return (float(std::int32_t(word >> 1)) + 0.5f) * 0x1p-31f;
}

/// Box-Muller's radius, 0 to 6.7.
inline float normal_radius(std::uint32_t word)
{
    return std::sqrt(-2 * log_of(uniform(word)));
}

struct NormalPair {
    float first, second;
};

/// Two independent normal numbers from two words (Box-Muller). As `log_of`, fit for vector instructions.
inline NormalPair normal_pair(std::uint32_t radius_word, std::uint32_t angle_word)
{
    float const radius = normal_radius(radius_word);
    // The two top bits choose a quarter turn, the others an angle within an eighth of a turn of it; Taylor's series.
    float const x = float(std::int32_t(angle_word << 2)) * (0x1p-33f * std::numbers::pi_v<float>);
    float const x2 = x * x;
    float const sine =
        x * (1 - x2 * (1 / 6.0f) * (1 - x2 * (1 / 20.0f) * (1 - x2 * (1 / 42.0f) * (1 - x2 * (1 / 72.0f)))));
    float const cosine = 1 - x2 * (1 / 2.0f) * (1 - x2 * (1 / 12.0f) * (1 - x2 * (1 / 30.0f) * (1 - x2 * (1 / 56.0f))));
    bool const is_swapped = (angle_word & 0x40000000u) != 0;
    float const a = is_swapped ? sine : cosine, b = is_swapped ? cosine : sine;
    float const sign = (angle_word & 0x80000000u) != 0 ? -radius : radius;
    return {sign * a, sign * b};
}

/// One normal number from two words: the projection of Box-Muller's circle, half a turn and a sign.
inline float single_normal(std::uint32_t radius_word, std::uint32_t angle_word)
{
    float const radius = normal_radius(radius_word);
    float const x = float(std::int32_t(angle_word << 1)) * (0x1p-32f * std::numbers::pi_v<float>);
    float const x2 = x * x;
    float cosine = 1 - x2 * (1 / 182.0f);
    for (float const factor : {1 / 132.0f, 1 / 90.0f, 1 / 56.0f, 1 / 30.0f, 1 / 12.0f, 1 / 2.0f})
        cosine = 1 - x2 * factor * cosine;
    return ((angle_word & 0x80000000u) != 0 ? -radius : radius) * cosine;
}

/// Below this mean a Poisson draw walks up the distribution, from it on it expands the quantile.
constexpr float expanded_from = 16;

/// Where the next value's probability is below float's resolution of 1 the walk ends, else what rounding leaves of the
/// last uniform numbers would go on for ever. e^-16, the first probability of the largest mean, lies above.
constexpr float least_probability = 2e-8f;
/// No draw of a mean below 16 takes more steps: 1e-14 is left.
constexpr int most_steps = 64;

/// A Poisson draw of a mean below expanded_from: up the distribution until the uniform number is used up.
std::uint32_t walked_poisson(float mean, std::uint32_t word)
{
    float left = uniform(word), probability = exp_minus(mean);
    std::uint32_t value = 0;
    for (int step = 1; step <= most_steps; ++step) {
        left -= probability;
        if (!(left > 0) || !(probability > least_probability)) break;
        ++value;
        probability *= mean * (1 / float(step));
    }
    return value;
}

/// A Poisson draw of a mean of expanded_from or more, as the quantile that a normal number has: expansion in
/// 1/sqrt(mean) to the third order (Giles, ACM TOMS 42, 2016). docs/theory/random-numbers.md has its error.
inline float expanded_poisson(float mean, float normal)
{
    float const root = std::sqrt(mean), inverse = 1 / root;
    float const n2 = normal * normal;
    float const third = (-8.0f / 405 + n2 * (7.0f / 810 + n2 * (1.0f / 270))) * inverse;
    float const second = (-normal * (1.0f / 36 + n2 * (1.0f / 72)) + third) * inverse;
    float const quantile = mean + (root * normal + (1.0f / 3 + n2 * (1.0f / 6)) + second);
    std::int32_t const whole = std::int32_t(quantile);
    return float(whole > 0 ? whole : 0);
}

/// Largest mean whose draws surely fit 31 bits.
constexpr float largest_poisson_mean = 2.0e9f;

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
    std::array<std::uint32_t, 4> words;
    for (auto& word : words) word = next_word(); // all of a block, whatever the mean needs
    if (float(mean) < expanded_from) return walked_poisson(float(mean), words[0]);
    FLUORO_EXPECT(float(mean) < largest_poisson_mean);
    return std::uint32_t(expanded_poisson(float(mean), single_normal(words[0], words[1])));
}

namespace {

/// The words of `lanes` neighbouring items, each the first block of its sequence.
void first_words(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t item, PhiloxLanes& block)
{
    for (std::size_t i = 0; i < lanes; ++i) {
        block.words[0][i] = 0;
        block.words[1][i] = item + std::uint32_t(i);
        block.words[2][i] = frame;
        block.words[3][i] = std::uint32_t(stream);
    }
    philox(block, {std::uint32_t(seed), std::uint32_t(seed >> 32)});
}

} // namespace

namespace {

/// Draws of means below expanded_from for all lanes; nothing for others.
void walk_lanes(PhiloxLanes const& block, float const* mean, float* draw)
{
    alignas(16) float small[lanes], left[lanes], probability[lanes];
    alignas(16) std::int32_t value[lanes];
    for (std::size_t i = 0; i < lanes; ++i) small[i] = mean[i] > 0 && mean[i] < expanded_from ? mean[i] : 0.0f;
    for (std::size_t i = 0; i < lanes; ++i) {
        left[i] = uniform(block.words[0][i]);
        probability[i] = exp_minus(small[i]);
        value[i] = 0;
    }
    // All lanes take the same steps, four between two looks at whether one still goes on.
    int constexpr stride = 4;
    for (int first = 1; first <= most_steps; first += stride) {
        std::int32_t before = 0, after = 0;
        for (std::size_t i = 0; i < lanes; ++i) before += value[i];
        for (int step = first; step < first + stride; ++step) {
            float const inverse = 1 / float(step);
            for (std::size_t i = 0; i < lanes; ++i) {
                left[i] -= probability[i];
                value[i] += (left[i] > 0) & (probability[i] > least_probability) ? 1 : 0;
                probability[i] *= small[i] * inverse;
            }
        }
        for (std::size_t i = 0; i < lanes; ++i) after += value[i];
        if (after == before) break;
    }
    for (std::size_t i = 0; i < lanes; ++i) draw[i] = float(value[i]);
}

} // namespace

void poisson_row(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t first_item,
                 std::span<float const> means, std::span<float> draws)
{
    FLUORO_EXPECT(means.size() == draws.size());
    PhiloxLanes block;
    alignas(16) float mean[lanes], held[lanes], draw[lanes], walked[lanes];
    for (std::size_t first = 0; first < means.size(); first += lanes) {
        std::size_t const count = std::min(lanes, means.size() - first);
        first_words(seed, stream, frame, first_item + std::uint32_t(first), block);
        std::copy_n(means.data() + first, count, mean);
        std::fill(mean + count, mean + lanes, expanded_from);
        bool has_small = false, has_large = false;
        for (std::size_t i = 0; i < count; ++i) {
            FLUORO_EXPECT(!(mean[i] >= largest_poisson_mean));
            (mean[i] >= expanded_from ? has_large : has_small) = true;
        }
        if (has_large) {
            // Two loops: joined, the compiler makes a branch of its own for the means that are held.
            for (std::size_t i = 0; i < lanes; ++i) held[i] = mean[i] > expanded_from ? mean[i] : expanded_from;
            for (std::size_t i = 0; i < lanes; ++i)
                draw[i] = expanded_poisson(held[i], single_normal(block.words[0][i], block.words[1][i]));
        }
        if (has_small) {
            walk_lanes(block, mean, walked);
            for (std::size_t i = 0; i < lanes; ++i) draw[i] = mean[i] >= expanded_from ? draw[i] : walked[i];
        }
        std::copy_n(draw, count, draws.data() + first);
    }
}

void normal_row(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t first_item,
                std::span<float> draws)
{
    PhiloxLanes block;
    alignas(16) float normals[normals_per_item * lanes];
    for (std::size_t first = 0; first < draws.size(); first += normals_per_item * lanes) {
        first_words(seed, stream, frame, first_item + std::uint32_t(first / normals_per_item), block);
        for (std::size_t i = 0; i < lanes; ++i) {
            NormalPair const front = normal_pair(block.words[0][i], block.words[1][i]);
            NormalPair const back = normal_pair(block.words[2][i], block.words[3][i]);
            normals[i] = front.first;
            normals[i + lanes] = front.second;
            normals[i + 2 * lanes] = back.first;
            normals[i + 3 * lanes] = back.second;
        }
        std::copy_n(normals, std::min(normals_per_item * lanes, draws.size() - first), draws.data() + first);
    }
}

} // namespace fluoro
