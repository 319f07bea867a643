#pragma once
#include <array>
#include <fluoro/anatomy/body_plan.hpp>
#include <optional>
#include <vector>

namespace fluoro {

enum class Collapse { wedge, biconcave, plana };
enum class CleftContent { none, gas, fluid };

/// A collapsed vertebral body. docs/theory/spine.md
struct Fracture {
    Level level = Level::l1;
    Collapse collapse = Collapse::wedge;
    double height_loss = 0; ///< share of the height where it is lost most
    CleftContent cleft = CleftContent::none;
    bool is_posterior_wall_broken = false;

    /// Shares of the intact heights that are left in front, in the middle and at the back.
    double anterior_left() const;
    double middle_left() const;
    double posterior_left() const;
};

enum class LesionKind { lytic, blastic };
enum class LesionSite { body, pedicle_left, pedicle_right };
struct Metastasis {
    Level level = Level::l1;
    LesionKind kind = LesionKind::lytic;
    LesionSite site = LesionSite::body;
};

/// What is wrong with one body.
struct BodyPathology {
    std::optional<Fracture> fracture;
    std::vector<Metastasis> metastases;
};

/// The options "fracture" and "metastasis". Throw Error (bad input) with what to write instead.
std::vector<Fracture> fractures_of(PatientParameters const& parameters);
std::vector<Metastasis> metastases_of(PatientParameters const& parameters);
BodyPathology pathology_of(PatientParameters const& parameters, Level level);
/// Cobb angle of the thoracic curve [degrees], + = convex to the right; 0 unless asked.
double scoliosis_deg(PatientParameters const& parameters);

} // namespace fluoro
