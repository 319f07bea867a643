#include "section.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fluoro {

namespace {

constexpr int rays = 24;
constexpr double bright_hu = 130, tissue_hu = 40;

} // namespace

std::optional<RoundSection> round_section(WorkVolume const& work, Vec3 const& place, Vec3 const& along, double about_mm)
{
    Vec3 const any = std::abs(along.z) < 0.9 ? Vec3{0, 0, 1} : Vec3{1, 0, 0};
    Vec3 const a = glm::normalize(glm::cross(along, any)), b = glm::cross(along, a);
    RoundSection section{about_mm, place};
    for (int pass = 0; pass < 2; ++pass) {
        double inside = 0;
        for (int ray = 0; ray < rays; ray += 3) {
            double const angle = 2 * std::numbers::pi * ray / rays;
            inside += work.at(section.centre_mm + 0.3 * about_mm * (std::cos(angle) * a + std::sin(angle) * b));
        }
        inside /= rays / 3.0;
        if (inside < bright_hu) return std::nullopt;
        // An edge falls by a quarter of the blood's contrast within 2 mm; noise and other vessels do not.
        double const least_fall = 0.25 * (inside - tissue_hu);
        std::array<double, rays> edge{};
        std::vector<double> edges;
        for (int ray = 0; ray < rays; ++ray) {
            double const angle = 2 * std::numbers::pi * ray / rays;
            Vec3 const out = std::cos(angle) * a + std::sin(angle) * b;
            double steepest = least_fall;
            for (double r = 0.5 * about_mm; r < 1.9 * about_mm; r += 0.5) {
                double const beyond = work.at(section.centre_mm + (r + 1) * out);
                double const fall = work.at(section.centre_mm + (r - 1) * out) - beyond;
                if (fall > steepest) steepest = fall, edge[std::size_t(ray)] = r;
                if (beyond < tissue_hu + 0.25 * (inside - tissue_hu)) break; // beyond the wall
            }
            if (edge[std::size_t(ray)] > 0) edges.push_back(edge[std::size_t(ray)]);
        }
        if (edges.size() < 2 * rays / 3) return std::nullopt;
        auto const middle = edges.begin() + std::ptrdiff_t(edges.size() / 2);
        std::ranges::nth_element(edges, middle);
        section.radius_mm = *middle;
        if (pass > 0) break;
        // Half of what opposite edges differ by is how far the place is off the middle.
        Vec3 shift{0};
        for (int ray = 0; ray < rays / 2; ++ray) {
            double const there = edge[std::size_t(ray)], back = edge[std::size_t(ray + rays / 2)];
            if (there == 0 || back == 0) continue;
            double const angle = 2 * std::numbers::pi * ray / rays;
            shift += (there - back) / 2 * (std::cos(angle) * a + std::sin(angle) * b) / (rays / 4.0);
        }
        double const far = glm::length(shift);
        section.centre_mm += far > 0.5 * about_mm ? 0.5 * about_mm / far * shift : shift;
    }
    return section;
}

} // namespace fluoro
