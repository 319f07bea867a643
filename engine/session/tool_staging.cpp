#include "tool_staging.hpp"
#include "pulse_smear.hpp"

#include <algorithm>

namespace fluoro {
namespace {

/// What a CT has in a tool's place: blood, or tissue much like it; marrow where cement goes.
constexpr double blood_hu = 45, marrow_hu = 150;

/// The filling of that content, added when there is none yet.
int filling_of(Scene& scene, Mixture const& content, double displaced_hu, std::size_t first)
{
    for (std::size_t n = first; n < scene.fillings.size(); ++n)
        if (scene.fillings[n].content == content) return int(n);
    scene.fillings.push_back({content, basis_densities(displaced_hu)});
    return int(scene.fillings.size()) - 1;
}

} // namespace

void stage_tools(InstrumentPicture const& picture, double pulse_s, Scene& scene)
{
    std::size_t const first = scene.fillings.size();
    std::vector<double> radii;
    for (ToolStretch const& stretch : picture.stretches) {
        int const filling = filling_of(scene, stretch.content, blood_hu, first);
        auto const add = [&](auto const& radius_of, double share) {
            radii.clear();
            for (double const outer : stretch.outer_mm) radii.push_back(radius_of(outer));
            add_smeared(stretch.points_mm, radii, stretch.moved_mm, filling, share, pulse_s, {}, scene.tubes);
        };
        add([](double outer) { return outer / 2; }, 1.0);
        if (stretch.inner_mm > 0) add([&](double) { return stretch.inner_mm / 2; }, -1.0);
    }
    if (picture.cement.empty()) return;
    FilledCloud cloud;
    cloud.size_mm = picture.cement_size_mm;
    scene.fillings.push_back({picture.cement_content, basis_densities(marrow_hu)});
    cloud.filling = int(scene.fillings.size()) - 1;
    for (Cement::Parcel const& parcel : picture.cement) cloud.parcels.push_back({parcel.at_mm, parcel.volume_mm3});
    scene.clouds.push_back(std::move(cloud));
}

} // namespace fluoro
