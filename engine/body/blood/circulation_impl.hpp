#pragma once
#include "blood/bed.hpp"
#include "blood/calibre.hpp"
#include "blood/circuit.hpp"
#include "blood/pump.hpp"
#include "blood/sparse_ldl.hpp"
#include <optional>

namespace fluoro {

/// Unknown pressures stand at `places`: one per node of the graph, the nodes of an atrium together, one per ventricle.
struct Circulation::Impl {
    /// Vessels, and ways to what the graph does not hold; the numbers of one link stand at the same index.
    struct Links {
        std::vector<int> edge; ///< of the graph; -1: beside it
        std::vector<int> from, to, entry;
        std::vector<double> resistance, inertance, loss;
        std::vector<double> conductance, push_share; ///< flow = conductance * pressure drop + push_share * flow before
        std::vector<double> flow;
        std::vector<char> is_closed, is_restless;
        std::size_t size() const { return from.size(); }
        void add(int its_edge, int its_from, int its_to, Opposition const& opposition);
    };
    struct Injection {
        int source = 0, edge = 0;
        double along_mm = 0, ml_s = 0, share_at_end = 0;
    };
    struct Said { ///< which edge a cause of narrow() or widen() speaks for
        int cause, edge;
        bool narrow;
    };
    /// A flow that enters a chamber at a node of it.
    struct Port {
        enum class Kind { link, bed, valve } kind;
        int number = 0, node = 0;
        double sign = 1;
    };
    struct Beat {
        std::int64_t number = 0;
        double seconds = 0, pressure_s = 0, venous_s = 0, ejected_ml = 0, left_ml = 0, right_ml = 0;
        double most_ml = 0, least_ml = 1e9;
    };

    Impl(LumenGraph const& vessels, CirculationSettings const& wanted);

    // circulation_build.cpp
    void number_places();
    void make_links();
    void make_beds();
    void make_ports();
    void make_heart();
    void order();
    std::vector<double> steady_pressures();
    void design_beds();
    double stiffness_pa(int edge, double radius_mm) const;
    double wished_output() const { return settings.cardiac_output_l_min * 1000 / 60; }

    // circulation_step.cpp
    void advance(double dt_s, HeartMoment const& heart);
    void measure_edge(int edge);
    void width_changed(int edge);
    void change_width(int cause, int edge, bool narrow, double from_mm, double to_mm, double radius_mm);
    void prepare(double dt_s);
    void conduct(std::size_t link);
    void assemble(HeartMoment const& heart, double dt_s);
    void solve_with_valves(double dt_s);
    void take_over(double dt_s);
    void fill_chambers(double dt_s);
    void set_tone();
    double blood_ml() const;

    // circulation_regulate.cpp
    void settle();
    void observe(double dt_s, HeartMoment const& heart);
    void regulate(Beat const& past);
    void shift_from_veins(double ml);
    void change(CirculationSettings const& wanted);

    LumenGraph graph;
    CirculationSettings settings;
    Circuit circuit;
    std::vector<Calibre> calibres;
    int place_count = 0;
    std::vector<int> place_of_node, link_of_edge;
    std::array<int, chamber_count> place_of_chamber{};
    int aorta = 0, pulmonary_trunk = 0; ///< places behind the ventricles

    std::optional<SparseLdl> equations;
    std::vector<double> compliance; ///< of every place
    std::vector<double> quiet_diagonal, quiet_beside, restless_diagonal, restless_beside, right, pressure;
    Links links;
    std::vector<int> restless_links;
    std::vector<Bed> beds;
    std::vector<CapillaryBed> shown; ///< the first beds; the others lie beside the graph
    std::array<Pump, chamber_count> pumps;
    std::array<double, chamber_count> chamber_slope{};
    std::array<std::vector<double>, chamber_count> chamber_share; ///< of its edges in its space
    std::array<std::vector<Port>, chamber_count> ports;
    std::array<Valve, 4> valves; ///< mitral, aortic, tricuspid, pulmonary
    std::array<int, 4> valve_entry{};
    std::vector<Injection> injections;
    std::vector<Said> said;
    double prepared_dt_s = 0;      ///< what the quiet equations stand for; 0: nothing
    std::vector<double> node_gain; ///< scratch of fill_chambers

    Beat beat;
    double systemic_tone = 1, settled_tone = 1; ///< resistance over that by design
    std::array<double, 2> coronary_tone{1, 1};
    double venous_shift_ml = 0, settled_shift_ml = 0; ///< moved by the veins' muscle into the stressed volume
    double unstressed_ml = 0;                         ///< blood that only fills
    bool is_settling = false;
    double outside_mmhg = 0; ///< on the chambers

    // What callers see.
    std::vector<double> flow_in, flow_out, node_pressure, bed_in, bed_out;
    std::array<double, chamber_count> chamber_ml{}, chamber_mmhg{};
};

inline constexpr double arterial_compliance = 1.8; ///< mL/mmHg, all systemic arteries; typical 1.3-2.1

} // namespace fluoro
