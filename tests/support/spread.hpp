#pragma once
#include <cmath>
#include <fluoro/anatomy/shape.hpp>
#include <vector>

namespace fluoro::test {

/// Points all over a box, the same every time: a low-discrepancy sequence.
inline std::vector<Vec3> spread(Box const& box, int count)
{
    std::vector<Vec3> points;
    for (int i = 1; i <= count; ++i) {
        Vec3 const share{std::fmod(i * 0.8191725134, 1), std::fmod(i * 0.6710436067, 1),
                         std::fmod(i * 0.5497004779, 1)};
        points.push_back(box.low + share * (box.high - box.low));
    }
    return points;
}

} // namespace fluoro::test
