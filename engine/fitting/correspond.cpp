#include "correspond.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace fluoro {

namespace {

// How far a place of each kind may be off: of the finding, and of one person against another [mm].
constexpr double vertebra_mm = 1.2, label_mm = 1, given_mm = 0.7, aorta_mm = 0.8, carina_mm = 2, hip_mm = 4,
                 dome_mm = 4, apex_mm = 5, wall_mm = 5, recess_mm = 9, notch_mm = 5, skin_mm = 5, heart_mm = 7;
constexpr double aorta_step_mm = 12;

double spread_of(std::string const& name)
{
    if (name.starts_with("lung-wall")) return wall_mm;
    if (name.starts_with("lung-apex")) return apex_mm;
    if (name.starts_with("diaphragm")) return dome_mm;
    if (name.starts_with("costophrenic")) return recess_mm;
    if (name.starts_with("hip")) return hip_mm;
    if (name == "carina") return carina_mm;
    if (name == "jugular-notch") return notch_mm;
    return vertebra_mm;
}

/// Height as a level: 11.0 in the middle of T5's body, 11.5 half way to T6's.
double level_of(std::map<int, double> const& heights, double z)
{
    auto below = heights.end();
    for (auto at = heights.begin(); at != heights.end(); ++at) // levels count downward
        if (at->second <= z) {
            below = at;
            break;
        }
    if (below == heights.begin()) below = std::next(below);
    if (below == heights.end()) --below;
    auto const above = std::prev(below);
    return above->first + (above->second - z) / (above->second - below->second) * double(below->first - above->first);
}

double height_of(std::map<int, double> const& heights, double level)
{
    auto below = heights.lower_bound(int(std::ceil(level)));
    if (below == heights.begin()) below = std::next(below);
    if (below == heights.end()) --below;
    auto const above = std::prev(below);
    return above->second + (level - above->first) / (below->first - above->first) * (below->second - above->second);
}

std::vector<double> lengths_along(std::vector<Vec3> const& line)
{
    std::vector<double> lengths{0};
    for (std::size_t i = 1; i < line.size(); ++i)
        lengths.push_back(lengths.back() + glm::length(line[i] - line[i - 1]));
    return lengths;
}

Vec3 at_length(std::vector<Vec3> const& line, std::vector<double> const& lengths, double length)
{
    auto const after = std::ranges::lower_bound(lengths, length);
    if (after == lengths.begin()) return line.front();
    if (after == lengths.end()) return line.back();
    auto const i = std::size_t(after - lengths.begin());
    return glm::mix(line[i - 1], line[i], (length - lengths[i - 1]) / std::max(lengths[i] - lengths[i - 1], 1e-9));
}

/// Points of one line beside points of another that covers the same piece, by the share of the length.
void pair_pieces(std::vector<Correspondence>& all, std::string const& name, std::vector<Vec3> const& model,
                 std::vector<Vec3> const& patient, LandmarkSource source, double spread)
{
    if (model.size() < 2 || patient.size() < 2) return;
    auto const m = lengths_along(model), p = lengths_along(patient);
    int const count = std::max(1, int(p.back() / aorta_step_mm));
    for (int i = 0; i <= count; ++i) {
        double const share = double(i) / count;
        all.push_back({{name + "-" + std::to_string(i), at_length(model, m, share * m.back()),
                        at_length(patient, p, share * p.back()), spread},
                       source});
    }
}

void add_aorta(std::vector<Correspondence>& all, Anatomy const& anatomy, Findings const& found)
{
    std::vector<Vec3> const model = model_aorta(anatomy);
    if (!found.aorta || model.size() < 10) return;
    FoundAorta const& seen = *found.aorta;
    LandmarkSource const source = seen.mean_hu > 0 ? LandmarkSource::found : LandmarkSource::label;
    double const spread = seen.mean_hu > 0 ? aorta_mm : 2;
    std::map<int, double> in_ct, in_model;
    for (auto const& [level, v] : found.spine.vertebrae) in_ct[int(level)] = v.centre_mm.z;
    for (auto const& [level, z] : in_ct) in_model[level] = anatomy.plan.spine[std::size_t(level)].frame.origin_mm.z;
    if (in_ct.size() < 2) return;

    auto const highest = [](std::vector<Vec3> const& line) {
        return std::size_t(std::ranges::max_element(line, {}, [](Vec3 const& p) { return p.z; }) - line.begin());
    };
    std::size_t const top = highest(model);
    // What goes down is paired by the vertebra beside it.
    bool const has_arch = seen.mean_hu > 0 && seen.arch_end > 2;
    std::size_t const down = has_arch ? seen.arch_end : 0;
    std::optional<std::size_t> first_down; // in the model
    double const lowest = in_ct.rbegin()->second - 15, uppermost = in_ct.begin()->second + 15;
    double last_z = 1e9;
    for (std::size_t i = down; i < seen.points_mm.size(); ++i) {
        Vec3 const& p = seen.points_mm[i];
        if (p.z > last_z - aorta_step_mm || p.z < lowest || p.z > uppermost) continue;
        double const z = height_of(in_model, level_of(in_ct, p.z));
        auto const nearest = std::ranges::min_element(model.begin() + std::ptrdiff_t(top), model.end(), {},
                                                      [z](Vec3 const& m) { return std::abs(m.z - z); });
        if (std::abs(nearest->z - z) > 3) continue;
        all.push_back(
            {{"aorta-" + std::to_string(int(std::lround(level_of(in_ct, p.z) * 10))), *nearest, p, spread}, source});
        last_z = p.z;
        if (!first_down) first_down = std::size_t(nearest - model.begin());
    }
    if (!has_arch || !first_down) return;
    // The arch, from its highest point to where the descent began; and up to it from the root.
    std::size_t const seen_top = highest(seen.points_mm);
    auto const slice = [](std::vector<Vec3> const& line, std::size_t from, std::size_t to) {
        return std::vector<Vec3>(line.begin() + std::ptrdiff_t(from), line.begin() + std::ptrdiff_t(to) + 1);
    };
    if (seen_top < down && top < *first_down)
        pair_pieces(all, "aortic-arch", slice(model, top, *first_down), slice(seen.points_mm, seen_top, down), source,
                    spread);
    if (seen.ascending_end == 0) return;
    // The sinotubular junction lies about 36 mm below the carina (typical, 25 to 45); nothing in the blood marks it.
    double const root_z = found.carina ? found.carina->z - 36 * anatomy.plan.scale
                                       : seen.points_mm[seen_top].z - (model[top].z - model.front().z);
    std::size_t root = 0;
    while (root < seen.ascending_end && seen.points_mm[root].z < root_z) ++root;
    if (root < seen_top)
        pair_pieces(all, "ascending-aorta", slice(model, 0, top), slice(seen.points_mm, root, seen_top), source,
                    spread);
}

void add_heart(std::vector<Correspondence>& all, Anatomy const& anatomy, Findings const& found)
{
    if (!found.heart_box) return;
    Box box{Vec3{1e9}, Vec3{-1e9}};
    for (Organ const& organ : anatomy.organs)
        if (organ.label >= label_of("left_ventricle") && organ.label <= label_of("myocardium"))
            box = around(box, organ.shape.bounds());
    if (is_empty(box)) return;
    Vec3 const model = (box.low + box.high) / 2.0, patient = (found.heart_box->low + found.heart_box->high) / 2.0;
    all.push_back({{"heart-border-left",
                    {box.high.x, model.y, model.z},
                    {found.heart_box->high.x, patient.y, patient.z},
                    heart_mm},
                   LandmarkSource::found});
    all.push_back({{"heart-border-right",
                    {box.low.x, model.y, model.z},
                    {found.heart_box->low.x, patient.y, patient.z},
                    heart_mm},
                   LandmarkSource::found});
}

void add_skin(std::vector<Correspondence>& all, Anatomy const& anatomy, Findings const& found)
{
    auto const skin = std::ranges::find(anatomy.organs, "skin", &Organ::name);
    if (skin == anatomy.organs.end() || !found.has_outline) return;
    int count = 0;
    for (auto const& [level, vertebra] : found.spine.vertebrae) {
        if (count++ % 2 != 0) continue;
        Vec3 const model = anatomy.plan.vertebra(level).frame.origin_mm;
        Section const in_ct = skin_of_ct(found, vertebra.centre_mm), in_model = skin_of_model(skin->shape, model);
        auto const add = [&](char const* side, std::optional<Vec3> const& m, std::optional<Vec3> const& p) {
            if (!m || !p) return;
            // Arms beside the trunk, or a wall cut in two, are not this skin.
            double const ratio = glm::length(*p - vertebra.centre_mm) / std::max(glm::length(*m - model), 1.0);
            if (ratio > 0.6 && ratio < 1.6)
                all.push_back(
                    {{std::string{"skin-"} + side + "-" + name_of(level), *m, *p, skin_mm}, LandmarkSource::found});
        };
        add("front", in_model.front, in_ct.front);
        add("back", in_model.back, in_ct.back);
        if (level < Level(int(Level::t1) + 4)) continue; // shoulders
        add("left", in_model.left, in_ct.left);
        add("right", in_model.right, in_ct.right);
    }
}

/// Thickness of fat under the skin on a horizontal way in from the side [mm].
std::optional<double> side_fat(Findings const& found, Vec3 const& middle)
{
    Section const section = skin_of_ct(found, middle);
    double sum = 0;
    int sides = 0;
    for (auto const& skin : {section.left, section.right}) {
        if (!skin) continue;
        Vec3 const in = glm::normalize(middle - *skin);
        double depth = 2.5; // the skin itself
        while (depth < 120 && found.work.at(*skin + depth * in) < -35) depth += 1;
        if (depth < 3 || depth > 110) continue;
        sum += depth - 2.5;
        ++sides;
    }
    if (sides == 0) return std::nullopt;
    return sum / sides;
}

} // namespace

