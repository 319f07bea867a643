#include "gzip_stream.hpp"

#include <algorithm>
#include <fluoro/core/error.hpp>
#include <zlib.h>

namespace fluoro {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1024;
constexpr std::uint64_t max_total = std::uint64_t{2} << 30;
constexpr std::uint64_t always_allowed = std::uint64_t{64} << 20;
constexpr std::uint64_t max_expansion = 200;

} // namespace

struct GzipStream::State {
    explicit State(std::filesystem::path const& path) : file{path}, where{quoted(path)}
    {
        auto const start = file.read(0, 2);
        is_gzip = start.size() == 2 && start[0] == 0x1f && start[1] == 0x8b;
        // 15 + 16: a 32 KiB window and the gzip wrapper.
        if (is_gzip && inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc{};
    }
    ~State()
    {
        if (is_gzip) inflateEnd(&stream);
    }

    ForeignFile file;
    std::string where;
    bool is_gzip = false;
    bool has_ended = false;
    z_stream stream{};
    std::vector<std::uint8_t> input;
    std::uint64_t position = 0; ///< in the file
    std::uint64_t given = 0;
};

GzipStream::GzipStream(std::filesystem::path const& file) : state_{std::make_unique<State>(file)} {}
GzipStream::~GzipStream() = default;

std::vector<std::uint8_t> GzipStream::read(std::size_t count)
{
    State& s = *state_;
    if (!s.is_gzip) {
        auto data = s.file.read(s.position, count);
        s.position += data.size();
        return data;
    }
    if (s.given + count > max_total) throw Error{s.where + ": expands to more than 2 GiB; the file is damaged"};
    std::vector<std::uint8_t> out;
    while (out.size() < count && !s.has_ended) {
        std::size_t const before = out.size();
        // Memory grows with what is really there, not with what was asked for.
        out.resize(std::min(count, before + 4 * chunk_bytes));
        s.stream.next_out = out.data() + before;
        s.stream.avail_out = uInt(out.size() - before);
        while (s.stream.avail_out > 0 && !s.has_ended) {
            if (s.stream.avail_in == 0) {
                s.input = s.file.read(s.position, chunk_bytes);
                s.position += s.input.size();
                s.stream.next_in = s.input.data();
                s.stream.avail_in = uInt(s.input.size());
            }
            int const result = inflate(&s.stream, Z_NO_FLUSH);
            if (result == Z_STREAM_END)
                s.has_ended = true;
            else if (result != Z_OK)
                throw Error{s.where + ": its compressed data is damaged or cut off; copy the file again"};
        }
        out.resize(out.size() - s.stream.avail_out);
        s.given += out.size() - before;
        if (s.given > always_allowed && s.given / max_expansion > s.file.bytes())
            throw Error{s.where + ": expands more than 200 to 1; the file is damaged, or made to exhaust memory"};
    }
    return out;
}

void GzipStream::check_end()
{
    if (state_->is_gzip) read(std::size_t{1} << 20);
}

void GzipStream::skip(std::uint64_t count)
{
    while (count > 0) {
        auto const part = read(std::size_t(std::min<std::uint64_t>(count, 4 * chunk_bytes)));
        if (part.empty()) throw Error{state_->where + ": ends too early; the file is cut off"};
        count -= part.size();
    }
}

} // namespace fluoro
