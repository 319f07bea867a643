#pragma once
#include <array>
#include <fluoro/anatomy/body_plan.hpp>
#include <fluoro/anatomy/shape.hpp>
#include <map>
#include <string>
#include <vector>

// The form of the heart at end-diastole, which chambers, coronaries, neighbours and the heartbeat share.
// docs/theory/heart.md
namespace fluoro {

/// Where the heart lies: its axes, its size and the places that follow from them.
struct HeartFrame {
    double scale = 1;                   ///< over the reference man's heart
    Vec3 origin_mm{0};                  ///< middle of the mitral annulus, on the left ventricle's axis
    Vec3 septal{0};                     ///< unit, horizontal, from the left ventricle to the right
    Vec3 anterior{0};                   ///< unit, toward the anterior wall
    Vec3 apical{0};                     ///< unit, base to apex
    Vec3 root_axis{0};                  ///< unit, from the aortic annulus along the root
    Vec3 root_right{0}, root_across{0}; ///< unit, across the root: to the middle of the right sinus; at right angles

    /// Septal, anterior and apical from the origin, in mm of the reference heart -> patient; and back.
    Vec3 at(Vec3 const& local_mm) const;
    Vec3 local(Vec3 const& p) const;
    /// Along the patient's axes from the origin, in mm of the reference heart -> patient.
    Vec3 beside(Vec3 const& left_back_up) const { return origin_mm + scale * left_back_up; }

    struct Valve {
        Vec3 middle_mm{0}, flow{0}; ///< flow: unit
        double radius_mm = 0;       ///< of the annulus
    };
    Valve mitral() const;
    Valve tricuspid() const;
    Valve aortic() const;
    Valve pulmonary() const;
    Vec3 superior_cavoatrial_junction() const;
    Vec3 inferior_cavoatrial_junction() const;
    /// Right superior, right inferior, left superior, left inferior.
    std::array<Vec3, 4> pulmonary_vein_ostia() const;
    /// A point of the aortic root: height over the annulus along its axis [mm], direction [degrees] from the middle of
    /// the right coronary sinus (120 = left coronary, 240 = noncoronary), share of the way to the wall.
    Vec3 in_root(double height_mm, double from_right_sinus_deg, double share) const;
    double root_height_mm() const; ///< annulus to sinotubular junction
};
HeartFrame heart_frame(BodyPlan const& plan);
/// Valves, cavoatrial junctions, apex, centre and aortic root, for the body plan.
std::map<std::string, Vec3> heart_places(BodyPlan const& plan);

/// A point seen from the middle of the ventricles: longitude about the axis to the apex (0 toward the right ventricle,
/// 90 anterior, 180 lateral, 270 inferior), latitude (90 = apex, about -30 = atrioventricular groove) and height over
/// the epicardium along the ray [mm], negative in the muscle and the cavities.
struct HeartCoordinates {
    double longitude_deg = 0, latitude_deg = 0, height_mm = 0;
};

/// End-diastolic volumes of the cavities [mL].
struct ChamberVolumes {
    double left_ventricle = 0, right_ventricle = 0, left_atrium = 0, right_atrium = 0;
};
ChamberVolumes chamber_volumes(PatientParameters const& parameters);

/// Parts of the heart that are kept as distances.
enum class HeartPart {
    left_outer,     ///< left ventricle with its wall
    right_outer,    ///< right ventricle with its wall
    atria,          ///< with their walls, appendages included
    epicardium,     ///< ventricles, atria and the great vessels' roots
    pericardium,    ///< outer face of the sac
    left_ventricle, ///< cavities from here on, without trabeculae
    right_ventricle,
    left_atrium,
    left_appendage,
    right_atrium
};
inline constexpr int heart_parts = 10;

/// Solid parts and cavities as distances [mm] at a point of the patient, negative inside: drawn once on a lattice and
/// interpolated. Grooves, heart coordinates and the epicardium as a surface.
class HeartForm {
public:
    explicit HeartForm(BodyPlan const& plan);
    HeartFrame const& frame() const { return frame_; }

    double distance_mm(HeartPart part, Vec3 const& p) const;
    /// Muscle of ventricles and atria with their cavities.
    double myocardium_mm(Vec3 const& p) const;
    double root_mm(Vec3 const& p, double wall_mm) const; ///< aortic root's lumen grown by its wall
    /// The ventricles' cavities with their trabeculae.
    double left_ventricle_mm(Vec3 const& p) const;
    double right_ventricle_mm(Vec3 const& p) const;
    Box const& bounds_mm() const { return bounds_; } ///< around the pericardium

    /// From where the heart coordinates are seen.
    Vec3 const& middle_mm() const { return centre_; }
    Vec3 at(HeartCoordinates const& c) const;
    HeartCoordinates coordinates(Vec3 const& p) const;
    /// Longitude of the groove between the ventricles [deg], in front and below.
    double anterior_groove_deg(double latitude_deg) const;
    double inferior_groove_deg(double latitude_deg) const;
    /// The point nearest to p that lies `over_mm` outside the epicardium.
    Vec3 onto_epicardium(Vec3 const& p, double over_mm) const;
    Vec3 outward(Vec3 const& p) const; ///< unit normal of the epicardium

private:
    struct Sample; ///< a point in the form's own coordinates, mm of the reference heart
    Sample sample(Vec3 const& p) const;
    double left_outer(Sample const& s) const;
    double right_outer(Sample const& s) const;
    double root(Sample const& s, double wall) const;
    double left_cavity(Sample const& s) const;
    double right_cavity(Sample const& s, double left_outer, double right_outer) const;
    double left_atrial_cavity(Sample const& s, double left_outer) const;
    double right_atrial_cavity(Sample const& s, double left_outer, double right_outer, double left_atrium) const;
    double appendage(Sample const& s, double left_outer, double right_outer) const;
    std::array<float, heart_parts> all_parts(Vec3 const& p) const;
    void fit_cavities(ChamberVolumes const& volumes);
    void draw_lattice();
    void map_epicardium();
    Vec3 ray(double longitude_deg, double latitude_deg) const;
    double reach_mm(double longitude_deg, double latitude_deg) const;

    /// Places in the form's own millimetres, from the origin: along the patient's axes; tricuspid along the heart's.
    struct Places {
        Vec3 aortic{0}, pulmonary{0}, pulmonary_flow{0}, superior{0}, inferior{0}, tricuspid{0};
        std::array<Vec3, 4> vein_ostia{};
    };

    HeartFrame frame_;
    Places places_;
    unsigned seed_;
    Shape chest_;                ///< inside of the chest wall
    std::array<Vec3, 3> wave_{}; ///< of the irregularity
    Vec3 phase_{0};
    double left_inset_ = 0, right_inset_ = 0, left_atrial_inset_ = 0, right_atrial_inset_ = 0;
    Box bounds_;
    glm::ivec3 lattice_{0};                                ///< points along each axis
    std::vector<std::array<float, heart_parts>> parts_mm_; ///< at every lattice point
    Vec3 centre_{0}, pole_{0}, zero_{0}, ninety_{0};       ///< of the heart coordinates, patient space
    std::vector<double> reach_mm_;                         ///< epicardium from the centre, by latitude and longitude
};

} // namespace fluoro
