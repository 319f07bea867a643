// The provisional veil: the table it is made from, and a slab of water that finds its own thickness again.
#include <fluoro/projection/projector.hpp>
#include <fluoro/projection/scatter_veil.hpp>
#include <gtest/gtest.h>
#include <phantoms.hpp>

namespace fluoro {
namespace {

TEST(ScatterVeil, ratio_is_the_tables_at_its_own_places)
{
    EXPECT_NEAR(scatter_to_primary(10, 10, false), 0.293, 1e-9);
    EXPECT_NEAR(scatter_to_primary(20, 30, false), 2.528, 1e-9);
    EXPECT_NEAR(scatter_to_primary(30, 30, false), 4.229, 1e-9);
    EXPECT_NEAR(scatter_to_primary(20, 30, true) / scatter_to_primary(20, 30, false), 0.10 / 0.72, 1e-9);
}

TEST(ScatterVeil, ratio_grows_with_thickness_and_field)
{
    for (double cm = 1; cm < 50; cm += 1) {
        EXPECT_GT(scatter_to_primary(cm + 1, 15, false), scatter_to_primary(cm, 15, false));
        EXPECT_GT(scatter_to_primary(15, cm + 1, false), scatter_to_primary(15, cm, false));
    }
}

// 20 cm of water under a field of 16 x 16 cm. 2 %: rays off the axis have up to 1 % more water in their way, and the
// energy table is good to 0.5 %.
TEST(ScatterVeil, water_scatters_as_water_of_its_own_thickness)
{
    Scene scene;
    scene.patient = test::make_patient(test::centred_grid({120, 100, 120}, {2, 2, 2}), [](Vec3 const&) { return 0.0; });
    scene.view = view_of({}, 1000, 750, Vec3{0});
    scene.pixels = {160, 64, 64};
    scene.blades = {-80, 80, -80, 80};
    scene.exposure = {{TubeVoltage{80}, Thickness{0}, Thickness{0}}, CurrentTime{1}};
    Projector projector;
    Signal signal = projector.project(scene);
    add_scatter_veil(signal, scene, false);
    double const ratio = double(signal.scatter.at(32, 32)) / signal.primary.at(32, 32);
    EXPECT_NEAR(ratio / scatter_to_primary(20, 16, false), 1, 0.02);
    EXPECT_NEAR(signal.scatter_second_moment.at(32, 32) / signal.scatter.at(32, 32),
                signal.primary_second_moment.at(32, 32) / signal.primary.at(32, 32), 0.2);
}

} // namespace
} // namespace fluoro
