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

/// Displacement and density at a place in steps of the lattice; at rest outside it.
glm::vec4 sampled(Displacement const& d, glm::vec3 const& at)
{
    glm::ivec3 const n = d.grid.size;
    if (at.x <= 0 || at.y <= 0 || at.z <= 0 || at.x >= float(n.x - 1) || at.y >= float(n.y - 1) ||
        at.z >= float(n.z - 1))
        return {0, 0, 0, 1};
    glm::ivec3 const low{at};
    glm::vec3 const share = at - glm::vec3{low};
    std::size_t const row = std::size_t(n.x), plane = row * std::size_t(n.y);
    std::size_t const first = std::size_t(low.z) * plane + std::size_t(low.y) * row + std::size_t(low.x);
    auto const corner = [&](std::size_t i) { return glm::vec4{d.backward_mm[i], d.density[i]}; };
    auto const along_x = [&](std::size_t i) { return glm::mix(corner(i), corner(i + 1), share.x); };
    return glm::mix(glm::mix(along_x(first), along_x(first + row), share.y),
                    glm::mix(along_x(first + plane), along_x(first + plane + row), share.y), share.z);
}

} // namespace

BeamLattice make_beam_lattice(Displacement const& displacement, Scene const& scene, RayGrid const& rays,
                              PixelRect const& rect)
{
    FieldGrid const& grid = displacement.grid;
    FLUORO_EXPECT(glm::all(glm::greaterThan(grid.size, glm::ivec3{1})) &&
                  displacement.backward_mm.size() == displacement.density.size() &&
                  displacement.density.size() ==
                      std::size_t(grid.size.x) * std::size_t(grid.size.y) * std::size_t(grid.size.z));
    BeamLattice lattice;
    double const ray_mm = scene.pixels.pitch_mm() / rays.rays_per_pixel;
    double const node_mm = grid.spacing_mm * scene.view.source_to_detector_mm / scene.view.source_to_isocentre_mm;
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
    lattice.planes = int(std::ceil((leave - enter) * scene.view.source_to_detector_mm / grid.spacing_mm)) + 1;
    lattice.first_t = enter;
    lattice.t_step = (leave - enter) / (lattice.planes - 1);

    auto const planes = std::size_t(lattice.planes);
    lattice.nodes.resize(std::size_t(lattice.columns) * std::size_t(lattice.rows) * planes);
    std::vector<glm::vec3> most(std::size_t(lattice.rows), glm::vec3{0});
    parallel_for(lattice.rows, [&](int first_row, int last_row) {
        for (int row = first_row; row < last_row; ++row)
            for (int column = 0; column < lattice.columns; ++column) {
                Vec3 const way = way_to(column, row) / grid.spacing_mm;
                glm::vec3 const start{(source - grid.origin_mm) / grid.spacing_mm + lattice.first_t * way};
                glm::vec3 const step{lattice.t_step * way};
                glm::vec4* const nodes =
                    lattice.nodes.data() +
                    (std::size_t(row) * std::size_t(lattice.columns) + std::size_t(column)) * planes;
                for (std::size_t k = 0; k < planes; ++k) {
                    nodes[k] = sampled(displacement, start + float(k) * step);
                    most[std::size_t(row)] = glm::max(most[std::size_t(row)], glm::abs(glm::vec3{nodes[k]}));
                }
            }
    });
    for (auto const& row : most) lattice.most_mm = glm::max(lattice.most_mm, Vec3{row});
    return lattice;
}

} // namespace fluoro
