#pragma once
#include <array>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/patient/lumen_graph.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fluoro {

/// The person whose blood flows. Defaults: a man at rest.
struct CirculationSettings {
    double cardiac_output_l_min = 5.9; ///< wished at 70 beats a minute (3.1 L/min/m2); terminal beds are scaled to it
    double mean_pressure_mmhg = 93;    ///< wished in the aorta
    double viscosity_mpa_s = 3.5;      ///< of blood
    /// Left ventricle filled to its usual pressure (Hudsmith 2005: men 160 +- 29, women 135 +- 26; CT 113-146).
    /// Together with the output it says the ejection fraction; where the three disagree, output and fraction hold.
    double end_diastolic_ml = 137;
    double ejection_fraction = 0.615;
    double venous_pressure_mmhg = 5; ///< central
    /// Flow through microvessels relative to rest, e.g. 1.5 after nitrate; coronary beds alone.
    double coronary_dilation = 1;
    /// Between the territories of the coronary arteries: 0 none .. 1 well grown. Whoever makes the graph adds them.
    double collaterals = 0;
};

enum class Chamber { left_ventricle, right_ventricle, left_atrium, right_atrium };
inline constexpr int chamber_count = 4;

/// Where arterial blood goes over into veins: all vessels too small for the graph behind one end of it.
struct CapillaryBed {
    int from_node = 0;         ///< of the vessel graph: an artery's end
    int to_node = 0;           ///< a vein's beginning, or the atrium; -1: an atrium that the graph lacks
    std::string territory;     ///< the edge that feeds it, e.g. "lad-mid-twig-2"
    double volume_ml = 0;      ///< of blood in it: transit time x mean flow
    double rest_flow_ml_s = 0; ///< mean, by design
};

/// Blood pressure and flow in every edge of a vessel graph: resistance, inertia and compliance per edge and node,
/// a heart of four elastances with valves, capillary beds, venous return. Works on any graph of the anatomy, whole or
/// fitted; what is cut off (no venous end in the graph) returns to the right atrium.
/// Implicit, at fixed steps; docs/theory/circulation.md
class Circulation {
public:
    Circulation(LumenGraph const& vessels, CirculationSettings const& settings);
    ~Circulation();
    Circulation(Circulation&&) noexcept;
    Circulation& operator=(Circulation&&) noexcept;

    /// One step of dt_s (0 .. 5 ms).
    void advance(double dt_s, HeartMoment const& heart);

    /// Volume flow [mL/s] at the beginning and at the end of every edge, + from `from` to `to`. They differ where
    /// something is injected into the edge, and in the chambers of the heart, whose volume changes. Where vessels meet,
    /// what comes and what goes differ by what their walls give way; inside the heart they are equal.
    std::span<double const> flow_in_ml_s() const;
    std::span<double const> flow_out_ml_s() const;
    std::span<double const> pressure_mmhg() const; ///< of every node
    std::vector<CapillaryBed> const& beds() const;
    std::span<double const> bed_flow_in_ml_s() const;  ///< of every bed, from its artery
    std::span<double const> bed_flow_out_ml_s() const; ///< of every bed, into its vein
    std::array<double, chamber_count> const& chamber_ml() const;
    /// Inside; of the nodes at a valve one is the atrium's, the other the artery's.
    std::array<double, chamber_count> const& chamber_mmhg() const;
    double blood_ml() const; ///< all blood there is; changes by what is injected alone
    /// Edges that are this chamber's cavity.
    std::vector<int> const& chamber_edges(Chamber chamber) const;

    // What a procedure changes; all of it may change at every step.
    /// Volume pushed into an edge at `along_mm` [mL/s]; 0 ends it. One source per number.
    void inject(int source, int edge, double along_mm, double ml_s);
    /// The edge's radius between two distances becomes at most this (balloon, plaque, spasm); 0 closes it. Takes the
    /// place of what the same `cause` said before, of whichever edge; negative radius takes it back. On one edge causes
    /// act in the order in which they first spoke: a stent opens a plaque, a balloon in it closes it again. An edge's
    /// first narrowing costs a millisecond or two, every later one hardly anything.
    void narrow(int cause, int edge, double from_mm, double to_mm, double radius_mm);
    /// The edge's radius there becomes at least this (stent).
    void widen(int cause, int edge, double from_mm, double to_mm, double radius_mm);
    /// Volume of an edge between two distances over that as drawn.
    double room(int edge, double from_mm, double to_mm) const;
    /// From outside on all four chambers: blood in the pericardium.
    void press_on_heart(double mmhg);
    void change(CirculationSettings const& settings);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
