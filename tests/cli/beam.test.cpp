// fluorolab beam
#include "program.hpp"
#include <cmath>
#include <sstream>

namespace fluoro {
namespace {

using namespace test;

nlohmann::json beam(ScratchFolder const& folder, std::vector<std::string> words)
{
    words.insert(words.begin(), "beam");
    words.push_back("--json");
    Outcome const outcome = fluorolab(folder, words);
    EXPECT_TRUE(is_done(outcome));
    return nlohmann::json::parse(outcome.out, nullptr, false);
}

// RQR 6 of IEC 61267: 80 kV, first half-value layer 3.01 mm Al, homogeneity 0.69. SpekPy 2.5.3 needs 2.967 mm Al in all
// for it, so 0.467 mm beyond the tube's 2.5 mm, and gives 4.367 mm, 43.77 keV and 70.9 uGy/mAs. 2 % is asked for.
TEST(BeamCommand, shows_the_figures_of_rqr_6)
{
    ScratchFolder const folder;
    auto const json = beam(folder, {"--kv", "80", "--aluminium", "0.467"});
    EXPECT_NEAR(json.at("hvl1_mm_al").get<double>(), 3.010, 0.02 * 3.010);
    EXPECT_NEAR(json.at("hvl2_mm_al").get<double>(), 4.367, 0.02 * 4.367);
    EXPECT_NEAR(json.at("mean_energy_kev").get<double>(), 43.77, 0.02 * 43.77);
    EXPECT_NEAR(json.at("air_kerma_uGy_per_mAs_1m").get<double>(), 70.892, 0.02 * 70.892);
    EXPECT_EQ(json.at("inherent_al_mm"), 2.5);
    EXPECT_FALSE(json.contains("transmission_kerma")); // nothing was put in the way
}

// Copper at 80 kV hardens the beam; 1 mm weakens it more than tenfold.
TEST(BeamCommand, filters_harden_and_weaken)
{
    ScratchFolder const folder;
    auto const plain = beam(folder, {"--kv", "80"}), filtered = beam(folder, {"--kv", "80", "--copper", "1"});
    EXPECT_GT(filtered.at("mean_energy_kev").get<double>(), plain.at("mean_energy_kev").get<double>() + 8);
    EXPECT_LT(filtered.at("air_kerma_uGy_per_mAs_1m").get<double>(),
              0.1 * plain.at("air_kerma_uGy_per_mAs_1m").get<double>());
}

TEST(BeamCommand, the_first_half_value_layer_halves_the_kerma)
{
    ScratchFolder const folder;
    auto const json = beam(folder, {"--kv", "100"});
    double const hvl1 = json.at("hvl1_mm_al"), hvl2 = json.at("hvl2_mm_al");
    auto const through = [&](double mm) {
        return beam(folder, {"--kv", "100", "--through", "aluminium:" + std::to_string(mm)})
            .at("transmission_kerma")
            .get<double>();
    };
    EXPECT_NEAR(through(hvl1), 0.5, 1e-5);
    EXPECT_NEAR(through(hvl1 + hvl2), 0.25, 1e-5);
}

TEST(BeamCommand, layers_add_up_in_any_order_and_unit)
{
    ScratchFolder const folder;
    auto const transmission = [&](std::string const& layers) {
        auto const json = beam(folder, {"--kv", "70", "--through", layers});
        return std::pair{json.at("transmission_kerma").get<double>(), json.at("transmission_energy").get<double>()};
    };
    auto const whole = transmission("water:100,bone:10");
    for (std::string const layers :
         {"bone:10,water:100", "water:40mm,bone:10,water:60", "water:10000mg/cm2,bone:1920mg/cm2"}) {
        EXPECT_NEAR(transmission(layers).first, whole.first, 1e-6 * whole.first) << layers;
        EXPECT_NEAR(transmission(layers).second, whole.second, 1e-6 * whole.second) << layers;
    }
    EXPECT_EQ(transmission("water:0").first, 1);
    EXPECT_LT(whole.first, whole.second); // kerma counts the softer photons more
}

TEST(BeamCommand, writes_the_spectrum_as_csv)
{
    ScratchFolder const folder;
    auto const json = beam(folder, {"--kv", "60", "--through", "water:50", "--spectrum", (folder / "s.csv").string()});
    std::istringstream csv{text_of(folder / "s.csv")};
    std::string line;
    std::getline(csv, line);
    EXPECT_EQ(line, "energy_kev,fluence_per_mm2_kev_mas_1m,behind_layers");
    double photons = 0, energy = 0, behind = 0, last = 0;
    int lines = 0;
    for (; std::getline(csv, line); ++lines) {
        double e = 0, n = 0, b = 0;
        ASSERT_EQ(std::sscanf(line.c_str(), "%lf,%lf,%lf", &e, &n, &b), 3) << line;
        EXPECT_GT(e, last);
        EXPECT_LE(b, n);
        EXPECT_EQ(n > 0 && e > 60, false) << e << " keV from 60 kV";
        photons += n;
        energy += n * e;
        behind += b * e;
        last = e;
    }
    EXPECT_GT(lines, 40);
    // Six digits a line.
    EXPECT_NEAR(energy / photons, json.at("mean_energy_kev").get<double>(), 1e-3);
    EXPECT_NEAR(behind / energy, json.at("transmission_energy").get<double>(), 1e-5);
}

TEST(BeamCommand, without_json_it_prints_one_figure_a_line)
{
    ScratchFolder const folder;
    Outcome const outcome = fluorolab(folder, {"beam", "--kv", "80"});
    EXPECT_TRUE(is_done(outcome));
    EXPECT_NE(outcome.out.find("hvl1_mm_al "), std::string::npos);
    EXPECT_EQ(outcome.err, "");
}

TEST(BeamCommand, an_unknown_material_is_refused_with_the_list)
{
    ScratchFolder const folder;
    Outcome const outcome = fluorolab(folder, {"beam", "--kv", "80", "--through", "watre:10"});
    EXPECT_TRUE(is_refused_in_one_line(outcome));
    for (std::string const name : {"watre", "water", "adipose", "muscle", "lung", "blood", "bone", "pmma", "aluminium",
                                   "copper", "lead", "iron", "steel", "nitinol", "csi", "iodine", "barium"})
        EXPECT_NE(outcome.err.find(name), std::string::npos) << name;
}

TEST(BeamCommand, wrong_input_is_refused_in_one_line)
{
    ScratchFolder const folder;
    for (std::string const layers :
         {"water", "water:", "water:-1", "water:nan", "water:1e9", "water:10cm", "water:10mg", ":10", "water:10 mm",
          "water:10,,bone:1", "water:10,", ",", "water;10", "water:10:20"})
        EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, {"beam", "--kv", "80", "--through", layers}))) << layers;
    std::vector<std::vector<std::string>> const lines{{},
                                                      {"--kv", "39"},
                                                      {"--kv", "151"},
                                                      {"--kv", "eighty"},
                                                      {"--kv", "nan"},
                                                      {"--kv", "80", "--copper", "-1"},
                                                      {"--kv", "80", "--aluminium", "nan"},
                                                      {"--kv", "80", "--tin", "1"},
                                                      {"--kv", "80", "extra"}};
    for (auto words : lines) {
        std::string const last = words.empty() ? "" : words.back();
        words.insert(words.begin(), "beam");
        EXPECT_TRUE(is_refused_in_one_line(fluorolab(folder, words))) << last;
    }
}

} // namespace
} // namespace fluoro
