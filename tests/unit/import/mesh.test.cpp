#include <array>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/import/mesh_reader.hpp>
#include <fluoro/patient/importer.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <mutate.hpp>
#include <scratch_folder.hpp>

using namespace fluoro;
using namespace fluoro::test;

namespace {

// A tetrahedron in words.
constexpr char const* obj = "v 0 0 0\nv 10 0 0\nv 0 10 0\nv 0 0 10\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 3 1 4\n";

std::string ascii_stl()
{
    std::array<std::array<char const*, 3>, 4> const faces{{{"0 0 0", "0 10 0", "10 0 0"},
                                                           {"0 0 0", "10 0 0", "0 0 10"},
                                                           {"10 0 0", "0 10 0", "0 0 10"},
                                                           {"0 10 0", "0 0 0", "0 0 10"}}};
    std::string text = "solid t\n";
    for (auto const& face : faces) {
        text += "facet normal 0 0 0\nouter loop\n";
        for (char const* const corner : face) text += std::string{"vertex "} + corner + "\n";
        text += "endloop\nendfacet\n";
    }
    return text + "endsolid t\n";
}

std::filesystem::path put(std::filesystem::path const& file, std::string const& text)
{
    std::ofstream{file, std::ios::binary} << text;
    return file;
}

std::string refusal(std::filesystem::path const& file)
{
    try {
        (void)import_mesh(file);
        return "accepted";
    } catch (Error const& error) {
        EXPECT_EQ(error.exit_code(), 2);
        return error.what();
    }
}

} // namespace

TEST(MeshImport, corners_of_neighbours_become_one_vertex)
{
    ScratchFolder const folder;
    for (auto const& file : {put(folder / "t.stl", ascii_stl()), put(folder / "t.obj", obj)}) {
        Mesh const mesh = import_mesh(file);
        EXPECT_EQ(mesh.vertices_mm.size(), 4u) << file;
        EXPECT_EQ(mesh.triangles.size(), 4u) << file;
    }
}

TEST(MeshImport, what_is_no_surface_is_refused_with_file_and_reason)
{
    ScratchFolder const folder;
    EXPECT_NE(refusal(put(folder / "t.ply", "ply\n")).find("PLY is not read"), std::string::npos);
    EXPECT_NE(refusal(put(folder / "t.txt", obj)).find(".stl, .obj"), std::string::npos);
    EXPECT_NE(refusal(put(folder / "empty.stl", "")).find("empty"), std::string::npos);
    EXPECT_NE(refusal(put(folder / "words.stl", "nothing of the kind")).find("words.stl"), std::string::npos);
    EXPECT_NE(refusal(put(folder / "points.obj", "v 0 0 0\nv 1 0 0\n")).find("points.obj"), std::string::npos);
    EXPECT_NE(refusal(put(folder / "gone.obj", "v 0 0 0\nf 1 2 3\n")).find("gone.obj"), std::string::npos);
    EXPECT_NE(refusal(folder / "missing.stl").find("missing.stl"), std::string::npos);
}

TEST(MeshImport, a_mutated_file_is_read_or_refused_by_one_line)
{
    ScratchFolder const folder;
    Bytes const whole = [] {
        std::string const text = ascii_stl();
        return Bytes{text.begin(), text.end()};
    }();
    for (std::uint32_t index = 0; index < mutation_count() / 10; ++index) {
        write_file(folder / "mutated.stl", mutated(whole, 5, index));
        try {
            EXPECT_LE(import_mesh(folder / "mutated.stl").triangles.size(), 4u);
        } catch (Error const& error) {
            EXPECT_EQ(std::string{error.what()}.find('\n'), std::string::npos) << error.what();
        }
    }
}

TEST(MeshImport, what_the_worker_hands_back_is_checked)
{
    ScratchFolder const folder;
    Mesh mesh{{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, {{0, 1, 2}}};
    write_mesh(folder / "mesh", mesh);
    EXPECT_EQ(read_mesh(folder / "mesh").triangles, mesh.triangles);
    EXPECT_EQ(read_mesh(folder / "mesh").vertices_mm, mesh.vertices_mm);
    Bytes const whole = file_bytes(folder / "mesh");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        write_file(folder / "cut", std::span{whole}.first(length));
        EXPECT_THROW(read_mesh(folder / "cut"), Error) << length;
    }
    mesh.triangles[0][1] = 3;
    write_mesh(folder / "mesh", mesh);
    EXPECT_THROW(read_mesh(folder / "mesh"), Error) << "a corner that is not there";
    mesh.triangles[0][1] = 1;
    mesh.vertices_mm[0].x = NAN;
    write_mesh(folder / "mesh", mesh);
    EXPECT_THROW(read_mesh(folder / "mesh"), Error) << "nowhere";
}
