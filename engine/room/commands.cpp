#include <fluoro/room/commands.hpp>

#include <array>
#include <fluoro/room/exposure_programme.hpp>

namespace fluoro {

std::string name_of(Command const& command)
{
    // In the order of the variant's alternatives.
    static constexpr std::array names{
        "pedal",          "c-arm",      "jog-c-arm", "table",      "jog-table", "blades",   "field",
        "pulse-rate",     "technique",  "programme", "high-level", "lock",      "grid",     "wedge",
        "subtract",       "road-map",   "show",      "review",     "store",     "stop",     "inject",
        "stop-injection", "breathe",    "heart",     "mouthful",   "swallow",   "granules", "medicine",
        "oxygen",         "reaction",   "perforate", "dissect",    "air",       "lumen",    "touch-heart",
        "pressure-tip",   "take",       "aspirate",  "put-away",   "hand",      "inflate",  "aim",
        "hammer",         "mix-cement", "cement",    "end"};
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

std::string_view name_of(ExposureMode mode)
{
    static constexpr std::array names{
        "fluoroscopy-low", "fluoroscopy-normal", "fluoroscopy-high", "road-map", "cine", "dsa", "single"};
    static_assert(names.size() == exposure_modes);
    return names[std::size_t(mode)];
}

} // namespace fluoro
