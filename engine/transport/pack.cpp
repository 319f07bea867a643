#include "majorants.hpp"
#include "material_tables.hpp"
#include "medium.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <limits>
#include <string>

namespace fluoro {
namespace {

static_assert(sizeof(shared::TransportParams) == 320 && offsetof(shared::TransportParams, wedge_a) == 208 &&
              offsetof(shared::TransportParams, cutoff_kev) == 304);
static_assert(sizeof(shared::MediumCode) == 16 && sizeof(shared::SourceLine) == 32);
static_assert(sizeof(shared::TransportBox) == 64 && sizeof(shared::TransportTube) == 64 &&
              sizeof(shared::TallyBox) == 32 && sizeof(shared::TransportBatch) == 32);

constexpr double cutoff_kev = 1;
constexpr double highest_kev = 150;
/// Optical depth that stops everything, in a float's exponential too.
constexpr double opaque = 100;

/// Patient space -> transport frame: along the grid's axes, from the outer corner of its first voxel.
Mat4 frame_from_patient(Grid const& grid)
{
    if (grid.voxels() == 0) return Mat4{1.0};
    Mat3 const turn = glm::transpose(grid.directions);
    Mat4 transform{turn};
    transform[3] = glm::dvec4{-(turn * grid.origin_mm) + 0.5 * grid.spacing_mm, 1};
    return transform;
}

glm::vec4 with(Vec3 const& vector, double w)
{
    return {glm::vec3{vector}, float(w)};
}

void add_medium(TransportTables& tables, TransportProblem const& problem)
{
    auto const materials = int(problem.materials.size());
    if (materials == 0 || materials > int(shared::max_transport_materials))
        throw Error{"photon transport needs 1 to 64 materials, got " + std::to_string(materials)};
    add_material_tables(tables, problem.materials);
    for (auto const& code : problem.codes) {
        bool const has_two = code.material_b >= 0;
        FLUORO_EXPECT(code.material_a >= 0 && code.material_a < materials && code.material_b < materials);
        tables.codes.push_back({float(code.density_a_g_cm3), has_two ? float(code.density_b_g_cm3) : 0.0f,
                                std::uint32_t(code.material_a), std::uint32_t(has_two ? code.material_b : 0)});
        for (int node = 0; node < int(shared::energy_nodes); ++node)
            if (!(node_attenuation(tables, tables.codes.back(), node) >= 0))
                throw Error{"photon transport: code " + std::to_string(tables.codes.size() - 1) +
                            " attenuates less than nothing at " + std::to_string(node_energy_kev(node)) +
                            " keV; its densities do not belong together"};
    }
    auto& p = tables.params;
    auto const voxels = problem.grid.voxels();
    if (voxels > 0) {
        FLUORO_EXPECT(problem.voxels.size() == voxels);
        FLUORO_EXPECT(*std::max_element(problem.voxels.begin(), problem.voxels.end()) < problem.codes.size());
        p.voxels_per_mm = with(1.0 / problem.grid.spacing_mm, 0);
        p.voxels = {glm::uvec3{problem.grid.size}, 1};
        tables.voxels = problem.voxels;
        tables.voxels.resize((voxels + 1) / 2 * 2);
    }
    if (!problem.regions.empty()) {
        FLUORO_EXPECT(problem.regions.size() == voxels);
        p.regions = 1u + *std::max_element(problem.regions.begin(), problem.regions.end());
        tables.regions = problem.regions;
        tables.regions.resize((voxels + 3) / 4 * 4);
    }
}

/// Boxes and tubes; returns the boxes around them.
std::vector<CodeExtent> add_shapes(TransportTables& tables, TransportProblem const& problem, Mat4 const& from_patient)
{
    std::vector<CodeExtent> extents;
    for (auto const& box : problem.boxes) {
        FLUORO_EXPECT(box.code >= 0 && box.code < int(problem.codes.size()));
        Mat4 const frame_from_box = from_patient * box.patient_from_box;
        Vec3 const centre{frame_from_box[3]}, x{frame_from_box[0]}, y{frame_from_box[1]}, z{frame_from_box[2]};
        Vec3 const half = box.half_extent_mm;
        tables.boxes.push_back({with(centre, half.x), with(x, half.y), with(y, half.z), with(z, box.code)});
        Vec3 const reach = half.x * glm::abs(x) + half.y * glm::abs(y) + half.z * glm::abs(z);
        extents.push_back({centre - reach, centre + reach, box.code});
    }
    auto& p = tables.params;
    Vec3 low{std::numeric_limits<double>::infinity()}, high = -low;
    for (auto const& tube : problem.tubes) {
        FLUORO_EXPECT(tube.code >= 0 && tube.code < int(problem.codes.size()));
        auto const& shape = tube.shape;
        Vec3 const from = map_point(from_patient, shape.from_mm), to = map_point(from_patient, shape.to_mm);
        Vec3 const along = glm::normalize(to - from);
        auto const normal = [&](Vec3 const& cut) {
            return cut == Vec3{0} ? along : glm::normalize(map_direction(from_patient, cut));
        };
        Vec3 const from_normal = normal(shape.from_cut), to_normal = normal(shape.to_cut);
        tables.tubes.push_back({with(from, shape.from_radius_mm), with(to, shape.to_radius_mm),
                                with(from_normal, tube.code), with(to_normal, 0)});
        // A slanted cut reaches past the end of the axis by the tangent of its angle.
        double const widest = std::max(shape.from_radius_mm, shape.to_radius_mm);
        auto const reach = [&](Vec3 const& cut) {
            double const cosine = std::max(0.05, glm::dot(cut, along));
            return widest * (1 + std::sqrt(1 - std::min(1.0, cosine * cosine)) / cosine);
        };
        CodeExtent const extent{glm::min(from - reach(from_normal), to - reach(to_normal)),
                                glm::max(from + reach(from_normal), to + reach(to_normal)), tube.code};
        low = glm::min(low, extent.low_mm);
        high = glm::max(high, extent.high_mm);
        extents.push_back(extent);
    }
    if (!problem.tubes.empty()) {
        p.tubes_low = with(low, 0);
        p.tubes_high = with(high, 0);
    }
    p.boxes = std::uint32_t(tables.boxes.size());
    p.tubes = std::uint32_t(tables.tubes.size());
    return extents;
}

/// Alias tables (Walker 1977, Vose 1991): a line is drawn with one number.
void add_lines(TransportTables& tables, TransportSource const& source)
{
    double sum = 0;
    for (auto const& line : source.lines) {
        if (!(line.energy_kev >= cutoff_kev && line.energy_kev <= highest_kev))
            throw Error{"photon transport: a source line of " + std::to_string(line.energy_kev) +
                        " keV; tables hold 1 to 150 keV"};
        if (!(line.photons >= 0)) throw Error{"photon transport: a source line has less than no photons"};
        sum += line.photons;
    }
    if (!(sum > 0)) throw Error{"photon transport: the source has no photons"};
    auto const count = source.lines.size();
    std::vector<double> height;
    std::vector<std::size_t> low, high;
    for (std::size_t i = 0; i < count; ++i) {
        auto const& line = source.lines[i];
        PhotonEnergy const energy{line.energy_kev};
        auto const of_wedge = [&](std::size_t w) {
            return w < source.wedges.size() ? mass_attenuation_cm2_g(source.wedges[w].material, energy) : 0;
        };
        tables.lines.push_back({float(line.energy_kev), 1.0f, std::uint32_t(i),
                                source.heel ? float(mass_attenuation_cm2_g(find_material("tungsten"), energy)) : 0.0f,
                                float(of_wedge(0)), float(of_wedge(1)), 0, 0});
        height.push_back(line.photons * double(count) / sum);
        (height.back() < 1 ? low : high).push_back(i);
    }
    while (!low.empty() && !high.empty()) {
        auto const poor = low.back(), rich = high.back();
        low.pop_back();
        tables.lines[poor].keep = float(height[poor]);
        tables.lines[poor].alias = std::uint32_t(rich);
        height[rich] -= 1 - height[poor];
        if (height[rich] < 1) {
            high.pop_back();
            low.push_back(rich);
        }
    }
    tables.params.source_lines = std::uint32_t(count);
}

void add_source(TransportTables& tables, TransportSource const& source, Mat4 const& from_patient)
{
    FLUORO_EXPECT(source.wedges.size() <= 2);
    auto& p = tables.params;
    auto const& view = source.view;
    p.source = with(map_point(from_patient, view.source_mm), source.focal_spot_mm);
    p.to_plane =
        with(map_direction(from_patient, view.detector_centre_mm - view.source_mm), view.source_to_detector_mm);
    p.column = with(map_direction(from_patient, view.column_direction), source.opening.left_mm);
    p.row = with(map_direction(from_patient, view.row_direction), source.opening.right_mm);
    p.opening_top = float(source.opening.top_mm);
    p.opening_bottom = float(source.opening.bottom_mm);
    p.blades_share = float(source.source_to_blades_mm / view.source_to_detector_mm);
    p.follows_heel_and_wedges = source.heel || !source.wedges.empty();
    auto const add_wedge = [&](std::size_t i, glm::vec4& place, float& full) {
        if (i >= source.wedges.size()) return;
        auto const& wedge = source.wedges[i];
        place = {std::cos(wedge.angle_rad), std::sin(wedge.angle_rad), wedge.edge_mm, wedge.ramp_mm};
        full = float(wedge.full_g_cm2);
    };
    add_wedge(0, p.wedge_a, p.wedge_a_g_cm2);
    add_wedge(1, p.wedge_b, p.wedge_b_g_cm2);
    tables.heel.assign(shared::heel_nodes, 0);
    if (source.heel) {
        p.heel_along_row = source.heel->anode_along_rows > 0 ? -1.0f : 1.0f;
        for (std::uint32_t i = 0; i < shared::heel_nodes; ++i) {
            double const tangent = double(shared::heel_reach) * (2.0 * i / (shared::heel_nodes - 1) - 1);
            tables.heel[i] = float(heel_tungsten_g_cm2(*source.heel, source.voltage, tangent));
        }
    }
    add_lines(tables, source);
}

/// Tangent of a node of the grid's table: node / nodes = tangent / (tangent + scale).
double squeezed_tangent(std::uint32_t node, std::uint32_t nodes, double scale)
{
    double const share = double(node) / nodes;
    return scale * share / (1 - share);
}

void add_detector(TransportTables& tables, TransportDetector const& detector)
{
    FLUORO_EXPECT(detector.columns > 0 && detector.rows > 0);
    auto& p = tables.params;
    p.has_detector = 1;
    p.detector_half_column_mm = float(detector.half_width_mm);
    p.detector_half_row_mm = float(detector.half_height_mm);
    p.bins_x = std::uint32_t(detector.columns);
    p.bins_y = std::uint32_t(detector.rows);
    p.scoring = detector.scoring == PictureScoring::forced ? shared::scoring_forced : shared::scoring_analogue;
    for (int node = 0; node < int(shared::energy_nodes); ++node) {
        double const absorbed = absorbed_fraction(detector.scintillator, PhotonEnergy{node_energy_kev(node)});
        tables.response.push_back(float(std::min(opaque, -std::log1p(-std::min(absorbed, 1 - 1e-16)))));
        if (detector.scintillator == Scintillator::ideal) tables.response.back() = float(opaque);
    }
    if (!detector.grid) return;
    p.has_grid = 1;
    p.grid_focus_mm = float(detector.grid->focus_mm);
    for (std::uint32_t e = 0; e < shared::grid_energy_nodes; ++e) {
        PhotonEnergy const energy{shared::grid_lowest_kev + shared::grid_energy_step_kev * double(e)};
        for (std::uint32_t along = 0; along < shared::grid_along_nodes; ++along)
            for (std::uint32_t across = 0; across < shared::grid_across_nodes; ++across)
                tables.grid.push_back(float(
                    grid_transmission(*detector.grid, energy,
                                      squeezed_tangent(across, shared::grid_across_nodes, shared::grid_across_scale),
                                      squeezed_tangent(along, shared::grid_along_nodes, shared::grid_along_scale))));
    }
}

/// Wanted weights along the central ray: mean optical depth, seen by rays to all parts of the opening, at the
/// spectrum's mean energy. Any table keeps the answer; this one keeps the photons even in number through a body.
void add_wanted_weights(TransportTables& tables, TransportSource const& source, double splitting)
{
    if (splitting <= 0) return;
    auto& p = tables.params;
    double energy = 0, photons = 0;
    for (auto const& line : source.lines) {
        energy += line.photons * line.energy_kev;
        photons += line.photons;
    }
    auto const at = place_of(float(energy / photons));
    Medium const medium{tables};
    constexpr int rays = 12, steps_per_node = 4;
    double const length = double(p.to_plane.w) / (shared::wanted_nodes - 1);
    p.wanted_start_mm = 0;
    p.wanted_nodes_per_mm = float(1 / length);
    double depth = 0;
    tables.wanted.push_back(1);
    for (std::uint32_t node = 1; node < shared::wanted_nodes; ++node) {
        for (int step = 0; step < steps_per_node; ++step)
            for (int i = 0; i < rays; ++i)
                for (int j = 0; j < rays; ++j) {
                    double const x = source.opening.left_mm + (i + 0.5) / rays * source.opening.width_mm();
                    double const y = source.opening.top_mm + (j + 0.5) / rays * source.opening.height_mm();
                    glm::vec3 const way =
                        glm::vec3{p.to_plane} + float(x) * glm::vec3{p.column} + float(y) * glm::vec3{p.row};
                    double const share = (node - 1 + (step + 0.5) / steps_per_node) / (shared::wanted_nodes - 1);
                    int const code = medium.code_at(glm::vec3{p.source} + float(share) * way);
                    if (code == Medium::vacuum) continue;
                    depth += double(medium.total_per_mm(code, at)) * length / (steps_per_node * rays * rays);
                }
        tables.wanted.push_back(float(std::exp(-splitting * depth)));
    }
}

} // namespace

TransportTables pack(TransportProblem const& problem)
{
    TransportTables tables;
    auto& p = tables.params;
    p.cutoff_kev = float(cutoff_kev);
    FLUORO_EXPECT(problem.batches > 0);
    p.batches = std::uint32_t(problem.batches);
    Mat4 const from_patient = frame_from_patient(problem.grid);
    add_medium(tables, problem);
    auto const shapes = add_shapes(tables, problem, from_patient);
    add_majorants(tables, shapes, problem.cell_mm);
    add_source(tables, problem.source, from_patient);
    add_wanted_weights(tables, problem.source, problem.splitting);
    if (problem.detector) add_detector(tables, *problem.detector);
    for (auto const& box : problem.tally_boxes) {
        Vec3 const a = map_point(from_patient, box.low_mm), b = map_point(from_patient, box.high_mm);
        tables.tally_boxes.push_back({with(glm::min(a, b), 0), with(glm::max(a, b), 0)});
    }
    p.tally_boxes = std::uint32_t(tables.tally_boxes.size());
    return tables;
}

} // namespace fluoro
