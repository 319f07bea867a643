#pragma once
#include "tube_cells.hpp"

#include <array>
#include <fluoro/body/gullet.hpp>

namespace fluoro {

/// Places along the way from the lips [mm].
struct SwallowWay {
    double fauces_mm = 0, upper_mm = 0, cardia_mm = 0; ///< upper: the upper sphincter
    double gullet_mm() const { return cardia_mm - upper_mm; }
};

/// The timetable of a swallow: tongue, throat, sphincters, peristaltic waves. Says how far the tube may open at every
/// place and moment; knows nothing of what flows. docs/theory/gullet.md
class SwallowMuscles {
public:
    static constexpr double stiff_pa = 13300; ///< that opens a contracted wall: 100 mmHg
    static constexpr double upper_pa = 8000;  ///< with which the upper sphincter closes: 60 mmHg
    static constexpr double lower_pa = 2670;  ///< the lower one: 20 mmHg
    static constexpr double lower_length_mm = 25, upper_length_mm = 12;

    SwallowMuscles(SwallowWay const& way, SwallowSettings const& settings);
    void change(SwallowSettings const& settings) { settings_ = settings; }

    /// With so much in the mouth. One that is asked for before the throat is free follows as soon as it is.
    void swallow(double ml);
    void clear_gullet(); ///< a secondary wave, from where the gullet is stretched
    void let_up();       ///< the lower sphincter lets go for some seconds without a swallow
    void advance(double dt_s);

    /// Of every cell of the tube: 1 relaxed, 0 closed, below 0 closed with that share of stiff_pa.
    void set_opening(TubeCells const& cells, std::span<double> opening) const;
    SwallowPose pose() const;
    double airway_opening() const; ///< 0 .. 1 of the laryngeal inlet
    bool is_busy() const;          ///< mouth or throat are swallowing
    bool has_wave() const;         ///< somewhere in the gullet
    int swallows() const { return swallows_; }
    /// Speed of a primary wave at a place of the gullet, from the upper sphincter.
    double wave_mm_s(double from_upper_mm) const;

private:
    struct Wave {
        bool is_there = false, is_fading = false, has_throat = false, is_tertiary = false;
        double at_mm = 0, share = 1, since_s = 0, open_s = 0.4;
    };
    void start(Wave const& wave);
    double speed(double at_mm) const;
    double width(double at_mm) const;
    double strength(double at_mm) const;
    Wave const* in_throat() const;
    void start_rings();

    SwallowWay way_;
    SwallowSettings settings_;
    std::array<Wave, 8> waves_{};
    int swallows_ = 0;
    double pending_ml_ = -1;
    double upper_ = 0, lower_ = 0, gate_ = 0, epiglottis_ = 0, hyoid_ = 0; ///< 0 at rest .. 1
    double let_up_s_ = 0;
    double rings_s_ = -1; ///< since tertiary contractions began
    std::array<double, 6> ring_mm_{}, ring_start_s_{};
};

} // namespace fluoro
