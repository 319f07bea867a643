#include <fluoro/fitting/fit.hpp>

#include <algorithm>
#include <cstdio>

namespace fluoro {

namespace {

template <class... Values> std::string text(char const* format, Values... values)
{
    char line[400];
    std::snprintf(line, sizeof line, format, values...);
    return line;
}

} // namespace

char const* name_of(LandmarkSource source)
{
    switch (source) {
    case LandmarkSource::given:
        return "given";
    case LandmarkSource::label:
        return "label";
    case LandmarkSource::found:
        return "found";
    default:
        return "estimated";
    }
}

std::string as_text(FitReport const& report)
{
    std::string all;
    for (std::string const& note : report.notes) all += note + "\n";
    all += text("vertebrae: levels with confidence %.2f\n", report.level_confidence);
    for (std::string const& line : report.levels) all += "  " + line + "\n";
    for (std::string const& line : report.not_found) all += "not found: " + line + "\n";
    for (LandmarkSource const source :
         {LandmarkSource::given, LandmarkSource::label, LandmarkSource::found, LandmarkSource::estimated}) {
        double sum = 0, worst = 0;
        std::string worst_name;
        int count = 0;
        for (FittedLandmark const& l : report.landmarks) {
            if (l.source != source) continue;
            ++count;
            sum += l.residual_mm;
            if (l.residual_mm >= worst) worst = l.residual_mm, worst_name = l.name;
        }
        if (count > 0)
            all += text("landmarks %s: %d, missed by %.1f mm on average, by %.1f mm at most (%s)\n", name_of(source),
                        count, sum / count, worst, worst_name.c_str());
    }
    all += text("warp: smallest volume ratio %.2f, softened %.0f times, round trip within %.2f mm\n",
                report.least_determinant, report.softening, report.round_trip_mm);
    if (report.aorta_in_bright)
        all += text("aorta: %.1f %% of %.0f mm of its centre line in the CT's bright blood\n",
                    100 * *report.aorta_in_bright, report.aorta_length_mm);
    for (MeasuredVessel const& v : report.vessels)
        all += text("%s: radius by the CT's bright blood at %d of %d places, %.1f mm on average (model %.1f mm)\n",
                    v.name.c_str(), v.measured, v.places, v.ct_mm, v.model_mm);
    for (FittedChamber const& c : report.chambers)
        all +=
            text(c.follows_ct ? "%s: %.0f mL by the CT's bright blood (model %.0f mL)\n"
                              : "%s: %.0f mL of the model; the CT's blood there is not bright, or the CT ends in it\n",
                 c.name.c_str(), c.ml, c.model_ml);
    if (report.contrast_removed_ml > 0)
        all += text("contrast: %.0f mL of blood at %.0f HU set to 40 HU\n", report.contrast_removed_ml,
                    report.contrast_mean_hu);
    if (report.completed_ml > 0)
        all +=
            text("completed: %.0f mL of body outside of the CT (x %.0f to %.0f, y %.0f to %.0f, z %.0f to %.0f mm) is "
                 "the model\n",
                 report.completed_ml, report.ct_box_mm.low.x, report.ct_box_mm.high.x, report.ct_box_mm.low.y,
                 report.ct_box_mm.high.y, report.ct_box_mm.low.z, report.ct_box_mm.high.z);
    double total = 0;
    all += "seconds:";
    for (auto const& [stage, seconds] : report.seconds) {
        all += text(" %s %.1f,", stage.c_str(), seconds);
        total += seconds;
    }
    return all + text(" in all %.1f\n", total);
}

} // namespace fluoro
