#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/error.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// The abdomen of one patient in coarse voxels, drawn once.
struct Abdomen {
    Anatomy anatomy;
    Patient voxels;

    explicit Abdomen(PatientParameters const& parameters) : anatomy{build_anatomy(parameters)}
    {
        double const s = anatomy.plan.scale;
        voxels = voxelise(anatomy, {4, {s * Vec3{-200, -170, -285}, s * Vec3{200, 130, 215}}});
    }
    Vec3 at(std::size_t i) const
    {
        Grid const& g = voxels.ct.grid;
        auto const nx = std::size_t(g.size.x), ny = std::size_t(g.size.y);
        return g.origin_mm + g.spacing_mm.x * Vec3{double(i % nx), double(i / nx % ny), double(i / nx / ny)};
    }
    /// Centre of mass and box of a label.
    struct Found {
        std::size_t count = 0;
        Vec3 centre{0}, low{1e9}, high{-1e9};
    };
    Found find(char const* label) const
    {
        Found found;
        int const id = label_of(label);
        for (std::size_t i = 0; i < voxels.labels.size(); ++i) {
            if (voxels.labels[i] != id) continue;
            Vec3 const p = at(i);
            ++found.count;
            found.centre += p;
            found.low = glm::min(found.low, p);
            found.high = glm::max(found.high, p);
        }
        if (found.count > 0) found.centre /= double(found.count);
        return found;
    }
    /// Of voxels whose neighbours are the same, so that none is filled in part.
    double mean_hu(char const* label) const
    {
        int const id = label_of(label);
        double sum = 0;
        std::size_t count = 0;
        auto const row = std::size_t(voxels.ct.grid.size.x), slice = row * std::size_t(voxels.ct.grid.size.y);
        auto const is_inner = [&](std::size_t i) {
            for (std::size_t const step : {std::size_t{0}, std::size_t{1}, row, slice})
                if (voxels.labels[i + step] != id || voxels.labels[i - step] != id) return false;
            return true;
        };
        for (std::size_t i = slice; i + slice < voxels.labels.size(); ++i)
            if (is_inner(i)) {
                sum += voxels.ct.hu[i];
                ++count;
            }
        return sum / double(count);
    }
};

Abdomen const& man()
{
    static Abdomen const abdomen{built_in_patient("adult-male")};
    return abdomen;
}

// Liver and gallbladder right, spleen, descending colon and pancreas' tail left, kidneys beside the spine, the right
// one lower (by a centimetre or two, as in most people), the bladder behind the symphysis.
TEST(Abdomen, organs_lie_where_books_put_them)
{
    Abdomen const& a = man();
    auto const liver = a.find("liver"), spleen = a.find("spleen"), left = a.find("kidney_left"),
               right = a.find("kidney_right"), bladder = a.find("urine");
    EXPECT_LT(liver.centre.x, -40);
    EXPECT_LT(a.find("gallbladder").centre.x, -25);
    EXPECT_GT(spleen.centre.x, 70);
    EXPECT_GT(spleen.centre.y, 0);
    EXPECT_NEAR(left.centre.x, -right.centre.x, 15);
    EXPECT_GT(left.centre.z - right.centre.z, 5);
    EXPECT_LT(left.centre.z - right.centre.z, 35);
    EXPECT_GT(a.find("pancreas").high.x, 55);
    Vec3 const symphysis = a.anatomy.plan.place("symphysis");
    EXPECT_NEAR(bladder.centre.x, symphysis.x, 8);
    EXPECT_GT(bladder.centre.y, symphysis.y);
}

// 10 to 12 cm, typical for adults (ultrasound 9 to 13); the fit to the mass moves it.
TEST(Abdomen, kidneys_have_their_length)
{
    for (char const* label : {"kidney_left", "kidney_right"}) {
        auto const kidney = man().find(label);
        EXPECT_NEAR(kidney.high.z - kidney.low.z, 110, 14) << label;
    }
}

// Means of unenhanced CT; strands in the fat take some HU off.
TEST(Abdomen, tissues_have_their_hounsfield_units)
{
    Abdomen const& a = man();
    EXPECT_NEAR(a.mean_hu("liver"), 60, 6);
    EXPECT_NEAR(a.mean_hu("spleen"), 48, 8);
    EXPECT_NEAR(a.mean_hu("visceral_fat"), -100, 12);
    EXPECT_NEAR(a.mean_hu("iliopsoas_left"), 55, 10);
    EXPECT_LT(a.mean_hu("bowel_gas"), -800);
}

// Psoas shadows need fat beside the muscle, the kidneys' outline needs the perirenal fat: on the level of L3 a line
// outwards from the psoas meets fat, muscle of the wall, then fat under the skin.
TEST(Abdomen, fat_borders_psoas_and_kidneys)
{
    Abdomen const& a = man();
    auto const fat = label_of("visceral_fat");
    for (char const* label : {"iliopsoas_left", "kidney_left", "kidney_right"}) {
        int const id = label_of(label);
        std::size_t borders = 0, fatty = 0;
        auto const row = std::size_t(a.voxels.ct.grid.size.x);
        for (std::size_t i = row; i + row < a.voxels.labels.size(); ++i) {
            if (a.voxels.labels[i] != id || a.at(i).z < -60) continue;
            for (std::size_t const j : {i - 1, i + 1, i - row, i + row})
                if (a.voxels.labels[j] != id) {
                    ++borders;
                    fatty += a.voxels.labels[j] == fat;
                }
        }
        EXPECT_GT(double(fatty) / double(borders), label[0] == 'k' ? 0.55 : 0.4) << label;
    }
}

// An adult's bowel holds about 100 to 250 mL of gas (Tomlin 1991 and others: 50 to 250).
TEST(Abdomen, gas_is_some_and_follows_its_option)
{
    auto const gas_cm3 = [](Abdomen const& a) { return double(a.find("bowel_gas").count) * 64 / 1000; };
    double const usual = gas_cm3(man());
    EXPECT_GT(usual, 60);
    EXPECT_LT(usual, 400);
    test::measured("abdomen_bowel_gas_cm3", usual);
    PatientParameters much = built_in_patient("adult-male");
    set(much, "bowel-gas=much");
    EXPECT_GT(gas_cm3(Abdomen{much}), 1.2 * usual);
}

TEST(Abdomen, unknown_words_are_refused)
{
    for (char const* option : {"bowel-gas=a lot", "bladder=bursting"}) {
        PatientParameters p = built_in_patient("adult-male");
        set(p, option);
        EXPECT_THROW(build_anatomy(p), Error) << option;
    }
}

} // namespace
} // namespace fluoro
