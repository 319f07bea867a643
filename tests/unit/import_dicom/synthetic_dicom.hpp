#pragma once
#include <cstdint>
#include <filesystem>
#include <fluoro/import/dicom.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fluoro::test {

/// How a file is written.
enum class Encoding {
    implicit_little,
    explicit_little,
    explicit_big,
    deflated,
    rle,
    jpeg_lossless,     ///< process 14, any predictor
    jpeg_lossless_sv1, ///< process 14, selection value 1
    jpeg_extended,     ///< 12 bits, lossy
    jpeg_ls,
    jpeg2000_lossless,
    jpeg2000 ///< the lossy class's UID, written reversibly
};

/// HU of the synthetic body: linear, so that every interpolation of it is exact, and different along every axis, so
/// that no swap or mirror goes unseen.
double slanted_hu(Vec3 const& lps_mm);

/// One synthetic image: what stands in its header and what it shows.
struct Slice {
    Encoding encoding = Encoding::explicit_little;
    bool has_meta = true;
    std::string sop_class = "1.2.840.10008.5.1.4.1.1.2";
    std::string modality = "CT";
    std::string series = "1.2.826.0.1.3680043.10.1";
    std::string description = "Trial";
    int series_number = 3;
    int instance = 1;
    int acquisition = 1;
    std::string image_type = "ORIGINAL\\PRIMARY\\AXIAL";
    std::string kernel = "SOFT";
    std::string patient_position = "HFS";
    std::string photometric = "MONOCHROME2";
    int samples = 1;

    int columns = 24;
    int rows = 20;
    double column_spacing_mm = 1.5;
    double row_spacing_mm = 1.25;
    Vec3 position_mm{-12, 5, 0};
    Vec3 along_row{1, 0, 0};
    Vec3 along_column{0, 1, 0};

    double slope = 1;
    double intercept = -1024;
    bool has_rescale = true;
    int bits_allocated = 16;
    int bits_stored = 16;
    std::optional<int> high_bit;
    bool is_signed = true;
    std::optional<std::uint16_t> padding; ///< raw bits
    bool is_padding_vr_signed = false;    ///< SS instead of US
    bool is_codestream_signed = true;     ///< JPEG 2000: what the codestream itself says where the pixels are signed

    bool is_split = false; ///< compressed frames in two fragments each, without an offset table

    std::function<double(Vec3 const&)> hu = slanted_hu;
    /// Overrides the stored value of (column, row).
    std::function<std::optional<int>(int, int)> stored;
};

/// A folder of its own under the system's temporary folder, removed at the end.
class ScratchFolder {
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(ScratchFolder const&) = delete;
    ScratchFolder& operator=(ScratchFolder const&) = delete;
    std::filesystem::path const& path() const { return path_; }
    /// Regular files in it, in the folder's own (arbitrary) order.
    std::vector<std::filesystem::path> files() const;

private:
    std::filesystem::path path_;
};

/// Throws std::runtime_error if it cannot be written.
void write_slice(std::filesystem::path const& file, Slice const& slice);
/// `count` slices from `first`, each `step_mm` further along the slice normal (or along `step` where it is given).
std::vector<Slice> stack(Slice const& first, int count, double step_mm, std::optional<Vec3> step = std::nullopt);
/// Each as one file in `folder`, named by a running number.
void write_all(ScratchFolder const& folder, std::vector<Slice> const& slices);
/// All of them as the frames of one Enhanced CT. The first one's encoding; geometry and rescale per frame.
void write_enhanced(std::filesystem::path const& file, std::vector<Slice> const& frames);

std::vector<std::uint8_t> file_bytes(std::filesystem::path const& file);
void write_bytes(std::filesystem::path const& file, std::vector<std::uint8_t> const& bytes);

Patient read_folder(ScratchFolder const& folder);
/// HU at a place, trilinear; NaN outside the grid.
double hu_at(Patient const& patient, Vec3 const& lps_mm);
/// The message with which reading is refused; empty if it is not.
std::string refusal(ScratchFolder const& folder);
bool has_note(Patient const& patient, std::string const& words);
/// Largest difference between the volume and `hu` over all voxels.
double worst_difference(Patient const& patient, std::function<double(Vec3 const&)> const& hu);

} // namespace fluoro::test
