#include <fluoro/session/measuring_field.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

namespace fluoro {

double measuring_field_mean(Signal const& signal, double diameter_share, double saturation_kev_mm2)
{
    int const columns = signal.primary.columns, rows = signal.primary.rows;
    FLUORO_EXPECT(columns > 0 && rows > 0 && diameter_share > 0 && diameter_share <= 1);
    bool const has_scatter = !signal.scatter.values.empty(), has_shape = !signal.open_beam.values.empty();
    // Pixels whose middle lies in the disc; the one or four in the middle always do.
    double const radius = std::max(1.0, diameter_share * std::min(columns, rows) / 2);
    double sum = 0, count = 0;
    for (int row = 0; row < rows; ++row) {
        double const y = row + 0.5 - rows / 2.0;
        if (std::abs(y) > radius) continue;
        double const half = std::sqrt(radius * radius - y * y);
        int const first = std::max(0, int(std::ceil(columns / 2.0 - half - 0.5)));
        int const last = std::min(columns - 1, int(std::floor(columns / 2.0 + half - 0.5)));
        for (int column = first; column <= last; ++column) {
            double value = double(signal.primary.at(column, row));
            if (has_scatter) value += double(signal.scatter.at(column, row));
            value = std::min(value, saturation_kev_mm2);
            sum += has_shape ? value / double(signal.open_beam.at(column, row)) : value;
        }
        count += last - first + 1;
    }
    return sum / count;
}

} // namespace fluoro
