// A scripted hand: a wire of .014 inch past a stenosis of 90 % in the middle of the LAD, a balloon and a stent across
// it.
#include "blood/blood_stream.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <fluoro/instruments/access.hpp>
#include <fluoro/instruments/instruments.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>

namespace fluoro {
namespace {

/// The built-in man's vessels from the groin to the left coronary tree, with the stenosis; no pictures of him.
std::shared_ptr<Patient const> patient()
{
    PatientParameters who = built_in_patient("adult-male");
    set(who, "stenosis=7:90:12");
    auto made = std::make_shared<Patient>();
    made->lumens = build_anatomy(who).lumens;
    made->ct.grid = {{25, 15, 40}, Vec3{20}, Vec3{-240, -150, -300}, Mat3{1}};
    made->ct.hu.assign(made->ct.grid.voxels(), 50);
    std::erase_if(made->lumens.vessels.edges, [](LumenEdge const& edge) {
        bool const is_aortic = edge.wall == WallClass::elastic_artery && edge.radii_mm.front() > 3.2;
        return edge.wall != WallClass::coronary && !is_aortic;
    });
    return made;
}

/// Places along the left coronary artery from its mouth, down the LAD.
class Lad {
public:
    explicit Lad(LumenGraph const& graph) : graph_{graph}
    {
        int node = graph.edges[std::size_t(*graph.find_edge("left-main"))].from;
        int const end = graph.edges[std::size_t(*graph.find_edge("lad-distal/9"))].to;
        for (int const e : graph.way(node, end)) {
            at_mm_[graph.edges[std::size_t(e)].name] = length_mm;
            length_mm += graph.edges[std::size_t(e)].length_mm();
        }
    }
    /// Of the lesion: where the radius is below 0.6 of the 1.4 mm before it.
    std::pair<double, double> lesion() const
    {
        double from = 1e9, to = 0;
        for (char const* name : {"lad-mid", "lad-mid/2"}) {
            LumenEdge const& edge = graph_.edges[std::size_t(*graph_.find_edge(name))];
            double along = at_mm_.at(name);
            for (std::size_t n = 0; n < edge.points_mm.size(); ++n) {
                if (n > 0) along += glm::length(edge.points_mm[n] - edge.points_mm[n - 1]);
                if (edge.radii_mm[n] >= 0.6 * 1.4) continue;
                from = std::min(from, along);
                to = std::max(to, along);
            }
        }
        return {from, to};
    }
    double at(Vec3 const& p) const
    {
        LumenGraph own = graph_;
        std::erase_if(own.edges, [&](LumenEdge const& edge) { return !at_mm_.contains(edge.name); });
        LumenPlace const place = nearest_place(own, p);
        LumenEdge const& edge = own.edges[std::size_t(place.edge)];
        return at_mm_.at(edge.name) + place.along * edge.length_mm();
    }
    bool contains(std::string const& vessel) const { return at_mm_.contains(vessel); }
    double at(std::string const& vessel, double along) const
    {
        return at_mm_.at(vessel) + along * graph_.edges[std::size_t(*graph_.find_edge(vessel))].length_mm();
    }

private:
    LumenGraph const& graph_;
    std::map<std::string, double> at_mm_;
    double length_mm = 0;
};

class CoronaryStent : public ::testing::Test {
protected:
    std::shared_ptr<Patient const> man = patient();
    Instruments instruments{man, std::make_shared<ToolLibrary>(), 1};
    std::vector<BodyOrder> effects;
    BloodStream blood{*man, {}, 5, 1};
    Heartbeat heart{{}};

