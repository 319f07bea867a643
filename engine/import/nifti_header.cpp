#include "declared_image.hpp"

#include "gzip_stream.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fluoro/core/error.hpp>

// The layout of NIfTI-1 (348 bytes) and NIfTI-2 (540 bytes) headers: https://nifti.nimh.nih.gov
namespace fluoro {

namespace {

/// Numbers at byte positions of the header, in the file's byte order.
class Fields {
public:
    Fields(std::vector<std::uint8_t> bytes, bool is_swapped) : bytes_{std::move(bytes)}, is_swapped_{is_swapped} {}

    template <class T> double number(std::size_t at) const
    {
        std::uint8_t raw[sizeof(T)];
        for (std::size_t i = 0; i < sizeof(T); ++i) raw[is_swapped_ ? sizeof(T) - 1 - i : i] = bytes_.at(at + i);
        T value;
        std::memcpy(&value, raw, sizeof value);
        return double(value);
    }

private:
    std::vector<std::uint8_t> bytes_;
    bool is_swapped_;
};

/// The two versions hold the same things in other places and widths.
struct Header {
    double dimension[8], pixdim[8], quaternion[3], quaternion_offset[3], rows[3][4], data_offset, slope, intercept;
    int datatype, qform, sform, units;
};

Header read_fields(Fields const& fields, bool is_second)
{
    Header h{};
    auto const real = [&](std::size_t first, std::size_t second, std::size_t index) {
        return is_second ? fields.number<double>(second + 8 * index) : fields.number<float>(first + 4 * index);
    };
    for (std::size_t i = 0; i < 8; ++i) {
        h.dimension[i] = is_second ? fields.number<std::int64_t>(16 + 8 * i) : fields.number<std::int16_t>(40 + 2 * i);
        h.pixdim[i] = real(76, 104, i);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        h.quaternion[i] = real(256, 352, i);
        h.quaternion_offset[i] = real(268, 376, i);
        for (std::size_t j = 0; j < 4; ++j) h.rows[i][j] = real(280 + 16 * i, 400 + 32 * i, j);
    }
    h.data_offset = is_second ? fields.number<std::int64_t>(168) : fields.number<float>(108);
    h.slope = real(112, 176, 0);
    h.intercept = real(116, 184, 0);
    h.datatype = int(is_second ? fields.number<std::int16_t>(12) : fields.number<std::int16_t>(70));
    h.qform = int(is_second ? fields.number<std::int32_t>(344) : fields.number<std::int16_t>(252));
    h.sform = int(is_second ? fields.number<std::int32_t>(348) : fields.number<std::int16_t>(254));
    h.units = int(is_second ? fields.number<std::int32_t>(500) : fields.number<std::uint8_t>(123));
    return h;
}

/// Lengths beyond any sense stay beyond it, but fit an integer.
std::int64_t whole(double length)
{
    return std::int64_t(std::clamp(length, -1.0, 1e9));
}

struct Number {
    NumberType type;
    int bytes;
};

Number number_of(int datatype, std::string const& where)
{
    switch (datatype) {
    case 2:
        return {NumberType::uint8, 1};
    case 256:
        return {NumberType::int8, 1};
    case 4:
        return {NumberType::int16, 2};
    case 512:
        return {NumberType::uint16, 2};
    case 8:
        return {NumberType::int32, 4};
    case 768:
        return {NumberType::uint32, 4};
    case 16:
        return {NumberType::float32, 4};
    case 64:
        return {NumberType::float64, 8};
    case 1024:
        return {NumberType::int64, 8};
    case 1280:
        return {NumberType::uint64, 8};
    default:
        throw Error{where + ": its NIfTI data type " + std::to_string(datatype) +
                    " is not one number per voxel; a CT holds integers or floats"};
    }
}

/// Columns of voxel steps and the origin, in RAS mm.
struct Affine {
    Vec3 step[3];
    Vec3 origin;
};

Affine from_sform(Header const& h)
{
    Affine a{};
    for (int row = 0; row < 3; ++row) {
        for (int axis = 0; axis < 3; ++axis) a.step[axis][row] = h.rows[row][axis];
        a.origin[row] = h.rows[row][3];
    }
    return a;
}

Affine from_qform(Header const& h)
{
    double b = h.quaternion[0], c = h.quaternion[1], d = h.quaternion[2];
    double const squared = b * b + c * c + d * d;
    double a = 0;
    if (squared < 1) {
        a = std::sqrt(1 - squared);
    } else { // rounding took it past a half turn
        double const length = std::sqrt(squared);
        b /= length, c /= length, d /= length;
    }
    double const handedness = h.pixdim[0] < 0 ? -1 : 1;
    Affine affine{};
    affine.step[0] = Vec3{a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)} * h.pixdim[1];
    affine.step[1] = Vec3{2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)} * h.pixdim[2];
    affine.step[2] =
        Vec3{2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c} * (h.pixdim[3] * handedness);
    affine.origin = Vec3{h.quaternion_offset[0], h.quaternion_offset[1], h.quaternion_offset[2]};
    return affine;
}