std::vector<Vec3> model_aorta(Anatomy const& anatomy)
{
    LumenGraph const& graph = anatomy.lumens.vessels;
    auto const root = graph.find_node("sinotubular-junction"), end = graph.find_node("aortic-bifurcation");
    std::vector<Vec3> line;
    if (!root || !end) return line;
    int node = *root;
    for (int const e : graph.way(*root, *end)) {
        LumenEdge const& edge = graph.edges[std::size_t(e)];
        std::vector<Vec3> points = edge.points_mm;
        if (edge.from != node) std::ranges::reverse(points);
        node = edge.from == node ? edge.to : edge.from;
        line.insert(line.end(), points.begin() + (line.empty() ? 0 : 1), points.end());
    }
    return line;
}

PatientParameters parameters_for(Findings const& found, FitOptions const& options, std::vector<std::string>& notes)
{
    char line[200];
    BodyPlan const man = plan_body(built_in_patient("adult-male"));
    // Height by the spine: the way from the uppermost to the lowest body seen over the reference man's.
    double seen = 0, reference = 0;
    for (auto at = found.spine.vertebrae.begin(); at != found.spine.vertebrae.end(); ++at) {
        auto const next = std::next(at);
        if (next == found.spine.vertebrae.end()) break;
        // Two steps at once, so that one centre that is a little off does not make the way longer.
        auto const after = std::next(next);
        auto const to = after == found.spine.vertebrae.end() ? next : after;
        if (to != next && std::distance(found.spine.vertebrae.begin(), at) % 2 != 0) continue;
        reference += glm::length(man.vertebra(at->first).frame.origin_mm - man.vertebra(to->first).frame.origin_mm);
        seen += glm::length(at->second.centre_mm - to->second.centre_mm);
    }
    double const ratio = reference > 0 ? seen / reference : 1;
    double const as_man = 1760 * ratio;
    Sex const sex = options.sex.value_or(as_man < 1660 ? Sex::female : Sex::male);
    PatientParameters p = built_in_patient(sex == Sex::male ? "adult-male" : "adult-female");
    p.name = "fitted";
    p.height_mm = std::clamp(sex == Sex::male ? as_man : as_man / 0.985, 1400.0, 2100.0);
    std::snprintf(line, sizeof line, "height %.0f mm by the distances of %zu vertebrae; %s %s", p.height_mm,
                  found.spine.vertebrae.size(), sex == Sex::male ? "man" : "woman",
                  options.sex ? "as given" : "guessed by the size (give --sex where it is known)");
    notes.push_back(line);
    // Fat at the side of the lowest sections seen, over the reference man's there.
    std::vector<double> fat;
    for (auto const& [level, vertebra] : found.spine.vertebrae) {
        if (level < Level(int(Level::t1) + 6)) continue;
        auto const depth = side_fat(found, vertebra.centre_mm);
        double const usual_fat = man.outline(man.vertebra(level).frame.origin_mm.z).fat_side_mm;
        if (depth) fat.push_back(*depth / usual_fat);
    }
    if (!fat.empty()) {
        std::ranges::nth_element(fat, fat.begin() + std::ptrdiff_t(fat.size() / 2));
        double const at_belly = built_in_patient("adult-male").subcutaneous_mm;
        // The plan's fat at the side is 0.4 of the reference's and 0.6 in proportion.
        p.subcutaneous_mm = std::clamp(at_belly * (fat[fat.size() / 2] - 0.4) / 0.6, 3.0, 100.0);
        std::snprintf(line, sizeof line, "fat under the skin %.0f mm by %zu sections", p.subcutaneous_mm, fat.size());
        notes.push_back(line);
    }
    double const lean = sex == Sex::male ? 73 : 60;
    double const usual = sex == Sex::male ? 15 : 20;
    double const height_ratio = p.height_mm / (sex == Sex::male ? 1760 : 1630);
    p.mass_kg = std::clamp(lean * std::pow(height_ratio, 2) + 1.05 * (p.subcutaneous_mm - usual), 40.0, 200.0);
    for (std::string const& one : options.set) {
        set(p, one);
        notes.push_back("set: " + one);
    }
    return p;
}

