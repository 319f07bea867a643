#pragma once
#include <cstdint>
#include <fluoro/body/content.hpp>
#include <fluoro/patient/lumen_graph.hpp>
#include <span>
#include <vector>

namespace fluoro {

/// Bubbles of air that ride with the blood, choose their way at forks by its flow and stick where they are too large.
class Bubbles {
public:
    struct Bubble {
        int edge;
        double along_mm, ml;
        std::uint32_t number, forks = 0;
        bool is_stuck = false;
    };
    Bubbles(LumenGraph const& vessels, std::uint64_t seed);
    void let_in(int edge, double along_mm, double ml);
    void advance(double dt_s, std::span<double const> flow_ml_s);
    std::vector<Bubble> const& all() const { return bubbles_; }
    ContentTube tube(Bubble const& bubble) const;
    /// It is as wide as its vessel.
    bool fills(Bubble const& bubble) const;
    /// The stretch of its edge that it takes [mm].
    std::pair<double, double> reach(Bubble const& bubble) const;

private:
    /// Its radius, and half the length of what is between its round ends.
    struct Shape {
        double radius_mm, half_mm;
    };
    Shape shape(Bubble const& bubble) const;
    bool go_on(Bubble& bubble, int node, std::span<double const> flow_ml_s) const;

    LumenGraph const* vessels_;
    std::uint64_t seed_;
    std::vector<std::vector<int>> edges_at_; ///< every node
    std::vector<double> length_mm_;          ///< every edge
    std::vector<Bubble> bubbles_;
    std::uint32_t count_ = 0;
};

} // namespace fluoro
