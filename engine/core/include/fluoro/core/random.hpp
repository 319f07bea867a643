#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace fluoro {

/// Counter-based random numbers (Philox4x32-10; Salmon et al., SC'11): the same key and counter give the same four
/// words on every machine, in any order, on any thread. Nothing is stored between draws.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// What a draw is for. Two purposes never share numbers.
enum class RandomStream : std::uint32_t { quanta = 1, electronic = 2, scatter = 3, body = 4, mutation = 5, panel = 6 };

/// A short sequence of numbers that belongs to one (seed, stream, frame, item), e.g. one pixel of one frame.
class RandomSequence {
public:
    RandomSequence(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t item);
    std::uint32_t next_word()
    {
        if (left_ == 0) refill();
        return words_[std::size_t(4 - left_--)];
    }
    /// Uniform in (0, 1): never 0, never 1.
    double next_uniform() { return (double(next_word()) + 0.5) * 0x1p-32; }
    /// Mean 0, variance 1 (Box-Muller).
    double next_normal();
    /// Poisson with this mean (0 to 2e9; nothing for a mean that is no number). Below 16 tables and inversion, exact;
    /// above, the quantile expansion of Giles (2016): no event's probability is off by more than 5e-5, and less the
    /// larger the mean. docs/theory/random-numbers.md
    std::uint32_t next_poisson(double mean);

private:
    void refill();

    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 4> words_{};
    int left_ = 0;
    double spare_normal_ = 0;
    bool has_spare_ = false;
};

/// Poisson draws of neighbouring items, an order of magnitude faster than one by one and the same numbers:
/// draws[i] = RandomSequence{seed, stream, frame, first_item + i}.next_poisson(means[i]), a whole number.
void poisson_row(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t first_item,
                 std::span<float const> means, std::span<float> draws);

/// How many numbers of `normal_row` share the words of one item.
inline constexpr std::size_t normals_per_item = 4;
/// Normal numbers, mean 0 and variance 1, within 6.6 standard deviations (Box-Muller in single precision). They use up
/// one item for each normals_per_item of them, and whole groups of 64 items: rows that are not to share numbers start
/// items_of_normals(columns) apart.
void normal_row(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t first_item,
                std::span<float> draws);
constexpr std::uint32_t items_of_normals(std::size_t count)
{
    std::size_t const group = 64 * normals_per_item;
    return std::uint32_t((count + group - 1) / group * 64);
}

} // namespace fluoro
