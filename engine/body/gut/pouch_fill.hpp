#pragma once
#include "hollow_voxels.hpp"

namespace fluoro {

/// Liquids of different weight that pool in a hollow: they fall to the lowest places along gravity, fill basins to
/// level surfaces, the lighter on the heavier, and run over the lowest rim into the next basin. What is not liquid is
/// gas. Volumes are conserved to rounding. docs/theory/gullet.md
class PouchFill {
public:
    /// `layers`: liquids, the heaviest first. `mouth`: box over whose lower end liquid runs out; -1 = none.
    PouchFill(std::shared_ptr<HollowVoxels const> hollow, int layers, int mouth = -1);

    /// The first so many boxes can be filled from now on; what is in others moves inward.
    void set_boxes(int boxes);
    int boxes() const { return boxes_; }
    /// Of every box, how much of its room is left [> 0, 1]; what is too much finds its place with the next settle().
    void squeeze(std::span<float const> left);
    void pour(int layer, int box, double mm3);
    /// Removes evenly from where that liquid is; returns how much it was.
    double drain(int layer, double mm3);
    double drain_at(int layer, int box, double mm3); ///< from that box alone

    /// To the level that it finds within dt_s; over a rim no more than `spill_mm3_s` runs.
    void settle(Vec3 const& down, double dt_s, double spill_mm3_s);

    /// Of one liquid alone in a box [mm3]; above its room where it has not run off yet.
    double held_mm3(int layer, int box) const;
    double total_mm3(int layer) const;
    /// Share of a box below the surface of this liquid and heavier ones [0, 1].
    double share(int layer, int box) const;
    double ran_out_mm3(int layer); ///< through the mouth since it was last asked
    /// Height of the highest surface above the box's middle [mm]; negative below.
    double above_mm(int box) const { return highest_mm_ - height_[std::size_t(box)]; }

private:
    struct Node {
        int child[2], landing[2]; ///< two pools that meet here, and in which lowest pool each side is entered
        int parent, first, count; ///< own boxes, from low to high: places in list_
        double own_mm3, room_mm3; ///< of its own boxes; with the pools below
    };
    static constexpr std::size_t most_layers = 3;
    void sort(Vec3 const& down);
    void find_pools(Vec3 const& down);
    void find_rooms();
    void join_box(int box, int rank, std::span<int const> lower);
    void join_pools(int box, int rank, std::span<int const> lower, int& node, int& landing);
    int root_of(int node);
    int add_node(int a, int b, int landing_a, int landing_b);
    void fall();
    void keep_above(std::size_t layer);
    void run_over(std::size_t layer, double most_mm3);
    void enter(std::size_t layer, int stop, int leaf, double mm3);
    void level(std::size_t layer);
    void level_node(std::size_t layer, Node const& node, double mm3);

    std::shared_ptr<HollowVoxels const> hollow_;
    std::size_t layers_;
    int mouth_, boxes_;
    /// Of every box: this liquid and all heavier ones.
    std::array<std::vector<double>, most_layers> volume_;
    std::array<double, most_layers> out_mm3_{};
    bool is_sorted_ = false;
    Vec3 down_{0};
    double highest_mm_ = -1e9;
    std::vector<float> height_, room_;
    bool has_new_rooms_ = false;
    /// Of a box: its number from low to high with the pool that it drains to, and the node it belongs to. Box i has
    /// place i + 1; place 0, no box, is above all others.
    struct Spot {
        std::uint64_t key; ///< rank, then leaf
        int node, unused;
        int leaf() const { return int(key & 0xffffffff); }
    };
    static std::uint64_t key_of(int rank, int leaf) { return std::uint64_t(rank) << 32 | std::uint32_t(leaf); }
    static constexpr std::uint64_t above_all = ~std::uint64_t{0};
    std::vector<Spot> spots_;
    Spot& spot(int box) { return spots_[std::size_t(box + 1)]; }
    /// By rank: the box, its height, room and node. What a surface is found among lies side by side.
    std::vector<int> order_, node_of_;
    std::vector<float> rank_height_, rank_room_;
    std::vector<int> up_, list_; ///< list_: ranks, node by node
    static constexpr int most_slices = 4096;
    std::array<int, most_slices + 1> slices_{};
    float slice_mm_ = 1;
    std::vector<Node> nodes_;
    int sink_ = -1;
    std::array<std::vector<double>, most_layers> in_node_; ///< of every node, with those below it
};

} // namespace fluoro
