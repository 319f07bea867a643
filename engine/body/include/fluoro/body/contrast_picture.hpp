#pragma once
#include <fluoro/body/content.hpp>
#include <fluoro/body/contrast_flow.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>
#include <span>

namespace fluoro {

/// Where the contrast medium in the blood of one patient shows: thin vessels as tubes, wide ones and the heart's
/// chambers as places of a cloud, heart muscle and kidneys as clouds that blush with the blood of their capillary beds.
/// docs/theory/contrast-flow.md
class ContrastPicture {
public:
    static constexpr double thin_mm = 3; ///< radius below which a vessel is drawn as a tube

    /// `beds`: those of the circulation. `spacing_mm` of the places in wide vessels and chambers. Places lie where the
    /// patient's CT does; without a label map there are none in chambers and organs.
    ContrastPicture(LumenGraph const& vessels, LumenCells const& cells, Patient const& patient,
                    std::span<CapillaryBed const> beds, double spacing_mm = 1);
    ~ContrastPicture();
    ContrastPicture(ContrastPicture&&) noexcept;
    ContrastPicture& operator=(ContrastPicture&&) noexcept;

    /// What the medium fills now; nothing where it does not show. Places keep their volume at rest: a chamber's hold
    /// all its medium, more or less densely than its blood of the moment.
    Content contents(ContrastFlow const& flow, Mixture const& medium) const
    {
        return flow.is_empty() ? Content{medium, {}, {}, {}}
                               : contents(flow.share(), flow.bed_share(), flow.chamber_ml(), medium, {}, flow.lean());
    }
    /// The same from shares by cell and lane and by bed, as ContrastFlow has them. `room`: of every cell, its volume
    /// now over that as drawn; empty: all as drawn. Tubes are as thin or wide as that says, the places of
    /// wide vessels move apart or together. `lean`: of every cell, as ContrastFlow has it; wide vessels show it.
    Content contents(std::span<float const> share, std::span<float const> bed_share,
                     std::array<double, chamber_count> const& chamber_ml, Mixture const& medium,
                     std::span<float const> room = {}, std::span<glm::vec3 const> lean = {}) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
