#pragma once
#include "blood_flows.hpp"
#include "edge_transport.hpp"
#include "junctions.hpp"
#include "layering.hpp"

#include <cstdint>
#include <fluoro/lumen/cells.hpp>
#include <vector>

namespace fluoro {

/// A well-mixed volume of blood with medium in it.
struct MixedTank {
    double blood_ml = 0, medium_ml = 0;
    double share() const { return blood_ml > 0 ? medium_ml / blood_ml : 0; }
};

/// Flow of a catheter's jets in a wide vessel over what is pushed, at a distance from their holes: that of a free round
/// jet, until they turn round; all that they carry is left behind at `reach_mm`. docs/theory/contrast-flow.md
double jet_flow_share(double along_mm, double reach_mm);

/// Contrast medium in a network of vessels, chambers and capillary beds; ContrastFlow, told its flows by hand.
class ContrastTransport {
public:
    ContrastTransport(LumenGraph const& vessels, LumenCells const& cells, BloodVessels const& what);

    /// Medium moves on once so much time has been advanced [s]: often enough for every picture.
    static constexpr double step_s = 1.0 / 64;

    void inject(int source, int edge, double along_mm, double ml_s, double medium_share = 1);
    /// The cells of an edge have these volumes from the end of the coming step on; what they lose the flows carry away.
    void reshape(int edge, std::span<double const> cells_ml);
    /// Gravity in patient space, a unit vector, and density of the medium; until told, nothing layers.
    void pull(Vec3 const& down, double medium_g_cm3);
    void advance(double dt_s, BloodFlows const& flows);

    std::span<float const> share() const { return picture_; }
    /// Of every cell: by how much the share rises across it, per radius, patient space.
    std::span<glm::vec3 const> lean() const { return layering_.lean(); }
    std::span<float const> bed_share() const { return bed_picture_; }
    std::array<double, chamber_count> chamber_ml() const;
    double mean_share(int cell) const;
    bool is_empty() const { return is_empty_; }
    double injected_ml() const { return injected_ml_; }
    double in_body_ml() const;
    double excreted_ml() const { return excreted_ml_; }
    /// Medium that this source has drawn out of the vessels, part of what is excreted.
    double drawn_ml(int source) const;

private:
    struct Edge {
        int from, to, first_cell, cells;
        int chamber;            ///< -1: a tube
        Lanes const* profile;   ///< shares of the flow, by lane
        bool is_plug;           ///< that of a large vessel
        double diffusion;       ///< D / R^2 [1/s]
        double least_cell_ml;   ///< of its cells
        double ml;              ///< volume of all
        double cell_mm;         ///< length of each
        double in_ml, out_ml;   ///< of blood in this step
        int waits;              ///< nodes that have yet to say what enters
        double even_within;     ///< shares that differ by less are one
        bool is_active = false; ///< holds medium
        bool is_even = true;    ///< and nearly the same share everywhere: a tank
        double even_share = 0, pictured_share = 0;
        bool is_near;             ///< holds medium or may get some in this step
        bool is_changing = false; ///< its cells' volumes are about to change
    };
    /// Shares of medium in what comes in at an edge's ends.
    struct Enters {
        Lanes from, to;
    };
    struct Bed {
        int from, to;                 ///< nodes
        int from_chamber, to_chamber; ///< or, where the node lies within one, that chamber; else -1
        std::array<MixedTank, 2> tanks;
        double least_ml;      ///< of blood, each tank
        double filtered_ml_s; ///< blood cleared of medium
        double in_ml, out_ml; ///< of blood in this step
    };
    /// What the jets of one side pass, from the tip on.
    struct Jet {
        struct Cell {
            int edge, cell; ///< cell: of all
            double length_mm;
            double carried = 0; ///< flow of the jets out of it, over what is pushed
        };
        std::vector<Cell> cells{};
        double share = 0; ///< of what is pushed
    };
    struct Source {
        int number, edge, cell;
        double ml_s, share;                                ///< now; 0 mL/s: ended
        double pushed_ml = 0, medium_ml = 0, drawn_ml = 0; ///< since the last step
        std::array<Jet, 2> jets{};                         ///< towards the edge's beginning and its end
        bool has_jets() const { return jets[0].share + jets[1].share > 0; }
    };
    /// Blood that has passed since the last step [mL].
    struct Passed {
        double time_s = 0;
        std::vector<double> in_ml, out_ml, bed_in_ml, bed_out_ml;
    };
    /// A mouth of a node: an end of an edge or of a bed.
    struct Mouth {
        enum class Kind : std::uint8_t { edge_from, edge_to, bed_from, bed_to } kind;
        int number;
    };

    void add_edges(LumenGraph const& vessels, LumenCells const& cells, BloodVessels const& what);
    void add_beds(BloodVessels const& what);
    void add_mouths();
    std::span<Mouth const> mouths(int node) const;
    double into_node_ml(Mouth const& mouth) const;

    void gather(double dt_s, BloodFlows const& flows);
    void step(std::array<double, chamber_count> const& chamber_ml);
    void take_flows();
    void push();
    void let_out_of_tanks();
    void let_out(MixedTank& tank, double share, double blood_ml, int node);
    void filter(double dt_s);
    void wet(int node);
    void find_near(double dt_s);
    void send(int node, double dt_s);
    void carry(int number, double dt_s);
    void carry_unevenly(int number, double dt_s);
    void carry_evenly(Edge& edge, Enters const& enters);
    void drain(Edge& edge);
    void draw_even(Edge& edge);
    void take_shape(Edge& edge);
    void drew(int source, double medium_ml);
    void find_jets(Source& source) const;
    void carry_along(Jet const& jet, double pushed_ml, double pushed_medium_ml);
    void mix_along(std::array<Jet, 2> const& jets, double pushed_ml, double dt_s);
    void stir(Source const& source, double dt_s);
    void layer(double dt_s);
    void find_face_flows(int number, double dt_s);
    void spread_along(Edge const& edge, double dt_s);
    void settle(std::array<double, chamber_count> const& chamber_ml);

    std::vector<Edge> edges_;
    std::vector<Enters> enters_; ///< every edge
    std::vector<Bed> beds_;
    std::array<MixedTank, chamber_count> chambers_;
    std::array<std::vector<int>, chamber_count> chamber_edges_;
    std::vector<int> node_chamber_; ///< node inside a chamber: which; else -1
    std::vector<int> first_mouth_;
    std::vector<Mouth> mouths_;
    std::vector<double> cells_ml_, shares_;
    std::vector<double> next_ml_; ///< of all cells; those of a changing edge at the end of the step
    std::vector<int> changing_;   ///< edges
    struct Drawn {
        int source;
        double medium_ml;
    };
    std::vector<Drawn> drawn_;
    std::vector<float> picture_, bed_picture_;
    std::vector<Source> sources_;
    Passed passed_;
    std::vector<EdgeSource> pushed_; ///< into the edge at hand
    struct Stirred {
        Jet::Cell in;
        Lanes share;
        double onward; ///< of the next cell's share, what this one takes
    };
    std::vector<Stirred> stirred_; ///< of the source at hand, along the vessel
    Junctions junctions_;
    EdgeTransport transport_;
    Layering layering_;
    std::vector<double> face_flows_, cell_shares_, spreads_, onward_; ///< of the edge at hand
    std::vector<double> node_in_ml_s_;
    std::vector<int> wet_, near_, ready_, pending_; ///< nodes, edges, nodes; near edges that flow into each node
    double injected_ml_ = 0, excreted_ml_ = 0;
    bool is_empty_ = true;
};

} // namespace fluoro
