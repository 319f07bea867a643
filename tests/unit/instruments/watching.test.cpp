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
    made->lumens.landmarks = {{"access-right-femoral", {0, 0, 12}},
                              {"halfway", {0, 0, 80}},
                              {"mouth-left", {4, 0, 130}},
                              {"mouth-right", {-4, 0, 130}}};
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

// So far beyond: counted from where the tip came there, though it has left the place by then (16 mm), and not begun
// again when it has. A tick at 60 mm/s is half a millimetre.
TEST_F(Watching, hand_goes_on_beyond_a_place_by_so_much)
{
    ASSERT_EQ(order(60, "halfway", 8), "");
    double const there = after(3).state.inserted_mm;
    MoveTool on{wire, 60, 0, {}, {}};
    on.until_at = "halfway";
    on.within_mm = 8;
    on.beyond_mm = 25;
    ASSERT_EQ(instruments.order(on), "");
    double const beyond = after(2).state.inserted_mm;
    EXPECT_NEAR(beyond - there, 25, 0.5);
    ASSERT_EQ(instruments.order(on), "");
    EXPECT_EQ(after(1).state.inserted_mm, beyond);
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

// Two mouths opposite each other: the bent tip looks to one at a time, 0.2 rad beside it at most by the hand's own
// measure, a quarter turn allowed here for what the tip's last millimetres bend at the wall.
TEST_F(Watching, hand_turns_a_tip_until_it_looks_to_a_place)
{
    MoveTool in{wire, 60, 0, 120.0, {}};
    ASSERT_EQ(instruments.order(in), "");
    after(3);
    for (std::string const mouth : {"mouth-left", "mouth-right", "mouth-left"}) {
        MoveTool turn{wire, 0, 1, {}, {}};
        turn.aim_at = mouth;
        ASSERT_EQ(instruments.order(turn), "");
        ToolStatus const tool = after(8);
        double const side = mouth == "mouth-left" ? 1 : -1;
        EXPECT_GT(side * tool.tip_mm.x, std::abs(tool.tip_mm.y)) << mouth;
        double const turned = tool.state.turned_rad;
        EXPECT_NEAR(after(1).state.turned_rad, turned, 0.05) << "it stays there";
    }
}

TEST(WatchingMarkers, hand_holds_a_balloon_about_a_tight_stretch)
{
    auto const man = std::make_shared<Patient>(*patient());
    LumenEdge& artery = man->lumens.vessels.edges[std::size_t(*man->lumens.vessels.find_edge("artery"))];
    for (std::size_t n = 0; n < artery.points_mm.size(); ++n)
        artery.radii_mm[n] = artery.points_mm[n].z > 75 && artery.points_mm[n].z < 105 ? 1.2 : 4;
    auto const library = std::make_shared<ToolLibrary>();
    Instruments instruments{man, library, 1};
    std::string const wire = "workhorse-0.014", balloon = "semi-compliant-2.5x15";
    std::vector<BodyOrder> effects;
    auto const wait = [&](double s) {
        for (int n = 0; n < s * ticks_per_second; ++n) instruments.advance(nullptr, effects);
    };
    ASSERT_EQ(instruments.order(TakeTool{wire, "right-femoral"}), "");
    ASSERT_EQ(instruments.order(MoveTool{wire, 40, 0, 130.0, {}}), "");
    wait(4);
    ASSERT_EQ(instruments.order(TakeTool{balloon, "right-femoral"}), "");
    MoveTool on{balloon, 25, 0, 125.0, {}};
    on.markers_at = "artery";
    ASSERT_EQ(instruments.order(on), "");
    wait(15);
    BalloonForm const& form = *library->find(balloon)->balloon;
    Vec3 const tip = instruments.status().tools.at(1).tip_mm;
    // Points stand 10 mm apart: 80, 90 and 100 are tight, 90 is the middle. A hand rests within 0.8 mm.
    EXPECT_NEAR(tip.z - form.to_tip_mm - form.length_mm / 2, 90, 1);
    on.tool = wire;
    EXPECT_NE(instruments.order(on).find("has no balloon"), std::string::npos);
    on.tool = balloon;
    on.markers_at = "no-such-vessel";
    EXPECT_NE(instruments.order(on).find("no-such-vessel"), std::string::npos);
}

TEST_F(Watching, what_cannot_be_watched_for_is_refused)
{
    EXPECT_NE(order(10, "left-main").find("cannot be brought to 'left-main'"), std::string::npos);
    MoveTool turn{wire, 0, 1, {}, {}};
    turn.aim_at = "halfway";
    EXPECT_NE(instruments.order(turn).find("on the axis"), std::string::npos);
    turn.aim_at = "artery";
    EXPECT_NE(instruments.order(turn), "");
}

} // namespace
} // namespace fluoro
