#pragma once
#include <array>
#include <cstdint>

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
    std::uint32_t next_word();
    /// Uniform in (0, 1): never 0, never 1.
    double next_uniform();
    /// Mean 0, variance 1 (Box-Muller).
    double next_normal();
    /// Poisson with this mean (>= 0): exact inversion below 30, PTRS rejection (Hörmann 1993) above; exact at any mean.
    std::uint32_t next_poisson(double mean);

private:
    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> counter_;
    std::array<std::uint32_t, 4> words_{};
    int left_ = 0;
    double spare_normal_ = 0;
    bool has_spare_ = false;
};

} // namespace fluoro
