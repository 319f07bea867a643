#pragma once
#include <array>
#include <fluoro/console/inputs.hpp>
#include <fluoro/session/session.hpp>
#include <string>
#include <vector>

namespace fluoro {

enum class HandSide { right, left };
inline constexpr std::array both_hands{HandSide::right, HandSide::left};

/// What the two hands are asked to do at this moment, shares of their full rates in [-1, 1].
struct HandWish {
    std::array<double, 2> push{}, turn{}; ///< by HandSide
    double inflate = 0;
    double cement = 0; ///< [0, 1]
};

/// Two hands on the tools that are in use. Turns deflections, steps and presses into the commands that a scenario gives
/// too, so that a record tells all that a hand did. Knows no window.
///
/// A new tool comes into an empty hand, else into the right one. Deflections move at a rate; steps of a wheel, of the
/// mouse or of a haptic device say how far, and are sent as a speed and a place to stop at.
class Hands {
public:
    explicit Hands(HandRates const& rates) : rates_{rates} {}

    /// What is in use and where. Call before take(). `is_settled`: every command taken so far has met its tick.
    void update(InstrumentStatus const& status, bool is_settled);
    /// What a hand holds: a name of the library; empty = nothing.
    std::string const& tool(HandSide side) const { return hand(side).tool; }
    void hold(HandSide side, std::string const& tool, std::vector<Command>& commands);

    /// So much further than it is, or than it was asked to go.
    void step(HandSide side, double push_mm, double turn_rad);
    void press(Action action, std::vector<Command>& commands);
    /// The commands for what is wished now.
    void take(HandWish const& wish, double elapsed_s, std::vector<Command>& commands);
    /// Both let go: nothing moves on.
    void rest(std::vector<Command>& commands);
    /// Why a press did nothing, since the last call.
    std::vector<std::string> take_refusals();

    void set_rates(HandRates const& rates) { rates_ = rates; }
    double injection_ml() const { return injection_ml_; }
    double injection_ml_s() const { return injection_ml_s_; }

private:
    struct Hand {
        std::string tool;
        bool is_needle = false;
        double inserted_mm = 0, turned_rad = 0; ///< as last told
        double step_mm = 0, step_rad = 0;       ///< asked for, not sent yet
        MoveTool asked;                         ///< what the session does now
    };
    Hand& hand(HandSide side) { return hands_[std::size_t(side)]; }
    Hand const& hand(HandSide side) const { return hands_[std::size_t(side)]; }
    void stop(Hand& hand, std::vector<Command>& commands) const;
    void move(Hand& hand, double push, double turn, std::vector<Command>& commands) const;
    std::string next_for(HandSide side) const;
    std::string balloon() const;
    std::string catheter() const;
    std::string needle() const;
    template <class Fits> std::string at_hand(Fits const& fits) const;

    HandRates rates_;
    InstrumentStatus status_;
    std::vector<std::string> known_; ///< names in use, as last told
    std::array<Hand, 2> hands_;
    std::string inflating_;
    double wanted_atm_ = 0, sent_atm_ = 0;
    std::string cementing_;
    double sent_cement_ = 0;
    double injection_ml_ = 6, injection_ml_s_ = 3;
    std::vector<std::string> refusals_;
};

} // namespace fluoro
