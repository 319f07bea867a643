#pragma once
#include "swallow_muscles.hpp"
#include "tube_picture.hpp"

namespace fluoro {

/// What is behind fluoro::Gullet.
struct Gullet::Impl {
    Impl(Patient const& patient, SwallowSettings const& settings);

    void advance(double dt_s, Vec3 const& down);
    void take(double ml, Preparation const& preparation);
    void swallow();
    double tail_mm() const;
    std::vector<Content> contents() const;

    SwallowSettings settings;
    SwallowWay way;
    TubeFluid tube; ///< lips to cardia
    SwallowMuscles muscles;
    int first_throat, first_gullet; ///< cells of the tube where throat and gullet begin
    TubePicture picture;
    Portion stomach;
    double taken_mm3 = 0;
    double granules_mm3 = 0;     ///< gas still bound
    double strongest_mg_mm3 = 0; ///< of all that was taken
    Vec3 down{0, 1, 0};
};

} // namespace fluoro
