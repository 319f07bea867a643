// Live scatter beside the Monte Carlo's: compare-scatter slabs|phantom|CT-FILE [PRECISION]. One line per scene: on the
// axis, in the mean over the field, share of the field within 20 %, and the mean energy of scatter, live and counted.
#include <cstdio>
#include <cstdlib>
#include <fluoro/core/error.hpp>
#include <fluoro/patient/importer.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/projection/projector.hpp>
#include <fluoro/transport/scatter_picture.hpp>
#include <string>
#include <water_slab.hpp>

namespace {
using namespace fluoro;

void compare_scene(std::string const& name, Scene const& scene, double precision)
{
    static Projector projector;
    Signal signal = projector.project(scene);
    LiveScatter live;
    live.add(signal, scene);
    ScatterPicture const photons = monte_carlo_scatter(scene, {.precision = precision, .bins = 48});
    test::Agreement const all = test::compare(signal.scatter, photons.mean_kev_mm2, signal.exposed);
    double const axis = test::on_axis(photons.mean_kev_mm2, scene);
    std::printf("%-44s axis %.3f  mean %.3f  within 20 %%: %5.1f %%  scatter/primary %.3f  energy %.1f, %.1f keV  "
                "(%.2g histories, %.1f %%)\n",
                name.c_str(), test::on_axis(signal.scatter, scene) / axis, all.mean_ratio, 100 * all.share_within_20_pc,
                axis / test::on_axis(signal.primary, scene),
                test::on_axis(signal.scatter_second_moment, scene) / test::on_axis(signal.scatter, scene),
                test::on_axis(photons.second_kev2_mm2, scene) / axis, double(photons.histories),
                100 * photons.relative_error);
    std::fflush(stdout);
}

void compare_slabs(double precision)
{
    for (bool const has_grid : {false, true})
        for (test::SlabCase slab : {test::SlabCase{.water_cm = 10, .field_cm = 10},
                                    {.water_cm = 20, .field_cm = 10},
                                    {.water_cm = 30, .field_cm = 10},
                                    {.water_cm = 10, .field_cm = 30},
                                    {.water_cm = 20, .field_cm = 30},
                                    {.water_cm = 30, .field_cm = 30},
                                    {.field_cm = 30, .gap_cm = 1},
                                    {.field_cm = 30, .gap_cm = 5},
                                    {.field_cm = 30, .gap_cm = 20},
                                    {.field_cm = 30, .gap_cm = 30},
                                    {.kv = 60},
                                    {.kv = 120},
                                    {.copper_mm = 0.3}}) {
            slab.has_grid = has_grid;
            slab.scintillator = has_grid ? Scintillator::csi_600um : Scintillator::ideal;
            char name[120];
            std::snprintf(name, sizeof name, "%g cm, field %g, gap %g, %g kV %g Cu, %s", slab.water_cm, slab.field_cm,
                          slab.gap_cm, slab.kv, slab.copper_mm, has_grid ? "csi, grid" : "ideal");
            compare_scene(name, test::water_slab(slab), precision);
        }
}

void compare_views(std::shared_ptr<Patient const> const& patient, double precision)
{
    for (double const lao : {0., 40., 90.})
        for (double const field : {300., 200.})
            for (bool const has_grid : {false, true}) {
                char name[80];
                std::snprintf(name, sizeof name, "lao %g, field %g mm, %s", lao, field, has_grid ? "grid" : "no grid");
                compare_scene(name, test::c_arm(patient, lao, field, has_grid), precision);
            }
}

} // namespace

int main(int count, char** words)
try {
    std::string const what = count > 1 ? words[1] : "slabs";
    double const precision = count > 2 ? std::atof(words[2]) : 0.02;
    if (what == "slabs")
        compare_slabs(precision);
    else if (what == "phantom")
        compare_views(test::chest_like_patient(), precision);
    else
        compare_views(std::make_shared<Patient const>(load_ct(what, {true, {}, {}})), precision);
} catch (Error const& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
}
