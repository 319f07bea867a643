#pragma once
// Inside the projection module.
namespace fluoro {

/// How many floats of a vector go together: the widest that the processor has, or no wider than this. The results are
/// the same bits.
enum class MostLanes { four = 4, eight = 8, sixteen = 16 };

} // namespace fluoro
