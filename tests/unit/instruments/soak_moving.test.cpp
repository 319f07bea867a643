// Hands that do anything at all in vessels that branch and beat, with tools taken out and others put in: a few thousand
// orders, or FLUORO_SOAK of them (a million in the test that is labelled long).
#include "tools.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fluoro/core/random.hpp>
#include <fluoro/instruments/vessel_wall.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double tick_s = 1.0 / 120;
constexpr int phases = 240; ///< two beats and one breath

/// Up, over an arch of 40 mm and down again, 20 mm wide; on it vessels of 3 to 10 mm at all angles, some of which
/// divide again, all blind.
LumenGraph branching_arch()
{
    LumenGraph graph;
    auto const go = [&](std::string const& name, int from, std::vector<Vec3> const& through, double first, double last,
                        WallClass wall) {
        std::vector<double> radii;
        for (std::size_t n = 0; n <= through.size(); ++n)
            radii.push_back(std::lerp(first, last, double(n) / double(through.size())));
        return graph.edges[std::size_t(graph.add_edge(name, from, through, radii, wall, 52))].to;
    };
    auto const bow = [](double from, double to) {
        std::vector<Vec3> points;
        for (double a = from + 5; a < to + 1e-9; a += 5)
            points.emplace_back(40 - 40 * std::cos(radians(a)), 0, 40 * std::sin(radians(a)));
        return points;
    };
    int const low = graph.add_node({0, 0, -130});
    int const foot = go("ascending", low, {{0, 0, -60}, {0, 0, 0}}, 10, 10, WallClass::elastic_artery);
    int const first = go("arch-1", foot, bow(0, 60), 10, 10, WallClass::elastic_artery);
    int const second = go("arch-2", first, bow(60, 100), 10, 10, WallClass::elastic_artery);
    int const third = go("arch-3", second, bow(100, 180), 10, 10, WallClass::elastic_artery);
    int const side = go("descending", third, {{80, 0, -60}}, 10, 9, WallClass::elastic_artery);
    go("far", side, {{80, 0, -200}}, 9, 8, WallClass::elastic_artery);
    int const trunk = go("trunk", first, {{14, 6, 60}, {2, 10, 85}}, 5, 4.5, WallClass::elastic_artery);
    go("trunk-left", trunk, {{0, 12, 120}, {4, 12, 170}}, 3.5, 2.5, WallClass::muscular_artery);
    go("trunk-right", trunk, {{-20, 14, 105}, {-70, 14, 110}}, 4, 2.5, WallClass::muscular_artery);
    go("upright", second, {{48, 2, 70}, {50, 5, 160}}, 4, 2.5, WallClass::muscular_artery);
    go("across", side, {{110, 0, -65}, {150, 10, -80}}, 3, 2, WallClass::muscular_artery);
    int const crown = go("crown", foot, {{-14, 8, 4}, {-24, 20, -6}}, 2.4, 2, WallClass::coronary);
    go("crown-front", crown, {{-26, 32, -26}, {-10, 36, -60}}, 1.8, 0.9, WallClass::coronary);
    go("crown-side", crown, {{-42, 24, -14}, {-52, 10, -50}}, 1.6, 0.9, WallClass::coronary);
    return graph;
}

/// The arch and what is on it sway with the heart (twice in the time) and with the breath; the access stands still.
std::shared_ptr<Displacement const> swayed(int phase)
{
    auto made = std::make_shared<Displacement>();
    made->grid = {{-120, -60, -250}, 10, {30, 16, 48}};
    double const t = double(phase) / phases;
    for (int k = 0; k < made->grid.size.z; ++k)
        for (int n = 0; n < made->grid.size.y * made->grid.size.x; ++n) {
            double const z = made->grid.at({0, 0, k}).z;
            double const share = std::clamp((z + 90) / 90, 0.0, 1.0),
                         bend = std::sin(pi * std::clamp(z / 100, -1.0, 1.0));
            double const y = share * 4 * std::sin(4 * pi * t),
                         x = 3 * share * bend * std::cos(4 * pi * t) + 5 * share * std::sin(2 * pi * t);
            made->forward_mm.emplace_back(Vec3{x, y, 0});
            made->backward_mm.emplace_back(Vec3{-x, -y, 0});
        }
    return made;
}

