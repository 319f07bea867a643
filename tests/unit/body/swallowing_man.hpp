#pragma once
// A little man of straight tubes who can swallow: for tests that want to know where everything is.
#include <fluoro/body/gullet.hpp>

namespace fluoro::test {

inline constexpr double frame_s = 1 / 60.0;
inline constexpr Vec3 supine{0, 1, 0}, upright{0, 0, -1};
inline constexpr double oesophagus_mm = 250;

struct SwallowingMan {
    double gullet_radius_mm = 9;
    double ring_mm = 0; ///< diameter; 0 = none
    double voxel_mm = 4;
};

inline Patient swallowing_man(SwallowingMan const& man = {})
{
    Patient p;
    Grid& grid = p.ct.grid;
    grid.spacing_mm = Vec3{man.voxel_mm};
    grid.origin_mm = {-60, -120, -140};
    grid.size = glm::ivec3{Vec3{190, 200, 460} / man.voxel_mm};
    p.ct.hu.assign(grid.voxels(), 40);
    p.labels.assign(grid.voxels(), 1003);
    // The stomach: an ellipsoid with gas to its front, as he lies.
    Vec3 const middle{45, 0, -50}, half{48, 34, 46};
    std::size_t at = 0;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i, ++at) {
                Vec3 const x = grid.origin_mm + grid.spacing_mm * Vec3{i, j, k};
                double const r = glm::length((x - middle) / half);
                if (r < 1) {
                    p.labels[at] = 1070;
                    if (x.y < -16) p.ct.hu[at] = -1000;
                } else if (r < 1.1)
                    p.labels[at] = 6;
                // The throat is full of air.
                if (x.z > 225 && std::abs(x.x) < 12 && std::abs(x.y - 5) < 12) p.ct.hu[at] = -1000, p.labels[at] = 1033;
            }
    LumenGraph& gut = p.lumens.gut;
    int const lips = gut.add_node({0, -100, 300}, "lips");
    auto const add = [&](char const* name, int from, Vec3 const& to, double r0, double r1, char const* node) {
        Vec3 const start = gut.nodes_mm[std::size_t(from)];
        int const e =
            gut.add_edge(name, from, {glm::mix(start, to, 0.5), to}, {r0, (r0 + r1) / 2, r1}, WallClass::gut, 0);
        int const end = gut.edges[std::size_t(e)].to;
        gut.node_names[std::size_t(end)] = node;
        return end;
    };
    int node = add("mouth", lips, {0, 0, 300}, 7, 9, "fauces");
    node = add("oropharynx", node, {0, 5, 284}, 9, 11, "laryngeal-inlet");
    node = add("hypopharynx", node, {0, 5, 225}, 11, 5, "upper-sphincter");
    double const r = man.gullet_radius_mm;
    node = add("oesophagus-cervical", node, {0, 5, 185}, r, r, "thoracic-inlet");
    if (man.ring_mm > 0) {
        node = add("oesophagus-thoracic", node, {0, 5, 50}, r, r, "above-ring");
        node = add("oesophagus-ring", node, {0, 5, 45}, man.ring_mm / 2, man.ring_mm / 2, "below-ring");
        node = add("oesophagus-lower", node, {0, 5, 0}, r, r, "hiatus");
    } else
        node = add("oesophagus-thoracic", node, {0, 5, 0}, r, r, "hiatus");
    node = add("oesophagus-abdominal", node, {0, 5, 225 - oesophagus_mm}, r, r, "cardia");
    node = add("stomach-cardia", node, middle, 7, 30, "stomach-middle");
    node = add("stomach-antrum", node, {15, -10, -80}, 30, 5, "pylorus");
    node = add("duodenal-bulb", node, {-10, -10, -70}, 8, 10, "duodenal-upper-flexure");
    add("duodenal-descending", node, {-15, 0, -130}, 10, 10, "duodenojejunal-flexure");
    LumenGraph& air = p.lumens.airways;
    int const inlet = air.add_node({0, 5, 284}, "laryngeal-inlet");
    int const larynx = air.add_edge("larynx", inlet, {{0, -10, 260}, {0, -15, 225}}, {8, 8, 9}, WallClass::airway, 0);
    int const top = air.edges[std::size_t(larynx)].to;
    air.node_names[std::size_t(top)] = "trachea-top";
    int const trachea = air.add_edge("trachea", top, {{0, -15, 180}, {0, -10, 130}}, {9, 9, 9}, WallClass::airway, 0);
    air.node_names[std::size_t(air.edges[std::size_t(trachea)].to)] = "carina";
    auto& marks = p.lumens.landmarks;
    marks["vallecula-left"] = {6, -3, 288};
    marks["vallecula-right"] = {-6, -3, 288};
    marks["pyriform-sinus-left"] = {9, 5, 240};
    marks["pyriform-sinus-right"] = {-9, 5, 240};
    return p;
}

inline void run(Gullet& gullet, double seconds, Vec3 const& down)
{
    for (int i = 0; i < int(seconds / frame_s + 0.5); ++i) gullet.advance(frame_s, down);
}

} // namespace fluoro::test
