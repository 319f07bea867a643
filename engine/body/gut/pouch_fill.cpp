#include "pouch_fill.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <utility>

namespace fluoro {

PouchFill::PouchFill(std::shared_ptr<HollowVoxels const> hollow, int layers, int mouth)
    : hollow_{std::move(hollow)}, layers_{std::size_t(layers)}, mouth_{mouth}, boxes_{hollow_->inside}
{
    FLUORO_EXPECT(layers_ >= 1 && layers_ <= most_layers);
    auto const n = std::size_t(hollow_->count());
    height_.assign(n, 0);
    room_ = hollow_->room_mm3;
    for (auto* of_boxes : {&order_, &list_, &node_of_}) of_boxes->assign(n, 0);
    for (auto* of_boxes : {&rank_height_, &rank_room_}) of_boxes->assign(n, 0);
    spots_.assign(n + 1, {above_all, -1, 0});
    nodes_.reserve(2 * n + 2);
    up_.reserve(2 * n + 2);
    for (std::size_t l = 0; l < layers_; ++l) {
        volume_[l].assign(n, 0);
        in_node_[l].assign(2 * n + 2, 0);
    }
}

void PouchFill::set_boxes(int boxes)
{
    if (boxes == boxes_) return;
    for (int i = boxes_ - 1; i >= boxes; --i)
        for (std::size_t l = 0; l < layers_; ++l) {
            auto const box = std::size_t(i);
            volume_[l][std::size_t(hollow_->inward[box])] += volume_[l][box];
            volume_[l][box] = 0;
        }
    boxes_ = boxes;
    is_sorted_ = false;
}

void PouchFill::squeeze(std::span<float const> left)
{
    FLUORO_EXPECT(left.size() == room_.size());
    for (std::size_t i = 0; i < room_.size(); ++i) room_[i] = hollow_->room_mm3[i] * left[i];
    has_new_rooms_ = true;
}

void PouchFill::pour(int layer, int box, double mm3)
{
    for (auto l = std::size_t(layer); l < layers_; ++l) volume_[l][std::size_t(box)] += mm3;
}

double PouchFill::held_mm3(int layer, int box) const
{
    auto const l = std::size_t(layer), i = std::size_t(box);
    return volume_[l][i] - (l > 0 ? volume_[l - 1][i] : 0);
}

double PouchFill::total_mm3(int layer) const
{
    double sum = 0;
    for (int i = 0; i < boxes_; ++i) sum += held_mm3(layer, i);
    return sum;
}

double PouchFill::share(int layer, int box) const
{
    auto const i = std::size_t(box);
    return std::clamp(volume_[std::size_t(layer)][i] / double(room_[i]), 0.0, 1.0);
}

double PouchFill::drain_at(int layer, int box, double mm3)
{
    double const taken = std::clamp(mm3, 0.0, std::max(0.0, held_mm3(layer, box)));
    for (auto l = std::size_t(layer); l < layers_; ++l) volume_[l][std::size_t(box)] -= taken;
    return taken;
}

double PouchFill::drain(int layer, double mm3)
{
    double const total = total_mm3(layer);
    if (total <= 0) return 0;
    double const share = std::clamp(mm3 / total, 0.0, 1.0);
    double taken = 0;
    for (int i = 0; i < boxes_; ++i) taken += drain_at(layer, i, share * held_mm3(layer, i));
    return taken;
}

double PouchFill::ran_out_mm3(int layer)
{
    auto const l = std::size_t(layer);
    double const own = out_mm3_[l];
    out_mm3_[l] = 0;
    return own;
}

void PouchFill::settle(Vec3 const& down, double dt_s, double spill_mm3_s)
{
    if (boxes_ == 0) return;
    if (!is_sorted_ || glm::dot(down, down_) < 1 - 1e-8) {
        sort(down);
        find_pools(down);
        down_ = down;
        is_sorted_ = true;
        has_new_rooms_ = false;
    }
    if (has_new_rooms_) find_rooms();
    has_new_rooms_ = false;
    fall();
    highest_mm_ = -1e9;
    for (std::size_t l = 0; l < layers_; ++l) {
        run_over(l, dt_s * spill_mm3_s);
        level(l);
    }
    for (std::size_t l = 1; l < layers_; ++l) keep_above(l);
    // Layers are counted with what is below them; outside it is each alone.
    if (sink_ >= 0)
        for (std::size_t l = 0; l < layers_; ++l)
            out_mm3_[l] += in_node_[l][std::size_t(sink_)] - (l > 0 ? in_node_[l - 1][std::size_t(sink_)] : 0);
}

/// Where a slow rim let heavy liquid stand higher than all together would, the lighter makes way.
void PouchFill::keep_above(std::size_t layer)
{
    auto const& heavy = volume_[layer - 1];
    auto& all = volume_[layer];
    double pushed = 0, lighter = 0;
    for (std::size_t i = 0; i < std::size_t(boxes_); ++i) {
        double const own = all[i] - heavy[i];
        (own < 0 ? pushed : lighter) += std::abs(own);
    }
    if (pushed <= 0 || lighter <= 0) return;
    double const kept = 1 - pushed / lighter;
    for (std::size_t i = 0; i < std::size_t(boxes_); ++i) all[i] = heavy[i] + std::max(0.0, all[i] - heavy[i]) * kept;
}

/// Every box's liquid runs down to the bottom of its slope.
void PouchFill::fall()
{
    for (std::size_t l = 0; l < layers_; ++l) {
        std::fill_n(in_node_[l].begin(), nodes_.size(), 0.0);
        for (int i = 0; i < boxes_; ++i) in_node_[l][std::size_t(spot(i).leaf())] += volume_[l][std::size_t(i)];
    }
}

/// From the lowest rims to the highest: who is too full gives to who is not.
void PouchFill::run_over(std::size_t layer, double most_mm3)
{
    auto& in = in_node_[layer];
    for (std::size_t id = 0; id < nodes_.size(); ++id) {
        Node const& node = nodes_[id];
        if (node.child[0] < 0) continue;
        for (int side = 0; side < 2; ++side) {
            auto const from = std::size_t(node.child[side]), to = std::size_t(node.child[1 - side]);
            double const spare = in[from] - nodes_[from].room_mm3, space = nodes_[to].room_mm3 - in[to];
            if (spare <= 0 || space <= 0) continue;
            double const runs = std::min({spare, space, most_mm3});
            in[from] -= runs;
            enter(layer, int(to), node.landing[1 - side], runs);
        }
        in[id] = in[std::size_t(node.child[0])] + in[std::size_t(node.child[1])];
    }
}

/// Into a node, by one of its lowest pools; from there over its inner rims.
void PouchFill::enter(std::size_t layer, int stop, int leaf, double mm3)
{
    auto& in = in_node_[layer];
    double rest = mm3;
    auto at = std::size_t(leaf);
    double const first = std::clamp(nodes_[at].room_mm3 - in[at], 0.0, rest);
    in[at] += first;
    rest -= first;
    while (int(at) != stop) {
        auto const parent = std::size_t(nodes_[at].parent);
        Node const& p = nodes_[parent];
        int const side = p.child[0] == int(at) ? 1 : 0;
        auto const other = std::size_t(p.child[side]);
        double const before = in[parent], above = before - (in[at] - (mm3 - rest)) - in[other];
        double const over = std::clamp(nodes_[other].room_mm3 - in[other], 0.0, rest);
        if (over > 0) enter(layer, int(other), p.landing[side], over);
        rest -= over;
        rest -= std::clamp(p.own_mm3 - std::max(0.0, above), 0.0, rest);
        in[parent] = before + (mm3 - rest);
        at = parent;
    }
    in[at] += rest;
}

/// From the top: what stands above two full pools belongs to the boxes above their rim.
void PouchFill::level(std::size_t layer)
{
    auto& in = in_node_[layer];
    for (std::size_t id = nodes_.size(); id-- > 0;) {
        Node const& node = nodes_[id];
        if (node.child[0] < 0) {
            if (int(id) != sink_) level_node(layer, node, in[id]);
            continue;
        }
        double& a = in[std::size_t(node.child[0])];
        double& b = in[std::size_t(node.child[1])];
        double const room_a = nodes_[std::size_t(node.child[0])].room_mm3,
                     room_b = nodes_[std::size_t(node.child[1])].room_mm3;
        double above = in[id] - a - b;
        bool const a_full = a >= room_a * (1 - 1e-12), b_full = b >= room_b * (1 - 1e-12);
        if (a_full && b_full) {
            above += (a - room_a) + (b - room_b);
            a = room_a;
            b = room_b;
        }
        if (above < 0) {
            // Given away over the outer rim while an inner one still holds back.
            double& fuller = a - room_a > b - room_b ? a : b;
            fuller += above;
            above = 0;
        } else if (above > 0 && (!(a_full && b_full) || node.count == 0)) {
            (a_full ? a : b) += above; // rounding, or a rim that three pools share
            above = 0;
        }
        level_node(layer, node, above);
    }
}

/// A level surface, one box soft, such that just this volume is below it.
void PouchFill::level_node(std::size_t layer, Node const& node, double mm3)
{
    auto& volume = volume_[layer];
    int const* const ranks = list_.data() + node.first;
    int const count = node.count;
    auto const height = [&](int k) { return double(rank_height_[std::size_t(ranks[k])]); };
    auto const room = [&](int k) { return double(rank_room_[std::size_t(ranks[k])]); };
    auto const set = [&](int k, double mm3_of_box) { volume[std::size_t(order_[std::size_t(ranks[k])])] = mm3_of_box; };
    if (count == 0) return;
    if (mm3 <= 0 || mm3 >= node.own_mm3) {
        double const share = std::max(0.0, mm3) / node.own_mm3;
        for (int k = 0; k < count; ++k) {
            set(k, share * room(k));
            if (share > 0.5) highest_mm_ = std::max(highest_mm_, height(k));
        }
        return;
    }
    int hard = 0;
    for (double sum = room(0); sum <= mm3 && hard + 1 < count; sum += room(hard)) ++hard;
    // Whoever is further than a box and a half from the hard level is full or empty.
    double const soft = hollow_->size_mm, hard_mm = height(hard);
    int low = hard, high = hard;
    while (low > 0 && height(low - 1) > hard_mm - 1.5 * soft) --low;
    while (high < count && height(high) < hard_mm + 1.5 * soft) ++high;
    double full = 0;
    for (int k = 0; k < low; ++k) full += room(k);
    auto const share_at = [&](int k, double surface) {
        return std::clamp((surface - height(k)) / soft + 0.5, 0.0, 1.0);
    };
    auto const below = [&](double surface) {
        double v = 0;
        for (int k = low; k < high; ++k) v += share_at(k, surface) * room(k);
        return v;
    };
    double lower = hard_mm - 1.5 * soft, upper = hard_mm + 1.5 * soft;
    constexpr int halvings = 24; // a ten-millionth of the softness
    for (int round = 0; round < halvings; ++round) {
        double const middle = (lower + upper) / 2;
        (full + below(middle) < mm3 ? lower : upper) = middle;
    }
    double const surface = (lower + upper) / 2, partly = below(surface);
    double const exact = partly > 0 ? (mm3 - full) / partly : 0;
    for (int k = 0; k < low; ++k) set(k, room(k));
    for (int k = low; k < high; ++k) set(k, exact * share_at(k, surface) * room(k));
    for (int k = high; k < count; ++k) set(k, 0);
    highest_mm_ = std::max(highest_mm_, surface);
}

} // namespace fluoro
