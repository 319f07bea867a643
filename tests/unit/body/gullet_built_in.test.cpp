#include <fluoro/body/gullet.hpp>

#include "../../support/measured.hpp"
#include "../anatomy/head_and_gut.hpp"

#include <gtest/gtest.h>

namespace fluoro {
namespace {

using namespace test;

constexpr double frame_s = 1 / 60.0;
constexpr Vec3 supine{0, 1, 0}, upright{0, 0, -1};

/// His ways alone, without voxels: the stomach is then a vessel.
Patient ways_of(std::string const& name, std::vector<std::string> const& settings = {})
{
    Patient p;
    p.lumens = head_and_gut(patient(name, settings)).lumens;
    return p;
}

/// After one swallow of 10 mL [s]; 40 = never.
double transit_s(Patient const& who, SwallowSettings const& settings, Vec3 const& down)
{
    Gullet gullet{who, settings};
    gullet.take(10, {});
    gullet.swallow();
    double entered = 0;
    for (double t = 0; t < 40; t += frame_s) {
        gullet.advance(frame_s, down);
        if (entered == 0 && gullet.in_oesophagus_ml() > 0.5) entered = t;
        if (gullet.in_stomach_ml() > 0.9 * 9.5) return t - entered;
    }
    return 40;
}

// 6 to 9 s lying, below 3 s standing, as in people; a child's or small woman's gullet is shorter, hence 5.5.
TEST(GulletOfBuiltIn, everybody_swallows)
{
    for (auto const& name : built_in_patient_names()) {
        Patient const who = ways_of(name);
        double const lying = transit_s(who, {}, supine), standing = transit_s(who, {}, upright);
        EXPECT_GT(lying, 5.5) << name;
        EXPECT_LT(lying, 9) << name;
        EXPECT_LT(standing, 3) << name;
        if (name == "adult-male") {
            measured("built_in_transit_supine_s", lying);
            measured("built_in_transit_upright_s", standing);
        }
    }
}

// Standing, without a wave: 15 mL stand 5 mm deep in 66 mm; the rest of the way holds its film alone, 5 to 10 % of it.
TEST(GulletOfBuiltIn, nothing_hangs_in_a_wide_gullet)
{
    SwallowSettings achalasia;
    achalasia.lower_relaxes = false;
    achalasia.wave_strength = 0;
    Patient const who = ways_of("adult-male", {"achalasia=severe"});
    LumenGraph const& gut = who.lumens.gut;
    Gullet gullet{who, achalasia};
    gullet.take(15, {});
    gullet.swallow();
    for (double t = 0; t < 5; t += frame_s) gullet.advance(frame_s, upright);
    EXPECT_LT(gullet.in_mouth_ml(), 0.05 * 15);
    EXPECT_EQ(gullet.aspirated_ml(), 0);
    double const top = gut.nodes_mm[std::size_t(*gut.find_node("upper-sphincter"))].z,
                 foot = gut.nodes_mm[std::size_t(*gut.find_node("cardia"))].z;
    double upper_half = 0, all = 0;
    for (Content const& c : gullet.contents())
        for (ContentParcels const& parcels : c.parcels)
            for (std::size_t i = 0; i < parcels.at_mm.size() && density_g_cm3(c.medium) > 1.5; ++i) {
                double const z = double(parcels.at_mm[i].z), ml = double(parcels.volume_mm3[i]) / 1000;
                all += ml;
                if (z < top - 20 && z > (top + foot) / 2) upper_half += ml;
            }
    test::measured("achalasia_upper_half_share", upper_half / all);
    EXPECT_NEAR(all, 15, 0.1);
    EXPECT_LT(upper_half, 0.05 * 15);
}

TEST(GulletOfBuiltIn, diseases_of_the_anatomy_take_effect)
{
    SwallowSettings achalasia;
    achalasia.lower_relaxes = false;
    EXPECT_EQ(transit_s(ways_of("adult-male", {"achalasia=moderate"}), achalasia, upright), 40);
    // Through its beak of 1.6 mm half width even a sphincter that lets go passes barium slowly.
    SwallowSettings weak;
    weak.wave_strength = 0;
    EXPECT_GT(transit_s(ways_of("adult-male", {"achalasia=moderate"}), weak, upright),
              transit_s(ways_of("adult-male"), weak, upright));
    for (char const* option : {"hiatal-hernia=sliding:40", "oesophageal-ring=12", "zenker=30", "varices=2",
                               "stricture=peptic:60:30:200", "leak=150", "oesophageal-carcinoma=180:50"})
        EXPECT_LT(transit_s(ways_of("adult-male", {option}), {}, upright), 10) << option;
}

} // namespace
} // namespace fluoro
