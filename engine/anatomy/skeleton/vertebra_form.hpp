#pragma once
#include "vertebra_pathology.hpp"

#include <array>
#include <fluoro/anatomy/anatomy.hpp>
#include <optional>
#include <vector>

// The form of one vertebra in its own frame: x = left, y = back, z = up [mm], from the middle of its body.
// docs/theory/spine.md
namespace fluoro {

/// A plate: everything within r of the parallelogram that the segment a..a+u sweeps when it is moved by up to h along
/// +w and -w. With h = 0 a rod. Half height and radius change along the segment.
struct Plate {
    Vec3 a{0}, u{0}, w{0, 0, 1};
    double h0 = 0, h1 = 0, r0 = 1, r1 = 1;

    double distance_mm(Vec3 const& q) const;
    Box bounds() const;
};

/// The half-space dot(n, q) <= c; with a bend its face is a hook, flat and then hollow against `across`:
/// dot(n, q) <= c + bend t^2 / 2, where t <= 0 is how far q is before the place where the hook begins.
struct HalfSpace {
    Vec3 n{0};
    double c = 0;
    Vec3 across{0};
    double from_mm = 0, bend_per_mm = 0, reach_mm = 0; ///< beyond the reach the face goes on as at its edge

    double distance_mm(Vec3 const& q) const;
};

/// A plate, cut by the planes of the joints that it bears.
struct BonePart {
    Plate plate;
    std::vector<HalfSpace> cuts;

    double distance_mm(Vec3 const& q) const;
};

/// One of a pair of synovial joints between two vertebrae, on the left, in some vertebra's frame.
struct FacetJoint {
    Vec3 centre_mm{0};
    Vec3 normal{0, 1, 0};    ///< from the lower vertebra's facet to the upper one's
    Vec3 across{1, 0, 0};    ///< in the plane of the facet, sideways
    double width_mm = 10;    ///< of the facet
    double height_mm = 12;   ///< of the facet
    double gap_mm = 1.6;     ///< bone to bone: two layers of cartilage
    double bend_per_mm = 0;  ///< the lower vertebra's facet hooks around the upper one's in front; 1 / radius
    double bend_from_mm = 0; ///< where the hook begins, along `across` from the middle

    /// How far a point is from the middle of the gap, toward the upper vertebra.
    double off_mm(Vec3 const& q) const;
    /// How far the hook rises above the flat part, so far along `across` from the middle.
    double rise_mm(double across_mm) const;
    /// What the lower (side -1) or the upper vertebra (+1) may fill.
    HalfSpace room(double side) const;
};

/// What differs from level to level beside the plan's sizes; figures of the reference man.
struct LevelForm {
    double pedicle_angle_deg; ///< transverse, + = converging to the front
    double spinous_length, spinous_drop_deg, spinous_base,
        spinous_tip;                                     ///< behind the canal; below the horizontal; heights
    double transverse_x, transverse_back, transverse_up; ///< tip: from the midline, behind the body, over the middle
    double facet_x, facet_back, facet_up;  ///< own superior facet: from the midline, behind the body, over the rim
    double facet_turn_deg, facet_rise_deg; ///< its normal from the back toward the side; above the horizontal
    double facet_width, facet_height;
    double lamina_up, lamina_height;
};
LevelForm const& level_form(Level level);

/// Signed distances to a body's wall and to its end-plates [mm].
struct BodyDepths {
    double side, upper, lower;
};

/// Signed distance and HU of one vertebra (C1 to L5).
class VertebraForm {
public:
    VertebraForm(BodyPlan const& plan, Level level);

    Frame const& frame() const { return frame_; }
    Box bounds() const;
    double distance_mm(Vec3 const& patient) const;
    /// HU inside the bone, so deep below its surface.
    double hu(Vec3 const& patient, Depth const& depth) const;

