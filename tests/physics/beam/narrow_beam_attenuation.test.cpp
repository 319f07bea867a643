#include <array>
#include <fluoro/physics/beam.hpp>
#include <gtest/gtest.h>

using namespace fluoro;

namespace {

Spectrum beam(double kv, double copper_mm)
{
    return filtered_spectrum({TubeVoltage{kv}, Thickness{copper_mm}, Thickness{0}});
}

double density(char const* name)
{
    return material(find_material(name)).density_g_cm3;
}

} // namespace

// SpekPy spectra behind a layer, computed apart in 1 keV steps with xraylib 4.0.0 and NIST's mu_en/rho (SRD 126): kerma
// and energy transmitted, mean energy behind. Beams with copper start from copper of another table, hence 0.5 %.
TEST(NarrowBeamAttenuation, transmission_agrees_with_the_independent_table)
{
    struct Row {
        double kv, copper_mm;
        char const* name;
        double mm, kerma, energy, mean_kev;
    };
    for (auto const& row : {Row{60, 0, "water", 20, 4.40352e-1, 5.38419e-1, 38.02},
                            Row{60, 0, "water", 300, 1.79099e-4, 4.35194e-4, 47.60},
                            Row{60, 0, "copper", 0.1, 3.81495e-1, 5.61241e-1, 40.15},
                            Row{60, 0, "copper", 2, 1.20462e-3, 3.72620e-3, 52.84},
                            Row{80, 0, "aluminium", 1, 7.43063e-1, 8.55302e-1, 44.67},
                            Row{80, 0, "aluminium", 20, 5.43536e-2, 1.20044e-1, 56.56},
                            Row{80, 0, "water", 250, 1.43289e-3, 3.17154e-3, 56.80},
                            Row{80, 0, "copper", 1.5, 2.18213e-2, 5.85314e-2, 63.12},
                            Row{80, 0.3, "water", 200, 1.08626e-2, 1.35138e-2, 58.74},
                            Row{80, 0.3, "aluminium", 10, 3.45794e-1, 4.05435e-1, 56.90},
                            Row{80, 0.3, "copper", 0.9, 1.60207e-1, 2.17624e-1, 61.68},
                            Row{100, 0.1, "water", 150, 3.04129e-2, 4.18229e-2, 62.83},
                            Row{100, 0.1, "aluminium", 5, 5.24184e-1, 6.31821e-1, 58.61},
                            Row{120, 0, "water", 100, 7.86240e-2, 1.19121e-1, 64.33},
                            Row{120, 0, "copper", 0.3, 3.64040e-1, 5.82217e-1, 65.71},
                            Row{70, 0.9, "water", 50, 3.31632e-1, 3.39751e-1, 55.49},
                            Row{70, 0.9, "copper", 0.2, 6.62007e-1, 6.89951e-1, 55.97}}) {
        auto const open = beam(row.kv, row.copper_mm);
        std::array const layer{Layer{find_material(row.name), row.mm / 10 * density(row.name)}};
        auto const behind = attenuated(open, layer);
        auto const where = [&] {
            return std::to_string(row.kv) + " kV " + row.name + " " + std::to_string(row.mm) + " mm";
        };
        EXPECT_NEAR(air_kerma_mGy_per_mas_1m(behind) / air_kerma_mGy_per_mas_1m(open) / row.kerma, 1, 5e-3) << where();
        EXPECT_NEAR(energy_fluence_kev_mm2_mas_1m(behind) / energy_fluence_kev_mm2_mas_1m(open) / row.energy, 1, 5e-3)
            << where();
        EXPECT_NEAR(mean_energy_kev(behind) / row.mean_kev, 1, 1e-3) << where();
    }
}

// Kerma that passes half a millimetre of lead, narrow beam: 1.1 % of 80 kV, 3.7 % behind 0.3 mm copper (two digits).
TEST(NarrowBeamAttenuation, lead_passes_more_of_a_hardened_beam)
{
    std::array const lead{Layer{find_material("lead"), 0.05 * density("lead")}};
    auto const passed = [&](Spectrum const& s) {
        return air_kerma_mGy_per_mas_1m(attenuated(s, lead)) / air_kerma_mGy_per_mas_1m(s);
    };
    EXPECT_NEAR(passed(beam(80, 0)), 0.011, 0.0006);
    EXPECT_NEAR(passed(beam(80, 0.3)), 0.037, 0.0006);
}

// Kerma transmission of an angiography table with its pad, measured (AXIOM-Artis; table of PySkinDose, MIT licence),
// against 9.2 mm of carbon fibre at 1.55 g/cm3 and 50 mm of polyurethane foam at 0.04 g/cm3. One thickness for all
// beams leaves 1.3 % root mean square and 2.8 % at worst: the real top is a sandwich with some heavier glue and cover.
TEST(NarrowBeamAttenuation, table_and_pad_agree_with_a_measured_table)
{
    struct Row {
        double kv, copper_mm, measured;
    };
    std::array const table{Layer{find_material("carbon_fibre"), 0.92 * 1.55},
                           Layer{find_material("polyurethane"), 5 * 0.04}};
    for (auto const [kv, copper, measured] :
         {Row{50, 0, 0.5974}, Row{80, 0, 0.6547}, Row{120, 0, 0.6937}, Row{50, 0.1, 0.6514}, Row{80, 0.1, 0.7004},
          Row{120, 0.1, 0.7311}, Row{80, 0.3, 0.7319}, Row{120, 0.3, 0.7562}, Row{50, 0.9, 0.6977},
          Row{80, 0.9, 0.7540}, Row{120, 0.9, 0.7745}}) {
        auto const open = beam(kv, copper);
        double const passed = air_kerma_mGy_per_mas_1m(attenuated(open, table)) / air_kerma_mGy_per_mas_1m(open);
        EXPECT_NEAR(passed / measured, 1, 0.03) << kv << " kV " << copper << " mm Cu";
    }
}
