#include "pouch_fill.hpp"

#include <algorithm>
#include <cmath>

// Which pools a hollow has for a direction of gravity, and over which rims they meet.
namespace fluoro {

/// Boxes from low to high, by counting in slices an eighth of a box thick; neighbours stay near each other within one.
void PouchFill::sort(Vec3 const& down)
{
    glm::vec3 const towards{down};
    float least = 1e30f, most = -1e30f;
    for (std::size_t i = 0; i < height_.size(); ++i) {
        height_[i] = -glm::dot(towards, hollow_->at_mm[i]);
        least = std::min(least, height_[i]);
        most = std::max(most, height_[i]);
    }
    slice_mm_ = std::max(float(hollow_->size_mm) / 8, (most - least) / float(most_slices - 1));
    auto const slice = [&](int i) { return std::size_t((height_[std::size_t(i)] - least) / slice_mm_); };
    std::ranges::fill(slices_, 0);
    for (int i = 0; i < boxes_; ++i) ++slices_[slice(i) + 1];
    for (std::size_t s = 1; s < slices_.size(); ++s) slices_[s] += slices_[s - 1];
    for (int i = 0; i < boxes_; ++i) {
        int const rank = slices_[slice(i)]++;
        order_[std::size_t(rank)] = i;
        spots_[std::size_t(i)].rank = rank;
    }
}

int PouchFill::root_of(int node)
{
    auto at = std::size_t(node);
    while (up_[at] != int(at)) {
        up_[at] = up_[std::size_t(up_[at])];
        at = std::size_t(up_[at]);
    }
    return int(at);
}

int PouchFill::add_node(int a, int b, int landing_a, int landing_b)
{
    auto const id = int(nodes_.size());
    nodes_.push_back({{a, b}, {landing_a, landing_b}, -1, -1, -1, 0, 0});
    up_.push_back(id);
    for (int child : {a, b})
        if (child >= 0) {
            up_[std::size_t(child)] = id;
            nodes_[std::size_t(child)].parent = id;
        }
    return id;
}

void PouchFill::find_pools(Vec3 const& down)
{
    nodes_.clear();
    up_.clear();
    sink_ = -1;
    // Only those neighbours that may have come before.
    std::array<int, HollowVoxels::neighbours> lower{};
    std::size_t count = 0;
    for (int n = 0; n < HollowVoxels::neighbours; ++n)
        if (glm::dot(glm::vec3{down}, hollow_->to_neighbour_mm[std::size_t(n)]) > -slice_mm_ * 1.01f)
            lower[count++] = n;
    constexpr int ahead = 12; // boxes whose neighbours are fetched while others are looked at
    for (int rank = 0; rank < boxes_; ++rank) {
        auto const soon = std::size_t(order_[std::size_t(std::min(rank + ahead, boxes_ - 1))]);
        int const* const row = &hollow_->beside[soon * HollowVoxels::neighbours];
        __builtin_prefetch(row);
        __builtin_prefetch(row + HollowVoxels::neighbours - 1);
        join_box(order_[std::size_t(rank)], rank, std::span{lower}.first(count));
    }
    for (Node& node : nodes_) {
        node.room_mm3 += node.own_mm3;
        for (int child : node.child)
            if (child >= 0) node.room_mm3 += nodes_[std::size_t(child)].room_mm3;
    }
}

void PouchFill::join_box(int box, int rank, std::span<int const> lower)
{
    auto const i = std::size_t(box);
    int node = -1, lowest = rank, landing = -1;
    int const* const beside = &hollow_->beside[i * HollowVoxels::neighbours];
    for (int const n : lower) {
        int const other = beside[n];
        if (other < 0 || other >= boxes_) continue;
        Spot const& spot = spots_[std::size_t(other)];
        if (spot.rank >= rank) continue;
        if (spot.node != node) {
            int const root = root_of(spot.node);
            if (node < 0)
                node = root;
            else if (root != node)
                node = add_node(node, root, landing, spot.leaf);
        }
        if (spot.rank < lowest) {
            lowest = spot.rank;
            landing = spot.leaf;
        }
    }
    if (node < 0) landing = node = add_node(-1, -1, -1, -1);
    spots_[i] = {rank, landing, node, -1};
    Node& own = nodes_[std::size_t(node)];
    own.own_mm3 += double(hollow_->room_mm3[i]);
    if (own.first < 0)
        own.first = box;
    else
        spots_[std::size_t(own.last)].next = box;
    own.last = box;
    if (box != mouth_) return;
    constexpr double endless_mm3 = 1e15;
    sink_ = add_node(-1, -1, -1, -1);
    nodes_[std::size_t(sink_)].room_mm3 = endless_mm3;
    add_node(node, sink_, landing, sink_);
}

} // namespace fluoro
