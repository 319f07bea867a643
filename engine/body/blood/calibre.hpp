#pragma once
#include <fluoro/patient/lumen_graph.hpp>
#include <numbers>
#include <vector>

namespace fluoro {

/// What a vessel opposes to the blood: pressure drop [mmHg] = resistance Q + inertance dQ/dt + loss Q|Q|, Q in mL/s.
struct Opposition {
    double resistance = 0, inertance = 0, loss = 0;
    bool is_closed = false;
};

/// How much more inertia pulsatile flow has than a plug of blood: 4/3 in small vessels, whose profile stays parabolic,
/// 1 + sqrt 2 / alpha in large ones (both ends of Womersley's solution, at the first harmonic of 70 beats a minute).
double flow_inertia(double radius_mm, double viscosity_mpa_s);

/// Width of one edge along its way, as drawn and as narrowed and widened since.
class Calibre {
public:
    explicit Calibre(LumenEdge const& edge);
    double length_mm() const { return along_mm_.back(); }
    double volume_ml() const;

    /// At most (narrow) or at least (wide) this radius between two distances; a negative one takes it back. Causes
    /// act in the order in which they first spoke. Returns whether anything changed.
    bool change(int cause, bool narrow, double from_mm, double to_mm, double radius_mm);
    /// Volume between two distances over that as drawn.
    double room(double from_mm, double to_mm) const;
    Opposition opposition(double viscosity_mpa_s) const;
    /// Share of the edge's resistance that lies before this distance [0, 1]; beyond a closed place all of it.
    double share_before(double along_mm) const;
    /// Compliance [mL/mmHg] of a tube whose E h / r depends on its radius.
    template <class Stiffness> double compliance(Stiffness const& stiffness_pa) const
    {
        double sum = 0;
        for (std::size_t i = 1; i < along_mm_.size(); ++i) {
            double const r = (radius_mm_[i - 1] + radius_mm_[i]) / 2;
            sum += 1.5 * std::numbers::pi * r * r * (along_mm_[i] - along_mm_[i - 1]) / stiffness_pa(r);
        }
        return sum * 133.322e-3;
    }

private:
    struct Change {
        int cause;
        bool narrow;
        double from_mm, to_mm, radius_mm;
    };
    /// A cone from radius a to b; `drawn_mm`: as drawn, in its middle.
    struct Piece {
        double begin_mm, end_mm, a, b, drawn_mm, widest_before;
    };
    void cut();

    std::vector<double> along_mm_, radius_mm_, borders_;
    std::vector<Change> changes_;
    std::vector<Piece> pieces_;
};

} // namespace fluoro
