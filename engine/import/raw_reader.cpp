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
    auto const bytes = stream.read(needed);
    if (bytes.size() != needed) throw Error{quoted(file) + ": its image is cut off; copy the file again"};

    ForeignVolume volume;
    volume.grid = *declared.grid;
    volume.type = declared.raw->type;
    volume.notes = declared.notes;
    auto const* const start = reinterpret_cast<std::byte const*>(bytes.data());
    volume.values.assign(start, start + needed);
    if (declared.raw->is_swapped)
        for (std::size_t at = 0; at < needed; at += width)
            std::reverse(volume.values.begin() + std::ptrdiff_t(at),
                         volume.values.begin() + std::ptrdiff_t(at + width));
    if (declared.raw->slope != 1 || declared.raw->intercept != 0) {
        std::vector<float> scaled;
        scaled.reserve(declared.voxels());
        for_each_number(volume.type, volume.values, [&](double value) {
            scaled.push_back(float(value * declared.raw->slope + declared.raw->intercept));
        });
        auto const* const first = reinterpret_cast<std::byte const*>(scaled.data());
        volume.values.assign(first, first + scaled.size() * sizeof(float));
        volume.type = NumberType::float32;
    }
    return volume;
}

} // namespace fluoro
