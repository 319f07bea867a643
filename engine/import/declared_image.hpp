#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <fluoro/patient/volume.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fluoro {

enum class ForeignFormat { nifti, nrrd, meta };

enum class NumberType { int8, uint8, int16, uint16, int32, uint32, int64, uint64, float32, float64 };

/// How to read the numbers where we do it ourselves (docs/decisions/0006-own-nifti-reader.md).
struct RawNumbers {
    NumberType type = NumberType::int16;
    bool is_swapped = false;
    double slope = 1, intercept = 0;
};

/// What a file's header says of its image, read by our own few lines before any library sees the file.
struct DeclaredImage {
    ForeignFormat format = ForeignFormat::nifti;
    std::array<std::int64_t, 3> size{}; ///< voxels of one volume
    std::int64_t volumes = 1;           ///< the first is taken
    int component_bytes = 0;
    bool is_compressed = false;
    std::uint64_t data_offset = 0; ///< first byte of the image, in the data file (once inflated)
    std::uint64_t data_file_bytes = 0;
    std::filesystem::path data_file;
    std::optional<Grid> grid;      ///< where the header's geometry is ours to judge (NIfTI)
    std::optional<RawNumbers> raw; ///< NIfTI: read_raw, not ITK
    std::vector<std::string> notes;

    std::uint64_t voxels() const { return std::uint64_t(size[0]) * std::uint64_t(size[1]) * std::uint64_t(size[2]); }
};

/// Throws Error unless the declared image is a volume within our limits that the data file can really hold.
/// Compressed data may expand 200 times; beyond that up to 64 MiB (label maps are mostly one value).
void check_declared(DeclaredImage const& image, std::string const& where);

DeclaredImage read_nifti_header(std::filesystem::path const& file, bool is_gzip);
DeclaredImage read_nrrd_header(std::filesystem::path const& file);
DeclaredImage read_meta_header(std::filesystem::path const& file);

/// The file that a header names as its data: a regular file in the header's own folder, no link. Error otherwise.
std::filesystem::path detached_data_file(std::filesystem::path const& header, std::string const& name);

/// Whole numbers separated by blanks; Error (beginning with `where`) on anything else.
std::vector<std::int64_t> whole_numbers(std::string const& text, std::string const& where);
/// Without blanks at both ends.
std::string trimmed(std::string const& text);

} // namespace fluoro
