#pragma once
// The hands of a scenario without its room and pictures: the same orders at the same ticks, to the same tools in the
// same living patient.
#include <algorithm>
#include <cmath>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/instruments/instruments.hpp>
#include <fluoro/scenario/scenario.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>

namespace fluoro::test {

inline Scenario scenario(std::string const& name)
{
    return read_scenario(FLUORO_SOURCE_DIR "/scenarios/" + name + ".yaml");
}

/// The same hands, a tool's last push beyond a place so much further.
inline Scenario brought_deeper(Scenario script, std::string const& tool, double deeper_mm)
{
    MoveTool* last = nullptr;
    for (TimedCommand& one : script.operators.at("demo"))
        if (auto* move = std::get_if<MoveTool>(&one.command); move && move->tool == tool && move->beyond_mm > 0)
            last = move;
    if (!last) throw Error{tool + " is not brought beyond a place in this script"};
    last->beyond_mm += deeper_mm;
    return script;
}

/// The built-in patient of a scenario, in voxels of this size.
inline std::shared_ptr<Patient const> drawn(Scenario const& scenario, double spacing_mm)
{
    PatientParameters who = built_in_patient(scenario.patient);
    BuiltInWish const wish = scenario.anatomy.value_or(BuiltInWish{});
    for (std::string const& one : wish.set) set(who, one);
    return std::make_shared<Patient const>(draw_built_in(who, wish.region, spacing_mm));
}

/// The same with the vessels alone that a tool of 5 F on its way to the heart can come into: walls are made sooner.
inline std::shared_ptr<Patient const> great_vessels(Patient const& patient)
{
    auto made = std::make_shared<Patient>(patient);
    std::erase_if(made->lumens.vessels.edges, [](LumenEdge const& edge) {
        double const widest = *std::ranges::max_element(edge.radii_mm);
        if (edge.wall == WallClass::chamber) return !edge.name.starts_with("left");
        if (edge.wall == WallClass::coronary) return widest < 0.5;
        bool const is_artery = edge.wall == WallClass::elastic_artery || edge.wall == WallClass::muscular_artery;
        return !is_artery || widest < 1.2 || edge.name.find("pulmonary") != std::string::npos;
    });
    return made;
}

class HandsAtWork {
public:
    HandsAtWork(Scenario const& scenario, std::shared_ptr<Patient const> patient,
                std::shared_ptr<Patient const> with_vessels)
        : script_{scenario.operators.at("demo")}, patient_{std::move(patient)}, body_{patient_, living(scenario)},
          tools_{std::move(with_vessels), std::make_shared<ToolLibrary>(), scenario.seed}
    {
        EXPECT_EQ(tools_.begin(scenario.tools_in, &body_), "");
    }

    /// To the script's end. `each` sees ten moments a second of the last `watched_s` before it.
    template <class Each> void run(double watched_s, Each const& each)
    {
        std::vector<BodyOrder> effects;
        std::size_t next = 0;
        Tick const end = script_.back().tick;
        for (Tick tick = 0; tick < end; ++tick) {
            for (; script_[next].tick <= tick; ++next)
                std::visit([&](auto const& c) { obey(c); }, script_[next].command);
            effects.clear();
            tools_.advance(&body_, effects);
            for (BodyOrder const& effect : effects) {
                torn_ +=
                    std::holds_alternative<PerforateVessel>(effect) || std::holds_alternative<DissectVessel>(effect);
                EXPECT_EQ(body_.order(effect), "");
            }
            body_.advance({0, 1, 0});
            if (tick > end - Tick(watched_s * ticks_per_second) && tick % 12 == 0) each();
        }
    }

    /// Where a place of the patient at rest is now.
    Vec3 now(Vec3 const& rest) const { return body_.motion().moved(rest, body_.pose()); }
    Vec3 now(std::string const& landmark) const { return now(patient_->lumens.landmarks.at(landmark)); }
    ToolStatus tool(std::string const& name) const
    {
        for (ToolStatus const& status : tools_.status().tools)
            if (status.name == name) return status;
        ADD_FAILURE() << name << " is not in use";
        return {};
    }
    LumenEdge const& vessel(std::string const& name) const
    {
        return patient_->lumens.vessels.edges[std::size_t(patient_->lumens.vessels.find_edge(name).value())];
    }
    InstrumentStatus const& status() const { return tools_.status(); }
    /// Walls that a tip went through or under.
    int torn() const { return torn_; }

private:
    std::vector<TimedCommand> script_;
    std::shared_ptr<Patient const> patient_;
    Body body_;
    Instruments tools_;
    int torn_ = 0;

