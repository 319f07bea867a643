// Live scatter beside the photons themselves, on the same scenes. More scenes: ninja compare-scatter.
#include "water_slab.hpp"

#include <cstdio>
#include <fluoro/core/error.hpp>
#include <fluoro/patient/importer.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/transport/scatter_picture.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

struct Both {
    Signal live;
    ScatterPicture photons;
};

Both compute(Scene const& scene, double precision)
{
    static Projector projector;
    Both both{projector.project(scene), monte_carlo_scatter(scene, {.precision = precision, .bins = 32})};
    LiveScatter live;
    live.add(both.live, scene);
    return both;
}

// 10 % is the promise; 2.5 % is the Monte Carlo's standard error here.
TEST(LiveScatter, on_the_axis_in_water_is_that_of_the_monte_carlo)
{
    test::Extremes ratios{"live_slabs"};
    for (test::SlabCase const& slab :
         {test::SlabCase{.water_cm = 10, .field_cm = 10, .gap_cm = 1, .kv = 60},
          test::SlabCase{.water_cm = 20, .field_cm = 20, .gap_cm = 20, .kv = 120, .copper_mm = 0.3},
          test::SlabCase{.water_cm = 30, .field_cm = 30, .gap_cm = 30, .scintillator = Scintillator::csi_600um},
          test::SlabCase{.water_cm = 15, .field_cm = 20, .gap_cm = 5, .has_grid = true}}) {
        Scene const scene = test::water_slab(slab);
        Both const both = compute(scene, 0.025);
        double const ours = test::on_axis(both.live.scatter, scene);
        double const theirs = test::on_axis(both.photons.mean_kev_mm2, scene);
        std::printf("%g cm of water, field %g cm, gap %g cm, %g kV: %.3f of the Monte Carlo\n", slab.water_cm,
                    slab.field_cm, slab.gap_cm, slab.kv, ours / theirs);
        ratios.see(ours / theirs);
        EXPECT_NEAR(ours / theirs, 1, 0.1 + 0.025);
    }
}

void expect_agreement(Scene const& scene, char const* name, std::string const& figure)
{
    Both const both = compute(scene, 0.025);
    test::Agreement const agreement = test::compare(both.live.scatter, both.photons.mean_kev_mm2, both.live.exposed);
    std::printf("%s: mean %.3f of the Monte Carlo, %.1f %% of the field within 20 %%\n", name, agreement.mean_ratio,
                100 * agreement.share_within_20_pc);
    test::measured(figure + "_mean", agreement.mean_ratio);
    test::measured(figure + "_within", 100 * agreement.share_within_20_pc);
    EXPECT_NEAR(agreement.mean_ratio, 1, 0.1) << name;
    EXPECT_GT(agreement.share_within_20_pc, 0.9) << name;
}

TEST(LiveScatter, in_a_chest_is_that_of_the_monte_carlo)
{
    auto const chest = test::chest_like_patient();
    expect_agreement(test::c_arm(chest, 0, 300, false), "chest-like phantom, AP, no grid", "live_phantom_ap");
    expect_agreement(test::c_arm(chest, 40, 200, true), "chest-like phantom, LAO 40, grid", "live_phantom_lao");
}

TEST(LiveScatter, in_a_real_chest_is_that_of_the_monte_carlo)
{
    auto const file = test::real_data(FLUORO_SOURCE_DIR) / "chest" / "chest_256x256x100_clamped.nii.gz";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no trial data: set FLUORO_DATA to its folder";
    auto const chest = std::make_shared<Patient const>(load_ct(file.string(), {true, {}, {}}));
    expect_agreement(test::c_arm(chest, 0, 300, true), "chest CT, AP, grid", "live_chest");
}

} // namespace
} // namespace fluoro
