#include "body_staging.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// Less medium than this across a thin vessel shows in no picture [mm]: 0.03 mm of 350 mgI/mL take 1.5 % of 70 keV,
/// half of the noise of a pixel at 30 nGy.
constexpr double least_mm = 0.03;
/// And less than this share in a place of a cloud, over the 30 mm that chambers and great vessels are deep. Medium that
/// has gone round the whole body is below it.
constexpr float least_share = 2e-3f;
/// Neighbouring pieces go together while they bend less than this in all and hold the same within a twentieth.
constexpr double straight_cosine = 0.990, same = 0.05;
/// But no piece is shorter than this share of its radius: mitres of stubs would cross inside the tube.
constexpr double least_length = 0.35;
/// Change of radius per length that a cone may have.
constexpr double steepest = 0.5;

/// A stretch of a tube that a single straight piece can stand for: points [first, last].
struct Stretch {
    std::size_t first = 0, last = 0;
    double share = 0;
};

std::vector<Stretch> stretches(ContentTube const& tube, std::vector<Vec3> const& points)
{
    std::vector<Stretch> found;
    auto const along = [&](std::size_t i) { return glm::normalize(points[i + 1] - points[i]); };
    for (std::size_t i = 0; i + 1 < points.size();) {
        Stretch stretch{i, i + 1, double(tube.share[i])};
        double length = glm::length(points[i + 1] - points[i]), held = length * stretch.share;
        for (std::size_t next = i + 1; next + 1 < points.size(); ++next) {
            bool const is_straight = glm::dot(along(i), along(next)) > straight_cosine;
            bool const holds_same = std::abs(double(tube.share[next]) - stretch.share) <= same * stretch.share;
            bool const is_as_wide = std::abs(tube.radii_mm[next + 1] - tube.radii_mm[i]) <= same * tube.radii_mm[i];
            bool const is_stub = length < least_length * tube.radii_mm[i];
            if (!is_stub && (!is_straight || !holds_same || !is_as_wide)) break;
            double const more = glm::length(points[next + 1] - points[next]);
            length += more;
            held += more * double(tube.share[next]);
            stretch.last = next + 1;
        }
        stretch.share = held / length;
        found.push_back(stretch);
        i = stretch.last;
    }
    return found;
}

void stage_tube(ContentTube const& content, Body const& body, int filling, std::vector<FilledTube>& tubes)
{
    bool shows = false;
    for (std::size_t i = 0; i < content.share.size(); ++i)
        shows = shows || 2 * content.radii_mm[i] * double(content.share[i]) >= least_mm;
    if (!shows) return;
    std::vector<Vec3> points;
    points.reserve(content.points_mm.size());
    for (auto const& rest : content.points_mm) points.push_back(body.motion().moved(rest, body.pose()));
    auto const parts = stretches(content, points);
    std::vector<Vec3> ends{points.front()};
    std::vector<double> radii{content.radii_mm.front()};
    for (auto const& part : parts) {
        ends.push_back(points[part.last]);
        radii.push_back(content.radii_mm[part.last]);
    }
    auto const pieces = tube_along(ends, radii, filling);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (2 * radii[i] * parts[i].share < least_mm) continue;
        tubes.push_back(pieces[i]);
        FilledTube& piece = tubes.back();
        piece.share = parts[i].share;
        // A flat cone would reach beyond slanting cuts: a drum of the same volume instead, cut square.
        double const a = piece.from_radius_mm, b = piece.to_radius_mm;
        if (std::abs(b - a) > steepest * glm::length(piece.to_mm - piece.from_mm)) {
            piece.from_radius_mm = piece.to_radius_mm = std::sqrt((a * a + a * b + b * b) / 3);
            piece.from_cut = piece.to_cut = Vec3{0};
        }
    }
}

/// The slots of a cloud that show, and how many parcels come before each.
struct Shown {
    std::vector<std::size_t> slot, before;
    std::size_t parcels = 0;
};

