#pragma once
// Inside the projection module: what the beam meets on its way to each part of the detector, kept while nothing moves.
#include "coarse_body.hpp"

#include <memory>
#include <optional>

namespace fluoro {

/// Evenly spaced places along one side of a field about the central ray, one of them beyond each end.
struct Lattice {
    int count = 0;
    double first_mm = 0, step_mm = 1;

    Lattice() = default;
    Lattice(int count_, double side_mm)
        : count{count_}, first_mm{-side_mm / 2 - side_mm / (count_ - 3)}, step_mm{side_mm / (count_ - 3)}
    {
    }
    double at_mm(int i) const { return first_mm + i * step_mm; }
};

/// A coarse lattice of rays over the active field and around it, through patient and slabs.
class BodyRays {
public:
    /// True when something had moved and the rays are new.
    bool prepare(Scene const& scene);

    CoarseBody::Ray at(Vec2 at_mm) const;
    /// Share of the scatter of a pencil to this place that stays in the body on its way sideways [0, 1].
    double enclosed(Vec2 at_mm) const;
    /// Of the water that the beam meets, from the detector.
    double mean_distance_cm() const { return mean_distance_cm_; }

private:
    void find_enclosed();

    std::shared_ptr<Patient const> patient_;
    std::optional<CoarseBody> body_;
    View view_;
    double width_mm_ = 0, height_mm_ = 0;
    std::vector<Slab> slabs_;
    std::shared_ptr<Displacement const> displacement_;
    Lattice columns_, rows_, wide_columns_, wide_rows_;
    std::vector<CoarseBody::Ray> rays_; ///< over the field
    std::vector<double> enclosed_;      ///< over the field and around it
    double mean_distance_cm_ = 1;
};

} // namespace fluoro
