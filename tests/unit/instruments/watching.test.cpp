// A hand that watches the picture, in a patient of one artery that forks.
#include <fluoro/instruments/instruments.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

/// An artery of 8 mm that runs up for 140 mm and forks to both sides at 40 degrees.
std::shared_ptr<Patient const> patient()
{
    auto made = std::make_shared<Patient>();
    made->ct.grid = {{30, 30, 60}, Vec3{4}, Vec3{-60, -60, 0}, Mat3{1}};
    made->ct.hu.assign(made->ct.grid.voxels(), 50);
    LumenGraph& graph = made->lumens.vessels;
    int const fork = graph.add_node({0, 0, 150}, "fork");
    for (int const side : {-1, 1}) {
        std::vector<Vec3> up;
        for (int n = 1; n <= 8; ++n) up.emplace_back(side * 8.4 * n, 0, 150 + 10 * n);
        graph.add_edge(side < 0 ? "right-branch" : "left-branch", fork, up, std::vector<double>(9, 3.0),
                       WallClass::muscular_artery, 66);
    }
    std::vector<Vec3> down;
    for (int z = 140; z >= 10; z -= 10) down.emplace_back(0, 0, z);
    graph.add_edge("artery", fork, down, std::vector<double>(down.size() + 1, 4.0), WallClass::muscular_artery, 65);
    made->lumens.landmarks = {{"access-right-femoral", {0, 0, 12}}, {"halfway", {0, 0, 80}}};
    return made;
}

class Watching : public ::testing::Test {
protected:
    Instruments instruments{patient(), std::make_shared<ToolLibrary>(), 1};
    std::string const wire = "angled-hydrophilic-0.035";
    void SetUp() override { ASSERT_EQ(instruments.order(TakeTool{wire, "right-femoral"}), ""); }
    std::string order(double push, std::string const& at, double within = 3, std::optional<double> astray = {})
    {
        MoveTool move{wire, push, 0, {}, {}};
        move.until_at = at;
        move.within_mm = within;
        move.astray_rad = astray;
        return instruments.order(move);
    }
    ToolStatus after(double s)
    {
        std::vector<BodyOrder> effects;
        for (int n = 0; n < s * ticks_per_second; ++n) instruments.advance(nullptr, effects);
        return instruments.status().tools.at(0);
    }
};

TEST_F(Watching, hand_stops_at_a_landmark_and_leaves_a_tip_that_is_there)
{
    ASSERT_EQ(order(60, "halfway", 8), "");
    // A tick at 60 mm/s is half a millimetre; the wire eases by no more when it stops.
    ToolStatus const stopped = after(3);
    double const in = stopped.state.inserted_mm;
    EXPECT_NEAR(glm::length(stopped.tip_mm - Vec3{0, 0, 80}), 7.75, 0.5);
    ASSERT_EQ(order(-60, "halfway", 8), "");
    EXPECT_EQ(after(1).state.inserted_mm, in) << "there already";
    ASSERT_EQ(order(60, ""), "");
    EXPECT_GT(after(0.5).state.inserted_mm, in + 20) << "not watched any more";
}

TEST_F(Watching, hand_stops_in_the_vessel_that_it_looks_for)
{
    ASSERT_EQ(order(40, "artery"), "");
    EXPECT_LT(after(1).state.inserted_mm, 2) << "it is in it from the start";
}

// The bent tip can lie in one branch only: a hand that turns it by a third when it went astray finds the other in two
// tries at most.
TEST_F(Watching, hand_brings_a_tip_into_either_branch)
{
    for (std::string const branch : {"left-branch", "right-branch", "left-branch"}) {
        ASSERT_EQ(order(60, branch, 3, 2.1), "");
        ToolStatus tool = after(1);
        for (int s = 1; s < 16 && tool.tip_vessel != branch; ++s) tool = after(1);
        EXPECT_EQ(tool.tip_vessel, branch);
        // It stopped at the branch's mouth.
        EXPECT_LT(tool.state.inserted_mm, 190);
        ASSERT_EQ(instruments.order(MoveTool{wire, -80, 0, 80.0, {}}), "");
        after(2);
    }
}

TEST_F(Watching, what_cannot_be_watched_for_is_refused)
{
    EXPECT_NE(order(10, "left-main").find("cannot be brought to 'left-main'"), std::string::npos);
}

} // namespace
} // namespace fluoro
