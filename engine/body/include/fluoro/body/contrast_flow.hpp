#pragma once
#include <fluoro/body/circulation.hpp>
#include <fluoro/lumen/cells.hpp>
#include <fluoro/lumen/index.hpp>
#include <memory>
#include <span>

namespace fluoro {

/// Contrast medium on its way with the blood: finite volumes along every edge, in lanes of equal area across it (wall
/// slow, axis fast), mixed at the junctions, held in capillary beds, washed out by the heart, recirculated. Amounts are
/// volumes of undiluted medium; nothing is lost: injected = in the body + excreted. docs/theory/contrast-flow.md
class ContrastFlow {
public:
    static constexpr int lanes = LumenWord::lanes;
    /// Of its volume at first, which a cell keeps however narrow it becomes: a closed vessel still wets its wall.
    static constexpr double least_room = 0.0025;
    ContrastFlow(LumenGraph const& vessels, LumenCells const& cells, Circulation const& circulation);
    ~ContrastFlow();
    ContrastFlow(ContrastFlow&&) noexcept;
    ContrastFlow& operator=(ContrastFlow&&) noexcept;

    /// Medium pushed into an edge at `along_mm` [mL/s] during the coming steps, until told otherwise; the same number,
    /// edge and rate as given to Circulation::inject. `medium_share`: of what is pushed (a diluted syringe), [0, 1].
    void inject(int source, int edge, double along_mm, double ml_s, double medium_share = 1);
    /// The cells of an edge, none of a chamber, have these volumes at the end of the coming step (a balloon, a stent);
    /// circulation and this are to be told what that pushes away or draws in, Circulation::inject.
    void reshape(int edge, std::span<double const> cells_ml);
    /// Gravity in patient space, a unit vector, and the medium's density: it layers in wide vessels with slow blood.
    /// Until told, nothing does.
    void pull(Vec3 const& down, double medium_g_cm3);
    /// One step with the flows that the circulation has now: call it after every one of the circulation's own.
    /// dt_s (0 .. 1/60 s). Flows are gathered, medium moves on every 1/64 s, in sub-steps where the flow is fast.
    void advance(double dt_s, Circulation const& circulation);

    /// Volume share of medium in every cell and lane [0, 1]: index = cell * lanes + lane.
    std::span<float const> share() const;
    /// Of every cell: how the share rises across it, per radius and in patient space; a section of a mean share c has
    /// c + lean . r / R.
    std::span<glm::vec3 const> lean() const;
    /// Volume share of medium in the blood of every capillary bed.
    std::span<float const> bed_share() const;
    /// Blood in the heart's chambers that share() is of [mL].
    std::array<double, chamber_count> chamber_ml() const;
    /// Of the cell as a whole.
    double mean_share(int cell) const;
    bool is_empty() const; ///< no medium anywhere worth a picture

    double injected_ml() const;
    double in_body_ml() const;  ///< cells, junctions and beds
    double excreted_ml() const; ///< taken up by the kidneys and lost to tissue
    /// Medium that a source of negative rate has drawn out of the vessels, part of excreted_ml().
    double drawn_ml(int source) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
