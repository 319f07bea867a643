#include "volume_plan.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fmt/format.h>
#include <numeric>

namespace fluoro {
namespace {

constexpr std::int64_t most_voxels = 1024ll * 1024 * 1024; // 2 GiB of HU
constexpr int most_missing_in_a_row = 3;
// Positions are often written to a tenth of a millimetre: 0.625 mm slices then stand at steps of 0.6 and 0.7.
constexpr double step_slack = 0.25;     // of one step against a whole number of slice spacings
constexpr double position_slack = 0.12; // of a slice against its even place, in slice spacings
constexpr double noted_slack = 0.05;
// A shift below a tenth of a pixel is rounding in the header, not tilt.
constexpr double noted_shift_voxels = 0.1;

double median(std::vector<double> values)
{
    auto const middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Distance between slices: the mean of the steps that are about one slice wide.
double nominal_spacing(std::vector<double> const& steps)
{
    double const typical = median(steps);
    double sum = 0;
    int count = 0;
    for (double const step : steps)
        if (std::abs(step - typical) < 0.3 * typical) {
            sum += step;
            ++count;
        }
    return sum / count;
}

struct Line {
    double start;
    double slope;
};

/// Least squares of `y` over whole numbers `x`.
Line fit_line(std::vector<int> const& x, std::vector<double> const& y)
{
    double const n = double(x.size());
    double const mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
    double const mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
    double xx = 0;
    double xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    double const slope = xx > 0 ? xy / xx : 0;
    return {mean_y - slope * mean_x, slope};
}

std::string where(std::vector<double> const& places, std::size_t lower)
{
    return fmt::format("between slice {} at {:.2f} mm and slice {} at {:.2f} mm along the slice normal", lower + 1,
                       places[lower], lower + 2, places[lower + 1]);
}

/// Which slice of the even grid each plane is.
std::vector<int> number_slices(std::vector<double> const& places, std::vector<std::string>& notes)
{
    std::vector<double> steps;
    for (std::size_t i = 1; i < places.size(); ++i) steps.push_back(places[i] - places[i - 1]);
    double const spacing = nominal_spacing(steps);

    std::vector<int> numbers{0};
    int missing = 0;
    double first_gap_mm = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        double const whole = std::round(steps[i] / spacing);
        if (whole < 1 || std::abs(steps[i] - whole * spacing) > step_slack * spacing)
            throw Error{fmt::format(
                "its slices are unevenly spaced: {:.2f} mm in general, but {:.2f} mm {}; export it with even spacing",
                spacing, steps[i], where(places, i))};
        int const lost = whole > 1e6 ? 1'000'000 : int(whole) - 1;
        if (lost > most_missing_in_a_row)
            throw Error{fmt::format("{} slices are missing {}; export the whole series again", lost, where(places, i))};
        if (lost > 0 && missing == 0) first_gap_mm = places[i];
        missing += lost;
        numbers.push_back(numbers.back() + lost + 1);
    }
    int const allowed = std::max(1, int(places.size()) / 20);
    if (missing > 0 && (missing > allowed || places.size() < 5))
        throw Error{fmt::format("{} of its {} slices are missing, the first after {:.2f} mm along the slice normal; "
                                "export the whole series again",
                                missing, int(places.size()) + missing, first_gap_mm)};
    if (missing > 0)
        notes.push_back(fmt::format("{} missing slice{} interpolated, the first after {:.2f} mm along the slice normal",
                                    missing, missing == 1 ? " was" : "s were", first_gap_mm));
    return numbers;
}

/// Slices of the grid from planes with their slice numbers (ascending from 0).
std::vector<SlicePlan> lay_slices(std::vector<int> const& numbers)
{
    std::vector<SlicePlan> slices;
    for (std::size_t p = 0; p < numbers.size(); ++p) {
        if (p > 0) {
            int const step = numbers[p] - numbers[p - 1];
            for (int s = 1; s < step; ++s) slices.push_back({int(p) - 1, int(p), float(s) / float(step)});
        }
        slices.push_back({int(p), int(p), 0});
    }
    return slices;
}

void note_shear(VolumePlan& plan, std::vector<int> const& numbers, std::vector<double> const& u,
                std::vector<double> const& v)
{
    Line const along_row = fit_line(numbers, u);
    Line const along_column = fit_line(numbers, v);
    double stray = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        stray =
            std::max(stray, std::abs(u[i] - along_row.start - along_row.slope * numbers[i]) / plan.grid.spacing_mm.x);
        stray = std::max(stray, std::abs(v[i] - along_column.start - along_column.slope * numbers[i]) /
                                    plan.grid.spacing_mm.y);
    }
    double const tilt = degrees(std::atan(std::hypot(along_row.slope, along_column.slope) / plan.grid.spacing_mm.z));
    if (tilt > 60)
        throw Error{fmt::format("its slices are stacked at {:.0f} degrees to their normal, which is no volume", tilt)};
    if (stray < 0.5)
        plan.notes.push_back(fmt::format("the slices were tilted by {:.1f} degrees against the scan axis (gantry "
                                         "tilt): resampled onto a right-angled grid",
                                         tilt));
    else
        plan.notes.push_back("the slices lie shifted sideways against each other: resampled onto a right-angled grid");
}

} // namespace

