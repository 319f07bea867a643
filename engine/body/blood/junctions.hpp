#pragma once
#include "lane_profile.hpp"

#include <cstdint>
#include <vector>

namespace fluoro {

/// Medium at the nodes of a vessel graph. What comes in is mixed by flow and goes out again in the same step; what a
/// node takes in beyond that swells it (its walls give) and comes out mixed when it shrinks. Streamlines that go on
/// from one vessel into its continuation keep their lanes. Volumes of blood and of medium, both exact.
class Junctions {
public:
    explicit Junctions(int nodes);

    /// A step begins: nobody's blood is known.
    void begin();
    /// Blood that a node takes in during the step [mL], negative: gives off. All mouths of all nodes, before the rest.
    void blood(int node, double ml)
    {
        Balance& b = balances_[std::size_t(node)];
        (ml > 0 ? b.in_ml : b.out_ml) += ml > 0 ? ml : -ml;
    }
    /// Whether the node holds enough to be worth passing on, before anything has come in.
    bool has_medium(int node) const
    {
        return held_ml_[std::size_t(node)] > least_share * (swell_ml_[std::size_t(node)] + balance(node).in_ml);
    }
    /// The node takes part in this step: clears its lanes. `is_stirred`: blood passes it as a plug, not in layers, and
    /// changes places with what its walls hold.
    void open(int node, bool is_stirred = false);
    bool is_open(int node) const { return states_[std::size_t(node)] != State::shut; }
    bool is_resolved(int node) const { return states_[std::size_t(node)] == State::resolved; }
    /// The same blood as before, mouth by mouth of an open node, by the lanes that it takes; sign as in blood().
    void lane_blood(int node, double ml, Lanes const& lane_share);
    /// Medium that comes with it, by lane [mL]. Where it comes too late, or to a node that takes no part, it waits
    /// there.
    void medium(int node, Lanes const& ml);
    /// Medium that comes by no flow: what a drained vessel had left. It goes out with the next blood.
    void leave(int node, double ml) { held_ml_[std::size_t(node)] += ml; }
    /// All is in: what goes out of an open node has these shares of medium, by lane. Once per step.
    Lanes resolve(int node);
    /// The step is over: the other nodes' volumes follow.
    void end();

    double held_ml(int node) const { return held_ml_[std::size_t(node)]; }
    /// Less than this share of medium is not passed on.
    static constexpr double least_share = 1e-6;

private:
    struct Balance {
        double in_ml = 0, out_ml = 0;
    };
    struct Node {
        bool is_stirred = false;
        double most_in_ml = 0, most_out_ml = 0;
        Lanes lane_in_ml{}, lane_out_ml{}, medium_ml{};
    };
    enum class State : std::uint8_t { shut, open, resolved };
    Balance const& balance(int node) const { return balances_[std::size_t(node)]; }

    std::vector<Balance> balances_;
    std::vector<Node> nodes_;
    std::vector<State> states_;
    std::vector<double> held_ml_;  ///< medium in the node
    std::vector<double> swell_ml_; ///< blood in the node
};

} // namespace fluoro
