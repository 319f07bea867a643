#include <fluoro/import/mesh_reader.hpp>

#include "foreign_file.hpp"

#include <algorithm>
#include <assimp/Importer.hpp>
#include <assimp/postprocess.h>
#include <assimp/scene.h>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <map>
#include <tuple>

namespace fluoro {

namespace {

constexpr std::uint64_t max_file_bytes = std::uint64_t{512} << 20;

/// Joins corners at the same place.
class Welder {
public:
    explicit Welder(Mesh& mesh) : mesh_{mesh} {}
    std::uint32_t vertex(aiVector3D const& v)
    {
        auto const [at, is_new] =
            numbers_.try_emplace({v.x + 0.0f, v.y + 0.0f, v.z + 0.0f}, std::uint32_t(mesh_.vertices_mm.size()));
        if (is_new) mesh_.vertices_mm.push_back({v.x, v.y, v.z});
        return at->second;
    }

private:
    Mesh& mesh_;
    std::map<std::tuple<float, float, float>, std::uint32_t> numbers_;
};

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return text;
}

} // namespace

Mesh read_foreign_mesh(std::filesystem::path const& input)
{
    std::string const extension = lower(input.extension().string());
    if (extension == ".ply") throw Error{quoted(input) + ": PLY is not read; save the surface as STL, OBJ or GLB"};
    if (extension != ".stl" && extension != ".obj" && extension != ".glb" && extension != ".gltf")
        throw Error{quoted(input) + ": a surface is a .stl, .obj, .glb or .gltf file; save it as one of these"};
    ForeignFile const file{input};
    if (file.bytes() == 0 || file.bytes() > max_file_bytes)
        throw Error{quoted(input) + (file.bytes() == 0 ? ": is empty; copy the file again"
                                                       : ": is larger than 512 MiB; thin the surface out")};
    std::vector<std::uint8_t> const bytes = file.read(0, std::size_t(file.bytes()));

    Assimp::Importer importer;
    // From memory: what the file names (textures, a .mtl, a .bin) is not opened.
    aiScene const* const scene = importer.ReadFileFromMemory(
        bytes.data(), bytes.size(), aiProcess_Triangulate | aiProcess_PreTransformVertices, extension.c_str() + 1);
    if (!scene) {
        std::string reason = importer.GetErrorString();
        std::ranges::replace_if(
            reason, [](unsigned char c) { return c < 32; }, ' ');
        if (extension == ".gltf") reason += " (a .gltf must hold its data inside: save it as .glb)";
        throw Error{quoted(input) + ": no surface could be read: " + reason};
    }
    Mesh mesh;
    Welder welder{mesh};
    for (unsigned m = 0; m < scene->mNumMeshes; ++m) {
        aiMesh const& part = *scene->mMeshes[m];
        for (unsigned f = 0; f < part.mNumFaces; ++f) {
            aiFace const& face = part.mFaces[f];
            if (face.mNumIndices != 3) continue; // points and lines
            std::array<std::uint32_t, 3> corners{};
            for (unsigned c = 0; c < 3; ++c) {
                if (face.mIndices[c] >= part.mNumVertices)
                    throw Error{quoted(input) + ": a triangle has a corner that is not there; export it again"};
                aiVector3D const& v = part.mVertices[face.mIndices[c]];
                if (!std::isfinite(v.x + v.y + v.z))
                    throw Error{quoted(input) + ": a vertex is no number; export it again"};
                corners[c] = welder.vertex(v);
            }
            if (corners[0] != corners[1] && corners[1] != corners[2] && corners[2] != corners[0])
                mesh.triangles.push_back(corners);
            if (mesh.triangles.size() > max_mesh_triangles)
                throw Error{quoted(input) + ": has more than 4 million triangles; thin the surface out"};
        }
    }
    if (mesh.triangles.empty()) throw Error{quoted(input) + ": holds no triangles; export a surface"};
    return mesh;
}

} // namespace fluoro