std::vector<Correspondence> correspondences(Anatomy const& anatomy, Findings const& found, FitOptions const& options,
                                            bool is_labelled)
{
    std::vector<Correspondence> all;
    Places const model = model_places(anatomy);
    Places in_ct = found_places(found);
    for (auto const& [name, p] : options.landmarks) {
        in_ct.erase(name);
        if (auto const m = model.find(name); m != model.end())
            all.push_back({{name, m->second, p, given_mm}, LandmarkSource::given});
    }
    for (auto const& [name, p] : in_ct) {
        auto const m = model.find(name);
        if (m == model.end()) continue;
        bool const by_label = is_labelled && (name.size() <= 3 || name.starts_with("hip"));
        all.push_back({{name, m->second, p, by_label ? std::min(label_mm, spread_of(name)) : spread_of(name)},
                       by_label ? LandmarkSource::label : LandmarkSource::found});
    }
    add_aorta(all, anatomy, found);
    add_heart(all, anatomy, found);
    add_skin(all, anatomy, found);

    // What is not seen is as far from the nearest vertebra that is seen as in the model, in proportion. Wide spreads:
    // these only lead the warp on where nothing else does.
    std::vector<std::pair<Vec3, Vec3>> base;
    for (auto const& [level, vertebra] : found.spine.vertebrae)
        base.emplace_back(anatomy.plan.vertebra(level).frame.origin_mm, vertebra.centre_mm);
    if (base.size() < 2)
        for (auto const& c : all) base.emplace_back(c.pair.model_mm, c.pair.patient_mm);
    std::vector<std::string> wanted;
    for (int i = 0; i < levels; ++i) wanted.push_back(name_of(level_at(i)));
    for (char const* name : {"hip-left", "hip-right", "symphysis", "coccyx", "shoulder-left", "shoulder-right",
                             "skull-base", "vertex", "navel", "xiphoid"})
        wanted.emplace_back(name);
    for (std::string const& name : wanted) {
        if (std::ranges::any_of(all, [&](auto const& c) { return c.pair.name == name; })) continue;
        auto const m = model.find(name);
        if (m == model.end() || base.empty()) continue;
        auto const nearest =
            std::ranges::min_element(base, {}, [&](auto const& b) { return glm::length(b.first - m->second); });
        Vec3 const off = m->second - nearest->first;
        all.push_back(
            {{name, m->second, nearest->second + off, 8 + 0.06 * glm::length(off)}, LandmarkSource::estimated});
    }
    return all;
}

} // namespace fluoro
