#include "declared_image.hpp"

#include "foreign_file.hpp"

#include <fluoro/core/error.hpp>
#include <map>

// MetaImage (.mha, .mhd): lines "Key = Value", the last of them ElementDataFile.
namespace fluoro {

namespace {

constexpr std::size_t max_header_bytes = std::size_t{64} << 10;

int bytes_of(std::string const& type, std::string const& where)
{
    static std::map<std::string, int> const known{
        {"MET_CHAR", 1}, {"MET_UCHAR", 1}, {"MET_SHORT", 2},  {"MET_USHORT", 2},    {"MET_INT", 4},
        {"MET_UINT", 4}, {"MET_FLOAT", 4}, {"MET_DOUBLE", 8}, {"MET_LONG_LONG", 8}, {"MET_ULONG_LONG", 8}};
    auto const found = known.find(type);
    if (found == known.end())
        throw Error{where + ": its ElementType '" + type.substr(0, 40) +
                    "' is not one number per voxel; a CT holds integers or floats"};
    return found->second;
}

struct Fields {
    std::map<std::string, std::string> value;
    std::uint64_t bytes = 0;
};

Fields read_fields(ForeignFile const& file, std::string const& where)
{
    auto const raw = file.read(0, max_header_bytes);
    std::string const text(raw.begin(), raw.end());
    Fields fields;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = text.find('\n', at);
        std::string const line = text.substr(at, end == std::string::npos ? end : end - at);
        at = end == std::string::npos ? text.size() : end + 1;
        std::size_t const equals = line.find('=');
        if (line.size() > 4096 || equals == std::string::npos) {
            if (trimmed(line).empty()) continue;
            break;
        }
        std::string const key = trimmed(line.substr(0, equals));
        if (!fields.value.emplace(key, trimmed(line.substr(equals + 1))).second)
            throw Error{where + ": says '" + key.substr(0, 40) + "' twice; the header is damaged"};
        if (key == "ElementDataFile") {
            fields.bytes = at;
            return fields;
        }
    }
    throw Error{where + ": its MetaImage header does not end with ElementDataFile; the file is damaged"};
}

} // namespace

DeclaredImage read_meta_header(std::filesystem::path const& file)
{
    std::string const where = quoted(file);
    ForeignFile const opened{file};
    Fields const fields = read_fields(opened, where);
    auto const field = [&](std::string const& name, std::string const& otherwise) {
        auto const found = fields.value.find(name);
        return found == fields.value.end() ? otherwise : found->second;
    };
    auto const number = [&](std::string const& name, std::int64_t otherwise) {
        auto const values = whole_numbers(field(name, ""), where);
        return values.empty() ? otherwise : values.front();
    };
    auto const is_true = [&](std::string const& name, bool otherwise) {
        std::string const text = field(name, otherwise ? "True" : "False");
        return !text.empty() && (text[0] == 'T' || text[0] == 't' || text[0] == '1');
    };

    DeclaredImage image;
    image.format = ForeignFormat::meta;
    image.component_bytes = bytes_of(field("ElementType", ""), where);
    std::int64_t const dimensions = number("NDims", 0);
    auto const sizes = whole_numbers(field("DimSize", ""), where);
    if (dimensions != 3 || sizes.size() != 3)
        throw Error{where + ": has " + std::to_string(dimensions) + " dimensions; save one three-dimensional volume"};
    for (std::size_t i = 0; i < 3; ++i) image.size[i] = sizes[i];
    if (number("ElementNumberOfChannels", 1) != 1) throw Error{where + ": has several values per voxel; a CT has one"};
    if (!is_true("BinaryData", true)) throw Error{where + ": its image is written as text; save it as binary data"};
    image.is_compressed = is_true("CompressedData", false);

    std::int64_t const skip = number("HeaderSize", 0);
    if (skip < -1 || skip > (1 << 24)) throw Error{where + ": its HeaderSize is impossible; the header is damaged"};
    std::string const data = field("ElementDataFile", "");
    if (data == "LOCAL" || data == "Local" || data == "local") {
        image.data_file = file;
        image.data_offset = fields.bytes;
        image.data_file_bytes = opened.bytes();
    } else {
        image.data_file = detached_data_file(file, data);
        image.data_file_bytes = ForeignFile{image.data_file, false}.bytes();
        if (skip > 0) image.data_offset = std::uint64_t(skip);
    }
    check_declared(image, where);
    return image;
}

} // namespace fluoro
