#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/spine_places.hpp>

namespace fluoro {
namespace {

// TotalSegmentator's numbers, and our own from 1000 up.
constexpr int first_level_label = 27, cord_label = 79, disc_label = 1020, fluid_label = 1111;
constexpr std::array<std::string_view, 24> levels = {"L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10",
                                                     "T9", "T8", "T7", "T6", "T5", "T4",  "T3",  "T2",
                                                     "T1", "C7", "C6", "C5", "C4", "C3",  "C2",  "C1"};
/// The canal about its line [mm], and the foramina beside it: not further out than the pedicles' outer sides, nor in
/// front of the bodies' back walls. Typical of T10 to L5; smaller spines are given in proportion to their depth.
constexpr double canal_mm = 9, foramen_mm = 18, foramen_front_mm = 8, depth_mm = 25;
/// Beyond the last landmark the line goes on so far [mm].
constexpr double beyond_mm = 20;

} // namespace

std::string_view name_of(SpinePlace place)
{
    constexpr std::array<std::string_view, 4> names = {"", "spinal canal", "foramen", "disc"};
    return names[std::size_t(place)];
}

int vertebra_label(std::string_view level)
{
    auto const known = std::ranges::find(levels, level);
    if (known == levels.end())
        throw Error{"'" + std::string{level} + "' is no vertebra; write C1 to C7, T1 to T12 or L1 to L5"};
    return first_level_label + int(known - levels.begin());
}

SpinePlaces::SpinePlaces(Patient const& patient)
{
    auto const& landmarks = patient.lumens.landmarks;
    for (std::string_view const level : levels) {
        auto const body = landmarks.find(std::string{level});
        auto const canal = landmarks.find("canal-" + std::string{level});
        if (body == landmarks.end() || canal == landmarks.end()) continue;
        marks_.push_back({canal->second, canal->second - body->second});
    }
    std::ranges::sort(marks_, {}, [](Mark const& mark) { return mark.canal_mm.z; });
}

std::optional<Vec3> SpinePlaces::middle_at(double z_mm) const
{
    if (marks_.empty() || z_mm < marks_.front().canal_mm.z - beyond_mm || z_mm > marks_.back().canal_mm.z + beyond_mm)
        return {};
    auto const above = std::ranges::lower_bound(marks_, z_mm, {}, [](Mark const& mark) { return mark.canal_mm.z; });
    if (above == marks_.begin()) return marks_.front().canal_mm;
    if (above == marks_.end()) return marks_.back().canal_mm;
    Vec3 const low = (above - 1)->canal_mm, high = above->canal_mm;
    return low + (z_mm - low.z) / (high.z - low.z) * (high - low);
}

SpinePlace SpinePlaces::at(Vec3 const& p_mm, int label) const
{
    if (label == disc_label) return SpinePlace::disc;
    if (label == cord_label || label == fluid_label) return SpinePlace::canal;
    auto const middle = middle_at(p_mm.z);
    if (!middle) return SpinePlace::none;
    auto const nearest =
        std::ranges::min_element(marks_, {}, [&](Mark const& mark) { return std::abs(mark.canal_mm.z - p_mm.z); });
    double const depth = glm::length(nearest->back), scale = depth / depth_mm;
    Vec3 const aside = p_mm - *middle;
    double const behind = glm::dot(aside, nearest->back) / depth, across = std::hypot(aside.x, aside.y);
    if (across < scale * canal_mm) return SpinePlace::canal;
    if (across < scale * foramen_mm && std::abs(behind) < scale * foramen_front_mm) return SpinePlace::foramen;
    return SpinePlace::none;
}

} // namespace fluoro
