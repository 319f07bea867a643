#include "beam_lattice.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>

namespace fluoro {
namespace {

/// Fractions of the way from `start` to start + way inside the lattice's box.
std::pair<double, double> inside(FieldGrid const& grid, Vec3 const& start, Vec3 const& way)
{
    double enter = 0, leave = 1;
    for (int axis = 0; axis < 3; ++axis) {
        double const low = grid.origin_mm[axis], high = low + grid.spacing_mm * (grid.size[axis] - 1);
        double const step = std::abs(way[axis]) < 1e-12 ? 1e-12 : way[axis];
        double const a = (low - start[axis]) / step, b = (high - start[axis]) / step;
        enter = std::max(enter, std::min(a, b));
        leave = std::min(leave, std::max(a, b));
    }
    return {enter, leave};
}

/// Density of lung over that at rest at a place in steps of the lattice; at rest outside it.
float density_at(Displacement const& d, glm::vec3 const& at)
{
    glm::ivec3 const n = d.grid.size;
    if (at.x <= 0 || at.y <= 0 || at.z <= 0 || at.x >= float(n.x - 1) || at.y >= float(n.y - 1) ||
        at.z >= float(n.z - 1))
        return 1;
    glm::ivec3 const low{at};
    glm::vec3 const share = at - glm::vec3{low};
    std::size_t const row = std::size_t(n.x), plane = row * std::size_t(n.y);
    float const* const corner =
        d.density.data() + std::size_t(low.z) * plane + std::size_t(low.y) * row + std::size_t(low.x);
    auto const along_x = [&](std::size_t i) { return glm::mix(corner[i], corner[i + 1], share.x); };
    return glm::mix(glm::mix(along_x(0), along_x(row), share.y),
                    glm::mix(along_x(plane), along_x(plane + row), share.y), share.z);
}

/// Between nodes the way back is read off straight and so lies on one side of the truth; half of that, h^2/16 of the
/// second derivatives, is put onto the nodes.
void even_out(BeamLattice& lattice)
{
    constexpr float share = 1.0F / 16;
    thread_local std::vector<glm::vec4> kept; // its room: from picture to picture
    kept = lattice.nodes;
    glm::vec4 const* const was = kept.data();
    std::size_t const planes = std::size_t(lattice.planes), row = planes * std::size_t(lattice.columns);
    parallel_for(lattice.rows, [&](int first_row, int last_row) {
        for (int r = first_row; r < last_row; ++r)
            for (int c = 0; c < lattice.columns; ++c)
                for (std::size_t k = 0; k < planes; ++k) {
                    std::size_t const n = std::size_t(r) * row + std::size_t(c) * planes + k;
                    glm::vec4 const* const h = was + n;
                    glm::vec4 bent{0};
                    if (k > 0 && k + 1 < planes) bent += h[1] + h[-1] - 2.0F * h[0];
                    if (c > 0 && c + 1 < lattice.columns) bent += h[planes] + *(h - planes) - 2.0F * h[0];
                    if (r > 0 && r + 1 < lattice.rows) bent += h[row] + *(h - row) - 2.0F * h[0];
                    bent.w = 0;
                    lattice.nodes.data()[n] -= share * bent;
                }
    });
}

} // namespace

BeamLattice make_beam_lattice(Displacement const& displacement, Scene const& scene, RayGrid const& rays,
                              PixelRect const& rect, double steps_per_node)
{
    FieldGrid const& grid = displacement.grid;
    FLUORO_EXPECT(glm::all(glm::greaterThan(grid.size, glm::ivec3{1})) &&
                  displacement.backward_mm.size() == displacement.density.size() &&
                  displacement.density.size() ==
                      std::size_t(grid.size.x) * std::size_t(grid.size.y) * std::size_t(grid.size.z));
    BeamLattice lattice;
    double const ray_mm = scene.pixels.pitch_mm() / rays.rays_per_pixel;
    double const step_mm = steps_per_node * grid.spacing_mm;
    double const node_mm = step_mm * scene.view.source_to_detector_mm / scene.view.source_to_isocentre_mm;
    auto const spread = [&](int first, int count, int& nodes, double& from, double& step) {
        nodes = std::max(2, int(std::ceil((count - 1) * ray_mm / node_mm)) + 1);
        from = first;
        step = std::max(1.0, double(count - 1)) / (nodes - 1);
    };
    spread(rect.column, rect.columns, lattice.columns, lattice.first_column, lattice.column_step);
    spread(rect.row, rect.rows, lattice.rows, lattice.first_row, lattice.row_step);

    Vec3 const source = scene.view.source_mm;
    auto const way_to = [&](int column, int row) {
        auto const pixel = [&](double ray) { return (ray - rays.margin + 0.5) / rays.rays_per_pixel - 0.5; };
        Vec2 const at = scene.pixels.position_mm(pixel(lattice.first_column + column * lattice.column_step),
                                                 pixel(lattice.first_row + row * lattice.row_step));
        return scene.view.detector_centre_mm + at.x * scene.view.column_direction + at.y * scene.view.row_direction -
               source;
    };
    double enter = 1, leave = 0;
    for (int row = 0; row < lattice.rows; ++row)
        for (int column = 0; column < lattice.columns; ++column) {
            auto const [in, out] = inside(grid, source, way_to(column, row));
            if (in >= out) continue;
            enter = std::min(enter, in);
            leave = std::max(leave, out);
        }
    if (enter >= leave) return lattice;
    lattice.planes = int(std::ceil((leave - enter) * scene.view.source_to_detector_mm / step_mm)) + 1;
    lattice.first_t = enter;
    lattice.t_step = (leave - enter) / (lattice.planes - 1);

    auto const planes = std::size_t(lattice.planes);
    lattice.nodes.resize(std::size_t(lattice.columns) * std::size_t(lattice.rows) * planes);
    parallel_for(lattice.rows, [&](int first_row, int last_row) {
        for (int row = first_row; row < last_row; ++row)
            for (int column = 0; column < lattice.columns; ++column) {
                Vec3 const way = way_to(column, row);
                glm::vec4* const nodes =
                    lattice.nodes.data() +
                    (std::size_t(row) * std::size_t(lattice.columns) + std::size_t(column)) * planes;
                for (std::size_t k = 0; k < planes; ++k) {
                    Vec3 const place = source + (lattice.first_t + double(k) * lattice.t_step) * way;
                    nodes[k] = {glm::vec3{rest_of(displacement, place) - place},
                                density_at(displacement, glm::vec3{(place - grid.origin_mm) / grid.spacing_mm})};
                }
            }
    });
    even_out(lattice);
    glm::vec3 most{0};
    for (glm::vec4 const& node : lattice.nodes) most = glm::max(most, glm::abs(glm::vec3{node}));
    lattice.most_mm = Vec3{most};
    return lattice;
}

} // namespace fluoro
