#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fluoro/core/random.hpp>
#include <string>
#include <vector>

namespace fluoro::test {

using Bytes = std::vector<std::uint8_t>;

/// `original` damaged in one to eight places: a flipped byte, a word set to a value parsers dislike, a cut, inserted
/// bytes or a chunk written twice. The same (seed, index) always gives the same file. Half of the damage falls in the
/// first `header` bytes, where the decisions are made.
inline Bytes mutated(Bytes const& original, std::uint64_t seed, std::uint32_t index, std::size_t header = 512)
{
    RandomSequence random{seed, RandomStream::mutation, index, 0};
    auto const below = [&](std::size_t end) {
        return end == 0 ? std::size_t{0} : std::min(end - 1, std::size_t(random.next_uniform() * double(end)));
    };
    static constexpr std::uint32_t nasty[] = {0,          1,          0x7f,       0x80,       0xff,       0x7fff,
                                              0x8000,     0xffff,     0x10000,    0x7fffffff, 0x80000000, 0xffffffff,
                                              0xfffffffe, 0x7f800000, 0x7fc00000, 0xff800000};
    Bytes bytes = original;
    auto const place = [&] { return below(below(2) == 0 ? std::min(header, bytes.size()) : bytes.size()); };
    std::size_t const changes = 1 + below(8);
    for (std::size_t change = 0; change < changes && !bytes.empty(); ++change) {
        std::size_t const at = place();
        switch (below(8)) {
        case 0:
        case 1:
        case 2:
            bytes[at] = std::uint8_t(bytes[at] ^ (1u << below(8)));
            break;
        case 3:
            bytes[at] = std::uint8_t(below(256));
            break;
        case 4: {
            std::uint32_t const word = below(2) == 0 ? nasty[below(std::size(nasty))] : random.next_word();
            std::size_t const width = std::min<std::size_t>(std::size_t{1} << below(3), bytes.size() - at);
            std::memcpy(bytes.data() + at, &word, width);
            break;
        }
        case 5: // Rarely: a cut makes every other change behind it moot.
            if (below(3) == 0) bytes.resize(at);
            break;
        case 6: {
            Bytes extra(1 + below(16));
            for (auto& byte : extra) byte = std::uint8_t(below(256));
            bytes.insert(bytes.begin() + std::ptrdiff_t(at), extra.begin(), extra.end());
            break;
        }
        default: {
            std::size_t const length = std::min<std::size_t>(1 + below(64), bytes.size() - at);
            Bytes const chunk(bytes.begin() + std::ptrdiff_t(at), bytes.begin() + std::ptrdiff_t(at + length));
            bytes.insert(bytes.begin() + std::ptrdiff_t(at), chunk.begin(), chunk.end());
        }
        }
    }
    return bytes;
}

/// How many mutations a test tries: `normally`, or 20,000 where FLUORO_LONG=1 stands in the environment.
inline std::uint32_t mutation_count(std::uint32_t normally = 400)
{
    char const* const set = std::getenv("FLUORO_LONG");
    return set && std::string{set} == "1" ? 20'000u : normally;
}

} // namespace fluoro::test
