#pragma once
#include <fluoro/anatomy/parameters.hpp>
#include <fluoro/anatomy/shape.hpp>
#include <fluoro/fitting/warp.hpp>
#include <fluoro/patient/volume.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

struct FitOptions {
    std::map<std::string, Vec3> landmarks; ///< placed by the instructor; they override what is found
    std::optional<Sex> sex;                ///< empty = guessed by size, and the report says so
    std::vector<std::string> set;          ///< of the model, as KEY=VALUE: an illness; over what the CT says
    bool keep_contrast = false;            ///< leave the contrast medium that the CT holds where it is
    bool complete = true;                  ///< continue the body beyond the CT's cut faces
    double model_spacing_mm = 2;           ///< of the model where it completes the body
};

enum class LandmarkSource { given, label, found, estimated };

struct FittedLandmark {
    std::string name;
    LandmarkSource source = LandmarkSource::found;
    Vec3 place_mm{0};       ///< in the CT
    double residual_mm = 0; ///< how far the warped model misses it
    double spread_mm = 0;   ///< how far it was allowed to
};

/// A vessel whose radii the CT's bright blood gave.
struct MeasuredVessel {
    std::string name;
    int measured = 0, places = 0;   ///< places that could be measured, of those in the CT
    double model_mm = 0, ct_mm = 0; ///< mean radius at the places measured
};

/// A chamber of the heart in a CT with contrast.
struct FittedChamber {
    std::string name;
    double bright_share = 0;     ///< of the fitted chamber's inside
    double model_ml = 0, ml = 0; ///< as the model's form was placed; as labelled
    bool follows_ct = false;     ///< its label is the CT's bright blood, else the model's form
};

/// What a fit did, for people and for programs.
struct FitReport {
    std::vector<FittedLandmark> landmarks;
    std::vector<std::string> not_found; ///< one line each, with the reason
    std::vector<std::string> levels;    ///< what spoke for the names of the vertebrae
    double level_confidence = 0;        ///< 0 to 1
    bool levels_from_labels = false;
    PatientParameters parameters;          ///< of the model
    std::vector<std::string> notes;        ///< what was chosen, one line each
    double least_determinant = 1;          ///< of the warp's Jacobian; above 0 = nothing is folded
    double softening = 1;                  ///< factor on the landmarks' spreads that kept it so
    double round_trip_mm = 0;              ///< largest of model -> patient -> model over the CT
    double aorta_length_mm = 0;            ///< of the fitted centre line inside the CT's bright aorta and the CT
    std::optional<double> aorta_in_bright; ///< share of its length where the CT holds more than 130 HU
    std::vector<MeasuredVessel> vessels;
    std::vector<FittedChamber> chambers; ///< empty where the CT holds no contrast
    double contrast_removed_ml = 0;
    double contrast_mean_hu = 0;                         ///< of the blood before
    Box ct_box_mm;                                       ///< all of the picture outside of it is the model
    double completed_ml = 0;                             ///< of body that the model added
    std::vector<std::pair<std::string, double>> seconds; ///< per stage
};

struct Fit {
    Patient patient; ///< CT without its contrast, completed; labels; lumens and landmarks in the patient's space
    Warp warp;
    FitReport report;
};

/// Names that a landmark file may use.
std::vector<std::string> landmark_names();

/// Places the anatomy model into a CT. Throws Error (bad input) when too little of a body is seen to place anything:
/// with what was not found.
Fit fit(Patient const& ct, FitOptions const& options);

/// The report as text for people, one fact a line.
std::string as_text(FitReport const& report);
char const* name_of(LandmarkSource source);

} // namespace fluoro