Grid grid_of(Header const& h, DeclaredImage const& image, std::string const& where)
{
    if (h.sform <= 0 && h.qform <= 0)
        throw Error{where +
                    ": says nothing of its orientation (qform and sform are both 0), so left and right cannot be "
                    "told apart; convert the CT again with its orientation"};
    Affine const affine = h.sform > 0 ? from_sform(h) : from_qform(h);
    // Low three bits: 1 = metres, 2 = millimetres, 3 = micrometres, 0 = unsaid, in practice millimetres.
    int const unit = h.units & 7;
    double const scale = unit == 1 ? 1000.0 : unit == 3 ? 0.001 : 1.0;
    Grid grid;
    Vec3 const lps_from_ras{-1, -1, 1};
    for (int axis = 0; axis < 3; ++axis) {
        double const length = glm::length(affine.step[axis]);
        grid.size[axis] = int(image.size[std::size_t(axis)]);
        grid.spacing_mm[axis] = length * scale;
        grid.directions[axis] = affine.step[axis] * lps_from_ras / length;
    }
    grid.origin_mm = affine.origin * lps_from_ras * scale;
    check_grid(grid, where);
    return grid;
}

} // namespace

DeclaredImage read_nifti_header(std::filesystem::path const& file, bool is_gzip)
{
    std::string const where = quoted(file);
    auto bytes = GzipStream{file}.read(540);
    if (bytes.size() < 348) throw Error{where + ": too short for a NIfTI file; it is cut off"};
    bool const is_swapped = bytes[0] == 0;
    // The first number is the header's own length: 348, or 540 = 0x21c.
    bool const is_second = is_swapped ? bytes[3] == 0x1c : bytes[0] == 0x1c;
    if (is_second && bytes.size() < 540) throw Error{where + ": too short for a NIfTI file; it is cut off"};
    std::string const magic(reinterpret_cast<char const*>(bytes.data() + (is_second ? 4 : 344)), 3);
    if (magic == "ni1" || magic == "ni2")
        throw Error{where + ": a NIfTI header whose image is another file; convert it to one .nii file"};
    if (magic != "n+1" && magic != "n+2") throw Error{where + ": its NIfTI header is damaged (no magic)"};
    Fields const fields{std::move(bytes), is_swapped};
    Header const h = read_fields(fields, is_second);

    DeclaredImage image;
    image.format = ForeignFormat::nifti;
    image.is_compressed = is_gzip;
    image.data_file = file;
    image.data_file_bytes = ForeignFile{file}.bytes();
    if (!(h.dimension[0] >= 3 && h.dimension[0] <= 7))
        throw Error{where + ": has " + std::to_string(int(h.dimension[0])) + " dimensions; a CT volume has three"};
    for (std::size_t i = 0; i < 3; ++i) image.size[i] = whole(h.dimension[i + 1]);
    for (std::size_t i = 4; i <= std::size_t(h.dimension[0]); ++i) {
        if (i == 4) image.volumes = whole(h.dimension[i]);
        if (h.dimension[i] < 1 || (i > 4 && h.dimension[i] != 1))
            throw Error{where + ": has several values per voxel; a CT has one"};
    }
    auto const [type, number_bytes] = number_of(h.datatype, where);
    image.component_bytes = number_bytes;
    // A slope of 0 says that there is neither slope nor intercept.
    bool const is_scaled = h.slope != 0 && std::isfinite(h.slope) && std::isfinite(h.intercept);
    image.raw = RawNumbers{type, is_swapped, is_scaled ? h.slope : 1.0, is_scaled ? h.intercept : 0.0};
    if (!(h.data_offset >= 0 && h.data_offset < 1e12))
        throw Error{where + ": its image begins nowhere; the header is damaged"};
    image.data_offset = std::uint64_t(h.data_offset);
    check_declared(image, where);
    if (image.volumes > 1)
        image.notes.push_back("the file holds " + std::to_string(image.volumes) + " volumes; the first was taken");
    image.grid = grid_of(h, image, where);
    return image;
}

} // namespace fluoro
