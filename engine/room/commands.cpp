#include <fluoro/room/commands.hpp>

#include <array>

namespace fluoro {

std::string name_of(Command const& command)
{
    // In the order of the variant's alternatives.
    static constexpr std::array names{"pedal", "c-arm",      "jog-c-arm", "table", "jog-table", "blades",
                                      "field", "pulse-rate", "technique", "stop",  "end"};
    static_assert(names.size() == std::variant_size_v<Command>);
    return names[command.index()];
}

} // namespace fluoro
