#include "complete.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fluoro/anatomy/voxelise.hpp>
#include <fluoro/core/parallel.hpp>

namespace fluoro {

namespace {

constexpr double blend_mm = 12;
constexpr double beyond_mm = 200;

/// Tissues that a CT tells apart by itself.
enum class Tone { gas, lung, fat, soft, bone };
Tone tone_of(double hu)
{
    return hu < -930 ? Tone::gas : hu < -300 ? Tone::lung : hu < -25 ? Tone::fat : hu < 140 ? Tone::soft : Tone::bone;
}

/// Arms are not continued: in most CTs they are raised, the model's lie beside the trunk.
bool is_arm(Organ const& organ, double scale)
{
    Box const box = organ.shape.bounds();
    return std::max(-box.low.x, box.high.x) > 300 * scale &&
           std::min(std::abs(box.low.x), std::abs(box.high.x)) > 40 * scale;
}

/// The model's own means per tissue are shifted to the CT's, e.g. a lung in full inspiration.
struct Match {
    double lung = 0, fat = 0, soft = 0;
    double shifted(double hu) const
    {
        // Whole for the tissue's own HU, nothing for the others, linear between.
        auto const near = [hu](double centre, double width) {
            return std::clamp(1.5 - std::abs(hu - centre) / width, 0.0, 1.0);
        };
        return hu + lung * near(-780, 200) + fat * near(-100, 50) + soft * near(50, 50);
    }
};

/// The model as voxels, asked for at any place.
struct ModelVoxels {
    Patient const& voxels;
    std::size_t index(Vec3 const& p) const
    {
        Grid const& g = voxels.ct.grid;
        glm::ivec3 const at =
            glm::clamp(glm::ivec3{glm::round((p - g.origin_mm) / g.spacing_mm)}, glm::ivec3{0}, g.size - 1);
        return (std::size_t(at.z) * std::size_t(g.size.y) + std::size_t(at.y)) * std::size_t(g.size.x) +
               std::size_t(at.x);
    }
    int label(Vec3 const& p) const { return voxels.labels[index(p)]; }
    double hu(Vec3 const& p) const
    {
        Grid const& g = voxels.ct.grid;
        Vec3 const f = glm::clamp((p - g.origin_mm) / g.spacing_mm, Vec3{0}, Vec3{g.size - 1});
        glm::ivec3 const a{f}, b = glm::min(a + 1, g.size - 1);
        Vec3 const t = f - Vec3{a};
        auto const at = [&](int x, int y, int z) {
            return double(
                voxels.ct.hu[(std::size_t(z) * std::size_t(g.size.y) + std::size_t(y)) * std::size_t(g.size.x) +
                             std::size_t(x)]);
        };
        auto const row = [&](int y, int z) { return std::lerp(at(a.x, y, z), at(b.x, y, z), t.x); };
        return std::lerp(std::lerp(row(a.y, a.z), row(b.y, a.z), t.y), std::lerp(row(a.y, b.z), row(b.y, b.z), t.y),
                         t.z);
    }
};

Match match_of(Findings const& found, ModelVoxels const& model)
{
    Lattice const& lattice = found.work.lattice;
    double ct[3] = {0, 0, 0}, own[3] = {0, 0, 0}, count[3] = {0, 0, 0}, own_count[3] = {0, 0, 0};
    for (std::size_t i = 0; i < found.work.hu.size(); i += 37) {
        if (found.body[i] == 0) continue;
        Vec3 const p = lattice.position(lattice.cell(i));
        double const here = found.work.hu[i], there = model.hu(p);
        // A narrow window about each tissue, so that its neighbours do not count.
        auto const see = [](double hu, double* sum, double* n) {
            if (hu > -950 && hu < -600) sum[0] += hu, n[0] += 1;
            if (hu > -140 && hu < -60) sum[1] += hu, n[1] += 1;
            if (hu > 10 && hu < 90) sum[2] += hu, n[2] += 1;
        };
        see(here, ct, count);
        see(there, own, own_count);
    }
    auto const shift = [&](int n) {
        return count[n] < 200 || own_count[n] < 200
                   ? 0.0
                   : std::clamp(ct[n] / count[n] - own[n] / own_count[n], -150.0, 150.0);
    };
    return {shift(0), shift(1), shift(2)};
}

} // namespace

Box completed_box(Findings const& found, Anatomy const& anatomy, Warp const& warp, Grid const& ct)
{
    Box const seen = box_of(ct);
    Box const trunk = trunk_region(anatomy.plan);
    Vec3 const low = warp.patient_from_model({0, 0, trunk.low.z}), high = warp.patient_from_model({0, 0, trunk.high.z});
    Box box = seen;
    box.low.z = std::min(low.z, seen.low.z - beyond_mm);
    box.high.z = std::max(high.z, seen.high.z + beyond_mm);
    // As wide and deep as the model's trunk, arms left out.
    for (Organ const& organ : anatomy.organs) {
        if (organ.rank != Rank::skin || is_arm(organ, anatomy.plan.scale)) continue;
        Box const skin = overlap(organ.shape.bounds(), trunk);
        if (is_empty(skin)) continue;
        for (int corner = 0; corner < 8; ++corner) {
            Vec3 const p =
                warp.patient_from_model({corner & 1 ? skin.high.x : skin.low.x, corner & 2 ? skin.high.y : skin.low.y,
                                         corner & 4 ? skin.high.z : skin.low.z});
            for (int axis = 0; axis < 2; ++axis) {
                box.low[axis] = std::min(box.low[axis], p[axis] - 5);
                box.high[axis] = std::max(box.high[axis], p[axis] + 5);
            }
        }
    }
    // What is needed to carry the body on; a corner of the warped box may fly far out.
    double const most = found.has_outline ? 120 : 300;
    for (int axis = 0; axis < 2; ++axis) {
        box.low[axis] = std::max(box.low[axis], seen.low[axis] - most);
        box.high[axis] = std::min(box.high[axis], seen.high[axis] + most);
    }
    return box;
}

void complete(Patient& patient, Findings const& found, Anatomy const& anatomy, Warp const& warp,
              std::vector<std::uint16_t> const& chambers, FitOptions const& options, FitReport& report)
{
    Grid const ct_grid = patient.ct.grid;
    report.ct_box_mm = box_of(ct_grid);
    Box const target = options.complete ? completed_box(found, anatomy, warp, ct_grid) : box_of(ct_grid);
    Anatomy body;
    body.plan = anatomy.plan;
    for (Organ const& organ : anatomy.organs)
        if (!is_arm(organ, anatomy.plan.scale) && organ.rank != Rank::object) body.organs.push_back(organ);
    VoxelSettings settings;
    settings.spacing_mm = options.model_spacing_mm;
    settings.region_mm = grown(target, 2 * options.model_spacing_mm);
    settings.model_from_patient = [&warp](Vec3 const& p) { return warp.model_from_patient(p); };
    Patient const drawn = voxelise(body, settings);
    ModelVoxels const model{drawn};
    Match const match = match_of(found, model);

    // The CT's grid continued by whole voxels.
    Mat4 const index_from_patient = ct_grid.index_from_patient();
    Vec3 low{1e9}, high{-1e9};
    for (int corner = 0; corner < 8; ++corner) {
        Vec3 const index = map_point(index_from_patient, {corner & 1 ? target.high.x : target.low.x,
                                                          corner & 2 ? target.high.y : target.low.y,
                                                          corner & 4 ? target.high.z : target.low.z});
        low = glm::min(low, index);
        high = glm::max(high, index);
    }
    glm::ivec3 const before = glm::max(glm::ivec3{glm::ceil(-0.5 - low - 1e-6)}, glm::ivec3{0});
    glm::ivec3 const after = glm::max(glm::ivec3{glm::ceil(high - (Vec3{ct_grid.size} - 0.5) - 1e-6)}, glm::ivec3{0});
    Grid grid = ct_grid;
    grid.size += before + after;
    Mat4 const patient_from_index = ct_grid.patient_from_index();
    grid.origin_mm = map_point(patient_from_index, -Vec3{before});
    check_grid(grid, "the completed body");

    std::map<int, Tone> tones;
    for (Organ const& organ : anatomy.organs) tones[organ.label] = tone_of(organ.tissue.hu);
    ReconstructionCircle const circle = reconstruction_circle(patient.ct);
    Lattice const& lattice = found.work.lattice;
    auto const is_body = [&](Vec3 const& p) {
        glm::ivec3 const at = glm::clamp(lattice.nearest(p), glm::ivec3{0}, lattice.size - 1);
        return found.body[lattice.index(at)] != 0;
    };
    auto const chamber_at = [&](Vec3 const& p) {
        glm::ivec3 const at = glm::clamp(lattice.nearest(p), glm::ivec3{0}, lattice.size - 1);
        return chambers.empty() ? 0 : int(chambers[lattice.index(at)]);
    };
    std::vector<std::int16_t> hu(grid.voxels());
    std::vector<std::uint16_t> labels(grid.voxels(), 0);
    std::vector<double> added(std::size_t(grid.size.z), 0);
    bool const has_labels = !patient.labels.empty();
    parallel_for(grid.size.z, [&](int first, int last) {
        for (int k = first; k < last; ++k)
            for (int j = 0; j < grid.size.y; ++j)
                for (int i = 0; i < grid.size.x; ++i) {
                    std::size_t const to =
                        (std::size_t(k) * std::size_t(grid.size.y) + std::size_t(j)) * std::size_t(grid.size.x) +
                        std::size_t(i);
                    glm::ivec3 const at = glm::ivec3{i, j, k} - before;
                    Vec3 const index{at};
                    Vec3 const p = map_point(patient_from_index, index);
                    bool const is_within_rows = at.x >= 0 && at.y >= 0 && at.x < ct_grid.size.x &&
                                                at.y < ct_grid.size.y && circle.holds(ct_grid, index.x, index.y);
                    bool const is_within = is_within_rows && at.z >= 0 && at.z < ct_grid.size.z;
                    // Depth below the faces that may cut the body [mm]; negative outside.
                    double const depth_z =
                        (std::min(index.z, ct_grid.size.z - 1 - index.z) + 0.5) * ct_grid.spacing_mm.z;
                    double depth = depth_z;
                    bool is_continued = true;
                    if (is_within || (at.z >= 0 && at.z < ct_grid.size.z)) {
                        double side = (std::min(index.x, ct_grid.size.x - 1 - index.x) + 0.5) * ct_grid.spacing_mm.x;
                        side = std::min(side,
                                        (std::min(index.y, ct_grid.size.y - 1 - index.y) + 0.5) * ct_grid.spacing_mm.y);
                        Vec3 inward = glm::clamp(index, Vec3{0}, Vec3{ct_grid.size - 1});
                        if (circle.is_there) {
                            Vec3 out{(index.x - circle.column) * ct_grid.spacing_mm.x,
                                     (index.y - circle.row) * ct_grid.spacing_mm.y, 0};
                            double const r = glm::length(out);
                            side = std::min(side, circle.radius_mm - r);
                            if (r > circle.radius_mm - 4) {
                                out *= (circle.radius_mm - 4) / r;
                                inward = {circle.column + out.x / ct_grid.spacing_mm.x,
                                          circle.row + out.y / ct_grid.spacing_mm.y, index.z};
                            }
                        }
                        // Beside the CT only what the side has cut goes on.
                        if (side < blend_mm) {
                            is_continued = is_body(map_point(patient_from_index, inward));
                            if (is_continued || !is_within) depth = std::min(depth, side);
                        }
                    }
                    double real = is_within ? std::clamp(depth / blend_mm, 0.0, 1.0) : 0;
                    if (!options.complete && is_within) real = 1;
                    real = real * real * (3 - 2 * real);
                    double value = -1000, drawn_hu = -1000;
                    int label = 0;
                    if (real < 1 && is_continued) drawn_hu = match.shifted(model.hu(p));
                    if (is_within) {
                        std::size_t const from = (std::size_t(at.z) * std::size_t(ct_grid.size.y) + std::size_t(at.y)) *
                                                     std::size_t(ct_grid.size.x) +
                                                 std::size_t(at.x);
                        value = std::lerp(drawn_hu, double(patient.ct.hu[from]), real);
                        if (has_labels)
                            label = patient.labels[from];
                        else if (int const chamber = chamber_at(p); chamber != 0)
                            label = chamber;
                        else if (int const guess = model.label(p); guess != 0) {
                            // Only where the CT's tissue is what the label says.
                            Tone const seen = tone_of(found.work.at(p));
                            auto const own = tones.find(guess);
                            if (own != tones.end() && is_body(p) &&
                                (own->second == seen || (own->second == Tone::soft && seen == Tone::bone &&
                                                         found.work.at(p) < 600 && guess >= 51 && guess <= 68)))
                                label = guess;
                        }
                    } else {
                        value = drawn_hu;
                        if (is_continued) {
                            label = model.label(p);
                            if (value > -300) added[std::size_t(k)] += 1;
                        }
                    }
                    hu[to] = std::int16_t(std::lround(std::clamp(value, -1024.0, 32767.0)));
                    labels[to] = std::uint16_t(label);
                }
    });
    double sum = 0;
    for (double const n : added) sum += n;
    report.completed_ml = sum * grid.spacing_mm.x * grid.spacing_mm.y * grid.spacing_mm.z / 1000;
    patient.ct.grid = grid;
    patient.ct.hu = std::move(hu);
    patient.labels = std::move(labels);
    char line[240];
    std::snprintf(line, sizeof line,
                  "measured by the CT: x %.0f to %.0f, y %.0f to %.0f, z %.0f to %.0f mm; all else is the fitted model",
                  report.ct_box_mm.low.x, report.ct_box_mm.high.x, report.ct_box_mm.low.y, report.ct_box_mm.high.y,
                  report.ct_box_mm.low.z, report.ct_box_mm.high.z);
    if (!options.complete) return;
    patient.origin.notes.emplace_back(line);
    report.notes.emplace_back("arms are not continued beyond the CT");
}

} // namespace fluoro
