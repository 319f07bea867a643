#include "inv3.hpp"

#include "declared_image.hpp"
#include "hounsfield.hpp"
#include "plist.hpp"
#include "tar.hpp"

#include <charconv>
#include <fluoro/core/error.hpp>
#include <optional>

namespace fluoro {

namespace {

constexpr std::uint64_t max_plist_bytes = std::uint64_t{1} << 20;

/// What main.plist says.
struct Project {
    Grid grid;
    std::string matrix;
    std::string name;
};

std::string base_name(std::string const& name)
{
    return name.substr(name.rfind('/') + 1);
}

double real_number(std::string const& text, std::string const& where)
{
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        throw Error{where + ": '" + text.substr(0, 40) + "' is no number"};
    return value;
}

Project read_project(std::string const& plist, std::string const& where)
{
    auto const values = read_plist(plist, where);
    auto const list = [&](std::string const& key, std::size_t count) {
        auto const found = values.find(key);
        if (found == values.end() || found->second.size() != count)
            throw Error{where + ": its main.plist does not say '" + key + "' as it should; the project is damaged"};
        return found->second;
    };
    if (auto const modality = list("modality", 1)[0]; modality != "CT")
        throw Error{where + ": a project of modality '" + modality.substr(0, 20) + "'; a CT is needed"};
    if (auto const type = list("matrix/dtype", 1)[0]; type != "int16")
        throw Error{where + ": its voxels are of type '" + type.substr(0, 20) + "'; a CT's are int16"};

    DeclaredImage declared;
    declared.component_bytes = 2;
    declared.is_compressed = true;
    auto const shape = list("matrix/shape", 3); // slices, rows, columns
    for (std::size_t axis = 0; axis < 3; ++axis) {
        auto const length = whole_numbers(shape[2 - axis], where);
        if (length.size() != 1) throw Error{where + ": its matrix has no size; the project is damaged"};
        declared.size[axis] = length[0];
    }
    // The archive's own limits bound what is inflated; here only the limits of a volume are asked.
    declared.data_file_bytes = std::uint64_t{1} << 40;
    check_declared(declared, where);

    Project project;
    auto const spacing = list("spacing", 3);
    for (int axis = 0; axis < 3; ++axis) {
        project.grid.size[axis] = int(declared.size[std::size_t(axis)]);
        project.grid.spacing_mm[axis] = real_number(spacing[std::size_t(axis)], where);
    }
    project.grid.directions[1] = Vec3{0, -1, 0};
    check_grid(project.grid, where);
    project.matrix = base_name(list("matrix/filename", 1)[0]);
    if (auto const found = values.find("name"); found != values.end() && !found->second.empty())
        project.name = found->second[0];
    return project;
}

} // namespace

Patient read_inv3(std::filesystem::path const& file)
{
    std::string const where = quoted(file);
    std::optional<Project> project;
    ForeignVolume volume;
    auto const read_matrix = [&](TarEntry const& entry, GzipStream& stream) -> std::uint64_t {
        std::uint64_t const needed = project->grid.voxels() * 2;
        if (base_name(entry.name) != project->matrix || !volume.values.empty()) return 0;
        if (entry.bytes != needed)
            throw Error{where + ": its matrix holds " + std::to_string(entry.bytes) + " bytes where its size needs " +
                        std::to_string(needed) + "; the project is damaged"};
        volume.values = stream.read(std::size_t(needed));
        if (volume.values.size() != needed) throw Error{where + ": its matrix is cut off; copy the file again"};
        return needed;
    };
    for_each_tar_entry(file, [&](TarEntry const& entry, GzipStream& stream) -> std::uint64_t {
        if (project) return read_matrix(entry, stream);
        if (base_name(entry.name) != "main.plist") return 0;
        if (entry.bytes > max_plist_bytes) throw Error{where + ": its main.plist is impossibly long"};
        auto const bytes = stream.read(std::size_t(entry.bytes));
        project = read_project(std::string(bytes.begin(), bytes.end()), where);
        return bytes.size();
    });
    if (!project) throw Error{where + ": an archive without main.plist, so no InVesalius project"};
    // Only where the matrix stands before the description.
    if (volume.values.empty()) for_each_tar_entry(file, read_matrix);
    if (volume.values.empty())
        throw Error{where + ": its matrix '" + project->matrix + "' is missing; the project is damaged"};
    volume.grid = project->grid;

    Patient patient;
    patient.ct.grid = project->grid;
    patient.ct.hu = to_hounsfield(volume, where, patient.origin.notes);
    patient.origin.description =
        "InVesalius project" + (project->name.empty() ? "" : " '" + project->name.substr(0, 100) + "'");
    return patient;
}

} // namespace fluoro
