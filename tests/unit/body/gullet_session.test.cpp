#include <fluoro/body/gullet.hpp>

#include "../../support/measured.hpp"
#include "swallowing_man.hpp"

#include <cmath>
#include <ctime>
#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

double everywhere(Gullet const& g)
{
    return g.in_mouth_ml() + g.in_oesophagus_ml() + g.in_stomach_ml() + g.aspirated_ml() + g.left_ml();
}

// A session with all that can happen: to rounding of the sums.
TEST(GulletSession, loses_nothing)
{
    SwallowSettings settings;
    settings.reflux_per_min = 6;
    settings.tertiary_share = 0.5;
    settings.epiglottis_delay_s = 0.4;
    Gullet gullet{swallowing_man(), settings};
    double const gas_before = gullet.gas_ml();
    gullet.take_granules(300);
    double taken = 0, worst = 0;
    for (int k = 0; k < 8; ++k) {
        gullet.take(8 + k, {k % 2 ? 250.0 : 60.0, k % 2 ? 300.0 : 20.0});
        taken += 8 + k;
        gullet.swallow();
        for (int f = 0; f < 180; ++f) {
            double const turn = 0.3 * k + 0.004 * f;
            gullet.advance(frame_s, {0, std::cos(turn), -std::sin(turn)});
            worst = std::max(worst, std::abs(everywhere(gullet) / taken - 1));
        }
    }
    EXPECT_LT(worst, 1e-9);
    measured("gullet_volume_error", worst);
    // Air comes with every mouthful.
    EXPECT_NEAR(gullet.gas_ml() - gas_before - 300, 0.15 * taken, 1e-6);
    EXPECT_NEAR(gullet.swallowed_ml(), taken - gullet.in_mouth_ml(), 1e-9);
}

TEST(GulletSession, repeats_itself_to_the_last_bit)
{
    auto const session = [] {
        SwallowSettings settings;
        settings.reflux_per_min = 10;
        settings.tertiary_share = 0.5;
        Gullet gullet{swallowing_man(), settings};
        std::vector<double> seen;
        for (int k = 0; k < 5; ++k) {
            gullet.take(10, {});
            gullet.swallow();
            run(gullet, 6, k % 2 ? upright : supine);
            for (double v : {gullet.in_mouth_ml(), gullet.in_oesophagus_ml(), gullet.in_stomach_ml(), gullet.left_ml(),
                             gullet.gas_ml(), gullet.tail_mm()})
                seen.push_back(v);
            for (Content const& c : gullet.contents()) {
                for (ContentParcels const& parcels : c.parcels)
                    seen.insert(seen.end(), parcels.volume_mm3.begin(), parcels.volume_mm3.end());
                for (auto const& cloud : c.clouds) seen.insert(seen.end(), cloud.share.begin(), cloud.share.end());
            }
        }
        return seen;
    };
    EXPECT_EQ(session(), session());
}

/// From the highest to the lowest part of the gullet where barium is as wide as 8 mm in radius [mm].
double column_mm(Gullet const& gullet)
{
    double low = 1e9, high = -1e9;
    for (Content const& c : gullet.contents())
        if (density_g_cm3(c.medium) > 1.5)
            for (ContentParcels const& parcels : c.parcels)
                for (glm::vec3 const& at : parcels.at_mm) {
                    double const z = double(at.z);
                    if (z > 220 || std::hypot(double(at.x), double(at.y) - 5) < 8) continue;
                    if (std::hypot(double(at.x), double(at.y) - 5) > 13) continue; // the duodenum
                    low = std::min(low, z);
                    high = std::max(high, z);
                }
    return high > low ? high - low : 0;
}

