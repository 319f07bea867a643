#include "declared_image.hpp"

#include "foreign_file.hpp"

#include <algorithm>
#include <charconv>
#include <fluoro/core/error.hpp>
#include <sstream>

namespace fluoro {

namespace {

constexpr std::uint64_t max_image_bytes = std::uint64_t{2} << 30;
constexpr std::uint64_t max_data_offset = std::uint64_t{16} << 20;
constexpr std::uint64_t max_expansion = 200;
constexpr std::uint64_t always_allowed = std::uint64_t{64} << 20;

} // namespace

void check_declared(DeclaredImage const& image, std::string const& where)
{
    std::string dimensions;
    double bytes = image.component_bytes;
    for (std::int64_t const length : image.size) {
        dimensions += (dimensions.empty() ? "" : " x ") + std::to_string(length);
        if (length < 1) throw Error{where + ": an axis of " + std::to_string(length) + " voxels; the file is damaged"};
        bytes *= double(length);
    }
    if (bytes > double(max_image_bytes) || bytes / image.component_bytes > double(max_voxels))
        throw Error{
            where + ": declares " + dimensions +
            " voxels, more than the 1024^3 and 2 GiB this program takes; crop or resample it, or the file is damaged"};
    for (std::int64_t const length : image.size)
        if (length < 2)
            throw Error{where + ": " + dimensions + " voxels are no volume; a CT of at least two slices is needed"};
    if (image.data_offset > max_data_offset)
        throw Error{where + ": its image begins impossibly late; the file is damaged"};
    std::uint64_t const needed = std::uint64_t(bytes) + (image.is_compressed ? 0 : image.data_offset);
    if (!image.is_compressed && needed > image.data_file_bytes)
        throw Error{where + ": declares " + dimensions + " voxels (" + std::to_string(needed) + " bytes) but holds " +
                    std::to_string(image.data_file_bytes) + " bytes; the file is cut off or damaged"};
    if (image.is_compressed && needed > always_allowed && needed / max_expansion > image.data_file_bytes)
        throw Error{where + ": declares " + dimensions + " voxels from " + std::to_string(image.data_file_bytes) +
                    " compressed bytes, more than 200 to 1; the file is damaged, or made to exhaust memory"};
}

std::filesystem::path detached_data_file(std::filesystem::path const& header, std::string const& name)
{
    std::string const where = quoted(header);
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos)
        throw Error{where + ": its data file '" + name +
                    "' is not in the header's own folder; put both into one folder"};
    if (name.find('%') != std::string::npos || name == "LIST" || name.starts_with("LIST "))
        throw Error{where + ": its data is spread over several files; save it as one file"};
    auto const data = header.parent_path() / name;
    if (std::filesystem::is_symlink(data))
        throw Error{where + ": its data file '" + name + "' is a link; put the file itself into the header's folder"};
    return data;
}

std::string trimmed(std::string const& text)
{
    auto const first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::int64_t> whole_numbers(std::string const& text, std::string const& where)
{
    std::vector<std::int64_t> numbers;
    std::istringstream in{text};
    for (std::string word; in >> word && numbers.size() < 16;) {
        std::int64_t value = 0;
        auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || end != word.data() + word.size())
            throw Error{where + ": '" + word.substr(0, 40) +
                        "' stands where a whole number belongs; the header is damaged"};
        numbers.push_back(value);
    }
    return numbers;
}

} // namespace fluoro
