#include <fluoro/console/hands.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace fluoro {
namespace {

/// A step is made up for within this time, as a hand moves and no faster than the session allows.
constexpr double step_s = 0.08, slowest_step_mm_s = 5, slowest_step_rad_s = 0.5;
constexpr double fastest_mm_s = 200, fastest_rad_s = 8 * 3.14159;
constexpr double arrived_mm = 0.01, arrived_rad = 1e-3;
constexpr double most_atm = 30, atm_step = 0.1; ///< the inflator's gauge
constexpr double longest_s = 0.1;               ///< a hiccup of the window must not become a leap
constexpr Range volume_ml{1, 40}, rate_ml_s{0.5, 20};

bool has_balloon(ToolKind kind)
{
    return kind == ToolKind::balloon || kind == ToolKind::stent || kind == ToolKind::bone_balloon;
}
bool takes_injection(ToolKind kind)
{
    return kind == ToolKind::catheter || kind == ToolKind::guide;
}
double speed_for(double way, double slowest, double fastest)
{
    return std::copysign(std::clamp(std::abs(way) / step_s, slowest, fastest), way);
}

} // namespace

void Hands::update(InstrumentStatus const& status, bool is_settled)
{
    if (!is_settled) return;
    status_ = status;
    std::vector<std::string> names;
    for (ToolStatus const& tool : status.tools) names.push_back(tool.name);
    for (NeedleStatus const& needle : status.needles) names.push_back(needle.name);
    for (Hand& h : hands_)
        if (std::ranges::find(names, h.tool) == names.end()) h = {};
    for (std::string const& name : names) {
        if (std::ranges::find(known_, name) != known_.end()) continue;
        bool const has_free_left = !hands_[0].tool.empty() && hands_[1].tool.empty();
        Hand& taker = hands_[has_free_left ? 1 : 0];
        taker = {};
        taker.tool = taker.asked.tool = name;
    }
    known_ = std::move(names);
    for (Hand& h : hands_) {
        for (ToolStatus const& tool : status.tools) {
            if (tool.name != h.tool) continue;
            h.is_needle = false;
            h.inserted_mm = tool.state.inserted_mm;
            h.turned_rad = tool.state.turned_rad;
        }
        for (NeedleStatus const& needle : status.needles) {
            if (needle.name != h.tool) continue;
            h.is_needle = true;
            h.inserted_mm = needle.depth_mm;
        }
        // What was asked for a place is over when it is there; the session has stopped it itself.
        if (h.asked.until_mm && std::abs(*h.asked.until_mm - h.inserted_mm) < arrived_mm) {
            h.asked.until_mm.reset();
            h.asked.push_mm_s = 0;
        }
        if (h.asked.until_rad && std::abs(*h.asked.until_rad - h.turned_rad) < arrived_rad) {
            h.asked.until_rad.reset();
            h.asked.turn_rad_s = 0;
        }
    }
}

void Hands::stop(Hand& hand, std::vector<Command>& commands) const
{
    hand.step_mm = hand.step_rad = 0;
    if (hand.tool.empty() || (hand.asked.push_mm_s == 0 && hand.asked.turn_rad_s == 0)) return;
    hand.asked = MoveTool{hand.tool};
    commands.emplace_back(hand.asked);
}

void Hands::hold(HandSide side, std::string const& tool, std::vector<Command>& commands)
{
    for (Hand& h : hands_) {
        // One tool in two hands: the one that had it lets go.
        if (&h != &hand(side) && h.tool != tool) continue;
        stop(h, commands);
        h = {};
    }
    Hand& taker = hand(side);
    taker.tool = taker.asked.tool = tool;
    update(status_, true);
}

void Hands::step(HandSide side, double push_mm, double turn_rad)
{
    Hand& h = hand(side);
    if (h.tool.empty()) return;
    h.step_mm += push_mm;
    // A needle's turn is not read back: it turns at a rate only.
    if (!h.is_needle) h.step_rad += turn_rad;
}

void Hands::move(Hand& h, double push, double turn, std::vector<Command>& commands) const
{
    if (h.tool.empty()) return;
    MoveTool const before = h.asked;
    if (push != 0) {
        h.asked.push_mm_s = push * rates_.push_mm_s;
        h.asked.until_mm.reset();
        h.step_mm = 0;
    } else if (double const by = std::exchange(h.step_mm, 0); by != 0) {
        double const to = std::max(0.0, h.asked.until_mm.value_or(h.inserted_mm) + by), way = to - h.inserted_mm;
        h.asked.until_mm.reset();
        h.asked.push_mm_s = 0;
        if (way != 0) {
            h.asked.until_mm = to;
            h.asked.push_mm_s = speed_for(way, slowest_step_mm_s, fastest_mm_s);
        }
    } else if (!h.asked.until_mm) {
        h.asked.push_mm_s = 0;
    }
    if (turn != 0) {
        h.asked.turn_rad_s = turn * radians(rates_.turn_deg_s);
        h.asked.until_rad.reset();
        h.step_rad = 0;
    } else if (double const by = std::exchange(h.step_rad, 0); by != 0) {
        double const to = h.asked.until_rad.value_or(h.turned_rad) + by, way = to - h.turned_rad;
        h.asked.until_rad = to;
        h.asked.turn_rad_s = speed_for(way, slowest_step_rad_s, fastest_rad_s);
    } else if (!h.asked.until_rad) {
        h.asked.turn_rad_s = 0;
    }
    bool const is_same = before.push_mm_s == h.asked.push_mm_s && before.turn_rad_s == h.asked.turn_rad_s &&
                         before.until_mm == h.asked.until_mm && before.until_rad == h.asked.until_rad;
    if (!is_same) commands.emplace_back(h.asked);
}

