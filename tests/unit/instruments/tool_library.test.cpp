#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/tool_library.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <scratch_folder.hpp>

namespace fluoro {
namespace {

std::string const head = "apiVersion: fluorolab/v1\ntools:\n";
std::string const good = "  - name: probe\n"
                         "    kind: wire\n"
                         "    source: bench\n"
                         "    outer_mm: 0.5\n"
                         "    bending_n_mm2: 100\n"
                         "    material: steel\n"
                         "    sections:\n"
                         "      - {length_mm: 200}\n"
                         "      - {arc_radius_mm: 10, arc_deg: 90}\n";

class ToolFile : public ::testing::Test {
protected:
    test::ScratchFolder folder;
    ToolLibrary library;

    /// What reading the text says; empty = it was taken.
    std::string refusal(std::string const& text)
    {
        auto const file = folder.path() / "tools.yaml";
        std::ofstream{file} << text;
        try {
            library.add_file(file);
            return {};
        } catch (Error const& error) {
            return error.what();
        }
    }
};

TEST(ToolLibrary, holds_the_tools_that_coronary_spine_and_access_work_begins_with)
{
    ToolLibrary const library;
    for (auto const* const name : {"j-wire-0.035",
                                   "angled-hydrophilic-0.035",
                                   "stiff-0.035",
                                   "micro-0.018",
                                   "workhorse-0.014",
                                   "jl4-5f",
                                   "jr4-5f",
                                   "al1-5f",
                                   "ebu3.5-6f",
                                   "tig-5f",
                                   "pigtail-5f",
                                   "multipurpose-5f",
                                   "cobra2-5f",
                                   "simmons2-5f",
                                   "radial-sheath-6f",
                                   "femoral-sheath-6f",
                                   "micropuncture-sheath-4f",
                                   "semi-compliant-2.5x15",
                                   "non-compliant-3.0x12",
                                   "stent-3.0x18",
                                   "puncture-18g",
                                   "spinal-22g",
                                   "bone-11g",
                                   "bone-13g",
                                   "kyphoplasty-20",
                                   "compression-paddle"})
        EXPECT_NO_THROW((void)library.find(name)) << name;
}

TEST(ToolLibrary, lets_what_belongs_together_pass_one_through_the_other)
{
    ToolLibrary const library;
    auto const fits = [&](char const* inner, char const* outer) {
        return library.find(inner)->widest_mm() < library.find(outer)->narrowest_inner_mm();
    };
    EXPECT_TRUE(fits("j-wire-0.035", "jl4-5f"));
    EXPECT_TRUE(fits("jl4-5f", "femoral-sheath-6f"));
    EXPECT_TRUE(fits("ebu3.5-6f", "radial-sheath-6f"));
    EXPECT_TRUE(fits("workhorse-0.014", "stent-3.0x18"));
    EXPECT_TRUE(fits("stent-3.0x18", "ebu3.5-6f"));
    EXPECT_TRUE(fits("micro-0.018", "micropuncture-21g"));
    EXPECT_TRUE(fits("j-wire-0.035", "puncture-18g"));
    EXPECT_TRUE(fits("kyphoplasty-20", "bone-11g"));
    EXPECT_FALSE(fits("j-wire-0.035", "micropuncture-21g"));
    EXPECT_FALSE(fits("ebu3.5-6f", "jl4-5f"));
}

TEST(ToolLibrary, needles_are_as_stiff_as_their_steel)
{
    ToolLibrary const library;
    for (auto const* const name : {"puncture-18g", "micropuncture-21g", "spinal-22g", "bone-11g", "bone-13g"}) {
        ToolSection const& tube = library.find(name)->sections.front();
        double const second_moment = std::numbers::pi / 64 * (std::pow(tube.outer_mm, 4) - std::pow(tube.inner_mm, 4));
        EXPECT_NEAR(tube.bending_n_mm2, 193e3 * second_moment, 0.01 * tube.bending_n_mm2) << name;
    }
}

TEST(ToolLibrary, names_the_tool_that_was_probably_meant)
{
    try {
        (void)ToolLibrary{}.find("jl4_5f");
        FAIL();
    } catch (Error const& error) {
        EXPECT_NE(std::string{error.what()}.find("did you mean jl4-5f?"), std::string::npos) << error.what();
    }
}

TEST(FreeShape, of_arcs_is_what_geometry_says)
{
    Tool tool;
    tool.sections.resize(3);
    tool.sections[0].length_mm = 50;
    tool.sections[1].arc_radius_mm = 10;
    tool.sections[1].length_mm = 10 * std::numbers::pi / 2; // a quarter turn toward +x
    tool.sections[2].length_mm = 20;
    Vec3 const tip = free_shape(tool).back();
    // Chords whose length is exactly that of the arc's: no error but rounding.
    EXPECT_NEAR(tip.x, 10 + 20, 1e-9);
    EXPECT_NEAR(tip.y, 0, 1e-9);
    EXPECT_NEAR(tip.z, 50 + 10, 1e-9);
    tool.sections[1].plane_rad = std::numbers::pi / 2; // toward +y
    Vec3 const turned = free_shape(tool).back();
    EXPECT_NEAR(turned.x, 0, 1e-9);
    EXPECT_NEAR(turned.y, 30, 1e-9);
}

TEST(FreeShape, of_the_judkins_left_hooks_back_with_its_tip_toward_the_shaft)
{
    auto const shape = free_shape(*ToolLibrary{}.find("jl4-5f"));
    Vec3 const tip = shape.back();
    double top = 0;
    for (Vec3 const& p : shape) top = std::max(top, p.z);
    EXPECT_GT(top - tip.z, 30); // the arm of about 4 cm comes back
    EXPECT_LT(top - tip.z, 50);
    EXPECT_LT(glm::normalize(tip - shape[shape.size() - 3]).x, -0.7); // toward the shaft at x = 0
}

TEST_F(ToolFile, adds_tools_and_replaces_those_of_the_same_name)
{
    ASSERT_EQ(refusal(head + good), "");
    EXPECT_NEAR(library.find("probe")->length_mm(), 200 + 10 * std::numbers::pi / 2, 1e-9);
    EXPECT_NEAR(library.find("probe")->sections[0].torsion_n_mm2, 100 / 1.3, 1e-9);
    auto const count = library.tools().size();
    std::string stiffer = good;
    stiffer.replace(stiffer.find("100"), 3, "150");
    ASSERT_EQ(refusal(head + stiffer), "");
    EXPECT_EQ(library.tools().size(), count);
    EXPECT_EQ(library.find("probe")->sections[1].bending_n_mm2, 150);
}

TEST_F(ToolFile, that_is_wrong_is_refused_with_its_line_and_the_reason)
{
    struct Case {
        char const* from;
        char const* to;
        char const* place;
        char const* reason;
    };
    for (Case const& c : {
             Case{"kind: wire", "kind: string", ":4:11", "kind is wire, catheter"},
             Case{"outer_mm: 0.5", "outer_mm: 500", ":6:15", "outside 0.05 to 100"},
             Case{"outer_mm: 0.5", "outer_mm: 0.5\n    inner_mm: 0.5", ":3:5", "no wall between them"},
             Case{"material: steel", "material: stel", ":8:15", "unknown material 'stel'"},
             Case{"material: steel", "mix: {steel: -1}", ":8:18", "outside 0 to 25 g/cm3"},
             Case{"    source: bench\n", "", ":3:5", "needs source"},
             Case{"    bending_n_mm2: 100\n", "", ":9:9", "needs bending_n_mm2"},
             Case{"{length_mm: 200}", "{length_mm: 200, arc_deg: 3}", ":10:9", "straight with length_mm, or an arc"},
             Case{"{length_mm: 200}", "{lenght_mm: 200}", ":10:10", "did you mean length_mm?"},
             Case{"kind: wire", "kind: catheter", ":3:5", "is hollow"},
             Case{"kind: wire", "kind: balloon", ":3:5", "needs a balloon map"},
             Case{"    sections:", "    markers: [{to_tip_mm: 400, outer_mm: 1, material: gold}]\n    sections:",
                  ":3:5", "beyond the tool's hub"},
             Case{"name: probe", "name: Probe 1", ":3:11", "small letters"},
         }) {
        std::string text = head + good;
        auto const at = text.find(c.from);
        ASSERT_NE(at, std::string::npos) << c.from;
        text.replace(at, std::string{c.from}.size(), c.to);
        std::string const said = refusal(text);
        EXPECT_NE(said.find(c.place), std::string::npos) << c.to << ": " << said;
        EXPECT_NE(said.find(c.reason), std::string::npos) << c.to << ": " << said;
        EXPECT_THROW((void)library.find("probe"), Error) << "a refused file changed the library";
    }
}

TEST_F(ToolFile, with_a_balloon_or_stent_that_cannot_be_is_refused)
{
    struct Case {
        char const* kind;
        char const* balloon;
        char const* more;
        char const* reason;
    };
    std::string const fine = "nominal_mm: 3, length_mm: 20, folded_mm: 0.9, to_tip_mm: 3";
    std::string const stent = "    stent: {length_mm: 18, nominal_mm: 3, most_mm: 3.75, material: cocr}\n";
    for (Case const& c : {
             Case{"balloon", "", "", ""},
             Case{"balloon", ", nominal_atm: 10, rated_atm: 8", "", "rated_atm must not be below"},
             Case{"balloon", ", most_ml: 6", "", "most_ml belongs to a bone-balloon"},
             Case{"bone-balloon", ", most_ml: 6", "", ""},
             Case{"balloon", "", stent.c_str(), "only a tool of kind stent"},
             Case{"stent", "", stent.c_str(), ""},
             Case{"stent", "", "", "a stent needs a stent map"},
             Case{"wire", "", "", "only a balloon, a stent or a bone-balloon"},
         }) {
        std::string text = head + good;
        text.replace(text.find("kind: wire"), 10, "kind: " + std::string{c.kind});
        text.replace(text.find("    sections:"), 0, "    balloon: {" + fine + c.balloon + "}\n" + c.more);
        std::string const said = refusal(text);
        if (*c.reason)
            EXPECT_NE(said.find(c.reason), std::string::npos) << c.kind << c.balloon << ": " << said;
        else
            EXPECT_EQ(said, "") << c.kind;
    }
    std::string text = head + good;
    text.replace(text.find("kind: wire"), 10, "kind: balloon");
    std::string const wide = "    balloon: {nominal_mm: 3, length_mm: 20, folded_mm: 3}\n",
                      endless = "    balloon: {nominal_mm: 3, length_mm: 190, folded_mm: 0.9, to_tip_mm: 60}\n";
    auto const with = [&](std::string const& balloon) {
        std::string made = text;
        return made.replace(made.find("    sections:"), 0, balloon);
    };
    EXPECT_NE(refusal(with(wide)).find("a balloon grows"), std::string::npos);
    EXPECT_NE(refusal(with(endless)).find("longer than the tool"), std::string::npos);
}

TEST_F(ToolFile, of_another_kind_or_twice_the_same_name_is_refused)
{
    EXPECT_NE(refusal("tools: []\n").find("needs apiVersion"), std::string::npos);
    EXPECT_NE(refusal(head + good + good).find("a second tool is named 'probe'"), std::string::npos);
    EXPECT_NE(refusal("").find("the file is empty"), std::string::npos);
}

} // namespace
} // namespace fluoro
