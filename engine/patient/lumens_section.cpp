#include "lumens_section.hpp"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace fluoro {

namespace {

using nlohmann::json;

/// Numbers as they lie in memory: a patient has a million of them.
json doubles(double const* from, std::size_t count)
{
    json::binary_t::container_type bytes(count * sizeof(double));
    if (count > 0) std::memcpy(bytes.data(), from, bytes.size());
    return json::binary(std::move(bytes));
}

template <class T> std::vector<T> from_doubles(json const& value)
{
    auto const& bytes = value.get_binary();
    if (bytes.size() % sizeof(T) != 0) throw std::runtime_error{"a list of numbers is cut off"};
    std::vector<T> list(bytes.size() / sizeof(T));
    if (!list.empty()) std::memcpy(static_cast<void*>(list.data()), bytes.data(), bytes.size());
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(double)) {
        double number = 0;
        std::memcpy(&number, bytes.data() + i, sizeof number);
        if (!std::isfinite(number) || std::abs(number) > 1e5) throw std::runtime_error{"a number is impossible"};
    }
    return list;
}

static_assert(sizeof(Vec3) == 3 * sizeof(double));

json packed_graph(LumenGraph const& graph)
{
    json edges = json::array();
    for (LumenEdge const& edge : graph.edges)
        edges.push_back({edge.name, edge.from, edge.to, int(edge.wall), edge.label,
                         doubles(&edge.points_mm.data()->x, 3 * edge.points_mm.size()),
                         doubles(edge.radii_mm.data(), edge.radii_mm.size())});
    return {{"nodes", doubles(&graph.nodes_mm.data()->x, 3 * graph.nodes_mm.size())},
            {"names", graph.node_names},
            {"edges", std::move(edges)}};
}

LumenGraph unpacked_graph(json const& value)
{
    LumenGraph graph;
    graph.nodes_mm = from_doubles<Vec3>(value.at("nodes"));
    graph.node_names = value.at("names").get<std::vector<std::string>>();
    if (graph.node_names.size() != graph.nodes_mm.size()) throw std::runtime_error{"nodes and their names differ"};
    for (json const& row : value.at("edges")) {
        LumenEdge& edge = graph.edges.emplace_back();
        edge.name = row.at(0).get<std::string>();
        edge.from = row.at(1).get<int>();
        edge.to = row.at(2).get<int>();
        int const wall = row.at(3).get<int>();
        edge.label = row.at(4).get<int>();
        edge.points_mm = from_doubles<Vec3>(row.at(5));
        edge.radii_mm = from_doubles<double>(row.at(6));
        auto const nodes = int(graph.nodes_mm.size());
        if (edge.from < 0 || edge.from >= nodes || edge.to < 0 || edge.to >= nodes)
            throw std::runtime_error{"'" + edge.name + "' leads to no node"};
        if (wall < 0 || wall > int(WallClass::duct)) throw std::runtime_error{"'" + edge.name + "' has no wall class"};
        edge.wall = WallClass(wall);
        if (edge.label < 0 || edge.label > 65535) throw std::runtime_error{"'" + edge.name + "' has no label"};
    }
    if (auto const lines = graph.problems(); !lines.empty()) throw std::runtime_error{lines.front()};
    return graph;
}

} // namespace

std::vector<std::uint8_t> packed(Lumens const& lumens)
{
    json landmarks = json::object();
    for (auto const& [name, at] : lumens.landmarks) landmarks[name] = {at.x, at.y, at.z};
    return json::to_cbor(json{{"vessels", packed_graph(lumens.vessels)},
                              {"airways", packed_graph(lumens.airways)},
                              {"gut", packed_graph(lumens.gut)},
                              {"landmarks", std::move(landmarks)}});
}

Lumens unpacked_lumens(std::span<std::uint8_t const> section)
{
    try {
        json const value = json::from_cbor(section.begin(), section.end());
        Lumens lumens{unpacked_graph(value.at("vessels")),
                      unpacked_graph(value.at("airways")),
                      unpacked_graph(value.at("gut")),
                      {}};
        for (auto const& [name, at] : value.at("landmarks").items()) {
            Vec3 const p{at.at(0).get<double>(), at.at(1).get<double>(), at.at(2).get<double>()};
            if (!std::isfinite(p.x + p.y + p.z)) throw std::runtime_error{"landmark '" + name + "' is nowhere"};
            lumens.landmarks[name] = p;
        }
        return lumens;
    } catch (json::exception const&) {
        throw std::runtime_error{"its fields are not as they should be"};
    }
}

} // namespace fluoro
