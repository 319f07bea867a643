#include <fluoro/patient/mesh.hpp>

#include <cmath>
#include <cstring>
#include <fluoro/core/error.hpp>
#include <fstream>
#include <xxhash.h>

namespace fluoro {

namespace {

constexpr std::array<char, 8> magic{'F', 'L', 'U', 'O', 'R', 'O', 'M', 'S'};

struct Header {
    std::array<char, 8> magic;
    std::uint64_t vertices, triangles, checksum;
};

std::uint64_t checksum_of(Mesh const& mesh)
{
    std::uint64_t const first =
        XXH3_64bits(mesh.vertices_mm.data(), mesh.vertices_mm.size() * sizeof(mesh.vertices_mm[0]));
    return XXH3_64bits_withSeed(mesh.triangles.data(), mesh.triangles.size() * sizeof(mesh.triangles[0]), first);
}

template <class T> void put(std::ofstream& out, T const* from, std::size_t count)
{
    out.write(reinterpret_cast<char const*>(from), std::streamsize(count * sizeof(T)));
}

template <class T> bool get(std::ifstream& in, T* to, std::size_t count)
{
    return bool(in.read(reinterpret_cast<char*>(to), std::streamsize(count * sizeof(T))));
}

} // namespace

void write_mesh(std::filesystem::path const& file, Mesh const& mesh)
{
    std::ofstream out{file, std::ios::binary};
    Header const header{magic, mesh.vertices_mm.size(), mesh.triangles.size(), checksum_of(mesh)};
    put(out, &header, 1);
    put(out, mesh.vertices_mm.data(), mesh.vertices_mm.size());
    put(out, mesh.triangles.data(), mesh.triangles.size());
    if (!out.flush())
        throw Error{"cannot write '" + file.string() + "'; check the folder and the free space", Error::Kind::failed};
}

Mesh read_mesh(std::filesystem::path const& file)
{
    auto const refuse = [&](char const* reason) {
        throw Error{"'" + file.string() + "': " + reason + "; import the mesh again"};
    };
    std::ifstream in{file, std::ios::binary};
    Header header{};
    if (!std::filesystem::is_regular_file(file) || !get(in, &header, 1) || header.magic != magic)
        refuse("no surface of the import worker");
    if (header.triangles > max_mesh_triangles || header.vertices > 3 * max_mesh_triangles ||
        std::filesystem::file_size(file) != sizeof header + header.vertices * 24 + header.triangles * 12)
        refuse("its length does not fit its counts");
    Mesh mesh;
    mesh.vertices_mm.resize(header.vertices);
    mesh.triangles.resize(header.triangles);
    if (!get(in, mesh.vertices_mm.data(), mesh.vertices_mm.size()) ||
        !get(in, mesh.triangles.data(), mesh.triangles.size()) || checksum_of(mesh) != header.checksum)
        refuse("damaged (checksum)");
    for (Vec3 const& v : mesh.vertices_mm)
        if (!std::isfinite(v.x + v.y + v.z)) refuse("a vertex is nowhere");
    for (auto const& triangle : mesh.triangles)
        for (std::uint32_t const corner : triangle)
            if (corner >= header.vertices) refuse("a triangle has a corner that is not there");
    return mesh;
}

} // namespace fluoro
