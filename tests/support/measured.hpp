#pragma once
// Figures for docs/validation.md. tools/validation runs the tests, collects what they say here and writes the table.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>

namespace fluoro::test {

/// `name` is what the table's template asks for, e.g. "heel_kerma_worst".
inline void measured(std::string const& name, double value)
{
    std::printf("MEASURED %s %.9g\n", name.c_str(), value);
    std::fflush(stdout);
}

/// What a figure came to over all cases of a test, said once at its end: `name`_least, `name`_most and `name`_worst,
/// the larger of their magnitudes.
class Extremes {
public:
    explicit Extremes(std::string name) : name_{std::move(name)} {}
    Extremes(Extremes const&) = delete;
    Extremes& operator=(Extremes const&) = delete;
    ~Extremes()
    {
        if (least_ > most_) return; // nothing was seen: the test was cut short
        measured(name_ + "_least", least_);
        measured(name_ + "_most", most_);
        measured(name_ + "_worst", std::max(std::abs(least_), std::abs(most_)));
    }

    void see(double value)
    {
        least_ = std::min(least_, value);
        most_ = std::max(most_, value);
    }

    /// How far two figures that should be equal are apart [%].
    void see_ratio(double ratio) { see(100 * (ratio - 1)); }

private:
    std::string name_;
    double least_ = std::numeric_limits<double>::infinity(), most_ = -least_;
};

} // namespace fluoro::test
