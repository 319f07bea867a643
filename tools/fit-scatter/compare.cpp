// Live scatter beside the Monte Carlo's, on slabs, on a chest-like phantom and on a CT: how far apart.
#include "../../tests/physics/scatter/water_slab.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fluoro/image/files.hpp>
#include <fluoro/patient/importer.hpp>
#include <fluoro/projection/live_scatter.hpp>
#include <fluoro/projection/reference.hpp>
#include <fluoro/transport/scatter_picture.hpp>
#include <fstream>
#include <string>
using namespace fluoro;
static double precision = 0.01;
static std::string cache = "/tmp/mcs/";
void compare(std::string const& name, Scene const& scene)
{
    std::filesystem::create_directories(cache);
    if (std::getenv("CACHED") && !std::filesystem::exists(cache + name + ".bin")) return;
    std::string f = cache + name + ".bin";
    ScatterPicture mc{{scene.pixels.columns, scene.pixels.rows}, {scene.pixels.columns, scene.pixels.rows}, 0, 0};
    Signal s;
    s.primary = mc.mean_kev_mm2;
    s.primary_second_moment = s.primary;
    s.scatter = s.primary;
    s.scatter_second_moment = s.primary;
    auto n = std::streamsize(4 * s.primary.values.size());
    std::ifstream in(f, std::ios::binary);
    Signal ref = s;
    if (in) {
        in.read((char*)mc.mean_kev_mm2.values.data(), n);
        in.read((char*)mc.second_kev2_mm2.values.data(), n);
        in.read((char*)s.primary.values.data(), n);
        in.read((char*)s.primary_second_moment.values.data(), n);
        in.read((char*)&s.exposed, sizeof s.exposed);
    } else {
        mc = monte_carlo_scatter(scene, {.precision = precision, .bins = 48});
        static Projector projector{[] {
            ProjectorSettings p;
            p.every_pixel = true;
            return p;
        }()};
        s = projector.project(scene);
        std::ofstream o(f, std::ios::binary);
        o.write((char*)mc.mean_kev_mm2.values.data(), n);
        o.write((char*)mc.second_kev2_mm2.values.data(), n);
        o.write((char*)s.primary.values.data(), n);
        o.write((char*)s.primary_second_moment.values.data(), n);
        o.write((char*)&s.exposed, sizeof s.exposed);
        std::fprintf(stderr, "%s: %g histories, error %g\n", name.c_str(), double(mc.histories), mc.relative_error);
    }
    if (false)
        for (std::size_t i = 0; i < s.primary.values.size(); ++i) {
            if (!(s.primary.values[i] > 0)) continue;
            float g = float(grid_transmission(
                *scene.grid, PhotonEnergy{double(s.primary_second_moment.values[i] / s.primary.values[i])}, 0, 0));
            s.primary.values[i] *= g;
        }
    LiveScatter live;
    live.add(s, scene);
    int const w = scene.pixels.columns, h = scene.pixels.rows;
    double sl = 0, sm = 0, axl = 0, axm = 0, axp = 0, worst = 0;
    int good = 0, all = 0;
    double e2l = 0, e2m = 0;
    for (int r = s.exposed.row; r < s.exposed.row + s.exposed.rows; ++r)
        for (int c = s.exposed.column; c < s.exposed.column + s.exposed.columns; ++c) {
            double l = s.scatter.at(c, r), m = mc.mean_kev_mm2.at(c, r);
            Vec2 at = scene.pixels.position_mm(c, r);
            if (std::abs(at.x) < 25 && std::abs(at.y) < 25) {
                axl += l;
                axm += m;
                axp += s.primary.at(c, r);
            }
            sl += l;
            sm += m;
            ++all;
            good += std::abs(l / m - 1) < 0.2;
            worst = std::max(worst, std::abs(l / m - 1));
            e2l += s.scatter_second_moment.at(c, r);
            e2m += mc.second_kev2_mm2.at(c, r);
        }
    std::printf("%-34s axis %.3f  mean %.3f  within 20%%: %.3f worst %.2f  SPR mc %.3f energy %.1f/%.1f\n",
                name.c_str(), axl / axm, sl / sm, double(good) / all, worst, axm / axp, e2l / sl, e2m / sm);
    if (std::getenv("MAP"))
        for (int i = 0; i < 9; ++i) {
            for (int j = 0; j < 9; ++j) {
                int c = s.exposed.column + (2 * j + 1) * s.exposed.columns / 18,
                    r = s.exposed.row + (2 * i + 1) * s.exposed.rows / 18;
                std::printf(" %.2f", double(s.scatter.at(c, r)) / mc.mean_kev_mm2.at(c, r));
            }
            std::printf("   |");
            for (int j = 0; j < 9; ++j) {
                int c = s.exposed.column + (2 * j + 1) * s.exposed.columns / 18,
                    r = s.exposed.row + (2 * i + 1) * s.exposed.rows / 18;
                std::printf(" %.3f", double(mc.mean_kev_mm2.at(c, r)) / s.primary.at(c, r));
            }
            std::printf("\n");
        }
    (void)w;
    (void)h;
}
int main(int n, char** a)
{
    std::string what = n > 1 ? a[1] : "slabs";
    if (n > 2) precision = std::atof(a[2]);
    if (what == "slabs")
        for (test::SlabCase c : {test::SlabCase{20, 20, 10},
                                 {10, 10, 10},
                                 {30, 30, 10},
                                 {20, 30, 10},
                                 {10, 30, 10},
                                 {20, 30, 1},
                                 {20, 30, 30},
                                 {30, 30, 1},
                                 {10, 10, 30},
                                 {20, 10, 1},
                                 {30, 20, 30},
                                 {20, 20, 10, 60},
                                 {20, 20, 10, 120},
                                 {20, 20, 10, 80, 0.3}})
            for (int g = 0; g < 2; ++g) {
                c.has_grid = g;
                c.scintillator = g ? Scintillator::csi_600um : Scintillator::ideal;
                char name[99];
                std::snprintf(name, 99, "slab_t%g_f%g_g%g_%gkV_%gCu_%s", c.water_cm, c.field_cm, c.gap_cm, c.kv,
                              c.copper_mm, g ? "grid" : "bare");
                compare(name, test::water_slab(c));
            }
    else {
        std::shared_ptr<Patient const> p;
        Vec3 centre{0};
        if (what == "chest")
            p = std::make_shared<Patient const>(
                load_patient("/work/shared/data/chest/chest_256x256x100_clamped.nii.gz", {true, {}, {}})),
            centre = p->ct.grid.centre_mm();
        else
            p = test::make_patient(test::centred_grid({120, 90, 100}, {3, 3, 3}), test::chest_like_hu);
        for (double lao : {0., 40., 90.})
            for (double field : {300., 200.})
                for (int g = 0; g < 2; ++g) {
                    Scene s;
                    s.patient = p;
                    s.view = view_of({radians(lao), 0}, 1050, 750, centre);
                    s.pixels = {field, 96, 96};
                    s.blades = {-field / 2, field / 2, -field / 2, field / 2};
                    s.exposure = {{TubeVoltage{80}, Thickness{0.1}, Thickness{0}}, CurrentTime{1}};
                    s.scintillator = Scintillator::csi_600um;
                    if (g) s.grid = AntiScatterGrid{};
                    char name[99];
                    std::snprintf(name, 99, "%s_lao%g_f%g_%s", what.c_str(), lao, field, g ? "grid" : "bare");
                    compare(name, s);
                }
    }
}
