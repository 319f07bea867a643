#include "heart_form.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>

// The epicardium as a map over longitude and latitude, and the grooves on it.
namespace fluoro {

namespace {

constexpr int step_deg = 1;
constexpr int columns = 360 / step_deg, rows = 180 / step_deg + 1;

} // namespace

void HeartForm::map_epicardium()
{
    centre_ = frame_.at({14, -2, 28});
    pole_ = glm::normalize(frame_.at({0, 3.5, 97}) - centre_);
    zero_ = glm::normalize(frame_.septal - glm::dot(frame_.septal, pole_) * pole_);
    ninety_ = glm::cross(zero_, pole_);
    if (glm::dot(ninety_, frame_.anterior) < 0) ninety_ = -ninety_;
    reach_mm_.resize(std::size_t(rows) * columns);
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            Vec3 const along = ray(column * step_deg, row * step_deg - 90);
            // From outside inward: where the ray meets the heart first.
            double far = 130 * frame_.scale;
            for (int i = 0; i < 200 && far > 5; ++i) {
                double const d = distance_mm(HeartPart::epicardium, centre_ + far * along);
                if (d < 0.02) break;
                far -= std::max(d, 0.05);
            }
            reach_mm_[std::size_t(row) * columns + std::size_t(column)] = far;
        }
}

Vec3 HeartForm::ray(double longitude_deg, double latitude_deg) const
{
    double const a = radians(longitude_deg), b = radians(latitude_deg);
    return std::cos(b) * (std::cos(a) * zero_ + std::sin(a) * ninety_) + std::sin(b) * pole_;
}

double HeartForm::reach_mm(double longitude_deg, double latitude_deg) const
{
    double const turn = longitude_deg - 360 * std::floor(longitude_deg / 360);
    double const x = turn / step_deg, y = std::clamp((latitude_deg + 90) / step_deg, 0.0, rows - 1.001);
    int const column = int(x), row = int(y);
    auto const at = [&](int i, int j) { return reach_mm_[std::size_t(j) * columns + std::size_t(i % columns)]; };
    double const fx = x - column, fy = y - row;
    return std::lerp(std::lerp(at(column, row), at(column + 1, row), fx),
                     std::lerp(at(column, row + 1), at(column + 1, row + 1), fx), fy);
}

Vec3 HeartForm::at(HeartCoordinates const& c) const
{
    double const far = reach_mm(c.longitude_deg, c.latitude_deg) + c.height_mm;
    return centre_ + far * ray(c.longitude_deg, c.latitude_deg);
}

HeartCoordinates HeartForm::coordinates(Vec3 const& p) const
{
    Vec3 const d = p - centre_;
    double const far = glm::length(d);
    if (far < 1e-9) return {0, 90, -reach_mm(0, 90)};
    double const longitude = degrees(std::atan2(glm::dot(d, ninety_), glm::dot(d, zero_)));
    HeartCoordinates c{longitude < 0 ? longitude + 360 : longitude,
                       degrees(std::asin(std::clamp(glm::dot(d, pole_) / far, -1.0, 1.0))), 0};
    c.height_mm = far - reach_mm(c.longitude_deg, c.latitude_deg);
    return c;
}

double HeartForm::anterior_groove_deg(double latitude_deg) const
{
    for (double longitude = 20; longitude < 150; longitude += 0.5) {
        Vec3 const p = at({longitude, latitude_deg, 0});
        if (distance_mm(HeartPart::left_outer, p) < distance_mm(HeartPart::right_outer, p)) return longitude;
    }
    return 150;
}

double HeartForm::inferior_groove_deg(double latitude_deg) const
{
    for (double longitude = -10; longitude > -150; longitude -= 0.5) {
        Vec3 const p = at({longitude, latitude_deg, 0});
        if (distance_mm(HeartPart::left_outer, p) < distance_mm(HeartPart::right_outer, p)) return longitude;
    }
    return -150;
}

Vec3 HeartForm::outward(Vec3 const& p) const
{
    constexpr double h = 0.6;
    Vec3 slope{0};
    for (int axis = 0; axis < 3; ++axis) {
        Vec3 step{0};
        step[axis] = h;
        slope[axis] = distance_mm(HeartPart::epicardium, p + step) - distance_mm(HeartPart::epicardium, p - step);
    }
    double const steep = glm::length(slope);
    FLUORO_EXPECT(steep > 0);
    return slope / steep;
}

Vec3 HeartForm::onto_epicardium(Vec3 const& p, double over_mm) const
{
    Vec3 q = p;
    for (int i = 0; i < 12; ++i) {
        double const miss = over_mm - distance_mm(HeartPart::epicardium, q);
        if (std::abs(miss) < 0.02) break;
        q += miss * outward(q);
    }
    return q;
}

} // namespace fluoro
