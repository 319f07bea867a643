#include <cmath>
#include <cstdio>
#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// One line of ICRP Publication 89's table of reference masses [g], and the labels that make it up here. An organ that
/// a builder adds gets its line here.
struct MassRow {
    char const* organ;
    std::vector<char const*> labels;
    double male_g, female_g; ///< 0 = none
    double tolerance;        ///< share
};
std::vector<MassRow> const& table()
{
    // 5 % is what the patients promise; small organs of a few dozen voxels of 3 mm, and thin walls, count to 8 %.
    static std::vector<MassRow> const rows{
        {"liver", {"liver"}, 1800, 1400, 0.05},
        {"gallbladder", {"gallbladder", "bile"}, 68, 56, 0.08},
        {"spleen", {"spleen"}, 150, 130, 0.05},
        {"kidneys", {"kidney_left", "kidney_right"}, 310, 276, 0.05},
        {"adrenals", {"adrenal_gland_left", "adrenal_gland_right"}, 14, 13, 0.08},
        {"pancreas", {"pancreas"}, 140, 120, 0.05},
        {"small-bowel", {"small_bowel"}, 650, 600, 0.05},
        {"small-bowel-content", {"bowel_content"}, 350, 280, 0.05},
        {"large-bowel", {"colon"}, 370, 360, 0.05},
        {"large-bowel-content", {"colon_content"}, 300, 320, 0.05},
        {"bladder", {"urinary_bladder"}, 50, 40, 0.08},
        {"thymus", {"thymus"}, 25, 20, 0.08},
        {"prostate", {"prostate"}, 17, 0, 0.08},
        {"uterus", {"uterus"}, 0, 80, 0.08},
        {"breasts", {"breast"}, 0, 500, 0.05},
    };
    return rows;
}

std::map<int, double> masses_of(char const* name)
{
    Anatomy const anatomy = build_anatomy(built_in_patient(name));
    return masses_g(anatomy, voxelise(anatomy, {3, region_named(anatomy.plan, "whole")}));
}

void compare(char const* name, bool is_male)
{
    std::map<int, double> const masses = masses_of(name);
    std::printf("%-20s %9s %9s %7s\n", "organ", "ours [g]", "ICRP 89", "differ");
    for (MassRow const& row : table()) {
        double const wanted = is_male ? row.male_g : row.female_g;
        if (wanted == 0) continue;
        double ours = 0;
        for (char const* label : row.labels) {
            auto const found = masses.find(label_of(label));
            if (found != masses.end()) ours += found->second;
        }
        std::printf("%-20s %9.1f %9.1f %6.1f%%\n", row.organ, ours, wanted, 100 * (ours / wanted - 1));
        EXPECT_NEAR(ours / wanted, 1, row.tolerance) << name << " " << row.organ;
        test::measured(std::string{"mass_"} + name + "_" + row.organ + "_percent", 100 * (ours / wanted - 1));
    }
    double total = 0;
    for (auto const& [label, mass] : masses) total += mass;
    std::printf("%-20s %9.2f kg\n", "whole", total / 1000);
    test::measured(std::string{"mass_"} + name + "_whole_kg", total / 1000);
}

TEST(Masses, of_the_reference_man_s_organs_are_icrp_89_s)
{
    compare("adult-male", true);
}

TEST(Masses, of_the_reference_woman_s_organs_are_icrp_89_s)
{
    compare("adult-female", false);
}

} // namespace
} // namespace fluoro