    static BodySettings living(Scenario const& scenario)
    {
        BodySettings settings = scenario.body.value();
        settings.seed = scenario.seed;
        return settings;
    }
    template <class One> void obey(One const& command)
    {
        if constexpr (std::is_constructible_v<ToolOrder, One const&>) {
            EXPECT_EQ(tools_.order(ToolOrder{command}), "");
        } else if constexpr (std::is_same_v<One, Inject>) {
            Inject aimed = command;
            EXPECT_EQ(tools_.aim_injection(command.through, aimed), "");
            EXPECT_EQ(body_.order(aimed), "");
        } else if constexpr (std::is_constructible_v<BodyOrder, One const&>) {
            EXPECT_EQ(body_.order(command), "");
        }
    }
};

/// The tip stays in a coronary artery's mouth for the last three seconds.
inline void lies_at(HandsAtWork& hands, std::string const& script, std::string const& tool, std::string const& ostium,
                    std::string const& artery)
{
    Extremes off{script + "_off_mm"};
    hands.run(3, [&] {
        ToolStatus const status = hands.tool(tool);
        double const far = glm::length(status.tip_mm - hands.now(ostium));
        off.see(far);
        // The mouth is 4 to 4.5 mm wide: before it a tip of 1.7 mm is at most 3.5 mm from its middle; in it the
        // straight piece behind the last curve, 7 to 9 mm, may lie, less what the curve needs.
        EXPECT_LT(far, status.tip_vessel == artery ? 6.5 : 3.5) << script << ", tip in " << status.tip_vessel;
    });
    EXPECT_EQ(hands.torn(), 0) << script;
}

/// A Judkins right hooks into its artery for the last three seconds: its straight end may lie in it, its last curve
/// must not. The artery's line begins in the middle of its mouth, the rim is half a width away.
inline void hooks_into(HandsAtWork& hands, std::string const& script, std::string const& tool,
                       std::string const& ostium, std::string const& artery)
{
    Extremes off{script + "_off_mm"}, deep{script + "_deep_mm"};
    double const straight = ToolLibrary{}.find(tool)->sections.back().length_mm;
    LumenEdge const& vessel = hands.vessel(artery);
    hands.run(3, [&] {
        ToolStatus const status = hands.tool(tool);
        off.see(glm::length(status.tip_mm - hands.now(ostium)));
        EXPECT_EQ(status.tip_vessel, artery) << script;
        double const depth = status.tip.along * vessel.length_mm();
        deep.see(depth);
        EXPECT_LT(depth, straight + vessel.radii_mm.front()) << script;
    });
    EXPECT_EQ(hands.torn(), 0) << script;
}

/// The tip lies in the left ventricle for the last three seconds: the chamber is 80 mm long, 40 mm behind the valve is
/// its middle.
inline void lies_in_ventricle(HandsAtWork& hands, std::string const& script, std::string const& tool)
{
    Extremes deep{script + "_deep_mm"};
    hands.run(3, [&] {
        Vec3 const valve = hands.now("aortic-valve");
        Vec3 const out = glm::normalize(hands.now(hands.vessel("aortic-root").points_mm.back()) - valve);
        double const depth = glm::dot(valve - hands.tool(tool).tip_mm, out);
        deep.see(depth);
        EXPECT_GT(depth, 25) << script;
        EXPECT_LT(depth, 75) << script;
    });
    EXPECT_EQ(hands.torn(), 0) << script;
}

/// The stent lies in the middle LAD and covers what is narrower than three quarters of the vessel beside it; its edges
/// are to lie in healthy vessel, 2 mm of it at least on either side.
inline void covers_the_lesion(HandsAtWork const& hands, std::string const& name)
{
    EXPECT_EQ(hands.torn(), 0);
    ASSERT_EQ(hands.status().stents.size(), 1u);
    StentStatus const& stent = hands.status().stents[0];
    EXPECT_FALSE(stent.is_lost);
    // Along the middle LAD: where it is narrow, and the place nearest to each end of the stent.
    double along = 0, from = 1e9, to = 0, near = 0, far = 0, near_off = 1e9, far_off = 1e9;
    for (char const* piece : {"lad-mid", "lad-mid/2", "lad-mid/3"}) {
        LumenEdge const& edge = hands.vessel(piece);
        for (std::size_t n = 0; n < edge.points_mm.size(); ++n) {
            if (n > 0) along += glm::length(edge.points_mm[n] - edge.points_mm[n - 1]);
            if (edge.radii_mm[n] < 0.75 * hands.vessel("lad-mid/3").radii_mm.front()) {
                from = std::min(from, along);
                to = along;
            }
            for (auto const& [end, at, off] :
                 {std::tie(stent.near_mm, near, near_off), std::tie(stent.far_mm, far, far_off)})
                if (double const d = glm::length(edge.points_mm[n] - end); d < off) {
                    off = d;
                    at = along;
                }
        }
    }
    test::measured(name + "_before_lesion_mm", from - near);
    test::measured(name + "_behind_lesion_mm", far - to);
    test::measured(name + "_middle_off_mm", (near + far - from - to) / 2);
    test::measured(name + "_least_mm", stent.least_mm);
    EXPECT_LT(near_off, 1.5); // it lies in this vessel and no other
    EXPECT_LT(far_off, 1.5);
    EXPECT_GT(from - near, 2);
    EXPECT_GT(far - to, 2);
    EXPECT_GT(stent.least_mm, 2.7) << "less than a tenth narrow at its nominal 3 mm";
}

} // namespace fluoro::test
