#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// What a hand presses out of a syringe or an injector of its own at most [MPa].
constexpr double most_mpa = 15;
constexpr double farthest_level_mm = 35;
/// A balloon that holds no more than this slides in its channel [mL].
constexpr double empty_ml = 0.05;

double length_of(std::span<Vec3 const> points)
{
    double length = 0;
    for (std::size_t n = 1; n < points.size(); ++n) length += glm::length(points[n] - points[n - 1]);
    return length;
}

} // namespace

std::string level_at(Patient const& patient, Vec3 const& p)
{
    std::string nearest;
    double distance = farthest_level_mm;
    for (char const region : {'C', 'T', 'L'})
        for (int n = 1; n <= 12; ++n) {
            std::string const name = region + std::to_string(n);
            auto const at = patient.lumens.landmarks.find(name);
            if (at == patient.lumens.landmarks.end() || glm::length(p - at->second) >= distance) continue;
            distance = glm::length(p - at->second);
            nearest = name;
        }
    return nearest;
}

Vertebra& NeedleWork::vertebra(std::string const& level)
{
    auto known = vertebrae_.find(level);
    if (known == vertebrae_.end()) known = vertebrae_.emplace(level, Vertebra{*patient_, level}).first;
    return known->second;
}

bool NeedleWork::has_balloon(std::string const& needle) const
{
    return std::ranges::any_of(balloons_, [&](auto const& one) { return one.second.needle == needle; });
}

std::string NeedleWork::mix(MixCement const& order)
{
    mix_ = order.is_high_viscosity ? high_viscosity_cement() : low_viscosity_cement();
    ++mixes_;
    age_s_ = 0;
    return {};
}

std::string NeedleWork::push(PushCement const& order)
{
    auto const held = needles_.find(order.tool);
    if (held == needles_.end()) return "No needle " + order.tool + " is in hand: aim it first";
    if (held->second.needle.tool().kind != ToolKind::bone_needle) return "Cement goes through a bone needle only";
    if (!mix_) return "No cement is mixed";
    if (order.rate_ml_s > 0) {
        if (has_balloon(order.tool)) return "The balloon is still in the cannula: put it away first";
        std::string const level = level_at(*patient_, held->second.needle.tip_mm());
        if (level.empty()) return "The needle's tip is in no vertebra";
        for (auto const& [name, balloon] : balloons_)
            if (balloon.level == level && balloon.balloon.volume_ml() > empty_ml)
                return "The balloon " + name + " is still open in " + level;
        if (auto refusal = vertebra(level).take_mix(*mix_, mixes_, seed_); !refusal.empty()) return refusal;
        level_ = level;
        if (viscosity_pa_s(*mix_, age_s_) >= mix_->set_pa_s) return "The cement has set";
        held->second.has_stylet = false;
    }
    held->second.cement_ml_s = order.rate_ml_s;
    return {};
}

void NeedleWork::push_cement(HeldNeedle& held)
{
    if (held.cement_ml_s <= 0 || !mix_) return;
    Vec3 const tip = held.needle.tip_mm();
    auto const known = vertebrae_.find(level_at(*patient_, tip));
    if (known == vertebrae_.end() || !known->second.cement()) {
        held.cement_ml_s = 0; // drawn out of the vertebra
        return;
    }
    ToolSection const& tube = held.needle.tool().sections.front();
    double rate = held.cement_ml_s;
    double const wanted = cannula_pressure_mpa(*mix_, age_s_, rate, tube.inner_mm, held.needle.tool().length_mm());
    // A power-law fluid: the flow falls as the root of the pressure that is there.
    if (wanted > most_mpa) rate *= std::pow(most_mpa / wanted, 1 / mix_->thinning);
    double const in = known->second.cement()->inject(tip, rate, age_s_, tick_s);
    pressure_mpa_ = std::max(pressure_mpa_, std::min(wanted, most_mpa));
    if (in <= 0) held.cement_ml_s = 0;
}

