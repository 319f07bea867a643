#pragma once
#include "chest_form.hpp"

#include <fluoro/anatomy/anatomy.hpp>
#include <span>

// The lungs' lobes and segments: what is where, before anything is drawn. docs/theory/lungs.md
namespace fluoro {

enum class Lobe : int { left_upper, left_lower, right_upper, right_middle, right_lower };
inline constexpr int lobes = 5;
/// "right-upper"
char const* name_of(Lobe lobe);
/// TotalSegmentator's id.
int label_of(Lobe lobe);
constexpr Side side_of(Lobe lobe)
{
    return lobe <= Lobe::left_lower ? Side::left : Side::right;
}

/// The fissures of one patient: smooth, slightly wavy surfaces that go on beyond the lung.
class Fissures {
public:
    explicit Fissures(BodyPlan const& plan);
    /// Negative below and behind the oblique fissure of the side, positive above and in front [mm]; never larger in
    /// size than the distance.
    double oblique(Side side, Vec3 const& p) const;
    /// Negative below the right lung's horizontal fissure.
    double horizontal(Vec3 const& p) const;
    Lobe lobe_at(Side side, Vec3 const& p) const;
    /// Positive outside the lobe's side of its fissures, less `below_others_mm` at those that it is the lower lobe of.
    double outside(Lobe lobe, Vec3 const& p, double below_others_mm) const;

private:
    Vec3 carina_;
    double scale_;
    unsigned seed_;
};

/// One lung, asked at many places: the points that trees grow to and the figures that its density follows from.
struct LungCloud {
    struct Point {
        Vec3 at;
        double depth_mm; ///< below the pleura
        Lobe lobe;
        int segment; ///< of `segments()`
    };
    std::vector<Point> points; ///< all over the lung, one per `cell_mm3`
    double cell_mm3 = 0;
    Vec3 middle{0};
    double volume_mm3() const { return cell_mm3 * double(points.size()); }
};

/// Where a bronchopulmonary segment is: shares of the lung's box from the middle outward, front to back, low to high.
struct SegmentPlan {
    char const* name; ///< "right-apical"
    Lobe lobe;
    Vec3 centre;
    char const* bronchus; ///< node of the airways that its bronchus leaves from
    char const* artery;   ///< node of the vessels
};
std::span<SegmentPlan const> segments();

LungCloud sample(Shape const& lung, Fissures const& fissures, Side side, double spacing_mm, unsigned seed);

/// Shape of a lobe, up to `below_others_mm` beyond those fissures that a lobe drawn after it ends at: lower lobes are
/// drawn first, upper ones last, and no gap is left between. `lung`: of its side.
Shape lobe_shape(Shape const& lung, Fissures const& fissures, Lobe lobe, double below_others_mm = 0);
/// The two layers of pleura in a fissure: the oblique one of a side or the right lung's horizontal one.
Shape fissure_sheet(Shape const& lung, Fissures const& fissures, Side side, bool is_horizontal, double thick_mm);

} // namespace fluoro
