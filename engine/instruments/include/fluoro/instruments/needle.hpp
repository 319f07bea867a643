#pragma once
#include <fluoro/instruments/spine_places.hpp>
#include <fluoro/instruments/tool.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>
#include <set>
#include <span>

namespace fluoro {

/// What a needle's tip can be in.
enum class TissueKind { air, fat, muscle, organ, lung, vessel, ligament, spinal_canal, cortical_bone, spongy_bone };
inline constexpr int tissues = 10;
std::string_view name_of(TissueKind tissue);

/// What a needle meets along its way.
struct TissueHere {
    TissueKind tissue = TissueKind::air;
    double hu = -1000;
    int label = 0; ///< of the label map; 0 = none
    SpinePlace place = SpinePlace::none;
    bool is_vein = false; ///< of a vessel: the blood in it is dark and does not pulse
};
class TissueField {
public:
    virtual ~TissueField() = default;
    virtual TissueHere at(Vec3 const& p_mm) const = 0;
};
/// Tissues of a patient at rest, by his labels, Hounsfield units and vessels.
class PatientTissues final : public TissueField {
public:
    explicit PatientTissues(std::shared_ptr<Patient const> patient);
    TissueHere at(Vec3 const& p_mm) const override;

private:
    std::shared_ptr<Patient const> patient_;
    Mat4 index_from_patient_;
    std::set<int> artery_labels_, vein_labels_;
    SpinePlaces spine_;
};

/// How a tissue answers an 18 G needle; others in proportion to their diameter. docs/theory/needles.md
struct TissueLaw {
    double entry_n = 0;        ///< to pierce its surface: skin, fascia, a vessel's wall, dura, periosteum
    double stiffness_n_mm = 1; ///< of the surface before it gives way
    double cutting_n = 0;      ///< at the tip, on and on
    double friction_n_mm = 0;  ///< along the shaft, per length in it
    double bevel_per_mm = 0;   ///< of a 22 G spinal needle's curve toward its bevel's back [1/mm]
};
TissueLaw const& law_of(TissueKind tissue);

/// A needle in the body: pushed, drawn, turned, hammered. Its way stays as it was cut.
class Needle {
public:
    /// Its tip at `skin_mm`, looking along `direction` (unit).
    Needle(std::shared_ptr<Tool const> tool, Vec3 const& skin_mm, Vec3 const& direction);

    /// The hand wants this speed (+ = in) and pushes with at most `hand_n`; where the tissue asks for more, the needle
    /// bows the tissue's surface and stands. `turn_rad_s` turns the bevel.
    void advance(TissueField const& field, double push_mm_s, double turn_rad_s, double hand_n, double dt_s);
    /// A blow of the hammer [J]; goes in by energy over cutting force, at most 5 mm.
    void hammer(TissueField const& field, double blow_j);
    /// Before it is in anything: looks elsewhere. False, and nothing happens, once it is in.
    bool aim(Vec3 const& skin_mm, Vec3 const& direction);

    double depth_mm() const; ///< of the tip below the skin, along the way
    Vec3 tip_mm() const { return path_.back(); }
    Vec3 direction() const { return direction_; }
    double force_n() const { return force_n_; } ///< that the hand feels, + = against a push
    TissueHere here() const { return here_; }
    bool has_blood_return() const { return here_.tissue == TissueKind::vessel; }
    bool has_stylet() const { return has_stylet_; }
    void set_stylet(bool in) { has_stylet_ = in; }
    std::span<Vec3 const> path_mm() const { return path_; } ///< from the skin to the tip
    /// The same of the deepest way that it has cut: what is left open behind a tip that is drawn back.
    std::span<Vec3 const> channel_mm() const;
    Tool const& tool() const { return *tool_; }

    /// Places where it went into what it should not: spinal canal, lung, through the far wall of a vessel; a bone
    /// needle also into a foramen, a disc, a vessel.
    struct Breach {
        TissueKind of = TissueKind::spinal_canal;
        std::string_view name; ///< "spinal canal", "foramen", "disc", "lung", "artery", "vein"
        Vec3 at_mm{0};
    };
    std::span<Breach const> breaches() const { return breaches_; }

private:
    std::shared_ptr<Tool const> tool_;
    std::vector<Vec3> path_, channel_;
    double channel_depth_mm_ = 0;
    std::vector<TissueKind> cut_; ///< tissue of each piece of the path
    Vec3 direction_{0}, bevel_{0};
    double bowed_mm_ = 0, force_n_ = 0;
    bool has_stylet_ = true;
    TissueHere here_;
    std::vector<Breach> breaches_;

    double scale() const;
    double friction_n() const;
    void cut(TissueField const& field, double way_mm);
    void note_breach(TissueHere const& was, Vec3 const& at_mm);
    void draw_back(TissueField const& field, double way_mm);
};

} // namespace fluoro
