#include "declared_image.hpp"

#include "foreign_file.hpp"

#include <fluoro/core/error.hpp>
#include <map>
#include <sstream>

// The NRRD header: teem.sourceforge.net/nrrd/format.html
namespace fluoro {

namespace {

constexpr std::size_t max_header_bytes = std::size_t{1} << 20;

int bytes_of(std::string const& type, std::string const& where)
{
    static std::map<std::string, int> const known{{"signed char", 1},
                                                  {"int8", 1},
                                                  {"int8_t", 1},
                                                  {"uchar", 1},
                                                  {"unsigned char", 1},
                                                  {"uint8", 1},
                                                  {"uint8_t", 1},
                                                  {"short", 2},
                                                  {"short int", 2},
                                                  {"signed short", 2},
                                                  {"signed short int", 2},
                                                  {"int16", 2},
                                                  {"int16_t", 2},
                                                  {"ushort", 2},
                                                  {"unsigned short", 2},
                                                  {"unsigned short int", 2},
                                                  {"uint16", 2},
                                                  {"uint16_t", 2},
                                                  {"int", 4},
                                                  {"signed int", 4},
                                                  {"int32", 4},
                                                  {"int32_t", 4},
                                                  {"uint", 4},
                                                  {"unsigned int", 4},
                                                  {"uint32", 4},
                                                  {"uint32_t", 4},
                                                  {"longlong", 8},
                                                  {"long long", 8},
                                                  {"long long int", 8},
                                                  {"int64", 8},
                                                  {"int64_t", 8},
                                                  {"ulonglong", 8},
                                                  {"unsigned long long", 8},
                                                  {"unsigned long long int", 8},
                                                  {"uint64", 8},
                                                  {"uint64_t", 8},
                                                  {"float", 4},
                                                  {"double", 8}};
    auto const found = known.find(type);
    if (found == known.end())
        throw Error{where + ": its NRRD type '" + type.substr(0, 40) + "' is no number; a CT holds integers or floats"};
    return found->second;
}

/// The fields of the header, and where it ends.
struct Fields {
    std::map<std::string, std::string> value;
    std::uint64_t bytes = 0;
    bool has_blank_line = false;
};

Fields read_fields(ForeignFile const& file, std::string const& where)
{
    auto const raw = file.read(0, max_header_bytes);
    std::string const text(raw.begin(), raw.end());
    Fields fields;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t const end = text.find('\n', at);
        std::string line = text.substr(at, end == std::string::npos ? end : end - at);
        at = end == std::string::npos ? text.size() : end + 1;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) {
            fields.has_blank_line = true;
            break;
        }
        if (line.size() > 4096) throw Error{where + ": its NRRD header is damaged"};
        std::size_t const colon = line.find(": ");
        if (line[0] == '#' || colon == std::string::npos) continue;
        if (!fields.value.emplace(line.substr(0, colon), trimmed(line.substr(colon + 2))).second)
            throw Error{where + ": says '" + line.substr(0, colon) + "' twice; the header is damaged"};
    }
    fields.bytes = at;
    return fields;
}

} // namespace

DeclaredImage read_nrrd_header(std::filesystem::path const& file)
{
    std::string const where = quoted(file);
    ForeignFile const opened{file};
    Fields const fields = read_fields(opened, where);
    auto const field = [&](std::string const& name, std::string const& other = "") {
        auto found = fields.value.find(name);
        if (found == fields.value.end()) found = fields.value.find(other);
        return found == fields.value.end() ? std::string{} : found->second;
    };
    auto const number = [&](std::string const& name, std::string const& other) {
        auto const values = whole_numbers(field(name, other), where);
        return values.empty() ? 0 : values.front();
    };

    DeclaredImage image;
    image.format = ForeignFormat::nrrd;
    image.component_bytes = bytes_of(field("type"), where);
    auto const sizes = whole_numbers(field("sizes"), where);
    auto const dimensions = whole_numbers(field("dimension"), where);
    if (dimensions.size() != 1 || sizes.size() != std::size_t(dimensions[0]))
        throw Error{where + ": its NRRD sizes do not fit its dimension; the header is damaged"};
    if (sizes.size() != 3)
        throw Error{where + ": has " + std::to_string(sizes.size()) + " dimensions; save one three-dimensional volume"};
    for (std::size_t i = 0; i < 3; ++i) image.size[i] = sizes[i];

    std::string const encoding = field("encoding");
    image.is_compressed = encoding == "gzip" || encoding == "gz";
    if (!image.is_compressed && encoding != "raw")
        throw Error{where + ": its NRRD encoding '" + encoding.substr(0, 40) + "' is not read; save it as raw or gzip"};
    std::int64_t const byte_skip = number("byte skip", "byteskip"), line_skip = number("line skip", "lineskip");
    if (line_skip != 0 || byte_skip < -1 || byte_skip > (1 << 24))
        throw Error{where + ": skips lines or bytes before its image; save it again without"};
    if (field("space").empty() && field("space directions").empty())
        image.notes.emplace_back("the NRRD names no patient axes; they were taken as left, posterior, head");
    else if (field("space").empty())
        image.notes.emplace_back("the NRRD names no patient space; its axes were taken as left, posterior, head");

    std::string const data = field("data file", "datafile");
    if (data.empty()) {
        if (!fields.has_blank_line) throw Error{where + ": ends within its NRRD header; the file is cut off"};
        image.data_file = file;
        image.data_offset = fields.bytes;
        image.data_file_bytes = opened.bytes();
    } else {
        image.data_file = detached_data_file(file, data);
        image.data_file_bytes = ForeignFile{image.data_file, false}.bytes();
    }
    if (byte_skip > 0) image.data_offset += std::uint64_t(byte_skip);
    check_declared(image, where);
    return image;
}

} // namespace fluoro
