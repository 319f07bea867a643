#include "commands.hpp"
#include "json.hpp"

#include <cstdio>
#include <fluoro/anatomy/built_in.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/fitting/fit.hpp>
#include <fluoro/fitting/landmarks.hpp>
#include <fluoro/patient/bundle.hpp>
#include <nlohmann/json.hpp>

namespace fluoro {
namespace {

std::string as_json(FitReport const& report)
{
    using Json = nlohmann::ordered_json;
    Json json;
    auto const& box = report.ct_box_mm;
    json["height_mm"] = report.parameters.height_mm;
    json["sex"] = report.parameters.sex == Sex::male ? "male" : "female";
    json["subcutaneous_mm"] = report.parameters.subcutaneous_mm;
    json["level_confidence"] = report.level_confidence;
    json["levels"] = report.levels;
    json["notes"] = report.notes;
    json["not_found"] = report.not_found;
    json["least_determinant"] = report.least_determinant;
    json["softening"] = report.softening;
    json["round_trip_mm"] = report.round_trip_mm;
    json["aorta_length_mm"] = report.aorta_length_mm;
    if (report.aorta_in_bright) json["aorta_in_bright"] = *report.aorta_in_bright;
    for (MeasuredVessel const& v : report.vessels)
        json["vessels"][v.name] = {
            {"measured", v.measured}, {"places", v.places}, {"radius_mm", v.ct_mm}, {"model_radius_mm", v.model_mm}};
    for (FittedChamber const& c : report.chambers)
        json["chambers"][c.name] = {
            {"ml", c.ml}, {"model_ml", c.model_ml}, {"bright_share", c.bright_share}, {"follows_ct", c.follows_ct}};
    json["contrast_removed_ml"] = report.contrast_removed_ml;
    json["contrast_mean_hu"] = report.contrast_mean_hu;
    json["completed_ml"] = report.completed_ml;
    json["ct_box_mm"] = {{box.low.x, box.low.y, box.low.z}, {box.high.x, box.high.y, box.high.z}};
    for (auto const& [stage, seconds] : report.seconds) json["seconds"][stage] = seconds;
    for (FittedLandmark const& l : report.landmarks)
        json["landmarks"][l.name] = {{"source", name_of(l.source)},
                                     {"place_mm", {l.place_mm.x, l.place_mm.y, l.place_mm.z}},
                                     {"residual_mm", l.residual_mm},
                                     {"spread_mm", l.spread_mm}};
    return json.dump(2) + "\n";
}

} // namespace

int run_fit(FitRequest const& request)
{
    Patient const ct = load_patient(request.patient, {request.remove_couch, request.labels});
    FitOptions options;
    options.keep_contrast = request.keep_contrast;
    options.complete = !request.ct_only;
    options.set = request.set;
    if (request.sex == "female") options.sex = Sex::female;
    if (request.sex == "male") options.sex = Sex::male;
    if (!request.landmarks.empty()) options.landmarks = read_landmarks(request.landmarks, landmark_names(), ct.ct.grid);
    Fit const fitted = fit(ct, options);
    std::fputs(as_text(fitted.report).c_str(), stderr);
    if (!request.report.empty()) write_text(request.report, as_json(fitted.report));
    if (!request.found.empty()) {
        std::map<std::string, Vec3> places;
        for (FittedLandmark const& l : fitted.report.landmarks)
            if (l.source != LandmarkSource::estimated && l.name.find("-wall-") == std::string::npos &&
                !l.name.starts_with("skin-") && !l.name.starts_with("aort") && !l.name.starts_with("ascending") &&
                !l.name.starts_with("heart-border") && l.name != "heart-left" && l.name != "heart-right" &&
                l.name != "heart-front" && l.name != "heart-back" && l.name != "heart-floor")
                places[l.name] = l.place_mm;
        write_text(request.found, landmarks_as_yaml(places));
    }
    write_bundle(request.out, fitted.patient);
    return 0;
}

} // namespace fluoro
