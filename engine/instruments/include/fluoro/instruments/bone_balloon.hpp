#pragma once
#include <fluoro/instruments/cement.hpp>
#include <fluoro/instruments/tool.hpp>

namespace fluoro {

/// Pressure at which spongy bone of these Hounsfield units is crushed [atm]. docs/theory/cement.md, eq. 2
double crush_strength_atm(double hu);

/// An ellipsoid of revolution.
struct Hollow {
    Vec3 middle_mm{0}, axis{0, 0, 1}; ///< unit
    double half_length_mm = 0, radius_mm = 0;
    double volume_mm3() const;
    /// 1 on its surface, less inside.
    double reach(Vec3 const& p_mm) const;
};

/// How what lies over a balloon is lifted: the bone between them goes along, the disc above makes room.
struct Lift {
    Vec3 middle_mm{0};       ///< of the balloon
    double plate_mm = 0;     ///< height of the end-plate's inside above it
    double back_wall_mm = 0; ///< how far the body's back wall lies behind it
    Vec3 posterior{0, 1, 0}; ///< unit
    double most_mm = 0;      ///< what the body has lost in height
    double height_mm = 0;    ///< of now, at the middle

    /// Share of the height by which a place goes up.
    double share(Vec3 const& p_mm) const;
    /// Where what is here now was before.
    Vec3 before(Vec3 const& p_mm) const;
};

/// A balloon tamp in spongy bone, from the inflator's pressure to the hollow that it leaves. docs/theory/cement.md
class BoneBalloon {
public:
    BoneBalloon(BalloonForm const& form, std::uint64_t seed) : form_{form}, seed_{seed} {}

    /// Lies with its middle here from now on. `lost_mm`: height that the body may win back.
    void place(BoneSpace const& space, Vec3 const& middle_mm, Vec3 const& axis, Vec3 const& posterior,
               double back_wall_mm, double lost_mm);
    void advance(double wanted_atm, double dt_s);

    double pressure_atm() const { return pressure_atm_; }
    double volume_ml() const { return volume_ml_; } ///< of contrast medium in it
    double widest_ml() const { return widest_ml_; }
    bool has_burst() const { return has_burst_; }
    /// The balloon as it is, the hollow that it has made, and the end-plate over it.
    Hollow shape() const { return of_volume(volume_ml_); }
    Hollow hollow() const { return of_volume(widest_ml_); }
    Lift lift() const;
    BalloonForm const& form() const { return form_; }
    /// Pressure that holds this volume in the place where it lies [atm].
    double pressure_at(double volume_ml) const;

private:
    BalloonForm form_;
    std::uint64_t seed_ = 0;
    Vec3 middle_mm_{0}, axis_{0, 0, 1};
    Lift lift_;
    std::vector<double> pressure_of_; ///< by volume, in even steps
    double pressure_atm_ = 0, volume_ml_ = 0, widest_ml_ = 0;
    bool has_burst_ = false;

    Hollow of_volume(double ml) const;
    double height_at(double ml) const;
};

} // namespace fluoro
