#pragma once
#include "../gut/sweep.hpp"
#include "head_form.hpp"

namespace fluoro {

/// The ways through mouth and throat at rest; barium widens them (ThroatForm::*_filled_mm).
struct ThroatForm {
    HeadForm head;
    NeckForm neck;
    Vec3 lips, fauces, laryngeal_inlet, upper_sphincter;
    std::vector<SweepSection> mouth;       ///< lips to fauces: a slit between tongue and palate
    std::vector<SweepSection> nasopharynx; ///< choanae to fauces
    std::vector<SweepSection> oropharynx;  ///< fauces to the laryngeal inlet
    std::vector<SweepSection> hypopharynx; ///< on to the upper sphincter, behind the larynx
    std::vector<SweepSection> larynx;      ///< from the laryngeal inlet through the glottis to the trachea
    /// Half widths when a bolus fills them, one per section.
    std::vector<double> mouth_filled_mm, oropharynx_filled_mm, hypopharynx_filled_mm;
};
ThroatForm throat_form(BodyPlan const& plan);

} // namespace fluoro
