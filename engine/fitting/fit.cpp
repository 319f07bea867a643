#include <fluoro/fitting/fit.hpp>

#include "blood.hpp"
#include "calibre.hpp"
#include "complete.hpp"
#include "correspond.hpp"
#include "heart_blood.hpp"
#include "heart_place.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/error.hpp>
#include <fluoro/fitting/landmarks.hpp>

namespace fluoro {

namespace {

constexpr double bright_hu = 130;
constexpr double sure_of_levels = 0.8; ///< confidence above which a crop is fitted

class StopWatch {
public:
    explicit StopWatch(FitReport& report) : report_{report}, last_{Clock::now()} {}
    void lap(std::string const& stage)
    {
        auto const now = Clock::now();
        report_.seconds.emplace_back(stage, std::chrono::duration<double>(now - last_).count());
        last_ = now;
    }

private:
    using Clock = std::chrono::steady_clock;
    FitReport& report_;
    Clock::time_point last_;
};

void refuse_wrong_sides(FitOptions const& options, Findings const& found)
{
    auto const& canal = found.spine.canal.points_mm;
    if (canal.empty()) return;
    for (auto const& [name, p] : options.landmarks) {
        bool const is_left = name.find("left") != std::string::npos;
        if (!is_left && name.find("right") == std::string::npos) continue;
        auto const beside =
            std::ranges::min_element(canal, {}, [&, z = p.z](Vec3 const& c) { return std::abs(c.z - z); });
        if ((p.x - beside->x) * (is_left ? 1 : -1) < -10)
            throw Error{"the landmark '" + name +
                        "' is on the other side of the spine; +x is the patient's left: use '" + other_side(name) +
                        "' or change the sign"};
    }
}

/// A vertebra that the instructor has named renames the whole row.
void rename_by_landmarks(FoundSpine& spine, std::map<std::string, Vec3> const& landmarks)
{
    constexpr double same_mm = 15; // half a lumbar vertebra's height
    std::optional<int> offset;
    for (int i = 0; i < levels; ++i) {
        auto const given = landmarks.find(name_of(level_at(i)));
        if (given == landmarks.end() || spine.vertebrae.empty()) continue;
        auto const nearest = std::ranges::min_element(
            spine.vertebrae, {}, [&](auto const& v) { return glm::length(v.second.centre_mm - given->second); });
        if (glm::length(nearest->second.centre_mm - given->second) > same_mm) continue;
        int const here = i - int(nearest->first);
        if (offset && *offset != here)
            throw Error{"the vertebrae given as landmarks do not count as the CT's do: '" + given->first +
                        "' and another name a different number of vertebrae between them than are seen"};
        offset = here;
    }
    if (!offset) return;
    std::map<Level, FoundVertebra> renamed;
    for (auto const& [level, vertebra] : spine.vertebrae)
        if (int const now = int(level) + *offset; now >= 0 && now < levels) renamed[Level(now)] = vertebra;
    spine.vertebrae = renamed;
    spine.confidence = 1;
    spine.reasons = {"named by the landmarks given"};
}

void refuse_too_little(FitOptions const& options, Findings const& found)
{
    char const* const remedy =
        "; give the places of four or more landmarks (--landmarks), or a CT with more of the body";
    if (found.spine.vertebrae.size() < 3 && options.landmarks.size() < 4) {
        std::string why = "fewer than 3 whole vertebrae in it";
        for (std::string const& line : found.not_found)
            if (line.starts_with("spine:") || line.starts_with("vertebrae:")) why = line;
        throw Error{"too little of a body is seen in the CT to place the anatomy (" + why + ")" + remedy};
    }
    // In a crop nothing but the vertebrae says what the piece is.
    if (!found.has_outline && found.spine.confidence < sure_of_levels && options.landmarks.size() < 4) {
        char line[80];
        std::snprintf(line, sizeof line, "confidence %.2f, wanted %.2f", found.spine.confidence, sure_of_levels);
        throw Error{"the CT is a crop without skin around it, and its vertebrae cannot be named (" + std::string{line} +
                    "); name one that is seen in --landmarks, e.g. T5, or give its label map (--labels)"};
    }
}

LumenGraph warped(LumenGraph graph, Warp const& warp)
{
    std::vector<Vec3> const before = graph.nodes_mm;
    for (Vec3& node : graph.nodes_mm) node = warp.patient_from_model(node);
    for (LumenEdge& edge : graph.edges)
        for (std::size_t i = 0; i < edge.points_mm.size(); ++i) {
            // The volume's cube root is a fair measure of a lumen's width; the same for a few points.
            if (i % 5 == 0 || i + 1 == edge.points_mm.size()) {
                double const scale = warp.local_scale(edge.points_mm[i]);
                for (std::size_t n = i; n < std::min(i + 5, edge.points_mm.size()); ++n)
                    if (n == i || n + 1 != edge.points_mm.size() || i + 1 == n) edge.radii_mm[n] *= scale;
            }
        }
    for (LumenEdge& edge : graph.edges)
        for (Vec3& p : edge.points_mm) p = warp.patient_from_model(p);
    return graph;
}

Lumens warped(Lumens const& lumens, Warp const& warp)
{
    Lumens result;
    result.vessels = warped(lumens.vessels, warp);
    result.airways = warped(lumens.airways, warp);
    result.gut = warped(lumens.gut, warp);
    for (auto const& [name, p] : lumens.landmarks) result.landmarks[name] = warp.patient_from_model(p);
    return result;
}

/// Radii of an aorta that a label map shows.
void take_radii(LumenGraph& vessels, FoundAorta const& aorta)
{
    for (LumenEdge& edge : vessels.edges) {
        if (edge.name.find("aort") == std::string::npos) continue;
        for (std::size_t i = 0; i < edge.points_mm.size(); ++i) {
            auto const near = std::ranges::min_element(
                aorta.points_mm, {}, [&, p = edge.points_mm[i]](Vec3 const& q) { return glm::length(q - p); });
            if (glm::length(*near - edge.points_mm[i]) > 5) continue;
            edge.radii_mm[i] = aorta.radii_mm[std::size_t(near - aorta.points_mm.begin())];
        }
    }
}

/// Share of the thoracic aorta's centre line, as far as the CT reaches, where the CT itself is bright.
void judge_aorta(FitReport& report, Lumens const& fitted, Findings const& found)
{
    Box const box = found.work.lattice.box();
    double inside = 0, bright = 0;
    for (LumenEdge const& edge : fitted.vessels.edges) {
        bool const is_aorta = edge.name == "ascending-aorta" || edge.name.starts_with("aortic-arch") ||
                              edge.name.starts_with("descending-aorta") || edge.name.starts_with("abdominal-aorta");
        if (!is_aorta) continue;
        for (std::size_t i = 1; i < edge.points_mm.size(); ++i) {
            Vec3 const p = (edge.points_mm[i] + edge.points_mm[i - 1]) / 2.0;
            if (glm::any(glm::lessThan(p, box.low)) || glm::any(glm::greaterThan(p, box.high))) continue;
            double const length = glm::length(edge.points_mm[i] - edge.points_mm[i - 1]);
            inside += length;
            if (found.work.at(p) > bright_hu) bright += length;
        }
    }
    report.aorta_length_mm = inside;
    if (inside > 0 && found.aorta && found.aorta->mean_hu > bright_hu) report.aorta_in_bright = bright / inside;
}

std::vector<WarpPair> pairs_of(std::vector<Correspondence> const& all)
{
    std::vector<WarpPair> pairs;
    for (Correspondence const& c : all) pairs.push_back(c.pair);
    return pairs;
}

/// What the completed body can reach: the trunk by the nearest pairs' displacement, with room.
Box far_box(Box const& seen, Anatomy const& anatomy, std::vector<WarpPair> const& pairs)
{
    Box const trunk = trunk_region(anatomy.plan);
    auto const by_z = [](WarpPair const& a, WarpPair const& b) { return a.model_mm.z < b.model_mm.z; };
    auto const [lowest, highest] = std::ranges::minmax_element(pairs, by_z);
    double const low = trunk.low.z + lowest->patient_mm.z - lowest->model_mm.z;
    double const high = trunk.high.z + highest->patient_mm.z - highest->model_mm.z;
    Box box = grown(seen, 125);
    box.low.z = std::min(seen.low.z - 200, low) - 60;
    box.high.z = std::max(seen.high.z + 200, high) + 60;
    return box;
}

double round_trip(Warp const& warp, Box const& box)
{
    double worst = 0;
    for (int k = 0; k <= 12; ++k)
        for (int j = 0; j <= 12; ++j)
            for (int i = 0; i <= 12; ++i) {
                Vec3 const p = box.low + Vec3{i, j, k} / 12.0 * (box.high - box.low);
                worst = std::max(worst, glm::length(warp.patient_from_model(warp.model_from_patient(p)) - p));
            }
    return worst;
}

} // namespace

std::vector<std::string> landmark_names()
{
    static std::vector<std::string> const names = [] {
        std::vector<std::string> all;
        for (auto const& [name, p] : model_places(build_anatomy(built_in_patient("adult-male"))))
            if (!name.starts_with("lung-wall")) all.push_back(name);
        return all;
    }();
    return names;
}

Fit fit(Patient const& ct, FitOptions const& options)
{
    FitReport report;
    StopWatch watch{report};
    BodyPlan const usual = plan_body(built_in_patient("adult-male"));
    Findings found = find(ct.ct, usual);
    if (!ct.labels.empty()) {
        std::size_t const before = found.spine.reasons.size();
        find_from_labels(found, work_labels(ct, found.work.lattice));
        report.levels_from_labels = found.spine.reasons.size() == 1 && before != 1;
    }
    watch.lap("find");
    rename_by_landmarks(found.spine, options.landmarks);
    refuse_too_little(options, found);
    refuse_wrong_sides(options, found);
    report.not_found = found.not_found;
    report.levels = found.spine.reasons;
    report.level_confidence = found.spine.confidence;
    report.parameters = parameters_for(found, options, report.notes);
    Anatomy const anatomy = build_anatomy(report.parameters);
    watch.lap("model");

    Box const seen = found.work.lattice.box();
    std::vector<Correspondence> all = correspondences(anatomy, found, options, report.levels_from_labels);
    if (auto const heart = heart_pairs(found, anatomy, Warp{pairs_of(all), seen}, report.notes); !heart.empty()) {
        // Nearer than the borders between the lungs; what the instructor gave stays.
        std::erase_if(all, [](auto const& c) { return c.pair.name.starts_with("heart-border"); });
        for (Correspondence const& one : heart)
            if (!options.landmarks.contains(one.pair.name)) all.push_back(one);
    }
    std::vector<WarpPair> const pairs = pairs_of(all);
    // As far as the completed body can reach.
    Warp const warp{pairs, far_box(seen, anatomy, pairs)};
    report.least_determinant = warp.least_determinant();
    report.softening = warp.softening();
    report.round_trip_mm = round_trip(warp, seen);
    for (auto const& c : all)
        report.landmarks.push_back({c.pair.name, c.source, c.pair.patient_mm,
                                    glm::length(warp.patient_from_model(c.pair.model_mm) - c.pair.patient_mm),
                                    c.pair.spread_mm});
    watch.lap("warp");

    Patient patient = ct;
    patient.lumens = warped(anatomy.lumens, warp);
    if (found.aorta && found.aorta->mean_hu == 0) take_radii(patient.lumens.vessels, *found.aorta);
    report.vessels = measure_radii(patient.lumens.vessels, found.work);
    // What was found is where it was found; what the warp misses it by is taken off.
    for (auto const& c : all)
        if (auto const mark = patient.lumens.landmarks.find(c.pair.name);
            mark != patient.lumens.landmarks.end() && c.source != LandmarkSource::estimated)
            mark->second += c.pair.patient_mm - warp.patient_from_model(c.pair.model_mm);
    judge_aorta(report, patient.lumens, found);
    watch.lap("lumens");

    FittedHeart const heart = fitted_heart(found.work.lattice, anatomy, warp);
    EnhancedBlood const blood = enhanced_blood(found, patient.lumens.vessels, heart);
    std::vector<std::uint16_t> const chambers =
        chamber_labels(found, heart, blood, patient.lumens.vessels, report.chambers);
    if (!options.keep_contrast) {
        take_contrast_out(patient.ct, found, blood);
        report.contrast_removed_ml = blood.ml;
        report.contrast_mean_hu = blood.mean_hu;
        if (blood.ml > 0) patient.origin.notes.emplace_back("contrast medium was taken out of the blood");
        // What follows sees blood, too.
        found.work = work_volume(patient.ct, found.work.lattice.spacing_mm);
    }
    watch.lap("contrast");
    complete(patient, found, anatomy, warp, chambers, options, report);
    watch.lap("complete");
    patient.origin.description += ", fitted";
    return {std::move(patient), warp, std::move(report)};
}

} // namespace fluoro
