#include "grouping.hpp"

#include "volume_plan.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace fluoro {
namespace {

// Below any slice distance in use (0.1 mm and more), above rounding in the header.
constexpr double same_place_mm = 0.01;
// Copies of a slice have one position; only its text may be rounded differently.
constexpr double same_corner_mm = 0.05;
// Orientation cosines are written with four to six digits; a degree of difference (0.017) is another volume.
constexpr double same_direction = 0.002;

using Group = std::vector<CtPlane>;

bool is_close(Vec3 const& a, Vec3 const& b)
{
    return std::abs(a.x - b.x) < same_direction && std::abs(a.y - b.y) < same_direction &&
           std::abs(a.z - b.z) < same_direction;
}

bool is_one_stack(CtPlane const& a, CtPlane const& b)
{
    return a.columns == b.columns && a.rows == b.rows &&
           std::abs(a.column_spacing_mm - b.column_spacing_mm) < 1e-3 * b.column_spacing_mm &&
           std::abs(a.row_spacing_mm - b.row_spacing_mm) < 1e-3 * b.row_spacing_mm &&
           is_close(a.along_row, b.along_row) && is_close(a.along_column, b.along_column);
}

std::vector<Group> split_into_stacks(std::vector<CtPlane> planes)
{
    std::map<std::string, std::vector<Group>> by_series;
    for (auto& plane : planes) {
        auto& groups = by_series[plane.series];
        auto const found = std::find_if(groups.begin(), groups.end(),
                                        [&](Group const& group) { return is_one_stack(group.front(), plane); });
        if (found == groups.end())
            groups.push_back({std::move(plane)});
        else
            found->push_back(std::move(plane));
    }
    std::vector<Group> out;
    for (auto& [series, groups] : by_series)
        for (auto& group : groups) out.push_back(std::move(group));
    return out;
}

/// Planes of a group by place, in order; planes at one place by instance, then file and frame.
std::vector<Group> by_place(Group group)
{
    Vec3 const normal = group.front().normal();
    std::sort(group.begin(), group.end(),
              [&](CtPlane const& a, CtPlane const& b) { return place_mm(a, normal) < place_mm(b, normal); });
    std::vector<Group> places;
    for (auto& plane : group) {
        if (places.empty() || place_mm(plane, normal) - place_mm(places.back().front(), normal) > same_place_mm)
            places.emplace_back();
        places.back().push_back(std::move(plane));
    }
    for (auto& place : places)
        std::sort(place.begin(), place.end(), [](CtPlane const& a, CtPlane const& b) {
            return std::tie(a.instance, a.file, a.frame) < std::tie(b.instance, b.file, b.frame);
        });
    return places;
}

/// Parts that share one value of a trait, if that is what tells planes at the same place apart: at least halves the
/// repeats, and one part spans a good part of the places (a trigger time per slice does not).
std::vector<Group> split_by_trait(Group const& group, std::size_t places)
{
    std::size_t const repeats = group.size() - places;
    for (std::size_t t = 0; t < std::size_t(Trait::count); ++t) {
        std::map<std::string, Group> parts;
        for (auto const& plane : group) parts[plane.traits[t]].push_back(plane);
        if (parts.size() < 2) continue;
        std::size_t left = 0;
        std::size_t widest = 0;
        for (auto const& [value, part] : parts) {
            std::size_t const own = by_place(part).size();
            left += part.size() - own;
            widest = std::max(widest, own);
        }
        if (left * 2 > repeats || widest * 10 < places * 3) continue;
        std::vector<Group> out;
        for (auto& [value, part] : parts) out.push_back(std::move(part));
        return out;
    }
    return {};
}

class Resolver {
public:
    explicit Resolver(PixelDigest const& digest) : digest_{digest} {}

