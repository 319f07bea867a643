#pragma once
#include "vertebra_form.hpp"

namespace fluoro {

/// Sacrum and coccyx, drawn as chains of plates down their curve.
class SacrumForm {
public:
    explicit SacrumForm(BodyPlan const& plan);

    Box bounds() const { return box_; }
    double distance_mm(Vec3 const& patient) const;
    double hu(Vec3 const& patient, Depth const& depth) const;
    /// S1 .. S5 and four pieces of the coccyx.
    std::vector<Frame> const& segments() const { return segments_; }
    /// How far a point is above the line between S1 and S2.
    double above_s2_mm(Vec3 const& patient) const;
    /// Middle of the canal at S1 .. S4.
    Vec3 canal_mm(int segment) const;
    /// Middle of the joint's face for the hip bone.
    Vec3 auricular_mm(double sign) const;

private:
    double scale_, density_, shell_, core_hu_;
    unsigned seed_;
    VertebraPlan size_;
    std::vector<Frame> segments_;
    std::vector<double> heights_;
    std::vector<BonePart> paired_, middle_, canal_; ///< in the patient's axes, the right side mirrored to the left
    std::vector<Plate> foramina_;
    std::vector<std::pair<BonePart, double>> kept_off_;
    std::vector<Box> paired_boxes_;
    Frame frame_;
    Box box_;
};

} // namespace fluoro
