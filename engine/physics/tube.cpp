#include <fluoro/physics/tube.hpp>

namespace fluoro {

double heel_tungsten_g_cm2(TubeModel const&, TubeVoltage, double)
{
    return 0;
}

Spectrum off_axis(Spectrum spectrum, TubeModel const& tube, TubeVoltage voltage, double toward_cathode)
{
    Layer const target{find_material("tungsten"), heel_tungsten_g_cm2(tube, voltage, toward_cathode)};
    return attenuated(std::move(spectrum), std::span{&target, 1});
}

} // namespace fluoro