    void resolve(Group group)
    {
        auto places = by_place(group);
        std::size_t const repeats = group.size() - places.size();
        if (repeats == 0) return keep(std::move(places), {});
        // Many repeats are several volumes in one series; a few are stray copies.
        bool const are_many = repeats * 5 > places.size();
        if (are_many)
            if (auto parts = split_by_trait(group, places.size()); !parts.empty()) {
                for (auto& part : parts) resolve(std::move(part));
                return;
            }
        int const dropped = drop_copies(places);
        std::vector<std::string> notes;
        if (dropped > 0)
            notes.push_back(fmt::format("{} slice{} given twice with the same pixels: one copy used", dropped,
                                        dropped == 1 ? " was" : "s were"));
        std::size_t const most = std::max_element(places.begin(), places.end(), smaller)->size();
        if (most == 1) return keep(std::move(places), std::move(notes));

        Group rest;
        for (auto const& place : places) rest.insert(rest.end(), place.begin(), place.end());
        if (auto parts = split_by_trait(rest, places.size()); !parts.empty()) {
            for (auto& part : parts) resolve(std::move(part));
            return;
        }
        split_by_instance(std::move(places), most, std::move(notes));
    }

    std::vector<VolumeCandidate> candidates;

private:
    static bool smaller(Group const& a, Group const& b) { return a.size() < b.size(); }

    void keep(std::vector<Group> places, std::vector<std::string> notes)
    {
        VolumeCandidate candidate;
        candidate.notes = std::move(notes);
        for (auto& place : places) candidate.planes.push_back(std::move(place.front()));
        candidates.push_back(std::move(candidate));
    }

    int drop_copies(std::vector<Group>& places) const
    {
        int dropped = 0;
        for (auto& place : places) {
            if (place.size() < 2) continue;
            Group kept;
            std::vector<std::uint64_t> digests;
            for (auto& plane : place) {
                std::uint64_t const digest = digest_(plane);
                bool is_copy = false;
                for (std::size_t i = 0; i < kept.size(); ++i)
                    is_copy |=
                        digests[i] == digest && glm::distance(kept[i].position_mm, plane.position_mm) < same_corner_mm;
                if (is_copy) {
                    ++dropped;
                    continue;
                }
                digests.push_back(digest);
                kept.push_back(std::move(plane));
            }
            place = std::move(kept);
        }
        return dropped;
    }

    /// A dynamic series repeats every place equally often, in order of instance.
    void split_by_instance(std::vector<Group> places, std::size_t most, std::vector<std::string> notes)
    {
        bool const is_even =
            std::all_of(places.begin(), places.end(), [&](Group const& place) { return place.size() == most; });
        if (!is_even) {
            auto const twice =
                std::find_if(places.begin(), places.end(), [](Group const& place) { return place.size() > 1; });
            double const place = place_mm(twice->front(), twice->front().normal());
            keep(std::move(places), std::move(notes));
            candidates.back().refused = fmt::format("it has different pixels for the same place at {:.2f} mm along the "
                                                    "slice normal, and nothing says which belong "
                                                    "together; export the wanted reconstruction alone",
                                                    place);
            return;
        }
        for (std::size_t part = 0; part < most; ++part) {
            std::vector<Group> one;
            for (auto const& place : places) one.push_back({place[part]});
            keep(std::move(one), notes);
            candidates.back().notes.push_back(fmt::format(
                "the series holds {} slices at every place: number {} by instance was used", most, part + 1));
        }
    }

    PixelDigest const& digest_;
};

} // namespace

std::vector<VolumeCandidate> group_planes(std::vector<CtPlane> planes, PixelDigest const& digest)
{
    Resolver resolver{digest};
    for (auto& stack : split_into_stacks(std::move(planes))) resolver.resolve(std::move(stack));
    auto candidates = std::move(resolver.candidates);
    std::stable_sort(candidates.begin(), candidates.end(), [](VolumeCandidate const& a, VolumeCandidate const& b) {
        auto const rank = [](VolumeCandidate const& c) {
            auto const& plane = c.planes.front();
            // Spacing is rounded to a micrometre, so that two series of one scan tie and the series number decides.
            return std::tuple{-std::ptrdiff_t(c.planes.size()), std::lround(1000 * plane.column_spacing_mm),
                              std::lround(1000 * plane.row_spacing_mm), plane.series_number, plane.instance};
        };
        return rank(a) < rank(b);
    });
    return candidates;
}

} // namespace fluoro
