#include "body_staging.hpp"

namespace fluoro {
namespace {

/// Less than this share of a medium shows in no picture: 0.1 mgI/mL over the widest vessel is a hundredth of the noise.
constexpr float least_share = 3e-4f;

void stage_tube(ContentTube const& content, Body const& body, int filling, std::vector<FilledTube>& tubes)
{
    std::vector<Vec3> points;
    points.reserve(content.points_mm.size());
    for (auto const& rest : content.points_mm) points.push_back(body.motion().moved(rest, body.pose()));
    auto const pieces = tube_along(points, content.radii_mm, filling);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (content.share[i] < least_share) continue;
        tubes.push_back(pieces[i]);
        tubes.back().share = double(content.share[i]);
    }
}

FilledCloud staged_cloud(Content::Cloud const& content, Displacement const& displacement, int filling)
{
    ContentPlaces const& places = *content.places;
    FilledCloud cloud;
    cloud.size_mm = places.size_mm;
    cloud.filling = filling;
    for (std::size_t slot = 0; slot < content.share.size(); ++slot) {
        float const share = content.share[slot];
        if (share < least_share) continue;
        for (std::size_t i = places.first[slot]; i < places.first[slot + 1]; ++i) {
            glm::vec3 const rest = places.at_mm[i];
            cloud.parcels.push_back({rest + glm::vec3{sampled(displacement.grid, displacement.forward_mm, Vec3{rest})},
                                     share * places.volume_mm3[i]});
        }
    }
    return cloud;
}

} // namespace

void stage_body(Body const& body, Scene& scene)
{
    scene.displacement = body.displacement();
    auto const filling_of = [&](Content const& content, BasisDensities const& displaced) {
        scene.fillings.push_back({content.medium, displaced});
        return int(scene.fillings.size()) - 1;
    };
    for (auto const& content : body.contents()) {
        if (!content.tubes.empty()) {
            int const filling = filling_of(content, content.displaced);
            for (auto const& tube : content.tubes) stage_tube(tube, body, filling, scene.tubes);
        }
        for (auto const& cloud : content.clouds) {
            auto staged = staged_cloud(cloud, *scene.displacement, -1);
            if (staged.parcels.empty()) continue;
            staged.filling = filling_of(content, cloud.places->displaced);
            scene.clouds.push_back(std::move(staged));
        }
    }
}

} // namespace fluoro
