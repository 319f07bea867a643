#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace fluoro {

/// Counter-based random numbers (Philox4x32-10; Salmon et al., SC'11): the same key and counter give the same four
/// words on every machine, in any order, on any thread. Nothing is stored between draws.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// What a draw is for. Two purposes never share numbers.
enum class RandomStream : std::uint32_t { quanta = 1, electronic = 2, scatter = 3, body = 4, mutation = 5 };

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
    /// Poisson with this mean (0 to 4e9; nothing for a mean that is no number): tables and inversion below 48, PTRS
    /// rejection (Hörmann 1993) above; exact at any mean.
    std::uint32_t next_poisson(double mean);

private:
    friend void poisson_row(std::uint64_t, RandomStream, std::uint32_t, std::uint32_t, std::span<double const>,
                            std::span<std::uint32_t>);
    /// A sequence whose first four words are known already.
    RandomSequence(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                   std::array<std::uint32_t, 4> first_words)
        : key_{key}, counter_{counter}, words_{first_words}, left_{4}
    {
        ++counter_[0];
    }
    void refill();
    std::uint32_t large_poisson(double mean);

    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 4> words_{};
    int left_ = 0;
    double spare_normal_ = 0;
    bool has_spare_ = false;
};

/// Poisson draws of neighbouring items, several times as fast as one by one and the same numbers:
/// draws[i] = RandomSequence{seed, stream, frame, first_item + i}.next_poisson(means[i]).
void poisson_row(std::uint64_t seed, RandomStream stream, std::uint32_t frame, std::uint32_t first_item,
                 std::span<double const> means, std::span<std::uint32_t> draws);

} // namespace fluoro
