#include <cmath>
#include <cstdio>
#include <fluoro/anatomy/voxelise.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// One line of ICRP Publication 89's table of reference masses [g], and the labels that make it up here.
struct MassRow {
    char const* organ;
    std::vector<char const*> labels;
    double male_g, female_g; ///< 0 = none
};
std::vector<MassRow> const& table()
{
    static std::vector<MassRow> const rows{
        {"liver", {"liver"}, 1800, 1400},
        {"gallbladder", {"gallbladder", "bile"}, 68, 56},
        {"spleen", {"spleen"}, 150, 130},
        {"kidneys", {"kidney_left", "kidney_right"}, 310, 276},
        {"adrenals", {"adrenal_gland_left", "adrenal_gland_right"}, 14, 13},
        {"pancreas", {"pancreas"}, 140, 120},
        {"small bowel", {"small_bowel"}, 650, 600},
        {"its content", {"bowel_content"}, 350, 280},
        {"large bowel", {"colon"}, 370, 360},
        {"its content", {"colon_content"}, 300, 320},
        {"bladder", {"urinary_bladder"}, 50, 40},
        {"thymus", {"thymus"}, 25, 20},
        {"prostate", {"prostate"}, 17, 0},
        {"uterus", {"uterus"}, 0, 80},
        {"breasts", {"breast"}, 0, 500},
    };
    return rows;
}

class Whole {
public:
    explicit Whole(char const* name) : anatomy_{build_anatomy(built_in_patient(name))}
    {
        masses_ = masses_g(anatomy_, voxelise(anatomy_, {3, region_named(anatomy_.plan, "whole")}));
    }
    double mass_g(std::vector<char const*> const& labels) const
    {
        double sum = 0;
        for (char const* label : labels) {
            auto const found = masses_.find(label_of(label));
            if (found != masses_.end()) sum += found->second;
        }
        return sum;
    }
    double total_kg() const
    {
        double sum = 0;
        for (auto const& [label, mass] : masses_) sum += mass;
        return sum / 1000;
    }
    void print() const
    {
        for (auto const& [label, mass] : masses_) std::printf("  %5d %9.1f g\n", label, mass);
    }

private:
    Anatomy anatomy_;
    std::map<int, double> masses_;
};

void compare(char const* name, bool is_male)
{
    Whole const whole{name};
    whole.print();
    std::printf("%-14s %9s %9s %7s\n", "organ", "ours", "ICRP 89", "differ");
    for (MassRow const& row : table()) {
        double const wanted = is_male ? row.male_g : row.female_g, ours = whole.mass_g(row.labels);
        if (wanted == 0) continue;
        std::printf("%-14s %9.1f %9.1f %6.1f%%\n", row.organ, ours, wanted, 100 * (ours / wanted - 1));
    }
    std::printf("total %.2f kg\n", whole.total_kg());
}

TEST(Masses, of_the_reference_man) { compare("adult-male", true); }
TEST(Masses, of_the_reference_woman) { compare("adult-female", false); }



} // namespace
} // namespace fluoro