void Hands::take(HandWish const& wish, double elapsed_s, std::vector<Command>& commands)
{
    for (HandSide const side : both_hands)
        move(hand(side), wish.push[std::size_t(side)], wish.turn[std::size_t(side)], commands);

    if (wish.inflate != 0) {
        std::string const tool = balloon();
        if (tool != inflating_) {
            inflating_ = tool;
            wanted_atm_ = 0;
            for (ToolStatus const& t : status_.tools)
                if (t.name == tool) wanted_atm_ = t.pressure_atm;
            sent_atm_ = wanted_atm_;
        }
        if (!tool.empty()) {
            double const more = wish.inflate * rates_.inflate_atm_s * std::min(elapsed_s, longest_s);
            wanted_atm_ = std::clamp(wanted_atm_ + more, 0.0, most_atm);
            double const shown = atm_step * std::round(wanted_atm_ / atm_step);
            if (std::exchange(sent_atm_, shown) != shown) commands.emplace_back(InflateBalloon{tool, shown});
        }
    }

    double const cement = wish.cement * rates_.cement_ml_s;
    if (cement != sent_cement_) {
        if (sent_cement_ == 0) cementing_ = needle();
        if (!cementing_.empty()) commands.emplace_back(PushCement{cementing_, cement});
        if (cementing_.empty() && sent_cement_ == 0) refusals_.emplace_back("No needle is in hand: aim one first");
        sent_cement_ = cement;
    }
}

void Hands::rest(std::vector<Command>& commands)
{
    for (Hand& h : hands_) stop(h, commands);
    if (std::exchange(sent_cement_, 0) != 0 && !cementing_.empty()) commands.emplace_back(PushCement{cementing_, 0});
}

/// The first that fits: of the right hand, of the left one, of all in use.
template <class Fits> std::string Hands::at_hand(Fits const& fits) const
{
    for (Hand const& h : hands_)
        if (!h.tool.empty() && fits(h.tool)) return h.tool;
    for (std::string const& name : known_)
        if (fits(name)) return name;
    return {};
}

std::string Hands::balloon() const
{
    return at_hand([&](std::string const& name) {
        return std::ranges::any_of(status_.tools,
                                   [&](ToolStatus const& t) { return t.name == name && has_balloon(t.kind); });
    });
}
std::string Hands::catheter() const
{
    return at_hand([&](std::string const& name) {
        return std::ranges::any_of(status_.tools,
                                   [&](ToolStatus const& t) { return t.name == name && takes_injection(t.kind); });
    });
}
std::string Hands::needle() const
{
    return at_hand([&](std::string const& name) {
        return std::ranges::any_of(status_.needles, [&](NeedleStatus const& n) { return n.name == name; });
    });
}

/// The one after that in this hand among those that the other does not hold.
std::string Hands::next_for(HandSide side) const
{
    std::string const& now = hand(side).tool;
    std::string const& other = hand(side == HandSide::right ? HandSide::left : HandSide::right).tool;
    auto const at = std::ranges::find(known_, now) - known_.begin();
    auto const count = std::ptrdiff_t(known_.size());
    for (std::ptrdiff_t n = 1; n <= count; ++n) {
        std::string const& name = known_[std::size_t((std::min(at, count - 1) + n) % count)];
        if (name != other) return name;
    }
    return {};
}

void Hands::press(Action action, std::vector<Command>& commands)
{
    auto const with = [&](std::string const& tool, char const* without, auto const& command_of) {
        if (tool.empty())
            refusals_.emplace_back(without);
        else
            commands.emplace_back(command_of(tool));
    };
    auto const put_away = [&](HandSide side) {
        with(tool(side), "That hand is empty", [](std::string const& tool) { return PutToolAway{tool}; });
    };
    auto const next = [&](HandSide side) {
        if (auto const name = next_for(side); !name.empty()) hold(side, name, commands);
    };
    switch (action) {
    case Action::next_right_tool:
        return next(HandSide::right);
    case Action::next_left_tool:
        return next(HandSide::left);
    case Action::swap_hands:
        for (Hand& h : hands_) stop(h, commands);
        std::swap(hands_[0], hands_[1]);
        return;
    case Action::put_away_right:
        return put_away(HandSide::right);
    case Action::put_away_left:
        return put_away(HandSide::left);
    case Action::empty_balloon:
        wanted_atm_ = sent_atm_ = 0;
        return with(balloon(), "No balloon is in use", [](std::string const& tool) { return InflateBalloon{tool, 0}; });
    case Action::inject:
        return with(catheter(), "No catheter is in use to inject through: take one first",
                    [&](std::string const& tool) {
                        Inject inject;
                        inject.through = tool;
                        inject.volume_ml = injection_ml_;
                        inject.rate_ml_s = injection_ml_s_;
                        return inject;
                    });
    case Action::stop_injection:
        commands.emplace_back(StopInjection{});
        return;
    case Action::inject_less:
    case Action::inject_more:
        injection_ml_ =
            std::clamp(injection_ml_ + (action == Action::inject_more ? 1 : -1), volume_ml.least, volume_ml.most);
        return;
    case Action::inject_slower:
    case Action::inject_faster:
        injection_ml_s_ = std::clamp(injection_ml_s_ + (action == Action::inject_faster ? 0.5 : -0.5), rate_ml_s.least,
                                     rate_ml_s.most);
        return;
    case Action::hammer_blow:
        return with(needle(), "No needle is in hand: aim one first",
                    [](std::string const& tool) { return HammerNeedle{tool}; });
    case Action::mix_cement:
    case Action::mix_thick_cement:
        commands.emplace_back(MixCement{action == Action::mix_thick_cement});
        return;
    default:
        return;
    }
}

std::vector<std::string> Hands::take_refusals()
{
    return std::exchange(refusals_, {});
}

} // namespace fluoro
