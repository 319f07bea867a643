#include "picture.hpp"

#include <algorithm>
#include <fluoro/core/expect.hpp>

namespace fluoro {
namespace {

constexpr std::uint64_t first_histories = 100'000;

} // namespace

ScatterPicture monte_carlo_scatter(Scene const& scene, MonteCarloSettings const& settings)
{
    FLUORO_EXPECT(settings.bins > 0 && settings.precision > 0 && settings.most_histories > 0);
    if (!is_lit(scene)) return dark_picture(scene);

    auto const tables = pack(picture_problem(scene, settings.bins));
    TransportTallies tallies{tables};
    std::uint64_t wanted = std::min(first_histories, settings.most_histories);
    for (;;) {
        tallies.add(follow(tables, settings.seed, tallies.histories, wanted - tallies.histories));
        double const error = relative_error(tables, tallies);
        if (error <= settings.precision || wanted >= settings.most_histories) break;
        // The error falls as the root of the histories; a little more, so that few steps do.
        double const ratio = error / settings.precision;
        wanted = std::min(settings.most_histories,
                          std::uint64_t(double(wanted) * std::clamp(1.1 * ratio * ratio, 1.2, 8.0)));
    }
    return picture_of(scene, tables, tallies);
}

} // namespace fluoro