/// A wall that no tip goes through: what leaves it has not been held by the mechanics.
class WholeWall final : public Wall {
public:
    explicit WholeWall(Wall const& wall) : wall_{wall} {}
    WallTouch touch(Vec3 const& at_mm) const override
    {
        WallTouch touch = wall_.touch(at_mm);
        touch.strength_n_mm = 1e9;
        return touch;
    }

private:
    Wall const& wall_;
};

ToolSection arc(ToolSection section, double radius_mm, double plane_rad = 0)
{
    section.arc_radius_mm = radius_mm;
    section.plane_rad = plane_rad;
    return section;
}

/// Four of each: wires, catheters over them, guides over those.
std::array<std::vector<std::shared_ptr<Tool const>>, 3> shelf()
{
    using test::section;
    auto const wire = [](std::string const& name, std::vector<ToolSection> sections) {
        return test::tool(name, std::move(sections));
    };
    auto const catheter = [](std::string const& name, std::vector<ToolSection> sections) {
        return test::tool(name, std::move(sections), ToolKind::catheter);
    };
    return {
        {{wire("j", {section(420, 0.889, 0, 500, 400, 0.05), section(60, 0.889, 0, 150, 120, 0.05),
                     arc(section(12, 0.889, 0, 8, 6, 0.05), 3)}),
          wire("angled", {section(440, 0.889, 0, 350, 280, 0.03), arc(section(25, 0.8, 0, 40, 30, 0.03), 12)}),
          wire("stiff", {section(400, 0.889, 0, 1850, 1400, 0.1), section(80, 0.889, 0, 60, 50, 0.1)}),
          wire("fine", {section(420, 0.356, 0, 10, 8, 0.04), arc(section(25, 0.356, 0, 1, 0.8, 0.04), 6)})},
         {catheter("left", {section(340, 1.67, 1.2, 280, 900, 0.12), arc(section(20, 1.67, 1.2, 280, 900, 0.12), 12),
                            section(40, 1.67, 1.2, 280, 900, 0.12), arc(section(12, 1.67, 1.2, 200, 600, 0.12), 6)}),
          catheter("pigtail",
                   {section(400, 1.67, 1.2, 280, 900, 0.12), arc(section(38, 1.67, 1.2, 150, 400, 0.12), 7)}),
          catheter("cobra",
                   {section(380, 1.67, 1.2, 280, 900, 0.12), arc(section(40, 1.67, 1.2, 280, 900, 0.12), 40, pi),
                    arc(section(25, 1.67, 1.2, 280, 900, 0.12), 12)}),
          catheter("straight", {section(450, 1.67, 1.2, 280, 900, 0.12)})},
         {catheter("guide", {section(330, 2.3, 1.9, 600, 1800, 0.1), arc(section(40, 2.3, 1.9, 600, 1800, 0.1), 25)}),
          catheter("sheath", {section(150, 2.7, 2.0, 700, 700, 0.1)})}}};
}

struct Worst {
    double gap_mm = 0, deepest_mm = -1e9, joint_mm = -1e9, furthest_mm = 0;
    bool is_finite = true;
    int put_in = 0;
    std::uint64_t hash = 0;
};

/// What a hand does besides: takes a tool that is out away, or another from the shelf, now and then.
class Table {
public:
    Table(CoaxialTools& tools, RandomSequence& random) : tools_{tools}, random_{random}, shelf_{shelf()} {}
    std::span<std::size_t const> kinds() const { return kinds_; } ///< wire, catheter, guide, of the tools that are in
    int change()
    {
        for (std::size_t t = 0; t < kinds_.size();)
            if (tools_.state(int(t)).inserted_mm <= 0 && random_.next_uniform() < 0.01) {
                EXPECT_EQ(tools_.take_out(int(t)), "");
                kinds_.erase(kinds_.begin() + std::ptrdiff_t(t));
            } else {
                ++t;
            }
        int put_in = 0;
        for (std::size_t kind = 0; kind < shelf_.size(); ++kind) {
            if (std::ranges::find(kinds_, kind) != kinds_.end() || random_.next_uniform() > 0.01) continue;
            auto const& choice = shelf_[kind];
            auto const which = std::size_t(random_.next_uniform() * double(choice.size()));
            EXPECT_EQ(tools_.add(choice[which]), "");
            kinds_.push_back(kind);
            ++put_in;
        }
        return put_in;
    }

private:
    CoaxialTools& tools_;
    RandomSequence& random_;
    std::array<std::vector<std::shared_ptr<Tool const>>, 3> shelf_;
    std::vector<std::size_t> kinds_;
};

