#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fluoro/patient/volume.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

// Small CTs in foreign formats, written from the formats' own specifications.
namespace fluoro::test {

using Bytes = std::vector<std::uint8_t>;

inline void append(Bytes& bytes, std::string const& text)
{
    bytes.insert(bytes.end(), text.begin(), text.end());
}
template <class T> void append_value(Bytes& bytes, T value)
{
    std::uint8_t raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof value);
    bytes.insert(bytes.end(), raw, raw + sizeof value);
}
template <class T> void put(Bytes& bytes, std::size_t at, T const& value)
{
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// A value that says where in the patient it stands: no two directions can be swapped or turned unseen.
inline double hu_at(Vec3 const& lps_mm)
{
    return std::round(4 * lps_mm.x + 11 * lps_mm.y - 17 * lps_mm.z - 150);
}

/// The values of `hu` at the grid's voxels, i fastest, as T.
template <class T> Bytes voxels(Grid const& grid, std::function<double(Vec3 const&)> const& hu = hu_at)
{
    Bytes bytes;
    for (int k = 0; k < grid.size.z; ++k)
        for (int j = 0; j < grid.size.y; ++j)
            for (int i = 0; i < grid.size.x; ++i)
                append_value(bytes, T(hu(map_point(grid.patient_from_index(), Vec3{double(i), double(j), double(k)}))));
    return bytes;
}

/// 7 x 6 x 5 voxels of 2 x 1.5 x 3 mm with these axes (columns, LPS).
inline Grid small_grid(Mat3 const& directions = Mat3{1.0})
{
    Grid grid;
    grid.size = glm::ivec3{7, 6, 5};
    grid.spacing_mm = Vec3{2, 1.5, 3};
    grid.origin_mm = Vec3{-12, 7, 20};
    grid.directions = directions;
    return grid;
}

inline Bytes gzip(Bytes const& plain)
{
    Bytes packed(plain.size() + plain.size() / 100 + 1024);
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = const_cast<Bytef*>(plain.data());
    stream.avail_in = uInt(plain.size());
    stream.next_out = packed.data();
    stream.avail_out = uInt(packed.size());
    deflate(&stream, Z_FINISH);
    auto const length = std::ptrdiff_t(stream.total_out);
    deflateEnd(&stream);
    return {packed.begin(), packed.begin() + length};
}

struct NiftiOptions {
    std::int16_t datatype = 4; ///< int16
    float slope = 1, intercept = 0;
    bool has_sform = true;
};

/// NIfTI-1: the affine maps to RAS.
inline Bytes nifti(Grid const& grid, Bytes const& data, NiftiOptions const& options = {})
{
    Bytes h(352 + data.size());
    put<std::int32_t>(h, 0, 348);
    std::int16_t const dimensions[8] = {
        3, std::int16_t(grid.size.x), std::int16_t(grid.size.y), std::int16_t(grid.size.z), 1, 1, 1, 1};
    put(h, 40, dimensions);
    put(h, 70, options.datatype);
    int const type = options.datatype;
    put(h, 72,
        std::int16_t(type == 64 || type == 1024               ? 64
                     : type == 8 || type == 16 || type == 768 ? 32
                     : type == 2 || type == 256               ? 8
                                                              : 16));
    float const pixdim[4] = {1, float(grid.spacing_mm.x), float(grid.spacing_mm.y), float(grid.spacing_mm.z)};
    put(h, 76, pixdim);
    put(h, 108, 352.0f);
    put(h, 112, options.slope);
    put(h, 116, options.intercept);
    h[123] = 2; // mm
    put<std::int16_t>(h, 254, options.has_sform ? 1 : 0);
    for (int row = 0; row < 3; ++row) {
        double const sign = row < 2 ? -1 : 1;
        for (int axis = 0; axis < 3; ++axis)
            put(h, std::size_t(280 + 16 * row + 4 * axis),
                float(sign * grid.directions[axis][row] * grid.spacing_mm[axis]));
        put(h, std::size_t(280 + 16 * row + 12), float(sign * grid.origin_mm[row]));
    }
    std::memcpy(h.data() + 344, "n+1", 4);
    std::copy(data.begin(), data.end(), h.begin() + 352);
    return h;
}

inline std::string numbers(std::initializer_list<double> values)
{
    std::string text;
    for (double const value : values) {
        char one[40];
        std::snprintf(one, sizeof one, "%s%.9g", text.empty() ? "" : " ", value);
        text += one;
    }
    return text;
}

/// MetaImage with the data behind the header, or in `data_file`.
inline Bytes meta(Grid const& grid, Bytes const& data, std::string const& type = "MET_SHORT",
                  std::string const& data_file = "LOCAL")
{
    auto const& d = grid.directions;
    Bytes bytes;
    append(
        bytes,
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n");
    append(bytes, "TransformMatrix = " +
                      numbers({d[0].x, d[0].y, d[0].z, d[1].x, d[1].y, d[1].z, d[2].x, d[2].y, d[2].z}) + "\n");
    append(bytes, "Offset = " + numbers({grid.origin_mm.x, grid.origin_mm.y, grid.origin_mm.z}) + "\n");
    append(bytes, "ElementSpacing = " + numbers({grid.spacing_mm.x, grid.spacing_mm.y, grid.spacing_mm.z}) + "\n");
    append(bytes, "DimSize = " + numbers({double(grid.size.x), double(grid.size.y), double(grid.size.z)}) + "\n");
    append(bytes, "ElementType = " + type + "\nElementDataFile = " + data_file + "\n");
    if (data_file == "LOCAL") bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

/// NRRD in the given space ("left-posterior-superior" or "right-anterior-superior").
inline Bytes nrrd(Grid const& grid, Bytes const& data, std::string const& space = "left-posterior-superior",
                  std::string const& encoding = "raw", std::string const& data_file = "")
{
    Vec3 const sign = space[0] == 'r' ? Vec3{-1, -1, 1} : Vec3{1, 1, 1};
    auto const vector = [&](Vec3 const& v) {
        return "(" + numbers({v.x}) + "," + numbers({v.y}) + "," + numbers({v.z}) + ")";
    };
    Bytes bytes;
    append(bytes, "NRRD0004\n# a comment\ntype: short\ndimension: 3\nspace: " + space + "\n");
    append(bytes, "sizes: " + numbers({double(grid.size.x), double(grid.size.y), double(grid.size.z)}) +
                      "\nspace directions:");
    for (int axis = 0; axis < 3; ++axis)
        append(bytes, " " + vector(grid.directions[axis] * grid.spacing_mm[axis] * sign));
    append(bytes, "\nkinds: domain domain domain\nendian: little\nencoding: " + encoding +
                      "\nspace origin: " + vector(grid.origin_mm * sign) + "\n");
    if (!data_file.empty()) append(bytes, "data file: " + data_file + "\n");
    append(bytes, "\n");
    if (data_file.empty()) bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

struct TarFile {
    std::string name;
    Bytes content;
    char type = '0';
};

inline Bytes tar(std::vector<TarFile> const& files)
{
    Bytes bytes;
    for (auto const& file : files) {
        Bytes header(512);
        std::memcpy(header.data(), file.name.data(), std::min<std::size_t>(file.name.size(), 100));
        std::memcpy(header.data() + 100, "0000644\0000000000\0000000000", 24);
        std::snprintf(reinterpret_cast<char*>(header.data() + 124), 12, "%011o", unsigned(file.content.size()));
        std::memcpy(header.data() + 136, "00000000000", 12);
        std::memset(header.data() + 148, ' ', 8);
        header[156] = std::uint8_t(file.type);
        std::memcpy(header.data() + 257, "ustar\00000", 8);
        unsigned sum = 0;
        for (auto const byte : header) sum += byte;
        std::snprintf(reinterpret_cast<char*>(header.data() + 148), 8, "%06o", sum);
        bytes.insert(bytes.end(), header.begin(), header.end());
        bytes.insert(bytes.end(), file.content.begin(), file.content.end());
        bytes.resize((bytes.size() + 511) / 512 * 512);
    }
    bytes.resize(bytes.size() + 1024);
    return bytes;
}

inline Bytes inv3_plist(Grid const& grid, std::string const& matrix = "matrix.dat")
{
    auto const integer = [](int value) { return "<integer>" + std::to_string(value) + "</integer>"; };
    auto const real = [](double value) { return "<real>" + numbers({value}) + "</real>"; };
    Bytes plist;
    append(
        plist,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n<key>masks</key><dict></dict>\n"
        "<key>matrix</key><dict><key>dtype</key><string>int16</string><key>filename</key><string>" +
            matrix + "</string><key>shape</key><array>" + integer(grid.size.z) + integer(grid.size.y) +
            integer(grid.size.x) +
            "</array></dict>\n<key>modality</key><string>CT</string><key>name</key><string>Phantom</string>\n"
            "<key>orientation</key><integer>1</integer><key>spacing</key><array>" +
            real(grid.spacing_mm.x) + real(grid.spacing_mm.y) + real(grid.spacing_mm.z) +
            "</array>\n</dict>\n</plist>\n");
    return plist;
}

/// An InVesalius project, as it stores one: columns to the left, rows to anterior, slices to the head, origin at 0.
inline Bytes inv3(Grid const& grid, Bytes const& data)
{
    return gzip(tar({{"tmpabc/main.plist", inv3_plist(grid)}, {"tmpabc/matrix.dat", data}}));
}

} // namespace fluoro::test
