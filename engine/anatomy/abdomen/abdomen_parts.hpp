#pragma once
#include <fluoro/anatomy/anatomy.hpp>

// The abdomen's builders, one file each; abdomen.cpp calls them.
namespace fluoro {

/// The reference man's measures in this patient: heights by height, widths and depths by the cavity's, which fat
/// widens.
class AbdomenFrame {
public:
    explicit AbdomenFrame(BodyPlan const& plan);
    double scale() const { return scale_; }
    /// A point that the reference man has at (x, y, z) [mm].
    Vec3 at(double x, double y, double z) const;
    Vec3 at(Vec3 const& p) const { return at(p.x, p.y, p.z); }
    /// An upright frame there.
    Frame frame(double x, double y, double z) const { return Frame{at(x, y, z)}; }
    unsigned seed(unsigned salt) const { return seed_ * 977 + salt; }

private:
    double scale_, wide_, deep_, forward_;
    unsigned seed_;
};

/// Liver to kidneys; `bowel` is drawn over them.
void build_solid_organs(Anatomy& anatomy, AbdomenFrame const& frame, Shape const& cavity,
                        std::vector<Shape> const& bowel);

struct Bowel {
    std::vector<Organ> organs; ///< in the order of drawing
    std::vector<Shape> outer;  ///< what it covers
};
Bowel bowel_of(BodyPlan const& plan, AbdomenFrame const& frame, Shape const& cavity);
void build_pelvic_organs(Anatomy& anatomy, AbdomenFrame const& frame);

} // namespace fluoro
