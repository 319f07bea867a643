#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/cement.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

/// A cube of marrow of this side with the origin in its middle.
BoneSpace marrow(double side_mm, double spacing_mm, Vec3 const& permeability)
{
    BoneSpace space;
    int const voxels = int(side_mm / spacing_mm);
    space.grid = {Vec3{-spacing_mm * (voxels - 1) / 2}, spacing_mm, glm::ivec3{voxels}};
    space.place.assign(std::size_t(voxels) * std::size_t(voxels) * std::size_t(voxels), CementPlace::marrow);
    space.vein_mm.assign(space.place.size(), 0);
    space.pores = 1;
    space.permeability = permeability;
    return space;
}

template <class Where> void set_places(BoneSpace& space, CementPlace place, Where const& where, float vein_mm = 0)
{
    std::size_t n = 0;
    for (int k = 0; k < space.grid.size.z; ++k)
        for (int j = 0; j < space.grid.size.y; ++j)
            for (int i = 0; i < space.grid.size.x; ++i, ++n)
                if (where(space.grid.at({i, j, k}))) {
                    space.place[n] = place;
                    space.vein_mm[n] = vein_mm;
                }
}

Cement filled(BoneSpace const& space, CementMix const& mix, double ml, double from_s = 210, double rate = 0.1)
{
    Cement cement{std::make_shared<BoneSpace const>(space), mix, 7};
    double left = ml, age = from_s;
    while (left > 1e-12 && age < 2000) {
        double const step = std::min(1.0, left / rate);
        double const in = cement.inject({0, 0, 0}, rate, age, step);
        if (in <= 0) break;
        left -= in;
        age += step;
    }
    return cement;
}

/// Second moments of the filled places along the axes [mm2].
Vec3 spread(Cement const& cement)
{
    Vec3 sum{0};
    double volume = 0;
    for (auto const& parcel : cement.parcels()) {
        Vec3 const p{parcel.at_mm};
        sum += double(parcel.volume_mm3) * p * p;
        volume += parcel.volume_mm3;
    }
    return sum / volume;
}

TEST(CementMix, thickens_as_it_is_handled)
{
    EXPECT_NEAR(viscosity_pa_s(low_viscosity_cement(), 210), 50, 2);
    EXPECT_NEAR(viscosity_pa_s(low_viscosity_cement(), 600), 1000, 20);
    EXPECT_NEAR(viscosity_pa_s(high_viscosity_cement(), 210), 300, 5);
}

TEST(CannulaPressure, is_hagen_and_poiseuilles_for_newtons_fluid)
{
    CementMix newton = low_viscosity_cement();
    newton.thinning = 1;
    newton.start_pa_s = 200;
    // 8 eta L Q / (pi r^4): 0.1 mL/s of 200 Pa s through 12 cm of an 11 G cannula of 2.3 mm.
    double const expected = 8 * 200 * 0.12 * 1e-7 / (std::numbers::pi * std::pow(1.15e-3, 4)) * 1e-6;
    EXPECT_NEAR(cannula_pressure_mpa(newton, 0, 0.1, 2.3, 120), expected, 1e-6 * expected);
    EXPECT_NEAR(expected, 3.5, 0.05);
    // A power-law fluid: the flow that this pressure drives, added up over the pipe from its rate of shear.
    CementMix const thinning = low_viscosity_cement();
    double const pressure_pa = 1e6 * cannula_pressure_mpa(thinning, 300, 0.1, 2.4, 125);
    double flow_mm3_s = 0;
    int const rings = 20000;
    for (int n = 0; n < rings; ++n) {
        double const r = 1.2 * (n + 0.5) / rings;
        double const shear =
            std::pow(pressure_pa * r / (2 * 125) / viscosity_pa_s(thinning, 300), 1 / thinning.thinning);
        flow_mm3_s += std::numbers::pi * r * r * shear * 1.2 / rings;
    }
    EXPECT_NEAR(flow_mm3_s, 100, 0.01);
    // A thinner needle asks for more, a slower push for less.
    CementMix const real = low_viscosity_cement();
    EXPECT_GT(cannula_pressure_mpa(real, 300, 0.1, 1.8, 125), cannula_pressure_mpa(real, 300, 0.1, 2.4, 125));
    EXPECT_NEAR(cannula_pressure_mpa(real, 300, 0.2, 2.4, 125) / cannula_pressure_mpa(real, 300, 0.1, 2.4, 125),
                std::pow(2, 0.6), 1e-9);
}

TEST(Cement, fills_even_marrow_as_a_ball)
{
    double const ml = 4;
    Cement const cement = filled(marrow(30, 0.5, Vec3{4}), high_viscosity_cement(), ml);
    double const radius = std::cbrt(3 * ml * 1000 / (4 * std::numbers::pi));
    // Of a ball the mean square along any axis is r^2 / 5. Its front is rough by the pores' chances and 26 directions
    // are not all: the radius within 4 %.
    Vec3 const moments = spread(cement);
    for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(std::sqrt(5 * moments[axis]) / radius, 1, 0.04) << axis;
    double farthest = 0;
    for (auto const& parcel : cement.parcels()) farthest = std::max(farthest, double(glm::length(parcel.at_mm)));
    EXPECT_LT(farthest / radius, 1.25);
    test::measured("cement_farthest_over_radius", farthest / radius);
}