    /// Middle of the left pedicle's isthmus, and of the canal, in the frame.
    Vec3 pedicle() const { return pedicle_; }
    Vec3 canal() const { return {0, canal_y_, 0}; }
    /// Tip of the left transverse process, and of the spinous process, in the frame.
    Vec3 transverse_tip() const { return transverse_tip_; }
    Vec3 spinous_tip() const { return spinous_tip_; }

private:
    friend void shape_atlas(VertebraForm& form, BodyPlan const& plan);
    friend void shape_axis(VertebraForm& form, BodyPlan const& plan);

    void shape_typical(BodyPlan const& plan);
    BodyDepths body_depths(Vec3 const& q) const;
    double body_mm(Vec3 const& q) const;
    double arch_mm(Vec3 const& q, Vec3 const& folded) const;
    /// Under the cartilage of a joint.
    bool is_facet(Vec3 const& q) const;
    Vec3 warped(Vec3 q) const;
    /// What differs by chance between levels, about 0, of deviation 1 and at most 1.5.
    double random(int what) const;
    Vec3 wavy(Vec3 const& p) const;

    Level level_;
    Frame frame_;
    VertebraPlan size_;
    double scale_ = 1;
    BodyPathology pathology_;
    // Body
    bool has_body_ = true;
    double half_width_ = 0, half_depth_ = 0, waist_ = 0, upper_dish_ = 0, lower_dish_ = 0, uncinate_ = 0,
           osteophyte_ = 0, saddle_ = 0;
    double one_sided_ = 0, roll_up_ = 0, roll_low_ = 0; ///< waist of the left over the right; slopes of the end-plates
    // Arch
    std::vector<BonePart> paired_, middle_; ///< left ones (the right ones mirror them); those on the midline
    std::vector<std::pair<BonePart, double>> kept_off_; ///< neighbours' facets and the clearance from them
    std::vector<FacetJoint> facets_;                    ///< the left ones, toward the vertebrae above and below
    std::vector<std::pair<Vec3, double>> holes_;        ///< upright foramina of the transverse processes: where, radius
    Box arch_box_;
    double canal_y_ = 0, canal_half_width_ = 0, canal_half_depth_ = 0;
    Vec3 pedicle_{0}, transverse_tip_{0}, spinous_tip_{0};
    Vec3 isthmus_{0}; ///< middle of the left pars interarticularis
    // Natural irregularity and bone
    unsigned seed_ = 0;
    double lean_back_ = 0, lean_up_ = 0; ///< one side a little behind and above the other
    double core_hu_ = 170, shell_ = 1, density_ = 1, sclerosis_ = 0;
    double lift_ = 0,
           dense_ = 1; ///< of the left transverse process over the right one; of the bone over the mean level's
    double wave_mm_ = 0, wave_phase_ = 0;
};

/// The joint between `level` and the vertebra above it, in the frame of `level`.
FacetJoint upper_facet(BodyPlan const& plan, Level level);
/// The same thing seen from the frame of the vertebra above it.
FacetJoint in_frame_above(BodyPlan const& plan, Level level, FacetJoint const& joint);
/// The bone that bears a facet, on the lower or the upper vertebra's side.
BonePart lower_side(FacetJoint const& joint, double thick_mm);
BonePart upper_side(FacetJoint const& joint, double thick_mm);
/// The front lip of a lower vertebra's hooked facet.
BonePart lower_lip(FacetJoint const& joint);

/// Smooth least and most of two distances; `blend_mm` > 0.
double smooth_least(double a, double b, double blend_mm);
double smooth_most(double a, double b, double blend_mm);

/// Mean HU of cancellous bone between trabeculae and marrow, and of the layer under the surface.
double cancellous_hu(Level level, double bone_density);
/// Trabecular pattern about 0 [HU]: upright struts, coarser and sparser in porous bone.
double trabeculae_hu(Vec3 const& local, double core_hu, double bone_density, unsigned seed);

/// Where a rib meets the spine: the head (between body n-1 and n, or on body n) and the tubercle on the transverse
/// process of n; patient space, `sign` +1 left, -1 right.
Vec3 costovertebral_joint(BodyPlan const& plan, int rib, double sign);
Vec3 costotransverse_joint(BodyPlan const& plan, int rib, double sign);

} // namespace fluoro
