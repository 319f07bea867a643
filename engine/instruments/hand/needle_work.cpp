#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/clock.hpp>
#include <limits>

namespace fluoro {
namespace {

constexpr double tick_s = 1.0 / ticks_per_second;
/// What a hand pushes a needle with at most [N].
constexpr double hand_n = 60;
/// From this far outside a needle's line is followed to the skin [mm], in these steps.
constexpr double from_outside_mm = 500, step_mm = 0.5;
/// What a hand presses out of a syringe or an injector of its own at most [MPa].
constexpr double most_mpa = 15;
constexpr double farthest_level_mm = 35;

/// The vertebra whose body or arch is nearest.
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

std::optional<Vec3> place_of(Patient const& patient, AimPoint const& point)
{
    if (point.landmark.empty()) return point.offset_mm;
    auto const at = patient.lumens.landmarks.find(point.landmark);
    if (at == patient.lumens.landmarks.end()) return {};
    return at->second + point.offset_mm;
}

} // namespace

NeedleWork::NeedleWork(std::shared_ptr<Patient const> patient, std::uint64_t seed)
    : patient_{std::move(patient)}, seed_{seed}, tissues_{patient_}
{
}

std::string NeedleWork::aim(std::shared_ptr<Tool const> tool, AimNeedle const& order)
{
    if (tool->kind != ToolKind::needle && tool->kind != ToolKind::bone_needle)
        return tool->title + " is no needle: take it at a way into a vessel";
    auto const through = place_of(*patient_, order.through), to = place_of(*patient_, order.to);
    if (!through || !to) return "The patient has no landmark " + (through ? order.to.landmark : order.through.landmark);
    Vec3 const way = *to - *through;
    if (glm::length(way) < 1) return "A needle is aimed along a line: give two points at least 1 mm apart";
    Vec3 const direction = glm::normalize(way);
    // From outside to where the skin is.
    Vec3 skin = *through - from_outside_mm * direction;
    double gone = 0;
    while (gone < from_outside_mm + glm::length(way) && tissues_.at(skin).tissue == TissueKind::air) {
        skin += step_mm * direction;
        gone += step_mm;
    }
    if (gone >= from_outside_mm + glm::length(way)) return "The needle's line meets no patient";
    // The tip stands before the skin, in air.
    skin -= step_mm * direction;
    auto const held = needles_.find(order.tool);
    if (held == needles_.end())
        needles_.emplace(order.tool, HeldNeedle{Needle{std::move(tool), skin, direction}, {order.tool}});
    else if (!held->second.needle.aim(skin, direction))
        return "The needle is in the patient: draw it out before it is aimed elsewhere";
    return {};
}

std::string NeedleWork::put_away(std::string const& name)
{
    if (needles_.at(name).needle.depth_mm() > 0) return "The needle is still in the patient: draw it out first";
    needles_.erase(name);
    return {};
}

std::string NeedleWork::move(MoveTool const& order)
{
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

std::string NeedleWork::mix(MixCement const& order)
{
    if (cement_ && cement_->total_ml() > 0 && mix_)
        return "There is cement in the patient already; one mix is followed at a time";
    mix_ = order.is_high_viscosity ? high_viscosity_cement() : low_viscosity_cement();
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
        std::string const level = level_at(*patient_, held->second.needle.tip_mm());
        if (level.empty()) return "The needle's tip is in no vertebra";
        if (level != level_) {
            // Another vertebra: its own space; what the one before holds stays counted there.
            if (cement_ && cement_->total_ml() > 0) return "Cement of this mix is in " + level_ + " already";
            cement_.emplace(std::make_shared<BoneSpace const>(bone_space(*patient_, level)), *mix_, seed_);
            level_ = level;
        }
        if (viscosity_pa_s(*mix_, age_s_) >= mix_->set_pa_s) return "The cement has set";
    }
    held->second.cement_ml_s = order.rate_ml_s;
    return {};
}

void NeedleWork::advance()
{
    if (mix_) age_s_ += tick_s;
    pressure_mpa_ = 0;
    for (auto& [name, held] : needles_) {
        MoveTool& motion = held.motion;
        double push = motion.push_mm_s;
        if (motion.until_mm) {
            double const left = *motion.until_mm - held.needle.depth_mm();
            if (left * push <= 0) push = motion.push_mm_s = 0;
            push = std::clamp(push, -std::abs(left) / tick_s, std::abs(left) / tick_s);
        }
        held.needle.advance(tissues_, push, motion.turn_rad_s, hand_n, tick_s);
        if (held.cement_ml_s <= 0 || !cement_ || !mix_) continue;
        ToolSection const& tube = held.needle.tool().sections.front();
        double rate = held.cement_ml_s;
        double const wanted = cannula_pressure_mpa(*mix_, age_s_, rate, tube.inner_mm, held.needle.tool().length_mm());
        // A power-law fluid: the flow falls as the root of the pressure that is there.
        if (wanted > most_mpa) rate *= std::pow(most_mpa / wanted, 1 / mix_->thinning);
        double const in = cement_->inject(held.needle.tip_mm(), rate, age_s_, tick_s);
        pressure_mpa_ = std::min(wanted, most_mpa);
        if (in <= 0) held.cement_ml_s = 0;
    }
}

void NeedleWork::tell(InstrumentStatus& status) const
{
    for (auto const& [name, held] : needles_) {
        Needle const& needle = held.needle;
        status.needles.push_back({name, needle.tool().title, needle.depth_mm(), needle.force_n(), needle.here().tissue,
                                  needle.has_blood_return(), int(needle.breaches().size()), needle.tip_mm()});
        for (Needle::Breach const& breach : needle.breaches())
            status.breaches.push_back({std::string{name_of(breach.of)}, name, {}, breach.at_mm, needle.force_n()});
    }
    status.cement.reset();
    if (!mix_) return;
    CementStatus& cement = status.cement.emplace();
    cement.level = level_;
    cement.age_s = age_s_;
    cement.viscosity_pa_s = viscosity_pa_s(*mix_, age_s_);
    cement.pressure_mpa = pressure_mpa_;
    if (!cement_) return;
    cement.total_ml = cement_->total_ml();
    for (int place = 0; place < cement_places; ++place)
        cement.ml[std::size_t(place)] = cement_->volume_ml(CementPlace(place));
}

void NeedleWork::draw(InstrumentPicture& picture) const
{
    for (auto const& [name, held] : needles_) {
        Needle const& needle = held.needle;
        ToolSection const& tube = needle.tool().sections.front();
        ToolStretch stretch;
        // What is still outside stands in line with the way in.
        Vec3 const first = needle.path_mm().front();
        Vec3 const in = needle.path_mm().size() > 1 ? glm::normalize(needle.path_mm()[1] - first) : needle.direction();
        double const outside = std::max(0.0, needle.tool().length_mm() - needle.depth_mm());
        if (outside > 0.1) stretch.points_mm.push_back(first - outside * in);
        for (Vec3 const& p : needle.path_mm())
            if (stretch.points_mm.empty() || glm::length(p - stretch.points_mm.back()) > 2 ||
                &p == &needle.path_mm().back())
                stretch.points_mm.push_back(p);
        if (stretch.points_mm.size() < 2) continue;
        stretch.outer_mm.assign(stretch.points_mm.size(), tube.outer_mm);
        // A stylet fills a bone needle until cement comes through it.
        bool const has_stylet = held.cement_ml_s <= 0 && !(cement_ && cement_->total_ml() > 0);
        stretch.inner_mm = needle.tool().kind == ToolKind::bone_needle && has_stylet ? 0 : tube.inner_mm;
        stretch.content = tube.content;
        picture.stretches.push_back(std::move(stretch));
    }
    if (!cement_) return;
    picture.cement = cement_->parcels();
    picture.cement_content = bone_cement(mix_->baso4_share);
    picture.cement_size_mm = cement_->spacing_mm();
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
    hash = mixed(hash, age_s_);
    return cement_ ? hash * 31 + cement_->state_hash() : hash;
}

} // namespace fluoro
