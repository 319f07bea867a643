#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// What a hand pushes a needle with at most [N].
constexpr double hand_n = 60;
/// From this far outside a needle's line is followed to the skin [mm], in these steps.
constexpr double from_outside_mm = 500, step_mm = 0.5;
/// A belly answers a paddle of 9 cm by so much, to this depth; a gloved hand presses so hard. Typical.
constexpr double belly_n_mm = 1, deepest_press_mm = 60, press_n = 50;

constexpr double nearly_there_mm = 0.5;

std::optional<Vec3> place_of(Patient const& patient, AimPoint const& point)
{
    if (point.landmark.empty()) return point.offset_mm;
    auto const at = patient.lumens.landmarks.find(point.landmark);
    if (at == patient.lumens.landmarks.end()) return {};
    return at->second + point.offset_mm;
}

Vec3 moved(Body const* body, Vec3 const& rest)
{
    return body ? body->motion().moved(rest, body->pose()) : rest;
}

} // namespace

double wanted_speed(MoveTool& motion, double now_mm)
{
    if (!motion.until_mm) return motion.push_mm_s;
    double const left = *motion.until_mm - now_mm;
    if (left * motion.push_mm_s <= 0) motion.push_mm_s = 0;
    return std::clamp(motion.push_mm_s, -std::abs(left) / tick_s, std::abs(left) / tick_s);
}

NeedleWork::NeedleWork(std::shared_ptr<Patient const> patient, std::uint64_t seed)
    : patient_{std::move(patient)}, seed_{seed}, tissues_{patient_}
{
}

Needle const* NeedleWork::needle(std::string const& name) const
{
    auto const held = needles_.find(name);
    return held == needles_.end() ? nullptr : &held->second.needle;
}

/// From outside to where the skin is; the tip stands before it, in air.
std::optional<Vec3> NeedleWork::skin_on(Vec3 const& through, Vec3 const& to) const
{
    double const length = glm::length(to - through);
    Vec3 const direction = (to - through) / length;
    Vec3 skin = through - from_outside_mm * direction;
    double gone = 0;
    while (gone < from_outside_mm + length && tissues_.at(skin).tissue == TissueKind::air) {
        skin += step_mm * direction;
        gone += step_mm;
    }
    if (gone >= from_outside_mm + length) return {};
    return skin - step_mm * direction;
}

std::string NeedleWork::aim(std::shared_ptr<Tool const> tool, AimNeedle const& order)
{
    bool const is_paddle = tool->kind == ToolKind::paddle;
    if (tool->kind != ToolKind::needle && tool->kind != ToolKind::bone_needle && !is_paddle)
        return tool->title + " is no needle: take it at a way into a vessel";
    auto const through = place_of(*patient_, order.through), to = place_of(*patient_, order.to);
    if (!through || !to) return "The patient has no landmark " + (through ? order.to.landmark : order.through.landmark);
    if (glm::length(*to - *through) < 1) return "A needle is aimed along a line: give two points at least 1 mm apart";
    Vec3 const direction = glm::normalize(*to - *through);
    auto const skin = skin_on(*through, *to);
    if (!skin) return "The needle's line meets no patient";
    if (is_paddle) {
        if (auto const held = paddles_.find(order.tool); held != paddles_.end() && held->second.pressed_mm > 0)
            return "The paddle presses: take it off before it is aimed elsewhere";
        paddles_.insert_or_assign(order.tool, HeldPaddle{std::move(tool), *skin, direction, 0, {order.tool}});
        return {};
    }
    auto const held = needles_.find(order.tool);
    if (held == needles_.end())
        needles_.emplace(order.tool, HeldNeedle{Needle{std::move(tool), *skin, direction}, {order.tool}});
    else if (!held->second.needle.aim(*skin, direction))
        return "The needle is in the patient: draw it out before it is aimed elsewhere";
    return {};
}