/// A new order to every tool in every tick: up to 50 mm/s and 2 turns a second.
Worst soak(int orders, std::uint64_t seed)
{
    LumenGraph const vessels = branching_arch();
    FieldGrid const grid{{-90, -30, -220}, 0.75, {340, 110, 540}};
    VesselWall walls{vessels, std::make_shared<LumenDistance>(vessels, Patient{}, grid)};
    WholeWall const wall{walls};
    std::vector<std::shared_ptr<Displacement const>> moved;
    for (int n = 0; n < phases; ++n) moved.push_back(swayed(n));
    CoaxialTools tools{{{0, 0, -110}, {0, 0, 1}}};
    RandomSequence random{seed, RandomStream::mutation, 0, 0};
    Table table{tools, random};
    Worst worst;
    for (int n = 0; n < orders && worst.is_finite; ++n) {
        worst.put_in += table.change();
        walls.stand(moved[std::size_t(n % phases)], tick_s);
        // Mostly in for a while, then mostly out, each kind in its own time.
        for (std::size_t t = 0; t < table.kinds().size(); ++t) {
            double const drift = n / (1800 + 700 * int(table.kinds()[t])) % 2 ? -0.6 : 0.6;
            tools.hold(int(t), 50 * std::clamp(2 * random.next_uniform() - 1 + drift, -1.0, 1.0),
                       4 * pi * (2 * random.next_uniform() - 1));
        }
        tools.advance(wall, tick_s);
        worst.gap_mm = std::max(worst.gap_mm, tools.widest_gap_mm());
        worst.deepest_mm = std::max(worst.deepest_mm, tools.deepest_mm());
        for (RodFrame const& frame : tools.line())
            if (!std::isfinite(frame.at_mm.x + frame.at_mm.y + frame.at_mm.z)) worst.is_finite = false;
        if (!tools.along_mm().empty()) worst.furthest_mm = std::max(worst.furthest_mm, tools.along_mm().back());
        if (n % 10 == 0) // where a segment bridges an edge its ends are deeper than its middle
            for (std::size_t i = 3; i < tools.line().size(); ++i)
                worst.joint_mm = std::max(worst.joint_mm, wall.touch(tools.line()[i].at_mm).depth_mm);
        if (n % 50'000 == 49'999) {
            std::printf("%d orders: gap %.4f mm, deepest %.3f mm, joints %.3f mm, %d tools put in\n", n + 1,
                        worst.gap_mm, worst.deepest_mm, worst.joint_mm, worst.put_in);
            std::fflush(stdout);
        }
    }
    worst.hash = tools.state_hash();
    return worst;
}

TEST(SoakMoving, nothing_breaks_and_nothing_leaves_beating_vessels_under_random_hands)
{
    char const* const wished = std::getenv("FLUORO_SOAK");
    int const orders = wished ? std::atoi(wished) : 3'000;
    Worst const worst = soak(orders, 17);
    test::measured("soak_moving_orders", orders);
    test::measured("soak_moving_gap_mm", worst.gap_mm);
    test::measured("soak_moving_deepest_mm", worst.deepest_mm);
    test::measured("soak_moving_joint_mm", worst.joint_mm);
    test::measured("soak_moving_put_in", worst.put_in);
    std::printf("hash %016llx\n", static_cast<unsigned long long>(worst.hash));
    EXPECT_TRUE(worst.is_finite);
    EXPECT_LT(worst.gap_mm, 0.2);
    // A hand of 10 N on a soft wall; the field knows walls up to 4 mm, beyond which a tool would be lost.
    EXPECT_LT(worst.deepest_mm, 3);
    EXPECT_LT(worst.joint_mm, 4);
    EXPECT_GT(worst.furthest_mm, 250);
    EXPECT_GE(worst.put_in, 3);
}

} // namespace
} // namespace fluoro
