#include <fluoro/room/commands.hpp>

#include <array>

namespace fluoro {

std::string name_of(Command const& command)
{
    // In the order of the variant's alternatives.
    static constexpr std::array names{"pedal", "c-arm",      "jog-c-arm", "table",     "jog-table",  "blades",
                                      "field", "pulse-rate", "technique", "programme", "high-level", "lock",
                                      "grid",  "wedge",      "subtract",  "road-map",  "show",       "review",
                                      "store", "stop",       "end"};
    static_assert(names.size() == std::variant_size_v<Command>);
    return names[command.index()];
}

std::string_view name_of(Pedal pedal)
{
    static constexpr std::array names{"released", "fluoroscopy", "acquisition"};
    return names[std::size_t(pedal)];
}

std::string_view name_of(FluoroscopyLevel level)
{
    static constexpr std::array names{"low", "normal", "high"};
    return names[std::size_t(level)];
}

std::string_view name_of(AcquisitionKind kind)
{
    static constexpr std::array names{"cine", "dsa", "single"};
    return names[std::size_t(kind)];
}

} // namespace fluoro
