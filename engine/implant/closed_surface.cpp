#include <fluoro/implant/implant.hpp>

#include <algorithm>
#include <cstdio>
#include <fluoro/core/error.hpp>

namespace fluoro {

namespace {

struct Edge {
    std::uint32_t low, high;
    bool is_forward; ///< from low to high
    auto operator<=>(Edge const&) const = default;
};

std::string describe(Vec3 const& p)
{
    char text[80];
    std::snprintf(text, sizeof text, "(%.4g, %.4g, %.4g)", p.x, p.y, p.z);
    return text;
}

} // namespace

double volume_mm3(Mesh const& mesh)
{
    Vec3 const from = mesh.vertices_mm.empty() ? Vec3{0} : mesh.vertices_mm.front();
    double six = 0;
    for (auto const& t : mesh.triangles)
        six += glm::dot(mesh.vertices_mm[t[0]] - from,
                        glm::cross(mesh.vertices_mm[t[1]] - from, mesh.vertices_mm[t[2]] - from));
    return six / 6;
}

bool make_closed(Mesh& mesh, std::string const& where)
{
    std::vector<Edge> edges;
    edges.reserve(3 * mesh.triangles.size());
    for (auto const& t : mesh.triangles)
        for (std::size_t c = 0; c < 3; ++c) {
            std::uint32_t const a = t[c], b = t[(c + 1) % 3];
            edges.push_back({std::min(a, b), std::max(a, b), a < b});
        }
    std::ranges::sort(edges);
    std::size_t open = 0, twisted = 0;
    Edge first_open{}, first_twisted{};
    for (std::size_t i = 0; i < edges.size();) {
        std::size_t end = i, forward = 0;
        for (; end < edges.size() && edges[end].low == edges[i].low && edges[end].high == edges[i].high; ++end)
            forward += edges[end].is_forward;
        std::size_t const all = end - i;
        // Several closed parts may touch along an edge; then as many triangles run forward as back.
        if (all % 2 != 0) {
            if (open++ == 0) first_open = edges[i];
        } else if (2 * forward != all) {
            if (twisted++ == 0) first_twisted = edges[i];
        }
        i = end;
    }
    auto const at = [&](Edge const& e) { return describe((mesh.vertices_mm[e.low] + mesh.vertices_mm[e.high]) / 2.0); };
    if (open > 0)
        throw Error{where + ": the surface has holes: " + std::to_string(open) + " open edges, the first at " +
                    at(first_open) + "; close it in a mesh editor"};
    if (twisted > 0)
        throw Error{where + ": neighbouring triangles face opposite ways at " + std::to_string(twisted) +
                    " edges, the first at " + at(first_twisted) + "; make its normals consistent in a mesh editor"};
    double const volume = volume_mm3(mesh);
    if (volume == 0) throw Error{where + ": the surface encloses nothing; export a solid"};
    if (volume > 0) return false;
    for (auto& t : mesh.triangles) std::swap(t[1], t[2]);
    return true;
}

} // namespace fluoro
