// Rings of contraction on the stomach: how fast and how deep they run, that they push what is there and lose none of
// it.
#include "gut/antral_waves.hpp"
#include "../../support/measured.hpp"
#include "gut/stomach.hpp"
#include "swallowing_man.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

namespace fluoro {
namespace {

using namespace test;
constexpr double step_s = 0.1;

Portion barium(double ml)
{
    return {1000 * ml, 0, 1000 * ml, std::log(60.0) * 1000 * ml};
}

struct Waves {
    Patient man = swallowing_man();
    HollowVoxels hollow = hollow_voxels(man, 4, 0, [](std::uint16_t label, Vec3 const&) {
        return label == 1070 ? VoxelPart::hollow : VoxelPart::outside;
    });
    AntralWaves waves{man.lumens.gut, hollow};
    void run(double seconds, AntralHabit const& habit = {})
    {
        for (int i = 0; i < int(seconds / step_s + 0.5); ++i) waves.advance(step_s, habit);
    }
};

// Three a minute, 20 s apart; 2 to 3 mm/s, faster and deeper towards the pylorus. A ring's way of 0.1 s is exact to
// rounding: between two looks at it.
TEST(AntralWaves, run_as_they_do_in_people)
{
    Waves stomach;
    stomach.run(1);
    double const begins = stomach.waves.ring_mm(0), way = stomach.waves.way_mm();
    double slowest = 99, fastest = 0, middle = 0, before = begins;
    double seconds = 0;
    for (; seconds < 18; seconds += step_s) {
        stomach.run(step_s);
        double const at = stomach.waves.ring_mm(0), speed = (at - before) / step_s;
        if (before > way) break;
        slowest = std::min(slowest, speed);
        fastest = std::max(fastest, speed);
        if (before < 0.7 * way) middle = speed;
        before = at;
    }
    EXPECT_GT(begins, 0.39 * way);
    EXPECT_LT(begins, 0.45 * way);
    EXPECT_GT(slowest, 1.9);
    EXPECT_LT(fastest, 3.6);
    EXPECT_GT(fastest, 1.15 * slowest);
    EXPECT_NEAR(middle, 2.5, 0.4);
    EXPECT_LT(stomach.waves.depth_at(0.5 * way), 0.3);
    EXPECT_GT(stomach.waves.depth_at(0.95 * way), 0.8);
    // The next begins 20 s after the one before.
    Waves later;
    int begun = 0;
    double last = 1e9;
    for (int i = 0; i < 1200; ++i) {
        later.run(step_s);
        double const newest = later.waves.ring_mm(0);
        begun += newest < last;
        last = newest;
    }
    EXPECT_EQ(begun, 6);
    measured("antral_mm_s_at_the_end", fastest);
}

// Only boxes at the wall lose room, those of a ring; the deeper it is the more.
TEST(AntralWaves, narrow_the_lumen_from_its_wall)
{
    Waves stomach;
    stomach.run(0.1, {3, 2.5, 0});
    for (float const left : stomach.waves.left()) ASSERT_EQ(left, 1);
    double least_room = 1;
    for (int i = 0; i < 200; ++i) {
        stomach.run(step_s);
        double room = 0, all = 0;
        for (std::size_t b = 0; b < stomach.waves.left().size(); ++b) {
            room += double(stomach.waves.left()[b] * stomach.hollow.room_mm3[b]);
            all += double(stomach.hollow.room_mm3[b]);
        }
        least_room = std::min(least_room, room / all);
    }
    EXPECT_LT(least_room, 0.97);
    EXPECT_GT(least_room, 0.7);
    measured("antral_room_left", least_room);
}

/// Barium as it is drawn, in the strength that it has.
double drawn_ml(Stomach const& stomach)
{
    Stomach::Shares const shares = stomach.shares(1);
    double mm3 = 0;
    for (auto const& [places, share] : {std::pair{stomach.places().in_air, &shares.barium_in_air},
                                        std::pair{stomach.places().in_tissue, &shares.barium_in_tissue}})
        for (std::size_t slot = 0; places && slot < share->size(); ++slot)
            for (auto i = places->first[slot]; i < places->first[slot + 1]; ++i)
                mm3 += double((*share)[slot] * places->volume_mm3[i]);
    return mm3 / 1000;
}

// What a ring pushes away is elsewhere: held to rounding. Drawn, boxes at the edge of what has grown hold at most what
// they have room for and the picture blends two levels: 3 %, with rings as without.
TEST(AntralWaves, push_barium_and_lose_none)
{
    for (double const strength : {0.0, 1.0}) {
        Stomach stomach{swallowing_man()};
        stomach.receive(barium(150));
        double gone = 0, worst = 0, worst_drawn = 0;
        for (int i = 0; i < 400; ++i) {
            stomach.advance(step_s, upright, {3, 2.5, strength});
            gone += stomach.let_through().liquid_mm3 / 1000;
            worst = std::max(worst, std::abs((stomach.barium().liquid_mm3 / 1000 + gone) / 150 - 1));
            if (i % 20 == 10)
                worst_drawn =
                    std::max(worst_drawn, std::abs(drawn_ml(stomach) / (stomach.barium().liquid_mm3 / 1000) - 1));
        }
        EXPECT_LT(worst, 1e-12);
        EXPECT_LT(worst_drawn, 0.03);
        measured(strength > 0 ? "antral_barium_drawn_error" : "resting_barium_drawn_error", worst_drawn);
        measured("antral_barium_volume_error", worst);
    }
}

// The pylorus opens before each ring that comes to it and is shut between them; in the mean as much leaves as by the
// half-life alone, for the same share stands there.
TEST(AntralWaves, empty_the_stomach_in_spurts)
{
    auto const emptied = [](double strength, int& spurts) {
        Stomach stomach{swallowing_man()};
        stomach.receive(barium(150));
        double all = 0;
        bool was_open = false;
        for (int i = 0; i < 800; ++i) { // 80 s
            stomach.advance(step_s, upright, {3, 2.5, strength});
            double const mm3 = stomach.let_through().liquid_mm3;
            spurts += mm3 > 0 && !was_open;
            was_open = mm3 > 0;
            all += mm3;
        }
        return all;
    };
    int spurts = 0, steady = 0;
    double const in_spurts = emptied(1, spurts), evenly = emptied(0, steady);
    EXPECT_GE(spurts, 3);
    EXPECT_LE(spurts, 4);
    EXPECT_EQ(steady, 1);
    EXPECT_NEAR(in_spurts / evenly, 1, 0.35) << "what stands at the pylorus changes with the ring";
    measured("antral_spurts_in_80_s", spurts);
    measured("antral_emptied_over_even", in_spurts / evenly);
}

// Furrows between folds hold more of the film than their backs, over all as much as a smooth wall.
TEST(AntralWaves, folds_hold_the_film_in_their_furrows)
{
    Waves const stomach;
    double sum = 0;
    float least = 9, most = 0;
    for (int b = 0; b < stomach.hollow.count(); ++b) {
        float const fold = stomach.waves.fold(b);
        sum += double(fold);
        least = std::min(least, fold);
        most = std::max(most, fold);
    }
    EXPECT_NEAR(sum / stomach.hollow.count(), 1, 0.02);
    EXPECT_LT(least, 0.2f);
    EXPECT_GT(most, 1.8f);
}

} // namespace
} // namespace fluoro
