#pragma once
#include <cstdint>
#include <vector>

namespace fluoro {

/// Vulkan's "how many, then which" calls as one.
template <class Item, class Call> std::vector<Item> list_of(Call call)
{
    std::uint32_t count = 0;
    call(&count, nullptr);
    std::vector<Item> items(count);
    call(&count, items.data());
    items.resize(count);
    return items;
}

} // namespace fluoro
