// What a tube holds and what is drawn of it: as much, and where it lies.
#include "gut/tube_picture.hpp"
#include "../../support/measured.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

using test::measured;
constexpr double strength_mg_mm3 = 1;
constexpr Vec3 upright{0, 0, -1}, supine{0, 1, 0};

/// From `top` straight down, `length_mm` long; with a bend of 90 degrees about `bend_mm`, where that is more than 0.
TubeCells tube_of(double radius_mm, double length_mm, double bend_mm = 0)
{
    std::vector<Vec3> points;
    for (double s = 0; s <= length_mm; s += 1) points.push_back({0, 0, -s});
    for (double turn = 0; bend_mm > 0 && turn <= std::numbers::pi / 2; turn += 1 / bend_mm)
        points.push_back({0, bend_mm * (1 - std::cos(turn)), -length_mm - 1 - bend_mm * std::sin(turn)});
    return cut_tube(points, std::vector<double>(points.size(), radius_mm), 2.5);
}

Portion barium(double mm3)
{
    return {mm3, 0, strength_mg_mm3 * mm3, std::log(60.0) * mm3};
}

struct Drawn {
    double mm3 = 0, most = 0;
    Vec3 middle{0}, low{1e9}, high{-1e9};
};
Drawn drawn(TubePicture::Parcels const& parcels, float least_mm3 = 0)
{
    Drawn sum;
    for (auto const* part : {&parcels.in_tissue, &parcels.in_air})
        for (ContentParcels const& p : *part)
            for (std::size_t i = 0; i < p.at_mm.size(); ++i) {
                Vec3 const at{p.at_mm[i]};
                sum.mm3 += double(p.volume_mm3[i]);
                sum.middle += at * double(p.volume_mm3[i]);
                if (p.volume_mm3[i] < least_mm3) continue;
                sum.low = glm::min(sum.low, at);
                sum.high = glm::max(sum.high, at);
            }
    sum.middle /= sum.mm3;
    return sum;
}

TEST(TubePicture, draws_just_what_a_soft_tube_holds_in_a_bend_too)
{
    TubeFluid tube{tube_of(9, 60, 15), {}};
    TubePicture const picture{tube, {}, 0, 0, 1.5};
    double held = 0;
    for (int i = 4; i < tube.cells().count() - 2; ++i) {
        double const mm3 = 100 + 80 * std::sin(0.7 * i);
        tube.add(i, barium(mm3));
        tube.add(i, {0, 40, 0, 0});
        held += mm3;
    }
    for (Vec3 const& down : {upright, supine}) {
        // Sums of floats.
        EXPECT_NEAR(drawn(picture.barium(tube, strength_mg_mm3, down)).mm3 / held, 1, 1e-5);
    }
    measured("tube_drawn_volume_error", std::abs(drawn(picture.barium(tube, strength_mg_mm3, supine)).mm3 / held - 1));
}

// A column that fills its tube: as wide as the tube, its volume over its height the tube's cross-section.
TEST(TubePicture, a_full_soft_tube_is_as_wide_as_it_is)
{
    TubeFluid tube{tube_of(9, 100), {}};
    TubePicture const picture{tube, {}, 0, 0, 1.5};
    TubeCells const& cells = tube.cells();
    for (int i = 8; i < 32; ++i) tube.add(i, barium(cells.open_mm2[std::size_t(i)] * cells.length_mm[std::size_t(i)]));
    Drawn const d = drawn(picture.barium(tube, strength_mg_mm3, upright), 0.2f);
    // The outermost ring of a disc has its middle half a ring within the edge.
    EXPECT_NEAR(d.high.x, 8.5, 0.15);
    EXPECT_NEAR(d.high.y, 8.5, 0.15);
    EXPECT_NEAR(d.middle.z, -50, 0.05);
}

