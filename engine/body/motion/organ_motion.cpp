#include "organ_motion_impl.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace fluoro {

using namespace motion;

namespace {

bool is_any(Amplitudes const& amplitude)
{
    return std::ranges::any_of(amplitude, [](float a) { return a != 0; });
}

} // namespace

OrganMotion::Impl::Impl(Patient const& patient, OrganMotionSettings const& wanted) : settings{wanted}
{
    static std::atomic<std::uint64_t> objects{0};
    id = ++objects;
    settings.lattice_mm = std::clamp(settings.lattice_mm, 3.0, 20.0);
    Tissue const tissue{patient};
    low_mm = tissue.low_mm();
    high_mm = tissue.high_mm();
    if (patient.labels.empty()) return;
    breath = BreathMap{tissue, settings};
    box = {heart_box(tissue, settings.lattice_mm), aorta_box(tissue, settings.lattice_mm),
           throat_box(tissue, settings.lattice_mm)};
    for (ModeBox& b : box) b.find_moving();
    volumes = HeartVolumes{tissue, box[heart_place]};
    systole = SystoleTable{box[heart_place]};
    trunk = breath.grid();
    for (auto const place : {heart_place, aorta_place}) trunk = lattice_around(trunk, box[place].grid);
    with_throat = lattice_around(trunk, box[throat_place].grid);
}

Amplitudes OrganMotion::Impl::heart_amplitudes(std::array<double, chamber_count> const& share) const
{
    // Points are asked for one by one under the same pose: the last answer is kept, by thread.
    struct Known {
        std::uint64_t id = 0;
        std::array<double, chamber_count> share{};
        Amplitudes amplitude{};
    };
    thread_local Known known;
    if (known.id != id || known.share != share) known = {id, share, volumes.amplitudes(share)};
    return known.amplitude;
}

Stand OrganMotion::Impl::stand(BodyPose const& pose) const
{
    Stand s;
    s.breath = breath_stand(pose, settings.reference_dome_mm);
    if (!box[heart_place].is_still()) {
        s.inner[heart_place] = heart_amplitudes(pose.chamber_share);
        s.inner[heart_place][twist] *= float(1 - std::clamp(pose.untwist, 0.0, 1.0));
    }
    s.inner[aorta_place][0] = float(std::clamp(pose.pulse, -0.5, 2.0));
    s.inner[throat_place] = {float(std::clamp(pose.hyoid_forward_mm, -5.0, 20.0)),
                             float(std::clamp(pose.hyoid_up_mm, -5.0, 25.0)),
                             float(std::clamp(pose.epiglottis, 0.0, 1.0))};
    for (std::size_t b = 0; b < boxes; ++b) s.is_moving[b] = !box[b].is_still() && is_any(s.inner[b]);
    s.shift_mm = pose.shift_mm;
    return s;
}

Vec3 OrganMotion::Impl::inner_moved(Vec3 const& rest, Stand const& stand) const
{
    Vec3 moved = rest;
    for (std::size_t b = 0; b < boxes; ++b) {
        Cell cell;
        if (!stand.is_moving[b] || !box[b].find(cell, rest)) continue;
        moved += way(linear(cell, [&](std::size_t n) { return combined(box[b].at(n), box[b].modes, stand.inner[b]); }));
    }
    return moved;
}

Vec3 OrganMotion::Impl::inner_rest(Vec3 const& moved, Stand const& stand) const
{
    auto const slope_at = [&](Vec3 const& p) {
        Slope sum;
        for (std::size_t b = 0; b < boxes; ++b) {
            Cell cell;
            if (!stand.is_moving[b] || !box[b].find(cell, p)) continue;
            sum += linear_with_slope(cell, box[b].grid.spacing_mm, [&](std::size_t n) {
                return combined(box[b].at(n), box[b].modes, stand.inner[b]);
            });
        }
        return sum;
    };
    Slope last = slope_at(moved);
    if (last.value.is_still()) return moved;
    return undone(moved, moved - solved(last, way(last.value)), with_care, last, slope_at);
}

double untwist_of(HeartMoment const& heart)
{
    constexpr double before_filling = 0.5;
    return before_filling * (1 - std::clamp(heart.ventricle, 0.0, 1.0));
}

OrganMotion::OrganMotion(Patient const& patient, OrganMotionSettings const& settings)
    : impl_{std::make_unique<Impl>(patient, settings)}
{
}
OrganMotion::~OrganMotion() = default;
OrganMotion::OrganMotion(OrganMotion&&) noexcept = default;
OrganMotion& OrganMotion::operator=(OrganMotion&&) noexcept = default;

Vec3 OrganMotion::moved(Vec3 const& rest, BodyPose const& pose) const
{
    Stand const stand = impl_->stand(pose);
    return impl_->breath.moved(impl_->inner_moved(rest, stand), stand.breath) + stand.shift_mm;
}

Vec3 OrganMotion::rest_of(Vec3 const& moved, BodyPose const& pose) const
{
    Stand const stand = impl_->stand(pose);
    return impl_->inner_rest(impl_->breath.rest_of(moved - stand.shift_mm, stand.breath), stand);
}

Displacement OrganMotion::displacement(BodyPose const& pose) const
{
    Stand const stand = impl_->stand(pose);
    Displacement d;
    d.cycle = pose.cycle;
    d.grid = stand.is_moving[throat_place] ? impl_->with_throat : impl_->trunk;
    impl_->fill(d, stand);
    impl_->find_density(d);
    impl_->even_out(d);
    return stand.shift_mm == Vec3{0} ? d : impl_->shifted(d, stand.shift_mm);
}

} // namespace fluoro
