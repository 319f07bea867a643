#include "instruments_impl.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {
namespace {

/// What is in the place of a tool outside the body, and in the hollow that a balloon fills.
constexpr double air_hu = -1000, fluid_hu = 40, belly_hu = 20;
/// Balloons are filled with medium thinned by half.
constexpr double balloon_mg_ml = 150;
/// Pieces of a needle, and of a balloon's outline.
constexpr double piece_mm = 2;
constexpr int outline_pieces = 24;

/// The shortest turn that brings z to a direction.
glm::dquat turn_to(Vec3 const& direction)
{
    Vec3 const z{0, 0, 1};
    double const cosine = glm::dot(z, direction);
    if (cosine < -0.999999) return {0, 1, 0, 0};
    Vec3 const about = glm::cross(z, direction);
    return glm::normalize(glm::dquat{1 + cosine, about.x, about.y, about.z});
}

} // namespace

void NeedleWork::draw_needle(Body const* body, HeldNeedle const& held, InstrumentPicture& picture) const
{
    Needle const& needle = held.needle;
    ToolSection const& tube = needle.tool().sections.front();
    auto const path = needle.path_mm();
    auto const moved = [&](Vec3 const& rest) { return body ? body->motion().moved(rest, body->pose()) : rest; };
    // Steel does not shear: what lies between skin and tip goes along with these two.
    Vec3 const at_skin = moved(path.front()) - path.front(), at_tip = moved(path.back()) - path.back();
    double const depth = needle.depth_mm();
    ToolStretch inside;
    double passed = 0;
    for (std::size_t n = 0; n < path.size(); ++n) {
        if (n > 0) passed += glm::length(path[n] - path[n - 1]);
        Vec3 const p = path[n] + (depth > 0 ? glm::mix(at_skin, at_tip, passed / depth) : at_skin);
        if (inside.points_mm.empty() || glm::length(p - inside.points_mm.back()) > piece_mm || n + 1 == path.size())
            inside.points_mm.push_back(p);
    }
    bool const is_hollow = needle.tool().kind != ToolKind::bone_needle || !held.has_stylet;
    auto const add = [&](ToolStretch stretch) {
        if (stretch.points_mm.size() < 2) return;
        stretch.outer_mm.assign(stretch.points_mm.size(), tube.outer_mm);
        stretch.inner_mm = is_hollow ? tube.inner_mm : 0;
        stretch.content = tube.content;
        picture.stretches.push_back(std::move(stretch));
    };
    // What is still outside stands in line with the way in.
    Vec3 const first = inside.points_mm.front();
    Vec3 const in = inside.points_mm.size() > 1 ? glm::normalize(inside.points_mm[1] - first) : needle.direction();
    double const outside = std::max(0.0, needle.tool().length_mm() - depth);
    if (outside > 0.1) {
        ToolStretch hub;
        hub.points_mm = {first - outside * in, first};
        hub.displaced_hu = air_hu;
        add(std::move(hub));
    }
    add(std::move(inside));
}

void NeedleWork::draw_balloon(HeldBoneBalloon const& held, InstrumentPicture& picture) const
{
    Needle const& needle = needles_.at(held.needle).needle;
    auto const channel = needle.channel_mm();
    // From the hub in.
    double const outside = needle.tool().length_mm() - needle.depth_mm();
    Vec3 const in = channel.size() > 1 ? glm::normalize(channel[1] - channel[0]) : needle.direction();
    std::vector<RodFrame> line;
    std::vector<double> along;
    if (outside > 0.1) {
        line.push_back({channel[0] - outside * in, turn_to(in)});
        along.push_back(0);
    }
    double passed = std::max(0.0, outside);
    for (std::size_t n = 0; n < channel.size(); ++n) {
        double const step = n > 0 ? glm::length(channel[n] - channel[n - 1]) : 0;
        passed += step;
        if (!along.empty() && passed - along.back() < (n + 1 == channel.size() ? 1e-6 : piece_mm)) continue;
        line.push_back({channel[n], turn_to(n > 0 ? (channel[n] - channel[n - 1]) / step : in)});
        along.push_back(passed);
    }
    if (line.size() < 2) return;
    for (ToolStretch& stretch : stretches_of(*held.tool, held.inserted_mm, line, along))
        picture.stretches.push_back(std::move(stretch));
    Hollow const shape = held.balloon.shape();
    if (shape.radius_mm < held.tool->balloon->folded_mm / 2) return;
    ToolStretch filled;
    for (int n = 0; n <= outline_pieces; ++n) {
        // Closer together where it curves most.
        double const t = -std::cos(std::acos(-1.0) * n / outline_pieces);
        filled.points_mm.push_back(shape.middle_mm + t * shape.half_length_mm * shape.axis);
        filled.outer_mm.push_back(std::max(0.1, 2 * shape.radius_mm * std::sqrt(std::max(0.0, 1 - t * t))));
    }
    filled.content = iodine_solution(balloon_mg_ml);
    filled.displaced_hu = fluid_hu;
    picture.stretches.push_back(std::move(filled));
}

/// The dish with its ring on its rod. Under it the body is thinner by what is pressed; what lay there is not moved
/// aside.
void NeedleWork::draw_paddle(HeldPaddle const& held, InstrumentPicture& picture) const
{
    Vec3 const front = held.skin_mm + held.pressed_mm * held.direction;
    double to_front = held.tool->length_mm();
    double widest = 0;
    auto const add = [&](double from, double to, double outer, double inner, Mixture const& content, double hu) {
        picture.stretches.push_back(
            {{front - from * held.direction, front - to * held.direction}, {outer, outer}, inner, content, {}, hu});
    };
    for (ToolSection const& section : held.tool->sections) {
        add(to_front, to_front - section.length_mm, section.outer_mm, section.inner_mm, section.content, air_hu);
        to_front -= section.length_mm;
        widest = std::max(widest, section.outer_mm);
    }
    for (ToolMarker const& marker : held.tool->markers)
        add(marker.to_tip_mm + marker.length_mm, marker.to_tip_mm, marker.outer_mm, marker.inner_mm, marker.content,
            air_hu);
    if (held.pressed_mm > 0.1) add(held.pressed_mm, 0, widest, 0, air_bubble(), belly_hu);
}

void NeedleWork::draw(Body const* body, InstrumentPicture& picture) const
{
    for (auto const& [name, held] : needles_) draw_needle(body, held, picture);
    for (auto const& [name, held] : balloons_) draw_balloon(held, picture);
    for (auto const& [name, held] : paddles_) draw_paddle(held, picture);
    for (auto const& [level, one] : vertebrae_) one.draw(picture.clouds);
}

} // namespace fluoro
