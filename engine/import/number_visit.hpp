#pragma once
#include "declared_image.hpp"

#include <cstring>

namespace fluoro {

/// Calls use(value as double) for every stored number.
template <class T, class Use> void for_each_number_of(std::vector<std::uint8_t> const& bytes, Use const& use)
{
    for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
        T value;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        use(double(value));
    }
}

template <class Use> void for_each_number(NumberType type, std::vector<std::uint8_t> const& values, Use const& use)
{
    switch (type) {
    case NumberType::int8:
        return for_each_number_of<std::int8_t>(values, use);
    case NumberType::uint8:
        return for_each_number_of<std::uint8_t>(values, use);
    case NumberType::int16:
        return for_each_number_of<std::int16_t>(values, use);
    case NumberType::uint16:
        return for_each_number_of<std::uint16_t>(values, use);
    case NumberType::int32:
        return for_each_number_of<std::int32_t>(values, use);
    case NumberType::uint32:
        return for_each_number_of<std::uint32_t>(values, use);
    case NumberType::int64:
        return for_each_number_of<std::int64_t>(values, use);
    case NumberType::uint64:
        return for_each_number_of<std::uint64_t>(values, use);
    case NumberType::float32:
        return for_each_number_of<float>(values, use);
    case NumberType::float64:
        return for_each_number_of<double>(values, use);
    }
}

} // namespace fluoro