TEST(GulletSession, in_achalasia_a_column_stands_until_it_outweighs_the_sphincter)
{
    SwallowSettings achalasia;
    achalasia.lower_relaxes = false;
    Gullet gullet{swallowing_man({.gullet_radius_mm = 12}), achalasia};
    double column = 0;
    int mouthfuls = 0;
    while (gullet.in_stomach_ml() + gullet.left_ml() < 0.5 && mouthfuls < 20) {
        column = column_mm(gullet);
        gullet.take(8, {});
        gullet.swallow();
        run(gullet, 4, upright);
        ++mouthfuls;
    }
    // 20 mmHg are 154 mm of a suspension of 1.77 g/mL. One mouthful more makes 18 mm; the sphincter itself is 25 mm
    // long and holds none of it.
    measured("achalasia_column_mm", column);
    EXPECT_GT(mouthfuls, 5);
    EXPECT_NEAR(column, 154, 30);
    // Once the mouthfuls end, what it can carry stays.
    double const before = gullet.in_oesophagus_ml();
    run(gullet, 10, upright);
    EXPECT_GT(gullet.in_oesophagus_ml(), 0.7 * before);
}

TEST(GulletSession, the_stomachs_content_comes_up_when_its_sphincter_lets_go)
{
    SwallowSettings settings;
    Gullet gullet{swallowing_man(), settings};
    for (int k = 0; k < 10; ++k) {
        gullet.take(20, {});
        gullet.swallow();
        run(gullet, 1.5, upright);
    }
    run(gullet, 10, upright);
    Vec3 const head_down = glm::normalize(Vec3{0, 1, 0.6});
    run(gullet, 5, head_down);
    double const clear = gullet.in_oesophagus_ml();
    settings.reflux_per_min = 12;
    gullet.change(settings);
    double most = 0;
    for (double t = 0; t < 25; t += frame_s) {
        gullet.advance(frame_s, head_down);
        most = std::max(most, gullet.in_oesophagus_ml());
    }
    EXPECT_LT(clear, 1.5);
    EXPECT_GT(most, clear + 3);
}

struct Cloud {
    double volume_ml = 0;
    Vec3 middle_mm{0};
};
Cloud cloud_of(Gullet const& gullet, double least_density, double most_density)
{
    Cloud sum;
    for (Content const& c : gullet.contents()) {
        double const density = density_g_cm3(c.medium);
        if (density < least_density || density > most_density) continue;
        for (auto const& cloud : c.clouds) {
            EXPECT_EQ(cloud.share.size() + 1, cloud.places->first.size());
            for (std::size_t slot = 0; slot < cloud.share.size(); ++slot)
                for (auto i = cloud.places->first[slot]; i < cloud.places->first[slot + 1]; ++i) {
                    double const volume = double(cloud.share[slot] * cloud.places->volume_mm3[i]) / 1000;
                    sum.volume_ml += volume;
                    sum.middle_mm += Vec3{cloud.places->at_mm[i]} * volume;
                }
        }
    }
    if (sum.volume_ml > 0) sum.middle_mm /= sum.volume_ml;
    return sum;
}

TEST(GulletSession, in_the_stomach_gas_is_above_and_barium_below_however_he_lies)
{
    Gullet gullet{swallowing_man(), {}};
    gullet.take_granules(300);
    for (int k = 0; k < 4; ++k) {
        gullet.take(20, {});
        gullet.swallow();
        run(gullet, 12, supine);
    }
    for (Vec3 const& down : {supine, upright, Vec3{0, -1, 0}, Vec3{1, 0, 0}}) {
        run(gullet, 3, down);
        Cloud const barium = cloud_of(gullet, 1.5, 9), gas = cloud_of(gullet, 0, 0.1);
        EXPECT_GT(glm::dot(barium.middle_mm - gas.middle_mm, down), 15);
        // The film is drawn in it. The 300 mL and what lay in the CT's tissue; its own air is not drawn as gas.
        EXPECT_NEAR(barium.volume_ml, gullet.in_stomach_ml() + gullet.left_ml(), 0.05 * barium.volume_ml);
        EXPECT_GT(gas.volume_ml, 240);
        EXPECT_LT(gas.volume_ml, gullet.gas_ml() + 5);
    }
    measured("stomach_film_ml", gullet.left_ml());
}

} // namespace
} // namespace fluoro
