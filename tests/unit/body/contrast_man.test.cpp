// Contrast medium in all vessels of the built-in man, on the blood that his own heart drives.
#include "../../support/measured.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/body/contrast_flow.hpp>
#include <fluoro/body/injector.hpp>
#include <gtest/gtest.h>
#include <numeric>

namespace fluoro {
namespace {

using test::measured;

double processor_s()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

LumenGraph const& vessels()
{
    static LumenGraph const graph = build_anatomy(built_in_patient("adult-male")).lumens.vessels;
    return graph;
}

struct Man {
    static constexpr double dt = 1.0 / 240;
    LumenGraph const& graph = vessels();
    LumenCells const cells = divide(graph, 1.5);
    Heartbeat heart{{.variability = 0}};
    Circulation blood{graph, {}};
    ContrastFlow contrast{graph, cells, blood};
    Injector injector;
    int into = -1;
    double contrast_s = 0; ///< processor time of the medium

    Man()
    {
        for (int i = 0; i < 6 * 240; ++i) step();
    }
    int edge(std::string const& name) const { return graph.find_edge(name).value(); }
    /// Of the pieces that a vessel's branches divide it into, "name", "name/2" and so on, the farthest.
    int last_piece(std::string const& name) const
    {
        int last = edge(name);
        for (int n = 2; auto const next = graph.find_edge(name + '/' + std::to_string(n)); ++n) last = *next;
        return last;
    }
    void inject(char const* name, double ml, double ml_s)
    {
        into = edge(name);
        InjectionWish wish;
        wish.volume_ml = ml;
        wish.rate_ml_s = ml_s;
        injector.start(wish, {});
    }
    void step()
    {
        double const ml_s = injector.advance(dt);
        if (into >= 0) blood.inject(1, into, 4, ml_s);
        blood.advance(dt, heart.advance(dt));
        double const begin = processor_s();
        if (into >= 0) contrast.inject(1, into, 4, ml_s);
        contrast.advance(dt, blood);
        contrast_s += processor_s() - begin;
    }
    void run(double seconds)
    {
        for (int i = 0; i < int(std::lround(seconds / dt)); ++i) step();
    }
    double medium_ml(int e) const
    {
        double all = 0;
        for (int cell = cells.first[std::size_t(e)]; cell < cells.first[std::size_t(e) + 1]; ++cell)
            all += contrast.mean_share(cell) * cells.volume_mm3[std::size_t(cell)] / 1000;
        return all;
    }
    double at_end(int e) const { return contrast.mean_share(cells.first[std::size_t(e) + 1] - 1); }
};

TEST(ContrastInTheMan, a_left_coronary_injection_is_kept_for_a_minute)
{
    Man man;
    man.contrast_s = 0;
    man.inject("left-main", 7.1, 2.1);
    double worst = 0, slowest_s = 0, injecting_s = 0;
    for (int frame = 0; frame < 3600; ++frame) {
        double const before = man.contrast_s;
        man.run(1.0 / 60);
        slowest_s = std::max(slowest_s, man.contrast_s - before);
        if (frame == 209) injecting_s = man.contrast_s / 210; // the first three and a half seconds
        if (frame % 60 > 0) continue;
        double const there = man.contrast.in_body_ml() + man.contrast.excreted_ml();
        worst = std::max(worst, std::abs(there / man.contrast.injected_ml() - 1));
        auto const [least, most] = std::minmax_element(man.contrast.share().begin(), man.contrast.share().end());
        EXPECT_GE(*least, 0);
        EXPECT_LE(*most, 1);
    }
    measured("contrast_man_mass_error", worst);
    measured("contrast_man_frame_ms_injecting", 1e3 * injecting_s);
    measured("contrast_man_frame_ms_mean", 1e3 * man.contrast_s / 3600);
    measured("contrast_man_frame_ms_slowest", 1e3 * slowest_s);
    measured("contrast_man_excreted_ml", man.contrast.excreted_ml());
    EXPECT_NEAR(man.contrast.injected_ml(), 7.1, 1e-9);
    EXPECT_LE(worst, 1e-5);
    // Of the medium in some 5 L, 2 mL of plasma are cleared per second, more in the first passage.
    EXPECT_GT(man.contrast.excreted_ml(), 0.1);
    EXPECT_LT(man.contrast.excreted_ml(), 1);
    // It has come back: 7 mL in 5 L are 1.4e-3.
    EXPECT_GT(man.at_end(man.edge("right-common-carotid")), 5e-4);
    EXPECT_LT(man.at_end(man.edge("right-common-carotid")), 5e-3);
}

// Within two standard deviations of the frame counts that patients have.
TEST(ContrastInTheMan, columns_run_down_the_coronary_arteries_as_fast_as_is_seen)
{
    struct Way {
        char const *into, *origin, *landmark, *name;
        double ml_s;
        std::string figure;
        double frames, sd; // Gibson 1996, at 30 frames per second
    };
    for (Way const& way :
         {Way{"left-main", "lad-proximal", "lad-distal", "anterior descending", 2.1, "lad", 36.2, 2.6},
          Way{"left-main", "circumflex-proximal", "obtuse-marginal-2", "circumflex", 2.1, "circumflex", 22.2, 4.1},
          Way{"rca-proximal", "rca-proximal", "posterolateral-trunk/2", "right", 1.7, "rca", 20.4, 3.0}}) {
        Man man;
        man.inject(way.into, 7, way.ml_s);
        // Gibson's landmarks are the vessels' last forks; the right one's is the first branch behind the crux.
        bool const is_right = std::string{way.name} == "right";
        int const origin = man.edge(way.origin),
                  landmark = is_right ? man.edge(way.landmark) : man.last_piece(way.landmark);
        double length = -4; // from the first cells on
        for (int const e :
             man.graph.way(man.graph.edges[std::size_t(origin)].from, man.graph.edges[std::size_t(landmark)].to))
            length += man.graph.edges[std::size_t(e)].length_mm();
        // From the first dye at the origin to the first at the landmark, in pictures of 1/30 s.
        double begin = -1, end = -1;
        for (int i = 0; i < 4 * 240 && end < 0; ++i) {
            man.step();
            if (begin < 0 && man.contrast.mean_share(man.cells.at(origin, 4)) > 0.1) begin = i * Man::dt;
            if (man.at_end(landmark) > 0.1) end = i * Man::dt;
        }
        ASSERT_GT(end, 0) << way.name;
        measured("contrast_frames_" + way.figure, 30 * (end - begin));
        measured("contrast_speed_" + way.figure, length / (end - begin) / 10);
        EXPECT_NEAR(30 * (end - begin), way.frames, 2 * way.sd) << way.name;
    }
}

TEST(ContrastInTheMan, a_fast_injection_flows_back_into_the_aorta)
{
    Man man;
    int const left_main = man.edge("left-main");
    auto const outside = [&] {
        double all = 0;
        for (std::size_t e = 0; e < man.graph.edges.size(); ++e)
            if (man.graph.edges[e].wall == WallClass::elastic_artery) all += man.medium_ml(int(e));
        return all;
    };
    double passed = 0, back = 0;
    man.inject("left-main", 8, 4);
    // One second, before the medium leaves the aorta; what goes back by the flows against what is found there.
    for (int i = 0; i < 240; ++i) {
        man.step();
        double const in = man.blood.flow_in_ml_s()[std::size_t(left_main)];
        back += std::max(-in, 0.0) * Man::dt;
        passed += man.blood.flow_out_ml_s()[std::size_t(left_main)] * Man::dt;
    }
    measured("contrast_man_reflux_ml", back);
    measured("contrast_man_reflux_share", outside() / man.contrast.injected_ml());
    EXPECT_NEAR(man.injector.delivered_ml(), back + passed, 0.1 * 3.6); // but for blood drawn in while diastole is fast
    EXPECT_GT(outside(), 0.8 * back);                                   // the ostium's cells hold the rest
    EXPECT_LT(outside(), 1.02 * back);
}

TEST(ContrastInTheMan, nothing_passes_a_balloon_that_closes_the_artery)
{
    Man man;
    man.blood.narrow(1, man.edge("lad-mid"), 1, 4, 0);
    man.run(1);
    man.inject("left-main", 7, 2.1);
    man.run(3);
    EXPECT_GT(man.medium_ml(man.edge("lad-proximal/2")), 0.5 * 0.08); // 8 mm of 1.8 mm: 0.08 mL
    EXPECT_GT(man.at_end(man.edge("circumflex-distal")), 0.5);
    EXPECT_LT(man.at_end(man.edge("lad-distal")), 1e-3);
}

TEST(ContrastInTheMan, the_left_ventricle_is_washed_out_by_its_ejection_fraction)
{
    Man man;
    man.inject("left-ventricle", 10, 20);
    man.run(1.5);
    int const cavity = man.edge("left-ventricle");
    std::vector<double> shares, left_over;
    for (int beat = 0; beat < 5; ++beat) {
        double most = 0, least = 1e9;
        for (std::int64_t const now = man.heart.now().beat; man.heart.now().beat == now;) {
            man.step();
            double const ml = man.blood.chamber_ml()[0];
            most = std::max(most, ml);
            least = std::min(least, ml);
        }
        shares.push_back(man.at_end(cavity));
        left_over.push_back(least / most);
    }
    double worst = 0;
    // The first, cut off at its beginning, only leads to the first whole one.
    for (std::size_t i = 2; i < shares.size(); ++i)
        worst = std::max(worst, std::abs(shares[i] / shares[i - 1] / left_over[i] - 1));
    measured("contrast_man_washout_ratio", shares[2] / shares[1]);
    measured("contrast_man_washout_error", worst);
    EXPECT_LE(worst, 0.05);
}

} // namespace
} // namespace fluoro