// A filled throat is twice as wide from side to side as it is deep and holds as much; 30 mm on the gullet is round.
// Rings' parcels lie within half a millimetre of the edge.
TEST(TubePicture, a_filled_throat_is_wide_and_flat)
{
    TubeFluid tube{tube_of(8, 60), {}};
    int const flat = 6; // cells
    TubePicture const picture{tube, {}, 0, 0, 1.5, flat};
    double const mm3 = std::numbers::pi * 64 * 2.5;
    for (int i = 0; i < tube.cells().count(); ++i) tube.add(i, barium(mm3));
    auto const parcels = picture.barium(tube, strength_mg_mm3, upright);
    auto const extent = [&](double from_mm, double to_mm) {
        Vec3 most{0};
        for (ContentParcels const& p : parcels.in_tissue)
            for (auto const& at : p.at_mm)
                if (at.z < -from_mm && at.z > -to_mm) most = glm::max(most, glm::abs(Vec3{at}));
        return most;
    };
    Vec3 const throat = extent(2, 10), gullet = extent(48, 58);
    EXPECT_NEAR(throat.x, 8 * std::sqrt(2.0), 0.7);
    EXPECT_NEAR(throat.y, 8 / std::sqrt(2.0), 0.7);
    EXPECT_NEAR(gullet.x, 8, 0.7);
    EXPECT_NEAR(gullet.y, 8, 0.7);
    EXPECT_NEAR(drawn(parcels).mm3 / (mm3 * tube.cells().count()), 1, 1e-5);
}

TEST(TubePicture, liquid_and_gas_lie_on_each_other_in_who_lies)
{
    TubeFluid tube{tube_of(9, 100), {}};
    TubePicture const picture{tube, {}, 0, 0, 1.5};
    for (int i = 8; i < 32; ++i) {
        tube.add(i, barium(200));
        tube.add(i, {0, 200, 0, 0});
    }
    Drawn const liquid = drawn(picture.barium(tube, strength_mg_mm3, supine)), gas = drawn(picture.gas(tube, supine));
    EXPECT_GT(liquid.middle.y - gas.middle.y, 3); // both 5 mm in radius in a circle of 7
    EXPECT_NEAR(gas.mm3, 24 * 200, 0.01);
}

// 66 mm wide, aslant: one level surface, below it no place empty, and its volume.
TEST(TubePicture, a_wide_hollow_has_a_level_surface)
{
    constexpr double radius_mm = 33, place_mm = 1.5;
    TubeFluid tube{tube_of(radius_mm, 200), {}};
    TubeCells const& cells = tube.cells();
    for (int i = 0; i < cells.count(); ++i) tube.set_stands_open(i);
    TubePicture const picture{tube, {}, 0, 0, place_mm};
    double held = 0;
    for (int i = cells.count() - 16; i < cells.count(); ++i) {
        double const mm3 = 4000 - 200 * (cells.count() - 1 - i);
        tube.add(i, barium(mm3));
        held += mm3;
    }
    for (Vec3 const& down : {upright, glm::normalize(Vec3{0, 0.4, -1})}) {
        auto const parcels = picture.barium(tube, strength_mg_mm3, down);
        EXPECT_NEAR(drawn(parcels).mm3 / held, 1, 1e-5);
        // The highest place that is at all filled over the lowest that is not full: the surface is a place soft.
        double highest = -1e9, lowest = 1e9;
        for (ContentParcels const& p : parcels.in_tissue)
            for (std::size_t i = 0; i < p.at_mm.size(); ++i) {
                Vec3 const at{p.at_mm[i]};
                double const height = -glm::dot(down, at);
                highest = std::max(highest, height);
                bool const is_within = std::hypot(at.x, at.y) < radius_mm - place_mm && at.z > -195;
                if (is_within && double(p.volume_mm3[i]) < 0.9 * std::pow(place_mm, 3))
                    lowest = std::min(lowest, height);
            }
        EXPECT_GT(highest, lowest - 0.01);
        EXPECT_LT(highest - lowest, place_mm);
        if (down == upright) {
            // Its depth is its volume over the cross-section, to a place at the top and one at the bottom.
            double const bottom = -200, depth = held / (std::numbers::pi * radius_mm * radius_mm);
            EXPECT_NEAR(highest - bottom, depth, 2 * place_mm);
            measured("wide_gullet_depth_mm", highest - bottom);
            measured("wide_gullet_depth_expected_mm", depth);
        }
        measured("wide_gullet_level_mm", highest - lowest);
    }
}

} // namespace
} // namespace fluoro
