#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/instruments/needle.hpp>

namespace fluoro {
namespace {

constexpr double reference_mm = 1.27;         ///< 18 G: the laws' own diameter
constexpr double piece_mm = 0.25;             ///< of the way
constexpr double spinal_bending_n_mm2 = 2280; ///< of the needle that curves as the table says
constexpr double farthest_blow_mm = 5;
constexpr double least_piece_mm = 1e-6;
/// Bone gives way in proportion to force and the less the denser it is: speed [mm/s] = force [N] / (hard * HU).
constexpr double hard_n_s_mm_hu = 0.03;
constexpr double spongy_hu = 200;

/// Peaks and steady forces of an 18 G needle [N], friction [N/mm]: of the ranges that are measured the middle (skin 2-6
/// and .5, fascia and muscle .5-1 with .05 per cm, vessel .5-1, ligamentum flavum 8-12, dura 2-5, cortical bone by a
/// trocar 20-60, spongy 5-15; friction .02-.1). The bevel's curve: a radius of about 0.7 m in muscle.
constexpr std::array<TissueLaw, tissues> laws = {{
    {0, 1, 0, 0, 0},                // air
    {3.5, 0.8, 0.4, 0.005, 0.0004}, // fat, entered through the skin
    {1.0, 0.5, 0.5, 0.02, 0.0014},  // muscle, through its fascia
    {0.9, 0.3, 0.9, 0.02, 0.0012},  // organ: a capsule
    {0.4, 0.2, 0.2, 0.005, 0.0005}, // lung: the pleura
    {0.8, 0.4, 0.05, 0.002, 0},     // vessel: its wall pops
    {5, 1.5, 10, 0.08, 0.0010},     // ligament
    {3, 0.6, 0.3, 0.01, 0.0004},    // spinal canal: the dura
    {10, 30, 40, 0.1, 0},           // cortical bone: periosteum
    {0, 30, 10, 0.06, 0},           // spongy bone
}};

bool is_bone(TissueKind tissue)
{
    return tissue == TissueKind::cortical_bone || tissue == TissueKind::spongy_bone;
}

} // namespace

TissueLaw const& law_of(TissueKind tissue)
{
    return laws[std::size_t(tissue)];
}

std::string_view name_of(TissueKind tissue)
{
    constexpr std::array<std::string_view, tissues> names = {
        "air", "fat", "muscle", "organ", "lung", "vessel", "ligament", "spinal canal", "cortical bone", "spongy bone"};
    return names[std::size_t(tissue)];
}

Needle::Needle(std::shared_ptr<Tool const> tool, Vec3 const& skin_mm, Vec3 const& direction) : tool_{std::move(tool)}
{
    FLUORO_EXPECT(tool_ && !tool_->sections.empty());
    path_.push_back(skin_mm);
    aim(skin_mm, direction);
}

bool Needle::aim(Vec3 const& skin_mm, Vec3 const& direction)
{
    if (path_.size() > 1) return false;
    path_[0] = skin_mm;
    channel_depth_mm_ = 0;
    direction_ = glm::normalize(direction);
    // The bevel's back first looks to the head, as far as it can.
    Vec3 const up = std::abs(direction_.z) < 0.9 ? Vec3{0, 0, 1} : Vec3{0, 1, 0};
    bevel_ = glm::normalize(up - glm::dot(up, direction_) * direction_);
    return true;
}

double Needle::depth_mm() const
{
    double depth = 0;
    for (std::size_t n = 1; n < path_.size(); ++n) depth += glm::length(path_[n] - path_[n - 1]);
    return depth;
}

double Needle::scale() const
{
    return tool_->sections.front().outer_mm / reference_mm;
}

double Needle::friction_n() const
{
    double friction = 0;
    for (std::size_t n = 0; n < cut_.size(); ++n)
        friction += law_of(cut_[n]).friction_n_mm * glm::length(path_[n + 1] - path_[n]);
    return scale() * friction;
}

/// The tip goes on by `way_mm` (at most a piece) through what lies there.
void Needle::cut(TissueField const& field, double way_mm)
{
    double const bending = tool_->sections.front().bending_n_mm2;
    double const curve = law_of(here_.tissue).bevel_per_mm * spinal_bending_n_mm2 / bending;
    // A needle with its stylet in and a point on its axis (bone, trocar) goes straight.
    double const turn = tool_->kind == ToolKind::bone_needle ? 0 : curve * way_mm;
    Vec3 const before = direction_;
    direction_ = glm::normalize(direction_ + turn * bevel_);
    bevel_ = glm::normalize(bevel_ - glm::dot(bevel_, direction_) * direction_);
    Vec3 const next = path_.back() + way_mm * glm::normalize(before + direction_);
    TissueHere const was = here_, there = field.at(next);
    cut_.push_back(there.tissue);
    path_.push_back(next);
    here_ = there;
    bowed_mm_ = 0;
    note_breach(was, next);
}

void Needle::note_breach(TissueHere const& was, Vec3 const& at_mm)
{
    auto const is_canal = [](TissueHere const& here) {
        return here.place == SpinePlace::canal || here.tissue == TissueKind::spinal_canal;
    };
    auto const blood = [](TissueHere const& vessel) { return vessel.is_vein ? "vein" : "artery"; };
    bool const is_bone_needle = tool_->kind == ToolKind::bone_needle;
    bool const was_vessel = was.tissue == TissueKind::vessel, is_vessel = here_.tissue == TissueKind::vessel;
    std::string_view name;
    if (is_canal(here_) && !is_canal(was))
        name = name_of(SpinePlace::canal);
    else if (is_bone_needle && here_.place != was.place &&
             (here_.place == SpinePlace::foramen || here_.place == SpinePlace::disc))
        name = name_of(here_.place);
    else if (here_.tissue == TissueKind::lung && was.tissue != TissueKind::lung)
        name = name_of(TissueKind::lung);
    else if (was_vessel != is_vessel && (was_vessel || is_bone_needle))
        name = blood(was_vessel ? was : here_);
    if (!name.empty()) breaches_.push_back({was_vessel ? was.tissue : here_.tissue, name, at_mm});
}

std::span<Vec3 const> Needle::channel_mm() const
{
    return channel_depth_mm_ > depth_mm() ? channel_ : path_;
}

void Needle::draw_back(TissueField const& field, double way_mm)
{
    if (double const depth = depth_mm(); depth > channel_depth_mm_) {
        channel_ = path_;
        channel_depth_mm_ = depth;
    }
    while (way_mm > 0 && path_.size() > 1) {
        double const piece = glm::length(path_.back() - path_[path_.size() - 2]);
        if (piece > way_mm) {
            path_.back() -= way_mm / piece * (path_.back() - path_[path_.size() - 2]);
            break;
        }
        way_mm -= piece;
        path_.pop_back();
        cut_.pop_back();
    }
    // Rounding may leave a piece without length, which looks nowhere.
    while (path_.size() > 1 && glm::length(path_.back() - path_[path_.size() - 2]) < least_piece_mm) {
        path_.pop_back();
        cut_.pop_back();
    }
    if (path_.size() > 1) direction_ = glm::normalize(path_.back() - path_[path_.size() - 2]);
    here_ = path_.size() > 1 ? field.at(path_.back()) : TissueHere{};
    bowed_mm_ = 0;
}

void Needle::advance(TissueField const& field, double push_mm_s, double turn_rad_s, double hand_n, double dt_s)
{
    double const turn = turn_rad_s * dt_s;
    bevel_ = std::cos(turn) * bevel_ + std::sin(turn) * glm::cross(direction_, bevel_);
    if (push_mm_s <= 0) {
        force_n_ = push_mm_s < 0 ? -friction_n() : 0;
        if (push_mm_s < 0) draw_back(field, -push_mm_s * dt_s);
        return;
    }
    double left = push_mm_s * dt_s;
    double time = dt_s;
    while (left > 1e-9) {
        double way = std::min(left, piece_mm);
        TissueHere const there = field.at(path_.back() + way * direction_);
        TissueLaw const& law = law_of(there.tissue);
        double const friction = friction_n();
        if (there.tissue != here_.tissue && law.entry_n > 0) {
            // Its surface bows before the tip, until it gives way.
            double const entry = scale() * law.entry_n, stiffness = law.stiffness_n_mm;
            double const most = std::min(entry, std::max(0.0, hand_n - friction));
            bowed_mm_ = std::min(bowed_mm_ + left, most / stiffness);
            force_n_ = friction + stiffness * bowed_mm_;
            if (stiffness * bowed_mm_ < entry - 1e-9) return;
            way = std::min(bowed_mm_, piece_mm); // it springs back over the tip
        }
        double const cutting = scale() * law.cutting_n;
        force_n_ = friction + cutting;
        if (is_bone(there.tissue)) {
            // What is above the steady force drives it, slowly.
            double const spare = hand_n - friction - cutting;
            double const speed = spare / (hard_n_s_mm_hu * std::max(spongy_hu, there.hu));
            force_n_ = std::min(hand_n, force_n_ + std::max(0.0, spare));
            if (speed <= 0) return;
            way = std::min(way, speed * time);
            time -= way / speed;
        } else if (force_n_ > hand_n) {
            force_n_ = hand_n;
            return;
        }
        cut(field, way);
        left -= way;
        if (time <= 1e-12) return;
    }
}

void Needle::hammer(TissueField const& field, double blow_j)
{
    double left_n_mm = 1000 * blow_j, gone = 0;
    while (gone < farthest_blow_mm) {
        TissueHere const there = field.at(path_.back() + piece_mm * direction_);
        TissueLaw const& law = law_of(there.tissue);
        double const entry = there.tissue != here_.tissue ? scale() * law.entry_n : 0;
        double const hard = is_bone(there.tissue) ? std::max(spongy_hu, there.hu) / 1000 : 1;
        double const force = friction_n() + entry + scale() * law.cutting_n * (1 + hard);
        double const way = force > 0 ? std::min(piece_mm, left_n_mm / force) : piece_mm;
        if (way < 1e-6) return;
        cut(field, way);
        left_n_mm -= force * way;
        gone += way;
    }
}

} // namespace fluoro
