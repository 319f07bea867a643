#include "tool_staging.hpp"
#include "pulse_smear.hpp"

#include <algorithm>

namespace fluoro {
namespace {

/// The filling of that content, added when there is none yet.
int filling_of(Scene& scene, Mixture const& content, double displaced_hu, std::size_t first)
{
    BasisDensities const displaced = basis_densities(displaced_hu);
    for (std::size_t n = first; n < scene.fillings.size(); ++n)
        if (scene.fillings[n].content == content && scene.fillings[n].displaced.soft_g_cm3 == displaced.soft_g_cm3 &&
            scene.fillings[n].displaced.bone_g_cm3 == displaced.bone_g_cm3)
            return int(n);
    scene.fillings.push_back({content, displaced});
    return int(scene.fillings.size()) - 1;
}

} // namespace

void stage_tools(InstrumentPicture const& picture, double pulse_s, Scene& scene)
{
    std::size_t const first = scene.fillings.size();
    std::vector<double> radii;
    for (ToolStretch const& stretch : picture.stretches) {
        int const filling = filling_of(scene, stretch.content, stretch.displaced_hu, first);
        auto const add = [&](auto const& radius_of, double share) {
            radii.clear();
            for (double const outer : stretch.outer_mm) radii.push_back(radius_of(outer));
            add_smeared(stretch.points_mm, radii, stretch.moved_mm, filling, share, pulse_s, {}, scene.tubes);
        };
        add([](double outer) { return outer / 2; }, 1.0);
        if (stretch.inner_mm > 0) add([&](double) { return stretch.inner_mm / 2; }, -1.0);
    }
    for (ToolCloud const& one : picture.clouds) {
        FilledCloud cloud;
        cloud.size_mm = one.size_mm;
        cloud.filling = filling_of(scene, one.content, one.displaced_hu, first);
        cloud.parcels.reserve(one.parcels.size());
        for (CloudParcel const& parcel : one.parcels) cloud.parcels.push_back({parcel.at_mm, parcel.volume_mm3});
        scene.clouds.push_back(std::move(cloud));
    }
}

} // namespace fluoro