    void wait(double s)
    {
        for (int n = 0; n < s * ticks_per_second; ++n) instruments.advance(nullptr, effects);
    }
    ToolStatus tool(std::string const& name) const
    {
        for (ToolStatus const& status : instruments.status().tools)
            if (status.name == name) return status;
        return {};
    }
    void move(std::string const& name, double to_mm, double mm_s)
    {
        double const way = to_mm - tool(name).state.inserted_mm;
        ASSERT_EQ(instruments.order(MoveTool{name, std::copysign(mm_s, way), 0, to_mm, {}}), "");
        wait(std::abs(way) / mm_s + 0.05);
        ASSERT_NEAR(tool(name).state.inserted_mm, to_mm, 0.5) << name;
    }
    /// On by a way while the fingers turn the wire to and fro.
    void drill(std::string const& name, double way_mm)
    {
        double const to = tool(name).state.inserted_mm + way_mm;
        for (int n = 0; n < 2 * way_mm / 5; ++n) {
            ASSERT_EQ(instruments.order(MoveTool{name, 5, n % 2 ? 6.0 : -6.0, to, {}}), "");
            wait(0.5);
        }
        ASSERT_EQ(instruments.order(MoveTool{name, 0, 0, {}, {}}), "");
    }
    /// Mean flow at the LAD's end over four beats, the blood told of all that the tools have done [mL/s].
    double distal_flow()
    {
        for (BodyOrder const& effect : effects)
            if (auto const* lumen = std::get_if<SetLumen>(&effect)) {
                EXPECT_EQ(blood.set_lumen(*lumen), "");
            }
        effects.clear();
        auto const edge = std::size_t(*man->lumens.vessels.find_edge("lad-distal/9"));
        double sum = 0;
        int ticks = 0;
        for (std::int64_t const first = heart.now().beat + 4; heart.now().beat < first + 4;) {
            blood.advance(1.0 / 120, 2, heart, {0, 1, 0});
            if (heart.now().beat < first) continue;
            sum += blood.circulation().flow_in_ml_s()[edge];
            ++ticks;
        }
        return sum / ticks;
    }
};

TEST_F(CoronaryStent, goes_across_a_tight_lesion_over_a_wire_and_opens_it)
{
    Lad const lad{man->lumens.vessels};
    auto const [from, to] = lad.lesion();
    ASSERT_EQ(instruments.begin(
                  {{"ebu3.5-6f", "right-femoral", "left-main", 4, 15}, {"workhorse-0.014", "right-femoral", "", -2, 0}},
                  nullptr),
              "");
    wait(0.2);
    EXPECT_LT(tool("ebu3.5-6f").tip.from_axis, 1);
    double const flow_before = distal_flow();

    std::string const wire = "workhorse-0.014";
    move(wire, tool(wire).state.inserted_mm + 65, 15);
    drill(wire, 30);
    move(wire, tool(wire).state.inserted_mm + 20, 15);
    ASSERT_TRUE(lad.contains(tool(wire).tip_vessel)) << tool(wire).tip_vessel;
    double const beyond = lad.at(tool(wire).tip_vessel, tool(wire).tip.along) - to;
    test::measured("stent_wire_beyond_lesion_mm", beyond);
    EXPECT_GT(beyond, 20); // its floppy part is past the lesion, the wire's body lies in it

    std::string const balloon = "semi-compliant-2.5x15";
    ASSERT_EQ(instruments.order(TakeTool{balloon, "right-femoral", true}), "");
    move(balloon, 700, 150);
    move(balloon, 791, 25);
    ASSERT_EQ(instruments.order(InflateBalloon{balloon, 10}), "");
    wait(5);
    double const flow_closed = distal_flow();
    ASSERT_EQ(instruments.order(InflateBalloon{balloon, 0}), "");
    wait(2);
    double const flow_dilated = distal_flow();
    move(balloon, 0, 150);
    ASSERT_EQ(instruments.order(PutToolAway{balloon}), "");
    EXPECT_EQ(tool(wire).state.inserted_mm > 700, true) << "the wire stays across";

    std::string const stent = "stent-3.0x18";
    ASSERT_EQ(instruments.order(TakeTool{stent, "right-femoral", true}), "");
    move(stent, 700, 150);
    move(stent, 794, 25);
    ASSERT_EQ(instruments.order(InflateBalloon{stent, 12}), "");
    wait(5);
    ASSERT_EQ(instruments.order(InflateBalloon{stent, 0}), "");
    wait(2);
    move(stent, 0, 150);
    double const flow_after = distal_flow();
    ASSERT_EQ(instruments.status().stents.size(), 1u);
    StentStatus const& placed = instruments.status().stents[0];
    double const near = lad.at(placed.near_mm), far = lad.at(placed.far_mm);
    test::measured("stent_before_lesion_mm", from - near);
    test::measured("stent_behind_lesion_mm", far - to);
    test::measured("stent_least_mm", placed.least_mm);
    test::measured("stent_flow_before_ml_s", flow_before);
    test::measured("stent_flow_balloon_up_ml_s", flow_closed);
    test::measured("stent_flow_dilated_ml_s", flow_dilated);
    test::measured("stent_flow_after_ml_s", flow_after);
    EXPECT_GT(from - near, 0.5); // healthy vessel to either side
    EXPECT_GT(far - to, 0.5);
    EXPECT_GT(placed.least_mm, 2.7); // of 2.8 mm; residual stenosis below 10 %
    EXPECT_LT(placed.gap_mm, 0.1);
    EXPECT_FALSE(placed.is_lost);
    EXPECT_LT(flow_closed, 0.05 * flow_before + 1e-3) << "nothing passes a balloon that is up";
    EXPECT_GT(flow_dilated, 1.1 * flow_before);
    EXPECT_GT(flow_after, 1.1 * flow_before);
    // The hand's pull left it where it is.
    int struts = 0;
    for (ToolStretch const& stretch : instruments.picture(nullptr).stretches) struts += stretch.outer_mm.front() < 0.1;
    EXPECT_GT(struts, 14);
}

} // namespace
} // namespace fluoro