std::string NeedleWork::put_away(std::string const& name)
{
    if (auto const balloon = balloons_.find(name); balloon != balloons_.end()) {
        if (balloon->second.inserted_mm > 0) return "The balloon is still in the cannula: draw it out first";
        balloons_.erase(balloon);
        return {};
    }
    if (auto const paddle = paddles_.find(name); paddle != paddles_.end()) {
        if (paddle->second.pressed_mm > 0) return "The paddle still presses: draw it back first";
        paddles_.erase(paddle);
        return {};
    }
    if (needles_.at(name).needle.depth_mm() > 0) return "The needle is still in the patient: draw it out first";
    if (has_balloon(name)) return "A balloon is still in the needle: put it away first";
    needles_.erase(name);
    return {};
}

std::string NeedleWork::move(MoveTool const& order)
{
    if (auto const balloon = balloons_.find(order.tool); balloon != balloons_.end())
        balloon->second.motion = order;
    else if (auto const paddle = paddles_.find(order.tool); paddle != paddles_.end())
        paddle->second.motion = order;
    else
        needles_.at(order.tool).motion = order;
    return {};
}

std::string NeedleWork::hammer(HammerNeedle const& order)
{
    auto const held = needles_.find(order.tool);
    if (held == needles_.end()) return "No needle " + order.tool + " is in hand: aim it first";
    if (held->second.needle.tool().kind != ToolKind::bone_needle) return "Only a bone needle stands the hammer";
    held->second.needle.hammer(tissues_, order.blow_j);
    return {};
}

/// A hand that pushes or draws stands in the room, and the tissue goes to and fro beneath it; a needle that is let go
/// rides with the tissue.
void NeedleWork::move_needle(HeldNeedle& held, Body const* body)
{
    double push = wanted_speed(held.motion, held.needle.depth_mm());
    // No deeper than to its hub.
    double const left = held.needle.tool().length_mm() - held.needle.depth_mm();
    push = std::min(push, std::max(0.0, left) / tick_s);
    // The last half millimetre to where it shall stop is the hand's alone.
    bool const is_near =
        held.motion.until_mm && std::abs(*held.motion.until_mm - held.needle.depth_mm()) < nearly_there_mm;
    bool const is_held = push != 0 && held.needle.depth_mm() > 0 && !is_near;
    Vec3 const tip = held.needle.tip_mm(), now = moved(body, tip);
    if (is_held && held.tip_was_mm) push -= glm::dot(now - *held.tip_was_mm, held.needle.direction()) / tick_s;
    held.needle.advance(tissues_, push, held.motion.turn_rad_s, hand_n, tick_s);
    held.tip_was_mm = is_held ? std::optional{moved(body, held.needle.tip_mm())} : std::nullopt;
}

void NeedleWork::advance(Body const* body, std::vector<std::string>& notes)
{
    if (mix_) age_s_ += tick_s;
    pressure_mpa_ = 0;
    for (auto& [name, held] : needles_) {
        move_needle(held, body);
        push_cement(held);
    }
    for (auto& [name, held] : balloons_) work_balloon(held, notes);
    for (auto& [name, held] : paddles_) {
        double const way = wanted_speed(held.motion, held.pressed_mm) * tick_s;
        held.pressed_mm = std::clamp(held.pressed_mm + way, 0.0, std::min(deepest_press_mm, press_n / belly_n_mm));
    }
    note(notes);
    // Surfaces are drawn anew fifteen times a second, and only where something has changed.
    constexpr int between_pictures = ticks_per_second / 15;
    if (ticks_++ % between_pictures != 0) return;
    for (auto& [level, one] : vertebrae_) one.refresh_picture();
}

/// What the hand, or who looks on, must know at once.
void NeedleWork::note(std::vector<std::string>& notes)
{
    for (auto& [name, held] : needles_) {
        auto const breaches = held.needle.breaches();
        for (; held.told_breaches < breaches.size(); ++held.told_breaches) {
            std::string_view const into = breaches[held.told_breaches].name;
            bool const is_through = into == "artery" || into == "vein";
            notes.push_back(name + (is_through ? " has pierced the wall of a vessel: " : " is in the wrong place: ") +
                            std::string{into});
        }
        bool const bleeds = held.needle.has_blood_return() && held.needle.tool().kind == ToolKind::needle;
        if (bleeds && !held.has_blood)
            notes.push_back(held.needle.here().is_vein ? "Dark blood comes back through " + name
                                                       : "Bright blood pulses back through " + name);
        held.has_blood = bleeds;
    }
    for (auto const& [level, one] : vertebrae_) {
        if (!one.cement()) continue;
        auto const leaks = one.cement()->leaks();
        for (std::size_t& told = told_leaks_[level]; told < leaks.size(); ++told)
            notes.push_back("Cement of " + level + " leaks: " + std::string{name_of(leaks[told].into)});
    }
}

