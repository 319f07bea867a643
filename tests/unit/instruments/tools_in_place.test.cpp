// Tools that lie in when a session begins, in a patient of one tube that turns into a branch.
#include <fluoro/instruments/instruments.hpp>
#include <gtest/gtest.h>
#include <numbers>

namespace fluoro {
namespace {

/// An artery of 8 mm that runs up for 280 mm, and a branch of 5 mm that leaves its top across.
std::shared_ptr<Patient const> patient()
{
    auto made = std::make_shared<Patient>();
    made->ct.grid = {{30, 30, 80}, Vec3{4}, Vec3{-60, -60, 0}, Mat3{1}};
    made->ct.hu.assign(made->ct.grid.voxels(), 50);
    LumenGraph& graph = made->lumens.vessels;
    int const top = graph.add_node({0, 0, 290}, "top");
    std::vector<Vec3> down;
    for (int z = 280; z >= 10; z -= 10) down.emplace_back(0, 0, z);
    graph.add_edge("artery", top, down, std::vector<double>(down.size() + 1, 4.0), WallClass::muscular_artery, 65);
    graph.add_edge("branch", top, {{8, 0, 294}, {18, 0, 296}, {28, 0, 296}}, {2.5, 2.5, 2.5, 2.5},
                   WallClass::muscular_artery, 66);
    made->lumens.landmarks = {{"access-right-femoral", {0, 0, 12}}, {"halfway", {0, 0, 150}}, {"far", {50, 50, 20}}};
    return made;
}

class ToolsInPlace : public ::testing::Test {
protected:
    std::shared_ptr<ToolLibrary const> library = std::make_shared<ToolLibrary>();
    std::string begin(std::vector<ToolInPlace> const& tools)
    {
        instruments.emplace(patient(), library, 1);
        return instruments->begin(tools, nullptr);
    }
    ToolStatus tool(std::size_t n) const { return instruments->status().tools.at(n); }
    std::optional<Instruments> instruments;
    std::vector<BodyOrder> effects;
};

TEST_F(ToolsInPlace, stay_there_by_themselves_with_the_next_one_inside)
{
    ASSERT_EQ(
        begin({{"multipurpose-5f", "right-femoral", "branch", 6, 0}, {"j-wire-0.035", "right-femoral", "", -20, 0}}),
        "");
    instruments->advance(nullptr, effects);
    double const in = tool(0).state.inserted_mm;
    EXPECT_EQ(tool(0).tip_vessel, "branch");
    EXPECT_LT(tool(0).tip.from_axis, 1);
    EXPECT_NEAR(in, 278 + 6, 8); // the way along the axis; the catheter takes the inside of the corner
    EXPECT_NEAR(tool(1).state.inserted_mm, in - 20, 1e-9);
    double const along = tool(0).tip.along;
    for (int n = 0; n < 3 * ticks_per_second; ++n) instruments->advance(nullptr, effects);
    EXPECT_NEAR(tool(0).tip.along, along, 0.02); // of 29 mm: at rest
    EXPECT_EQ(tool(0).state.inserted_mm, in) << "the hand holds it";
    EXPECT_TRUE(effects.empty());
    // From there the hand goes on as ever.
    ASSERT_EQ(instruments->order(MoveTool{"multipurpose-5f", -50, 0, 100.0, {}}), "");
    for (int n = 0; n < 5 * ticks_per_second; ++n) instruments->advance(nullptr, effects);
    EXPECT_NEAR(tool(0).state.inserted_mm, 100, 0.01);
}

TEST_F(ToolsInPlace, lie_the_same_each_time)
{
    ASSERT_EQ(begin({{"jl4-5f", "right-femoral", "halfway", 0, 0}}), "");
    auto const first = instruments->state_hash();
    ASSERT_EQ(begin({{"jl4-5f", "right-femoral", "halfway", 0, 0}}), "");
    EXPECT_EQ(instruments->state_hash(), first);
    EXPECT_EQ(tool(0).tip_vessel, "") << "looked up with the first tick";
}

TEST_F(ToolsInPlace, are_refused_with_the_reason)
{
    auto const says = [](std::string const& refusal, char const* what) {
        EXPECT_NE(refusal.find(what), std::string::npos) << refusal;
    };
    says(begin({{"jl4-5f", "right-femoral", "left-main", 0, 0}}), "no landmark is called 'left-main'");
    says(begin({{"jl4-5f", "right-femoral", "branch", 60, 0}}), "'branch' is 29 mm long");
    says(begin({{"jl4-5f", "right-femoral", "far", 0, 0}}), "lies in no vessel");
    says(begin({{"jl4-5f", "right-femoral", "", 0, 0}}), "say where its tip is");
    says(begin({{"jl4-5f", "left-radial", "branch", 0, 0}}), "there are: right-femoral");
    says(begin({{"radial-sheath-6f", "right-femoral", "branch", 0, 0}}), "too short");
    says(begin({{"jl4-5f", "right-femoral", "branch", 4, 0}, {"bone-11g", "right-femoral", "", -200, 0}}),
         "does not go along a vessel");
    says(begin({{"jl4-5f", "right-femoral", "halfway", 0, 0}, {"j-wire-0.035", "right-femoral", "", 30, 0}}),
         "cannot lie inside");
}

TEST(CatheterLumen, lets_medium_through_when_its_own_volume_has_been_pushed_and_keeps_it)
{
    auto const library = std::make_shared<ToolLibrary>();
    Instruments instruments{patient(), library, 1};
    std::vector<BodyOrder> effects;
    ASSERT_EQ(instruments.begin({{"jl4-5f", "right-femoral", "halfway", 0, 0}}, nullptr), "");
    instruments.advance(nullptr, effects);
    Inject injection;
    ASSERT_EQ(instruments.aim_injection("jl4-5f", injection), "");
    // pi / 4 x 1.2^2 x the catheter's length.
    double const own_ml = std::numbers::pi / 4 * 1.44 * library->find("jl4-5f")->length_mm() / 1000;
    EXPECT_NEAR(injection.lead_ml, own_ml, 1e-9);
    EXPECT_GT(own_ml, 1);
    instruments.advance(nullptr, effects);
    EXPECT_TRUE(effects.empty()) << "it was flushed: no air";
    ASSERT_EQ(instruments.order(Aspirate{"jl4-5f"}), "");
    EXPECT_NE(instruments.order(Aspirate{"j-wire-0.035"}), "");
}

TEST(CatheterLumen, that_was_not_flushed_gives_its_air_to_the_vessel_once)
{
    auto const library = std::make_shared<ToolLibrary>();
    Instruments instruments{patient(), library, 1};
    std::vector<BodyOrder> effects;
    ASSERT_EQ(instruments.order(TakeTool{"jl4-5f", "right-femoral", false}), "");
    ASSERT_EQ(instruments.order(MoveTool{"jl4-5f", 100, 0, 120.0, {}}), "");
    for (int n = 0; n < 2 * ticks_per_second; ++n) instruments.advance(nullptr, effects);
    double const own_ml = instruments.status().tools[0].air_ml;
    EXPECT_GT(own_ml, 1);
    Inject injection;
    injection.volume_ml = 0.5;
    effects.clear();
    ASSERT_EQ(instruments.aim_injection("jl4-5f", injection), "");
    instruments.advance(nullptr, effects);
    ASSERT_EQ(effects.size(), 1u);
    EXPECT_NEAR(std::get<InjectAir>(effects[0]).volume_ml, 0.5, 1e-9);
    EXPECT_NEAR(instruments.status().tools[0].air_ml, own_ml - 0.5, 1e-9);
    ASSERT_EQ(instruments.order(Aspirate{"jl4-5f"}), "");
    effects.clear();
    ASSERT_EQ(instruments.aim_injection("jl4-5f", injection), "");
    instruments.advance(nullptr, effects);
    EXPECT_TRUE(effects.empty());
}

} // namespace
} // namespace fluoro