double place_mm(CtPlane const& plane, Vec3 const& normal)
{
    return glm::dot(plane.position_mm, normal);
}

VolumePlan plan_volume(std::vector<CtPlane> planes)
{
    if (planes.size() < 2)
        throw Error{"it is a single slice: one slice is no volume; give the folder with the whole series"};
    VolumePlan plan;
    CtPlane const& model = planes.front();
    Vec3 const along_row = model.along_row;
    Vec3 const along_column = model.along_column;
    Vec3 const normal = model.normal();
    std::int64_t const slice_voxels = std::int64_t(model.columns) * model.rows;
    std::sort(planes.begin(), planes.end(),
              [&](CtPlane const& a, CtPlane const& b) { return place_mm(a, normal) < place_mm(b, normal); });

    std::vector<double> places;
    for (auto const& plane : planes) places.push_back(place_mm(plane, normal));
    std::vector<int> const numbers = number_slices(places, plan.notes);
    Line const line = fit_line(numbers, places);
    if (!(line.slope >= 0.01 && line.slope <= 20))
        throw Error{fmt::format("its slices are {:.3f} mm apart; 0.01 to 20 mm can be used", line.slope)};
    double stray = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        double const off = std::abs(places[i] - line.start - line.slope * numbers[i]);
        if (off > position_slack * line.slope)
            throw Error{fmt::format("its slices are unevenly spaced: {:.2f} mm in general, but slice {} at {:.2f} mm "
                                    "along the slice normal lies {:.2f} mm "
                                    "off; export it with even spacing",
                                    line.slope, i + 1, places[i], off)};
        stray = std::max(stray, off);
    }
    if (stray > noted_slack * line.slope)
        plan.notes.push_back(fmt::format("slice positions deviate by up to {:.2f} mm from even spacing of {:.3f} mm",
                                         stray, line.slope));

    plan.slices = lay_slices(numbers);
    plan.grid.spacing_mm = {model.column_spacing_mm, model.row_spacing_mm, line.slope};
    plan.grid.directions = Mat3{along_row, along_column, normal};
    plan.grid.size = {model.columns, model.rows, int(plan.slices.size())};

    // In-plane place of each plane's first pixel against the first plane's.
    std::vector<double> u;
    std::vector<double> v;
    for (auto const& plane : planes) {
        u.push_back(glm::dot(plane.position_mm - planes.front().position_mm, along_row));
        v.push_back(glm::dot(plane.position_mm - planes.front().position_mm, along_column));
    }
    auto const [u_low, u_high] = std::minmax_element(u.begin(), u.end());
    auto const [v_low, v_high] = std::minmax_element(v.begin(), v.end());
    double const u_range = (*u_high - *u_low) / model.column_spacing_mm;
    double const v_range = (*v_high - *v_low) / model.row_spacing_mm;
    plan.is_sheared = std::max(u_range, v_range) > noted_shift_voxels;
    Vec3 origin = planes.front().position_mm + (line.start - places.front()) * normal;
    plan.shift_voxels.assign(planes.size(), Vec2{0.0});
    if (plan.is_sheared) {
        note_shear(plan, numbers, u, v);
        if (u_range > model.columns * 4.0 || v_range > model.rows * 4.0)
            throw Error{"its slices lie beside each other, not on top of each other: they are no volume"};
        origin += *u_low * along_row + *v_low * along_column;
        plan.grid.size.x += int(std::ceil(u_range - 1e-6));
        plan.grid.size.y += int(std::ceil(v_range - 1e-6));
        for (std::size_t i = 0; i < planes.size(); ++i)
            plan.shift_voxels[i] = {(u[i] - *u_low) / model.column_spacing_mm, (v[i] - *v_low) / model.row_spacing_mm};
    }
    plan.grid.origin_mm = origin;

    std::int64_t const voxels = std::int64_t(plan.grid.size.x) * plan.grid.size.y * plan.grid.size.z;
    if (voxels > most_voxels)
        throw Error{fmt::format("it has {} x {} x {} voxels, more than the 1024 x 1024 x 1024 (2 GiB) that can be "
                                "used; give fewer slices (at most {} of "
                                "this size) or export thicker ones",
                                plan.grid.size.x, plan.grid.size.y, plan.grid.size.z, most_voxels / slice_voxels)};
    plan.planes = std::move(planes);
    return plan;
}

} // namespace fluoro