TEST(Cement, runs_further_where_marrow_is_more_permeable)
{
    Cement const cement = filled(marrow(34, 0.5, Vec3{3.44, 3.44, 4.45}), high_viscosity_cement(), 4);
    Vec3 const moments = spread(cement);
    // The front moves as the root of the permeability: axes of sqrt(3.44 / 4.45) = 0.88.
    double const ratio = std::sqrt(0.5 * (moments.x + moments.y) / moments.z);
    EXPECT_NEAR(ratio, std::sqrt(3.44 / 4.45), 0.1 * ratio);
    test::measured("cement_axes_ratio", ratio);
}

TEST(Cement, takes_exactly_the_volume_that_goes_in)
{
    BoneSpace space = marrow(30, 0.7, Vec3{4});
    space.pores = 0.85;
    Cement const cement = filled(space, low_viscosity_cement(), 3.21);
    EXPECT_NEAR(cement.total_ml(), 3.21, 1e-9);
    double parcels = 0;
    for (auto const& parcel : cement.parcels()) parcels += double(parcel.volume_mm3);
    EXPECT_NEAR(parcels / 1000, 3.21, 3.21 * 1e-6); // parcels are single precision
}

TEST(Cement, passes_no_end_plate_that_has_no_crack)
{
    BoneSpace space = marrow(40, 0.7, Vec3{4});
    auto const plate = [](Vec3 const& p) { return p.z > 6 && p.z < 7.5; };
    auto const beyond = [](Vec3 const& p) { return p.z >= 7.5; };
    set_places(space, CementPlace::disc, beyond);
    set_places(space, CementPlace::wall, plate);
    EXPECT_EQ(filled(space, low_viscosity_cement(), 6).volume_ml(CementPlace::disc), 0);
    set_places(space, CementPlace::marrow, [&](Vec3 const& p) { return plate(p) && std::hypot(p.x, p.y) < 2; });
    EXPECT_GT(filled(space, low_viscosity_cement(), 6).volume_ml(CementPlace::disc), 0.02);
}

/// A body of 36 mm with a vein that leads out of it to the lungs.
BoneSpace with_vein()
{
    BoneSpace space = marrow(36, 0.7, Vec3{3.44, 3.44, 4.45});
    set_places(space, CementPlace::wall, [](Vec3 const& p) { return std::abs(p.x) > 14; });
    auto const on_line = [](Vec3 const& p) { return p.x > 3 && std::hypot(p.y, p.z) < 0.6; };
    set_places(space, CementPlace::vein, on_line, 0.7f);
    set_places(
        space, CementPlace::lungs, [&](Vec3 const& p) { return on_line(p) && p.x > 16.5; }, 0.7f);
    return space;
}

TEST(Cement, leaks_less_the_later_and_the_thicker_it_is_injected)
{
    BoneSpace const space = with_vein();
    auto const leak = [&](CementMix const& mix, double from_s) {
        Cement const cement = filled(space, mix, 4, from_s);
        return cement.volume_ml(CementPlace::lungs) + cement.volume_ml(CementPlace::vein);
    };
    double const early = leak(low_viscosity_cement(), 180), middle = leak(low_viscosity_cement(), 320),
                 late = leak(low_viscosity_cement(), 400), thick = leak(high_viscosity_cement(), 210);
    EXPECT_GT(early, middle);
    EXPECT_GT(middle, late);
    EXPECT_GT(late, -1e-12);
    EXPECT_GT(early, 4 * thick);
    EXPECT_GT(early, 0.1);
    test::measured("cement_leak_early_ml", early);
    test::measured("cement_leak_late_ml", late);
}

TEST(Cement, that_has_set_or_meets_a_wall_does_not_flow)
{
    BoneSpace space = marrow(10, 0.7, Vec3{4});
    Cement cement{std::make_shared<BoneSpace const>(space), low_viscosity_cement(), 1};
    EXPECT_EQ(cement.inject({0, 0, 0}, 0.1, 700, 1), 0);
    EXPECT_EQ(cement.inject({50, 0, 0}, 0.1, 300, 1), 0);
    // All that is there takes what it can, and no more.
    double in = 0;
    for (int n = 0; n < 40; ++n) in += cement.inject({0, 0, 0}, 0.1, 300, 1);
    EXPECT_NEAR(in, 14 * 14 * 14 * 0.343 / 1000, 1e-4);
    EXPECT_NEAR(cement.total_ml(), in, 1e-9);
    set_places(space, CementPlace::wall, [](Vec3 const&) { return true; });
    Cement walled{std::make_shared<BoneSpace const>(space), low_viscosity_cement(), 1};
    EXPECT_EQ(walled.inject({0, 0, 0}, 0.1, 300, 1), 0);
}

TEST(Cement, is_the_same_again_and_depends_on_no_step)
{
    BoneSpace const space = marrow(30, 0.7, Vec3{4});
    EXPECT_EQ(filled(space, low_viscosity_cement(), 2).state_hash(),
              filled(space, low_viscosity_cement(), 2).state_hash());
}

TEST(BoneSpaceOfPatient, is_refused_without_labels)
{
    EXPECT_THROW((void)bone_space(Patient{}, "L1"), Error);
    EXPECT_THROW((void)bone_space(Patient{}, "S1"), Error);
}

} // namespace
} // namespace fluoro
