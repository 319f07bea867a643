#pragma once
#include <fluoro/body/content.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// The sac around the heart: blood in it spreads all round, presses on the chambers, and widens the heart's shadow.
/// docs/theory/circulation.md
class Pericardium {
public:
    explicit Pericardium(Patient const& patient) : patient_{patient} {}
    /// Whether blood that leaves this vessel gets into the sac.
    static bool holds(LumenEdge const& vessel);
    /// Beyond that of a healthy sac.
    static double pressure_mmhg(double blood_ml);

    /// Finds where it is; once, before blood in it is drawn.
    void find_places();
    /// `medium_share`: of the blood in it.
    void add_contents(double blood_ml, double medium_share, Mixture const& medium,
                      std::vector<Content>& contents) const;

private:
    Patient const& patient_;
    static constexpr std::size_t shells = 256;
    bool is_known_ = false;
    double shell_mm3_ = 0;                                     ///< of each
    std::shared_ptr<ContentPlaces const> in_lung_, in_tissue_; ///< slots: shells, from the heart outward
};

} // namespace fluoro
