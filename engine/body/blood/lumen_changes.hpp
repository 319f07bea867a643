#pragma once
#include <fluoro/body/contrast_flow.hpp>
#include <fluoro/body/orders.hpp>
#include <optional>
#include <span>
#include <vector>

namespace fluoro {

/// Stretches of vessels that something narrows or widens, bit by bit: blood's resistance, the volume of its cells and
/// the blood that the change pushes away or draws in. docs/theory/circulation.md
class LumenChanges {
public:
    LumenChanges(LumenGraph const& vessels, LumenCells const& cells);
    /// `edge`: of the wish's vessel, none of a chamber. Why not; empty = begun.
    std::string begin(SetLumen const& wish, int edge);
    /// Before the blood's own steps of this time.
    void advance(double dt_s, Circulation& circulation, ContrastFlow& contrast);
    /// Of every cell: its volume over that as drawn; empty while nothing was ever changed.
    std::span<float const> room() const { return room_; }

private:
    struct Change {
        int number, edge;
        bool narrows;
        double from_mm, to_mm, radius_mm, to_radius_mm, left_s;
        bool is_leaving = false; ///< is taken back once it has gone
    };
    void move(Change& change, double dt_s, Circulation& circulation);
    void reshape(int edge, double dt_s, Circulation& circulation, ContrastFlow& contrast);
    double unchanged_mm(int edge, bool narrows) const;

    LumenGraph const& vessels_;
    LumenCells const& cells_;
    std::vector<Change> changes_;
    std::vector<int> moving_, pushing_; ///< edges: of this step, and those that still are said to push blood
    std::vector<float> room_;
    std::vector<double> cells_ml_; ///< of the edge at hand
};

} // namespace fluoro
