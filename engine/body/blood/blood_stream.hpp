#pragma once
#include "blood/lumen_changes.hpp"
#include "blood/pericardium.hpp"

#include <fluoro/body/contrast_flow.hpp>
#include <fluoro/body/contrast_picture.hpp>
#include <fluoro/body/heartbeat.hpp>
#include <fluoro/body/injector.hpp>
#include <fluoro/body/local_stains.hpp>
#include <fluoro/body/orders.hpp>
#include <fluoro/patient/volume.hpp>

namespace fluoro {

/// Blood in one patient's vessels, with what is injected into it, what leaks out of it, and what changes their width.
class BloodStream {
public:
    BloodStream(Patient const& patient, CirculationSettings const& settings, double fill_spacing_mm,
                std::uint64_t seed);

    // Why it cannot be done; empty = done.
    std::string inject(Inject const& wish);
    std::string perforate(PerforateVessel const& wish);
    std::string dissect(DissectVessel const& wish);
    std::string inject_air(InjectAir const& wish);
    std::string set_lumen(SetLumen const& wish);
    std::string place_tip(PlacePressureTip const& wish);
    void stop_injection() { injector_.stop(); }

    /// One step of dt_s in so many of the circulation's own, the heart beating along. `down`: gravity in patient space.
    void advance(double dt_s, int steps, Heartbeat& heart, Vec3 const& down);

    Circulation& circulation() { return circulation_; }
    Circulation const& circulation() const { return circulation_; }
    ContrastFlow const& contrast() const { return contrast_; }
    Injector const& injector() const { return injector_; }
    LocalStains const& stains() const { return stains_; }
    std::span<float const> room() const { return changes_.room(); }
    /// Where the pressure line's tip lies; nothing: nowhere in particular.
    std::optional<double> tip_mmhg() const;
    double tip_blocked() const { return tip_blocked_; }
    /// Of the blood around the heart: what of it the heart, smaller than before the leak, has not made room for.
    double pericardial_mmhg() const;

    void add_contents(std::vector<Content>& contents) const;

private:
    /// A vessel by its name, or why there is none that serves.
    struct Found {
        int edge = -1;
        double length_mm = 0;
        std::string problem;
    };
    Found find(std::string const& what, std::string const& vessel, bool is_chamber_good) const;
    void leak();
    void plug();
    double heart_ml() const;

    LumenGraph const vessels_; ///< the patient's, with collaterals
    LumenCells cells_;
    Circulation circulation_;
    ContrastFlow contrast_;
    ContrastPicture picture_;
    LocalStains stains_;
    LumenChanges changes_;
    Pericardium pericardium_;
    double usual_heart_ml_ = 0; ///< all chambers in the mean of some seconds, before anything lay around them
    Injector injector_;
    int edge_ = -1; ///< of the injection
    double along_mm_ = 0;
    double iodine_mg_ml_ = 350, lead_ml_ = 0, medium_g_cm3_ = density_g_cm3(iodine_solution(350));
    struct Hole {
        int number, edge;
        double along_mm, medium_ml = 0;
    };
    std::vector<Hole> holes_;
    std::vector<LocalStains::Plug> plugs_; ///< of bubbles that the circulation knows of
    int tip_edge_ = -1;
    double tip_share_ = 0, tip_blocked_ = 0;
};

} // namespace fluoro
