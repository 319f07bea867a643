#include "pouch_fill.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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
    for (int i = boxes_; i < hollow_->count(); ++i) spot(i).key = above_all;
    for (int i = 0; i < boxes_; ++i) {
        int const rank = slices_[slice(i)]++;
        order_[std::size_t(rank)] = i;
        rank_height_[std::size_t(rank)] = height_[std::size_t(i)];
        spot(i).key = key_of(rank, 0);
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
    nodes_.push_back({{a, b}, {landing_a, landing_b}, -1, 0, 0, 0, 0});
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
    int first = 0;
    for (Node& node : nodes_) {
        node.first = first;
        first += std::exchange(node.count, 0);
        node.room_mm3 += node.own_mm3;
        for (int child : node.child)
            if (child >= 0) node.room_mm3 += nodes_[std::size_t(child)].room_mm3;
    }
    for (int rank = 0; rank < boxes_; ++rank) {
        Node& node = nodes_[std::size_t(node_of_[std::size_t(rank)])];
        list_[std::size_t(node.first + node.count++)] = rank;
    }
}

/// The same pools with other rooms.
void PouchFill::find_rooms()
{
    for (Node& node : nodes_) node.own_mm3 = 0;
    for (int rank = 0; rank < boxes_; ++rank) {
        float const room = room_[std::size_t(order_[std::size_t(rank)])];
        rank_room_[std::size_t(rank)] = room;
        nodes_[std::size_t(node_of_[std::size_t(rank)])].own_mm3 += double(room);
    }
    for (std::size_t id = 0; id < nodes_.size(); ++id) {
        Node& node = nodes_[id];
        if (int(id) == sink_) continue;
        node.room_mm3 = node.own_mm3;
        for (int const child : node.child)
            if (child >= 0) node.room_mm3 += nodes_[std::size_t(child)].room_mm3;
    }
}

void PouchFill::join_box(int box, int rank, std::span<int const> lower)
{
    // What the lower neighbours have in common: nearly always all of it. No branches: which are lower is anybody's
    // guess.
    auto const i = std::size_t(box);
    int const* const beside = &hollow_->beside[i * HollowVoxels::neighbours];
    std::uint64_t const own_key = key_of(rank, 0);
    std::uint64_t lowest = own_key;
    int all_nodes = -1, any_node = 0;
    Spot const* const spots = spots_.data() + 1;
    for (int const n : lower) {
        Spot const& other = spots[beside[n]];
        int const is_lower = -int(other.key < own_key);
        all_nodes &= other.node | ~is_lower;
        any_node |= other.node & is_lower;
        // The lower of the two keys, as a compiler leaves it.
        lowest ^= (lowest ^ other.key) & -std::uint64_t{other.key < lowest};
    }
    int landing = int(lowest & 0xffffffff);
    int node = -1;
    if (lowest == own_key)
        landing = node = add_node(-1, -1, -1, -1);
    else if (all_nodes == any_node)
        node = root_of(any_node);
    else
        join_pools(box, rank, lower, node, landing);
    spot(box) = {key_of(rank, landing), node, 0};
    node_of_[std::size_t(rank)] = node;
    rank_room_[std::size_t(rank)] = room_[i];
    Node& own = nodes_[std::size_t(node)];
    own.own_mm3 += double(room_[i]);
    ++own.count;
    if (box != mouth_) return;
    constexpr double endless_mm3 = 1e15;
    sink_ = add_node(-1, -1, -1, -1);
    nodes_[std::size_t(sink_)].room_mm3 = endless_mm3;
    add_node(node, sink_, landing, sink_);
}

/// A box whose lower neighbours belong to more than one node.
void PouchFill::join_pools(int box, int rank, std::span<int const> lower, int& node, int& landing)
{
    int const* const beside = &hollow_->beside[std::size_t(box) * HollowVoxels::neighbours];
    node = landing = -1;
    std::uint64_t const own_key = key_of(rank, 0);
    std::uint64_t lowest = own_key;
    for (int const n : lower) {
        Spot const other = spot(beside[n]);
        if (other.key >= own_key) continue;
        if (other.node != node) {
            int const root = root_of(other.node);
            if (node < 0)
                node = root;
            else if (root != node)
                node = add_node(node, root, landing, other.leaf());
        }
        if (other.key < lowest) {
            lowest = other.key;
            landing = other.leaf();
        }
    }
}

} // namespace fluoro
