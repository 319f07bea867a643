#include "raw_reader.hpp"

#include "gzip_stream.hpp"
#include "number_visit.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {

ForeignVolume read_raw(std::filesystem::path const& file, DeclaredImage const& declared)
{
    FLUORO_EXPECT(declared.raw && declared.grid);
    std::size_t const width = std::size_t(declared.component_bytes);
    std::size_t const needed = declared.voxels() * width;
    GzipStream stream{declared.data_file};
    stream.skip(declared.data_offset);
    ForeignVolume volume;
    volume.values = stream.read(needed);
    if (volume.values.size() != needed) throw Error{quoted(file) + ": its image is cut off; copy the file again"};
    if (declared.volumes == 1) stream.check_end();
    volume.grid = *declared.grid;
    volume.type = declared.raw->type;
    volume.notes = declared.notes;
    if (declared.raw->is_swapped)
        for (auto first = volume.values.begin(); first != volume.values.end(); first += std::ptrdiff_t(width))
            std::reverse(first, first + std::ptrdiff_t(width));
    if (declared.raw->slope != 1 || declared.raw->intercept != 0) {
        std::vector<std::uint8_t> scaled(declared.voxels() * sizeof(float));
        std::uint8_t* next = scaled.data();
        for_each_number(volume.type, volume.values, [&](double value) {
            float const number = float(value * declared.raw->slope + declared.raw->intercept);
            std::memcpy(next, &number, sizeof number);
            next += sizeof number;
        });
        volume.values = std::move(scaled);
        volume.type = NumberType::float32;
    }
    return volume;
}

} // namespace fluoro
