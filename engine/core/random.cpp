#include <fluoro/core/random.hpp>

#include <cmath>
#include <numbers>

namespace fluoro {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k)
{
    for (int round = 0; round < 10; ++round) {
        std::uint64_t const p0 = std::uint64_t{0xD2511F53u} * c[0];
        std::uint64_t const p1 = std::uint64_t{0xCD9E8D57u} * c[2];
        c = {std::uint32_t(p1 >> 32) ^ c[1] ^ k[0], std::uint32_t(p1), std::uint32_t(p0 >> 32) ^ c[3] ^ k[1],
             std::uint32_t(p0)};
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    return c;
}

RandomSequence::RandomSequence(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t item)
    : key_{std::uint32_t(seed), std::uint32_t(seed >> 32)}, counter_{0, item, frame, std::uint32_t(stream)}
{
}

std::uint32_t RandomSequence::next_word()
{
    if (left_ == 0) {
        words_ = philox(counter_, key_);
        ++counter_[0];
        left_ = 4;
    }
    return words_[std::size_t(4 - left_--)];
}

double RandomSequence::next_uniform() { return (double(next_word()) + 0.5) * 0x1p-32; }

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
    if (mean <= 0) return 0;
    if (mean < 30) {
        // Walk up the cumulative distribution; 53 bits so that the far tail is reached.
        double const u = (double(next_word()) + (double(next_word()) + 0.5) * 0x1p-32) * 0x1p-32;
        double p = std::exp(-mean);
        double sum = p;
        std::uint32_t n = 0;
        while (u > sum && n < 1000) {
            ++n;
            p *= mean / n;
            sum += p;
        }
        return n;
    }
    double const root = std::sqrt(mean);
    double const b = 0.931 + 2.53 * root;
    double const a = -0.059 + 0.02483 * b;
    double const inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    double const v_r = 0.9277 - 3.6224 / (b - 2);
    double const log_mean = std::log(mean);
    for (;;) {
        double const u = next_uniform() - 0.5;
        double const v = next_uniform();
        double const us = 0.5 - std::abs(u);
        double const k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return std::uint32_t(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <= k * log_mean - mean - std::lgamma(k + 1))
            return std::uint32_t(k);
    }
}

} // namespace fluoro