std::string NeedleWork::take(std::shared_ptr<Tool const> tool, TakeTool const& order)
{
    auto const held = needles_.find(order.access);
    if (held == needles_.end() || held->second.needle.tool().kind != ToolKind::bone_needle)
        return tool->title + " goes through a bone needle: write its name as the access";
    if (balloons_.contains(order.tool)) return tool->title + " is in use already";
    if (has_balloon(order.access)) return "There is a balloon in that needle already";
    if (tool->widest_mm() > held->second.needle.tool().narrowest_inner_mm())
        return "The " + tool->title + " does not go through " + held->second.needle.tool().title;
    held->second.has_stylet = false;
    BoneBalloon balloon{*tool->balloon, seed_ + balloons_.size()};
    balloons_.emplace(order.tool,
                      HeldBoneBalloon{std::move(tool), order.access, {order.tool}, 0, 0, std::move(balloon), {}, 0});
    return {};
}

/// Of the balloon's tip below the skin, along the way that the needle has cut [mm].
double NeedleWork::depth_of_tip(HeldBoneBalloon const& held) const
{
    Needle const& needle = needles_.at(held.needle).needle;
    return held.inserted_mm - (needle.tool().length_mm() - needle.depth_mm());
}

std::string NeedleWork::inflate(InflateBalloon const& order)
{
    auto const known = balloons_.find(order.tool);
    if (known == balloons_.end()) return order.tool + " has no balloon";
    HeldBoneBalloon& held = known->second;
    if (held.balloon.has_burst() && order.atm > 0) return "The balloon has burst: take another";
    if (order.atm > 0 && held.balloon.volume_ml() < empty_ml) {
        Needle const& needle = needles_.at(held.needle).needle;
        BalloonForm const& form = *held.tool->balloon;
        double const far = depth_of_tip(held) - form.to_tip_mm, near = far - form.length_mm;
        if (near < needle.depth_mm() - 1)
            return "The balloon is still in the cannula: draw the needle back, or push the balloon on";
        // Where its middle lies in the channel.
        auto const channel = needle.channel_mm();
        Vec3 middle = channel.back(), axis = needle.direction();
        double passed = 0;
        for (std::size_t n = 1; n < channel.size(); ++n) {
            Vec3 const way = channel[n] - channel[n - 1];
            double const step = glm::length(way), left = (far + near) / 2 - passed;
            if (left <= step && step > 0) {
                middle = channel[n - 1] + left / step * way;
                axis = way / step;
                break;
            }
            passed += step;
        }
        std::string const level = level_at(*patient_, middle);
        if (level.empty()) return "The balloon is in no vertebra";
        Vertebra& bone = vertebra(level);
        if (bone.has_cement()) return "There is cement in " + level + ": no balloon opens there any more";
        held.change = bone.lay(held.balloon, middle, axis);
        held.level = level_ = level;
    }
    held.wanted_atm = order.atm;
    return {};
}

void NeedleWork::work_balloon(HeldBoneBalloon& held, std::vector<std::string>& notes)
{
    Needle const& needle = needles_.at(held.needle).needle;
    double const end = length_of(needle.channel_mm()) + needle.tool().length_mm() - needle.depth_mm();
    double const push = wanted_speed(held.motion, held.inserted_mm);
    if (held.balloon.volume_ml() < empty_ml) held.inserted_mm = std::clamp(held.inserted_mm + push * tick_s, 0.0, end);
    if (held.level.empty()) return;
    double const before = held.balloon.volume_ml();
    held.balloon.advance(held.wanted_atm, tick_s);
    if (held.balloon.has_burst() && !held.told_burst) {
        held.told_burst = true;
        notes.push_back("The balloon has burst: contrast medium is in the bone");
    }
    if (held.balloon.volume_ml() != before)
        vertebrae_.at(held.level).change(held.change, held.balloon.hollow(), held.balloon.lift());
}

} // namespace fluoro
