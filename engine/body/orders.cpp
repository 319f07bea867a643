#include <array>
#include <fluoro/body/orders.hpp>

namespace fluoro {

std::string_view name_of(BreathCommand command)
{
    static constexpr std::array names{"quiet", "in-and-hold", "out-and-hold", "deep", "cough", "stop"};
    return names[std::size_t(command)];
}

std::string_view name_of(BodySide side)
{
    static constexpr std::array names{"left", "right", "anterior", "posterior", "superior", "inferior"};
    return names[std::size_t(side)];
}

std::string_view name_of(Rhythm rhythm)
{
    static constexpr std::array names{"sinus", "atrial-fibrillation", "ventricular-tachycardia",
                                      "ventricular-fibrillation", "asystole"};
    return names[std::size_t(rhythm)];
}

} // namespace fluoro
