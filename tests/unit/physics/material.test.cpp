#include <fluoro/core/error.hpp>
#include <fluoro/physics/material.hpp>
#include <gtest/gtest.h>
#include <set>

using namespace fluoro;

TEST(Material, library_holds_every_name_of_the_command_line)
{
    for (auto const* name : {"air",          "water",          "adipose",
                             "muscle",       "soft_tissue",    "lung",
                             "blood",        "bone",           "pmma",
                             "aluminium",    "copper",         "lead",
                             "iron",         "steel",          "nitinol",
                             "csi",          "iodine",         "barium",
                             "gadolinium",   "tungsten",       "platinum",
                             "tantalum",     "gold",           "titanium",
                             "carbon_fibre", "polyurethane",   "hydroxyapatite",
                             "baso4",        "cocr",           "platinum_iridium",
                             "spongy_bone",  "carbon_dioxide", "tungsten_polymer"})
        EXPECT_EQ(material(find_material(name)).name, name);
    EXPECT_EQ(materials().size(), 33u);
}

TEST(Material, names_are_unique_and_every_material_says_its_source)
{
    std::set<std::string> names;
    for (auto const& material : materials()) {
        EXPECT_TRUE(names.insert(material.name).second) << material.name;
        EXPECT_FALSE(material.source.empty()) << material.name;
        EXPECT_GT(material.density_g_cm3, 0) << material.name;
    }
}

// The published fractions carry six digits.
TEST(Material, mass_fractions_sum_to_one)
{
    for (auto const& material : materials()) {
        double sum = 0;
        for (auto const& element : material.elements) sum += element.fraction;
        EXPECT_NEAR(sum, 1, 2e-6) << material.name;
    }
}

TEST(Material, densities_are_the_published_ones)
{
    auto const density = [](char const* name) { return material(find_material(name)).density_g_cm3; };
    EXPECT_EQ(density("water"), 1);
    EXPECT_EQ(density("lung"), 0.26);
    EXPECT_EQ(density("bone"), 1.92);
    EXPECT_EQ(density("adipose"), 0.95);
    EXPECT_EQ(density("aluminium"), 2.699);
    EXPECT_EQ(density("copper"), 8.96);
    EXPECT_EQ(density("csi"), 4.51);
}

TEST(Material, unknown_name_is_refused_with_the_list)
{
    try {
        find_material("plutonium");
        FAIL() << "not refused";
    } catch (Error const& error) {
        std::string const message = error.what();
        EXPECT_EQ(error.exit_code(), 2);
        EXPECT_NE(message.find("plutonium"), std::string::npos);
        for (auto const& material : materials()) EXPECT_NE(message.find(material.name), std::string::npos);
        EXPECT_EQ(message.find('\n'), std::string::npos);
    }
}
