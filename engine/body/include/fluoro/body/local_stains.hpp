#pragma once
#include <cstdint>
#include <fluoro/body/content.hpp>
#include <fluoro/lumen/cells.hpp>
#include <fluoro/patient/lumen_graph.hpp>
#include <memory>
#include <span>
#include <vector>

namespace fluoro {

/// The blood of one moment, as Circulation and ContrastFlow have it.
struct StainedBlood {
    std::span<double const> flow_ml_s;     ///< of every edge
    std::span<double const> pressure_mmhg; ///< of every node
    std::span<float const> share;          ///< of medium, by cell and lane
    double cavity_mmhg = 0;                ///< in what holes break through into
};

/// Medium and gas that do not go with the blood as a solution: what leaks out of a torn vessel, what stays between the
/// layers of a dissected wall, bubbles of air. docs/theory/contrast-flow.md
class LocalStains {
public:
    LocalStains(LumenGraph const& vessels, LumenCells const& cells, std::uint64_t seed = 1);
    ~LocalStains();
    LocalStains(LocalStains&&) noexcept;
    LocalStains& operator=(LocalStains&&) noexcept;

    /// A round hole in a vessel's wall, on the side that faces `side` (any vector across the vessel, patient space). A
    /// pocket of blood grows beside it as the pressure drives it. 0 mm closes it; what has leaked stays.
    /// `into_cavity`: half a millilitre stays in the pocket, what is more runs into a cavity that others look after.
    void perforate(int stain, int edge, double along_mm, Vec3 const& side, double hole_mm, bool into_cavity = false);
    /// Medium enters the wall along a piece of it where it passes, and washes out slowly. A depth of 0 ends it.
    void dissect(int stain, int edge, double from_mm, double to_mm, Vec3 const& side, double depth_mm);
    /// One bubble of air.
    void let_in_air(int edge, double along_mm, double ml);

    void advance(double dt_s, StainedBlood const& blood);
    /// Medium that the blood which leaked brought along [mL].
    void bring_medium(int stain, double ml);

    /// Blood that leaves through a hole [mL/s]: what the circulation and the medium in it are to lose there (an
    /// injection of as much, negative).
    double leak_ml_s(int stain) const;
    double leaked_ml(int stain) const;        ///< blood and medium beside the vessel
    double leaked_medium_ml(int stain) const; ///< medium alone
    double stain_share(int stain) const;      ///< of medium in a dissected wall
    double air_ml() const;                    ///< that is left of all bubbles
    /// Where the bubbles are: edge and distance along it [mm].
    std::vector<std::pair<int, double>> bubbles() const;
    /// A bubble that is stuck and lets no blood pass.
    struct Plug {
        int number, edge; ///< `number`: of the bubble, for good
        double from_mm, to_mm;
    };
    std::vector<Plug> plugs() const;
    /// Medium makes way for bubbles: `share` by cell and lane, as ContrastFlow has it.
    void clear_of_air(std::span<float> share) const;
    /// Of all pockets, and of the blood in them.
    double leaked_ml() const;
    /// What has broken through into the cavity: blood, and the medium in it.
    double in_cavity_ml() const;
    double in_cavity_medium_ml() const;

    /// Medium and air, one Content each (empty ones left out).
    std::vector<Content> contents(Mixture const& medium) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
