#pragma once
#include "tube_cells.hpp"

namespace fluoro {

/// Some liquid and gas with what is dissolved or suspended in the liquid.
struct Portion {
    double liquid_mm3 = 0;
    double gas_mm3 = 0;
    double solids_mg = 0; ///< of barium sulphate: concentration x liquid_mm3
    double thickness = 0; ///< ln(viscosity [mPa s]) x liquid_mm3
    double total_mm3() const { return liquid_mm3 + gas_mm3; }
    Portion& operator+=(Portion const& more);
    Portion& operator-=(Portion const& less);
    Portion operator*(double share) const;
};

/// What a tube's wall and its filling are like.
struct TubeLaw {
    double stiff_pa = 13300; ///< that opens a fully contracted wall to its open area (100 mmHg), and stretches it on
    double soft_pa = 500;    ///< of the relaxed wall at its open area
    double slack = 0.35;     ///< share of the open area up to which a relaxed wall does not press
    double fastest_mm_s = 1500;
    double coat_mm = 0.03;    ///< thickness of the film that a liquid of 60 mPa s leaves; 0 = none
    double coat_life_s = 180; ///< mean time that the film holds
};

/// Liquid and gas in a soft tube, cell by cell along its centre line. The wall is told how far it may open; whatever
/// is more presses and is pressed on, against viscosity and with gravity. Gas rises through liquid. A film stays on
/// walls that were wetted. Volumes are conserved to rounding. docs/theory/gullet.md
class TubeFluid {
public:
    TubeFluid(TubeCells cells, TubeLaw const& law);

    TubeCells const& cells() const { return cells_; }
    bool stands_open(int cell) const { return stands_open_[std::size_t(cell)] != 0; }
    /// Of every cell, to be set before advance(): 1 relaxed, 0 closed, below 0 closed with -opening x stiff_pa.
    std::span<double> opening() { return opening_; }
    /// Width of the open lumen, to be changed by who knows better than the graph; of its narrowest place, no wider.
    void set_open_mm2(int cell, double mm2, double narrow_mm2);
    /// Rigid, or too wide to collapse: liquid lies in it as a layer and spreads.
    void set_stands_open(int cell) { stands_open_[std::size_t(cell)] = 1; }

    void add(int cell, Portion const& portion);
    Portion take(int cell, double share); ///< [0, 1] of what the cell holds, its film apart

    /// What an end opens into. What flowed out during advance() is collected in `received`, what flowed in is taken
    /// from `offered`, as it is mixed, and no more than there is.
    struct End {
        bool is_open = false;
        double pressure_pa = 0;
        Portion offered, received;
    };
    End inlet, outlet;

    /// dt_s in 0 .. 1/60 s; `down`: unit vector of gravity.
    void advance(double dt_s, Vec3 const& down);

    Portion held(int cell) const;
    Portion film(int cell) const { return film_[std::size_t(cell)]; }
    double liquid_mm2(int cell) const { return liquid_[std::size_t(cell)] / cells_.length_mm[std::size_t(cell)]; }
    double gas_mm2(int cell) const { return gas_[std::size_t(cell)] / cells_.length_mm[std::size_t(cell)]; }
    double pressure_pa(int cell) const { return pressure_[std::size_t(cell)]; }
    Portion all(int from_cell, int to_cell) const; ///< from <= cell < to, films included
    Portion all() const { return all(0, cells_.count()); }

private:
    struct Pressure {
        double pa, slope; ///< slope: per mm3
    };
    Pressure pressure_of(std::size_t cell, double volume_mm3) const;
    bool next_run();
    void prepare(Vec3 const& down);
    void find_flows(double dt_s);
    void flow_of_faces(std::span<double const> volume);
    void limit_flows(double dt_s);
    void move(double dt_s);
    void separate(double dt_s);
    void wet(double dt_s);
    Portion take_liquid(std::size_t cell, double mm3);
    double room_mm3(std::size_t cell) const { return cells_.open_mm2[cell] * cells_.length_mm[cell]; }

    TubeCells cells_;
    TubeLaw law_;
    std::vector<double> opening_;
    std::vector<char> stands_open_;
    std::vector<double> liquid_, gas_, solids_, thickness_; ///< of every cell
    std::vector<Portion> film_;
    // Of a step; kept so that none is made while it runs.
    std::vector<double> pressure_, slope_, before_, volume_, density_, viscosity_, across_;
    std::vector<double> drop_, apart_, flow_, conductance_; ///< of every face between cells, ends included
    std::vector<double> diagonal_, right_;
    std::vector<Portion> moved_;
    std::size_t from_ = 0, to_ = 0; ///< cells that flow
    double fastest_mm_s_ = 0;
};

} // namespace fluoro