void NeedleWork::tell(Body const* body, InstrumentStatus& status) const
{
    for (auto const& [name, held] : needles_) {
        Needle const& needle = held.needle;
        NeedleStatus& one = status.needles.emplace_back();
        one.name = name;
        one.title = needle.tool().title;
        one.depth_mm = needle.depth_mm();
        one.force_n = needle.force_n();
        one.tissue = needle.here().tissue;
        if (needle.has_blood_return()) one.blood = needle.here().is_vein ? BloodReturn::dark : BloodReturn::bright;
        one.breaches = int(needle.breaches().size());
        if (one.breaches > 0) one.last_breach = needle.breaches().back().name;
        one.tip_mm = moved(body, needle.tip_mm());
        for (Needle::Breach const& breach : needle.breaches())
            status.breaches.push_back({std::string{breach.name}, name, {}, breach.at_mm, needle.force_n()});
    }
    status.paddles.clear();
    for (auto const& [name, held] : paddles_)
        status.paddles.push_back({name, held.pressed_mm, belly_n_mm * held.pressed_mm});
    status.bone_balloons.clear();
    for (auto const& [name, held] : balloons_)
        status.bone_balloons.push_back({name, held.tool->title, held.needle, held.inserted_mm,
                                        held.balloon.pressure_atm(), held.balloon.volume_ml(),
                                        held.balloon.has_burst()});
    status.vertebrae.clear();
    for (auto const& [level, one] : vertebrae_) {
        VertebraStatus& told = status.vertebrae.emplace_back();
        told.level = level;
        told.lost_height_mm = one.lost_height_mm();
        told.lifted_mm = one.lifted_mm();
        told.hollow_ml = one.hollow_ml();
        if (!one.cement()) continue;
        told.total_ml = one.cement()->total_ml();
        for (int place = 0; place < cement_places; ++place)
            told.ml[std::size_t(place)] = one.cement()->volume_ml(CementPlace(place));
        for (Cement::Leak const& leak : one.cement()->leaks()) told.leaks.push_back(leak.into);
    }
    status.cement.reset();
    if (!mix_) return;
    CementStatus& cement = status.cement.emplace();
    cement.level = level_;
    cement.age_s = age_s_;
    cement.viscosity_pa_s = viscosity_pa_s(*mix_, age_s_);
    cement.pressure_mpa = pressure_mpa_;
    for (VertebraStatus const& one : status.vertebrae) {
        cement.total_ml += one.total_ml;
        for (std::size_t place = 0; place < cement.ml.size(); ++place) cement.ml[place] += one.ml[place];
    }
}

std::uint64_t NeedleWork::state_hash() const
{
    std::uint64_t hash = 17;
    for (auto const& [name, held] : needles_) {
        hash = mixed(hash, held.needle.tip_mm().x);
        hash = mixed(hash, held.needle.tip_mm().y);
        hash = mixed(hash, held.needle.tip_mm().z);
        hash = mixed(hash, held.needle.force_n());
    }
    for (auto const& [name, held] : balloons_) {
        hash = mixed(hash, held.inserted_mm);
        hash = mixed(hash, held.balloon.volume_ml());
        hash = mixed(hash, held.balloon.pressure_atm());
    }
    for (auto const& [name, held] : paddles_) hash = mixed(hash, held.pressed_mm);
    hash = mixed(hash, age_s_);
    for (auto const& [level, one] : vertebrae_) hash = hash * 31 + one.state_hash();
    return hash;
}

} // namespace fluoro
