#pragma once
#include "hollow_voxels.hpp"

namespace fluoro {

/// How often and how strongly the stomach's lower half contracts.
struct AntralHabit {
    double per_min = 3, mm_s = 2.5, strength = 1; ///< speed in the middle of the way; strength: 1 all but closes
};

/// Rings of contraction that begin in the middle of the stomach, run to the pylorus and deepen; folds along its body.
/// docs/theory/gullet.md
class AntralWaves {
public:
    /// Nothing moves and nothing is folded where the patient's graph has no way from cardia to pylorus.
    AntralWaves(LumenGraph const& gut, HollowVoxels const& hollow);

    void advance(double dt_s, AntralHabit const& habit);
    /// Of every box of the hollow: how much of its room a ring leaves [0, 1].
    std::span<float const> left() const { return left_; }
    bool moves() const { return moves_; }
    /// How much thicker than elsewhere a film lies in a box: deep between folds, thin on their backs; 1 in the mean.
    float fold(int box) const { return fold_[std::size_t(box)]; }
    /// Share of the time that the pylorus stands open; whether it does now, 0 or 1. A ring that closes on the antrum
    /// drives a spurt through it, then shuts it.
    double open_share() const;
    double opening() const;

    /// Of a ring, along the way to the pylorus [mm]; negative: it has not begun. The newest is 0.
    double ring_mm(int number) const;
    double way_mm() const { return way_mm_; }
    double depth_at(double along_mm) const; ///< of a ring there [0, 1]

    static constexpr double ring_width_mm = 14;

private:
    double time_to(double along_mm) const;
    struct Place {
        double along_mm, share; ///< along the way; off the axis over the lumen's half width there
    };
    std::vector<Place> places_; ///< of every box
    std::vector<float> left_, fold_;
    double way_mm_ = 0, time_s_ = 0, box_share_ = 0;
    AntralHabit habit_;
    bool moves_ = false;
};

} // namespace fluoro