void find_shown(Content::Cloud const& content, Shown& shown)
{
    shown.slot.clear();
    shown.before.clear();
    shown.parcels = 0;
    auto const& first = content.places->first;
    for (std::size_t slot = 0; slot < content.share.size(); ++slot) {
        if (content.share[slot] < least_share || first[slot] == first[slot + 1]) continue;
        shown.slot.push_back(slot);
        shown.before.push_back(shown.parcels);
        shown.parcels += first[slot + 1] - first[slot];
    }
}

Stretched carried(Displacement const* displacement, glm::vec3 const& rest)
{
    return displacement ? stretched(displacement->grid, displacement->forward_mm, rest) : Stretched{};
}

void stage_cloud(Content::Cloud const& content, Displacement const* displacement, FilledCloud& cloud)
{
    ContentPlaces const& places = *content.places;
    cloud.size_mm = places.size_mm;
    static thread_local Shown shown; // its room: from picture to picture
    find_shown(content, shown);
    cloud.parcels.resize(shown.parcels);
    parallel_for(int(shown.parcels), [&, shows = &shown](int first, int last) {
        auto at = std::size_t(first);
        auto const end = std::size_t(last);
        auto n = std::size_t(std::ranges::upper_bound(shows->before, at) - shows->before.begin()) - 1;
        for (; at < end; ++n) {
            std::size_t const number = shows->slot[n];
            Content::Cloud::Slot const slot = content.slot(number);
            std::size_t place = places.first[number] + (at - shows->before[n]);
            for (; place < places.first[number + 1] && at < end; ++place, ++at) {
                auto const placed = content.placed(slot, place);
                Stretched const moved = carried(displacement, placed.at_mm);
                cloud.parcels[at] = {placed.at_mm + moved.way_mm, placed.medium_mm3, placed.stretch * moved.stretch};
            }
        }
    });
}

void stage_parcels(ContentParcels const& content, Displacement const* displacement, FilledCloud& cloud)
{
    cloud.size_mm = content.size_mm;
    cloud.parcels.resize(content.at_mm.size());
    for (std::size_t i = 0; i < content.at_mm.size(); ++i) {
        glm::vec3 const rest = content.at_mm[i];
        Stretched const moved = carried(displacement, rest);
        cloud.parcels[i] = {rest + moved.way_mm, content.volume_mm3[i], moved.stretch};
    }
}

} // namespace

void stage_body(Body const& body, std::vector<FilledCloud>& spare, Scene& scene)
{
    scene.displacement = body.displacement();
    auto const filling_of = [&](Content const& content, BasisDensities const& displaced) {
        scene.fillings.push_back({content.medium, displaced});
        return int(scene.fillings.size()) - 1;
    };
    // The one that stood in the same place before is about as large.
    auto const another = [&]() -> FilledCloud& {
        std::size_t const n = scene.clouds.size();
        return scene.clouds.emplace_back(n < spare.size() ? std::move(spare[n]) : FilledCloud{});
    };
    for (auto const& content : body.contents()) {
        if (!content.tubes.empty()) {
            int const filling = filling_of(content, content.displaced);
            for (auto const& tube : content.tubes) stage_tube(tube, body, filling, scene.tubes);
        }
        for (auto const& held : content.clouds) {
            if (std::ranges::none_of(held.share, [](float share) { return share >= least_share; })) continue;
            FilledCloud& cloud = another();
            stage_cloud(held, scene.displacement.get(), cloud);
            if (cloud.parcels.empty())
                scene.clouds.pop_back();
            else
                cloud.filling = filling_of(content, held.places->displaced);
        }
        for (auto const& parcels : content.parcels) {
            if (parcels.at_mm.empty()) continue;
            FilledCloud& cloud = another();
            stage_parcels(parcels, scene.displacement.get(), cloud);
            cloud.filling = filling_of(content, parcels.displaced);
        }
    }
}

} // namespace fluoro
