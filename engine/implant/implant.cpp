#include <fluoro/implant/implant.hpp>

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>
#include <fluoro/core/parallel.hpp>
#include <fluoro/physics/basis.hpp>
#include <limits>

namespace fluoro {

namespace {

constexpr int lines = 4; ///< per voxel along i and along j: 16 lines along k, each cut exactly

struct Bounds {
    Vec3 low{std::numeric_limits<double>::max()}, high{std::numeric_limits<double>::lowest()};
};

Bounds bounds_of(std::vector<Vec3> const& points)
{
    Bounds box;
    for (Vec3 const& p : points) {
        box.low = glm::min(box.low, p);
        box.high = glm::max(box.high, p);
    }
    return box;
}

/// Where a line along k meets a triangle, and which way: +1 when it enters the surface.
struct Crossing {
    double k;
    int turn;
};

/// In index space, where voxels are unit cubes about whole numbers.
class Columns {
public:
    Columns(std::vector<Vec3> const& vertices, Mesh const& mesh, glm::ivec3 low, glm::ivec3 high, bool is_mirrored)
        : low_{low}, size_{high - low + 1}, crossings_(std::size_t(size_.x * lines) * std::size_t(size_.y * lines))
    {
        for (auto const& t : mesh.triangles)
            add(vertices[t[0]], vertices[t[is_mirrored ? 2 : 1]], vertices[t[is_mirrored ? 1 : 2]]);
        for (auto& line : crossings_) std::ranges::sort(line, {}, &Crossing::k);
    }

    /// Adds to `share` (one per voxel of the column) what is inside.
    void fill(int i, int j, std::vector<double>& share) const
    {
        for (int b = 0; b < lines; ++b)
            for (int a = 0; a < lines; ++a) {
                int winding = 0;
                double from = 0;
                for (Crossing const& c : crossings_[number(i * lines + a, j * lines + b)]) {
                    if (winding <= 0 && winding + c.turn > 0) from = c.k;
                    if (winding > 0 && winding + c.turn <= 0) add_length(from, c.k, share);
                    winding += c.turn;
                }
            }
    }

private:
    std::size_t number(int line_i, int line_j) const
    {
        return std::size_t(line_j) * std::size_t(size_.x * lines) + std::size_t(line_i);
    }
    /// Place of a line along i or j in index space. A hair off the regular places, so that it meets no vertex of a
    /// surface that was drawn on a regular grid.
    double place(int low, int line) const { return low - 0.5 + (line + 0.5 + 1.3e-7) / lines; }

    void add(Vec3 const& a, Vec3 const& b, Vec3 const& c)
    {
        // Twice the area seen along k: its sign says which way the triangle faces.
        double const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
        if (area == 0) return;
        auto const first = [&](double at, int low) { return int(std::ceil((at - low + 0.5) * lines - 0.5 - 1.3e-7)); };
        double const x0 = std::min({a.x, b.x, c.x}), x1 = std::max({a.x, b.x, c.x});
        double const y0 = std::min({a.y, b.y, c.y}), y1 = std::max({a.y, b.y, c.y});
        int const i0 = std::max(0, first(x0, low_.x)), i1 = std::min(size_.x * lines, first(x1, low_.x));
        int const j0 = std::max(0, first(y0, low_.y)), j1 = std::min(size_.y * lines, first(y1, low_.y));
        for (int j = j0; j < j1; ++j)
            for (int i = i0; i < i1; ++i) {
                double const x = place(low_.x, i), y = place(low_.y, j);
                double const u = side(b, c, x, y) / area, v = side(c, a, x, y) / area, w = 1 - u - v;
                // A point on the edge of two triangles belongs to one of them: the edge's own value decides, which is
                // the same number with the other sign for the neighbour.
                if (!covers(b, c, side(b, c, x, y), area) || !covers(c, a, side(c, a, x, y), area) ||
                    !covers(a, b, side(a, b, x, y), area))
                    continue;
                // Counter-clockwise seen from +k means that it faces +k: a line going up leaves the solid there.
                crossings_[number(i, j)].push_back({u * a.z + v * b.z + w * c.z, area > 0 ? -1 : 1});
            }
    }
    /// Computed from the same end for both triangles at an edge, so that rounding is the same.
    static double side(Vec3 const& p, Vec3 const& q, double x, double y)
    {
        bool const is_swapped = q.x < p.x || (q.x == p.x && q.y < p.y);
        Vec3 const &s = is_swapped ? q : p, &e = is_swapped ? p : q;
        double const value = (e.x - s.x) * (y - s.y) - (e.y - s.y) * (x - s.x);
        return is_swapped ? -value : value;
    }
    static bool covers(Vec3 const& p, Vec3 const& q, double value, double area)
    {
        double const inward = area > 0 ? value : -value;
        if (inward != 0) return inward > 0;
        return (q.x < p.x || (q.x == p.x && q.y < p.y)) == (area > 0);
    }

