#include "tar.hpp"

#include <algorithm>
#include <cstring>
#include <fluoro/core/error.hpp>
#include <string_view>

// The tar header: POSIX.1-2008, pax, "ustar Interchange Format".
namespace fluoro {

namespace {

constexpr std::uint64_t block = 512;
constexpr int max_entries = 10'000;
constexpr std::uint64_t max_pax_bytes = 1 << 20;

using Block = std::vector<std::uint8_t>;

std::string text_at(Block const& header, std::size_t at, std::size_t length)
{
    auto const* const start = reinterpret_cast<char const*>(header.data() + at);
    return {start, ::strnlen(start, length)};
}

std::uint64_t octal_at(Block const& header, std::size_t at, std::size_t length, std::string const& where)
{
    std::uint64_t value = 0;
    for (char const c : text_at(header, at, length)) {
        if (c == ' ') continue;
        if (c < '0' || c > '7') throw Error{where + ": its archive header is damaged"};
        value = value * 8 + std::uint64_t(c - '0');
    }
    return value;
}

void check_name(std::string const& name, std::string const& where)
{
    bool is_safe = !name.empty() && name.front() != '/';
    for (std::size_t at = 0; at <= name.size();) {
        std::size_t const end = std::min(name.find('/', at), name.size());
        if (name.substr(at, end - at) == "..") is_safe = false;
        at = end + 1;
    }
    if (!is_safe) throw Error{where + ": its archive holds the name '" + name + "', which points outside; refused"};
}

/// Extended headers carry times and the like; one that renames or resizes the next file is not worth trusting.
void check_pax(std::vector<std::uint8_t> const& records, std::string const& where)
{
    std::string_view const text{reinterpret_cast<char const*>(records.data()), records.size()};
    for (std::string_view const key : {" path=", " linkpath=", " size="})
        if (text.find(key) != std::string_view::npos)
            throw Error{where +
                        ": its archive renames or resizes a file in an extended header; save the project again"};
}

} // namespace

void for_each_tar_entry(std::filesystem::path const& file,
                        std::function<std::uint64_t(TarEntry const&, GzipStream&)> const& use)
{
    std::string const where = quoted(file);
    GzipStream stream{file};
    for (int entries = 0;; ++entries) {
        Block header = stream.read(block);
        // Two zero blocks end an archive; many writers leave them out.
        if (header.empty() || std::all_of(header.begin(), header.end(), [](auto byte) { return byte == 0; })) {
            stream.check_end();
            return;
        }
        if (header.size() < block) throw Error{where + ": its archive ends within a header; the file is cut off"};
        if (entries >= max_entries) throw Error{where + ": its archive holds too many files"};

        std::uint64_t const stated = octal_at(header, 148, 8, where);
        std::fill(header.begin() + 148, header.begin() + 156, std::uint8_t{' '});
        std::uint64_t sum = 0;
        for (auto const byte : header) sum += byte;
        if (sum != stated) throw Error{where + ": its archive header is damaged (checksum)"};

        TarEntry entry;
        std::string const prefix =
            text_at(header, 257, 5) == "ustar" && header[262] == 0 ? text_at(header, 345, 155) : "";
        entry.name = (prefix.empty() ? "" : prefix + "/") + text_at(header, 0, 100);
        entry.bytes = octal_at(header, 124, 12, where);
        if (entry.bytes > (std::uint64_t{2} << 30))
            throw Error{where + ": its archive holds a file of more than 2 GiB"};
        char const type = char(header[156]);
        std::uint64_t taken = 0;
        switch (type) {
        case '0':
        case '\0':
            check_name(entry.name, where);
            taken = use(entry, stream);
            break;
        case '5':
            check_name(entry.name, where);
            break;
        case 'x':
        case 'g': {
            if (entry.bytes > max_pax_bytes) throw Error{where + ": its archive header is damaged"};
            check_pax(stream.read(std::size_t(entry.bytes)), where);
            taken = entry.bytes;
            break;
        }
        default:
            throw Error{where + ": its archive holds '" + entry.name + "', which is a link or no plain file; refused"};
        }
        stream.skip((entry.bytes + block - 1) / block * block - taken);
    }
}

} // namespace fluoro