    void add_length(double from, double to, std::vector<double>& share) const
    {
        double const start = std::max(from - (low_.z - 0.5), 0.0);
        double const end = std::min(to - (low_.z - 0.5), double(size_.z));
        for (int k = int(start); k < end; ++k)
            share[std::size_t(k)] += (std::min(end, k + 1.0) - std::max(start, double(k))) / (lines * lines);
    }

    glm::ivec3 low_, size_;
    std::vector<std::vector<Crossing>> crossings_;
};

} // namespace

Vec3 middle_of(Mesh const& mesh)
{
    Bounds const box = bounds_of(mesh.vertices_mm);
    return (box.low + box.high) / 2.0;
}

Mesh placed(Mesh mesh, double scale, Vec3 const& turn_deg, Vec3 const& at_mm)
{
    FLUORO_EXPECT(scale > 0);
    auto const turn = [](double deg, int u, int v) {
        Mat3 m{1.0};
        double const c = std::cos(radians(deg)), s = std::sin(radians(deg));
        m[u][u] = c;
        m[v][v] = c;
        m[u][v] = s;
        m[v][u] = -s;
        return m;
    };
    Mat3 const turned = turn(turn_deg.z, 0, 1) * turn(turn_deg.y, 2, 0) * turn(turn_deg.x, 1, 2);
    Vec3 const middle = middle_of(mesh);
    for (Vec3& v : mesh.vertices_mm) v = at_mm + turned * (scale * (v - middle));
    return mesh;
}

double insert(Patient& patient, Mesh const& mesh, MaterialId made_of, int label)
{
    Grid const& grid = patient.ct.grid;
    Mat4 const index_from_patient = grid.index_from_patient();
    std::vector<Vec3> vertices;
    vertices.reserve(mesh.vertices_mm.size());
    for (Vec3 const& v : mesh.vertices_mm) vertices.push_back(map_point(index_from_patient, v));
    Bounds const box = bounds_of(vertices);
    glm::ivec3 const low = glm::max(glm::ivec3{glm::floor(box.low + 0.5)}, glm::ivec3{0});
    glm::ivec3 const high = glm::min(glm::ivec3{glm::floor(box.high + 0.5)}, grid.size - 1);
    if (glm::any(glm::lessThan(high, low)))
        throw Error{"the surface lies outside of the patient's volume (" + fluoro::describe(grid) +
                    "); place it with --at"};
    Columns const columns{vertices, mesh, low, high, glm::determinant(grid.directions) < 0};
    double const hu = hounsfield(made_of);
    std::vector<double> inside_of_row(std::size_t(high.y - low.y + 1), 0.0);
    parallel_for(high.y - low.y + 1, [&](int first, int last) {
        std::vector<double> share(std::size_t(high.z - low.z + 1));
        for (int j = first; j < last; ++j)
            for (int i = 0; i <= high.x - low.x; ++i) {
                std::ranges::fill(share, 0.0);
                columns.fill(i, j, share);
                for (std::size_t k = 0; k < share.size(); ++k) {
                    if (share[k] <= 0) continue;
                    std::size_t const at =
                        ((std::size_t(low.z) + k) * std::size_t(grid.size.y) + std::size_t(low.y + j)) *
                            std::size_t(grid.size.x) +
                        std::size_t(low.x + i);
                    auto& voxel = patient.ct.hu[at];
                    voxel = std::int16_t(std::clamp(std::lround(voxel + share[k] * (hu - voxel)), -1024l, 32767l));
                    if (share[k] >= 0.5 && !patient.labels.empty()) patient.labels[at] = std::uint16_t(label);
                    inside_of_row[std::size_t(j)] += share[k];
                }
            }
    });
    double inside = 0;
    for (double const row : inside_of_row) inside += row;
    return inside * grid.spacing_mm.x * grid.spacing_mm.y * grid.spacing_mm.z;
}

} // namespace fluoro
